package access

import (
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
	return a.session.holdings.who.Member
}

// Policy returns the rules that the actor is judged by, or nil for the zero
// Actor.
func (a Actor) Policy() *Policy {
	if a.session == nil {
		return nil
	}
	return a.session.policy
}

// Setting returns the value that a switch has at a site, or in the whole domain
// where the site says nothing else; "" if there is no such switch.
func (a Actor) Setting(key string, site tenancy.SiteID) string {
	if !a.session.live() {
		return ""
	}
	for _, s := range a.session.policy.switches {
		if s.Key != key {
			continue
		}
		for _, v := range s.Values {
			if a.session.settings(&site).mask&a.session.policy.settings[Setting{key, v}] != 0 {
				return v
			}
		}
	}
	return ""
}

// Filter is what an actor may see under one action. The zero Filter sees
// nothing, and stores refuse it.
type Filter struct {
	session *Session
	action  *action
}

// Sees returns the resources that an action is allowed on: what may be seen
// under "project.view", or what may be changed under "project.edit". An unknown
// action gives the zero Filter.
func (a Actor) Sees(action Action) Filter {
	if !a.session.live() {
		return Filter{}
	}
	is := a.session.policy.index[action]
	if is == nil {
		return Filter{}
	}
	return Filter{a.session, is}
}

// Permit is what an actor may do to one resource, and why. The zero Permit
// writes nothing.
type Permit struct {
	session       *Session
	action        *action
	before, after *Row
	by            grantor
}

// grantor is the rules that allowed something, and the facts that held.
type grantor struct {
	rules *rules // nil for the system
	facts Facts
}

// Resource returns what the permit was given for, as it becomes.
func (p Permit) Resource() Row {
	if p.after == nil {
		return Row{}
	}
	return *p.after
}

// By names what allowed it, without making a text of it: the role, and the term
// that held; for the system "" and the zero Term, as for the zero Permit.
func (p Permit) By() (role string, term Term) {
	if p.by.rules == nil {
		return "", Term{}
	}
	term, _ = p.by.rules.why(p.action, p.by.facts)
	return p.by.rules.role.name, term
}

func (p Permit) why() string {
	if p.by.rules == nil {
		return "system: " + p.session.holdings.who.System
	}
	term, _ := p.by.rules.why(p.action, p.by.facts)
	return p.by.rules.role.title() + ": " + term.text(p.action.of)
}

// title is how an event names a role.
func (r *role) title() string {
	if r.custom {
		return "custom role " + r.name
	}
	return r.name
}

// May asks for a permit to create a resource, given as it will be, or to act on
// one that stays where it is. A denial is an error with the code "denied" and a
// reason: "no_grant_in_scope" when no role covers the action here,
// "condition_…" with the fewest facts that would have to change,
// "restricted_by_site_setting" when a setting stands in the way, "token_scope"
// when the credential does, "module_off" when the domain lacks the module, or
// the reason of the state that denies.
func (a Actor) May(action Action, r Resource) (Permit, error) {
	if r.is != nil && r.is.prospect && r.is.row.Version != 0 {
		return Permit{}, fault.Proof.On("resource", string(r.is.row.Kind)) // where it is now counts too: MayChange
	}
	is, by, err := a.decide(action, r)
	if err != nil {
		return Permit{}, err
	}
	var before *Row
	if r.is.row.Version != 0 {
		before = &r.is.row
	}
	return Permit{a.session, is, before, &r.is.row, by}, nil
}

// MayChange asks for a permit to change a resource from what it is to what it
// becomes. The action must be allowed on both, and so must the actions that
// guard the facts which the change turns. A project takes all that is on it
// along to another client: nobody moves one to where they may do more
// ("grant_exceeds_own").
func (a Actor) MayChange(action Action, before, after Resource) (Permit, error) {
	if before.is == nil || after.is == nil || before.is.prospect {
		return Permit{}, fault.Proof.On("resource", string(before.Row().Kind))
	}
	if _, _, err := a.decide(action, before); err != nil {
		return Permit{}, err
	}
	is, by, err := a.decide(action, after)
	if err != nil {
		return Permit{}, err
	}
	if before.is.row.Kind != after.is.row.Kind || before.is.row.ID != after.is.row.ID {
		return Permit{}, fault.Proof.On("resource", string(after.is.row.Kind))
	}
	if s := a.session; before.is.row.Client != after.is.row.Client && after.is.row.Project == after.is.row.ID && s.widens(&before.is.row, &after.is.row) {
		return Permit{}, s.refuse(is, &after.is.row, exceeds(nil))
	}
	if turned := before.is.row.Facts ^ after.is.row.Facts; turned != 0 {
		for _, guard := range is.of.actions {
			if guard.Guards&turned == 0 || guard == is {
				continue
			}
			for _, r := range []Resource{before, after} {
				if _, _, err := a.decide(guard.Name, r); err != nil {
					return Permit{}, err
				}
			}
		}
	}
	return Permit{a.session, is, &before.is.row, &after.is.row, by}, nil
}

// Actions is a set of actions on one kind of resource. The zero Actions is
// empty.
type Actions struct {
	kind *kind
	bits uint64
}

// Has reports whether an action is in the set.
func (s Actions) Has(action Action) bool {
	if s.kind != nil {
		for _, a := range s.kind.actions {
			if a.Name == action {
				return s.bits&a.bit != 0
			}
		}
	}
	return false
}

// List returns the actions of the set, in the order of the policy.
func (s Actions) List() []Action {
	var all []Action
	if s.kind != nil {
		for _, a := range s.kind.actions {
			if s.bits&a.bit != 0 {
				all = append(all, a.Name)
			}
		}
	}
	return all
}

// AllowedActions returns every action of the resource's kind that the actor may
// do to it: those for which May gives a permit.
func (a Actor) AllowedActions(r Resource) Actions {
	s := a.session
	if !s.live() || r.is == nil || r.is.session != s {
		return Actions{}
	}
	k := r.is.kind
	if k == nil || !s.fenced(&r.is.row) {
		return Actions{}
	}
	can := ^uint64(0)
	if s.holdings.who.System == "" {
		can = s.can(k, &r.is.row, false)
	} else {
		can = 1<<len(k.actions) - 1
		if len(k.actions) == mostActions {
			can = ^uint64(0)
		}
	}
	can &^= s.bars(k, &r.is.row)
	for i := range s.policy.denials {
		if d := &s.policy.denials[i]; r.is.row.State&d.State != 0 {
			can &^= d.can[k.n]
		}
	}
	return Actions{k, can}
}

// Allowed returns AllowedActions as a list, without those that create: the
// resource is there.
func (a Actor) Allowed(r Resource) []Action {
	set := a.AllowedActions(r)
	if set.kind != nil {
		for _, is := range set.kind.actions {
			if is.Verb == Create {
				set.bits &^= is.bit
			}
		}
	}
	return set.List()
}
