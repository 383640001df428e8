package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// The levels of people: regular users, managers, administrators, auditors and
// guests.

func levelTests() []test {
	return []test{
		in("G11 who becomes a manager may all that she could, and more", managerMayMore),
		in("G14 a project keeps its other managers", otherManagers),
		in("G15 a manager makes managers of her project and of no other", makesManagers),
		in("G18 who administers one site does not find what is on another", otherSite),
		in("G20 administrators see the time of all", seesAll),
		in("G24 managers and administrators report the same on a private project", sameTotals),
		in("G36 an auditor reads everything and writes nothing", auditor),
		in("T23 a role of the whole domain holds on every site of it, and in no other domain", wholeDomainRole),
		in("T25 who is in one project lists that and the public ones", listsHers),
		in("W3 a role for one project, or for a client with all of its projects", oneProject),
		in("W4 a customer sees the time of the projects she is put on, and writes none", customer),
	}
}

func managerMayMore(t *testing.T, w *World) {
	d := w.A
	w.crowd(t)
	w.join(t, d, d.Private, d.Eve, false)
	eve := []tenancy.Membership{d.Eve}
	before := w.let(t, d, eve)[d.Eve.ID]
	for _, row := range w.team(t, d, d.Private.ID) {
		if row.Person == d.Eve.ID {
			w.manage(t, d, func(ctx context.Context, s storage.Tx) error { return w.acts()[timesheet.EditTeam](ctx, s, row.ID) })
		}
	}
	after := w.let(t, d, eve)[d.Eve.ID]
	for is := range before {
		require.True(t, after[is], "%s is lost", is.action)
	}
	require.Greater(t, len(before), 10)
	require.Greater(t, len(after), len(before))
	require.True(t, after[deed{timesheet.EditProject, d.Private.ID}])
	require.False(t, before[deed{timesheet.EditProject, d.Private.ID}])
	require.False(t, after[deed{timesheet.EditEntry, d.BensTime.ID}], "but nobody else's time")
}

func otherManagers(t *testing.T, w *World) {
	d := w.A
	p := write(t, w, d.North, by(d.Eve), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
		return w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Two managers"})
	})
	require.Equal(t, d.Eve.ID, w.team(t, d, p.ID)[0].Person, "who adds it manages it")
	w.join(t, d, p, d.Ben, true)
	edits := func(m tenancy.Membership) error {
		p.Name += "!"
		next, err := w.editProject(t, d.North, by(m), p)
		if err == nil {
			p = next
		}
		return err
	}
	require.NoError(t, edits(d.Ben))
	for _, row := range w.team(t, d, p.ID) {
		if row.Person == d.Eve.ID {
			require.NoError(t, w.DB.Update(t.Context(), d.North, by(d.Ben), func(ctx context.Context, s storage.Tx) error {
				return w.acts()[timesheet.EditTeam](ctx, s, row.ID)
			}), "the other one puts her back")
		}
	}
	denied(t, "condition_manager", edits(d.Eve))
	require.NoError(t, edits(d.Ben), "and remains")
	managers := map[tenancy.MembershipID]bool{}
	for _, m := range w.team(t, d, p.ID) {
		managers[m.Person] = m.Manager
	}
	require.Equal(t, map[tenancy.MembershipID]bool{d.Eve.ID: false, d.Ben.ID: true}, managers)
}

func makesManagers(t *testing.T, w *World) {
	d := w.A
	other := write(t, w, d.North, by(d.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
		return w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Other", Visibility: timesheet.Public})
	})
	w.join(t, d, other, d.Ann, false)
	promote := func(p timesheet.Project, who tenancy.MembershipID) string {
		for _, row := range w.team(t, d, p.ID) {
			if row.Person == who {
				return w.attempt(t, d.North, d.Ann, func(ctx context.Context, s storage.Tx) error { return w.acts()[timesheet.EditTeam](ctx, s, row.ID) })
			}
		}
		return "nobody"
	}
	require.Equal(t, "yes", promote(d.Private, d.Ben.ID))
	require.Equal(t, "condition_manager", promote(other, d.Ann.ID), "not even herself")
	add := func(p timesheet.Project, manager bool) string {
		return w.attempt(t, d.North, d.Ann, func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddToTeam(ctx, s, p.ID, d.Eve.ID, manager)
			return err
		})
	}
	for _, manager := range []bool{false, true} {
		require.Equal(t, "yes", add(d.Private, manager))
		require.Equal(t, "condition_manager", add(other, manager))
	}
}

