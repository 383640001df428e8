package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// The access rights of seed C, on a store: regular users, project managers and
// administrators; private and public projects.

func rightsTests() []test {
	return []test{
		in("G2 members of a private project both track on it", func(t *testing.T, w *World) {
			a := w.recorded(t, w.A.North, by(w.A.Ann), timed(later, time.Hour, w.A.Private))
			b := w.recorded(t, w.A.North, by(w.A.Ben), timed(later, time.Hour, w.A.Private))
			require.Subset(t, entryIDs(w.entries(t, w.A.North, by(w.A.Admin), timesheet.EntryQuery{Project: w.A.Private.ID})),
				[]timesheet.EntryID{a.ID, b.ID})
		}),
		in("G3 only members track on a private project", func(t *testing.T, w *World) {
			_, err := w.Record(t, w.A.North, by(w.A.Eve), timed(later, time.Hour, w.A.Private))
			require.ErrorIs(t, err, fault.NotFound)
			w.join(t, w.A, w.A.Private, w.A.Eve, false)
			_, err = w.Record(t, w.A.North, by(w.A.Eve), timed(later, time.Hour, w.A.Private))
			require.NoError(t, err)
		}),
		in("G4 who left a project still sees her own time on it", ownTimeStays),
		in("G12 a manager edits only the projects she manages", managerEdits),
		in("G13 a manager sees everybody's time and edits none of it", managerSees),
		in("G22 a private project has no effect for those outside", privateHidden),
		in("G23 members of a private project see their own time, or all if it is shared", membersSee),
		in("G25 a public project is for the members of its site", publicVisible),
		in("G26 everybody on the site tracks on a public project", func(t *testing.T, w *World) {
			e := w.recorded(t, w.A.North, by(w.A.Eve), timed(later, time.Hour, w.A.Public))
			require.Equal(t, w.A.Eve.ID, e.Person)
			require.Equal(t, e, w.entry(t, w.A.North, by(w.A.Eve), e.ID))
		}),
		in("G27 everybody on the site sees all time on a public project", publicTime),
		in("G2 the one who adds a project manages it", func(t *testing.T, w *World) {
			p := write(t, w, w.A.North, by(w.A.Eve), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
				return w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Eve's"})
			})
			team := w.team(t, w.A, p.ID)
			require.Len(t, team, 1)
			require.Equal(t, w.A.Eve.ID, team[0].Person)
			require.True(t, team[0].Manager)
			p.Name = "Eve's own"
			_, err := w.editProject(t, w.A.North, by(w.A.Eve), p)
			require.NoError(t, err, "it counts from the next transaction on")
		}),
		in("G2 administrators see and edit everything on their site", administrators),
	}
}

// later is the day after the time that a World has.
var later = Start.AddDate(0, 0, 1)

// join puts a person in the team of a project.
func (w *World) join(t testing.TB, d *Domain, p timesheet.Project, m tenancy.Membership, manager bool) timesheet.Team {
	t.Helper()
	return write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Team, error) {
		return w.Book.AddToTeam(ctx, s, p.ID, m.ID, manager)
	})
}

// leave takes a person out of the team of a project.
func (w *World) leave(t testing.TB, d *Domain, p timesheet.Project, m tenancy.Membership) {
	t.Helper()
	for _, row := range w.team(t, d, p.ID) {
		if row.Person == m.ID {
			require.NoError(t, w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
				return w.Book.RemoveFromTeam(ctx, s, row.ID)
			}))
			return
		}
	}
	require.Fail(t, "she is not in the team")
}

func (w *World) team(t testing.TB, d *Domain, p timesheet.ProjectID) []timesheet.Team {
	t.Helper()
	return read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) ([]timesheet.Team, error) {
		page, err := v.Teams().List(ctx, v.Who().Sees(timesheet.ViewTeam), access.Query{Parent: p})
		return page.Rows, err
	})
}

func (w *World) editProject(t testing.TB, in tenancy.Scope, as access.Principal, p timesheet.Project) (timesheet.Project, error) {
	return Write(t.Context(), w.DB, in, as, func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
		return w.Book.EditProject(ctx, s, p)
	})
}

