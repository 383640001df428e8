// Package storage is the contract that Stint's stores keep: how a handle is
// opened, what it can read and write, and the table of kinds behind it.
//
// A [DB] opens handles. [View] reads one snapshot; [Tx] also writes, and all it
// writes commits together with its events, or not at all. A handle exists for a
// scope and a principal: without both there is none. It stamps the domain on
// everything it writes and puts it into everything it asks, so entities carry
// no domain id.
//
// # Promises
//
//   - What a handle reads is of its domain, of its site if the scope is
//     narrowed, and in the filter of the call. What is not, is not found.
//   - A filter or permit that is zero, of another handle, or older than the
//     transaction is refused with fault.Proof, and nothing is read or written.
//   - The roles of the principal are those of the transaction itself: a
//     revocation counts from the next transaction on.
//   - Closures may run again, when the database asks for it or when roles have
//     changed meanwhile: they must not leave effects behind outside the handle.
//   - A handle is for one goroutine, and dead when its closure returns.
//   - Instants keep microseconds. Text keeps every character but NUL, and
//     is compared byte by byte.
package storage

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// DB is a store. The packages sqlite, postgres and memory have one each.
type DB interface {
	tenancy.Hosts

	// View runs fn with a handle that reads one snapshot. Who has no
	// membership in the domain of the scope, or one that is not active, gets
	// fault.NoMember, and fn does not run; so it is with Update.
	View(ctx context.Context, in tenancy.Scope, as access.Principal, fn func(context.Context, View) error) error
	// Update runs fn with a handle that reads and writes, and commits if fn
	// returns nil and no statement of the handle has failed in the database. The
	// error of fn is returned as it is. fn must not open another Update or
	// Installation of the same store, which may wait for this one; a View opened
	// inside reads what was committed before.
	Update(ctx context.Context, in tenancy.Scope, as access.Principal, fn func(context.Context, Tx) error) error
	// Installation runs fn with the handle of the root, for what is above the
	// domains. One runs at a time.
	Installation(ctx context.Context, as access.Principal, fn func(context.Context, Installation) error) error

	// Note records denials of privileged actions, in a transaction of its own. View,
	// Update and Installation do it by themselves; it is for those that joined a
	// transaction of a host's, which is over before anything else can be
	// written; see access.Refusals. What is not a denial is fault.Invalid.
	Note(ctx context.Context, in tenancy.Scope, refused []access.Event) error

	// Migrate brings the database to this version of Stint. Nothing else does.
	Migrate(ctx context.Context) error
	// Close ends the store. Handles that are open are cut off.
	Close() error
}

// View is the reading half of a handle.
type View interface {
	timesheet.Reader
	admin.Reader
	report.Source

	// Where returns a filter on rows of a kind of the host's own as a condition
	// for a query over the host's own table. It shows exactly the rows for
	// which Actor.May would give a permit, given the same columns and facts.
	Where(ctx context.Context, see access.Filter, kind access.Kind, of Columns) (Predicate, error)
}

// Tx is a handle that reads and writes.
type Tx interface {
	View
	timesheet.Store
	admin.Store

	// Log writes the event of a write that the host itself does, to a row of a
	// kind of its own that the policy declares, in the same transaction. Kind,
	// ID, the stored Version (0 if new), Site, Project and Person of the row must be
	// those that the permit was given for, else it is fault.Proof.
	Log(ctx context.Context, may access.Permit, row access.Row) error
}

// Installation is the handle of the root.
type Installation = admin.Installation

// Policy composes the policy of all packages with the host's own catalogues.
func Policy(own ...access.Catalogue) (*access.Policy, error) {
	return access.Compile(append([]access.Catalogue{admin.Catalogue(), timesheet.Catalogue()}, own...)...)
}
