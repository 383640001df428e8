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

func switchTests() []test {
	return []test{
		in("G6 every setting does what it says, at its site or in the domain, until it is reset", everySetting),
		in("G6 the strict preset leaves projects, clients and publishing to administrators", strict),
		in("G6 a setting that there is not is refused", unknownSetting),
	}
}

// probe asks what a setting decides, for people and things of the north.
type probe struct {
	ask         func() string
	first, then string // the answer by default, and when the setting has its other value
}

// probes returns one of every switch.
func (w *World) probes(t testing.TB) map[string]probe {
	d := w.A
	bens := w.recorded(t, d.North, by(d.Ben), timed(later, time.Hour, d.Public))
	on := func(m tenancy.Membership, fn func(ctx context.Context, s storage.Tx) error) func() string {
		return func() string { return w.attempt(t, d.North, m, fn) }
	}
	const no = "restricted_by_site_setting"
	return map[string]probe{
		timesheet.LimitPublicData: {func() string {
			if slices.Contains(entryIDs(w.entries(t, d.North, by(d.Eve), timesheet.EntryQuery{})), bens.ID) {
				return "seen"
			}
			return "hidden"
		}, "seen", "hidden"},
		timesheet.WhoCreatesProjects: {on(d.Eve, w.adding(timesheet.Private)), "yes", no},
		timesheet.WhoCreatesPrivate:  {on(d.Eve, w.adding(timesheet.Private)), "yes", no},
		timesheet.WhoCreatesPublic:   {on(d.Eve, w.adding(timesheet.Public)), "yes", no},
		timesheet.WhoCreatesClients: {on(d.Eve, func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddClient(ctx, s, timesheet.Client{Name: "Tried"})
			return err
		}), "yes", no},
		timesheet.WhoCreatesTags: {on(d.Eve, func(ctx context.Context, s storage.Tx) error { _, err := w.Book.AddTag(ctx, s, "tried"); return err }), "yes", no},
		timesheet.WhoCreatesActivities: {on(d.Eve, func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddActivity(ctx, s, "Tried")
			return err
		}), no, "yes"},
		timesheet.WhoChangesVisibility: {on(d.Ann, func(ctx context.Context, s storage.Tx) error {
			p := d.Private
			p.Public = true
			_, err := w.Book.EditProject(ctx, s, p)
			return err
		}), "yes", no},
		timesheet.AdminsBypassPrivate: {on(d.Chief, func(ctx context.Context, s storage.Tx) error {
			return w.Book.Remove(ctx, s, d.BensTime.ID, d.BensTime.Version)
		}), "yes", no},
		timesheet.PrivateByDefault: {func() string {
			p := timesheet.Project{}
			err := w.DB.Update(t.Context(), d.North, by(d.Eve), func(ctx context.Context, s storage.Tx) (err error) {
				if p, err = w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Tried"}); err != nil {
					return err
				}
				return errRollback
			})
			require.ErrorIs(t, err, errRollback)
			if p.Public {
				return "public"
			}
			return "private"
		}, "private", "public"},
	}
}

func everySetting(t *testing.T, w *World) {
	d := w.A
	w.reset(t, d, d.North, timesheet.LimitPublicData)
	probes := w.probes(t)
	for _, of := range w.Policy.Switches() {
		p, known := probes[of.Key]
		require.True(t, known, "nothing asks about %s", of.Key)
		require.Len(t, of.Values, 2, of.Key)
		is := func(want, why string) {
			t.Helper()
			require.Equal(t, want, p.ask(), "%s: %s", of.Key, why)
		}
		is(p.first, "by default")
		w.set(t, d, d.South, of.Key, of.Values[1])
		is(p.first, "at another site")
		w.set(t, d, d.North, of.Key, of.Values[1])
		is(p.then, "at its site")
		w.reset(t, d, d.North, of.Key)
		is(p.first, "reset")
		w.set(t, d, d.Whole, of.Key, of.Values[1])
		is(p.then, "in the domain")
		w.set(t, d, d.North, of.Key, of.Values[0])
		is(p.first, "the site's own comes before the domain's")
		w.set(t, d, d.North, of.Key, of.Values[1])
		is(p.then, "changed again")
		w.reset(t, d, d.North, of.Key)
		is(p.then, "back to the domain's")
		w.reset(t, d, d.Whole, of.Key)
		is(p.first, "back to the default")
		w.set(t, w.B, w.B.Whole, of.Key, of.Values[1])
		is(p.first, "in another domain")
		for _, at := range []tenancy.Scope{d.North, d.Whole} {
			require.ErrorIs(t, w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
				return admin.Reset(ctx, s, at.Site(), of.Key)
			}), fault.NotFound, "it has no value there")
		}
		w.reset(t, d, d.South, of.Key)
	}
}

func strict(t *testing.T, w *World) {
	d := w.A
	probes := w.probes(t)
	changed := []string{timesheet.WhoCreatesProjects, timesheet.WhoCreatesClients, timesheet.WhoChangesVisibility}
	for _, set := range timesheet.Strict() {
		w.set(t, d, d.Whole, set.Key, set.Value)
	}
	for key, p := range probes {
		want := p.first
		if slices.Contains(changed, key) {
			want = p.then
		}
		if key == timesheet.WhoCreatesPrivate || key == timesheet.WhoCreatesPublic {
			want = p.then // whoever may not add projects adds none of either
		}
		if key == timesheet.PrivateByDefault {
			continue // asks a member to add one
		}
		require.Equal(t, want, p.ask(), key)
	}
	require.Equal(t, "yes", w.attempt(t, d.North, d.Chief, w.adding(timesheet.Public)), "administrators do")
	require.Equal(t, "yes", w.attempt(t, d.North, d.Chief, func(ctx context.Context, s storage.Tx) error {
		p := d.Private
		p.Public = true
		_, err := w.Book.EditProject(ctx, s, p)
		return err
	}))
}

func unknownSetting(t *testing.T, w *World) {
	d := w.A
	for _, set := range []access.Setting{{Key: "colour", Value: "red"}, {Key: timesheet.LimitPublicData, Value: "maybe"}, {Key: timesheet.LimitPublicData}, {}} {
		_, err := Write(t.Context(), w.DB, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.SiteSetting, error) {
			return admin.Set(ctx, s, d.North.Site(), set)
		})
		require.Equal(t, fault.Code("unknown_setting"), fault.CodeOf(err))
		require.Equal(t, [2]string{set.Key, set.Value}, [2]string{err.(*fault.Error).Field, err.(*fault.Error).Value})
	}
	_, err := Write(t.Context(), w.DB, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.SiteSetting, error) {
		return admin.Set(ctx, s, tenancy.NewUUID(), access.Setting{Key: timesheet.LimitPublicData, Value: timesheet.On})
	})
	require.ErrorIs(t, err, fault.Reference, "a site that there is not")
}
