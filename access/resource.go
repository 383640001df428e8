package access

import "github.com/seed-5be203e9/stint/tenancy"

// Row is what a policy needs to know of one resource, as a store read it for
// one actor.
type Row struct {
	Kind    Kind
	ID      [16]byte
	Version int64 // 0 for a resource that does not exist yet
	Site    tenancy.SiteID
	Client  [16]byte
	Project [16]byte
	Person  tenancy.MembershipID
	Facts   Facts
	State   State
}

// Resource is a row with the session whose store read it. It cannot be made
// without one, so facts about one actor never serve another. The zero Resource
// is denied everything.
type Resource struct {
	session  *Session
	row      Row
	prospect bool // as it would be, not as it is
}

// Row returns what was read.
func (r Resource) Row() Row { return r.row }

// IsZero reports whether the resource was never read.
func (r Resource) IsZero() bool { return r.session == nil }
