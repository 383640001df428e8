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
	found, row, err := r.one(ctx, id)
	switch {
	case err != nil:
		return none, access.Resource{}, err
	case row.ID == [16]byte{} || !r.h.fenced(row, r.k.Kind) || !plan.Sees(row):
		return none, access.Resource{}, fault.NotFound
	}
	withhold(r.h, r.k, &found, row)
	return found, r.h.session.Resource(row), nil
}

// one reads the row with an id as it is stored, or none.
func (r rows[E]) one(ctx context.Context, id [16]byte) (found E, row access.Row, err error) {
	err = r.each(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("t.id = ?", r.h.db.d.lit(id))
	}, func(q *bun.SelectQuery) *bun.SelectQuery { return q }, func(e E, at access.Row) { found, row = e, at })
	if err == nil {
		err = r.h.grouped(ctx, &row)
	}
	return found, row, err
}

// withhold takes out of a row what the actor may not see of it.
func withhold[E any](h *handle, k storage.Of[E], e *E, row access.Row) {
	if len(k.Shy) == 0 {
		return
	}
	for _, field := range h.session.Withholds(k.Name) {
		if !field.Plan.Sees(row) {
			blank(k, field.Field, e)
		}
	}
}

// hide empties what is said to be withheld, whatever the caller put there.
func hide[E any](k storage.Of[E], e *E) {
	for _, shy := range k.Shy {
		if *shy.Withheld(e) {
			blank(k, shy.Field, e)
		}
	}
}

// blank withholds a field, if there is anything in it.
func blank[E any](k storage.Of[E], field string, e *E) {
	pointers := fields(k.Fields(e))
	for _, shy := range k.Shy {
		if shy.Field != field {
			continue
		}
		for _, column := range shy.Columns {
			switch p := pointers[slices.Index(k.Columns, column)].(type) {
			case *string:
				*shy.Withheld(e) = *shy.Withheld(e) || *p != ""
				*p = ""
			case *int64:
				*shy.Withheld(e) = *shy.Withheld(e) || *p != 0
				*p = 0
			}
		}
	}
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
	if !storable(q.Name) || !storable(q.Ref) || !storable(string(q.Action)) || !storable(string(q.Kind)) {
		return access.Page[E]{}, nil
	}
	d := r.h.db.d
	cols := joined(r.k.Kind)
	where := allOf(r.h.inScope(cols), cols.print(d, plan, r.h.me()))
	var page access.Page[E]
	var at []access.Row
	err = r.each(ctx, func(s *bun.SelectQuery) *bun.SelectQuery {
		s = s.Where(where.sql, d.lits(where.args)...)
		if q.Name != "" && r.k.Named {
			s = s.Where("t.name_key = ?", tenancy.NameKey(q.Name))
		}
		if q.Ref != "" && slices.Contains(r.k.Columns, "ref") {
			s = s.Where("t.ref = ?", q.Ref)
		}
		if q.Parent != [16]byte{} && len(r.k.Parents) > 0 {
			s = s.WhereGroup(" AND ", func(s *bun.SelectQuery) *bun.SelectQuery {
				for _, column := range r.k.Parents {
					s = s.WhereOr("t.? = ?", bun.Ident(column), d.lit(q.Parent))
				}
				return s
			})
		}
		if r.k.Name == admin.KindEvent {
			s = logged(d, s, q)
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
	}, func(e E, row access.Row) {
		if len(page.Rows) == limit {
			page.Next = hex.EncodeToString(at[limit-1].ID[:])
			return
		}
		page.Rows, at = append(page.Rows, e), append(at, row)
	})
	if err == nil && len(r.k.Shy) > 0 {
		err = r.withholdAll(ctx, page.Rows, at)
	}
	if err != nil {
		return access.Page[E]{}, err
	}
	return page, nil
}

// withholdAll takes out of rows what the actor may not see of them.
func (r rows[E]) withholdAll(ctx context.Context, found []E, at []access.Row) error {
	pointers := make([]*access.Row, len(at))
	for i := range at {
		pointers[i] = &at[i]
	}
	if err := r.h.grouped(ctx, pointers...); err != nil {
		return err
	}
	for i := range found {
		withhold(r.h, r.k, &found[i], at[i])
	}
	return nil
}

// logged narrows a list of the log.
func logged(d *Dialect, s *bun.SelectQuery, q access.Query) *bun.SelectQuery {
	if !q.Actor.IsZero() {
		s = s.Where("t.actor_id = ?", d.lit(q.Actor))
	}
	if q.Kind != "" {
		s = s.Where("t.kind = ?", string(q.Kind))
	}
	if q.Action != "" {
		s = s.Where("t.action = ?", string(q.Action))
	}
	if !q.From.IsZero() {
		s = s.Where("t.created_at >= ?", d.lit(within(q.From)))
	}
	if !q.To.IsZero() {
		s = s.Where("t.created_at < ?", d.lit(within(q.To)))
	}
	return s
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
	for fact, column := range k.Says {
		if *pointers[slices.Index(k.Columns, column)].(*bool) {
			at.said |= fact
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
func (h *handle) Groups() access.Rows[access.Group] {
	return rows[access.Group]{h, h.db.kinds.Groups}
}
func (h *handle) GroupMembers() access.Rows[access.GroupMember] {
	return rows[access.GroupMember]{h, h.db.kinds.InGroups}
}
func (h *handle) Roles() access.Rows[access.CustomRole] {
	return rows[access.CustomRole]{h, h.db.kinds.Roles}
}
func (h *handle) Settings() access.Rows[access.SiteSetting] {
	return rows[access.SiteSetting]{h, h.db.kinds.Settings}
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
