package storagetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

func transactionTests() []test {
	return []test{
		in("T51 an error rolls everything back and is returned as it is", rollback),
		in("T51 a panic rolls back, goes on, and leaves the store usable", panics),
		in("T51 a transaction reads its own writes", ownWrites),
		in("T51 a handle and its proofs end with the closure", deadHandle),
		in("T51 a cancelled context writes nothing", cancelled),
		in("T51 a handle that reads does not write", viewOnly),
		in("T51 versions prevent a lost update", staleVersions),
		in("T51 a refused write leaves the transaction's others alone", refusedAmongOthers),
	}
}

var errMine = errors.New("an error of the closure")

// everything writes a row of most kinds.
func (w *World) everything(ctx context.Context, s storage.Tx) error {
	var m made
	for _, step := range creation() {
		if step.whole {
			continue
		}
		if err := step.do(ctx, s, w.Book, &m); err != nil {
			return err
		}
	}
	return nil
}

func rollback(t *testing.T, w *World) {
	before := w.dump(t, w.A.Whole, by(w.A.Admin))
	err := w.DB.Update(t.Context(), w.A.North, by(w.A.Admin), func(ctx context.Context, s storage.Tx) error {
		require.NoError(t, w.everything(ctx, s))
		return errMine
	})
	require.Equal(t, errMine, err)
	sameDump(t, before, w.dump(t, w.A.Whole, by(w.A.Admin)), "rows or events of a transaction that failed")

	err = w.DB.View(t.Context(), w.A.North, by(w.A.Admin), func(context.Context, storage.View) error { return errMine })
	require.Equal(t, errMine, err)
	domains := w.domains(t)
	err = w.DB.Installation(t.Context(), worker, func(ctx context.Context, h storage.Installation) error {
		_, err := admin.AddDomain(ctx, h, admin.Provision{Name: "Never", Ref: "never", Hostname: "never.example", Admin: first.Admin})
		require.NoError(t, err)
		return errMine
	})
	require.Equal(t, errMine, err)
	require.Equal(t, domains, w.domains(t))
	_, err = w.DB.RefPlace(t.Context(), "never")
	require.ErrorIs(t, err, fault.NotFound)

	require.NoError(t, w.DB.Update(t.Context(), w.A.North, by(w.A.Admin), w.everything), "and the same works afterwards")
}

func panics(t *testing.T, w *World) {
	before, domains := w.dump(t, w.A.Whole, by(w.A.Admin)), w.domains(t)
	require.PanicsWithValue(t, "update", func() {
		_ = w.DB.Update(t.Context(), w.A.North, by(w.A.Admin), func(ctx context.Context, s storage.Tx) error {
			require.NoError(t, w.everything(ctx, s))
			panic("update")
		})
	})
	require.PanicsWithValue(t, "view", func() {
		_ = w.DB.View(t.Context(), w.A.North, by(w.A.Admin), func(ctx context.Context, v storage.View) error { panic("view") })
	})
	require.PanicsWithValue(t, "installation", func() {
		_ = w.DB.Installation(t.Context(), worker, func(ctx context.Context, h storage.Installation) error {
			_, err := admin.AddDomain(ctx, h, admin.Provision{Name: "Never", Admin: first.Admin})
			require.NoError(t, err)
			panic("installation")
		})
	})
	sameDump(t, before, w.dump(t, w.A.Whole, by(w.A.Admin)), "a panic left something behind")
	require.Equal(t, domains, w.domains(t))
	require.NoError(t, w.DB.Update(t.Context(), w.A.North, by(w.A.Admin), w.everything))
}

func ownWrites(t *testing.T, w *World) {
	require.NoError(t, w.DB.Update(t.Context(), w.A.North, by(w.A.Eve), func(ctx context.Context, s storage.Tx) error {
		p, err := w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "New"})
		require.NoError(t, err)
		got, _, err := s.Projects().Get(ctx, s.Who().Sees(timesheet.ViewProject), p.ID)
		require.NoError(t, err, "she is in its team already")
		require.Equal(t, p, got)
		_, err = w.Book.AddTask(ctx, s, p.ID, "First")
		require.NoError(t, err, "and manages it")
		e, err := w.Book.Record(ctx, s, timed(later, time.Hour, p))
		require.NoError(t, err)
		list, err := allEntries(ctx, s, timesheet.EntryQuery{})
		require.NoError(t, err)
		require.Equal(t, []timesheet.Entry{e}, list)
		sum, err := report.Run(ctx, s, report.Query{})
		require.NoError(t, err)
		require.Equal(t, int64(3600), sum.Total.Seconds)
		e.End, e.Seconds = e.End.Add(time.Hour), 0
		e, err = w.Book.Edit(ctx, s, e)
		require.NoError(t, err)
		require.NoError(t, w.Book.Remove(ctx, s, e.ID, e.Version))
		sum, err = report.Run(ctx, s, report.Query{})
		require.NoError(t, err)
		require.Zero(t, sum.Total.Seconds)
		return nil
	}))
}

