package access

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

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
	If     []Setting // only where the site's settings have these values; none: wherever
}

// Allow returns grants of the same condition for several actions.
func Allow(when Condition, actions ...Action) []Grant {
	grants := make([]Grant, len(actions))
	for i, a := range actions {
		grants[i] = Grant{Action: a, When: when}
	}
	return grants
}

// Where returns grants that hold only where the settings have these values.
func Where(grants []Grant, settings ...Setting) []Grant {
	out := slices.Clone(grants)
	for i := range out {
		out[i].If = append(slices.Clone(out[i].If), settings...)
	}
	return out
}

// The built-in roles. They cannot be changed. Packages grant actions to them
// together.
const (
	RootAdmin   = "root_admin"   // administers the installation; sees no business data
	RootAuditor = "root_auditor" // sees what root administrators see, and changes nothing

	DomainAdmin   = "domain_admin"   // administers a domain and everything in it
	DomainAuditor = "domain_auditor" // sees everything in a domain, and changes nothing
	MemberRole    = "member"         // a regular user; manages the projects whose manager she is

	SiteAdmin  = "site_admin" // administers a site and sees everybody's time on it
	Timekeeper = "timekeeper" // records time for others; no reports
	Reporter   = "reporter"   // reports on everybody's time; records none
	Approver   = "approver"   // sees the time that she is to approve
	Guest      = "guest"      // a client contact: sees the projects she is put on, and their time

	ProjectManager = "project_manager" // what a manager of the project may do
	ProjectMember  = "project_member"  // what a member of its team may do
)

// Catalogue is what a package contributes to the policy: its kinds and actions,
// what the roles may do with them, the states that deny them, the switches that
// grants depend on, and claims that must be true of it all. Several catalogues
// may speak of the same role; their grants add up.
type Catalogue struct {
	Kinds    []KindSpec
	Actions  []ActionSpec
	Roles    []Role
	Denials  []Denial
	Switches []Switch
	Claims   []Claim
}

// CustomRoleID is the identity of a CustomRole.
type CustomRoleID = tenancy.ID[CustomRole]

// CustomRole is a role that a domain made for itself. It only grants, and only
// while the module CustomRoles is on. Its version counts its edits; the
// log keeps what each said.
type CustomRole struct {
	ID        CustomRoleID
	Version   int64
	CreatedAt time.Time
	Name      string // unique in the domain, compared by tenancy.NameKey
	Doc       string
	// Grants is what Policy.WriteGrants writes: a line for each action, as
	// "entry.view: own, manager".
	Grants string
}

// CustomRoles is the module without which custom roles neither are made nor
// grant anything.
const CustomRoles = "custom_roles"

// WriteGrants writes grants as a custom role stores them, in the order of the
// policy's actions. It refuses what no custom role may say: an action that is
// unknown ("unknown_action") or of the installation ("root_action"), a
// condition that the kind cannot have ("bad_condition"), a dependence on a
// setting ("bad_grant") and no grants at all ("empty_role").
func (p *Policy) WriteGrants(grants []Grant) (string, error) {
	terms := make([]Condition, len(p.actions))
	for _, g := range grants {
		a, err := p.checkGrant(g)
		if err != nil {
			return "", err
		}
		switch {
		case a.of.Root:
			return "", fault.Input("root_action", "action", string(g.Action), "is of the installation, and no role of a domain grants it")
		case len(g.If) > 0:
			return "", fault.Input("bad_grant", "action", string(g.Action), "may not depend on a setting in a custom role")
		}
		terms[a.n] = append(terms[a.n], g.When...)
	}
	var b strings.Builder
	for i, t := range terms {
		if len(t) == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		a, least := p.actions[i], Condition(primes(t))
		if len(least) > mostTerms {
			return "", fault.Input("bad_condition", "condition", least.text(a.of), "is too long for "+string(a.Name))
		}
		b.WriteString(string(a.Name) + ": " + least.text(a.of))
	}
	if b.Len() == 0 {
		return "", fault.Input("empty_role", "grants", "", "must grant something")
	}
	return b.String(), nil
}

// ReadGrants reads what WriteGrants writes, with the same refusals.
func (p *Policy) ReadGrants(text string) ([]Grant, error) {
	var grants []Grant
	for line := range strings.Lines(text) {
		name, condition, found := strings.Cut(strings.TrimSpace(line), ":")
		if !found && name == "" {
			continue
		}
		a := p.index[Action(name)]
		if a == nil {
			return nil, fault.Input("unknown_action", "action", name, "is not an action of this policy")
		}
		when, err := parseCondition(a.of, condition)
		if err != nil {
			return nil, err
		}
		grants = append(grants, Grant{Action: a.Name, When: when})
	}
	if _, err := p.WriteGrants(grants); err != nil {
		return nil, err
	}
	return grants, nil
}

// checkGrant refuses a grant that says nothing or cannot be said.
func (p *Policy) checkGrant(g Grant) (*action, error) {
	a := p.index[g.Action]
	if a == nil {
		return nil, fault.Input("unknown_action", "action", string(g.Action), "is an action that no package declares")
	}
	has := a.of.facts()
	switch {
	case len(g.When) == 0, len(g.When) > mostTerms, slices.ContainsFunc(g.When, Term.impossible):
		return nil, fault.Input("bad_condition", "condition", g.When.text(a.of), "can never hold, or is too long, for "+string(g.Action))
	case g.When.facts()&^has != 0:
		return nil, fault.Input("bad_condition", "condition", g.When.text(a.of), "asks for facts that a "+string(a.Kind)+" cannot have, for "+string(g.Action))
	}
	return a, nil
}

// BuiltIn reports whether a name is that of a role of the policy, or reads like
// it, which no custom role may take.
func (p *Policy) BuiltIn(name string) bool {
	key := tenancy.NameKey(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1 // which nobody sees
		}
		return r
	}, name))
	return slices.ContainsFunc(p.order, func(r *role) bool { return tenancy.NameKey(r.name) == key })
}
