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

func settingTests() []test {
	return []test{
		in("T10 who administers one site sets nothing on another", settingsOfOneSite),
		in("J74 what the domain withholds a site can grant", withheldByDomain),
		in("G5 members see others' time on public projects, unless the site limits that", publicData),
		in("G16 administrators leave private time that is not theirs alone, if the site says so", bypassPrivate),
		in("G69 who may add private projects, and who public ones, is told apart", createPrivate),
	}
}

// set gives a switch a value as the domain's administrator: at a site, or in
// the whole domain.
func (w *World) set(t testing.TB, d *Domain, at tenancy.Scope, key, value string) {
	t.Helper()
	w.manage(t, d, func(ctx context.Context, s storage.Tx) error {
		_, err := admin.Set(ctx, s, at.Site(), access.Setting{Key: key, Value: value})
		return err
	})
}

// reset brings a switch back to the level above.
func (w *World) reset(t testing.TB, d *Domain, at tenancy.Scope, key string) {
	t.Helper()
	w.manage(t, d, func(ctx context.Context, s storage.Tx) error { return admin.Reset(ctx, s, at.Site(), key) })
}

// attempt tries something and undoes it. It returns "yes" or the reason of the
// denial.
func (w *World) attempt(t testing.TB, in tenancy.Scope, m tenancy.Membership, fn func(ctx context.Context, s storage.Tx) error) string {
	t.Helper()
	err := w.DB.Update(t.Context(), in, by(m), func(ctx context.Context, s storage.Tx) error {
		if err := fn(ctx, s); err != nil {
			return err
		}
		return errRollback
	})
	if fault.CodeOf(err) == fault.CodeDenied {
		return fault.ReasonOf(err)
	}
	require.ErrorIs(t, err, errRollback)
	return "yes"
}

// adding tries to add a project.
func (w *World) adding(visibility timesheet.Visibility) func(ctx context.Context, s storage.Tx) error {
	return func(ctx context.Context, s storage.Tx) error {
		_, err := w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Tried", Visibility: visibility})
		return err
	}
}

func settingsOfOneSite(t *testing.T, w *World) {
	d := w.A
	una := w.newcomer(t, d, "Una")
	editor := w.addRole(t, d, "Settings", access.Allow(access.Unconditionally(), admin.ViewSetting, admin.SetSetting, admin.EditSetting, admin.ResetSetting, admin.ViewSite, admin.EditSite))
	w.give(t, d, access.Binding{Subject: to(una), Custom: editor.ID, Place: atSite(d.North)})
	w.set(t, d, d.South, timesheet.WhoCreatesTags, timesheet.Admins) // that she could change
	for _, m := range []tenancy.Membership{una, d.Chief} {
		set := func(in, at tenancy.Scope, key string) error {
			return w.DB.Update(t.Context(), in, by(m), func(ctx context.Context, s storage.Tx) error {
				_, err := admin.Set(ctx, s, at.Site(), access.Setting{Key: key, Value: timesheet.Everyone})
				return err
			})
		}
		require.NoError(t, set(d.North, d.North, timesheet.WhoCreatesTags))
		require.NoError(t, set(d.Whole, d.North, timesheet.WhoCreatesClients))
		for _, in := range []tenancy.Scope{d.Whole, d.South} {
			for _, key := range []string{timesheet.WhoCreatesTags, timesheet.WhoCreatesClients} {
				denied(t, "no_grant_in_scope", set(in, d.South, key))
			}
		}
		denied(t, "no_grant_in_scope", set(d.Whole, d.Whole, timesheet.WhoCreatesTags))
		require.Equal(t, fault.Code("needs_domain"), fault.CodeOf(set(d.North, d.Whole, timesheet.WhoCreatesTags)))
		require.ErrorIs(t, set(d.North, d.South, timesheet.WhoCreatesTags), fault.NotFound, "from her site there is no other")
		rename := w.acts()[admin.EditSite]
		require.Equal(t, "yes", w.attempt(t, d.Whole, m, func(ctx context.Context, s storage.Tx) error { return rename(ctx, s, d.North.Site()) }))
		require.ErrorIs(t, w.DB.Update(t.Context(), d.Whole, by(m), func(ctx context.Context, s storage.Tx) error { return rename(ctx, s, d.South.Site()) }),
			fault.NotFound, "another is not even seen")
	}
	w.set(t, d, d.South, timesheet.WhoCreatesTags, timesheet.Everyone)
	w.set(t, d, d.Whole, timesheet.WhoCreatesTags, timesheet.Everyone)
}

