package bunstore

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Note implements storage.DB.
func (db *DB) Note(ctx context.Context, in tenancy.Scope, refused []access.Event) error {
	if in.IsZero() {
		return fault.NoScope
	}
	for _, e := range refused {
		if !e.Denied {
			return fault.Input("not_a_denial", "action", string(e.Action), "must be one of access.Refusals")
		}
	}
	return db.note(ctx, in, Tenant, db.d.Patience, refused)
}

// aMoment is how long a View waits to record a denial where only one
// transaction writes at a time: it may have been opened inside that one.
const aMoment = 5 * time.Second

// record notes what a transaction was refused, in one of its own: that one is
// over, well or not.
func (db *DB) record(ctx context.Context, in tenancy.Scope, writes bool, role Role, refused []access.Event) error {
	patience := db.d.Patience
	if !writes {
		patience = min(patience, aMoment)
	}
	return db.note(context.WithoutCancel(ctx), in, role, patience, refused)
}

// note writes events of denials.
func (db *DB) note(ctx context.Context, in tenancy.Scope, role Role, patience time.Duration, refused []access.Event) error {
	if len(refused) == 0 {
		return nil
	}
	h := &handle{db: db, scope: in, domain: in.Domain(), writes: true, role: role, patience: patience}
	defer h.rollback(ctx)
	for _, e := range refused {
		h.later = append(h.later, h.event(e))
	}
	if err := h.run(ctx); err != nil {
		return err
	}
	return h.commit(ctx)
}
