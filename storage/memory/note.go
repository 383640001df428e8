package memory

import (
	"context"
	"sync"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Note records denials of privileged actions in the log of the scope's domain.
// What is not a denial is fault.Invalid: Note makes up no history.
func (db *DB) Note(ctx context.Context, in tenancy.Scope, refused []access.Event) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	if err := db.ready(ctx); err != nil {
		return err
	}
	if in.IsZero() {
		return fault.NoScope
	}
	home := db.world.tenants[in.Domain()]
	if home == nil {
		return fault.NotFound
	}
	for _, e := range refused {
		if !e.Denied {
			return fault.Input("not_a_denial", "action", string(e.Action), "must be one of access.Refusals")
		}
	}
	db.append(home, refused)
	return nil
}

// append gives denials their ids and keeps them. Nothing takes them back.
func (db *DB) append(home *tenant, refused []access.Event) {
	for _, e := range refused {
		e.ID, e.At = db.newID(), stored(e.At)
		home.events.swap(e.ID, &e)
	}
}

// waiting holds the views whose denials are still to be recorded.
type waiting struct {
	mu    sync.Mutex
	views []*view
}

func (w *waiting) add(v *view) {
	if len(v.session.Refused(v.now)) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.views = append(w.views, v)
}

// settle records what views were denied, unless somebody is inside the store: a
// view may have been opened in another, whose snapshot must stay as it is. What
// has to wait is recorded before the next call.
func (db *DB) settle() {
	db.waiting.mu.Lock()
	defer db.waiting.mu.Unlock()
	if len(db.waiting.views) == 0 || !db.mu.TryLock() {
		return
	}
	defer db.mu.Unlock()
	for _, v := range db.waiting.views {
		v.note()
	}
	db.waiting.views = nil
}

// note records the denials in a handle that is over, and in those that were
// opened in it. The caller holds the lock.
func (v *view) note() {
	for _, in := range append(v.within, v) {
		v.db.append(in.home, in.session.Refused(in.now))
	}
}
