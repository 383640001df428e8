package access

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Session is one attempt at one transaction. Stores make it, and end it before
// they return; every proof carries it. It is for one goroutine, like the handle
// it belongs to.
type Session struct {
	policy   *Policy
	holdings *Holdings
	reach    *interval
	refused  []Event
	known    map[refusal]bool // those that are in refused
	done     atomic.Bool
}

// End makes every proof of the session invalid.
func (s *Session) End() { s.done.Store(true) }

// Actor returns who acts in this session.
func (s *Session) Actor() Actor { return Actor{s} }

// Standing returns who it is and where. What was loaded of roles, bindings and
// settings is not part of it.
func (s *Session) Standing() Standing { return s.holdings.who }

// Groups returns the groups that a role of the actor is bound at. Of a row with
// a person the store says in which of them she is; see Row.
func (s *Session) Groups() []GroupID { return s.holdings.groups }

// Resource binds a row, as it is, to the session that read it.
func (s *Session) Resource(row Row) Resource {
	return Resource{&resource{s, s.kind(row.Kind), false, row}}
}

// Prospect binds a row as it would be: a new one, or one that is stored and
// would stand there after a change. It serves Actor.May only for a new row, and
// Actor.MayChange only as what the row becomes.
func (s *Session) Prospect(row Row) Resource {
	return Resource{&resource{s, s.kind(row.Kind), true, row}}
}

// kind returns what the policy knows of a kind: of the zero Session nothing.
func (s *Session) kind(name Kind) *kind {
	if s.policy == nil {
		return nil
	}
	return s.policy.byKind[name]
}

// Holds reports whether a permit is one of this session's, for whatever it may
// be.
func (s *Session) Holds(p Permit) bool { return p.session != nil && p.session == s && s.live() }

// live reports whether proofs of the session are good.
func (s *Session) live() bool { return s != nil && s.policy != nil && !s.done.Load() }

// Plan opens a filter for a store that is about to read resources of a kind. It
// refuses a filter that is zero, of another session, finished, or of an action
// on another kind, with fault.Proof. The plan is shared: it must not be
// changed.
func (s *Session) Plan(f Filter, kind Kind) (Plan, error) {
	if f.session == nil || f.session != s || !s.live() {
		return Plan{}, fault.Proof
	}
	if f.action.Kind != kind {
		return Plan{}, fault.Proof.On("filter", string(f.action.Name))
	}
	return *s.plan(f.action), nil
}

// Withheld is a field that a reader may not see of some rows of a kind.
type Withheld struct {
	Field string
	Plan  Plan // the rows of which it is shown
}

