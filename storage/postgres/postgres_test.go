package postgres_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/internal/pgtest"
	"github.com/seed-5be203e9/stint/storage/internal/stmtcheck"
	"github.com/seed-5be203e9/stint/storage/postgres"
	"github.com/seed-5be203e9/stint/storage/storagetest"
)

// migrated returns a database with the schema, and the DSN of a login that is
// neither its owner nor a superuser, as a program should have.
func migrated(t testing.TB) (db *pgtest.Database, app string) {
	t.Helper()
	db = pgtest.NewFrom(t, "stint", func(dsn string) error {
		owner, err := postgres.Open(context.Background(), postgres.Config{DSN: dsn, Conns: 1})
		if err != nil {
			return err
		}
		defer owner.Close()
		return owner.Migrate(context.Background())
	})
	app = db.AppDSN(t)
	exec(t, db.DSN, "grant stint_tenant, stint_installation to "+db.Role)
	return db, app
}

// open opens a store of which every statement is checked.
func open(t testing.TB, c postgres.Config) (*postgres.DB, *stmtcheck.Log) {
	t.Helper()
	log := stmtcheck.New(stmtcheck.DomainTables())
	c.Wrap = log.Wrap
	db, err := postgres.Open(t.Context(), c)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, db.Close())
		require.Empty(t, log.Refused())
	})
	return db, log
}

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t testing.TB, cfg storagetest.Config) storage.DB {
		_, app := migrated(t)
		db, _ := open(t, postgres.Config{DSN: app, Conns: 12, Policy: cfg.Policy, Now: cfg.Now, NewID: cfg.NewID})
		return db
	})
}

// exec runs SQL beside the store.
func exec(t testing.TB, dsn, query string) {
	t.Helper()
	conn := connect(t, dsn)
	_, err := conn.Exec(t.Context(), query)
	require.NoError(t, err)
}
