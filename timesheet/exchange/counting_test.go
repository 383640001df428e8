package exchange_test

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
)

// counting counts the calls of an import that go to the store. Each is a
// statement or a fixed number of them, apart from AddEntries.
type counting struct {
	storage.Tx
	calls map[string]int
}

// countedRows counts calls for one kind.
type countedRows[E any] struct {
	access.Rows[E]
	count func()
}

func (r countedRows[E]) Get(ctx context.Context, see access.Filter, id [16]byte) (E, access.Resource, error) {
	r.count()
	return r.Rows.Get(ctx, see, id)
}

func (r countedRows[E]) List(ctx context.Context, see access.Filter, q access.Query) (access.Page[E], error) {
	r.count()
	return r.Rows.List(ctx, see, q)
}

func (c counting) add(what string) func() { return func() { c.calls[what]++ } }

func (c counting) Clients() access.Rows[timesheet.Client] {
	return countedRows[timesheet.Client]{c.Tx.Clients(), c.add("clients")}
}

func (c counting) Projects() access.Rows[timesheet.Project] {
	return countedRows[timesheet.Project]{c.Tx.Projects(), c.add("projects")}
}

func (c counting) Teams() access.Rows[timesheet.Team] {
	return countedRows[timesheet.Team]{c.Tx.Teams(), c.add("teams")}
}

func (c counting) Tasks() access.Rows[timesheet.Task] {
	return countedRows[timesheet.Task]{c.Tx.Tasks(), c.add("tasks")}
}

func (c counting) Tags() access.Rows[timesheet.Tag] {
	return countedRows[timesheet.Tag]{c.Tx.Tags(), c.add("tags")}
}

func (c counting) Members() access.Rows[tenancy.Membership] {
	return countedRows[tenancy.Membership]{c.Tx.Members(), c.add("members")}
}

func (c counting) Place(ctx context.Context, see access.Filter, rows ...access.Row) ([]access.Resource, error) {
	c.add("place")()
	return c.Tx.Place(ctx, see, rows...)
}

func (c counting) Imported(ctx context.Context, see access.Filter, source string, keys []string) ([]string, error) {
	c.add("imported")()
	return c.Tx.Imported(ctx, see, source, keys)
}

func (c counting) Entries(ctx context.Context, see access.Filter, q timesheet.EntryQuery) (access.Page[timesheet.Entry], error) {
	c.add("entries")()
	return c.Tx.Entries(ctx, see, q)
}

func (c counting) PutMember(ctx context.Context, may access.Permit, m tenancy.Membership) (tenancy.Membership, error) {
	c.add("put member")()
	return c.Tx.PutMember(ctx, may, m)
}

func (c counting) PutProject(ctx context.Context, may access.Permit, p timesheet.Project, first ...timesheet.Team) (timesheet.Project, error) {
	c.add("put project")()
	return c.Tx.PutProject(ctx, may, p, first...)
}

func (c counting) PutTask(ctx context.Context, may access.Permit, t timesheet.Task) (timesheet.Task, error) {
	c.add("put task")()
	return c.Tx.PutTask(ctx, may, t)
}

func (c counting) PutTag(ctx context.Context, may access.Permit, t timesheet.Tag) (timesheet.Tag, error) {
	c.add("put tag")()
	return c.Tx.PutTag(ctx, may, t)
}

func (c counting) PutTeam(ctx context.Context, may access.Permit, t timesheet.Team) (timesheet.Team, error) {
	c.add("put team")()
	return c.Tx.PutTeam(ctx, may, t)
}

func (c counting) AddEntries(ctx context.Context, may []access.Permit, e []timesheet.Entry, s []timesheet.Slice) error {
	c.add("add entries")()
	return c.Tx.AddEntries(ctx, may, e, s)
}
