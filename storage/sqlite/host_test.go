package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/internal/stmtcheck"
	"github.com/seed-5be203e9/stint/storage/sqlite"
	"github.com/seed-5be203e9/stint/storage/storagetest"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// newWorld opens a store with two domains.
func newWorld(t testing.TB) (*storagetest.World, *sqlite.DB) {
	t.Helper()
	var db *sqlite.DB
	w := storagetest.NewWorld(t, func(t testing.TB, cfg storagetest.Config) storage.DB {
		db, _ = migrated(t, cfg)
		return db
	})
	return w, db
}

// The log has to refuse, or the contract under it proves nothing.
func TestStatements(t *testing.T) {
	t.Run("T18 a statement without domain_id does not leave", func(t *testing.T) {
		log := stmtcheck.New(stmtcheck.DomainTables())
		db, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "stint.db"), Wrap: log.Wrap})
		require.NoError(t, err)
		defer db.Close()
		require.NoError(t, db.Migrate(t.Context()))
		const bad = "delete from stint_tags"
		_, err = db.SQL().ExecContext(t.Context(), bad)
		require.ErrorContains(t, err, "stint_tags without a domain_id")
		_, err = db.SQL().PrepareContext(t.Context(), bad)
		require.ErrorContains(t, err, bad)
		_, err = db.SQL().QueryContext(t.Context(), bad)
		require.ErrorContains(t, err, bad)
		require.Len(t, log.Refused(), 3)
	})
}

func TestReferences(t *testing.T) {
	t.Run("J14 T12 T48 no reference of any table leads into another domain", func(t *testing.T) {
		w, db := newWorld(t)
		a, b := w.A.ID, w.B.ID
		require.NoError(t, w.DB.Update(t.Context(), w.B.North, access.ByMember(w.B.Ann.ID), func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddTask(ctx, s, w.B.Private.ID, "Build") // that no entry names
			return err
		}))
		tried := map[string]bool{}
		for _, table := range catalogue(t, db.SQL()) {
			for _, f := range table.Foreign {
				if len(f.Columns) == 1 || !slices.Contains(stmtcheck.DomainTables(), f.Table) {
					continue // of the domain itself, or to the installation
				}
				column, ref := f.Columns[len(f.Columns)-1], f.Refs[len(f.Refs)-1]
				set := column + " = (select " + ref + " from " + f.Table + " where domain_id = ?1 order by " + ref + " desc limit 1)"
				set += stmtcheck.Besides(table.Name, column)
				key := strings.Join(table.Primary, ", ")
				_, err := db.SQL().ExecContext(t.Context(), "update "+table.Name+" set "+set+" where domain_id = ?2 and ("+key+") = (select "+key+" from "+table.Name+
					" where domain_id = ?2 order by "+column+" is null, "+table.Primary[len(table.Primary)-1]+" desc limit 1)", a[:], b[:])
				require.ErrorContains(t, err, "FOREIGN KEY constraint failed", "%s.%s", table.Name, column)
				tried[table.Name+"."+column] = true
			}
		}
		for _, column := range []string{"site_id", "membership_id", "recorder_id", "project_id", "task_id", "activity_id"} {
			require.True(t, tried["stint_entries."+column], column)
		}
		// An entry of A's person, as if it were B's.
		_, err := db.SQL().ExecContext(t.Context(), `insert into stint_entries (domain_id, id, version, created_at, site_id, membership_id, form, started_at, seconds, zone, note, billable, overlapping, external_amount)
			select ?1, ?2, 1, 0, s.id, m.id, 'untimed', 0, 60, 'UTC', '', 0, 0, 0 from stint_memberships m, stint_sites s where m.domain_id = ?3 and m.id = ?4 and s.domain_id = ?1 limit 1`,
			b[:], make([]byte, 16), a[:], w.A.Ann.ID[:])
		require.ErrorContains(t, err, "FOREIGN KEY constraint failed")
	})
}

