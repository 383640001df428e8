package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/postgres"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

func TestAbruptEnds(t *testing.T) {
	t.Run("T51 no transaction stays open, and the pool stays whole", abruptEnds)
}

func abruptEnds(t *testing.T) {
	const conns, workers, rounds = 6, 8, 125
	w := newWorld(t, func(c *postgres.Config) { c.Conns = conns })
	as := access.ByMember(w.A.Eve.ID)
	var done sync.WaitGroup
	failed := make(chan error, workers*rounds)
	for i := range workers {
		done.Go(func() {
			for n := range rounds {
				if err := w.endAbruptly(t.Context(), as, i*rounds+n); err != nil {
					failed <- err
				}
			}
		})
	}
	done.Wait()
	close(failed)
	for err := range failed {
		require.NoError(t, err)
	}

	super := connect(t, w.at.DSN)
	// A backend whose client has gone needs a moment to notice.
	require.Eventually(t, func() bool {
		return len(all[struct{ Query string }](t, super, `select query from pg_stat_activity
			where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`)) == 0
	}, 10*time.Second, 10*time.Millisecond, "transactions are still open")
	require.LessOrEqual(t, w.db.SQL().Stats().OpenConnections, conns)
	require.Zero(t, w.db.SQL().Stats().InUse, "connections that were not given back")
	// Every connection of the pool can be used at once.
	var held sync.WaitGroup
	held.Add(conns)
	errs := make(chan error, conns)
	for range conns {
		go func() {
			errs <- w.DB.View(t.Context(), w.A.North, as, func(ctx context.Context, v storage.View) error {
				_, err := readOwn(ctx, v)
				held.Done()
				held.Wait()
				return err
			})
		}()
	}
	for range conns {
		require.NoError(t, <-errs)
	}
}

// endAbruptly runs a closure that ends in one of many ways, and says what was
// wrong with what came of it.
func (w *world) endAbruptly(ctx context.Context, as access.Principal, n int) error {
	update := func(ctx context.Context, fn func(context.Context, storage.Tx) error) error {
		return w.DB.Update(ctx, w.A.North, as, fn)
	}
	var err, want error
	switch n % 7 {
	case 0: // well
		err = update(ctx, func(ctx context.Context, s storage.Tx) error { return w.record(ctx, s, n) })
	case 1: // with an error
		want = errOurs
		err = update(ctx, func(ctx context.Context, s storage.Tx) error { return errors.Join(w.record(ctx, s, n), errOurs) })
	case 2: // with an error before anything was sent
		want = errOurs
		err = update(ctx, func(context.Context, storage.Tx) error { return errOurs })
	case 3: // in a panic
		want = errOurs
		err = recovered(func() {
			_ = update(ctx, func(ctx context.Context, s storage.Tx) error { panic(errors.Join(w.record(ctx, s, n), errOurs)) })
		})
	case 4: // with a statement that the database refuses
		want = fault.Conflict
		err = update(ctx, func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddTag(ctx, s, w.A.Tag.Name)
			return err
		})
	case 5: // with a context that ends in the midst
		want = context.Canceled
		ctx, cancel := context.WithCancel(ctx)
		err = update(ctx, func(ctx context.Context, s storage.Tx) error {
			err := w.record(ctx, s, n)
			cancel()
			return err
		})
	case 6: // with a time-out, wherever that comes
		ctx, cancel := context.WithTimeout(ctx, time.Duration(n%40)*100*time.Microsecond)
		defer cancel()
		err = update(ctx, func(ctx context.Context, s storage.Tx) error { return w.record(ctx, s, n) })
		if errors.Is(err, context.DeadlineExceeded) {
			err = nil
		}
	}
	if !errors.Is(err, want) {
		return fmt.Errorf("way %d ended with %w and not with %w", n%7, err, want)
	}
	return nil
}

// recovered returns the error that fn panics with.
func recovered(fn func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	fn()
	return nil
}