// Withholds returns the fields of a kind that the actor does not see of every
// row, for a store that is about to show some. It is empty for who sees all.
func (s *Session) Withholds(kind Kind) []Withheld {
	k := s.policy.byKind[kind]
	if k == nil {
		return nil
	}
	var all []Withheld
	for _, a := range k.actions {
		if a.Field == "" {
			continue
		}
		plan := Plan{}
		if s.live() {
			plan = *s.plan(a)
		}
		if !plan.Everything() {
			all = append(all, Withheld{a.Field, plan})
		}
	}
	return all
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
// at its place ("grant_exceeds_own"). custom is the role if it is one of the
// domain's own, and p what is about to be done. Stores ask it before they keep a
// binding, put somebody into a group that has one, or change a role.
func (s *Session) Grants(p Permit, b Binding, custom CustomRole) error {
	if !s.Holds(p) {
		return fault.Proof
	}
	given := s.policy.roles[b.Role]
	if !b.Custom.IsZero() {
		given = s.policy.compileCustom(custom)
	}
	if given == nil {
		return fault.Input("unknown_role", "role", b.Role, "is not a role of this policy")
	}
	// What reaches beyond the site that the scope is narrowed to is for those
	// who work in the whole domain.
	if !s.holdings.who.Scope.Site().IsZero() && (b.Place.Kind == Everywhere || b.Place.Kind == OfGroup) && s.holdings.who.System == "" {
		return s.refuse(p.action, p.after, exceeds(given))
	}
	at := Row{Site: b.Place.Site, Client: b.Place.Client, Project: b.Place.Project}
	if b.Place.Kind == OfGroup {
		at.Groups = []GroupID{b.Place.Group}
	}
	// What the role could allow under any settings, and what it allows under
	// those in force: a setting that takes something from administrators does
	// not leave them a way around it by roles.
	lasting := &Session{policy: s.policy, holdings: s.holdings, reach: s.holdings.until(s.reach, untilOf(&b))}
	if !lasting.holdsAll(given, at, boundAt(b.Place.Kind), true) || !lasting.holdsAll(given, at, boundAt(b.Place.Kind), false) {
		return s.refuse(p.action, p.after, exceeds(given))
	}
	return nil
}

// exceeds is the denial of what would give more than is held; given is the role
// by which, if it is one.
func exceeds(given *role) *fault.Error {
	err := fault.Deny("grant_exceeds_own", "nobody grants what they do not hold here")
	if given == nil {
		return err
	}
	return err.On("role", given.name)
}

// widens reports whether the actor may do anything at the places of one row that
// it may not at those of another.
func (s *Session) widens(from, to *Row) bool {
	if s.holdings.who.System != "" {
		return false
	}
	there, here := *from, *to
	for _, k := range s.policy.kinds {
		for f := range (k.all &^ Bound).sets {
			there.Facts, here.Facts = f, f
			if s.can(k, &here, true)&^s.can(k, &there, true) != 0 {
				return true
			}
		}
	}
	return false
}

// holdsAll reports whether the actor holds all that a role allows at a place,
// whatever the facts beyond those of at: with its credential, and as if every
// setting had every value, or under those in force.
func (s *Session) holdsAll(given *role, at Row, bound Facts, could bool) bool {
	if s.holdings.who.System != "" {
		return true
	}
	mask, known := every, at.Facts
	if !could {
		mask = s.settings(&at.Site).mask
	}
	want := given.under(mask)
	for _, k := range s.policy.kinds {
		if want.can[k.n] == nil {
			continue
		}
		for f := range (k.all &^ Bound).sets {
			at.Facts = f | known
			if want.allows(k, at.Facts|bound)&^(s.can(k, &at, could)&^s.holdings.barred[k.n]) != 0 {
				return false
			}
		}
	}
	return true
}

// boundAt is the fact Bound of what is bound at a kind of place.
func boundAt(kind PlaceKind) Facts {
	switch kind {
	case AtClient, AtProject, OfGroup:
		return Bound
	}
	return 0
}

// Places says which of Site, Client, Project and Person a kind has columns
// for.
type Places struct{ Site, Client, Project, Person bool }

// Write opens a permit for a store that is about to write row: Kind, ID, the
// Version that is stored (0 if the row is new), and as much of Site, Client,
// Project and Person, as they will be, as the kind has, and of its Facts those
// that the row says itself. It refuses with
// fault.Proof a permit that is zero, of another session or finished, one of an
// action that reads or concerns another kind, and one that was given for
// another row, another version of it, another place than it will be at, or with
// other facts that are guarded.
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
	a, after, before := p.action, *p.after, Row{}
	if p.before != nil {
		before = *p.before
	}
	fits := a.Kind == row.Kind && a.Verb == verb && after.ID == row.ID && before.Version == row.Version &&
		(!has.Site || after.Site == row.Site) &&
		(!has.Client || after.Client == row.Client) &&
		(!has.Project || after.Project == row.Project) &&
		(!has.Person || after.Person == row.Person) &&
		(verb == Remove || (after.Facts^row.Facts)&a.of.guarded() == 0)
	if !fits {
		return Write{}, fault.Proof.On("permit", string(a.Name))
	}
	return Write{a.Name, a.Verb, p.why(), before, after}, nil
}

// guarded is the facts of a kind that nobody changes without an action of its
// own.
func (k *kind) guarded() (f Facts) {
	for _, a := range k.actions {
		f |= a.Guards
	}
	return f
}

// refusal is what denials of privileged actions are told apart by.
type refusal struct {
	action                                *action
	version                               int64
	object, site, client, project, person [16]byte
	reason                                string
}

// refuse records the denial of a privileged action and returns it.
func (s *Session) refuse(a *action, r *Row, err *fault.Error) error {
	if a == nil || !a.Privileged || !s.live() {
		return err
	}
	is := refusal{a, r.Version, r.ID, r.Site, r.Client, r.Project, r.Person, err.Reason}
	if r.Version == 0 {
		is.object = [16]byte{} // trying to create again and again is one thing
	}
	if s.known[is] {
		return err
	}
	if s.known == nil {
		s.known = map[refusal]bool{}
	}
	s.known[is] = true
	s.refused = append(s.refused, Event{
		Actor: s.holdings.who.Member, Action: a.Name, Denied: true, Reason: err.Reason,
		Kind: a.Kind, Object: r.ID, Version: r.Version,
		Site: r.Site, Client: r.Client, Project: r.Project, Person: r.Person, Public: r.Facts.Has(Public),
	})
	return err
}

// Refused returns the events of the denials of privileged actions in this
// session, each once and without id. A store records them when the transaction
// is over, in one of their own: the transaction that was denied something may
// well be rolled back.
func (s *Session) Refused(at time.Time) []Event {
	all := slices.Clone(s.refused)
	for i := range all {
		all[i].At = at
	}
	return all
}
