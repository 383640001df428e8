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
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// Roles over what is of the people of a group: a group as a place.

func overGroupTests() []test {
	return []test{
		in("J58 a reporter of a group reports on its people only", reporterOfGroup),
		in("J61 a timekeeper of a group records for its people, and reports on nothing", timekeeperOfGroup),
		in("W13 colleagues in a group see each other's time, and change none", colleagues),
		in("G35 a role under a condition does nothing where that does not hold", conditional),
	}
}

func reporterOfGroup(t *testing.T, w *World) {
	d := w.A
	w.crowd(t)
	rita := w.newcomer(t, d, "Rita")
	w.give(t, d, access.Binding{Subject: to(rita), Role: access.Reporter, Place: ofGroup(d.Crew)})
	people := func(in tenancy.Scope) (names []string) {
		r := w.report(t, in, by(rita), report.Query{By: []report.Dimension{report.Person}})
		all := w.report(t, in, by(d.Admin), report.Query{By: []report.Dimension{report.Person}})
		for _, row := range r.Rows {
			require.Contains(t, all.Rows, row, "all the time that there is of a person")
			names = append(names, row.Keys[0].Name)
		}
		for _, e := range w.entries(t, in, by(rita), timesheet.EntryQuery{}) {
			require.True(t, slices.ContainsFunc(r.Rows, func(row report.Row) bool { return row.Keys[0].ID == [16]byte(e.Person) }))
		}
		return names
	}
	for name, in := range d.scopes() {
		require.Equal(t, []string{"Ann", "Ben"}, people(in), name)
	}
	eve := w.enter(t, d, d.Crew, d.Eve)
	require.Equal(t, []string{"Ann", "Ben", "Eve"}, people(d.North), "who joins, from the next transaction on")
	w.manage(t, d, func(ctx context.Context, s storage.Tx) error { return admin.TakeFromGroup(ctx, s, eve.ID) })
	require.Equal(t, []string{"Ann", "Ben"}, people(d.North))
	e := timed(later, time.Hour, noProject)
	e.Person = d.Ann.ID
	_, err := w.Record(t, d.North, by(rita), e)
	denied(t, "no_grant_in_scope", err)
}

func timekeeperOfGroup(t *testing.T, w *World) {
	d := w.A
	tom := w.newcomer(t, d, "Tom")
	w.give(t, d, access.Binding{Subject: to(tom), Role: access.Timekeeper, Place: ofGroup(d.Crew)})
	record := func(m tenancy.Membership) (timesheet.Entry, error) {
		e := timed(later, time.Hour, noProject)
		e.Person = m.ID
		return w.Record(t, d.North, by(tom), e)
	}
	e, err := record(d.Ben)
	require.NoError(t, err)
	require.Equal(t, [2]tenancy.MembershipID{d.Ben.ID, tom.ID}, [2]tenancy.MembershipID{e.Person, e.Recorder})
	for _, m := range []tenancy.Membership{d.Eve, d.Sue, tom} {
		_, err = record(m)
		denied(t, "no_grant_in_scope", err)
	}
	e.Note = "corrected"
	e, err = w.edit(t, d.North, by(tom), e)
	require.NoError(t, err)
	e.Person = d.Eve.ID
	_, err = w.edit(t, d.North, by(tom), e)
	denied(t, "no_grant_in_scope", err)

	require.NotEmpty(t, w.entries(t, d.North, by(tom), timesheet.EntryQuery{}), "he sees what he keeps")
	require.Zero(t, w.report(t, d.North, by(tom), report.Query{}).Total, "and reports on nothing")
	read(t, w, d.North, by(tom), func(ctx context.Context, v storage.View) (bool, error) {
		_, r, err := v.Entry(ctx, v.Who().Sees(timesheet.ViewEntry), e.ID)
		require.NoError(t, err)
		_, err = v.Who().May(timesheet.ViewReport, r)
		denied(t, "no_grant_in_scope", err)
		return true, nil
	})
	require.NoError(t, w.remove(t, d.North, by(tom), w.entry(t, d.North, by(tom), e.ID)))
}

