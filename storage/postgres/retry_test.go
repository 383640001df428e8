package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/postgres"
	"github.com/seed-5be203e9/stint/storage/storagetest"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func TestRetry(t *testing.T) {
	t.Run("T51 after a deadlock the closure runs again", deadlock)
	t.Run("T51 a role that another program takes away counts no more", func(t *testing.T) {
		revoked(t, func(ctx context.Context, w *world, s storage.Tx, n int) error {
			_, err := w.Book.AddTag(ctx, s, fmt.Sprint("tag ", n))
			return err
		})
	})
	t.Run("T51 nor for a closure that reads nothing", func(t *testing.T) {
		revoked(t, func(_ context.Context, w *world, s storage.Tx, _ int) error {
			_, err := s.Who().May(timesheet.CreateTag, s.Draft(access.Row{Kind: timesheet.KindTag, ID: s.NewID(), Site: w.A.North.Site()}))
			return err
		})
	})
}

// deadlock lets two closures write the same two projects crosswise.
func deadlock(t *testing.T) {
	w := newWorld(t, nil)
	exec(t, w.at.DSN, "do $$ begin execute format('alter database %I set deadlock_timeout = ''20ms''', current_database()); end $$")
	db, _ := open(t, postgres.Config{DSN: w.app, Policy: w.Policy, Now: w.Clock.Now}) // whose connections know of it
	var met sync.WaitGroup
	met.Add(2)
	rename := func(name string, done chan<- bool, other <-chan bool, projects ...timesheet.ProjectID) (runs int, err error) {
		defer close(done)
		err = db.Update(t.Context(), w.A.North, access.ByMember(w.A.Admin.ID), func(ctx context.Context, s storage.Tx) error {
			if runs++; runs > 1 {
				<-other // or it reads what the other is about to change, and is stale
			}
			for i, id := range projects {
				p, _, err := s.Projects().Get(ctx, s.Who().Sees(timesheet.ViewProject), id)
				if err != nil {
					return err
				}
				p.Name = fmt.Sprint(name, i)
				if _, err := w.Book.EditProject(ctx, s, p); err != nil {
					return err
				}
				if i == 0 && runs == 1 {
					met.Done()
					met.Wait()
				}
			}
			return nil
		})
		return runs, err
	}
	var runs [2]int
	var errs [2]error
	var both sync.WaitGroup
	there, back := make(chan bool), make(chan bool)
	both.Go(func() { runs[0], errs[0] = rename("there", there, back, w.A.Private.ID, w.A.Shared.ID) })
	both.Go(func() { runs[1], errs[1] = rename("back", back, there, w.A.Shared.ID, w.A.Private.ID) })
	both.Wait()
	require.NoError(t, errs[0])
	require.NoError(t, errs[1])
	require.Equal(t, 3, runs[0]+runs[1], "one of them ran twice")
}

// revoked takes Eve's role away through one store, while another one knows her.
func revoked(t *testing.T, act func(context.Context, *world, storage.Tx, int) error) {
	w := newWorld(t, nil)
	there, _ := open(t, postgres.Config{DSN: w.app, Policy: w.Policy, Now: w.Clock.Now})
	runs := 0
	try := func() error {
		return there.Update(t.Context(), w.A.North, access.ByMember(w.A.Eve.ID), func(ctx context.Context, s storage.Tx) error {
			runs++
			return act(ctx, w, s, runs)
		})
	}
	require.NoError(t, try())
	require.NoError(t, try())
	require.Equal(t, 2, runs, "she is known there by now")

	chief := access.ByMember(w.A.Admin.ID)
	_, err := storagetest.Write(t.Context(), w.DB, w.A.Whole, chief, func(ctx context.Context, s storage.Tx) (bool, error) {
		hers, err := s.Bindings().List(ctx, s.Who().Sees(admin.ViewBinding), access.Query{Parent: w.A.Eve.ID})
		if err != nil {
			return false, err
		}
		require.Len(t, hers.Rows, 1)
		return true, admin.RevokeRole(ctx, s, hers.Rows[0].ID)
	})
	require.NoError(t, err)

	runs = 0
	require.ErrorIs(t, try(), fault.Denied)
	require.Equal(t, 2, runs, "once as she was, and once as she is")
}
