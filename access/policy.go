package access

import (
	"slices"
	"strings"
	"sync"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Policy is the compiled rules of all packages. Its rules never change after
// Compile, and it may be used by any number of goroutines.
type Policy struct {
	kinds    []*kind
	byKind   map[Kind]*kind
	actions  []*action
	index    map[Action]*action
	roles    map[string]*role
	order    []*role
	denials  []denial
	switches []Switch
	settings map[Setting]uint64 // the bit of each value of each switch
	claims   []Claim

	custom customRoles

	lacks lacks
}

// kind is a kind with its actions, each of which has a bit of its own.
type kind struct {
	KindSpec
	n       int
	all     Facts // what it can have, with its extra facts
	actions []*action
	names   []Action // of the actions
	reads   uint64   // those that only look
}

// action returns the action of the kind with a name, or nil. There are few.
func (k *kind) action(name Action) *action {
	if k != nil {
		for i := range k.names {
			if k.names[i] == name {
				return k.actions[i]
			}
		}
	}
	return nil
}

// facts is what the kind can have, its own facts among them.
func (k *kind) facts() Facts { return k.all }

// index brings facts to the rows of a table: what the kind cannot have is left
// out, so that it never decides.
func (k *kind) index(f Facts) Facts { return f & k.all }

// size is how many rows a table of the kind has.
func (k *kind) size() int {
	n := 1
	for f := range k.all.each {
		n = int(f) << 1
	}
	return n
}

// possible reports whether facts are a world that can be.
func (k *kind) possible(f Facts) bool {
	return !slices.ContainsFunc(k.Impossible, func(t Term) bool { return t.Holds(f) })
}

type action struct {
	ActionSpec
	of         *kind
	n          int    // among all actions
	bit        uint64 // among those of the kind
	restricted bool   // some role grants it only where a setting has a value
}

type denial struct {
	Denial
	err *fault.Error
	can []uint64 // by kind: the actions it denies
}

// mostActions is how many actions a kind can have: a set of them is one word.
const mostActions = 64

// Compile makes a policy of catalogues and proves it: for every set of facts a
// kind can have, every action, role and setting, a decision, the set of
// all allowed actions, the filter and the explanation agree, and every claim
// holds.
//
// It refuses a kind or action that is declared twice or not at all ("bad_kind",
// "bad_action", "unknown_action"), more facts or actions than a table holds
// ("too_many_facts", "too_many_actions"), a role without name or grants
// ("empty_role"), a grant that can never hold or asks for facts that its kind
// cannot have ("bad_condition"), a denial or switch that says nothing
// ("bad_denial", "bad_switch", "unknown_setting"), and a claim that is about
// nothing ("bad_claim") or not true ("claim_broken"), with a counterexample.
func Compile(catalogues ...Catalogue) (*Policy, error) {
	p := &Policy{
		byKind: map[Kind]*kind{}, index: map[Action]*action{}, roles: map[string]*role{},
		settings: map[Setting]uint64{},
	}
	for _, add := range []func(Catalogue) error{p.addKinds, p.addActions, p.addSwitches, p.addRoles, p.addDenials} {
		for _, c := range catalogues {
			if err := add(c); err != nil {
				return nil, err
			}
		}
	}
	if err := p.prove(); err != nil {
		return nil, err
	}
	for _, c := range catalogues {
		p.claims = append(p.claims, c.Claims...)
	}
	return p, p.Check(p.claims...)
}

func (p *Policy) addKinds(c Catalogue) error {
	for _, spec := range c.Kinds {
		if p.byKind[spec.Name] != nil || spec.Name == "" {
			return fault.Input("bad_kind", "kind", string(spec.Name), "must be declared once, with a name")
		}
		if len(spec.Extra) > extra.count() {
			return fault.Input("too_many_facts", "kind", string(spec.Name), "may name four facts of its own")
		}
		if spec.Facts&^(factEnd-1) != 0 || spec.Facts&extra != 0 || spec.Facts&(1<<7) != 0 {
			return fault.Input("too_many_facts", "kind", string(spec.Name), "has facts that there are not; those of its own are named in Extra")
		}
		k := &kind{KindSpec: spec, n: len(p.kinds), all: spec.Facts | Bound}
		for i, name := range spec.Extra {
			if _, taken := factOf(k, name); !isWord(name, "+!,:") || name == "always" || taken && slices.Index(spec.Extra, name) != i || slices.Contains(factNames[:], name) {
				return fault.Input("bad_kind", "kind", string(spec.Name), "must name each fact of its own once, in a word: "+name)
			}
			k.all |= Extra1 << i
		}
		p.byKind[spec.Name] = k
		p.kinds = append(p.kinds, k)
	}
	return nil
}

// isWord reports whether a name is one word without some characters, so that
// the text of a role can be read back.
func isWord(name, without string) bool {
	words := strings.Fields(name)
	return len(words) == 1 && words[0] == name && !strings.ContainsAny(name, without)
}

func (p *Policy) addActions(c Catalogue) error {
	for _, spec := range c.Actions {
		k := p.byKind[spec.Kind]
		if p.index[spec.Name] != nil || !isWord(string(spec.Name), ":") || k == nil || spec.Verb == 0 || spec.Verb > Remove {
			return fault.Input("bad_action", "action", string(spec.Name), "must be declared once, with a name, a declared kind and a verb")
		}
		if len(k.actions) == mostActions {
			return fault.Input("too_many_actions", "action", string(spec.Name), "is one more than a kind can have")
		}
		if spec.Guards&^k.all != 0 {
			return fault.Input("bad_action", "action", string(spec.Name), "guards facts that a "+string(k.Name)+" cannot have")
		}
		a := &action{ActionSpec: spec, of: k, n: len(p.actions), bit: 1 << len(k.actions)}
		k.actions, k.names = append(k.actions, a), append(k.names, a.Name)
		if spec.Verb == Read {
			k.reads |= a.bit
		}
		p.index[spec.Name] = a
		p.actions = append(p.actions, a)
	}
	return nil
}

func (p *Policy) addSwitches(c Catalogue) error {
	for _, s := range c.Switches {
		if s.Key == "" || len(s.Values) < 2 {
			return fault.Input("bad_switch", "switch", s.Key, "must have a key and two values at least")
		}
		if slices.ContainsFunc(p.switches, func(o Switch) bool { return o.Key == s.Key }) {
			return fault.Input("bad_switch", "switch", s.Key, "must be declared once, with all its values")
		}
		p.switches = append(p.switches, s)
		for _, v := range s.Values {
			set := Setting{s.Key, v}
			if _, twice := p.settings[set]; twice || len(p.settings) == 64 {
				return fault.Input("bad_switch", "switch", s.Key, "must be declared once, and all switches together with 64 values at most")
			}
			p.settings[set] = 1 << len(p.settings)
		}
	}
	return nil
}

func (p *Policy) addRoles(c Catalogue) error {
	for _, r := range c.Roles {
		if r.Name == "" || len(r.Grants) == 0 {
			return fault.Input("empty_role", "role", r.Name, "must have a name and grant something")
		}
		to := p.roles[r.Name]
		if to == nil {
			to = &role{policy: p, name: r.Name, doc: r.Doc, lines: make([][]line, len(p.actions))}
			p.roles[r.Name] = to
			p.order = append(p.order, to)
		}
		if err := to.add(r.Grants); err != nil {
			return err
		}
		for _, g := range r.Grants {
			is := p.index[g.Action]
			is.restricted = is.restricted || len(g.If) > 0
		}
	}
	return nil
}

func (p *Policy) addDenials(c Catalogue) error {
	for _, d := range c.Denials {
		out := denial{Denial: d, err: fault.Deny(d.Reason, d.Rule), can: make([]uint64, len(p.kinds))}
		for _, name := range d.Actions {
			a := p.index[name]
			if a == nil {
				return fault.Input("unknown_action", "action", string(name), "is denied and not declared")
			}
			out.can[a.of.n] |= a.bit
		}
		if len(d.Actions) == 0 || d.State == 0 || d.Reason == "" {
			return fault.Input("bad_denial", "denial", d.Reason, "must have a state, a reason and actions")
		}
		p.denials = append(p.denials, out)
	}
	return nil
}

// Actions returns every action of the policy, in the order of declaration.
func (p *Policy) Actions() []ActionSpec {
	all := make([]ActionSpec, len(p.actions))
	for i, a := range p.actions {
		all[i] = a.ActionSpec
	}
	return all
}

// Kinds returns every kind of the policy, in the order of declaration.
func (p *Policy) Kinds() []KindSpec {
	all := make([]KindSpec, len(p.kinds))
	for i, k := range p.kinds {
		all[i] = k.KindSpec
	}
	return all
}

// Roles returns the built-in roles and the host's, with all their grants, in
// the order of declaration.
func (p *Policy) Roles() []Role {
	all := make([]Role, len(p.order))
	for i, r := range p.order {
		all[i] = r.role()
	}
	return all
}

// Switches returns the settings that grants depend on.
func (p *Policy) Switches() []Switch { return slices.Clone(p.switches) }

// HasRole reports whether the policy knows a role of that name.
func (p *Policy) HasRole(name string) bool { return p.roles[name] != nil }

// HasSetting reports whether a switch has a value.
func (p *Policy) HasSetting(s Setting) bool { return p.settings[s] != 0 }

// defaults is the mask of the settings where nobody set any.
func (p *Policy) defaults() uint64 {
	mask := uint64(0)
	for _, s := range p.switches {
		mask |= p.settings[Setting{s.Key, s.Values[0]}]
	}
	return mask
}

// with returns a mask with one switch turned. What is no value of a switch
// changes nothing.
func (p *Policy) with(mask uint64, set Setting) uint64 {
	bit := p.settings[set]
	if bit == 0 {
		return mask
	}
	for _, s := range p.switches {
		if s.Key == set.Key {
			for _, v := range s.Values {
				mask &^= p.settings[Setting{s.Key, v}]
			}
		}
	}
	return mask | bit
}

// customRoles remembers what custom roles compile to.
type customRoles struct {
	mu  sync.Mutex
	all map[string]*role
}

// mostCustom bounds what is remembered; a full memory is emptied.
const mostCustom = 1000

// compileCustom returns a custom role ready to decide. A role that says what
// the policy does not know, or no longer knows, grants nothing.
func (p *Policy) compileCustom(c CustomRole) *role {
	p.custom.mu.Lock()
	defer p.custom.mu.Unlock()
	key := c.Name + "\n" + c.Grants
	if r := p.custom.all[key]; r != nil {
		return r
	}
	r := &role{policy: p, name: c.Name, doc: c.Doc, custom: true, lines: make([][]line, len(p.actions))}
	grants, err := p.ReadGrants(c.Grants)
	if err == nil {
		err = r.add(grants)
	}
	if err != nil {
		r.lines = make([][]line, len(p.actions))
	}
	if p.custom.all == nil || len(p.custom.all) >= mostCustom {
		p.custom.all = map[string]*role{}
	}
	p.custom.all[key] = r
	return r
}
