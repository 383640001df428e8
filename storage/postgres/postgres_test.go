package postgres_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/internal/pgtest"
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

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t testing.TB, cfg storagetest.Config) storage.DB {
		_, app := migrated(t)
		db, err := postgres.Open(t.Context(), postgres.Config{DSN: app, Conns: 12, Policy: cfg.Policy, Now: cfg.Now, NewID: cfg.NewID})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
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
