package access

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/tenancy"
)

// Rows is the reading half of one kind of things in a store.
type Rows[E any] interface {
	// Get returns one row and the resource to decide on. What does not exist,
	// is of another domain or site, or is not in the filter is
	// fault.NotFound: the same answer after the same reads.
	Get(ctx context.Context, see Filter, id [16]byte) (E, Resource, error)
	// List returns a page of what the filter shows, in order of id.
	List(ctx context.Context, see Filter, q Query) (Page[E], error)
}

// Query narrows a list. The zero Query is the first page of everything in the
// filter that is not archived. A negative Limit and an After that is no Next are
// fault.Invalid; what a kind has not
// narrows nothing.
type Query struct {
	Name   string   // only rows of this name, compared by tenancy.NameKey
	Ref    string   // only the row with this id of the host program's, where the kind has such
	Parent [16]byte // only rows of this project, client, membership, group, role or site, where the kind has such
	All    bool     // archived rows as well
	After  string   // the Next of the page before

	// Of the log: only what was done to things of this kind, by this person,
	// under this action, at or after From and before To.
	Kind     Kind
	Actor    tenancy.MembershipID
	Action   Action
	From, To time.Time

	Limit int // at most this many rows; 0 means 50, and 1,000 is the most
}

// Page is a part of a list.
type Page[E any] struct {
	Rows []E
	Next string // where the next page begins; empty at the end
}
