package storagetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func reasonTests() []test {
	return []test{
		in("G13 a denial says why", denials),
		in("G3 a principal that only reads writes nothing", readOnly),
		in("G4 a revoked role counts no more from the next transaction on", revokedRole),
		in("G4 who is deactivated is nobody from the next transaction on", deactivated),
		in("G3 a role holds from its beginning until its end", bindingTimes),
		in("G3 a person is the same by id, ref and account", principals),
	}
}

// denied checks that an error is a denial for a reason.
func denied(t testing.TB, reason string, err error) {
	t.Helper()
	require.ErrorIs(t, err, fault.Denied)
	require.Equal(t, reason, fault.ReasonOf(err))
}

func denials(t *testing.T, w *World) {
	d := w.A
	p := d.Private
	p.Name = "New name"
	_, err := w.editProject(t, d.North, by(d.Ben), p)
	denied(t, "condition_manager", err)

	e := d.BensTime
	e.Note = "New note"
	_, err = w.edit(t, d.North, by(d.Ann), e)
	denied(t, "condition_own", err)

	_, err = Write(t.Context(), w.DB, d.North, by(d.Gus), func(ctx context.Context, s storage.Tx) (timesheet.Tag, error) {
		return w.Book.AddTag(ctx, s, "new")
	})
	denied(t, "no_grant_in_scope", err)
	_, err = Write(t.Context(), w.DB, d.South, by(d.Ann), func(ctx context.Context, s storage.Tx) (timesheet.Client, error) {
		return w.Book.AddClient(ctx, s, timesheet.Client{Name: "New"})
	})
	denied(t, "no_grant_in_scope", err)
	_, err = Write(t.Context(), w.DB, d.North, by(d.Ann), func(ctx context.Context, s storage.Tx) (access.Binding, error) {
		return admin.GrantRole(ctx, s, d.Ann.ID, access.SiteAdmin)
	})
	denied(t, "no_grant_in_scope", err)

	// A state denies everybody, administrators too, until it is over.
	p = d.Private
	p.ArchivedAt = Start
	p, err = w.editProject(t, d.North, by(d.Ann), p)
	require.NoError(t, err)
	for _, m := range []tenancy.Membership{d.Ann, d.Admin} {
		_, err = w.Record(t, d.North, by(m), timed(later, time.Hour, p))
		denied(t, "archived", err)
		_, err = Write(t.Context(), w.DB, d.North, by(m), func(ctx context.Context, s storage.Tx) (timesheet.Task, error) {
			return w.Book.AddTask(ctx, s, p.ID, "New")
		})
		denied(t, "archived", err)
		_, err = Write(t.Context(), w.DB, d.North, by(m), func(ctx context.Context, s storage.Tx) (timesheet.Team, error) {
			return w.Book.AddToTeam(ctx, s, p.ID, d.Eve.ID, false)
		})
		denied(t, "archived", err)
	}
	_, err = w.edit(t, d.North, by(d.Ben), e)
	denied(t, "archived", err)
	denied(t, "archived", w.remove(t, d.North, by(d.Ben), d.BensTime))
	require.Equal(t, d.BensTime, w.entry(t, d.North, by(d.Ben), d.BensTime.ID), "and it can still be seen")
	p.ArchivedAt = time.Time{}
	_, err = w.editProject(t, d.North, by(d.Ann), p)
	require.NoError(t, err, "restoring is editing")
	w.recorded(t, d.North, by(d.Ann), timed(later, time.Hour, p))
}

func readOnly(t *testing.T, w *World) {
	written := slices.DeleteFunc(readers(), func(r reader) bool { return r.kind.Name == admin.KindEvent })
	log, before := w.log(t, w.A), w.dumpOf(t, written, w.A.Whole, by(w.A.Admin))
	as := by(w.A.Admin).ReadOnly()
	require.Equal(t, w.dump(t, w.A.Whole, by(w.A.Admin)), w.dump(t, w.A.Whole, as), "it sees what the person sees")
	for i, step := range creation()[:4] {
		if i == 2 {
			continue // gives a role to a person who was not added
		}
		in := w.A.North
		if step.whole {
			in = w.A.Whole
		}
		denied(t, "token_scope", w.DB.Update(t.Context(), in, as, func(ctx context.Context, s storage.Tx) error {
			return step.do(ctx, s, w.Book, &made{})
		}))
	}
	_, err := w.Record(t, w.A.North, as, timed(later, time.Hour, w.A.Private))
	denied(t, "token_scope", err)
	e := w.A.AnnsTime
	e.Note = "new"
	_, err = w.edit(t, w.A.North, by(w.A.Ann).ReadOnly(), e)
	denied(t, "token_scope", err)
	denied(t, "token_scope", w.remove(t, w.A.North, by(w.A.Ann).ReadOnly(), e))
	_, err = w.Record(t, w.A.North, lawless.ReadOnly(), func() timesheet.Entry {
		e := timed(later, time.Hour, w.A.Private)
		e.Person = w.A.Ben.ID
		return e
	}())
	denied(t, "token_scope", err)
	require.Equal(t, before, w.dumpOf(t, written, w.A.Whole, by(w.A.Admin)), "it wrote something")
	var actions []access.Action
	for _, e := range since(log, w.log(t, w.A), "") {
		require.True(t, e.Denied)
		require.Equal(t, "token_scope", e.Reason)
		actions = append(actions, e.Action)
	}
	require.Equal(t, []access.Action{admin.CreateSite, admin.CreateMember}, actions, "only denials of privileged actions are in the log")
}

