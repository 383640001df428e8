package access

import (
	"math/bits"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Actor is who acts, with the roles held in this transaction. The zero Actor
// may do nothing.
type Actor struct{ session *Session }

// Member returns the person that acts, or none for the system.
func (a Actor) Member() tenancy.MembershipID {
	if a.session == nil {
		return tenancy.MembershipID{}
	}
	return a.session.standing.Member
}

// Filter is what an actor may see under one action. The zero Filter sees
// nothing, and stores refuse it.
type Filter struct {
	session *Session
	action  int
}

// Sees returns the resources that an action is allowed on: what may be seen
// under "project.view", or what may be changed under "project.edit". An unknown
// action gives the zero Filter.
func (a Actor) Sees(action Action) Filter {
	if !a.session.live() {
		return Filter{}
	}
	i, known := a.session.policy.index[action]
	if !known {
		return Filter{}
	}
	return Filter{a.session, i}
}

// Permit is what an actor may do to one resource, and why. The zero Permit
// writes nothing.
type Permit struct {
	session       *Session
	action        int
	before, after Row
	role          *compiledRole // nil for the system
	facts         Facts
}

// Resource returns what the permit was given for, as it becomes.
func (p Permit) Resource() Row { return p.after }

func (p Permit) why() string {
	if p.role == nil {
		return "system: " + p.session.standing.System
	}
	for _, term := range p.role.terms[p.action] {
		if p.facts.Has(term) {
			return p.role.name + ": " + term.String()
		}
	}
	return p.role.name
}

// May asks for a permit to create a resource, given as it will be, or to act on
// one that stays where it is. A denial is an error with the code "denied" and a
// reason: "no_grant_in_scope" when no role covers the action here,
// "condition_…" with the facts that would have been enough, or the reason of
// the state that denies.
func (a Actor) May(action Action, r Resource) (Permit, error) {
	if r.prospect && r.row.Version != 0 {
		return Permit{}, fault.Proof.On("resource", string(r.row.Kind)) // where it is now counts too: MayChange
	}
	p, err := a.decide(action, r)
	if err == nil && r.row.Version != 0 {
		p.before = r.row
	}
	return p, err
}

// MayChange asks for a permit to change a resource from what it is to what it
// becomes; the action must be allowed on both.
func (a Actor) MayChange(action Action, before, after Resource) (Permit, error) {
	if before.prospect {
		return Permit{}, fault.Proof.On("resource", string(before.row.Kind))
	}
	if _, err := a.decide(action, before); err != nil {
		return Permit{}, err
	}
	p, err := a.decide(action, after)
	if err != nil {
		return Permit{}, err
	}
	if before.row.Kind != after.row.Kind || before.row.ID != after.row.ID {
		return Permit{}, fault.Proof.On("resource", string(after.row.Kind))
	}
	p.before = before.row
	return p, nil
}

// Allowed returns every action of the resource's kind that the actor may do to
// it, in the order of the policy.
func (a Actor) Allowed(r Resource) []Action {
	var can []Action
	if a.session.live() {
		for _, spec := range a.session.policy.actions {
			if spec.Kind != r.row.Kind || spec.Verb == Create {
				continue
			}
			if _, err := a.decide(spec.Name, r); err == nil {
				can = append(can, spec.Name)
			}
		}
	}
	return can
}

// decide is the one place where a decision about one resource is made.
func (a Actor) decide(action Action, r Resource) (Permit, error) {
	s := a.session
	if !s.live() || r.session != s {
		return Permit{}, fault.Proof
	}
	i, known := s.policy.index[action]
	if !known || s.policy.actions[i].Kind != r.row.Kind {
		return Permit{}, fault.Deny("unknown_action", "no such action on this kind of thing").On("action", string(action))
	}
	// The fence: nothing outside the site that the scope is narrowed to.
	if site := s.standing.Scope.Site(); !site.IsZero() && !r.row.Site.IsZero() && r.row.Site != site {
		return Permit{}, fault.NotFound
	}
	if s.standing.ReadOnly && s.policy.actions[i].Verb != Read {
		return Permit{}, fault.Deny("token_scope", "this credential only reads")
	}
	for _, d := range s.policy.denials {
		if d.actions[i] && r.row.State&d.State != 0 {
			return Permit{}, fault.Deny(d.Reason, d.Rule)
		}
	}
	permit := Permit{session: s, action: i, after: r.row, facts: r.row.Facts}
	if s.standing.System != "" {
		return permit, nil
	}
	nearest := Facts(0xff)
	for role := range s.covering(&r.row) {
		if role.tables[i].holds(r.row.Facts) {
			permit.role = role
			return permit, nil
		}
		for _, term := range role.terms[i] {
			if missing := term &^ r.row.Facts; bits.OnesCount8(uint8(missing)) < bits.OnesCount8(uint8(nearest)) {
				nearest = missing
			}
		}
	}
	if nearest == 0xff {
		return Permit{}, fault.Deny("no_grant_in_scope", "no role of yours allows this here")
	}
	return Permit{}, fault.Deny("condition_"+nearest.String(), "your roles allow this only when: "+nearest.String())
}

// covering yields the roles bound at places that cover the row.
func (s *Session) covering(r *Row) func(yield func(*compiledRole) bool) {
	return func(yield func(*compiledRole) bool) {
		for _, role := range s.wide {
			if !yield(role) {
				return
			}
		}
		for _, b := range s.places {
			if b.place.covers(r) && !yield(b.role) {
				return
			}
		}
	}
}
