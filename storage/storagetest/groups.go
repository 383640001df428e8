package storagetest

import (
	"context"
	"fmt"
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

func groupTests() []test {
	return []test{
		in("J62 a role of everyone needs no write when somebody joins", everyoneJoins),
		in("G38 it is told through what somebody holds a role", origins),
		in("G38 a group in use is not removed, and says by how many", groupInUse),
		in("G38 a group is never removed from under who joins it", groupRace),
		in("T26 what is held through a group is what is held", throughGroup),
		in("T28 nobody comes to hold more through a group than who puts her in", groupExceeds),
	}
}

func everyoneJoins(t *testing.T, w *World) {
	d := w.A
	w.give(t, d, access.Binding{Subject: access.Subject{Everyone: true}, Role: access.MemberRole, Place: atSite(d.North), From: Start.Add(time.Hour)})
	early := w.newcomer(t, d, "Early")
	require.Empty(t, w.projects(t, d.North, by(early), access.Query{}), "it has not begun")
	w.Clock.Advance(time.Hour)
	require.Equal(t, []string{"Public"}, w.projects(t, d.North, by(early), access.Query{}), "it has, without any write")

	before := w.log(t, d)
	nora := w.newcomer(t, d, "Nora")
	written := since(before, w.log(t, d), "")
	require.Len(t, written, 1, "who joins is written and nothing else")
	require.Equal(t, admin.CreateMember, written[0].Action)
	require.Equal(t, []string{"Public"}, w.projects(t, d.North, by(nora), access.Query{}))
	w.recorded(t, d.North, by(nora), timed(later, time.Hour, d.Public))
	require.Empty(t, w.projects(t, d.South, by(nora), access.Query{}), "where it is bound")
	held := read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) ([]admin.Held, error) { return admin.HeldBy(ctx, v, nora.ID) })
	require.Len(t, held, 1)
	require.Equal(t, "everyone", held[0].Origin())

	w.manage(t, d, func(ctx context.Context, s storage.Tx) error {
		_, err := amend(ctx, s, s.Members(), admin.ViewMember, admin.EditMember, nora.ID, s.PutMember, func(m *tenancy.Membership) { m.Status = tenancy.Deactivated })
		return err
	})
	_, err := w.Record(t, d.North, by(nora), timed(later, time.Hour, d.Public))
	require.ErrorIs(t, err, fault.NoMember, "everyone is everyone who is active")
	_, err = w.Record(t, w.B.North, by(early), timed(later, time.Hour, noProject))
	require.ErrorIs(t, err, fault.NoMember, "of this domain")
}

// origins is in a project directly and through a group; then not through the
// group any more.
func origins(t *testing.T, w *World) {
	d := w.A
	nora := w.newcomer(t, d, "Nora")
	member := w.enter(t, d, d.Crew, nora)
	direct := w.give(t, d, access.Binding{Subject: to(nora), Role: access.ProjectMember, Place: atProject(d.Private)})
	through := w.give(t, d, access.Binding{Subject: access.Subject{Group: d.Crew.ID}, Role: access.ProjectMember, Place: atProject(d.Private)})
	other := w.give(t, d, access.Binding{Subject: access.Subject{Group: d.Crew.ID}, Role: access.ProjectMember, Place: atProject(d.Shared)})
	held := func() map[access.BindingID]string {
		all := map[access.BindingID]string{}
		for _, h := range read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) ([]admin.Held, error) { return admin.HeldBy(ctx, v, nora.ID) }) {
			all[h.Binding.ID] = h.Origin()
		}
		return all
	}
	sees := func() []string { return w.projects(t, d.North, by(nora), access.Query{}) }
	require.Equal(t, map[access.BindingID]string{direct.ID: "direct", through.ID: "Crew", other.ID: "Crew"}, held())
	require.ElementsMatch(t, []string{"Private", "Shared"}, sees())

	w.revoke(t, d, through)
	require.Equal(t, map[access.BindingID]string{direct.ID: "direct", other.ID: "Crew"}, held())
	require.ElementsMatch(t, []string{"Private", "Shared"}, sees(), "directly she is still in it")
	w.recorded(t, d.North, by(nora), timed(later, time.Hour, d.Private))

	w.manage(t, d, func(ctx context.Context, s storage.Tx) error { return admin.TakeFromGroup(ctx, s, member.ID) })
	require.Equal(t, map[access.BindingID]string{direct.ID: "direct"}, held())
	require.Equal(t, []string{"Private"}, sees(), "what the group holds went with it, from the next transaction on")
	w.revoke(t, d, direct)
	require.Empty(t, held())
	require.Empty(t, sees())
}

func groupInUse(t *testing.T, w *World) {
	d := w.A
	g := w.group(t, d, "Night shift", d.Ann, d.Ben)
	drop := func() error {
		return w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) error { return admin.RemoveGroup(ctx, s, g.ID) })
	}
	inUse := func(by string) {
		t.Helper()
		err := drop()
		require.Equal(t, fault.Code("group_in_use"), fault.CodeOf(err), "%v", err)
		require.ErrorIs(t, err, fault.Invalid)
		require.Equal(t, by, err.(*fault.Error).Value)
	}
	held := w.give(t, d, access.Binding{Subject: access.Subject{Group: g.ID}, Role: access.Reporter, Place: everywhere})
	over := w.give(t, d, access.Binding{Subject: to(d.Eve), Role: access.Reporter, Place: ofGroup(g)})
	inUse("4")
	w.revoke(t, d, held)
	inUse("3")
	for _, row := range read(t, w, d.Whole, by(d.Admin), readerOf(admin.KindGroupMember).all) {
		if m := row.entity.(access.GroupMember); m.Group == g.ID {
			w.manage(t, d, func(ctx context.Context, s storage.Tx) error { return admin.TakeFromGroup(ctx, s, m.ID) })
		}
	}
	inUse("1")
	w.revoke(t, d, over)
	require.NoError(t, drop())
	require.ErrorIs(t, drop(), fault.NotFound)
}

