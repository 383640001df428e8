package postgres_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/postgres"
	"github.com/seed-5be203e9/stint/timesheet"
)

// A server, database, role or DSN may say that a backslash escapes a quote;
// values that stand in the text of a statement must not end there.
func TestQuoting(t *testing.T) {
	w := newWorld(t, nil)
	exec(t, w.at.DSN, "alter role "+w.at.Role+" set standard_conforming_strings = off")
	db, _ := open(t, postgres.Config{DSN: w.app})
	const name = `back\', '') is a name -- of a tag`
	as := access.ByMember(w.A.Eve.ID)
	add := func(ctx context.Context, s storage.Tx) error {
		tag, err := w.Book.AddTag(ctx, s, name)
		if err != nil {
			return err
		}
		got, _, err := s.Tags().Get(ctx, s.Who().Sees(timesheet.ViewTag), tag.ID)
		require.Equal(t, name, got.Name)
		return err
	}
	t.Run("T18 a name stays a name in a host's transaction", func(t *testing.T) {
		tx, err := db.SQL().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, db.Join(t.Context(), tx, w.A.North, as, add))
		var set string
		require.NoError(t, tx.QueryRowContext(t.Context(), "show standard_conforming_strings").Scan(&set))
		require.Equal(t, "off", set, "and the host's setting is put back")
		require.NoError(t, tx.Rollback())
	})
	t.Run("T18 a name stays a name, whatever a backslash means to the server", func(t *testing.T) {
		require.NoError(t, db.Update(t.Context(), w.A.North, as, add))
	})
}
