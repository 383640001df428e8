package exchange_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	_ "time/tzdata" // the tests must hold where the machine has no zone files

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/memory"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/exchange"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// world is a domain with one site; Ann administers it.
type world struct {
	*testing.T
	ctx  context.Context
	db   storage.DB
	site tenancy.Scope
	all  tenancy.Scope // the whole domain
	ann  tenancy.Membership
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := t.Context()
	db, err := memory.Open(memory.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(ctx))
	made, err := admin.Bootstrap(ctx, db, admin.Provision{
		Name: "Studio", Zone: "Europe/Berlin", Admin: tenancy.Membership{Name: "Ann Adler", Email: "ann@example.org"},
	})
	require.NoError(t, err)
	w := &world{T: t, ctx: ctx, db: db, ann: made.Admin}
	require.NoError(t, tenancy.NewResolver(db).Each(ctx, func(_ context.Context, in tenancy.Scope) error {
		w.all, w.site = in, in.At(made.Site.ID)
		return nil
	}))
	return w
}

func (w *world) as(m tenancy.Membership) access.Principal { return access.ByMember(m.ID) }

// update runs fn as a person at the site.
func (w *world) update(m tenancy.Membership, fn func(context.Context, storage.Tx) error) {
	w.Helper()
	require.NoError(w, w.db.Update(w.ctx, w.site, w.as(m), fn))
}

// member adds a person with a role at the site.
func (w *world) member(name, email, role string) (m tenancy.Membership) {
	w.Helper()
	w.update(w.ann, func(ctx context.Context, tx storage.Tx) (err error) {
		if m, err = admin.AddMember(ctx, tx, tenancy.Membership{Name: name, Email: email}); err != nil {
			return err
		}
		_, err = admin.GrantRole(ctx, tx, m.ID, role)
		return err
	})
	return m
}

func (w *world) project(m tenancy.Membership, p timesheet.NewProject) (made timesheet.Project) {
	w.Helper()
	w.update(m, func(ctx context.Context, tx storage.Tx) (err error) {
		made, err = timesheet.Book{}.AddProject(ctx, tx, p)
		return err
	})
	return made
}

func (w *world) parse(text string, opt exchange.Options) exchange.File {
	w.Helper()
	f, err := exchange.Parse(strings.NewReader(text), opt)
	require.NoError(w, err)
	return f
}

// store imports a file as a person, and checks that its report is complete.
func (w *world) store(m tenancy.Membership, f exchange.File) (rep exchange.Report) {
	w.Helper()
	w.update(m, func(ctx context.Context, tx storage.Tx) (err error) {
		rep, err = f.Store(ctx, tx)
		return err
	})
	complete(w, f, rep)
	return rep
}

var errDry = errors.New("dry run")

// dryRun imports a file and keeps nothing.
func (w *world) dryRun(m tenancy.Membership, f exchange.File) (rep exchange.Report) {
	w.Helper()
	err := w.db.Update(w.ctx, w.site, w.as(m), func(ctx context.Context, tx storage.Tx) (err error) {
		if rep, err = f.Store(ctx, tx); err != nil {
			return err
		}
		return errDry
	})
	require.ErrorIs(w, err, errDry)
	complete(w, f, rep)
	return rep
}

// complete checks that every row of a file is in its report, once.
func complete(t testing.TB, f exchange.File, rep exchange.Report) {
	t.Helper()
	require.Len(t, rep.Rows, len(f.Rows))
	require.Equal(t, len(f.Rows), rep.Stored+rep.Unchanged+rep.Refused, "rows in = stored + unchanged + refused")
	var stored, unchanged, refused int
	for i, row := range rep.Rows {
		require.Equal(t, f.Rows[i].Line, row.Line)
		require.Equal(t, row.Status == exchange.Refused, row.Err != nil)
		require.Equal(t, row.Status == exchange.Stored, !row.Entry.IsZero())
		switch row.Status {
		case exchange.Stored:
			stored++
		case exchange.Unchanged:
			unchanged++
		case exchange.Refused:
			refused++
			require.NotEmpty(t, row.Err.Field, "a refusal names what is at fault")
			require.NotEmpty(t, row.Err.Rule)
		}
	}
	require.Equal(t, []int{stored, unchanged, refused}, []int{rep.Stored, rep.Unchanged, rep.Refused})
}

