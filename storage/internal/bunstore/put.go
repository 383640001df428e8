package bunstore

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func itoa(n int) string { return strconv.Itoa(n) }

// put writes one row of a uniform kind under a permit, with its event.
func put[E any](ctx context.Context, h *handle, k storage.Of[E], may access.Permit, e E) (E, error) {
	w, err := h.session.Write(may, written(k, &e), k.Has())
	if err == nil {
		err = store(ctx, h, k, &e, w)
	}
	if err != nil {
		var none E
		return none, err
	}
	withhold(h, k, &e, w.After) // the answer shows no more than reading would
	return e, nil
}

// written is the row that a permit must have been given for.
func written[E any](k storage.Of[E], e *E) access.Row {
	return rowOf(k.Kind, fields(k.Fields(e)), place{}, [16]byte{})
}

// store writes a row, new or changed, and its event, and sets its version.
func store[E any](ctx context.Context, h *handle, k storage.Of[E], e *E, w access.Write) error {
	if err := h.refuseReadOnly(); err != nil {
		return err
	}
	pointers := fields(k.Fields(e))
	if err := checkText(k.Kind, pointers); err != nil {
		return err
	}
	version, created := pointers[1].(*int64), pointers[2].(*time.Time)
	if *version == 0 {
		if created.IsZero() {
			*created = h.now
		}
		*created = created.UTC().Truncate(time.Microsecond)
		*version = 1
		if err := h.insert(ctx, k.Kind, pointers); err != nil {
			return err
		}
		h.log(h.session.Event(w, 1, h.now), "", text(k, *e))
		return nil
	}
	before, keep, err := stood(ctx, h, k, e, w)
	if err != nil {
		return err
	}
	q := h.change(k.Kind, *pointers[0].(*[16]byte)).Where("version = ?", *version).Set("version = version + 1")
	for i, c := range k.Columns[3:] {
		if slices.Contains(keep, c) {
			continue
		}
		q = q.Set("? = ?", bun.Ident(c), h.lit(value(pointers[i+3], isNull(k.Kind, c))))
		if c == "name" && k.Named {
			q = q.Set("name_key = ?", tenancy.NameKey(*pointers[i+3].(*string)))
		}
	}
	res, err := q.Exec(ctx)
	if err != nil {
		return h.fail(ctx, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return h.missing(ctx, k.Kind, *pointers[0].(*[16]byte), err)
	}
	*version++
	h.log(h.session.Event(w, *version, h.now), before, text(k, *e))
	hide(k, e)
	return nil
}

// text is a row in words, for the log.
func text[E any](k storage.Of[E], e E) string {
	if k.Text == nil {
		return ""
	}
	return k.Text(e)
}

// log puts an event off until COMMIT.
func (h *handle) log(e access.Event, before, after string) {
	e.Before, e.After = before, after
	h.later = append(h.later, h.event(e))
}

// insert writes a new row.
func (h *handle) insert(ctx context.Context, k storage.Kind, pointers []any) error {
	row := make(map[string]any, len(pointers)+2)
	for i, c := range k.Columns {
		row[c] = h.lit(value(pointers[i], isNull(k, c)))
		if c == "name" && k.Named {
			row["name_key"] = tenancy.NameKey(*pointers[i].(*string))
		}
	}
	if _, err := h.into(k, row).Exec(ctx); err != nil {
		return h.fail(ctx, err)
	}
	return nil
}

// missing says why an update met no row: it is gone, or another version.
func (h *handle) missing(ctx context.Context, k storage.Kind, id [16]byte, err error) error {
	if err != nil {
		return h.fail(ctx, err)
	}
	n, err := h.from(k, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("t.id = ?", h.lit(id)) }).ColumnExpr("1").Count(ctx)
	switch {
	case err != nil:
		return h.fail(ctx, err)
	case n == 0:
		return fault.NotFound
	}
	return fault.Stale
}

// event returns the call that writes an event.
func (h *handle) event(e access.Event) Call {
	e.ID = h.db.newID()
	k := h.db.kinds.Events
	pointers := fields(k.Fields(&e))
	args := make([]any, 0, len(pointers)+1)
	args = append(args, h.domain)
	for i, c := range k.Columns {
		args = append(args, value(pointers[i], isNull(k.Kind, c)))
	}
	return Call{SQL: insertSQL(k.Kind), Args: args}
}

// insertSQL returns the hot insert of one row of a domain's kind.
func insertSQL(k storage.Kind) string {
	return "insert into " + prefix + k.Table + " (domain_id, " + strings.Join(k.Columns, ", ") + ") values (" + marks(len(k.Columns)+1) + ")"
}

func isNull(k storage.Kind, column string) bool { return slices.Contains(k.Null, column) }

// storable reports whether a database can keep a text, and so find it.
func storable(s string) bool { return strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) }

// checkText refuses what databases cannot keep: NUL and invalid UTF-8.
func checkText(k storage.Kind, pointers []any) error {
	for i, p := range pointers {
		if s, ok := p.(*string); ok && !storable(*s) {
			return fault.Input("bad_text", k.Columns[i], *s, "must be valid UTF-8 without NUL")
		}
	}
	return nil
}