// groupRace removes a group while somebody joins it: one of the two is refused.
func groupRace(t *testing.T, w *World) {
	d := w.A
	for round := range 8 {
		g := w.group(t, d, fmt.Sprint("Group ", round))
		errs := together(2, func(i int) error {
			return w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
				if i == 0 {
					return admin.RemoveGroup(ctx, s, g.ID)
				}
				_, err := admin.PutInGroup(ctx, s, g.ID, d.Eve.ID)
				return err
			})
		})
		_, err := Read(t.Context(), w.DB, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) (access.Group, error) {
			g, _, err := v.Groups().Get(ctx, v.Who().Sees(admin.ViewGroup), g.ID)
			return g, err
		})
		if errs[0] == nil {
			require.ErrorIs(t, err, fault.NotFound)
			require.Contains(t, []fault.Code{fault.CodeReference, fault.CodeNotFound}, fault.CodeOf(errs[1]), "%v", errs[1])
			continue
		}
		require.NoError(t, err)
		require.NoError(t, errs[1])
		require.Contains(t, []fault.Code{fault.CodeReference, "group_in_use"}, fault.CodeOf(errs[0]), "%v", errs[0])
	}
}

// throughGroup compares two newcomers, one of whom holds roles directly and one
// the same through a group.
func throughGroup(t *testing.T, w *World) {
	d := w.A
	w.crowd(t)
	tia, tom := w.newcomer(t, d, "Tia"), w.newcomer(t, d, "Tom")
	toms := access.Subject{Group: w.group(t, d, "Tom's", tom).ID}
	own := w.addRole(t, d, "Own", access.Allow(access.When(access.Bound), timesheet.EditClient, timesheet.ViewClient), access.Allow(access.Unconditionally(), timesheet.EditTask))
	for _, b := range []access.Binding{
		{Role: access.SiteAdmin, Place: atSite(d.South)}, {Role: access.MemberRole, Place: atSite(d.North)}, {Role: access.Timekeeper, Place: ofGroup(d.Crew)},
		{Role: access.ProjectManager, Place: atProject(d.Private)}, {Custom: own.ID, Place: access.Place{Kind: access.AtClient, Client: d.Client.ID}},
		{Role: access.DomainAuditor, Place: everywhere, From: Start.Add(time.Hour)},
	} {
		for _, who := range []access.Subject{to(tia), toms} {
			b.Subject = who
			w.give(t, d, b)
		}
	}
	for range 2 { // before the last one begins, and after
		may := w.let(t, d, []tenancy.Membership{tia, tom})
		hers := map[[16]byte]bool{tia.ID: true, tom.ID: true} // what is her own
		for _, b := range append(w.bindingsOf(t, d, tia), w.bindingsOf(t, d, tom)...) {
			hers[b.ID] = true
		}
		for _, row := range read(t, w, d.Whole, by(d.Admin), readerOf(admin.KindGroupMember).all) {
			hers[row.id] = hers[row.id] || row.entity.(access.GroupMember).Member == tom.ID
		}
		for _, m := range []tenancy.Membership{tia, tom} {
			for is := range may[m.ID] {
				if hers[is.id] {
					delete(may[m.ID], is)
				}
			}
			for _, in := range d.scopes() {
				w.listsWhatIsAllowed(t, in, by(m))
			}
		}
		require.Equal(t, may[tia.ID], may[tom.ID])
		require.Greater(t, len(may[tom.ID]), 50)
		w.Clock.Advance(time.Hour)
	}
}

func groupExceeds(t *testing.T, w *World) {
	d := w.A
	hana := w.newcomer(t, d, "Hana")
	staff := w.addRole(t, d, "Staff", access.Allow(access.Unconditionally(), admin.ViewGroup, admin.JoinGroup, timesheet.ViewTag))
	w.give(t, d, access.Binding{Subject: to(hana), Custom: staff.ID, Place: everywhere})
	put := func(g access.Group) error {
		return w.DB.Update(t.Context(), d.Whole, by(hana), func(ctx context.Context, s storage.Tx) error {
			_, err := admin.PutInGroup(ctx, s, g.ID, hana.ID)
			return err
		})
	}
	for name, b := range map[string]access.Binding{
		"a role that she has not":            {Role: access.MemberRole, Place: everywhere},
		"one that begins later":              {Role: access.SiteAdmin, Place: atSite(d.North), From: Start.Add(time.Hour)},
		"one at a project":                   {Role: access.ProjectManager, Place: atProject(d.Private)},
		"a domain's own with more than hers": {Custom: w.addRole(t, d, "Editors", access.Allow(access.Unconditionally(), timesheet.EditTag)).ID, Place: everywhere},
	} {
		g := w.group(t, d, name)
		b.Subject = access.Subject{Group: g.ID}
		w.give(t, d, b)
		denied(t, "grant_exceeds_own", put(g))
	}
	helpers := w.group(t, d, "Helpers")
	w.give(t, d, access.Binding{Subject: access.Subject{Group: helpers.ID}, Custom: d.Helper.ID, Place: everywhere})
	require.NoError(t, put(helpers), "what she holds herself")
	require.NoError(t, put(w.group(t, d, "Nothing")))
	denied(t, "no_grant_in_scope", w.DB.Update(t.Context(), d.North, by(d.Chief), func(ctx context.Context, s storage.Tx) error {
		_, err := admin.PutInGroup(ctx, s, d.Crew.ID, d.Chief.ID)
		return err
	}))
}
