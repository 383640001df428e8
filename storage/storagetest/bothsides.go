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
)

func bothSidesTests() []test {
	return []test{
		in("T27 a member records for nobody else, a timekeeper does and is told apart", recordsForOthers),
		in("T27 an entry is moved only by who may change it where it was and where it will be", movedOnBothSides),
		in("T27 a project changes client only by who edits both sides", clientOnBothSides),
		in("T27 a store takes no row that was decided on for another place", movedPastPermit),
	}
}

func recordsForOthers(t *testing.T, w *World) {
	d := w.A
	tom := w.hire(t, d, d.North, "Tom", access.Timekeeper)
	for _, p := range []timesheet.Project{noProject, d.Private, d.Public} {
		e := timed(later, time.Hour, p)
		e.Person = d.Ben.ID
		for _, m := range []tenancy.Membership{d.Ann, d.Eve} {
			_, err := w.Record(t, d.North, by(m), e)
			if p.ID == d.Private.ID && m.ID == d.Eve.ID {
				require.ErrorIs(t, err, fault.NotFound)
				continue
			}
			denied(t, "condition_own", err)
		}
		got := w.recorded(t, d.North, by(tom), e)
		require.Equal(t, [2]tenancy.MembershipID{d.Ben.ID, tom.ID}, [2]tenancy.MembershipID{got.Person, got.Recorder})
		require.Equal(t, got, w.entry(t, d.North, by(d.Ben), got.ID), "as whose it is sees it")
		e.Person = tom.ID
		e.Project = noProject.ID
		w.recorded(t, d.North, by(tom), e)
	}
	_, err := Write(t.Context(), w.DB, d.North, by(d.Eve), func(ctx context.Context, s storage.Tx) ([]timesheet.Entry, error) {
		own, bens := timed(later, time.Hour, noProject), timed(later, time.Hour, noProject)
		bens.Person = d.Ben.ID
		return w.Book.RecordAll(ctx, s, []timesheet.Entry{own, bens})
	})
	denied(t, "condition_own", err)
	require.Empty(t, w.entries(t, d.North, by(d.Eve), timesheet.EntryQuery{Person: d.Eve.ID}), "nor her own among others'")
}

// movedOnBothSides has a timekeeper of one group, who also records her own
// time, move entries between people and projects.
func movedOnBothSides(t *testing.T, w *World) {
	d := w.A
	tess := w.hire(t, d, d.North, "Tess", access.MemberRole)
	w.give(t, d, access.Binding{Subject: to(tess), Role: access.Timekeeper, Place: ofGroup(d.Crew)})
	w.join(t, d, d.Shared, tess, false)
	for _, c := range []struct {
		what string
		of   tenancy.Membership
		from timesheet.Project
		to   tenancy.Membership
		onto timesheet.Project
		want string
	}{
		{"among her group", d.Ann, noProject, d.Ben, noProject, "yes"},
		{"to herself", d.Ann, noProject, tess, noProject, "yes"},
		{"from herself", tess, noProject, d.Ben, noProject, "yes"},
		{"out of her group", d.Ann, noProject, d.Eve, noProject, "condition_own"},
		{"into her group", d.Eve, d.Shared, d.Ann, d.Shared, "condition_own"},
		{"her own onto a project of hers", tess, noProject, tess, d.Shared, "yes"},
		{"her own away from it", tess, d.Shared, tess, noProject, "yes"},
		{"another's on it", d.Eve, d.Shared, d.Eve, d.Public, "condition_own"},
		{"onto a project that she does not see", tess, noProject, tess, d.Private, "not found"},
		{"of her group onto a public one", d.Ann, noProject, d.Ann, d.Public, "yes"},
	} {
		e := timed(later, time.Hour, noProject)
		e.Person, e.Project = c.of.ID, c.from.ID
		e = w.recorded(t, d.North, by(d.Admin), e)
		next := e
		next.Person, next.Project = c.to.ID, c.onto.ID
		if c.want == "not found" {
			_, err := w.edit(t, d.North, by(tess), next)
			require.ErrorIs(t, err, fault.NotFound, c.what)
			continue
		}
		require.Equal(t, c.want, w.attempt(t, d.North, tess, func(ctx context.Context, s storage.Tx) error { _, err := w.Book.Edit(ctx, s, next); return err }), c.what)
		require.Equal(t, e, w.entry(t, d.North, by(d.Admin), e.ID))
	}
	// What lies on an archived project stays there, and nothing comes to it.
	own := w.recorded(t, d.North, by(tess), timed(later, time.Hour, d.Shared))
	free := w.recorded(t, d.North, by(tess), timed(later, time.Hour, noProject))
	done := d.Shared
	done.ArchivedAt = Start
	_, err := w.editProject(t, d.North, by(d.Admin), done)
	require.NoError(t, err)
	own.Project = noProject.ID
	_, err = w.edit(t, d.North, by(tess), own)
	denied(t, "archived", err)
	free.Project = d.Shared.ID
	_, err = w.edit(t, d.North, by(d.Admin), free)
	denied(t, "archived", err)
}