func deadHandle(t *testing.T, w *World) {
	var old storage.Tx
	var who access.Actor
	var see access.Filter
	var rows access.Rows[timesheet.Tag]
	require.NoError(t, w.DB.Update(t.Context(), w.A.North, by(w.A.Ann), func(_ context.Context, s storage.Tx) error {
		old, who, see, rows = s, s.Who(), s.Who().Sees(timesheet.ViewTag), s.Tags()
		return nil
	}))
	before := w.dump(t, w.A.Whole, by(w.A.Admin))
	_, err := rows.List(t.Context(), see, access.Query{})
	require.Error(t, err, "rows kept")
	_, _, err = old.Tags().Get(t.Context(), see, w.A.Tag.ID)
	require.Error(t, err)
	_, err = old.Entries(t.Context(), who.Sees(timesheet.ViewEntry), timesheet.EntryQuery{})
	require.Error(t, err)
	_, err = w.Book.AddTag(t.Context(), old, "late")
	require.Error(t, err, "a write after the end")
	_, err = w.Book.Record(t.Context(), old, timed(later, time.Hour, w.A.Private))
	require.Error(t, err)
	require.Empty(t, who.Allowed(access.Resource{}))
	require.Equal(t, access.Filter{}, who.Sees(timesheet.ViewTag), "an actor that was kept sees nothing")
	// In another transaction the old actor's proofs are no better.
	write(t, w, w.A.North, by(w.A.Ann), func(ctx context.Context, s storage.Tx) (bool, error) {
		_, err := s.Tags().List(ctx, see, access.Query{})
		require.ErrorIs(t, err, fault.Proof)
		_, err = s.Tags().List(ctx, who.Sees(timesheet.ViewTag), access.Query{})
		require.ErrorIs(t, err, fault.Proof)
		_, err = who.May(timesheet.CreateTag, s.Draft(access.Row{Kind: timesheet.KindTag, ID: s.NewID(), Site: w.A.North.Site()}))
		require.ErrorIs(t, err, fault.Proof)
		return true, nil
	})
	sameDump(t, before, w.dump(t, w.A.Whole, by(w.A.Admin)), "a dead handle wrote")
}

func cancelled(t *testing.T, w *World) {
	before := w.dump(t, w.A.Whole, by(w.A.Admin))
	ctx, cancel := context.WithCancel(t.Context())
	err := w.DB.Update(ctx, w.A.North, by(w.A.Admin), func(ctx context.Context, s storage.Tx) error {
		require.NoError(t, w.everything(ctx, s))
		cancel()
		return nil
	})
	require.ErrorIs(t, err, context.Canceled, "cancelled before the commit")
	err = w.DB.View(ctx, w.A.North, by(w.A.Admin), func(ctx context.Context, v storage.View) error {
		_, err := v.Tags().List(ctx, v.Who().Sees(timesheet.ViewTag), access.Query{})
		return err
	})
	require.ErrorIs(t, err, context.Canceled)
	err = w.DB.Installation(ctx, worker, func(ctx context.Context, h storage.Installation) error {
		_, err := admin.AddDomain(ctx, h, admin.Provision{Name: "Never", Admin: first.Admin})
		return err
	})
	require.ErrorIs(t, err, context.Canceled)
	sameDump(t, before, w.dump(t, w.A.Whole, by(w.A.Admin)), "something was written")
}

