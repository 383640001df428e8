package tenancy

import "time"

// Account is somebody who can act. It holds nothing personal: names and
// e-mail addresses are on the memberships, inside the domains.
type Account struct {
	ID        AccountID
	Version   int64
	CreatedAt time.Time
}

// Status says whether a membership lets its account in.
type Status string

// The states of a membership.
const (
	Invited     Status = "invited"     // named, and may have time recorded, but cannot act yet
	Active      Status = "active"      // may act with the roles that are bound to it
	Deactivated Status = "deactivated" // keeps its rows, may not act
)

// Membership is an account inside one domain: the person that entries, roles
// and teams speak of.
type Membership struct {
	ID        MembershipID
	Version   int64
	CreatedAt time.Time
	Account   AccountID // none while nobody can sign in as this person
	Ref       string    // the host program's own id of this user, as text; unique in the domain when not empty
	Name      string    // as shown; not unique
	Email     string    // lower case; unique in the domain when not empty
	// EmailWithheld says that who reads this may not see Email, which is empty
	// then. Written back so, the stored address stays.
	EmailWithheld bool
	Zone          string // IANA zone of the person; empty means the site's
	Status        Status
}
