// Package memory is a store that keeps everything in the memory of the process.
// It is for tests and trials, and it is the oracle of the other stores: written
// from the contract in package storage alone, with values, maps and one lock,
// correct before it is fast.
//
// Views run beside each other; an Update or an Installation runs alone. A
// closure that opens another handle of the same store waits for itself, so it
// must not.
package memory

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
)

// Config says how a store works. The zero Config does.
type Config struct {
	Policy *access.Policy   // who may do what; nil means storage.Policy()
	Now    func() time.Time // the clock; nil means time.Now. Several goroutines call it
	NewID  func() [16]byte  // makes ids; nil means tenancy.NewUUID
}

// DB is a store in memory. Any number of goroutines may use it.
type DB struct {
	policy *access.Policy
	now    func() time.Time
	newID  func() [16]byte
	kinds  map[access.Kind]storage.Kind // with the host's own
	closed atomic.Bool

	mu      sync.RWMutex // guards world
	world   *world
	waiting waiting
}

var _ storage.DB = (*DB)(nil)

// Open returns a store that is empty but for the root domain, and ready to use.
func Open(c Config) (*DB, error) {
	if c.Policy == nil {
		p, err := storage.Policy()
		if err != nil {
			return nil, err
		}
		c.Policy = p
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.NewID == nil {
		c.NewID = tenancy.NewUUID
	}
	db := &DB{policy: c.Policy, now: c.Now, newID: c.NewID, kinds: map[access.Kind]storage.Kind{}}
	all := storage.NewKinds()
	for _, k := range c.Policy.Kinds() {
		db.kinds[k.Name] = hostKind(k.Name)
	}
	for _, k := range all.All() {
		db.kinds[k.Name] = k
	}
	db.world = newWorld(all, db.instant())
	return db, nil
}

// View runs fn with a handle that reads. No write runs meanwhile, so what it
// reads is one snapshot.
func (db *DB) View(ctx context.Context, in tenancy.Scope, as access.Principal, fn func(context.Context, storage.View) error) error {
	db.settle()
	var v *view
	defer func() { // when the snapshot is let go, also if fn panics
		if v != nil {
			db.waiting.add(v)
			db.settle()
		}
	}()
	db.mu.RLock()
	defer db.mu.RUnlock()
	v, err := db.begin(ctx, in, as)
	if err != nil {
		return err
	}
	defer v.end()
	return fn(ctx, v)
}

// Update runs fn with a handle that reads and writes. If fn fails or panics,
// nothing that it wrote stays.
func (db *DB) Update(ctx context.Context, in tenancy.Scope, as access.Principal, fn func(context.Context, storage.Tx) error) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.attempt(ctx, in, as, func(t *tx) error { return fn(ctx, t) })
}

// Installation runs fn with the handle of the root, under the same promise as
// Update.
func (db *DB) Installation(ctx context.Context, as access.Principal, fn func(context.Context, storage.Installation) error) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	root := tenancy.NewResolver(db).Root()
	return db.attempt(ctx, root, as, func(t *tx) error {
		return fn(ctx, &installation{t: t, created: map[tenancy.DomainID]bool{}})
	})
}

// Migrate does nothing: a store in memory has no older version.
func (db *DB) Migrate(ctx context.Context) error { return db.ready(ctx) }

// Close ends the store. Handles that are open are cut off, and what they wrote
// is undone.
func (db *DB) Close() error {
	db.closed.Store(true)
	return nil
}

// attempt runs fn in a transaction that is kept only if fn returns nil. The
// caller holds the lock.
func (db *DB) attempt(ctx context.Context, in tenancy.Scope, as access.Principal, fn func(*tx) error) error {
	v, err := db.begin(ctx, in, as)
	if err != nil {
		return err
	}
	t := &tx{view: v, journal: &journal{}}
	kept := false
	// Deferred, so that it also runs when fn panics or ends its goroutine.
	defer func() {
		v.end()
		if !kept {
			t.journal.rollback(0)
		}
		v.note()
	}()
	if err := fn(t); err != nil {
		return err
	}
	if err := db.ready(ctx); err != nil {
		return err
	}
	kept = true
	return nil
}

func (db *DB) ready(ctx context.Context) error {
	if db.closed.Load() {
		return errors.New("memory: the store is closed")
	}
	return ctx.Err()
}

// instant is the clock at the precision that is stored.
func (db *DB) instant() time.Time { return stored(db.now()) }