func otherSite(t *testing.T, w *World) {
	d := w.A
	for name, in := range map[string]tenancy.Scope{"whole": d.Whole, "north": d.North, "south": d.South} {
		p := d.Far
		p.Name = "Mine"
		_, err := w.editProject(t, in, by(d.Chief), p)
		require.ErrorIs(t, err, fault.NotFound, name)
	}
	p := d.Private
	p.Name = "Edited"
	_, err := w.editProject(t, d.North, by(d.Chief), p)
	require.NoError(t, err, "every project of her own")
	write(t, w, d.North, by(d.Chief), func(ctx context.Context, s storage.Tx) (timesheet.Client, error) {
		return amend(ctx, s, s.Clients(), timesheet.ViewClient, timesheet.EditClient, d.Client.ID, s.PutClient, func(c *timesheet.Client) { c.Name = "Acme Inc." })
	})
}

func seesAll(t *testing.T, w *World) {
	d := w.A
	w.set(t, d, d.Whole, timesheet.LimitPublicData, timesheet.On)
	w.set(t, d, d.Whole, timesheet.AdminsBypassPrivate, timesheet.Off)
	for _, m := range []tenancy.Membership{d.Chief, d.Admin} {
		r := w.report(t, d.North, by(m), report.Query{By: []report.Dimension{report.Person}, Projects: []timesheet.ProjectID{d.Private.ID}})
		require.Equal(t, []line{{"Ann", 3600, 0}, {"Ben", 3600, 3600}}, lines(r), m.Name)
		require.Equal(t, []timesheet.EntryID{d.BensTime.ID, d.AnnsTime.ID}, entryIDs(w.entries(t, d.North, by(m), timesheet.EntryQuery{Project: d.Private.ID})))
	}
}

func sameTotals(t *testing.T, w *World) {
	d := w.A
	w.crowd(t)
	lead := w.newcomer(t, d, "Lea")
	w.give(t, d, access.Binding{Subject: to(lead), Role: access.ProjectManager, Place: atProject(d.Private)})
	q := report.Query{By: []report.Dimension{report.Person, report.Day}, Projects: []timesheet.ProjectID{d.Private.ID}}
	want := w.report(t, d.North, by(d.Admin), q)
	require.Greater(t, len(want.Rows), 4)
	for _, m := range []tenancy.Membership{d.Ann, d.Chief, lead} {
		require.Equal(t, want, w.report(t, d.North, by(m), q), m.Name)
	}
	require.Less(t, w.report(t, d.North, by(d.Ben), q).Total.Seconds, want.Total.Seconds, "a member reports on his own")
}

func auditor(t *testing.T, w *World) {
	d := w.A
	w.stock(t)
	otto := w.hire(t, d, d.Whole, "Otto", access.DomainAuditor)
	e := timed(later, time.Hour, d.Private)
	e.External = timesheet.External{Source: "toggl", Key: "2", Amount: 100, Currency: "EUR"}
	w.recorded(t, d.North, by(d.Admin), e)
	for name, in := range d.scopes() {
		sameDump(t, w.dump(t, in, by(d.Admin)), w.dump(t, in, by(otto)), name)
		read(t, w, in, by(otto), func(ctx context.Context, v storage.View) (bool, error) {
			got, err := report.AmountsOf(ctx, v, report.Query{})
			require.NoError(t, err)
			require.False(t, got.Partial())
			return true, nil
		})
	}
	calls := txCalls()
	for name, c := range calls {
		if readsOnly(name) {
			continue
		}
		denied(t, "no_grant_in_scope", w.DB.Update(t.Context(), d.Whole, by(otto), func(ctx context.Context, s storage.Tx) error {
			_, err := c.args(ctx, w, s, prover{actor: s.Who()})
			return err
		}))
	}
	for _, spec := range w.writing() {
		if spec.Verb == access.Create {
			continue
		}
		for _, row := range read(t, w, d.Whole, by(otto), readerOf(spec.Kind).all) {
			require.NotEqual(t, "yes", w.attempt(t, d.Whole, otto, func(ctx context.Context, s storage.Tx) error { return w.acts()[spec.Name](ctx, s, row.id) }), spec.Name)
		}
	}
}

func wholeDomainRole(t *testing.T, w *World) {
	d := w.A
	nora := w.hire(t, d, d.Whole, "Nora", access.MemberRole)
	account := read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) (tenancy.Membership, error) {
		m, _, err := v.Members().Get(ctx, v.Who().Sees(admin.ViewMember), d.Admin.ID)
		return m, err
	}).Account
	east := write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (tenancy.Site, error) {
		return admin.AddSite(ctx, s, tenancy.Site{Name: "East", Zone: "UTC"})
	})
	for _, in := range []tenancy.Scope{d.North, d.South, d.Whole.At(east.ID)} { // also on one that is added later
		e := w.recorded(t, in, by(nora), timed(later, time.Hour, noProject))
		require.Equal(t, in.Site(), e.Site)
		require.Equal(t, e, w.entry(t, d.Whole, by(nora), e.ID))
		later := later.AddDate(0, 0, 1)
		_, err := w.Record(t, in, by(d.Gus), timed(later, time.Hour, noProject))
		require.ErrorIs(t, err, fault.Denied)
	}
	for name, in := range w.B.scopes() {
		nothing := func(context.Context, storage.View) error { return nil }
		require.ErrorIs(t, w.DB.View(t.Context(), in, by(nora), nothing), fault.NoMember, name)
		require.ErrorIs(t, w.DB.View(t.Context(), in, access.ByAccount(account), nothing), fault.NoMember, "nor does who administers the other one")
	}
}

