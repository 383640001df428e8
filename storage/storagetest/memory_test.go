package storagetest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/memory"
	"github.com/seed-5be203e9/stint/storage/storagetest"
)

// The suite runs on the memory store.
func TestMemory(t *testing.T) {
	storagetest.Run(t, func(t testing.TB, cfg storagetest.Config) storage.DB {
		db, err := memory.Open(memory.Config{Policy: cfg.Policy, Now: cfg.Now, NewID: cfg.NewID})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		require.NoError(t, db.Migrate(t.Context()))
		return db
	})
}
