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

func visibilityTests() []test {
	return []test{
		in("G28 to publish takes the right to, and a row that lists it lets one", publishing),
		in("G28 a permit for a project of one visibility does not write it with another", visibilityOfPermit),
		in("G29 who tracked on a project that becomes private keeps sight of that and adds no more", madePrivate),
		in("G29 or joins its team", madePrivateWithTrackers),
		in("G30 a project that does not say is as the site's default", byDefault),
	}
}

// publishing turns a project to and fro under both values of the setting.
func publishing(t *testing.T, w *World) {
	d := w.A
	p := d.Private
	turn := func(m tenancy.Membership) error {
		next := p
		next.Public = !p.Public
		next, err := w.editProject(t, d.North, by(m), next)
		if err == nil {
			p = next
		}
		return err
	}
	lists := func(m tenancy.Membership) bool {
		return read(t, w, d.North, by(m), func(ctx context.Context, v storage.View) (bool, error) {
			_, r, err := v.Projects().Get(ctx, v.Who().Sees(timesheet.ViewProject), p.ID)
			return v.Who().AllowedActions(r).Has(timesheet.EditVisibility), err
		})
	}
	for range 2 { // to public and back
		require.True(t, lists(d.Ann))
		require.NoError(t, turn(d.Ann), "a manager")
		require.False(t, lists(d.Ben))
		denied(t, "condition_manager", turn(d.Ben))
		w.set(t, d, d.North, timesheet.WhoChangesVisibility, timesheet.Admins)
		require.False(t, lists(d.Ann))
		denied(t, "restricted_by_site_setting", turn(d.Ann))
		renamed := p
		renamed.Name += "!"
		var err error
		p, err = w.editProject(t, d.North, by(d.Ann), renamed)
		require.NoError(t, err, "she edits it in other ways")
		require.True(t, lists(d.Chief))
		require.NoError(t, turn(d.Chief))
		require.NoError(t, turn(d.Chief))
		w.reset(t, d, d.North, timesheet.WhoChangesVisibility)
	}
	// Sharing within the team is no matter of visibility.
	w.set(t, d, d.North, timesheet.WhoChangesVisibility, timesheet.Admins)
	p.Shared = true
	_, err := w.editProject(t, d.North, by(d.Ann), p)
	require.NoError(t, err)
}

// visibilityOfPermit writes past the use cases, with permits for something else.
func visibilityOfPermit(t *testing.T, w *World) {
	d := w.A
	for _, c := range []struct {
		p      timesheet.Project
		public bool
	}{{d.Private, true}, {d.Public, false}} {
		for _, m := range []tenancy.Membership{d.Ann, d.Admin} {
			err := w.DB.Update(t.Context(), d.North, by(m), func(ctx context.Context, s storage.Tx) error {
				_, err := amend(ctx, s, s.Projects(), timesheet.ViewProject, timesheet.EditProject, c.p.ID,
					func(ctx context.Context, may access.Permit, p timesheet.Project) (timesheet.Project, error) {
						return s.PutProject(ctx, may, p)
					},
					func(p *timesheet.Project) { p.Public = c.public })
				return err
			})
			require.ErrorIs(t, err, fault.Proof, "%s makes it public: %v", m.Name, c.public)
		}
		err := w.DB.Update(t.Context(), d.North, by(d.Ann), func(ctx context.Context, s storage.Tx) error {
			p := timesheet.Project{ID: s.NewID(), CreatedAt: s.Now(), Site: d.North.Site(), Name: "New", Public: c.public}
			row := access.Row{Kind: timesheet.KindProject, ID: p.ID, Site: p.Site, Project: p.ID}
			if !c.public {
				row.Facts = access.Public
			}
			may, err := s.Who().May(timesheet.CreateProject, s.Draft(row))
			require.NoError(t, err)
			_, err = s.PutProject(ctx, may, p)
			return err
		})
		require.ErrorIs(t, err, fault.Proof, "new, and public: %v", c.public)
	}
	require.Equal(t, []any{d.Private, d.Public}, []any{w.projectOf(t, d, d.Private.ID), w.projectOf(t, d, d.Public.ID)})
}

// projectOf returns a project as the domain's administrator sees it.
func (w *World) projectOf(t testing.TB, d *Domain, id timesheet.ProjectID) timesheet.Project {
	t.Helper()
	return read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) (timesheet.Project, error) {
		p, _, err := v.Projects().Get(ctx, v.Who().Sees(timesheet.ViewProject), id)
		return p, err
	})
}

// hide makes the public project private.
func (w *World) hide(t testing.TB, d *Domain, m tenancy.Membership, version int64, addTrackers bool) error {
	t.Helper()
	p, err := Write(t.Context(), w.DB, d.North, by(m), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
		return w.Book.MakePrivate(ctx, s, d.Public.ID, version, addTrackers)
	})
	if err == nil {
		require.False(t, p.Public)
		require.Equal(t, p, w.projectOf(t, d, d.Public.ID))
	}
	return err
}