func listsHers(t *testing.T, w *World) {
	d := w.A
	nora := w.hire(t, d, d.North, "Nora", access.MemberRole)
	w.join(t, d, d.Shared, nora, false)
	for name, in := range map[string]tenancy.Scope{"whole": d.Whole, "north": d.North} {
		require.ElementsMatch(t, []string{"Shared", "Public"}, w.projects(t, in, by(nora), access.Query{}), name)
	}
	w.leave(t, d, d.Shared, nora)
	require.Equal(t, []string{"Public"}, w.projects(t, d.North, by(nora), access.Query{}))
}

func oneProject(t *testing.T, w *World) {
	d := w.A
	second := write(t, w, d.North, by(d.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
		return w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Second", Client: d.Client.ID})
	})
	nora := w.newcomer(t, d, "Nora")
	sees := func() []string { return w.projects(t, d.North, by(nora), access.Query{}) }
	b := w.give(t, d, access.Binding{Subject: to(nora), Role: access.ProjectMember, Place: atProject(d.Private)})
	require.Equal(t, []string{"Private"}, sees(), "not even the public one")
	own := w.recorded(t, d.North, by(nora), timed(later, time.Hour, d.Private))
	require.Equal(t, []timesheet.EntryID{own.ID}, entryIDs(w.entries(t, d.North, by(nora), timesheet.EntryQuery{})), "and her own time on it")
	_, err := w.Record(t, d.North, by(nora), timed(later, time.Hour, second))
	require.ErrorIs(t, err, fault.NotFound)
	w.revoke(t, d, b)
	require.Empty(t, sees())

	b = w.give(t, d, access.Binding{Subject: to(nora), Role: access.ProjectManager, Place: access.Place{Kind: access.AtClient, Client: d.Client.ID}})
	require.ElementsMatch(t, []string{"Private", "Second"}, sees())
	for _, p := range []timesheet.Project{d.Private, second} {
		p.Name += "!"
		_, err = w.editProject(t, d.North, by(nora), p)
		require.NoError(t, err)
	}
	moved := w.projectOf(t, d, second.ID)
	moved.Client = timesheet.ClientID{}
	_, err = w.editProject(t, d.North, by(d.Admin), moved)
	require.NoError(t, err)
	require.Equal(t, []string{"Private!"}, sees(), "what is the client's no more")
	w.revoke(t, d, b)
	require.Empty(t, sees())
}

func customer(t *testing.T, w *World) {
	d := w.A
	require.Empty(t, w.projects(t, d.North, by(d.Gus), access.Query{}))
	w.give(t, d, access.Binding{Subject: to(d.Gus), Role: access.Guest, Place: atProject(d.Private)})
	require.Equal(t, []string{"Private"}, w.projects(t, d.North, by(d.Gus), access.Query{}))
	require.ElementsMatch(t, []timesheet.EntryID{d.AnnsTime.ID, d.BensTime.ID}, entryIDs(w.entries(t, d.North, by(d.Gus), timesheet.EntryQuery{})))
	require.Equal(t, int64(2*3600), w.report(t, d.North, by(d.Gus), report.Query{}).Total.Seconds)
	for _, p := range []timesheet.Project{d.Private, noProject} {
		_, err := w.Record(t, d.North, by(d.Gus), timed(later, time.Hour, p))
		require.ErrorIs(t, err, fault.Denied)
	}
	for _, spec := range w.writing() {
		if spec.Verb == access.Create {
			continue
		}
		for _, row := range read(t, w, d.North, by(d.Gus), readerOf(spec.Kind).all) {
			require.NotEqual(t, "yes", w.attempt(t, d.North, d.Gus, func(ctx context.Context, s storage.Tx) error { return w.acts()[spec.Name](ctx, s, row.id) }), spec.Name)
		}
	}
	people := read(t, w, d.North, by(d.Gus), readerOf(admin.KindMember).all)
	require.Equal(t, [][16]byte{d.Gus.ID}, ids(people), "of the people he sees himself")
}
