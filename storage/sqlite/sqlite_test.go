package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/internal/stmtcheck"
	"github.com/seed-5be203e9/stint/storage/sqlite"
	"github.com/seed-5be203e9/stint/storage/storagetest"
)

// open opens a store of which every statement is checked.
func open(t testing.TB, c sqlite.Config) (*sqlite.DB, *stmtcheck.Log) {
	t.Helper()
	log := stmtcheck.New(stmtcheck.DomainTables())
	c.Wrap = log.Wrap
	db, err := sqlite.Open(t.Context(), c)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, db.Close())
		require.Empty(t, log.Refused())
	})
	return db, log
}

// migrated opens a new database with the schema.
func migrated(t testing.TB, cfg storagetest.Config) (*sqlite.DB, *stmtcheck.Log) {
	t.Helper()
	db, log := open(t, sqlite.Config{
		Path:   filepath.Join(t.TempDir(), "stint.db"),
		Policy: cfg.Policy, Now: cfg.Now, NewID: cfg.NewID,
	})
	require.NoError(t, db.Migrate(t.Context()))
	return db, log
}

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t testing.TB, cfg storagetest.Config) storage.DB {
		db, _ := migrated(t, cfg)
		return db
	})
}