// viewOnly looks for the methods of a Tx on the handle of a View: a type
// assertion must not find them.
func viewOnly(t *testing.T, w *World) {
	require.NoError(t, w.DB.View(t.Context(), w.A.North, by(w.A.Admin), func(_ context.Context, v storage.View) error {
		_, writes := v.(storage.Tx)
		require.False(t, writes)
		_, writes = v.(timesheet.Store)
		require.False(t, writes)
		_, writes = v.(admin.Store)
		require.False(t, writes)
		_, root := v.(storage.Installation)
		require.False(t, root)
		return nil
	}))
}

func staleVersions(t *testing.T, w *World) {
	d := w.A
	e := d.AnnsTime
	e.Note = "first"
	first, err := w.edit(t, d.North, by(d.Ann), e)
	require.NoError(t, err)
	require.Equal(t, e.Version+1, first.Version)
	e.Note = "second, from the same copy"
	_, err = w.edit(t, d.North, by(d.Ann), e)
	require.ErrorIs(t, err, fault.Stale)
	require.ErrorIs(t, w.remove(t, d.North, by(d.Ann), e), fault.Stale)
	require.Equal(t, first, w.entry(t, d.North, by(d.Ann), e.ID))

	p := d.Private
	p.Name = "first"
	_, err = w.editProject(t, d.North, by(d.Ann), p)
	require.NoError(t, err)
	p.Name = "second"
	_, err = w.editProject(t, d.North, by(d.Ann), p)
	require.ErrorIs(t, err, fault.Stale)

	// The store checks by itself, whatever the use case has read.
	tag := func(version int64) error {
		return w.DB.Update(t.Context(), d.North, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
			_, err := amend(ctx, s, s.Tags(), timesheet.ViewTag, timesheet.EditTag, d.Tag.ID, s.PutTag, func(e *timesheet.Tag) { e.Name, e.Version = "renamed", version })
			return err
		})
	}
	err = tag(7)
	require.Error(t, err)
	require.Contains(t, []fault.Code{fault.CodeStale, fault.CodeProof}, fault.CodeOf(err), "a version that is not the stored one, nor the permit's")
	err = tag(0)
	require.Error(t, err, "a new row in the place of one that is there")
	require.NoError(t, tag(1))
	write(t, w, d.North, by(d.Admin), func(ctx context.Context, s storage.Tx) (bool, error) {
		old, r, err := s.Tags().Get(ctx, s.Who().Sees(timesheet.ViewTag), d.Tag.ID)
		require.NoError(t, err)
		may, err := s.Who().May(timesheet.EditTag, r)
		require.NoError(t, err)
		_, err = s.PutTag(ctx, may, old)
		require.NoError(t, err)
		_, err = s.PutTag(ctx, may, old)
		require.ErrorIs(t, err, fault.Stale, "one permit, used twice on the same copy")

		entry, r, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), d.BensTime.ID)
		require.NoError(t, err)
		may, err = s.Who().May(timesheet.EditEntry, r)
		require.NoError(t, err)
		_, err = s.PutEntry(ctx, may, entry, rawSlices(entry))
		require.NoError(t, err)
		_, err = s.PutEntry(ctx, may, entry, rawSlices(entry))
		require.ErrorIs(t, err, fault.Stale)
		return true, nil
	})

	require.NoError(t, w.remove(t, d.North, by(d.Ann), first))
	_, err = w.edit(t, d.North, by(d.Ann), first)
	require.ErrorIs(t, err, fault.NotFound, "what is removed is not found")
}

// refusedAmongOthers goes on after a refusal by a rule: what was written before
// and after is kept.
func refusedAmongOthers(t *testing.T, w *World) {
	require.NoError(t, w.DB.Update(t.Context(), w.A.North, by(w.A.Ann), func(ctx context.Context, s storage.Tx) error {
		_, err := w.Book.AddTag(ctx, s, "one")
		require.NoError(t, err)
		_, err = w.Book.AddTag(ctx, s, "")
		require.ErrorIs(t, err, fault.Invalid)
		_, err = w.Book.AddActivity(ctx, s, "not hers to add")
		require.ErrorIs(t, err, fault.Denied)
		_, err = w.Book.Record(ctx, s, timed(later, time.Hour, w.A.Far))
		require.ErrorIs(t, err, fault.NotFound)
		_, err = w.Book.AddTag(ctx, s, "two")
		return err
	}))
	require.Len(t, read(t, w, w.A.North, by(w.A.Ann), readerOf(timesheet.KindTag).all), 3)
}
