package storagetest

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the table of the host's own

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func whereTests() []test {
	return []test{
		{"W3 the rows of a host's own that are shown are those that may be decided on", shownIsDecided},
		{"W3 a table that lacks a column shows no more", lackingShowsNoMore},
		{"W3 a host's row may be of a client without a project, and archived itself", placedByItself},
		{"W3 columns that cannot be printed are refused, and so is a foreign filter", badColumns},
	}
}

// ledger is a world whose host has a table of invoices.
type ledger struct {
	*World
	db   *sql.DB
	rows []access.Row // of the first domain, in the order of the table
}

// newLedger makes a world with roles of every way, and invoices everywhere: on
// every project and on none, everybody's and nobody's, sent and late or not.
func newLedger(t *testing.T, open Open) *ledger {
	t.Helper()
	policy, err := storage.Policy(invoices())
	require.NoError(t, err)
	clock := NewClock(Start)
	l := &ledger{World: &World{DB: open(t, Config{Policy: policy, Now: clock.Now}), Policy: policy, Clock: clock}}
	l.A, l.B = l.Found(t, "Alpha"), l.Found(t, "Beta")
	d := l.A
	l.spread(t)
	south := access.Place{Kind: access.AtSite, Site: d.South.Site()}
	odd := l.addRole(t, d, "Odd", access.Allow(access.When(access.Bound|access.Public, access.Own|late), viewInvoice, editInvoice),
		access.Allow(access.When(sent|access.Own).But(access.Bound), removeInvoice))
	l.bindAll(t, d,
		access.Binding{Subject: access.Subject{Everyone: true}, Role: namer, Place: access.Place{Kind: access.Everywhere}},
		// On both sites, whose settings differ.
		access.Binding{Subject: access.Subject{Member: d.Ben.ID}, Role: access.MemberRole, Place: access.Place{Kind: access.Everywhere}},
		access.Binding{Subject: access.Subject{Member: d.Sue.ID}, Role: access.MemberRole, Place: access.Place{Kind: access.Everywhere}},
		access.Binding{Subject: access.Subject{Everyone: true}, Custom: odd.ID, Place: south},
		access.Binding{Subject: access.Subject{Member: d.Eve.ID}, Custom: odd.ID, Place: access.Place{Kind: access.AtProject, Project: d.Public.ID}},
		access.Binding{Subject: access.Subject{Member: d.Gus.ID}, Role: access.Approver, Place: access.Place{Kind: access.OfGroup, Group: d.Crew.ID}})
	old := write(t, l.World, d.North, by(d.Ann), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
		return l.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Old", Visibility: timesheet.Public, Client: d.Client.ID})
	})
	l.join(t, d, old, d.Ben, true)
	old.ArchivedAt = Start
	old, err = l.editProject(t, d.North, by(d.Ann), old)
	require.NoError(t, err)

	north := timesheet.Project{Site: d.North.Site()}
	for _, p := range []timesheet.Project{north, {Site: south.Site}, d.Private, d.Shared, d.Public, d.Far, old} {
		for _, person := range []tenancy.Membership{{}, d.Ann, d.Ben, d.Eve, d.Gus, d.Sue} {
			for _, facts := range []access.Facts{0, sent, late, sent | late} {
				l.rows = append(l.rows, access.Row{
					Kind: kindInvoice, ID: tenancy.NewUUID(), Version: 1,
					Site: p.Site, Client: p.Client, Project: p.ID, Person: person.ID, Facts: facts,
				})
			}
		}
	}
	l.db = table(t)
	for _, domain := range []tenancy.DomainID{d.ID, l.B.ID} { // the other's say the same of themselves
		for n, r := range l.rows {
			l.insert(t, domain, n, r, false)
		}
	}
	return l
}

// table returns a database that has an empty table of invoices, with ids as
// text.
func table(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	db.SetMaxOpenConns(1) // each connection has a memory of its own
	_, err = db.ExecContext(t.Context(), `create table invoices (n integer not null, domain_id text not null, site_id text not null, client_id text, project_id text,
		person_id text, sent integer not null, late integer, archived_at text)`)
	require.NoError(t, err)
	return db
}