// projects returns the names of the projects that somebody sees.
func (w *World) projects(t testing.TB, in tenancy.Scope, as access.Principal, q access.Query) []string {
	t.Helper()
	return read(t, w, in, as, func(ctx context.Context, v storage.View) ([]string, error) {
		page, err := v.Projects().List(ctx, v.Who().Sees(timesheet.ViewProject), q)
		var names []string
		for _, p := range page.Rows {
			names = append(names, p.Name)
		}
		return names, err
	})
}

func ownTimeStays(t *testing.T, w *World) {
	w.leave(t, w.A, w.A.Private, w.A.Ben)
	require.Equal(t, []timesheet.EntryID{w.A.BensTime.ID}, entryIDs(w.entries(t, w.A.North, by(w.A.Ben), timesheet.EntryQuery{Person: w.A.Ben.ID})))
	sum := w.report(t, w.A.North, by(w.A.Ben), report.Query{By: []report.Dimension{report.Project}})
	require.Equal(t, int64(3600), sum.Total.Seconds)
	require.Equal(t, w.A.Private.ID, timesheet.ProjectID(sum.Rows[0].Keys[0].ID))
	require.NotContains(t, w.projects(t, w.A.North, by(w.A.Ben), access.Query{}), "Private", "the project itself is gone for him")
	_, err := w.Record(t, w.A.North, by(w.A.Ben), timed(later, time.Hour, w.A.Private))
	require.ErrorIs(t, err, fault.NotFound)
}

func managerEdits(t *testing.T, w *World) {
	p := w.A.Private
	p.Name = "Renamed"
	p, err := w.editProject(t, w.A.North, by(w.A.Ann), p)
	require.NoError(t, err)
	require.Equal(t, "Renamed", p.Name)

	_, err = w.editProject(t, w.A.North, by(w.A.Ben), p)
	require.ErrorIs(t, err, fault.Denied, "a member who does not manage it")
	require.Equal(t, "condition_manager", fault.ReasonOf(err))
	public := w.A.Public
	public.Name = "Renamed too"
	_, err = w.editProject(t, w.A.North, by(w.A.Eve), public)
	require.ErrorIs(t, err, fault.Denied, "a public project, seen by everybody")
	_, err = w.editProject(t, w.A.North, by(w.A.Eve), p)
	require.ErrorIs(t, err, fault.NotFound, "a private project that she does not even see")

	// Manager of one is manager of one.
	other := write(t, w, w.A.North, by(w.A.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
		return w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Other", Visibility: timesheet.Public})
	})
	_, err = w.editProject(t, w.A.North, by(w.A.Ann), other)
	require.ErrorIs(t, err, fault.Denied)
	_, err = Write(t.Context(), w.DB, w.A.North, by(w.A.Ann), func(ctx context.Context, s storage.Tx) (timesheet.Task, error) {
		return w.Book.AddTask(ctx, s, other.ID, "New")
	})
	require.ErrorIs(t, err, fault.Denied)
	_, err = Write(t.Context(), w.DB, w.A.North, by(w.A.Ann), func(ctx context.Context, s storage.Tx) (timesheet.Team, error) {
		return w.Book.AddToTeam(ctx, s, other.ID, w.A.Ann.ID, true)
	})
	require.ErrorIs(t, err, fault.Denied, "nobody puts herself in a team")
}

func managerSees(t *testing.T, w *World) {
	ids := entryIDs(w.entries(t, w.A.North, by(w.A.Ann), timesheet.EntryQuery{Project: w.A.Private.ID}))
	require.ElementsMatch(t, []timesheet.EntryID{w.A.AnnsTime.ID, w.A.BensTime.ID}, ids)
	e := w.A.BensTime
	e.Note = "rewritten"
	_, err := w.edit(t, w.A.North, by(w.A.Ann), e)
	require.ErrorIs(t, err, fault.Denied)
	require.ErrorIs(t, w.remove(t, w.A.North, by(w.A.Ann), w.A.BensTime), fault.Denied)
	e = timed(later, time.Hour, w.A.Private)
	e.Person = w.A.Ben.ID
	_, err = w.Record(t, w.A.North, by(w.A.Ann), e)
	require.ErrorIs(t, err, fault.Denied, "nor records time in his name")
	require.Equal(t, w.A.BensTime, w.entry(t, w.A.North, by(w.A.Ben), w.A.BensTime.ID))
}

