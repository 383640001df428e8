package postgres_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/internal/pgtest"
	"github.com/seed-5be203e9/stint/storage/internal/stmtcheck"
	"github.com/seed-5be203e9/stint/storage/postgres"
	"github.com/seed-5be203e9/stint/storage/storagetest"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// world is a store with two domains, and the database it is in.
type world struct {
	*storagetest.World
	db  *postgres.DB
	log *stmtcheck.Log
	at  *pgtest.Database
	app string // the DSN that db is opened with
}

// newWorld opens a store as change wants it and fills every table for two
// domains.
func newWorld(t testing.TB, change func(*postgres.Config)) *world {
	t.Helper()
	w := &world{}
	w.at, w.app = migrated(t)
	w.World = storagetest.NewWorld(t, func(t testing.TB, cfg storagetest.Config) storage.DB {
		c := postgres.Config{DSN: w.app, Policy: cfg.Policy, Now: cfg.Now, NewID: cfg.NewID}
		if change != nil {
			change(&c)
		}
		w.db, w.log = open(t, c)
		return w.db
	})
	for _, d := range []*storagetest.Domain{w.A, w.B} {
		require.NoError(t, w.DB.Installation(t.Context(), system.Because("a login in each domain"), func(ctx context.Context, in storage.Installation) error {
			token, err := admin.IssueEnrolment(ctx, in, d.Admin.Account, d.ID)
			if err == nil {
				_, err = admin.Enrol(ctx, in, token, "admin of "+d.ID.String(), "no hash")
			}
			return err
		}))
		// A task that no entry names.
		require.NoError(t, w.DB.Update(t.Context(), d.North, access.ByMember(d.Ann.ID), func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddTask(ctx, s, d.Private.ID, "Build")
			return err
		}))
	}
	return w
}

// record records an hour for Eve of a domain, n days after the world's own time.
func (w *world) record(ctx context.Context, s storage.Tx, n int) error {
	start := storagetest.Start.AddDate(0, 0, 7+n)
	_, err := w.Book.Record(ctx, s, timesheet.Entry{Form: timesheet.Timed, Start: start, End: start.Add(time.Hour), Zone: "UTC"})
	return err
}

// readOwn reads the time of the actor.
func readOwn(ctx context.Context, v storage.View) ([]timesheet.Entry, error) {
	page, err := v.Entries(ctx, v.Who().Sees(timesheet.ViewEntry), timesheet.EntryQuery{Person: v.Who().Member()})
	return page.Rows, err
}

// withDomain returns the names of all tables that have a domain_id.
func withDomain(t testing.TB, on querier) []string {
	t.Helper()
	var names []string
	for _, table := range catalogue(t, on) {
		if slices.ContainsFunc(table.Columns, func(c stmtcheck.Column) bool { return c.Name == "domain_id" }) {
			names = append(names, table.Name)
		}
	}
	slices.Sort(names)
	return names
}

// inTx runs fn in a transaction that leaves nothing behind. fn may go on after
// an error inside a tx of its own.
func inTx(t testing.TB, conn *pgx.Conn, fn func(tx pgx.Tx)) {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	fn(tx)
}

// refused runs a statement that must fail, and returns why.
func refused(t testing.TB, tx pgx.Tx, query string, args ...any) *pgconn.PgError {
	t.Helper()
	inner, err := tx.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = inner.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = inner.Exec(t.Context(), query, args...)
	e, ok := errors.AsType[*pgconn.PgError](err)
	require.True(t, ok, "not refused by the database: %s: %v", query, err)
	return e
}
