package storagetest

import (
	"context"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/timesheet"
)

// grown is a handle to which methods were added that nobody told the sweep of.
type grown interface {
	storage.Tx
	Burn(ctx context.Context, may access.Permit) error
	BurnAll(ctx context.Context, may []access.Permit) error
	Peek(ctx context.Context, see access.Filter) (int, error)
	Invoices() access.Rows[timesheet.Client]
	Harmless(ctx context.Context, id [16]byte) error
}

// An added method is noticed.
func TestSweepNoticesNewMethods(t *testing.T) {
	missing, extra := unknown(reflect.TypeFor[grown](), txCalls())
	assert.ElementsMatch(t, []string{"Burn", "BurnAll", "Peek", "Invoices.Get", "Invoices.List"}, missing)
	assert.Empty(t, extra)
}

// A call of a method that is gone is noticed.
func TestSweepNoticesLostMethods(t *testing.T) {
	_, extra := unknown(reflect.TypeFor[storage.View](), txCalls())
	assert.Contains(t, extra, "PutEntry")
}

// The sweep looks at something: the handles as they are.
func TestSweepCoversTheHandles(t *testing.T) {
	names := guarded(reflect.TypeFor[storage.Tx]())
	require.GreaterOrEqual(t, len(names), 35)
	for _, name := range []string{"Place", "PutEntry", "AddEntries", "RemoveBinding", "Entries", "Totals", "Clients.Get", "Events.List"} {
		assert.Contains(t, names, name)
	}
	assert.Contains(t, guarded(reflect.TypeFor[storage.Installation]()), "Enter")
}
