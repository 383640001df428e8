package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/timesheet"
)

func overlapTests() []test {
	return []test{
		in("G26 entries that share time are flagged, on both sides", overlapsFlagged),
		in("G26 flags go when the overlap goes", overlapsUnflagged),
		in("G26 only timed entries of one person overlap", overlapsOfWhom),
		in("G26 many at once overlap each other and what was there", overlapsOfMany),
	}
}

// flagged returns which of the entries are flagged.
func (w *World) flagged(t testing.TB, d *Domain, entries ...timesheet.Entry) []bool {
	t.Helper()
	flags := make([]bool, len(entries))
	for i, e := range entries {
		flags[i] = w.entry(t, d.Whole, by(d.Admin), e.ID).Overlaps
	}
	return flags
}

func overlapsFlagged(t *testing.T, w *World) {
	d := w.A
	hour := func(from, to float64) timesheet.Entry {
		start := later.Add(time.Duration(from * float64(time.Hour)))
		return w.recorded(t, d.North, by(d.Eve), timed(start, time.Duration((to-from)*float64(time.Hour)), noProject))
	}
	a, b := hour(0, 1), hour(1, 2)
	require.Equal(t, []bool{false, false}, w.flagged(t, d, a, b), "touching is no overlap")
	c := hour(1.5, 3)
	require.True(t, c.Overlaps, "the answer says so")
	require.Equal(t, []bool{false, true, true}, w.flagged(t, d, a, b, c))
	long := hour(-100, -1)
	inside := hour(-50, -49)
	require.Equal(t, []bool{true, true}, w.flagged(t, d, long, inside), "one within another")
	far := hour(-168-101, -101)
	near := hour(-102, -101)
	require.Equal(t, []bool{true, true}, w.flagged(t, d, far, near), "seven days after its start, too")
	micro := w.recorded(t, d.North, by(d.Eve), timed(later.Add(3*time.Hour-time.Microsecond), time.Hour, noProject))
	require.Equal(t, []bool{true}, w.flagged(t, d, micro), "a microsecond is an overlap")
	require.Equal(t, []bool{false}, w.flagged(t, d, a), "and the first is as before")
}

func overlapsUnflagged(t *testing.T, w *World) {
	d := w.A
	record := func(from, length time.Duration) timesheet.Entry {
		return w.recorded(t, d.North, by(d.Eve), timed(later.Add(from), length, noProject))
	}
	a, b, c := record(0, time.Hour), record(30*time.Minute, time.Hour), record(75*time.Minute, time.Hour)
	require.Equal(t, []bool{true, true, true}, w.flagged(t, d, a, b, c), "b overlaps both")
	b = w.entry(t, d.North, by(d.Eve), b.ID)
	version := w.entry(t, d.North, by(d.Eve), a.ID).Version
	require.Equal(t, a.Version, version, "a flag is no edit: nobody's copy goes stale")
	b.Start, b.End, b.Seconds = later.Add(70*time.Minute), later.Add(100*time.Minute), 0
	b, err := w.edit(t, d.North, by(d.Eve), b)
	require.NoError(t, err)
	require.True(t, b.Overlaps)
	require.Equal(t, []bool{false, true, true}, w.flagged(t, d, a, b, c), "moved away from a")
	require.NoError(t, w.remove(t, d.North, by(d.Eve), b))
	require.Equal(t, []bool{false, false}, w.flagged(t, d, a, c))

	// Made untimed or given to another person, an entry shares no time.
	b = record(30*time.Minute, 10*time.Minute)
	require.Equal(t, []bool{true, true}, w.flagged(t, d, a, b))
	b.Person = d.Ben.ID
	b, err = w.edit(t, d.North, by(d.Admin), b)
	require.NoError(t, err)
	require.Equal(t, []bool{false, false}, w.flagged(t, d, a, b))
	b.Person = d.Eve.ID
	b, err = w.edit(t, d.North, by(d.Admin), b)
	require.NoError(t, err)
	require.Equal(t, []bool{true, true}, w.flagged(t, d, a, b))
	b.Form, b.End, b.Seconds = timesheet.Untimed, time.Time{}, 600
	b, err = w.edit(t, d.North, by(d.Eve), b)
	require.NoError(t, err)
	require.Equal(t, []bool{false, false}, w.flagged(t, d, a, b))
}

func overlapsOfWhom(t *testing.T, w *World) {
	d := w.A
	require.Equal(t, []bool{false, false}, w.flagged(t, d, d.AnnsTime, d.BensTime), "two people at the same time")
	whole := timed(later.Add(-24*time.Hour), 48*time.Hour, noProject)
	timedEntry := w.recorded(t, d.North, by(d.Eve), whole)
	untimed := w.recorded(t, d.North, by(d.Eve), timesheet.Entry{Form: timesheet.Untimed, Start: later, Seconds: 3600, Zone: "UTC"})
	timer := w.recorded(t, d.North, by(d.Eve), running(d.Eve.ID))
	require.Equal(t, []bool{false, false, false}, w.flagged(t, d, timedEntry, untimed, timer), "only timed entries share time")
	south := timed(later, time.Hour, noProject)
	south.Person = d.Eve.ID
	south = w.recorded(t, d.South, by(d.Admin), south)
	require.Equal(t, []bool{true, true}, w.flagged(t, d, timedEntry, south), "a person is one on all sites")
	w.recorded(t, w.B.North, by(w.B.Eve), whole)
	require.Equal(t, []bool{false}, w.flagged(t, w.B, w.B.AnnsTime))
}

func overlapsOfMany(t *testing.T, w *World) {
	d := w.A
	there := w.recorded(t, d.North, by(d.Eve), timed(later, time.Hour, noProject))
	clear := w.recorded(t, d.North, by(d.Eve), timed(later.AddDate(0, 0, -3), time.Hour, noProject))
	write(t, w, d.North, by(d.Eve), func(ctx context.Context, s storage.Tx) (bool, error) {
		_, err := w.Book.RecordAll(ctx, s, []timesheet.Entry{
			timed(later.Add(30*time.Minute), time.Hour, noProject),               // with what was there
			timed(later.AddDate(0, 0, 1), time.Hour, noProject),                  // with the next
			timed(later.AddDate(0, 0, 1).Add(time.Minute), time.Hour, noProject), // with the one before
			timed(later.AddDate(0, 0, 2), time.Hour, noProject),                  // alone
		})
		return true, err
	})
	require.Equal(t, []bool{true, false}, w.flagged(t, d, there, clear))
	var flags []bool
	for _, e := range w.entries(t, d.North, by(d.Eve), timesheet.EntryQuery{From: later.Add(time.Minute)}) {
		flags = append([]bool{e.Overlaps}, flags...)
	}
	require.Equal(t, []bool{true, true, true, false}, flags)
}