func clientOnBothSides(t *testing.T, w *World) {
	d := w.A
	other := write(t, w, d.North, by(d.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Client, error) {
		return w.Book.AddClient(ctx, s, timesheet.Client{Name: "Other"})
	})
	at := func(c timesheet.Client) access.Place { return access.Place{Kind: access.AtClient, Client: c.ID} }
	nora := w.newcomer(t, d, "Nora")
	w.give(t, d, access.Binding{Subject: to(nora), Role: access.ProjectManager, Place: at(d.Client)})
	w.give(t, d, access.Binding{Subject: to(nora), Role: access.DomainAuditor, Place: everywhere})
	move := func(to timesheet.ClientID) string {
		p := w.projectOf(t, d, d.Private.ID)
		p.Client = to
		return w.attempt(t, d.North, nora, func(ctx context.Context, s storage.Tx) error { _, err := w.Book.EditProject(ctx, s, p); return err })
	}
	require.Equal(t, "yes", move(d.Client.ID), "it stays")
	require.NotEqual(t, "yes", move(other.ID), "she edits nothing of where it would go")
	require.NotEqual(t, "yes", move(timesheet.ClientID{}))
	w.give(t, d, access.Binding{Subject: to(nora), Role: access.ProjectManager, Place: at(other)})
	require.Equal(t, "yes", move(other.ID))
	mine := write(t, w, d.North, by(d.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
		return w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Internal"})
	})
	mine.Client = other.ID
	require.NotEqual(t, "yes", w.attempt(t, d.North, nora, func(ctx context.Context, s storage.Tx) error { _, err := w.Book.EditProject(ctx, s, mine); return err }), "nor of where it was")
}

// movedPastPermit writes rows elsewhere than their permits say.
func movedPastPermit(t *testing.T, w *World) {
	d := w.A
	before := w.dumpOf(t, readers(), d.Whole, by(d.Admin))
	for what, move := range map[string]func(*timesheet.Entry){
		"another person":  func(e *timesheet.Entry) { e.Person = d.Ann.ID },
		"another project": func(e *timesheet.Entry) { e.Project, e.Task = d.Public.ID, timesheet.TaskID{} },
		"no project":      func(e *timesheet.Entry) { e.Project, e.Task = timesheet.ProjectID{}, timesheet.TaskID{} },
		"another site":    func(e *timesheet.Entry) { e.Site = d.South.Site() },
	} {
		require.ErrorIs(t, w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
			e, r, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), d.BensTime.ID)
			require.NoError(t, err)
			may, err := s.Who().MayChange(timesheet.EditEntry, r, r)
			require.NoError(t, err)
			move(&e)
			_, err = s.PutEntry(ctx, may, e, rawSlices(e))
			return err
		}), fault.Proof, what)
	}
	require.ErrorIs(t, w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
		_, err := amend(ctx, s, s.Tags(), timesheet.ViewTag, timesheet.EditTag, d.Tag.ID, s.PutTag, func(e *timesheet.Tag) { e.Site = d.South.Site() })
		return err
	}), fault.Proof, "a tag, to another site")
	// To ask only for what it becomes is not to ask.
	require.ErrorIs(t, w.DB.Update(t.Context(), d.North, by(d.Ann), func(ctx context.Context, s storage.Tx) error {
		row := entryRow(d.BensTime)
		row.Person = d.Ann.ID
		placed, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), row)
		require.NoError(t, err)
		_, err = s.Who().May(timesheet.EditEntry, placed[0])
		return err
	}), fault.Proof)
	sameDump(t, before, w.dumpOf(t, readers(), d.Whole, by(d.Admin)), "something was moved")
}
