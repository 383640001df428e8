package access

// Role is a named set of actions, each under a condition.
type Role struct {
	Name   string // stable, such as "site_admin"
	Doc    string // one sentence for people
	Grants []Grant
}

// Grant is one line of a role.
type Grant struct {
	Action Action
	When   Condition
}

// Allow returns grants of the same condition for several actions.
func Allow(when Condition, actions ...Action) []Grant {
	grants := make([]Grant, len(actions))
	for i, a := range actions {
		grants[i] = Grant{a, when}
	}
	return grants
}

// Catalogue is what a package contributes to the policy: its actions, what the
// roles may do with them, and the states that deny them. Several catalogues may
// speak of the same role; their grants add up.
type Catalogue struct {
	Actions []ActionSpec
	Roles   []Role
	Denials []Denial
}

// The built-in roles that several packages grant actions to.
const (
	RootAdmin   = "root_admin"   // administers the installation; sees no business data
	DomainAdmin = "domain_admin" // administers a domain and everything in it
	SiteAdmin   = "site_admin"   // administers a site and sees everybody's time on it
	MemberRole  = "member"       // a regular user
	Guest       = "guest"        // sees only the projects she is put on, and tracks no time
)
