package postgres_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/postgres"
	"github.com/seed-5be203e9/stint/storage/storagetest"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Two programs open one database.
func TestShared(t *testing.T) {
	storagetest.RunShared(t, func(t testing.TB, cfg storagetest.Config) (one, two storage.DB) {
		_, app := migrated(t)
		c := postgres.Config{DSN: app, Policy: cfg.Policy, Now: cfg.Now, NewID: cfg.NewID}
		first, _ := open(t, c)
		second, _ := open(t, c)
		return first, second
	})
}

// A denial within a host's transaction is handed to the host, who notes it when
// that is over, or keeps it with the rest.
func TestJoinedDenials(t *testing.T) {
	w := newWorld(t, nil)
	as := access.ByMember(w.A.Ben.ID)
	logged := func() (n int) {
		require.NoError(t, w.DB.View(t.Context(), w.A.Whole, access.ByMember(w.A.Admin.ID), func(ctx context.Context, v storage.View) error {
			page, err := v.Events().List(ctx, v.Who().Sees(admin.ViewEvent), access.Query{Actor: w.A.Ben.ID, Action: admin.Grant})
			n = len(page.Rows)
			return err
		}))
		return n
	}
	grant := func(ctx context.Context, s storage.Tx) error {
		_, err := admin.GrantRole(ctx, s, w.A.Ben.ID, access.SiteAdmin)
		return err
	}
	for name, commit := range map[string]bool{"though it commits": true, "that rolls back": false} {
		t.Run("G49 a denial in a host's transaction is noted afterwards, "+name, func(t *testing.T) {
			was := logged()
			tx, err := w.db.SQL().BeginTx(t.Context(), nil)
			require.NoError(t, err)
			defer func() { _ = tx.Rollback() }()
			err = w.db.Join(t.Context(), tx, w.A.North, as, grant)
			require.ErrorIs(t, err, fault.Denied)
			refused := access.Refusals(err)
			require.Len(t, refused, 1)
			if commit {
				require.NoError(t, tx.Commit())
			} else {
				require.NoError(t, tx.Rollback())
			}
			require.Equal(t, was, logged(), "nobody has yet")
			require.NoError(t, w.DB.Note(t.Context(), w.A.North, refused))
			require.Equal(t, was+1, logged())
		})
	}
	t.Run("G49 a denial that the closure goes on without is in the host's transaction", func(t *testing.T) {
		was := logged()
		tx, err := w.db.SQL().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		defer func() { _ = tx.Rollback() }()
		require.NoError(t, w.db.Join(t.Context(), tx, w.A.North, as, func(ctx context.Context, s storage.Tx) error {
			require.ErrorIs(t, grant(ctx, s), fault.Denied)
			return nil
		}))
		require.NoError(t, tx.Commit())
		require.Equal(t, was+1, logged())
	})
}
