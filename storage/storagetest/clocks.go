package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

func clockTests() []test {
	return []test{
		in("T15 now is one instant in a transaction", oneNow),
		in("T15 instants keep their microseconds, near and far", instants),
		in("T15 zone names are kept", zoneNames),
		{"T15 the zero configuration works", func(t *testing.T, open Open) {
			w := &World{DB: open(t, Config{})}
			before := time.Now().Add(-time.Second)
			w.A = w.Found(t, "Alpha")
			now := read(t, w, w.A.Whole, by(w.A.Admin), func(_ context.Context, v storage.View) (time.Time, error) { return v.Now(), nil })
			require.True(t, now.After(before), "the machine's clock")
			require.Equal(t, byte(7), w.A.ID[6]>>4, "ids of version 7")
			require.NotEqual(t, w.A.Ann.ID, w.A.Ben.ID)
		}},
	}
}

func oneNow(t *testing.T, w *World) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	w.Clock.Advance(time.Nanosecond * 789)
	want := w.Clock.Now().In(berlin).UTC().Truncate(time.Microsecond)
	tag := write(t, w, w.A.North, by(w.A.Ann), func(ctx context.Context, s storage.Tx) (timesheet.Tag, error) {
		require.Equal(t, want, s.Now(), "UTC, microseconds")
		w.Clock.Advance(time.Hour)
		require.Equal(t, want, s.Now(), "still")
		w.Clock.Advance(-time.Hour)
		return w.Book.AddTag(ctx, s, "now")
	})
	require.Equal(t, want, tag.CreatedAt)
	require.NoError(t, w.DB.Installation(t.Context(), worker, func(ctx context.Context, h storage.Installation) error {
		want := h.Now()
		require.Equal(t, want.UTC().Truncate(time.Microsecond), want)
		w.Clock.Advance(time.Hour)
		require.Equal(t, want, h.Now())
		return nil
	}))
}

func instants(t *testing.T, w *World) {
	for _, start := range []time.Time{
		Start,
		time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(1900, 1, 1, 0, 0, 0, 1000, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC),
		time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2000, 2, 29, 12, 0, 0, 123456000, time.UTC),
		time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC),
		time.Date(2262, 4, 11, 23, 47, 16, 854775000, time.UTC).Add(time.Hour), // more nanoseconds than an int64 holds
		time.Date(9998, 12, 31, 23, 0, 0, 999999000, time.UTC),
	} {
		e := w.recorded(t, w.A.South, by(w.A.Admin), timed(start, 90*time.Minute+time.Microsecond, noProject))
		require.Equal(t, start, e.Start)
		require.Equal(t, start.Add(90*time.Minute+time.Microsecond), e.End)
		require.Equal(t, e, w.entry(t, w.A.South, by(w.A.Admin), e.ID), "%s read back", start)
		found := w.entries(t, w.A.South, by(w.A.Admin), timesheet.EntryQuery{From: start, To: start.Add(time.Microsecond)})
		require.Equal(t, []timesheet.Entry{e}, found, "%s found", start)
		require.Empty(t, w.entries(t, w.A.South, by(w.A.Admin), timesheet.EntryQuery{From: start.Add(time.Microsecond), To: start.Add(time.Minute)}))
	}
	// In order of time, not of text.
	all := w.entries(t, w.A.South, by(w.A.Admin), timesheet.EntryQuery{Limit: 2})
	for i := range all[1:] {
		require.False(t, all[i].Start.Before(all[i+1].Start))
	}
	e := w.recorded(t, w.A.South, by(w.A.Admin), timed(time.Date(2024, 5, 5, 10, 0, 0, 123456789, time.FixedZone("", 3600)), time.Hour, noProject))
	require.Equal(t, time.Date(2024, 5, 5, 9, 0, 0, 123456000, time.UTC), w.entry(t, w.A.South, by(w.A.Admin), e.ID).Start, "as UTC, cut to microseconds")
}

func zoneNames(t *testing.T, w *World) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Pacific/Apia", "Asia/Kolkata", "Etc/GMT+12"} {
		e := timed(later, time.Hour, noProject)
		e.Zone = name
		e = w.recorded(t, w.A.North, by(w.A.Ann), e)
		got := w.entry(t, w.A.North, by(w.A.Ann), e.ID)
		require.Equal(t, name, got.Zone)
		require.Equal(t, time.UTC, got.Start.Location())
		require.NoError(t, w.remove(t, w.A.North, by(w.A.Ann), got))
	}
	m := write(t, w, w.A.North, by(w.A.Admin), func(ctx context.Context, s storage.Tx) (tenancy.Membership, error) {
		return admin.AddMember(ctx, s, tenancy.Membership{Name: "Far Away", Zone: "Pacific/Auckland"})
	})
	require.Equal(t, "Pacific/Auckland", m.Zone)
	sites := read(t, w, w.A.South, by(w.A.Admin), readerOf(admin.KindSite).all)
	require.Equal(t, "America/New_York", sites[0].entity.(tenancy.Site).Zone)
}
