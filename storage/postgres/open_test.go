package postgres_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/internal/pgtest"
	"github.com/seed-5be203e9/stint/storage/internal/stmtcheck"
	"github.com/seed-5be203e9/stint/storage/postgres"
	"github.com/seed-5be203e9/stint/storage/storagetest"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// A pooler may answer each transaction with another connection, so nothing may
// be left on one.
func TestNoStatementCache(t *testing.T) {
	w := newWorld(t, func(c *postgres.Config) { c.NoStatementCache, c.Conns = true, 1 })
	as := access.ByMember(w.A.Ben.ID)
	var made []timesheet.Entry
	require.NoError(t, w.DB.Update(t.Context(), w.A.North, as, func(ctx context.Context, s storage.Tx) (err error) {
		start := storagetest.Start.AddDate(0, 0, 7)
		many := make([]timesheet.Entry, 5)
		for i := range many {
			many[i] = timesheet.Entry{Form: timesheet.Timed, Start: start.AddDate(0, 0, i), End: start.AddDate(0, 0, i).Add(time.Hour), Zone: "Europe/Berlin",
				Project: w.A.Private.ID, Task: w.A.Task.ID, Activity: w.A.Activity.ID, Tags: []timesheet.TagID{w.A.Tag.ID}, Billable: i%2 == 0, Note: "it's one of many"}
		}
		made, err = w.Book.RecordAll(ctx, s, many)
		return err
	}))
	require.NoError(t, w.DB.Update(t.Context(), w.A.North, as, func(ctx context.Context, s storage.Tx) error {
		e := made[0]
		e.End, e.Seconds, e.Tags = e.End.Add(time.Hour), 0, nil
		if _, err := w.Book.Edit(ctx, s, e); err != nil {
			return err
		}
		return w.Book.Remove(ctx, s, made[1].ID, made[1].Version)
	}))
	require.NoError(t, w.DB.View(t.Context(), w.A.North, as, func(ctx context.Context, v storage.View) error {
		own, err := readOwn(ctx, v)
		require.NoError(t, err)
		require.Len(t, own, 5, "four, and one of the world")
		sum, err := report.Run(ctx, v, report.Query{By: []report.Dimension{report.Project, report.Client, report.Day, report.Billable}})
		require.NoError(t, err)
		require.Equal(t, int64(6*3600), sum.Total.Seconds, "one is twice as long")
		_, _, err = v.Entry(ctx, v.Who().Sees(timesheet.ViewEntry), w.B.AnnsTime.ID)
		require.ErrorIs(t, err, fault.NotFound)
		return nil
	}))
	tx, err := w.db.SQL().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, w.db.Join(t.Context(), tx, w.A.North, as, func(ctx context.Context, s storage.Tx) error { return w.record(ctx, s, 30) }))
	require.NoError(t, tx.Commit())

	var prepared int
	require.NoError(t, w.db.SQL().QueryRowContext(t.Context(), "select count(*) from pg_prepared_statements").Scan(&prepared))
	require.Zero(t, prepared, "J1 statements are left on the connection")
}

func TestMigrate(t *testing.T) {
	t.Run("J1 four programs migrate one database at once, twice", func(t *testing.T) {
		at := pgtest.New(t)
		var all sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			db, err := postgres.Open(t.Context(), postgres.Config{DSN: at.DSN, Conns: 2})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			all.Go(func() {
				if errs[i] = db.Migrate(t.Context()); errs[i] == nil {
					errs[i] = db.Migrate(t.Context())
				}
			})
		}
		all.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.Empty(t, stmtcheck.Lint(catalogue(t, connect(t, at.DSN)), "uuid"))
	})
	t.Run("J1 a program that may not change the schema finds it as it should be", func(t *testing.T) {
		_, app := migrated(t)
		db, _ := open(t, postgres.Config{DSN: app, Conns: 1})
		require.NoError(t, db.Migrate(t.Context()))
	})
}
