package access

import (
	"sync/atomic"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Standing is what a store loaded of a principal: who it is in the domain of
// the scope and the bindings that hold now.
type Standing struct {
	Scope    tenancy.Scope
	Account  tenancy.AccountID
	Member   tenancy.MembershipID
	System   string // the reason, when there is no person
	ReadOnly bool
	Bindings []Binding
}

// Session is one attempt at one transaction. Stores make it, and end it before
// they return; every proof carries it.
type Session struct {
	policy   *Policy
	standing Standing
	wide     []*compiledRole // bound where everything in scope is covered
	places   []placed
	done     atomic.Bool
}

type placed struct {
	place Place
	role  *compiledRole
}

// Begin opens a session. A binding to a role that the policy does not know
// grants nothing.
func (p *Policy) Begin(st Standing) *Session {
	s := &Session{policy: p, standing: st}
	for _, b := range st.Bindings {
		role := p.roles[b.Role]
		if role == nil {
			continue
		}
		site := st.Scope.Site()
		switch {
		case b.Place.Kind == Everywhere, b.Place.Kind == AtSite && !site.IsZero() && b.Place.Site == site:
			s.wide = append(s.wide, role)
		case b.Place.Kind == AtSite && !site.IsZero():
			// bound at another site than the one the scope is narrowed to
		default:
			s.places = append(s.places, placed{b.Place, role})
		}
	}
	return s
}

// End makes every proof of the session invalid.
func (s *Session) End() { s.done.Store(true) }

// Actor returns who acts in this session.
func (s *Session) Actor() Actor { return Actor{s} }

// Standing returns what the session was begun with.
func (s *Session) Standing() Standing { return s.standing }

// Resource binds a row, as it is, to the session that read it.
func (s *Session) Resource(row Row) Resource { return Resource{session: s, row: row} }

// Prospect binds a row as it would be: a new one, or one that is stored and
// would stand there after a change. It serves Actor.May only for a new row, and
// Actor.MayChange only as what the row becomes.
func (s *Session) Prospect(row Row) Resource { return Resource{s, row, true} }

// Holds reports whether a permit is one of this session's, for whatever it may
// be.
func (s *Session) Holds(p Permit) bool { return p.session != nil && p.session == s && s.live() }

// live reports whether proofs of the session are good.
func (s *Session) live() bool { return s != nil && s.policy != nil && !s.done.Load() }

// Plan opens a filter for a store that is about to read resources of a kind. It
// refuses a filter that is zero, of another session, finished, or of an action
// on another kind, with fault.Proof.
func (s *Session) Plan(f Filter, kind Kind) (Plan, error) {
	if f.session == nil || f.session != s || !s.live() {
		return Plan{}, fault.Proof
	}
	if s.policy.actions[f.action].Kind != kind {
		return Plan{}, fault.Proof.On("filter", string(s.policy.actions[f.action].Name))
	}
	return f.plan(), nil
}

// Write is what a permit allows, opened for a store that is about to write.
type Write struct {
	Action Action
	Verb   Verb
	Reason string // the role and the facts that allowed it, for the event
	Before Row    // zero for a new resource
	After  Row
}

// Grants refuses a binding that would give somebody more than the actor holds
// at its place ("grant_exceeds_own"). Stores ask it before they keep one.
func (s *Session) Grants(b Binding) error {
	if !s.live() {
		return fault.Proof
	}
	if s.standing.System != "" {
		return nil
	}
	var held []*compiledRole
	if s.standing.Scope.Site().IsZero() || b.Place.Kind != Everywhere {
		for role := range s.covering(&Row{Site: b.Place.Site, Client: b.Place.Client, Project: b.Place.Project}) {
			held = append(held, role)
		}
	}
	given := s.policy.roles[b.Role]
	if given == nil {
		return fault.Input("unknown_role", "role", b.Role, "is not a role of this policy")
	}
	for action, want := range given.tables {
		for word := range want {
			have := uint64(0)
			for _, role := range held {
				have |= role.tables[action][word]
			}
			if want[word]&^have != 0 {
				return fault.Deny("grant_exceeds_own", "nobody grants what they do not hold here").On("role", b.Role)
			}
		}
	}
	return nil
}

// Places says which of Site, Client, Project and Person a kind has columns
// for.
type Places struct{ Site, Client, Project, Person bool }

// Write opens a permit for a store that is about to write row: Kind, ID, the
// Version that is stored (0 if the row is new), and as much of Site, Client,
// Project and Person, as they will be, as the kind has. It refuses with
// fault.Proof a permit that is zero, of another session or finished, one of an
// action that reads or concerns another kind, and one that was given for
// another row, another version of it, or another place than it will be at.
func (s *Session) Write(p Permit, row Row, has Places) (Write, error) {
	verb := Change
	if row.Version == 0 {
		verb = Create
	}
	return s.open(p, verb, row, has)
}

// Remove opens a permit for a store that is about to remove row, given as it is
// stored. It refuses like Write.
func (s *Session) Remove(p Permit, row Row, has Places) (Write, error) {
	return s.open(p, Remove, row, has)
}

func (s *Session) open(p Permit, verb Verb, row Row, has Places) (Write, error) {
	if !s.Holds(p) {
		return Write{}, fault.Proof
	}
	spec := s.policy.actions[p.action]
	fits := spec.Kind == row.Kind && spec.Verb == verb && p.after.ID == row.ID && p.before.Version == row.Version &&
		(!has.Site || p.after.Site == row.Site) &&
		(!has.Client || p.after.Client == row.Client) &&
		(!has.Project || p.after.Project == row.Project) &&
		(!has.Person || p.after.Person == row.Person)
	if !fits {
		return Write{}, fault.Proof.On("permit", string(spec.Name))
	}
	return Write{spec.Name, spec.Verb, p.why(), p.before, p.after}, nil
}
