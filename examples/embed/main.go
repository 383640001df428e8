// Command embed is a small program that had users, organisations and jobs
// before, and now tracks time with Stint: in its own database, for its own
// users, in its own transactions. Everything of Stint is in tracker.go.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/sqlite"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "stint-embed-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	h, err := open(ctx, filepath.Join(dir, "host.db"))
	if err != nil {
		return err
	}
	defer h.close()
	ann, err := h.authenticate(ctx, "ann-key")
	if err != nil {
		return err
	}
	nine := time.Date(2021, 4, 6, 7, 0, 0, 0, time.UTC) // in Berlin
	fmt.Fprintf(out, "%s finishes job 1 from 9:00 to 10:30: %s\n", ann.Name, said(h.finish(ctx, ann, 1, nine, nine.Add(90*time.Minute))))
	fmt.Fprintf(out, "%s finishes job 2 before she began it: %s\n", ann.Name, said(h.finish(ctx, ann, 2, nine, nine.Add(-time.Minute))))
	done, err := h.finished(ctx)
	if err != nil {
		return err
	}
	seconds, err := h.tracked(ctx, ann)
	fmt.Fprintf(out, "jobs that are done: %d; time that is recorded: %s\n", done, zone.FormatDuration(seconds))
	return err
}

// open opens the host's database, and Stint on the same file beside it.
func open(ctx context.Context, path string) (h host, err error) {
	// Stint asks of a host's pool on SQLite that it keeps foreign keys.
	h.db, err = sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=foreign_keys(1)")
	if err != nil {
		return h, err
	}
	if h.tracker.db, err = sqlite.Open(ctx, sqlite.Config{Path: path}); err != nil {
		return h, errors.Join(err, h.db.Close())
	}
	return h, h.prepare(ctx)
}

func (h host) close() error { return errors.Join(h.tracker.db.Close(), h.db.Close()) }

// prepare makes the tables of both, and enables Stint for two organisations
// that the host has.
func (h host) prepare(ctx context.Context) error {
	if err := h.tracker.db.Migrate(ctx); err != nil {
		return err
	}
	_, err := h.db.ExecContext(ctx, schema+`
		insert into organisations values (41, 'Acme', 'Europe/Berlin'), (42, 'Globex', 'America/New_York');
		insert into users values (7, 41, 'Ann', 'ann-key'), (8, 42, 'Ben', 'ben-key');
		insert into jobs values (1, 41, 'Paint the rocket', null), (2, 41, 'Launch it', null), (3, 42, 'Ship it', null);`)
	if err != nil {
		return err
	}
	if err := h.tracker.enable(ctx, organisation{41, "Acme", "Europe/Berlin"}, user{7, 41, "Ann"}); err != nil {
		return err
	}
	return h.tracker.enable(ctx, organisation{42, "Globex", "America/New_York"}, user{8, 42, "Ben"})
}

// finished counts the host's rows.
func (h host) finished(ctx context.Context) (n int, err error) {
	err = h.db.QueryRowContext(ctx, "select count(*) from jobs where done_by is not null").Scan(&n)
	return n, err
}

// tracked sums the time that a user may see.
func (h host) tracked(ctx context.Context, u user) (seconds int64, err error) {
	in, err := tenancy.NewResolver(h.tracker.db).ByRef(ctx, id(u.Organisation))
	if err != nil {
		return 0, err
	}
	err = h.tracker.db.View(ctx, in, access.ByRef(id(u.ID)), func(ctx context.Context, v storage.View) error {
		r, err := report.Run(ctx, v, report.Query{})
		seconds = r.Total.Seconds
		return err
	})
	return seconds, err
}

func said(err error) string {
	if err != nil {
		return "refused, and nothing is kept: " + err.Error()
	}
	return "done"
}
