package access

import (
	"math/bits"
	"strings"
)

// Facts is a set of facts that hold between an actor and a resource. A fact is
// one bit. The set of facts is closed: a policy tries every combination.
type Facts uint8

// The facts.
const (
	Own     Facts = 1 << iota // the resource is the actor's own: her entry, her membership
	Member                    // the actor is in the team of the resource's project
	Manager                   // the actor manages the resource's project
	Public                    // the resource's project is public
	Shared                    // the members of the resource's project see each other's time
	Loose                     // the resource is without a project
	factEnd
)

// factCount is how many facts there are; tables have 1<<factCount bits.
const factCount = 6

var factNames = [factCount]string{"own", "member", "manager", "public", "shared", "loose"}

// Has reports whether all facts of other hold in f.
func (f Facts) Has(other Facts) bool { return f&other == other }

// String lists the facts, joined with "+"; the empty set is "always".
func (f Facts) String() string {
	if f == 0 {
		return "always"
	}
	var names []string
	for rest := f; rest != 0; rest &= rest - 1 {
		if i := bits.TrailingZeros8(uint8(rest)); i < factCount {
			names = append(names, factNames[i])
		}
	}
	return strings.Join(names, "+")
}

// Condition says under which facts a role allows an action: at least one term
// must hold, and a term holds when all its facts do. The zero Condition never
// holds.
type Condition []Facts

// When returns the condition that holds when any of the terms does.
func When(terms ...Facts) Condition { return terms }

// Always is the condition without conditions.
func Always() Condition { return Condition{0} }

// Holds reports whether the condition holds for the facts.
func (c Condition) Holds(f Facts) bool {
	for _, term := range c {
		if f.Has(term) {
			return true
		}
	}
	return false
}

// table is a condition tried on every combination of facts: bit i answers for
// Facts(i).
type table [(1 << factCount) / 64]uint64

func (c Condition) compile() (t table) {
	for f := range Facts(1 << factCount) {
		if c.Holds(f) {
			t[f>>6] |= 1 << (f & 63)
		}
	}
	return t
}

// holds ignores bits that are no facts.
func (t *table) holds(f Facts) bool { f &= factEnd - 1; return t[f>>6]>>(f&63)&1 == 1 }

// simplify returns the smallest terms that say the same: those that no shorter
// term already covers. Conditions have no negations, so this is their minimal
// form.
func simplify(terms []Facts) []Facts {
	var kept []Facts
	for i, t := range terms {
		covered := false
		for j, o := range terms {
			if t.Has(o) && (t != o || j < i) {
				covered = true
				break
			}
		}
		if !covered {
			kept = append(kept, t)
		}
	}
	return kept
}