func privateHidden(t *testing.T, w *World) {
	for _, m := range []tenancy.Membership{w.A.Eve, w.A.Gus, w.A.Sue} {
		in := w.A.North
		if m.ID == w.A.Sue.ID {
			in = w.A.Whole
		}
		secret := func() string {
			seen := w.dump(t, in, by(m))
			read(t, w, in, by(m), func(ctx context.Context, v storage.View) (bool, error) {
				_, _, unknown := v.Projects().Get(ctx, v.Who().Sees(timesheet.ViewProject), tenancy.NewUUID())
				_, _, err := v.Projects().Get(ctx, v.Who().Sees(timesheet.ViewProject), w.A.Private.ID)
				require.ErrorIs(t, err, fault.NotFound)
				require.Equal(t, unknown, err, "by id")
				_, _, unknown = v.Entry(ctx, v.Who().Sees(timesheet.ViewEntry), tenancy.NewUUID())
				_, _, err = v.Entry(ctx, v.Who().Sees(timesheet.ViewEntry), w.A.AnnsTime.ID)
				require.Equal(t, unknown, err, "its time by id")
				_, _, err = v.Tasks().Get(ctx, v.Who().Sees(timesheet.ViewTask), w.A.Task.ID)
				require.ErrorIs(t, err, fault.NotFound, "its task")
				page, err := v.Tasks().List(ctx, v.Who().Sees(timesheet.ViewTask), access.Query{Parent: w.A.Private.ID})
				require.NoError(t, err)
				require.Empty(t, page.Rows)
				entries, err := v.Entries(ctx, v.Who().Sees(timesheet.ViewEntry), timesheet.EntryQuery{Project: w.A.Private.ID})
				require.NoError(t, err)
				require.Empty(t, entries.Rows)
				rows, err := v.Totals(ctx, v.Who().Sees(timesheet.ViewReport), report.Query{By: []report.Dimension{report.Project}, Projects: []timesheet.ProjectID{w.A.Private.ID}})
				require.NoError(t, err)
				require.Empty(t, rows)
				return true, nil
			})
			require.Empty(t, w.projects(t, in, by(m), access.Query{Name: "Private", All: true}), "by name")
			require.Empty(t, w.projects(t, in, by(m), access.Query{Parent: w.A.Client.ID, All: true}), "by client")
			return seen
		}
		before := secret()
		// Whatever happens inside changes nothing outside.
		w.recorded(t, w.A.North, by(w.A.Ann), timed(w.Clock.Now().AddDate(0, 0, 2), time.Hour, w.A.Private))
		write(t, w, w.A.North, by(w.A.Ann), func(ctx context.Context, s storage.Tx) (timesheet.Task, error) {
			return w.Book.AddTask(ctx, s, w.A.Private.ID, "Secret "+m.Name)
		})
		require.Equal(t, before, secret(), "%s notices nothing", m.Name)
	}
}

func membersSee(t *testing.T, w *World) {
	w.join(t, w.A, w.A.Private, w.A.Eve, false)
	require.Empty(t, w.entries(t, w.A.North, by(w.A.Eve), timesheet.EntryQuery{Project: w.A.Private.ID}), "own only, and she has none")
	own := w.recorded(t, w.A.North, by(w.A.Eve), timed(later, time.Hour, w.A.Private))
	require.Equal(t, []timesheet.EntryID{own.ID}, entryIDs(w.entries(t, w.A.North, by(w.A.Eve), timesheet.EntryQuery{Project: w.A.Private.ID})))
	require.Equal(t, int64(3600), w.report(t, w.A.North, by(w.A.Eve), report.Query{}).Total.Seconds)

	p := w.A.Private
	p.Shared = true
	p, err := w.editProject(t, w.A.North, by(w.A.Ann), p)
	require.NoError(t, err)
	require.ElementsMatch(t, []timesheet.EntryID{own.ID, w.A.AnnsTime.ID, w.A.BensTime.ID},
		entryIDs(w.entries(t, w.A.North, by(w.A.Eve), timesheet.EntryQuery{Project: p.ID})))
	require.Equal(t, int64(3*3600), w.report(t, w.A.North, by(w.A.Eve), report.Query{}).Total.Seconds)
	require.Empty(t, w.entries(t, w.A.Whole, by(w.A.Sue), timesheet.EntryQuery{}), "shared with the team, not with the domain")

	p.Shared = false
	_, err = w.editProject(t, w.A.North, by(w.A.Ann), p)
	require.NoError(t, err)
	require.Equal(t, []timesheet.EntryID{own.ID}, entryIDs(w.entries(t, w.A.North, by(w.A.Eve), timesheet.EntryQuery{Project: p.ID})))
}

