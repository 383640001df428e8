package postgres_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/internal/stmtcheck"
	"github.com/seed-5be203e9/stint/storage/postgres"
	"github.com/seed-5be203e9/stint/timesheet"
)

// The log has to refuse, or the contract under it proves nothing.
func TestStatements(t *testing.T) {
	t.Run("T18 a statement without domain_id does not leave", func(t *testing.T) {
		_, app := migrated(t)
		log := stmtcheck.New(stmtcheck.DomainTables())
		db, err := postgres.Open(t.Context(), postgres.Config{DSN: app, Conns: 1, Wrap: log.Wrap})
		require.NoError(t, err)
		defer db.Close()
		const bad = "select id from stint_tags"
		_, err = db.SQL().QueryContext(t.Context(), bad)
		require.ErrorContains(t, err, "stint_tags without a domain_id")
		_, err = db.SQL().ExecContext(t.Context(), bad)
		require.ErrorContains(t, err, bad)
		_, err = db.SQL().PrepareContext(t.Context(), bad)
		require.ErrorContains(t, err, bad)
		require.Len(t, log.Refused(), 3)
		var one int
		require.NoError(t, db.SQL().QueryRowContext(t.Context(), "select $1::int", 1).Scan(&one), "the connection is still good")
	})
	t.Run("T18 nor a batch with one", func(t *testing.T) {
		_, app := migrated(t)
		// The store reads this table first of all, and says the domain: it is
		// refused when the rule is about a table that has none.
		log := stmtcheck.New([]string{"stint_domains"})
		db, err := postgres.Open(t.Context(), postgres.Config{DSN: app, Conns: 1, Wrap: log.Wrap})
		require.NoError(t, err)
		defer db.Close()
		_, err = db.RefPlace(t.Context(), "ref")
		require.Error(t, err)
		require.Len(t, log.Refused(), 1)
	})
	t.Run("T51 round trips", func(t *testing.T) {
		w := newWorld(t, func(c *postgres.Config) { c.Conns = 1 })
		as, n := access.ByMember(w.A.Eve.ID), 0
		trips := func(fn func()) int {
			fn() // the actor is loaded, and statements are known to the connection
			fn()
			w.log.Reset()
			fn()
			return w.log.Trips()
		}
		require.Equal(t, 2, trips(func() {
			require.NoError(t, w.DB.View(t.Context(), w.A.North, access.ByMember(w.A.Ann.ID), func(ctx context.Context, v storage.View) error {
				_, _, err := v.Entry(ctx, v.Who().Sees(timesheet.ViewEntry), w.A.AnnsTime.ID)
				return err
			}))
		}), "a view of one entry: it, and the end")
		require.Equal(t, 3, trips(func() {
			n++
			require.NoError(t, w.DB.Update(t.Context(), w.A.North, as, func(ctx context.Context, s storage.Tx) error { return w.record(ctx, s, n) }))
		}), "an update with one entry: its place, it, and the end")
		require.Equal(t, 2, trips(func() {
			require.NoError(t, w.DB.View(t.Context(), w.A.North, as, func(context.Context, storage.View) error { return nil }))
		}), "a view that reads nothing asks whether the actor still is who it was")
		alone := trips(func() {
			tx, err := w.db.SQL().BeginTx(t.Context(), nil)
			require.NoError(t, err)
			require.NoError(t, tx.Commit())
		})
		joined := trips(func() {
			n++
			tx, err := w.db.SQL().BeginTx(t.Context(), nil)
			require.NoError(t, err)
			require.NoError(t, w.db.Join(t.Context(), tx, w.A.North, as, func(ctx context.Context, s storage.Tx) error { return w.record(ctx, s, n) }))
			require.NoError(t, tx.Commit())
		})
		t.Logf("an entry in a host's transaction: %d round trips more", joined-alone)
		require.Less(t, joined-alone, 20)
	})
}