// bindingsOf returns what is bound to a person.
func (w *World) bindingsOf(t testing.TB, d *Domain, m tenancy.Membership) []access.Binding {
	t.Helper()
	return read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) ([]access.Binding, error) {
		page, err := v.Bindings().List(ctx, v.Who().Sees(admin.ViewBinding), access.Query{Parent: m.ID})
		return page.Rows, err
	})
}

func revokedRole(t *testing.T, w *World) {
	d := w.A
	require.NotEmpty(t, w.projects(t, d.North, by(d.Ben), access.Query{}))
	for _, b := range w.bindingsOf(t, d, d.Ben) {
		require.NoError(t, w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
			return admin.RevokeRole(ctx, s, b.ID)
		}))
	}
	require.Empty(t, w.bindingsOf(t, d, d.Ben))
	require.Empty(t, w.projects(t, d.North, by(d.Ben), access.Query{}))
	require.Empty(t, w.entries(t, d.North, by(d.Ben), timesheet.EntryQuery{}))
	_, err := w.Record(t, d.North, by(d.Ben), timed(later, time.Hour, noProject))
	denied(t, "no_grant_in_scope", err)
	_, err = w.Record(t, d.North, by(d.Ben), timed(later, time.Hour, d.Private))
	require.ErrorIs(t, err, fault.NotFound, "he does not see it any more")
	// And a role that is granted counts as soon.
	write(t, w, d.North, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.Binding, error) {
		return admin.GrantRole(ctx, s, d.Ben.ID, access.MemberRole)
	})
	w.recorded(t, d.North, by(d.Ben), timed(later, time.Hour, d.Private))
}

func deactivated(t *testing.T, w *World) {
	d := w.A
	set := func(to tenancy.Status) {
		write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (tenancy.Membership, error) {
			return amend(ctx, s, s.Members(), admin.ViewMember, admin.EditMember, d.Ben.ID, s.PutMember, func(m *tenancy.Membership) { m.Status = to })
		})
	}
	nothing := func(context.Context, storage.View) error { return nil }
	for _, status := range []tenancy.Status{tenancy.Deactivated, tenancy.Invited} {
		set(status)
		require.ErrorIs(t, w.DB.View(t.Context(), d.North, by(d.Ben), nothing), fault.NoMember, status)
		_, err := w.Record(t, d.North, by(d.Ben), timed(later, time.Hour, noProject))
		require.ErrorIs(t, err, fault.NoMember, status)
		require.Equal(t, d.BensTime.ID, w.entry(t, d.North, by(d.Admin), d.BensTime.ID).ID, "his rows are kept")
		e := timed(later, time.Hour, noProject)
		e.Person = d.Ben.ID
		e = w.recorded(t, d.North, by(d.Admin), e)
		require.NoError(t, w.remove(t, d.North, by(d.Admin), e), "others may keep his time")
		set(tenancy.Active)
		require.NoError(t, w.DB.View(t.Context(), d.North, by(d.Ben), nothing))
	}
}

func bindingTimes(t *testing.T, w *World) {
	d := w.A
	write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.Binding, error) {
		return putBinding(ctx, s, access.Binding{
			ID: s.NewID(), CreatedAt: s.Now(), Subject: access.Subject{Member: d.Sue.ID}, Role: access.SiteAdmin, Place: access.Place{Kind: access.AtSite, Site: d.North.Site()},
			From: Start.Add(time.Hour), Until: Start.Add(2 * time.Hour),
		})
	})
	sees := func() int { return len(w.projects(t, d.North, by(d.Sue), access.Query{})) }
	require.Zero(t, sees(), "not yet")
	w.Clock.Advance(time.Hour - time.Microsecond)
	require.Zero(t, sees(), "not for another microsecond")
	w.Clock.Advance(time.Microsecond)
	require.Equal(t, 3, sees(), "from its first instant")
	w.Clock.Advance(time.Hour - time.Microsecond)
	require.Equal(t, 3, sees(), "to its last")
	w.Clock.Advance(time.Microsecond)
	require.Zero(t, sees(), "its end is not part of it")
}

func principals(t *testing.T, w *World) {
	d := w.A
	want := w.dump(t, d.Whole, by(d.Admin))
	require.Equal(t, want, w.dump(t, d.Whole, access.ByRef("ada")))
	require.Equal(t, want, w.dump(t, d.Whole, access.ByAccount(d.Admin.Account)))
	for _, as := range []access.Principal{by(d.Admin), access.ByRef("ada"), access.ByAccount(d.Admin.Account)} {
		me := read(t, w, d.Whole, as, func(_ context.Context, v storage.View) (tenancy.MembershipID, error) { return v.Who().Member(), nil })
		require.Equal(t, d.Admin.ID, me)
	}
	// The same ref in the other domain is somebody else.
	other := read(t, w, w.B.Whole, access.ByRef("ada"), func(_ context.Context, v storage.View) (tenancy.MembershipID, error) { return v.Who().Member(), nil })
	require.Equal(t, w.B.Admin.ID, other)
	nobody := read(t, w, d.Whole, lawless, func(_ context.Context, v storage.View) (tenancy.MembershipID, error) { return v.Who().Member(), nil })
	require.True(t, nobody.IsZero(), "the system is no person")
}
