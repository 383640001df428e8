package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/postgres"
	"github.com/seed-5be203e9/stint/storage/sqlite"
)

// store is a database with a world in it, and the ways to it.
type store struct {
	name  string
	world *world
	hand  hand
	tuned hand // nil: there is none

	clean func(ctx context.Context) (imported, error) // counts and removes what was imported
	trips func(ctx context.Context, do func(storage.DB, hand) error) (int, error)
	close func()
}

// openPostgres makes a database on a server and builds the world in it.
func openPostgres(ctx context.Context, s size) (*store, error) {
	srv, err := openServer(ctx)
	if err != nil {
		return nil, err
	}
	db, err := postgres.Open(ctx, postgres.Config{DSN: srv.dsn})
	if err != nil {
		srv.close()
		return nil, err
	}
	pool, err := openPG(ctx, srv.dsn)
	if err != nil {
		_ = db.Close()
		srv.close()
		return nil, err
	}
	out := &store{name: "PostgreSQL", hand: pgHand{pool, false}, tuned: pgHand{pool, true}}
	out.close = func() {
		pool.Close()
		_ = db.Close()
		srv.close()
	}
	if out.world, err = build(ctx, db, s); err == nil {
		err = tidy(ctx, pool)
	}
	if err != nil {
		out.close()
		return nil, err
	}
	out.clean = func(ctx context.Context) (n imported, err error) {
		domain := out.world.imports.domain
		err = pool.QueryRow(ctx, pgCount, domain).Scan(&n.entries, &n.overlapping, &n.seconds, &n.slices, &n.events)
		for _, table := range []string{"slices", "entries", "events"} {
			if err == nil {
				_, err = pool.Exec(ctx, "delete from stint_"+table+" where domain_id = $1"+onlyEntries[table], domain)
			}
		}
		if err == nil {
			err = tidy(ctx, pool)
		}
		return n, err
	}
	out.trips = func(ctx context.Context, do func(storage.DB, hand) error) (int, error) {
		return pgTrips(ctx, srv.dsn, do)
	}
	return out, nil
}

const pgCount = `select count(*), count(*) filter (where overlapping), coalesce(sum(seconds), 0)::bigint,
	(select count(*) from stint_slices where domain_id = $1), (select count(*) from stint_events where domain_id = $1 and kind = 'entry')
	from stint_entries where domain_id = $1`

// onlyEntries spares what a domain was founded with.
var onlyEntries = map[string]string{"events": " and kind = 'entry'"}

// tidy gives the planner its statistics. The first vacuum may run before the
// load is visible to everyone, the second sets the visibility map.
func tidy(ctx context.Context, pool *pgxpool.Pool) error {
	for _, text := range []string{"vacuum analyze", "vacuum"} {
		if _, err := pool.Exec(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// pgTrips counts the round trips of one operation on connections that know its
// statements already.
func pgTrips(ctx context.Context, dsn string, do func(storage.DB, hand) error) (int, error) {
	t, err := newTrips(dsn)
	if err != nil {
		return 0, err
	}
	defer t.close()
	through, err := t.dsn(dsn)
	if err != nil {
		return 0, err
	}
	db, err := postgres.Open(ctx, postgres.Config{DSN: through, Conns: 1})
	if err != nil {
		return 0, err
	}
	defer db.Close()
	pool, err := openPG(ctx, through)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	h := pgHand{pool: pool}
	if err := do(db, h); err != nil {
		return 0, err
	}
	return t.during(func() error { return do(db, h) })
}

// analyze gives SQLite's planner the statistics of the indexes without samples
// of their keys: with samples it would plan a prepared statement anew for each
// new argument, which costs more than a read.
func analyze(ctx context.Context, db *sql.DB) error {
	for _, text := range []string{"analyze", "delete from sqlite_stat4", "analyze sqlite_schema", "create table bench_reload (x)", "drop table bench_reload"} {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// openSQLite makes a file and builds the world in it.
func openSQLite(ctx context.Context, s size) (*store, error) {
	dir, err := os.MkdirTemp("", "stint-bench-")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "bench.db")
	db, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	out := &store{name: "SQLite"}
	out.close = func() {
		_ = db.Close()
		_ = os.RemoveAll(dir)
	}
	out.world, err = build(ctx, db, s)
	if err == nil && s.analyze {
		err = analyze(ctx, db.SQL())
	}
	h := liteHand{}
	if err == nil {
		h, err = openLite(path)
	}
	if err != nil {
		out.close()
		return nil, err
	}
	out.hand = h
	out.close = func() {
		h.close()
		_ = db.Close()
		_ = os.RemoveAll(dir)
	}
	out.clean = func(ctx context.Context) (n imported, err error) {
		domain := h.id(out.world.imports.domain)
		err = h.write.QueryRowContext(ctx, lite(`select count(*), coalesce(sum(overlapping), 0), coalesce(sum(seconds), 0),
			(select count(*) from stint_slices where domain_id = $1), (select count(*) from stint_events where domain_id = $1 and kind = 'entry')
			from stint_entries where domain_id = $1`), domain).Scan(&n.entries, &n.overlapping, &n.seconds, &n.slices, &n.events)
		for _, table := range []string{"slices", "entries", "events"} {
			if err == nil {
				_, err = h.write.ExecContext(ctx, "delete from stint_"+table+" where domain_id = ?1"+onlyEntries[table], domain)
			}
		}
		if err == nil {
			_, err = h.write.ExecContext(ctx, "pragma wal_checkpoint(truncate)")
		}
		return n, err
	}
	return out, nil
}
