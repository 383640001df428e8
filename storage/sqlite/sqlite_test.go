package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/sqlite"
	"github.com/seed-5be203e9/stint/storage/storagetest"
)

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t testing.TB, cfg storagetest.Config) storage.DB {
		db, err := sqlite.Open(t.Context(), sqlite.Config{
			Path:   filepath.Join(t.TempDir(), "stint.db"),
			Policy: cfg.Policy, Now: cfg.Now, NewID: cfg.NewID,
		})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		require.NoError(t, db.Migrate(t.Context()))
		return db
	})
}