// removeRow removes one row under a permit, with its event.
func removeRow[E any](ctx context.Context, h *handle, k storage.Of[E], may access.Permit, id [16]byte) (access.Write, error) {
	if err := h.refuseReadOnly(); err != nil {
		return access.Write{}, err
	}
	was, row, err := rows[E]{h, k}.one(ctx, id)
	if err != nil {
		return access.Write{}, err
	}
	if row.ID == [16]byte{} && h.session.Holds(may) {
		return access.Write{}, fault.NotFound
	}
	w, err := h.session.Remove(may, row, k.Has())
	if err != nil {
		return access.Write{}, err
	}
	if _, err := h.remove(k.Kind, id).Exec(ctx); err != nil {
		return access.Write{}, h.fail(ctx, err)
	}
	h.log(h.session.Event(w, row.Version, h.now), text(k, was), "")
	return w, nil
}

// rolesChanged makes every actor of the domain be loaded anew.
func (h *handle) rolesChanged(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	h.regranted = true
	return h.run(ctx, Call{SQL: "update stint_domain_state set access_version = access_version + 1 where domain_id = ?", Args: []any{h.domain}})
}

func (h *handle) PutSite(ctx context.Context, may access.Permit, s tenancy.Site) (tenancy.Site, error) {
	return put(ctx, h, h.db.kinds.Sites, may, s)
}

func (h *handle) PutMember(ctx context.Context, may access.Permit, m tenancy.Membership) (tenancy.Membership, error) {
	m, err := put(ctx, h, h.db.kinds.Members, may, m)
	return m, h.rolesChanged(ctx, err)
}

func (h *handle) PutClient(ctx context.Context, may access.Permit, c timesheet.Client) (timesheet.Client, error) {
	return put(ctx, h, h.db.kinds.Clients, may, c)
}

func (h *handle) PutProject(ctx context.Context, may access.Permit, p timesheet.Project, first ...timesheet.Team) (timesheet.Project, error) {
	k := h.db.kinds.Projects
	for i := range first {
		if p.Version != 0 || first[i].Version != 0 || first[i].Project != p.ID {
			return timesheet.Project{}, fault.Proof.On("team", first[i].ID.String())
		}
	}
	w, err := h.session.Write(may, written(k, &p), k.Has())
	if err == nil {
		err = store(ctx, h, k, &p, w)
	}
	for i := range first {
		if err == nil {
			team := w
			team.After = written(h.db.kinds.Teams, &first[i])
			team.After.Site, team.After.Client = w.After.Site, w.After.Client
			team.After.Facts |= w.After.Facts & access.Public
			err = store(ctx, h, h.db.kinds.Teams, &first[i], team)
		}
	}
	if err != nil {
		return timesheet.Project{}, err
	}
	return p, nil
}

// lockProject makes a change of a team wait for those who hold its project as
// it is; see Place.
func (h *handle) lockProject(ctx context.Context, id timesheet.ProjectID) error {
	if h.db.d.Hold == "" {
		return nil
	}
	return h.run(ctx, Call{
		SQL: "select id from stint_projects where domain_id = ? and id = ?" + h.db.d.Lock, Args: []any{h.domain, id},
		Each: func(scan Scan) error { return scan(new([16]byte)) },
	})
}

func (h *handle) PutTeam(ctx context.Context, may access.Permit, t timesheet.Team) (timesheet.Team, error) {
	// To let somebody in is one right, to make her a manager another.
	if t.Manager && h.session.Holds(may) {
		if _, err := h.Who().May(timesheet.EditTeam, h.session.Resource(may.Resource())); err != nil {
			return timesheet.Team{}, err
		}
	}
	if t.Version != 0 {
		if err := h.lockProject(ctx, t.Project); err != nil {
			return timesheet.Team{}, err
		}
	}
	return put(ctx, h, h.db.kinds.Teams, may, t)
}

func (h *handle) RemoveTeam(ctx context.Context, may access.Permit, id timesheet.TeamID) error {
	if h.session.Holds(may) {
		if err := h.lockProject(ctx, timesheet.ProjectID(may.Resource().Project)); err != nil {
			return err
		}
	}
	_, err := removeRow(ctx, h, h.db.kinds.Teams, may, id)
	return err
}

func (h *handle) PutTask(ctx context.Context, may access.Permit, t timesheet.Task) (timesheet.Task, error) {
	return put(ctx, h, h.db.kinds.Tasks, may, t)
}

func (h *handle) PutActivity(ctx context.Context, may access.Permit, a timesheet.Activity) (timesheet.Activity, error) {
	return put(ctx, h, h.db.kinds.Activities, may, a)
}

func (h *handle) PutTag(ctx context.Context, may access.Permit, t timesheet.Tag) (timesheet.Tag, error) {
	return put(ctx, h, h.db.kinds.Tags, may, t)
}
