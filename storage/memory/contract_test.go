package memory_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/memory"
	"github.com/seed-5be203e9/stint/storage/storagetest"
)

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t testing.TB, c storagetest.Config) storage.DB {
		db, err := memory.Open(memory.Config(c))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		require.NoError(t, db.Migrate(t.Context()))
		return db
	})
}
