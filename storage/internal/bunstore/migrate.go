package bunstore

import (
	"context"
	"io/fs"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"
)

// Migrate brings a database to the newest of the migrations. Several programs
// may do so at once: who comes second fails on what the first has made, looks
// again, and finds nothing left to do.
func Migrate(ctx context.Context, db *bun.DB, files fs.FS) error {
	migrations := migrate.NewMigrations()
	if err := migrations.Discover(files); err != nil {
		return err
	}
	m := migrate.NewMigrator(db, migrations,
		migrate.WithTableName("stint_migrations"), migrate.WithLocksTableName("stint_migration_locks"),
		migrate.WithMarkAppliedOnSuccess(true))
	done := func() bool {
		status, err := m.MigrationsWithStatus(ctx)
		return err == nil && len(status.Unapplied()) == 0
	}
	if done() {
		return nil // asked by a program that may not change the schema, too
	}
	var err error
	for wait := 10 * time.Millisecond; wait < 10*time.Second; wait *= 2 {
		if err = m.Init(ctx); err == nil {
			if _, err = m.Migrate(ctx); err == nil {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		if done() {
			return nil
		}
	}
	return err
}
