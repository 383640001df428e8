package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// Read returns what fn returns from a View.
func Read[T any](ctx context.Context, db storage.DB, in tenancy.Scope, as access.Principal, fn func(context.Context, storage.View) (T, error)) (T, error) {
	var got T
	err := db.View(ctx, in, as, func(ctx context.Context, v storage.View) (err error) {
		got, err = fn(ctx, v)
		return err
	})
	return got, err
}

// Write returns what fn returns from an Update.
func Write[T any](ctx context.Context, db storage.DB, in tenancy.Scope, as access.Principal, fn func(context.Context, storage.Tx) (T, error)) (T, error) {
	var got T
	err := db.Update(ctx, in, as, func(ctx context.Context, s storage.Tx) (err error) {
		got, err = fn(ctx, s)
		return err
	})
	return got, err
}

// read is Read that must succeed.
func read[T any](t testing.TB, w *World, in tenancy.Scope, as access.Principal, fn func(context.Context, storage.View) (T, error)) T {
	t.Helper()
	got, err := Read(t.Context(), w.DB, in, as, fn)
	require.NoError(t, err)
	return got
}

// write is Write that must succeed.
func write[T any](t testing.TB, w *World, in tenancy.Scope, as access.Principal, fn func(context.Context, storage.Tx) (T, error)) T {
	t.Helper()
	got, err := Write(t.Context(), w.DB, in, as, fn)
	require.NoError(t, err)
	return got
}

// by is the principal of a person.
func by(m tenancy.Membership) access.Principal { return access.ByMember(m.ID) }

// Record records an entry as somebody.
func (w *World) Record(t testing.TB, in tenancy.Scope, as access.Principal, e timesheet.Entry) (timesheet.Entry, error) {
	return Write(t.Context(), w.DB, in, as, func(ctx context.Context, s storage.Tx) (timesheet.Entry, error) {
		return w.Book.Record(ctx, s, e)
	})
}

// recorded is Record that must succeed.
func (w *World) recorded(t testing.TB, in tenancy.Scope, as access.Principal, e timesheet.Entry) timesheet.Entry {
	t.Helper()
	got, err := w.Record(t, in, as, e)
	require.NoError(t, err)
	return got
}

// edit edits an entry as somebody.
func (w *World) edit(t testing.TB, in tenancy.Scope, as access.Principal, e timesheet.Entry) (timesheet.Entry, error) {
	return Write(t.Context(), w.DB, in, as, func(ctx context.Context, s storage.Tx) (timesheet.Entry, error) {
		return w.Book.Edit(ctx, s, e)
	})
}

// remove removes an entry as somebody.
func (w *World) remove(t testing.TB, in tenancy.Scope, as access.Principal, e timesheet.Entry) error {
	return w.DB.Update(t.Context(), in, as, func(ctx context.Context, s storage.Tx) error {
		return w.Book.Remove(ctx, s, e.ID, e.Version)
	})
}

// entry returns one entry as somebody sees it.
func (w *World) entry(t testing.TB, in tenancy.Scope, as access.Principal, id timesheet.EntryID) timesheet.Entry {
	t.Helper()
	return read(t, w, in, as, func(ctx context.Context, v storage.View) (timesheet.Entry, error) {
		e, _, err := v.Entry(ctx, v.Who().Sees(timesheet.ViewEntry), id)
		return e, err
	})
}

// entries returns all entries that somebody sees, in the order of the store.
func (w *World) entries(t testing.TB, in tenancy.Scope, as access.Principal, q timesheet.EntryQuery) []timesheet.Entry {
	t.Helper()
	return read(t, w, in, as, func(ctx context.Context, v storage.View) ([]timesheet.Entry, error) {
		return allEntries(ctx, v, q)
	})
}

func allEntries(ctx context.Context, v storage.View, q timesheet.EntryQuery) ([]timesheet.Entry, error) {
	return follow(func(after string) (access.Page[timesheet.Entry], error) {
		q.After = after
		return v.Entries(ctx, v.Who().Sees(timesheet.ViewEntry), q)
	})
}

// report runs a report as somebody.
func (w *World) report(t testing.TB, in tenancy.Scope, as access.Principal, q report.Query) report.Report {
	t.Helper()
	return read(t, w, in, as, func(ctx context.Context, v storage.View) (report.Report, error) {
		return report.Run(ctx, v, q)
	})
}

// timed is an entry from an instant on, in UTC.
func timed(start time.Time, length time.Duration, project timesheet.Project) timesheet.Entry {
	return timesheet.Entry{Form: timesheet.Timed, Start: start, End: start.Add(length), Zone: "UTC", Project: project.ID}
}

// noProject is the project of time without one.
var noProject timesheet.Project
