package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/postgres"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// settings is what a store sets for a transaction.
type settings struct{ Domain, Role, Plan string }

func settingsOf(t testing.TB, on interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (s settings) {
	t.Helper()
	require.NoError(t, on.QueryRowContext(t.Context(), "select coalesce(current_setting('stint.domain', true), ''), current_setting('role'), current_setting('plan_cache_mode')").
		Scan(&s.Domain, &s.Role, &s.Plan))
	return s
}

var errOurs = errors.New("the closure's own error")

func TestSettings(t *testing.T) {
	w := newWorld(t, func(c *postgres.Config) { c.Conns = 1 })
	as := access.ByMember(w.A.Eve.ID)
	for name, fn := range map[string]func(){
		"an Update": func() {
			require.NoError(t, w.DB.Update(t.Context(), w.A.North, as, func(ctx context.Context, s storage.Tx) error { return w.record(ctx, s, 0) }))
		},
		"a View": func() {
			require.NoError(t, w.DB.View(t.Context(), w.A.North, as, func(ctx context.Context, v storage.View) error {
				_, err := readOwn(ctx, v)
				return err
			}))
		},
		"an Installation": func() {
			require.NoError(t, w.DB.Installation(t.Context(), system.Because("a test"), func(context.Context, storage.Installation) error { return nil }))
		},
		"a resolver": func() {
			_, _, err := tenancy.NewResolver(w.DB).ByHost(t.Context(), "north.alpha.example")
			require.NoError(t, err)
		},
		"an error": func() {
			require.ErrorIs(t, w.DB.Update(t.Context(), w.A.North, as, func(ctx context.Context, s storage.Tx) error {
				require.NoError(t, w.record(ctx, s, 1))
				return errOurs
			}), errOurs)
		},
		"a panic": func() {
			require.Panics(t, func() {
				_ = w.DB.Update(t.Context(), w.A.North, as, func(ctx context.Context, s storage.Tx) error {
					require.NoError(t, w.record(ctx, s, 2))
					panic("a test")
				})
			})
		},
	} {
		t.Run("J2 nothing stays set on the connection after "+name, func(t *testing.T) {
			fn()
			require.Equal(t, settings{Role: "none", Plan: "auto"}, settingsOf(t, w.db.SQL()))
		})
	}
}

// A host has tables of its own, with keys of its own, in the same database.
func TestJoin(t *testing.T) {
	w := newWorld(t, nil)
	exec(t, w.at.DSN, `create table orders (id bigint generated always as identity primary key, entry uuid not null);
		grant select, insert on orders to stint_installation, `+w.at.Role)
	as, n := access.ByMember(w.A.Eve.ID), 0
	count := func() (orders, entries int) {
		require.NoError(t, w.db.SQL().QueryRowContext(t.Context(), "select count(*) from orders").Scan(&orders))
		require.NoError(t, w.DB.View(t.Context(), w.A.North, as, func(ctx context.Context, v storage.View) error {
			own, err := readOwn(ctx, v)
			entries = len(own)
			return err
		}))
		return orders, entries
	}
	// both writes an order and its time.
	both := func(t *testing.T, tx *sql.Tx) {
		n++
		require.NoError(t, w.db.Join(t.Context(), tx, w.A.North, as, func(ctx context.Context, s storage.Tx) error { return w.record(ctx, s, n) }))
		var id int64
		require.NoError(t, tx.QueryRowContext(t.Context(), "insert into orders (entry) values ($1) returning id", tenancy.ID[any](tenancy.NewUUID()).String()).Scan(&id))
		require.Positive(t, id)
	}
	begin := func(t *testing.T) *sql.Tx {
		tx, err := w.db.SQL().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		t.Cleanup(func() { _ = tx.Rollback() })
		return tx
	}

	t.Run("J2 a host's row and ours commit together", func(t *testing.T) {
		orders, entries := count()
		tx := begin(t)
		both(t, tx)
		require.NoError(t, tx.Commit())
		o, e := count()
		require.Equal(t, [2]int{orders + 1, entries + 1}, [2]int{o, e})
	})
	t.Run("J2 or roll back together", func(t *testing.T) {
		orders, entries := count()
		tx := begin(t)
		both(t, tx)
		require.NoError(t, tx.Rollback())
		o, e := count()
		require.Equal(t, [2]int{orders, entries}, [2]int{o, e})
	})
	t.Run("J2 the host's settings are put back", func(t *testing.T) {
		tx := begin(t)
		require.Equal(t, settings{Role: "none", Plan: "auto"}, settingsOf(t, tx))
		both(t, tx)
		require.Equal(t, settings{Role: "none", Plan: "auto"}, settingsOf(t, tx))
		_, err := tx.ExecContext(t.Context(), "set local role stint_installation; set local stint.domain = 'theirs'; set local plan_cache_mode = 'force_custom_plan'")
		require.NoError(t, err)
		theirs := settingsOf(t, tx)
		require.Equal(t, settings{"theirs", "stint_installation", "force_custom_plan"}, theirs)
		both(t, tx)
		require.Equal(t, theirs, settingsOf(t, tx))
		for _, end := range []error{errOurs, fault.Denied} { // the closure's own errors, and those of rules
			require.ErrorIs(t, w.db.Join(t.Context(), tx, w.A.North, as, func(context.Context, storage.Tx) error { return end }), end)
			require.Equal(t, theirs, settingsOf(t, tx))
		}
		require.Panics(t, func() {
			_ = w.db.Join(t.Context(), tx, w.A.North, as, func(context.Context, storage.Tx) error { panic("a test") })
		})
		require.Equal(t, theirs, settingsOf(t, tx))
		require.Error(t, w.db.Join(t.Context(), tx, w.A.North, access.ByRef("nobody"), func(context.Context, storage.Tx) error { return nil }))
		require.Equal(t, theirs, settingsOf(t, tx))
		require.NoError(t, tx.Commit())
	})
	t.Run("J2 a context that ends inside leaves no tenant behind", func(t *testing.T) {
		tx := begin(t)
		ctx, cancel := context.WithCancel(t.Context())
		_ = w.db.Join(ctx, tx, w.A.North, as, func(context.Context, storage.Tx) error { cancel(); return nil })
		require.Equal(t, settings{Role: "none", Plan: "auto"}, settingsOf(t, tx))
		ctx, cancel = context.WithCancel(t.Context())
		require.ErrorIs(t, w.db.Join(ctx, tx, w.A.North, as, func(ctx context.Context, s storage.Tx) error {
			cancel()
			_, _, err := s.Tags().Get(ctx, s.Who().Sees(timesheet.ViewTag), w.A.Tag.ID)
			return err
		}), context.Canceled)
		require.Equal(t, settings{Role: "none", Plan: "auto"}, settingsOf(t, tx))
	})
	t.Run("J2 a closure that fails leaves nothing, though the host commits", func(t *testing.T) {
		orders, entries := count()
		for name, fail := range map[string]func(ctx context.Context, s storage.Tx) error{
			"by itself": func(context.Context, storage.Tx) error { return errOurs },
			"in a statement": func(ctx context.Context, s storage.Tx) error {
				_, err := w.Book.AddTag(ctx, s, w.A.Tag.Name)
				return err
			},
		} {
			tx := begin(t)
			require.Error(t, w.db.Join(t.Context(), tx, w.A.North, access.ByMember(w.A.Admin.ID), func(ctx context.Context, s storage.Tx) error {
				n++
				require.NoError(t, w.record(ctx, s, n), name)
				return fail(ctx, s)
			}))
			require.Equal(t, settings{Role: "none", Plan: "auto"}, settingsOf(t, tx), "and the transaction is usable")
			require.NoError(t, tx.Commit())
		}
		o, e := count()
		require.Equal(t, [2]int{orders, entries}, [2]int{o, e})
	})
	t.Run("J2 after a statement that failed, the host rolls back", func(t *testing.T) {
		orders, entries := count()
		tx := begin(t)
		both(t, tx)
		err := w.db.Join(t.Context(), tx, w.A.North, access.ByMember(w.A.Admin.ID), func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddTag(ctx, s, w.A.Tag.Name)
			return err
		})
		require.ErrorIs(t, err, fault.Conflict)
		require.NoError(t, tx.Rollback())
		o, e := count()
		require.Equal(t, [2]int{orders, entries}, [2]int{o, e})
	})
	t.Run("J2 a joined handle is held as any other", func(t *testing.T) {
		tx := begin(t)
		require.NoError(t, w.db.Join(t.Context(), tx, w.A.North, as, func(ctx context.Context, s storage.Tx) error {
			_, _, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), w.B.AnnsTime.ID)
			require.ErrorIs(t, err, fault.NotFound)
			_, _, err = s.Projects().Get(ctx, s.Who().Sees(timesheet.ViewProject), w.B.Public.ID)
			require.ErrorIs(t, err, fault.NotFound)
			return nil
		}))
	})
}
