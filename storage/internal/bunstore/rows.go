package bunstore

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// rows is the reading half of one uniform kind.
type rows[E any] struct {
	h *handle
	k storage.Of[E]
}

// Get reads the row whatever the filter says, and then decides on what was
// read: the same reads for what is hidden and for what does not exist.
func (r rows[E]) Get(ctx context.Context, see access.Filter, id [16]byte) (E, access.Resource, error) {
	var none E
	plan, err := r.h.session.Plan(see, r.k.Name)
	if err != nil {
		return none, access.Resource{}, err
	}
	found := none
	row := access.Row{}
	err = r.each(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("t.id = ?", r.h.db.d.lit(id))
	}, func(q *bun.SelectQuery) *bun.SelectQuery { return q }, func(e E, at access.Row) { found, row = e, at })
	switch {
	case err != nil:
		return none, access.Resource{}, err
	case row.ID == [16]byte{} || !r.h.fenced(row, r.k.Kind) || !plan.Sees(row):
		return none, access.Resource{}, fault.NotFound
	}
	return found, r.h.session.Resource(row), nil
}

// fenced reports whether a row is inside the site that the scope is narrowed
// to; see storage.Kind.
func (h *handle) fenced(row access.Row, k storage.Kind) bool {
	site := h.scope.Site()
	return site.IsZero() || joined(k).site == "" || row.Site == site
}

// List prints the filter into the statement.
func (r rows[E]) List(ctx context.Context, see access.Filter, q access.Query) (access.Page[E], error) {
	plan, err := r.h.session.Plan(see, r.k.Name)
	if err != nil {
		return access.Page[E]{}, err
	}
	limit, err := pageLimit(q.Limit)
	if err != nil {
		return access.Page[E]{}, err
	}
	after, err := idCursor(q.After)
	if err != nil {
		return access.Page[E]{}, err
	}
	if !storable(q.Name) || !storable(q.Ref) {
		return access.Page[E]{}, nil
	}
	d := r.h.db.d
	cols := joined(r.k.Kind)
	where := allOf(r.h.inScope(cols), cols.print(plan, r.h.me()))
	var page access.Page[E]
	var last [16]byte
	err = r.each(ctx, func(s *bun.SelectQuery) *bun.SelectQuery {
		s = s.Where(where.sql, d.lits(where.args)...)
		if q.Name != "" && r.k.Named {
			s = s.Where("t.name_key = ?", tenancy.NameKey(q.Name))
		}
		if q.Ref != "" && slices.Contains(r.k.Columns, "ref") {
			s = s.Where("t.ref = ?", q.Ref)
		}
		if q.Parent != [16]byte{} {
			if r.k.Parent != "" {
				s = s.Where("t.? = ?", bun.Ident(r.k.Parent), d.lit(q.Parent))
			}
		}
		if !q.All && r.k.Columns[len(r.k.Columns)-1] == "archived_at" {
			s = s.Where("t.archived_at IS NULL")
		}
		if after != [16]byte{} {
			s = s.Where("t.id > ?", d.lit(after))
		}
		return s
	}, func(s *bun.SelectQuery) *bun.SelectQuery {
		return s.OrderExpr("t.id").Limit(int64(limit) + 1)
	}, func(e E, at access.Row) {
		if len(page.Rows) == limit {
			page.Next = hex.EncodeToString(last[:])
			return
		}
		page.Rows, last = append(page.Rows, e), at.ID
	})
	if err != nil {
		return access.Page[E]{}, err
	}
	return page, nil
}

