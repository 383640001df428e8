package access

import (
	"sync"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// answer is what a role says about an action for a set of facts: that it is
// allowed, or what stands in the way. Of several roles the least rank counts.
type answer struct {
	rank int // see below
	err  *fault.Error
}

// The ranks: allowed; denied by a setting, which no change of the resource
// would help; denied for want of facts, the fewer the better. A nil answer says
// nothing at all.
const (
	allowed = iota
	restricted
	lacking
)

var (
	yes       = &answer{rank: allowed}
	bySetting = &answer{restricted, fault.Deny("restricted_by_site_setting", "a setting of the site keeps this to others")}
)

// answers returns what the terms of an action say for each set of facts; could
// are its terms as if every setting had every value.
func (r *role) answers(a *action, terms, could []Term) []*answer {
	table := make([]*answer, a.of.size())
	// Where a role is bound is nothing that a change of the resource brings about.
	unbound, bound := folded(terms, 0), folded(terms, Bound)
	known := map[Term]*answer{}
	for f := range a.of.all.sets {
		near := unbound
		if f.Has(Bound) {
			near = bound
		}
		away, some := nearest(near, f)
		switch {
		case some && away == Term{}:
			table[f] = yes
		case Condition(could).Holds(f):
			table[f] = bySetting
		case some:
			if known[away] == nil {
				known[away] = r.policy.lack(away, a.of)
			}
			table[f] = known[away]
		}
	}
	return table
}

// lacks are the denials of a policy for want of facts. Each is made once, so
// that a denial costs no allocation.
type lacks struct {
	mu  sync.Mutex
	all map[lackOf]*answer
}

// lackOf is what they are told apart by.
type lackOf struct {
	away Term
	kind *kind // that names its facts itself; nil: the same for all kinds
}

// lack returns the denial for want of facts: what would have to change, as few
// as can be.
func (p *Policy) lack(away Term, k *kind) *answer {
	of := lackOf{away: away}
	if (away.All|away.None)&extra != 0 {
		of.kind = k
	}
	p.lacks.mu.Lock()
	defer p.lacks.mu.Unlock()
	l := p.lacks.all[of]
	if l == nil {
		l = &answer{lacking + away.size(), fault.Deny("condition_"+joinFacts(of.kind, away.All, away.None, "not_", "+"),
			"your roles allow this only when it is: "+joinFacts(of.kind, away.All, away.None, "not ", " and "))}
		if p.lacks.all == nil {
			p.lacks.all = map[lackOf]*answer{}
		}
		p.lacks.all[of] = l
	}
	return l
}
