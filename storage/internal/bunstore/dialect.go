package bunstore

import (
	"context"
	"time"

	"github.com/uptrace/bun/schema"

	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// Dialect is what differs between databases.
type Dialect struct {
	Bun schema.Dialect

	Numbered  bool   // arguments are $1, $2, … and not ?
	Lock      string // makes a select lock its rows against writers, as " for no key update"
	Hold      string // makes a select hold its rows as they are until the transaction ends, as " for share"
	LockOne   string // makes a select lock its row against all others, as " for update"
	Week      string // LongestEntry as an amount of time
	HexID     string // an expression for the hexadecimal form of the id %s
	Unindexed string // before a column: not to be looked up by its index; empty: the planner knows better
	Anew      string // makes statements be planned for their arguments until the transaction ends; empty: no need
	Concat    string // the aggregate that concatenates texts without separator, of %s
	InArray   string // a condition that holds when the column before it is in the subquery %s
	Among     string // a condition that holds when the column %s is one of the ids of IDs

	ID   func([16]byte) any       // as an argument; not of the zero id
	Time func(time.Time) any      // as an argument; not of the zero time
	Day  func(zone.Day) any       // as an argument
	IDs  func([][16]byte) any     // many as one argument, for Among
	Lit  func(id [16]byte) string // as a literal; not of the zero id

	// Patience is how long a transaction waits for the one connection that
	// writes; 0: there are many.
	Patience time.Duration
	// Mode is put before the arguments of bun's statements, whose values are
	// in their text; nil for none.
	Mode any
	// Pipeline sends calls in one round trip, through a driver's connection.
	// nil: calls are sent one by one in a transaction of database/sql.
	Pipeline func(ctx context.Context, conn any, calls []Call) error
	// Begin returns the calls that open a transaction and set the tenant, for
	// Pipeline, and Enter those that set another inside it.
	Begin func(domain [16]byte, writes bool, role Role) []Call
	Enter func(domain [16]byte, role Role) []Call
	// Save returns a call that reads the settings of a host's transaction, and
	// a function for the calls that put them back.
	Save func() (Call, func() []Call)
	// Bulk inserts many rows with few calls; nil: one call a row.
	Bulk func(table string, columns []string, rows [][]any) []Call
	// Trouble tells what a driver's error means.
	Trouble func(error) Trouble
}

// Role is the database role of a transaction, where the database has roles.
type Role string

// The roles.
const (
	Tenant       Role = "stint_tenant"
	Installation Role = "stint_installation"
)

// Trouble is what a driver's error means.
type Trouble struct {
	Kind TroubleKind
	Name string // of the constraint or index, or its column, as far as the driver tells
}

// TroubleKind sorts drivers' errors.
type TroubleKind uint8

// The kinds of trouble. The zero kind is anything else.
const (
	Unique TroubleKind = iota + 1
	Foreign
	Check
	Retry   // deadlock or serialization failure: running again may help
	Busy    // somebody else has been writing for too long
	Missing // a table is not there
)

// Call is one statement on its way to the database.
type Call struct {
	SQL  string
	Args []any
	// Each is called for each row of the answer; nil: the answer has none.
	Each func(scan Scan) error
	// Rows, if not nil, gets the number of rows that were written.
	Rows *int64
}

// Scan reads the columns of a row into pointers to: [16]byte (zero for NULL),
// string (empty for NULL), time.Time (zero for NULL, else UTC), zone.Day, bool
// (false for NULL) and int64.
type Scan func(dest ...any) error