// each runs a select over the kind with what places its rows. One entity is
// scanned into again and again; fn gets copies.
func (r rows[E]) each(ctx context.Context, where, end func(*bun.SelectQuery) *bun.SelectQuery, fn func(E, access.Row)) error {
	h := r.h
	if r.k.Append {
		// The log is written with COMMIT; who reads it before, reads it whole.
		if err := h.flush(ctx); err != nil {
			return err
		}
	}
	var e E
	own := fields(r.k.Fields(&e))
	q := h.from(r.k.Kind, where)
	if r.k.Name == admin.KindDomain {
		q = q.Where("t.id <> ?", h.lit(tenancy.RootDomain)) // it is where the installation is run from, and no tenant
	}
	for _, c := range r.k.Columns {
		q = q.ColumnExpr("t.?", bun.Ident(c))
	}
	dest := slices.Clone(own)
	var at place
	if r.k.Project != "" {
		cols := joined(r.k.Kind)
		q = q.ColumnExpr(strings.Join([]string{cols.site, cols.client, cols.public, cols.shared, cols.archived, cols.team, cols.manager}, ", "))
		if r.k.Name != timesheet.KindProject {
			q = q.Join("LEFT JOIN stint_projects AS p ON p.domain_id = t.domain_id AND p.id = t.?", bun.Ident(r.k.Project))
		}
		q = q.Join("LEFT JOIN stint_teams AS m ON m.domain_id = t.domain_id AND m.project_id = t.? AND m.membership_id = ?", bun.Ident(r.k.Project), h.lit(h.me()))
	}
	var archived time.Time
	if r.k.Project != "" {
		dest = append(dest, &at.site, &at.client, &at.public, &at.shared, &archived, &at.team, &at.manager)
	}
	found, err := end(q).Rows(ctx)
	if err != nil {
		return h.fail(ctx, err)
	}
	defer found.Close()
	dest = scanners(dest)
	for found.Next() {
		if err := found.Scan(dest...); err != nil {
			return h.fail(ctx, err)
		}
		at.archived = !archived.IsZero()
		fn(e, rowOf(r.k.Kind, own, at, h.me()))
	}
	if err := found.Err(); err != nil {
		return h.fail(ctx, err)
	}
	return nil
}

// rowOf places a row by its own columns; at holds what joins told, if anything.
func rowOf(k storage.Kind, pointers []any, at place, me [16]byte) access.Row {
	for i, p := range pointers {
		id, ok := p.(*[16]byte)
		if !ok {
			continue
		}
		if k.Columns[i] == k.Site {
			at.site = *id
		}
		if k.Columns[i] == k.Client {
			at.client = *id
		}
		if k.Columns[i] == k.Project {
			at.project = *id
		}
		if k.Columns[i] == k.Person {
			at.person = *id
		}
	}
	if last := len(k.Columns) - 1; k.Columns[last] == "archived_at" && !pointers[last].(*time.Time).IsZero() {
		at.archived = true
	}
	return at.row(k, *pointers[0].(*[16]byte), *pointers[1].(*int64), me)
}

// lit is for bun: NULL matches no one, which is right for an actor that is
// nobody.
func (h *handle) lit(v any) any { return h.db.d.lit(v) }

// pageLimit bounds the rows of a page.
func pageLimit(n int) (int, error) {
	switch {
	case n < 0:
		return 0, fault.Input("bad_limit", "limit", itoa(n), "must not be negative")
	case n == 0:
		return 50, nil
	case n > 1000:
		return 1000, nil
	}
	return n, nil
}

func idCursor(s string) (id [16]byte, err error) {
	if s == "" {
		return id, nil
	}
	if n, err := hex.Decode(id[:], []byte(s)); err != nil || n != 16 || len(s) != 32 {
		return id, fault.Input("bad_cursor", "after", s, "must be the next of a page of the same list")
	}
	return id, nil
}

func (h *handle) Sites() access.Rows[tenancy.Site] { return rows[tenancy.Site]{h, h.db.kinds.Sites} }
func (h *handle) Members() access.Rows[tenancy.Membership] {
	return rows[tenancy.Membership]{h, h.db.kinds.Members}
}
func (h *handle) Bindings() access.Rows[access.Binding] {
	return rows[access.Binding]{h, h.db.kinds.Bindings}
}
func (h *handle) Events() access.Rows[access.Event] { return rows[access.Event]{h, h.db.kinds.Events} }
func (h *handle) Clients() access.Rows[timesheet.Client] {
	return rows[timesheet.Client]{h, h.db.kinds.Clients}
}
func (h *handle) Projects() access.Rows[timesheet.Project] {
	return rows[timesheet.Project]{h, h.db.kinds.Projects}
}
func (h *handle) Teams() access.Rows[timesheet.Team] {
	return rows[timesheet.Team]{h, h.db.kinds.Teams}
}
func (h *handle) Tasks() access.Rows[timesheet.Task] {
	return rows[timesheet.Task]{h, h.db.kinds.Tasks}
}
func (h *handle) Activities() access.Rows[timesheet.Activity] {
	return rows[timesheet.Activity]{h, h.db.kinds.Activities}
}
func (h *handle) Tags() access.Rows[timesheet.Tag] { return rows[timesheet.Tag]{h, h.db.kinds.Tags} }
