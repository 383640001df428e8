package main

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/timesheet"
)

var tiny = size{people: 6, projects: 20, entries: 3000, others: 2, otherEntries: 200, imported: 3000}

func open(t *testing.T, open func(context.Context, size) (*store, error)) *store {
	t.Helper()
	s, err := open(t.Context(), tiny)
	if errors.Is(err, errNoServer) {
		t.Skip("SKIPPED, so nothing is known about PostgreSQL: " + err.Error())
	}
	require.NoError(t, err)
	t.Cleanup(s.close)
	return s
}

func TestPostgresAgrees(t *testing.T) { agree(t, open(t, openPostgres)) }
func TestSQLiteAgrees(t *testing.T)   { agree(t, open(t, openSQLite)) }

// The SDK and what is written by hand give the same answers, and leave the same
// rows.
func agree(t *testing.T, s *store) {
	ctx := t.Context()
	all, err := s.world.ops(ctx)
	require.NoError(t, err)
	hands := []hand{s.hand}
	if s.tuned != nil {
		hands = append(hands, s.tuned)
	}
	for _, o := range all {
		t.Run(o.name, func(t *testing.T) {
			for _, h := range hands {
				for i := range 3 {
					want, err := o.sdk(ctx, s.world.db, i)
					require.NoError(t, err)
					if o.big {
						n, err := s.clean(ctx)
						require.NoError(t, err)
						require.EqualValues(t, tiny.imported, n.entries)
						require.Positive(t, n.overlapping)
						want = n
					}
					got, err := o.hand(ctx, h, i)
					require.NoError(t, err)
					if o.big {
						got, err = s.clean(ctx)
						require.NoError(t, err)
					}
					require.NotEmpty(t, want)
					assert.Equal(t, s.comparable(t, want), s.comparable(t, got))
				}
			}
		})
	}
}

// comparable leaves out what two answers may differ in.
func (s *store) comparable(t *testing.T, answer any) any {
	switch a := answer.(type) {
	case unordered:
		sortTotals(a)
	case timesheet.Entry:
		// As it is stored, slices and all, and not only as it was answered.
		var stored timesheet.Entry
		err := s.world.db.View(t.Context(), s.world.main.scope, access.ByMember(s.world.main.chief), func(ctx context.Context, v storage.View) (err error) {
			stored, _, err = v.Entry(ctx, v.Who().Sees(timesheet.ViewEntry), a.ID)
			return err
		})
		require.NoError(t, err)
		require.Equal(t, stored, a)
		if a.Start.Before(newYear.AddDate(1, 0, 0)) {
			return a // was read
		}
		require.WithinDuration(t, time.Now(), a.CreatedAt, time.Minute)
		a.ID, a.CreatedAt, a.Start, a.End = timesheet.EntryID{}, time.Time{}, time.Time{}, time.Time{}
		return a
	}
	return answer
}

// A run prints a row for each operation.
func TestRun(t *testing.T) {
	var out, progress bytes.Buffer
	err := run(t.Context(), []string{"-stores", "sqlite", "-entries", "500", "-people", "5", "-projects", "10", "-others", "1", "-import", "100",
		"-rounds", "1", "-import-rounds", "1", "-slice", "1ms"}, &out, &progress)
	require.NoError(t, err)
	for _, line := range []string{"one entry ", "a person's four weeks ", "page of 50, member ", "record an entry ", "import "} {
		assert.Contains(t, out.String(), line)
	}
}

// Round trips are counted on the wire: BEGIN with the tenant, the statement,
// COMMIT by hand; and the SDK needs one less.
func TestTrips(t *testing.T) {
	s := open(t, openPostgres)
	all, err := s.world.ops(t.Context())
	require.NoError(t, err)
	got, err := s.countTrips(t.Context(), all[0])
	require.NoError(t, err)
	assert.Equal(t, [2]int{2, 3}, got)
}