// list returns all rows of a kind that Ann sees.
func list[E any](w *world, rows func(storage.View) access.Rows[E], action access.Action) (all []E) {
	w.Helper()
	err := w.db.View(w.ctx, w.site, w.as(w.ann), func(ctx context.Context, v storage.View) error {
		all = nil
		q := access.Query{All: true, Limit: 1000}
		for {
			page, err := rows(v).List(ctx, v.Who().Sees(action), q)
			if err != nil {
				return err
			}
			all = append(all, page.Rows...)
			if q.After = page.Next; q.After == "" {
				return nil
			}
		}
	})
	require.NoError(w, err)
	return all
}

func (w *world) clients() []timesheet.Client {
	return list(w, func(v storage.View) access.Rows[timesheet.Client] { return v.Clients() }, timesheet.ViewClient)
}

func (w *world) projects() []timesheet.Project {
	return list(w, func(v storage.View) access.Rows[timesheet.Project] { return v.Projects() }, timesheet.ViewProject)
}

func (w *world) teams() []timesheet.Team {
	return list(w, func(v storage.View) access.Rows[timesheet.Team] { return v.Teams() }, timesheet.ViewTeam)
}

func (w *world) tasks() []timesheet.Task {
	return list(w, func(v storage.View) access.Rows[timesheet.Task] { return v.Tasks() }, timesheet.ViewTask)
}

func (w *world) tags() []timesheet.Tag {
	return list(w, func(v storage.View) access.Rows[timesheet.Tag] { return v.Tags() }, timesheet.ViewTag)
}

func (w *world) members() []tenancy.Membership {
	return list(w, func(v storage.View) access.Rows[tenancy.Membership] { return v.Members() }, admin.ViewMember)
}

// events returns how many events the domain's log has.
func (w *world) events() (n int) {
	w.Helper()
	err := w.db.View(w.ctx, w.all, w.as(w.ann), func(ctx context.Context, v storage.View) error {
		n = 0
		q := access.Query{Limit: 1000}
		for {
			page, err := v.Events().List(ctx, v.Who().Sees(admin.ViewEvent), q)
			if err != nil {
				return err
			}
			for _, e := range page.Rows {
				if !e.Denied { // what was refused is in the log too, and changed nothing
					n++
				}
			}
			if q.After = page.Next; q.After == "" {
				return nil
			}
		}
	})
	require.NoError(w, err)
	return n
}

// entries returns everybody's time, as Ann sees it.
func (w *world) entries() (all []timesheet.Entry) {
	w.Helper()
	err := w.db.View(w.ctx, w.site, w.as(w.ann), func(ctx context.Context, v storage.View) error {
		all = nil
		q := timesheet.EntryQuery{Limit: 1000}
		for {
			page, err := v.Entries(ctx, v.Who().Sees(timesheet.ViewEntry), q)
			if err != nil {
				return err
			}
			all = append(all, page.Rows...)
			if q.After = page.Next; q.After == "" {
				return nil
			}
		}
	})
	require.NoError(w, err)
	return all
}

// report runs a report as Ann.
func (w *world) report(q report.Query) (r report.Report) {
	w.Helper()
	err := w.db.View(w.ctx, w.site, w.as(w.ann), func(ctx context.Context, v storage.View) (err error) {
		r, err = report.Run(ctx, v, q)
		return err
	})
	require.NoError(w, err)
	return r
}

// state is what an import may have changed, counted.
func (w *world) state() []int {
	w.Helper()
	return []int{w.events(), len(w.entries()), len(w.members()), len(w.clients()), len(w.projects()), len(w.teams()), len(w.tasks()), len(w.tags())}
}
