package access

import "github.com/seed-5be203e9/stint/tenancy"

// Row is what a policy needs to know of one resource, as a store read it for
// one actor.
type Row struct {
	// What every decision reads stands together.
	Facts   Facts // what holds; Bound is found from the bindings
	State   State
	Version int64 // 0 for a resource that does not exist yet
	Site    tenancy.SiteID
	Client  [16]byte
	Project [16]byte
	Groups  []GroupID // of Session.Groups, those that the person is in

	Kind   Kind
	ID     [16]byte
	Person tenancy.MembershipID
}

// Resource is a row with the session whose store read it. It cannot be made
// without one, so facts about one actor never serve another. The zero Resource
// is denied everything.
type Resource struct{ is *resource }

type resource struct {
	session  *Session
	kind     *kind // nil: the policy knows no such kind
	prospect bool  // as it would be, not as it is
	row      Row
}

// Row returns what was read.
func (r Resource) Row() Row {
	if r.is == nil {
		return Row{}
	}
	return r.is.row
}

// IsZero reports whether the resource was never read.
func (r Resource) IsZero() bool { return r.is == nil }