func (l *ledger) insert(t *testing.T, domain tenancy.DomainID, n int, r access.Row, archived bool) {
	t.Helper()
	id := func(id [16]byte) any {
		if id == [16]byte{} {
			return nil
		}
		return tenancy.ID[any](id).String()
	}
	var isLate, at any // what is not so may be NULL too
	if r.Facts.Has(late) {
		isLate = 1
	}
	if archived {
		at = "2024-03-04"
	}
	_, err := l.db.ExecContext(t.Context(), "insert into invoices values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		n, id(domain), id(r.Site), id(r.Client), id(r.Project), id(r.Person), r.Facts.Has(sent), isLate, at)
	require.NoError(t, err)
}

// columns says where the table has everything.
func columns() storage.Columns {
	return storage.Columns{
		Domain: "i.domain_id", Site: "i.site_id", Client: "i.client_id", Project: "i.project_id", Person: "i.person_id",
		Archived: "i.archived_at is not null", Facts: map[access.Facts]string{sent: "i.sent", late: "i.late = 1"},
	}
}

// shown returns the numbers of the invoices that an action shows.
func (l *ledger) shown(ctx context.Context, t *testing.T, v storage.View, action access.Action, of storage.Columns) []int {
	t.Helper()
	p, err := v.Where(ctx, v.Who().Sees(action), kindInvoice, of)
	require.NoError(t, err)
	found, err := l.db.QueryContext(ctx, "select i.n from invoices i where i.n >= 0 and "+p.SQL+" order by i.n", p.Args...)
	require.NoError(t, err, p.SQL)
	defer found.Close()
	numbers := []int{}
	for found.Next() {
		var n int
		require.NoError(t, found.Scan(&n))
		numbers = append(numbers, n)
	}
	require.NoError(t, found.Err())
	return numbers
}

// decided returns the numbers of the invoices on which an action is allowed,
// each asked for.
func (l *ledger) decided(ctx context.Context, t *testing.T, s storage.Tx, action access.Action) []int {
	t.Helper()
	var asked []int
	var rows []access.Row
	for n, r := range l.rows {
		if site := s.Scope().Site(); site.IsZero() || site == r.Site { // nothing of another site is there
			asked, rows = append(asked, n), append(rows, r)
		}
	}
	placed, err := s.Place(ctx, s.Who().Sees(nameProject), rows...)
	require.NoError(t, err)
	numbers := []int{}
	for i, r := range placed {
		if _, err := s.Who().May(action, r); err == nil {
			numbers = append(numbers, asked[i])
		} else {
			require.Contains(t, []fault.Code{fault.CodeDenied, fault.CodeNotFound}, fault.CodeOf(err))
		}
	}
	return numbers
}

// principals are a person as she signs in, and with lesser credentials.
func (l *ledger) principals(m tenancy.Membership) map[string]access.Principal {
	return map[string]access.Principal{
		"herself": by(m), "reading": by(m).ReadOnly(), "looking": by(m).Only(viewInvoice, nameProject), "in the north": by(m).AtSite(l.A.North.Site()),
	}
}

func shownIsDecided(t *testing.T, open Open) {
	l := newLedger(t, open)
	met := map[access.Action]map[int]bool{viewInvoice: {}, editInvoice: {}, removeInvoice: {}}
	agree := func(who string, in tenancy.Scope, as access.Principal) {
		require.NoError(t, l.DB.Update(t.Context(), in, as, func(ctx context.Context, s storage.Tx) error {
			for action := range met {
				want := l.decided(ctx, t, s, action)
				require.Equal(t, want, l.shown(ctx, t, s, action, columns()), "%s of %s", action, who)
				met[action][len(want)] = true
			}
			return nil
		}))
	}
	for _, m := range l.A.people() {
		for credential, as := range l.principals(m) {
			for name, scope := range l.A.scopes() {
				if credential == "in the north" && name == "south" {
					continue // it opens none
				}
				agree(fmt.Sprintf("%s (%s) in %s", m.Name, credential, name), scope, as)
			}
		}
	}
	agree("the system", l.A.Whole, worker)
	for action, counts := range met {
		require.Greater(t, len(counts), 8, "%s: all, none, and much between", action)
	}
}

// lackingShowsNoMore takes every column away from a table, alone and together
// with another.
func lackingShowsNoMore(t *testing.T, open Open) {
	l := newLedger(t, open)
	lacking := map[string]func(*storage.Columns){
		"site":    func(c *storage.Columns) { c.Site = "" },
		"client":  func(c *storage.Columns) { c.Client = "" },
		"project": func(c *storage.Columns) { c.Project, c.Archived = "", "" }, // of which it is archived or not
		"person":  func(c *storage.Columns) { c.Person = "" },
		"sent":    func(c *storage.Columns) { delete(c.Facts, sent) },
		"late":    func(c *storage.Columns) { delete(c.Facts, late) },
	}
	fewer := map[string]bool{}
	for _, m := range l.A.people() {
		for _, scope := range l.A.scopes() {
			read(t, l.World, scope, by(m), func(ctx context.Context, v storage.View) (bool, error) {
				for _, action := range []access.Action{viewInvoice, editInvoice, removeInvoice} {
					all := l.shown(ctx, t, v, action, columns())
					for one, take := range lacking {
						for other, also := range lacking {
							of := columns()
							take(&of)
							also(&of)
							some := l.shown(ctx, t, v, action, of)
							require.Subset(t, all, some, "%s of %s without %s and %s", action, m.Name, one, other)
							fewer[one] = fewer[one] || one == other && len(some) < len(all)
						}
					}
				}
				return true, nil
			})
		}
	}
	for one := range maps.Keys(lacking) {
		require.Equal(t, one != "client", fewer[one], "%s: but for the client, which the project says too", one)
	}
}

func placedByItself(t *testing.T, open Open) {
	l := newLedger(t, open)
	d := l.A
	_, err := l.db.ExecContext(t.Context(), "delete from invoices")
	require.NoError(t, err)
	here := access.Row{Site: d.North.Site(), Person: d.Ann.ID}
	acme := here
	acme.Client, acme.Facts = d.Client.ID, sent
	for n, r := range []access.Row{here, acme} {
		l.insert(t, d.ID, n, r, false)
		l.insert(t, d.ID, n+2, r, true)
	}
	shown := func(m tenancy.Membership, action access.Action, of storage.Columns) []int {
		return read(t, l.World, d.Whole, by(m), func(ctx context.Context, v storage.View) ([]int, error) {
			return l.shown(ctx, t, v, action, of), nil
		})
	}
	// Gus administers the client.
	require.Equal(t, []int{1, 3}, shown(d.Gus, viewInvoice, columns()))
	byProject := columns()
	byProject.Client = ""
	require.Empty(t, shown(d.Gus, viewInvoice, byProject))
	require.Equal(t, []int{1}, shown(d.Gus, editInvoice, columns()), "nobody changes what is archived")
	// Ann changes her own until it is sent.
	require.Equal(t, []int{0}, shown(d.Ann, editInvoice, columns()))
	never := columns()
	never.Archived = ""
	require.Equal(t, []int{0, 2}, shown(d.Ann, editInvoice, never), "in a table that knows no archive")
	never.Project = ""
	require.Empty(t, shown(d.Ann, editInvoice, never), "nor a project that may be")
}

func badColumns(t *testing.T, open Open) {
	l := newLedger(t, open)
	read(t, l.World, l.A.Whole, by(l.A.Ann), func(ctx context.Context, v storage.View) (bool, error) {
		for what, spoil := range map[string]func(*storage.Columns){
			"a fact that is none of the host's": func(c *storage.Columns) { c.Facts[access.Own] = "1 = 1" },
			"two facts at once":                 func(c *storage.Columns) { c.Facts[sent|late] = "1 = 1" },
			"a fact without a condition":        func(c *storage.Columns) { c.Facts[late] = "" },
			"an argument in a column":           func(c *storage.Columns) { c.Person = "coalesce(i.person_id, ?)" },
			"no column for the domain":          func(c *storage.Columns) { c.Domain = "" },
			"an argument in a condition":        func(c *storage.Columns) { c.Facts[late] = "i.late = ?" },
		} {
			of := columns()
			spoil(&of)
			_, err := v.Where(ctx, v.Who().Sees(viewInvoice), kindInvoice, of)
			require.Equal(t, fault.Code("bad_columns"), fault.CodeOf(err), what)
		}
		for what, see := range map[string]access.Filter{"zero": {}, "of another kind": v.Who().Sees(timesheet.ViewEntry)} {
			_, err := v.Where(ctx, see, kindInvoice, columns())
			require.ErrorIs(t, err, fault.Proof, what)
		}
		return true, nil
	})
}
