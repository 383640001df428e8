package storagetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

func isolationTests() []test {
	return []test{
		in("J1 a script in one domain leaves the other unmoved", func(t *testing.T, w *World) {
			before := w.dump(t, w.B.Whole, by(w.B.Admin))
			var m made
			w.play(t, w.A, append(creation(), alteration()...), &m, nil)
			sameDump(t, before, w.dump(t, w.B.Whole, by(w.B.Admin)), "B is byte for byte what it was")
		}),
		{"J1 the same ids on both sides stay apart", sameIDs},
		in("G22 the id of another domain is an unknown id", foreignIDs),
		in("T51 two scopes interleaved on one store", interleaved),
	}
}

func sameIDs(t *testing.T, open Open) {
	count := &Counter{}
	count.Set(1000)
	w := emptyWorld(t, open, count.Next)
	w.A, w.B = w.Found(t, "Alpha"), w.Found(t, "Beta")

	creating := func(i int) { count.Set(uint64(i+1) * 1_000_000) }
	altering := func(i int) { count.Set(uint64(i+1) * 1_000_000_000) }
	var a, b made
	w.play(t, w.A, creation(), &a, creating)
	before := w.dump(t, w.A.Whole, by(w.A.Admin))
	w.play(t, w.B, creation(), &b, creating)
	require.Equal(t, a.entry.ID, b.entry.ID, "the test means nothing otherwise")
	require.Equal(t, a.project.ID, b.project.ID)
	require.Equal(t, a.member.ID, b.member.ID)
	sameDump(t, before, w.dump(t, w.A.Whole, by(w.A.Admin)), "creating the same ids in B moved A")

	before = w.dump(t, w.B.Whole, by(w.B.Admin))
	w.play(t, w.A, alteration(), &a, altering)
	sameDump(t, before, w.dump(t, w.B.Whole, by(w.B.Admin)), "altering A moved B")

	before = w.dump(t, w.A.Whole, by(w.A.Admin))
	w.play(t, w.B, alteration(), &b, altering)
	sameDump(t, before, w.dump(t, w.A.Whole, by(w.A.Admin)), "altering B moved A")
}

// interleaved runs 10,000 operations in two domains at once: each must see and
// touch its own rows only.
func interleaved(t *testing.T, w *World) {
	rounds := 1000 // of five operations, in each domain
	if testing.Short() {
		rounds = 100
	}
	var both sync.WaitGroup
	for _, d := range []*Domain{w.A, w.B} {
		both.Go(func() {
			for i := range rounds {
				if err := w.round(t.Context(), d, i); err != nil {
					t.Errorf("round %d: %v", i, err)
					return
				}
			}
		})
	}
	both.Wait()
	for _, d := range []*Domain{w.A, w.B} {
		entries := w.entries(t, d.Whole, by(d.Admin), timesheet.EntryQuery{})
		require.ElementsMatch(t, []timesheet.EntryID{d.AnnsTime.ID, d.BensTime.ID}, entryIDs(entries))
		events := read(t, w, d.Whole, by(d.Admin), readerOf(admin.KindEvent).all)
		written := 0
		for _, e := range events {
			if e := e.entity.(access.Event); e.Project == d.Public.ID && e.Kind == timesheet.KindEntry {
				require.Equal(t, d.Eve.ID, e.Actor)
				written++
			}
		}
		require.Equal(t, 3*rounds, written, "each write has its event in its own domain")
	}
}

// round is five operations in one domain: record, list, edit, report, remove.
func (w *World) round(ctx context.Context, d *Domain, i int) error {
	as := by(d.Eve)
	e, err := Write(ctx, w.DB, d.North, as, func(ctx context.Context, s storage.Tx) (timesheet.Entry, error) {
		return w.Book.Record(ctx, s, timed(Start.Add(time.Duration(i)*time.Hour), time.Hour, d.Public))
	})
	if err != nil {
		return err
	}
	own := func(ctx context.Context, v storage.View) ([]timesheet.Entry, error) {
		return allEntries(ctx, v, timesheet.EntryQuery{})
	}
	entries, err := Read(ctx, w.DB, d.North, as, own)
	if err != nil {
		return err
	}
	if len(entries) != 1 || entries[0].ID != e.ID || entries[0].Project != d.Public.ID || entries[0].Site != d.North.Site() {
		return errors.New("a list shows something else than the one entry of this domain")
	}
	e.Note = "edited"
	e, err = Write(ctx, w.DB, d.North, as, func(ctx context.Context, s storage.Tx) (timesheet.Entry, error) { return w.Book.Edit(ctx, s, e) })
	if err != nil {
		return err
	}
	sum, err := Read(ctx, w.DB, d.North, as, func(ctx context.Context, v storage.View) (report.Report, error) {
		return report.Run(ctx, v, report.Query{By: []report.Dimension{report.Project}})
	})
	if err != nil {
		return err
	}
	if len(sum.Rows) != 1 || sum.Rows[0].Keys[0].ID != d.Public.ID || sum.Total.Seconds != 3600 {
		return errors.New("a report counts something else than the one entry of this domain")
	}
	return w.DB.Update(ctx, d.North, as, func(ctx context.Context, s storage.Tx) error {
		return w.Book.Remove(ctx, s, e.ID, e.Version)
	})
}

func entryIDs(entries []timesheet.Entry) []timesheet.EntryID {
	var ids []timesheet.EntryID
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return ids
}