func withheldByDomain(t *testing.T, w *World) {
	d := w.A
	w.manage(t, d, func(ctx context.Context, s storage.Tx) error {
		_, err := admin.Bind(ctx, s, access.Binding{Subject: to(d.Eve), Role: access.MemberRole, Place: atSite(d.South)})
		return err
	})
	add := func(in tenancy.Scope) string { return w.attempt(t, in, d.Eve, w.adding(timesheet.Private)) }
	w.set(t, d, d.Whole, timesheet.WhoCreatesProjects, timesheet.Admins)
	require.Equal(t, "restricted_by_site_setting", add(d.North))
	require.Equal(t, "restricted_by_site_setting", add(d.South))
	w.set(t, d, d.South, timesheet.WhoCreatesProjects, timesheet.Everyone)
	require.Equal(t, "restricted_by_site_setting", add(d.North))
	require.Equal(t, "yes", add(d.South))
	// By a role for one of the sites, whatever the setting says.
	adds := w.addRole(t, d, "Adds projects", access.Allow(access.Unconditionally(), timesheet.CreateProject))
	b := w.give(t, d, access.Binding{Subject: to(d.Eve), Custom: adds.ID, Place: atSite(d.North)})
	w.reset(t, d, d.South, timesheet.WhoCreatesProjects)
	require.Equal(t, "yes", add(d.North))
	require.Equal(t, "restricted_by_site_setting", add(d.South))
	w.revoke(t, d, b)
	require.Equal(t, "restricted_by_site_setting", add(d.North))
}

func publicData(t *testing.T, w *World) {
	d := w.A
	w.recorded(t, d.North, by(d.Ben), timed(later, time.Hour, d.Public))
	w.recorded(t, d.North, by(d.Eve), timed(later, 2*time.Hour, d.Public))
	hours := func(m tenancy.Membership) int64 {
		q := report.Query{Projects: []timesheet.ProjectID{d.Public.ID}}
		sum := int64(0)
		for _, e := range w.entries(t, d.North, by(m), timesheet.EntryQuery{Project: d.Public.ID}) {
			sum += e.Seconds
		}
		require.Equal(t, sum, w.report(t, d.North, by(m), q).Total.Seconds, "listed is reported")
		return sum / 3600
	}
	for _, c := range []struct {
		value string
		eve   int64
	}{{timesheet.Off, 3}, {timesheet.On, 2}, {timesheet.Off, 3}} {
		w.set(t, d, d.North, timesheet.LimitPublicData, c.value)
		require.Equal(t, c.eve, hours(d.Eve), "limited: %s", c.value)
		require.Equal(t, int64(3), hours(d.Ann), "who manages it sees all of it")
		require.Equal(t, int64(3), hours(d.Chief), "and administrators do")
	}
}

func bypassPrivate(t *testing.T, w *World) {
	d := w.A
	w.set(t, d, d.Whole, timesheet.AdminsBypassPrivate, timesheet.Off)
	for _, m := range []tenancy.Membership{d.Chief, d.Admin} {
		e := d.BensTime
		e.Note = "by " + m.Name
		_, err := w.edit(t, d.North, by(m), e)
		denied(t, "restricted_by_site_setting", err)
		denied(t, "restricted_by_site_setting", w.remove(t, d.North, by(m), d.BensTime))
		his := timed(later, time.Hour, d.Private)
		his.Person = d.Ben.ID
		_, err = w.Record(t, d.North, by(m), his)
		denied(t, "restricted_by_site_setting", err)
		require.Equal(t, d.BensTime, w.entry(t, d.North, by(m), d.BensTime.ID))
		require.Equal(t, int64(2*3600), w.report(t, d.North, by(m), report.Query{Projects: []timesheet.ProjectID{d.Private.ID}}).Total.Seconds, "reports include it")
		his.Project = d.Public.ID
		w.recorded(t, d.North, by(m), his)
		his.Project = noProject.ID
		w.recorded(t, d.North, by(m), his)
	}
	w.join(t, d, d.Private, d.Chief, false)
	e := d.BensTime
	e.Note = "checked"
	_, err := w.edit(t, d.North, by(d.Chief), e)
	require.NoError(t, err, "who is in its team does")
	w.set(t, d, d.North, timesheet.AdminsBypassPrivate, timesheet.On)
	require.NoError(t, w.remove(t, d.North, by(d.Admin), w.entry(t, d.North, by(d.Admin), e.ID)))
}

func createPrivate(t *testing.T, w *World) {
	d := w.A
	for key, refused := range map[string]timesheet.Visibility{timesheet.WhoCreatesPrivate: timesheet.Private, timesheet.WhoCreatesPublic: timesheet.Public} {
		w.set(t, d, d.North, key, timesheet.Admins)
		for _, v := range []timesheet.Visibility{timesheet.Private, timesheet.Public} {
			want := "yes"
			if v == refused {
				want = "restricted_by_site_setting"
			}
			require.Equal(t, want, w.attempt(t, d.North, d.Eve, w.adding(v)), "%s with %s", v, key)
			require.Equal(t, "yes", w.attempt(t, d.North, d.Chief, w.adding(v)))
		}
		w.reset(t, d, d.North, key)
	}
}
