package decide

import (
	"context"
	"os"
	"path/filepath"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/memory"
	"github.com/seed-5be203e9/stint/storage/sqlite"
)

// Store is a way to open an empty store.
type Store struct {
	Name string
	open func(ctx context.Context, dir string) (storage.DB, error)
}

// Stores are those that actors are loaded from.
var Stores = []Store{
	{"memory", func(context.Context, string) (storage.DB, error) { return memory.Open(memory.Config{}) }},
	{"SQLite", func(ctx context.Context, dir string) (storage.DB, error) {
		return sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "decide.db")})
	}},
}

// with opens a store for as long as fn runs.
func (s Store) with(ctx context.Context, fn func(storage.DB) error) error {
	dir, err := os.MkdirTemp("", "stint-decide-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := s.open(ctx, dir)
	if err != nil {
		return err
	}
	defer db.Close()
	return fn(db)
}
