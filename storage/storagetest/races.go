package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
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

func raceTests() []test {
	return []test{
		in("T51 nothing is seen before it is committed", noDirtyRead),
		in("T51 a view is one snapshot", oneSnapshot),
		in("T51 of two edits of one version, one is stale", noLostUpdate),
		in("T51 of many creations of one name, one wins", oneName),
		in("T51 of many timers of one person, one runs", oneTimer),
		in("T51 writers at once all succeed", writersAtOnce),
		in("T51 overlaps are found whoever writes first", overlapsAtOnce),
	}
}

// together runs fn n times at once and returns the errors.
func together(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	all.Wait()
	return errs
}

// sorted counts the errors that are nil, those with a code, and fails on any
// other.
func sorted(t testing.TB, errs []error, code error) (won, lost int) {
	t.Helper()
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case errors.Is(err, code):
			lost++
		default:
			require.NoError(t, err)
		}
	}
	return won, lost
}

// noDirtyRead writes in transactions that fail, while others read.
func noDirtyRead(t *testing.T, w *World) {
	want := len(w.clients(t, w.A, access.Query{}))
	errs := together(4, func(i int) error {
		for n := range 25 {
			if i%2 == 0 {
				err := w.DB.Update(t.Context(), w.A.North, by(w.A.Admin), func(ctx context.Context, s storage.Tx) error {
					if _, err := w.Book.AddClient(ctx, s, timesheet.Client{Name: fmt.Sprint("never ", i, n)}); err != nil {
						return err
					}
					return errMine
				})
				if !errors.Is(err, errMine) {
					return err
				}
				continue
			}
			got, err := Read(t.Context(), w.DB, w.A.North, by(w.A.Admin), func(ctx context.Context, v storage.View) (int, error) {
				rows, err := readerOf(timesheet.KindClient).all(ctx, v)
				return len(rows), err
			})
			if err != nil {
				return err
			}
			if got != want {
				return fmt.Errorf("%d clients, of which only %d are committed", got, want)
			}
		}
		return nil
	})
	for _, err := range errs {
		require.NoError(t, err)
	}
}

// oneSnapshot writes an entry and a tag in each transaction, while views count
// both, twice: the numbers always agree.
func oneSnapshot(t *testing.T, w *World) {
	const rounds = 30
	as := by(w.A.Admin)
	count := func(ctx context.Context, v storage.View) ([3]int, error) {
		entries, err := allEntries(ctx, v, timesheet.EntryQuery{})
		if err != nil {
			return [3]int{}, err
		}
		tags, err := readerOf(timesheet.KindTag).all(ctx, v)
		if err != nil {
			return [3]int{}, err
		}
		sum, err := report.Run(ctx, v, report.Query{})
		return [3]int{len(entries), len(tags), int(sum.Total.Seconds / 3600)}, err
	}
	errs := together(3, func(i int) error {
		for n := range rounds {
			if i == 0 {
				err := w.DB.Update(t.Context(), w.A.South, as, func(ctx context.Context, s storage.Tx) error {
					if _, err := w.Book.Record(ctx, s, timed(Start.AddDate(0, 0, n), time.Hour, noProject)); err != nil {
						return err
					}
					_, err := w.Book.AddTag(ctx, s, fmt.Sprint("tag ", n))
					return err
				})
				if err != nil {
					return err
				}
				continue
			}
			err := w.DB.View(t.Context(), w.A.South, as, func(ctx context.Context, v storage.View) error {
				one, err := count(ctx, v)
				if err != nil {
					return err
				}
				two, err := count(ctx, v)
				if err == nil && (one != two || one[0] != one[1] || one[0] != one[2]) {
					return fmt.Errorf("entries, tags and hours are %v and then %v", one, two)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	for _, err := range errs {
		require.NoError(t, err)
	}
	got := read(t, w, w.A.South, as, count)
	require.Equal(t, [3]int{rounds, rounds, rounds}, got)
}

func noLostUpdate(t *testing.T, w *World) {
	e := w.A.AnnsTime
	for round := range 10 {
		errs := together(2, func(i int) error {
			mine := e
			mine.Note = fmt.Sprint("round ", round, " by ", i)
			_, err := w.edit(t, w.A.North, by(w.A.Ann), mine)
			return err
		})
		won, lost := sorted(t, errs, fault.Stale)
		require.Equal(t, 1, won)
		require.Equal(t, 1, lost)
		e = w.entry(t, w.A.North, by(w.A.Ann), e.ID)
		require.Equal(t, int64(round+2), e.Version)
		for i, err := range errs {
			if err == nil {
				require.Equal(t, fmt.Sprint("round ", round, " by ", i), e.Note)
			}
		}
	}
}

func oneName(t *testing.T, w *World) {
	for round := range 5 {
		errs := together(4, func(i int) error {
			_, err := Write(t.Context(), w.DB, w.A.North, by(w.A.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Client, error) {
				return w.Book.AddClient(ctx, s, timesheet.Client{Name: []string{"Same", "same", " SAME", "sAmE "}[i] + fmt.Sprint(" ", round)})
			})
			return err
		})
		won, lost := sorted(t, errs, fault.Conflict)
		require.Equal(t, 1, won)
		require.Equal(t, 3, lost)
		require.Len(t, w.clients(t, w.A, access.Query{Name: fmt.Sprint("same ", round)}), 1)
	}
}

func oneTimer(t *testing.T, w *World) {
	errs := together(4, func(i int) error {
		in := w.A.North
		if i%2 == 1 {
			in = w.A.South
		}
		_, err := w.Record(t, in, by(w.A.Admin), running(w.A.Ben.ID))
		return err
	})
	won, lost := sorted(t, errs, fault.Conflict)
	require.Equal(t, 1, won)
	require.Equal(t, 3, lost)
}

// running is a timer of a person.
func running(person tenancy.MembershipID) timesheet.Entry {
	return timesheet.Entry{Person: person, Form: timesheet.Running, Start: later, Zone: "UTC"}
}

// writersAtOnce records from eight goroutines, for several people on the same
// projects, and loses nothing.
func writersAtOnce(t *testing.T, w *World) {
	const each = 10
	people := []tenancy.Membership{w.A.Ann, w.A.Ben, w.A.Eve, w.A.Admin}
	errs := together(8, func(i int) error {
		as := people[i%len(people)]
		for n := range each {
			e := timed(later.AddDate(0, 0, 100*i+n), time.Hour, w.A.Public)
			if _, err := w.Record(t, w.A.North, by(as), e); err != nil {
				return err
			}
		}
		return nil
	})
	for _, err := range errs {
		require.NoError(t, err)
	}
	sum := w.report(t, w.A.North, by(w.A.Admin), report.Query{Projects: []timesheet.ProjectID{w.A.Public.ID}})
	require.Equal(t, int64(8*each*3600), sum.Total.Seconds)
	require.Len(t, w.entries(t, w.A.North, by(w.A.Admin), timesheet.EntryQuery{Project: w.A.Public.ID}), 8*each)
}

// overlapsAtOnce records the same hour of one person several times at once:
// every one of them is flagged, in whichever order they commit.
func overlapsAtOnce(t *testing.T, w *World) {
	errs := together(4, func(int) error {
		_, err := w.Record(t, w.A.North, by(w.A.Eve), timed(later, time.Hour, noProject))
		return err
	})
	for _, err := range errs {
		require.NoError(t, err)
	}
	entries := w.entries(t, w.A.North, by(w.A.Eve), timesheet.EntryQuery{Person: w.A.Eve.ID})
	require.Len(t, entries, 4)
	for _, e := range entries {
		require.True(t, e.Overlaps)
	}
}
