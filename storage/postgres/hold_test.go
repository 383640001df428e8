package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/timesheet"
)

// What a write rests on stays as it was placed until the write is committed:
// archiving the project and leaving its team wait for it.
func TestHold(t *testing.T) {
	w := newWorld(t, nil)
	watch := connect(t, w.at.DSN)
	waiting := func() bool {
		n := 0
		require.NoError(t, watch.QueryRow(t.Context(), "select count(*) from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()").Scan(&n))
		return n > 0
	}
	private := func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
		p, _, err := s.Projects().Get(ctx, s.Who().Sees(timesheet.ViewProject), w.A.Private.ID)
		return p, err
	}
	for _, c := range []struct {
		name   string
		change func(ctx context.Context, s storage.Tx) error
	}{
		{"T51 an edit of a project waits for time that is placed on it", func(ctx context.Context, s storage.Tx) error {
			p, err := private(ctx, s)
			if err == nil {
				p.Name += "!"
				_, err = w.Book.EditProject(ctx, s, p)
			}
			return err
		}},
		{"T51 leaving a team waits for time that is placed on its project", func(ctx context.Context, s storage.Tx) error {
			teams, err := s.Teams().List(ctx, s.Who().Sees(timesheet.ViewTeam), access.Query{Parent: w.A.Private.ID})
			if err != nil {
				return err
			}
			for _, m := range teams.Rows {
				if m.Person == w.A.Ben.ID {
					return w.Book.RemoveFromTeam(ctx, s, m.ID)
				}
			}
			return nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			done := make(chan error, 1)
			require.NoError(t, w.DB.Update(t.Context(), w.A.North, access.ByMember(w.A.Ben.ID), func(ctx context.Context, s storage.Tx) error {
				_, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), access.Row{
					Kind: timesheet.KindEntry, ID: s.NewID(), Site: w.A.North.Site(), Project: w.A.Private.ID, Person: w.A.Ben.ID})
				require.NoError(t, err)
				go func() {
					done <- w.DB.Update(t.Context(), w.A.North, access.ByMember(w.A.Admin.ID), c.change)
				}()
				require.Eventually(t, waiting, 10*time.Second, 5*time.Millisecond, "nobody waits")
				require.Empty(t, done)
				return nil
			}))
			require.NoError(t, <-done)
		})
	}
}