func madePrivate(t *testing.T, w *World) {
	d := w.A
	eves := w.recorded(t, d.North, by(d.Eve), timed(later, time.Hour, d.Public))
	bens := w.recorded(t, d.North, by(d.Ben), timed(later, time.Hour, d.Public))
	require.ErrorIs(t, w.hide(t, d, d.Ann, d.Public.Version+1, false), fault.Stale)
	denied(t, "condition_manager", w.hide(t, d, d.Eve, d.Public.Version, true))
	require.NoError(t, w.hide(t, d, d.Ann, d.Public.Version, false))

	require.Equal(t, []timesheet.EntryID{eves.ID}, entryIDs(w.entries(t, d.North, by(d.Eve), timesheet.EntryQuery{})), "her own and no other's")
	require.NotContains(t, w.projects(t, d.North, by(d.Eve), access.Query{}), "Public")
	_, err := w.Record(t, d.North, by(d.Eve), timed(later.AddDate(0, 0, 1), time.Hour, d.Public))
	require.ErrorIs(t, err, fault.NotFound, "new time")
	eves.Note = "more"
	_, err = w.edit(t, d.North, by(d.Eve), eves)
	require.ErrorIs(t, err, fault.Denied, "nor does she change what there is")
	require.Len(t, w.team(t, d, d.Public.ID), 1)
	require.Subset(t, entryIDs(w.entries(t, d.North, by(d.Ann), timesheet.EntryQuery{Project: d.Public.ID})), []timesheet.EntryID{eves.ID, bens.ID}, "who manages it sees all")
}

func madePrivateWithTrackers(t *testing.T, w *World) {
	d := w.A
	w.recorded(t, d.North, by(d.Eve), timed(later, time.Hour, d.Public))
	w.recorded(t, d.North, by(d.Eve), timed(later.AddDate(0, 0, 1), time.Hour, d.Public))
	w.recorded(t, d.North, by(d.Ann), timed(later, time.Hour, d.Public))
	w.recorded(t, d.North, by(d.Ben), timed(later, time.Hour, d.Private))
	require.NoError(t, w.hide(t, d, d.Ann, d.Public.Version, true))
	managers := map[tenancy.MembershipID]bool{}
	for _, m := range w.team(t, d, d.Public.ID) {
		managers[m.Person] = m.Manager
	}
	require.Equal(t, map[tenancy.MembershipID]bool{d.Ann.ID: true, d.Eve.ID: false}, managers, "who tracked on it, once, and nobody else")
	w.recorded(t, d.North, by(d.Eve), timed(later.AddDate(0, 0, 2), time.Hour, d.Public))
	require.Len(t, w.entries(t, d.North, by(d.Eve), timesheet.EntryQuery{}), 3, "and sees her own")
}

func byDefault(t *testing.T, w *World) {
	d, n := w.A, 0
	add := func(in tenancy.Scope, m tenancy.Membership, v timesheet.Visibility) bool {
		p := write(t, w, in, by(m), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
			n++
			return w.Book.AddProject(ctx, s, timesheet.NewProject{Name: time.Duration(n).String(), Visibility: v})
		})
		require.Equal(t, p, w.projectOf(t, d, p.ID))
		return p.Public
	}
	require.False(t, add(d.North, d.Eve, timesheet.ByDefault), "private, where nothing is said")
	w.set(t, d, d.North, timesheet.PrivateByDefault, timesheet.Off)
	require.True(t, add(d.North, d.Eve, timesheet.ByDefault))
	require.True(t, add(d.North, d.Chief, timesheet.ByDefault), "administrators' too")
	require.False(t, add(d.South, d.Sue, timesheet.ByDefault), "of that site")
	require.False(t, add(d.North, d.Eve, timesheet.Private), "who says so is not overruled")
	w.reset(t, d, d.North, timesheet.PrivateByDefault)
	require.False(t, add(d.North, d.Eve, timesheet.ByDefault))
	require.True(t, add(d.North, d.Eve, timesheet.Public))
	_, err := Write(t.Context(), w.DB, d.North, by(d.Eve), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
		return w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Odd", Visibility: "secret"})
	})
	require.Equal(t, fault.Code("bad_visibility"), fault.CodeOf(err))

	// A default that she may not have is denied, not turned into the other.
	w.set(t, d, d.North, timesheet.PrivateByDefault, timesheet.Off)
	w.set(t, d, d.North, timesheet.WhoCreatesPublic, timesheet.Admins)
	require.Equal(t, "restricted_by_site_setting", w.attempt(t, d.North, d.Eve, w.adding(timesheet.ByDefault)))
}
