package access

import (
	"slices"
	"strings"
	"sync"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// role is a role with all its lines, whatever the settings.
type role struct {
	policy    *Policy
	name, doc string
	custom    bool
	lines     [][]line // by action
	uses      uint64   // the settings that lines depend on

	mu       sync.Mutex
	variants map[uint64]*rules // by the settings, as far as the role uses them
}

// line is one grant.
type line struct {
	when  []Term
	needs uint64 // the settings it depends on
	sets  []Setting
}

func (r *role) add(grants []Grant) error {
	p := r.policy
	for _, g := range grants {
		a, err := p.checkGrant(g)
		if err != nil {
			return err
		}
		needs := uint64(0)
		for _, set := range g.If {
			if p.settings[set] == 0 {
				return fault.Input("unknown_setting", "setting", set.Key+"="+set.Value, "is not a value of a switch, for "+string(g.Action))
			}
			needs |= p.settings[set]
		}
		r.uses |= needs
		r.lines[a.n] = append(r.lines[a.n], line{slices.Clone(g.When), needs, g.If})
	}
	return nil
}

// role returns the role as it was declared, a grant for each line.
func (r *role) role() Role {
	out := Role{Name: r.name, Doc: r.doc}
	for i, lines := range r.lines {
		for _, l := range lines {
			out.Grants = append(out.Grants, Grant{r.policy.actions[i].Name, slices.Clone(l.when), slices.Clone(l.sets)})
		}
	}
	return out
}

// rules is a role compiled for some settings: for each kind, the set of actions
// that it allows for each set of facts, and for each action the smallest terms.
type rules struct {
	role  *role
	can   [][]uint64  // by kind and facts; nil: nothing on this kind
	terms [][]Term    // by action
	says  [][]*answer // by action and facts; nil: nothing of this action
}

// every is the mask in which every setting has every value: what a role could
// allow.
const every = ^uint64(0)

// under returns the rules of the role where the settings are those of a mask.
func (r *role) under(mask uint64) *rules {
	mask &= r.uses
	r.mu.Lock()
	defer r.mu.Unlock()
	v := r.variants[mask]
	if v == nil {
		v = r.compile(mask)
		if r.variants == nil {
			r.variants = map[uint64]*rules{}
		}
		r.variants[mask] = v
	}
	return v
}

func (r *role) compile(mask uint64) *rules {
	p := r.policy
	v := &rules{role: r, can: make([][]uint64, len(p.kinds)), terms: make([][]Term, len(p.actions)), says: make([][]*answer, len(p.actions))}
	for i, lines := range r.lines {
		a := p.actions[i]
		var terms, could []Term
		for _, l := range lines {
			could = append(could, l.when...)
			if l.needs&^mask == 0 {
				terms = append(terms, l.when...)
			}
		}
		if len(could) == 0 {
			continue
		}
		v.terms[i] = primes(terms)
		v.says[i] = r.answers(a, v.terms[i], could)
		if v.can[a.of.n] == nil {
			v.can[a.of.n] = make([]uint64, a.of.size())
		}
		for f := range a.of.all.sets {
			if Condition(v.terms[i]).Holds(f) {
				v.can[a.of.n][f] |= a.bit
			}
		}
	}
	return v
}

// allows returns the actions on a kind that the rules allow for the facts.
func (v *rules) allows(k *kind, f Facts) uint64 {
	table := v.can[k.n]
	if table == nil {
		return 0
	}
	return table[k.index(f)]
}

// answer returns what the rules say about an action for the facts.
func (v *rules) answer(a *action, f Facts) *answer {
	table := v.says[a.n]
	if table == nil {
		return nil
	}
	return table[a.of.index(f)]
}

// why returns the term that allows an action for the facts: the first that
// holds.
func (v *rules) why(a *action, f Facts) (Term, bool) {
	for _, t := range v.terms[a.n] {
		if t.Holds(f) {
			return t, true
		}
	}
	return Term{}, false
}

// prove tries every set of facts: the table of a role, its lines as they were
// declared, its terms, which filters are printed from, and its explanation
// answer alike, under every combination of the settings that it depends on.
func (p *Policy) prove() error {
	for _, r := range p.order {
		for _, a := range p.actions {
			for mask := range masks(r.usesFor(a)) {
				v := r.under(mask)
				for f := range a.of.all.sets {
					declared := slices.ContainsFunc(r.lines[a.n], func(l line) bool { return l.needs&^mask == 0 && Condition(l.when).Holds(f) })
					_, explained := v.why(a, f)
					away, some := nearest(v.terms[a.n], f)
					if table := v.allows(a.of, f)&a.bit != 0; table != declared || table != (v.answer(a, f) == yes) || table != explained || table != (some && away == Term{}) {
						return fault.New("unsound", "the compiled rules of "+r.name+" for "+string(a.Name)+" do not agree when: "+f.String())
					}
				}
			}
		}
	}
	return nil
}

// usesFor returns the settings on which it depends whether the role allows an
// action.
func (r *role) usesFor(a *action) (uses uint64) {
	for _, l := range r.lines[a.n] {
		uses |= l.needs
	}
	return uses
}

// masks yields every combination of some settings. Two values of one switch
// never hold together, but trying that too does no harm.
func masks(uses uint64) func(func(uint64) bool) {
	return func(yield func(uint64) bool) {
		for sub := uint64(0); ; sub = (sub - uses) & uses {
			if !yield(sub) || sub == uses {
				return
			}
		}
	}
}

// nearest returns the fewest facts that would have to change for one of the
// terms to hold.
func nearest(terms []Term, f Facts) (Term, bool) {
	best, some := Term{}, false
	for _, t := range terms {
		if away := t.away(f); !some || away.size() < best.size() {
			best, some = away, true
		}
	}
	return best, some
}

// Claim is a sentence about a policy that Compile checks for every world that
// can be, and refuses a policy that breaks it. Make one with Never or Always.
type Claim struct {
	Name   string // what it says, for people
	Action Action
	Roles  []string // whom it is about; none: every role of the policy
	With   Facts    // it is about resources for which these facts hold
	Not    Facts    // and none of these
	Holds  bool     // whether the action is allowed there, or denied
}

// Never claims that no role allows an action where all facts of with hold and
// none of not.
func Never(name string, action Action, with, not Facts, roles ...string) Claim {
	return Claim{name, action, roles, with, not, false}
}

// Always claims that each of the roles allows an action where all facts of with
// hold and none of not, whatever the settings.
func Always(name string, action Action, with, not Facts, roles ...string) Claim {
	return Claim{name, action, roles, with, not, true}
}

// Check tries claims in every world that can be, under all settings. The error
// of one that does not hold has the code "claim_broken" and says in which
// world. A claim that is about no world at all claims nothing, and is refused
// as "bad_claim".
func (p *Policy) Check(claims ...Claim) error {
	for _, c := range claims {
		a := p.index[c.Action]
		if a == nil {
			return fault.Input("unknown_action", "action", string(c.Action), "is claimed something of, and not declared")
		}
		about := slices.DeleteFunc(slices.Collect(a.of.all.sets), func(f Facts) bool { return !a.of.possible(f) || !f.Has(c.With) || f&c.Not != 0 })
		if len(about) == 0 {
			return fault.Input("bad_claim", "claim", c.Name, "is about no "+string(a.Kind)+" that can be")
		}
		for _, r := range p.order {
			if len(c.Roles) > 0 && !slices.Contains(c.Roles, r.name) {
				continue
			}
			for mask := range masks(r.usesFor(a)) {
				for _, f := range about {
					if (r.under(mask).allows(a.of, f)&a.bit != 0) == c.Holds {
						continue
					}
					return fault.New("claim_broken", c.Name+": not so for "+r.name+" and "+string(a.Name)+" when: "+Term{All: f}.text(a.of)+p.settingText(mask))
				}
			}
		}
		for _, name := range c.Roles {
			if p.roles[name] == nil {
				return fault.Input("unknown_role", "role", name, "is claimed something of, and is no role")
			}
		}
	}
	return nil
}

// settingText says which settings a mask is about.
func (p *Policy) settingText(mask uint64) string {
	var texts []string
	for _, s := range p.switches {
		for _, v := range s.Values {
			if mask&p.settings[Setting{s.Key, v}] != 0 {
				texts = append(texts, s.Key+"="+v)
			}
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return ", with " + strings.Join(texts, ", ")
}