// A host has tables of its own, with keys of its own, in the same file.
func TestJoin(t *testing.T) {
	w, db := newWorld(t)
	_, err := db.SQL().ExecContext(t.Context(), "create table orders (id integer primary key, note text not null)")
	require.NoError(t, err)
	as, n := access.ByMember(w.A.Eve.ID), 0
	count := func() (c [2]int) {
		require.NoError(t, db.SQL().QueryRowContext(t.Context(), "select count(*) from orders").Scan(&c[0]))
		require.NoError(t, w.DB.View(t.Context(), w.A.North, as, func(ctx context.Context, v storage.View) error {
			page, err := v.Entries(ctx, v.Who().Sees(timesheet.ViewEntry), timesheet.EntryQuery{Person: v.Who().Member()})
			c[1] = len(page.Rows)
			return err
		}))
		return c
	}
	begin := func(t *testing.T) *sql.Tx {
		tx, err := db.SQL().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		t.Cleanup(func() { _ = tx.Rollback() })
		return tx
	}
	both := func(t *testing.T, tx *sql.Tx) {
		n++
		start := storagetest.Start.AddDate(0, 0, n)
		require.NoError(t, db.Join(t.Context(), tx, w.A.North, as, func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.Record(ctx, s, timesheet.Entry{Form: timesheet.Timed, Start: start, End: start.Add(time.Hour), Zone: "UTC"})
			return err
		}))
		_, err := tx.ExecContext(t.Context(), "insert into orders (note) values ('an hour')")
		require.NoError(t, err)
	}
	t.Run("J2 a host's row and ours commit together", func(t *testing.T) {
		was, tx := count(), begin(t)
		both(t, tx)
		require.NoError(t, tx.Commit())
		require.Equal(t, [2]int{was[0] + 1, was[1] + 1}, count())
	})
	t.Run("J2 or roll back together", func(t *testing.T) {
		was, tx := count(), begin(t)
		both(t, tx)
		require.NoError(t, tx.Rollback())
		require.Equal(t, was, count())
	})
	t.Run("J2 a closure that fails leaves nothing, though the host commits", func(t *testing.T) {
		was, tx := count(), begin(t)
		require.ErrorIs(t, db.Join(t.Context(), tx, w.A.North, as, func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.Record(ctx, s, timesheet.Entry{Form: timesheet.Untimed, Start: storagetest.Start, Seconds: 60, Zone: "UTC"})
			require.NoError(t, err)
			return context.Canceled
		}), context.Canceled)
		require.NoError(t, tx.Commit())
		require.Equal(t, was, count())
	})
	t.Run("J2 after a statement that failed, the host rolls back", func(t *testing.T) {
		was, tx := count(), begin(t)
		both(t, tx)
		require.ErrorIs(t, db.Join(t.Context(), tx, w.A.North, as, func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddTag(ctx, s, w.A.Tag.Name)
			return err
		}), fault.Conflict)
		require.NoError(t, tx.Rollback())
		require.Equal(t, was, count())
	})
	t.Run("J2 a transaction that keeps no references is refused", func(t *testing.T) {
		loose, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "other.db"))
		require.NoError(t, err)
		defer loose.Close()
		tx, err := loose.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		defer func() { _ = tx.Rollback() }()
		err = db.Join(t.Context(), tx, w.A.North, as, func(context.Context, storage.Tx) error { return errors.New("ran") })
		require.ErrorContains(t, err, "foreign_keys")
	})
}

func TestMigrate(t *testing.T) {
	t.Run("J1 four programs migrate one file at once, twice", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "stint.db")
		var all sync.WaitGroup
		errs := make([]error, 4)
		stores := make([]*sqlite.DB, len(errs))
		for i := range stores {
			stores[i], _ = open(t, sqlite.Config{Path: path})
		}
		for i, db := range stores {
			all.Go(func() {
				if errs[i] = db.Migrate(t.Context()); errs[i] == nil {
					errs[i] = db.Migrate(t.Context())
				}
			})
		}
		all.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.Empty(t, stmtcheck.Lint(catalogue(t, stores[0].SQL()), "blob"))
	})
}