func publicVisible(t *testing.T, w *World) {
	for _, m := range []tenancy.Membership{w.A.Ann, w.A.Ben, w.A.Eve, w.A.Chief} {
		require.Contains(t, w.projects(t, w.A.North, by(m), access.Query{}), "Public", m.Name)
	}
	require.Empty(t, w.projects(t, w.A.North, by(w.A.Gus), access.Query{}), "a guest sees none")
	require.Empty(t, w.projects(t, w.A.North, by(w.A.Sue), access.Query{}), "a member of another site sees none")
	require.Empty(t, w.projects(t, w.A.Whole, by(w.A.Sue), access.Query{}))
	_, err := w.Record(t, w.A.North, by(w.A.Gus), timed(later, time.Hour, w.A.Public))
	require.ErrorIs(t, err, fault.NotFound)
	w.join(t, w.A, w.A.Public, w.A.Gus, false)
	require.Equal(t, []string{"Public"}, w.projects(t, w.A.North, by(w.A.Gus), access.Query{}), "put on it, he sees it")
	_, err = w.Record(t, w.A.North, by(w.A.Gus), timed(later, time.Hour, w.A.Public))
	require.ErrorIs(t, err, fault.Denied, "and tracks no time")
	anns := w.recorded(t, w.A.North, by(w.A.Ann), timed(later, time.Hour, w.A.Public))
	require.Equal(t, []timesheet.EntryID{anns.ID}, entryIDs(w.entries(t, w.A.North, by(w.A.Gus), timesheet.EntryQuery{})), "but sees that of the project, and no other")
}

func publicTime(t *testing.T, w *World) {
	bens := w.recorded(t, w.A.North, by(w.A.Ben), timed(later, time.Hour, w.A.Public))
	own := w.recorded(t, w.A.North, by(w.A.Ben), timed(later.Add(2*time.Hour), time.Hour, noProject))
	seen := entryIDs(w.entries(t, w.A.North, by(w.A.Eve), timesheet.EntryQuery{}))
	require.Equal(t, []timesheet.EntryID{bens.ID}, seen, "his entry on it, and none of his others")
	require.Contains(t, entryIDs(w.entries(t, w.A.North, by(w.A.Ben), timesheet.EntryQuery{})), own.ID)
	require.ErrorIs(t, w.remove(t, w.A.North, by(w.A.Eve), bens), fault.Denied, "seeing is not editing")
}

func administrators(t *testing.T, w *World) {
	for _, m := range []tenancy.Membership{w.A.Chief, w.A.Admin} {
		require.ElementsMatch(t, []string{"Private", "Shared", "Public"}, w.projects(t, w.A.North, by(m), access.Query{}), m.Name)
		e := w.entry(t, w.A.North, by(m), w.A.BensTime.ID)
		e.Note = "checked by " + m.Name
		e, err := w.edit(t, w.A.North, by(m), e)
		require.NoError(t, err, "everybody's time")
		p := read(t, w, w.A.North, by(m), func(ctx context.Context, v storage.View) (timesheet.Project, error) {
			p, _, err := v.Projects().Get(ctx, v.Who().Sees(timesheet.ViewProject), w.A.Private.ID)
			return p, err
		})
		p.Name += "!"
		_, err = w.editProject(t, w.A.North, by(m), p)
		require.NoError(t, err, "every project")
		p.Name, p.Version = "Private", p.Version+1
		_, err = w.editProject(t, w.A.North, by(m), p)
		require.NoError(t, err)
		his := timed(e.Start.AddDate(0, 0, 3), time.Hour, w.A.Private)
		his.Person = w.A.Ben.ID
		got := w.recorded(t, w.A.North, by(m), his)
		require.Equal(t, m.ID, got.Recorder, "recorded by her")
		require.Equal(t, w.A.Ben.ID, got.Person, "for him")
	}
	require.Empty(t, w.projects(t, w.A.South, by(w.A.Chief), access.Query{}), "another site is not hers")
	require.NotContains(t, w.projects(t, w.A.Whole, by(w.A.Chief), access.Query{}), "Far")
	_, err := w.Record(t, w.A.South, by(w.A.Chief), timed(later, time.Hour, noProject))
	require.ErrorIs(t, err, fault.Denied)
}