func colleagues(t *testing.T, w *World) {
	d := w.A
	mates := w.addRole(t, d, "Mates", access.Allow(access.When(access.Bound), timesheet.ViewEntry, timesheet.ViewReport))
	own := w.recorded(t, d.North, by(d.Ben), timed(later, time.Hour, noProject))
	sees := func(m tenancy.Membership) bool {
		return slices.Contains(entryIDs(w.entries(t, d.North, by(m), timesheet.EntryQuery{})), own.ID)
	}
	require.False(t, sees(d.Ann), "a manager of his projects, not of him")
	b := w.give(t, d, access.Binding{Subject: access.Subject{Group: d.Crew.ID}, Custom: mates.ID, Place: ofGroup(d.Crew)})
	require.True(t, sees(d.Ann))
	require.Equal(t, int64(3*3600), w.report(t, d.North, by(d.Ann), report.Query{}).Total.Seconds)
	require.False(t, sees(d.Eve), "who is not in it sees none")
	own.Note = "by Ann"
	_, err := w.edit(t, d.North, by(d.Ann), own)
	denied(t, "condition_own", err)
	denied(t, "condition_own", w.remove(t, d.North, by(d.Ann), own))
	w.revoke(t, d, b)
	require.False(t, sees(d.Ann))

	// So does the team of a project that shares its time.
	shared := w.recorded(t, d.North, by(d.Ben), timed(later, time.Hour, d.Shared))
	w.join(t, d, d.Shared, d.Eve, false)
	require.Equal(t, shared, w.entry(t, d.North, by(d.Eve), shared.ID))
}

// conditional is a role whose condition is the team: of a project, and of a
// group.
func conditional(t *testing.T, w *World) {
	d := w.A
	nora := w.newcomer(t, d, "Nora")
	loose := w.recorded(t, d.North, by(d.Ben), timed(later, time.Hour, noProject))
	team := w.addRole(t, d, "Team", access.Allow(access.When(access.Member), timesheet.ViewEntry, timesheet.EditEntry, timesheet.ViewProject))
	w.give(t, d, access.Binding{Subject: to(nora), Custom: team.ID, Place: atSite(d.North)})
	sees := func() []timesheet.EntryID {
		return entryIDs(w.entries(t, d.North, by(nora), timesheet.EntryQuery{}))
	}
	asked := func(e timesheet.Entry) access.Explanation {
		return read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) (access.Explanation, error) {
			_, r, err := v.Entry(ctx, v.Who().Sees(timesheet.ViewEntry), e.ID)
			require.NoError(t, err)
			row := r.Row()
			row.Facts &^= access.Own | access.Member | access.Manager
			held, err := v.Who().Suppose(w.bindingsOf(t, d, nora), []access.CustomRole{team}, nil)
			require.NoError(t, err)
			return held.Decide(v.Now(), timesheet.ViewEntry, row)
		})
	}
	require.Empty(t, sees())
	require.Equal(t, "condition_member", asked(d.BensTime).Reason)
	w.join(t, d, d.Private, nora, false)
	require.ElementsMatch(t, []timesheet.EntryID{d.AnnsTime.ID, d.BensTime.ID}, sees(), "inside the team")
	e := d.BensTime
	e.Note = "by Nora"
	_, err := w.edit(t, d.North, by(nora), e)
	require.NoError(t, err)
	w.leave(t, d, d.Private, nora)
	require.Empty(t, sees())

	group := w.addRole(t, d, "Group", access.Allow(access.Unconditionally(), timesheet.ViewEntry), access.Allow(access.When(access.Bound), timesheet.EditEntry))
	w.give(t, d, access.Binding{Subject: to(nora), Custom: group.ID, Place: atSite(d.North)})
	w.give(t, d, access.Binding{Subject: to(nora), Custom: group.ID, Place: ofGroup(w.group(t, d, "Ben's", d.Ben))})
	loose.Note = "by Nora"
	_, err = w.edit(t, d.North, by(nora), loose)
	require.NoError(t, err, "of who is in the group")
	anns := w.entry(t, d.North, by(nora), d.AnnsTime.ID)
	_, err = w.edit(t, d.North, by(nora), anns)
	denied(t, "condition_member", err)
}
