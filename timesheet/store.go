package timesheet

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

var errNoSite = fault.NoSite

// Reader is what the use cases of this package read. A handle of package
// storage is one.
type Reader interface {
	Who() access.Actor    // who acts in this transaction
	Scope() tenancy.Scope // where
	Now() time.Time       // one instant for the whole transaction: UTC, microseconds

	Clients() access.Rows[Client]
	Projects() access.Rows[Project]
	Teams() access.Rows[Team]
	Tasks() access.Rows[Task]
	Activities() access.Rows[Activity]
	Tags() access.Rows[Tag]

	// Entry returns one entry of those that the filter shows, or
	// fault.NotFound.
	Entry(ctx context.Context, see access.Filter, id EntryID) (Entry, access.Resource, error)
	// Entries returns a page of what the filter shows, newest start first and
	// of the same start the newest id first.
	Entries(ctx context.Context, see access.Filter, q EntryQuery) (access.Page[Entry], error)
	// Imported returns those of the keys that entries in the domain already
	// have under an external source, as far as the filter shows them.
	Imported(ctx context.Context, see access.Filter, source string, keys []string) ([]string, error)
}

// EntryQuery narrows a list of entries. The zero EntryQuery is the newest page
// of all that the filter shows. A negative Limit and an After that is no Next
// are fault.Invalid.
type EntryQuery struct {
	Person   tenancy.MembershipID // only this person's
	Project  ProjectID            // only on this project
	Overlaps bool                 // only those that share time with another of the same person
	From     time.Time            // only those that start at or after
	To       time.Time            // only those that start before
	After    string               // the Next of the page before
	Limit    int                  // at most this many; 0 means 50, and 1,000 is the most
}

// Store is what the use cases of this package write. Every method takes the
// permit for what it writes, and refuses one that does not fit the row
// (fault.Proof). Version 0 means a new row; otherwise the version must be the
// stored one (fault.Stale). Each returns the row as stored, with its new
// version, and writes the event in the same transaction.
type Store interface {
	Reader
	NewID() [16]byte // a new UUIDv7

	// Draft returns the resource that a new row would be, when no other row
	// bears on it: for what names no project but itself, and for a binding,
	// which is judged by its place alone. For anything else it
	// returns the zero Resource, which is denied everything.
	Draft(row access.Row) access.Resource
	// Place returns the resources that rows would be, with the facts that hold
	// between them and the actor. Kind, ID, Version, Site, Client, Project and
	// Person are read from each row; where it names a project, Client is taken
	// from that, and Site too if the row has none, but a row that is itself a
	// project keeps what it says, and whether it is public and shared is taken
	// from its Facts; so are the facts of a host's own kind that it names
	// itself. A project that the filter does not
	// show is fault.NotFound, a person or client that is not of the domain
	// fault.Reference, and so is a project of another site than an entry's own.
	// A task or team row is where its project is, whatever Site it says. For
	// entries it locks the persons, in order of id, until
	// the transaction ends, so that what is checked afterwards stays true.
	Place(ctx context.Context, see access.Filter, rows ...access.Row) ([]access.Resource, error)

	PutClient(ctx context.Context, may access.Permit, c Client) (Client, error)
	// PutProject writes a project; a new one may bring its first team, whose
	// rows have events of their own.
	PutProject(ctx context.Context, may access.Permit, p Project, first ...Team) (Project, error)
	PutTeam(ctx context.Context, may access.Permit, t Team) (Team, error)
	RemoveTeam(ctx context.Context, may access.Permit, id TeamID) error
	PutTask(ctx context.Context, may access.Permit, t Task) (Task, error)
	PutActivity(ctx context.Context, may access.Permit, a Activity) (Activity, error)
	PutTag(ctx context.Context, may access.Permit, t Tag) (Tag, error)

	// PutEntry writes one entry with its slices, replacing those it had, and
	// keeps the overlap flags of its person right.
	PutEntry(ctx context.Context, may access.Permit, e Entry, s []Slice) (Entry, error)
	// AddEntries writes many new entries at once: all or none. The permits
	// stand in the order of the entries.
	AddEntries(ctx context.Context, may []access.Permit, e []Entry, s []Slice) error
	// RemoveEntry removes an entry with its slices.
	RemoveEntry(ctx context.Context, may access.Permit, id EntryID) error
}
