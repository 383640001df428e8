package access

import (
	"math/bits"
	"strings"
)

// Facts is a set of facts that hold between an actor and a resource. A fact is
// one bit, so what a role allows is a table over all sets of facts.
type Facts uint16

// The facts. A kind says which of them it can have; see KindSpec.
const (
	Own     Facts = 1 << iota // the resource is the actor's own: her entry, her membership
	Member                    // the actor is in the team of the resource's project
	Manager                   // the actor manages the resource's project
	Public                    // the resource's project is public
	Shared                    // the members of the resource's project see each other's time
	Loose                     // the resource is without a project
	Bound                     // the role is bound at this very client, project or group, not at a site or everywhere
	_
	Extra1 // up to four facts of a host's own kind, which the kind names
	Extra2
	Extra3
	Extra4
	factEnd
)

// MostFacts is how many facts a kind can have: a table is tried on every set of
// them.
const MostFacts = 12

// extra is all the facts that a kind names itself, and firstExtra the place of
// the first.
const (
	extra      = Extra1 | Extra2 | Extra3 | Extra4
	firstExtra = 8
)

var factNames = [MostFacts]string{"own", "member", "manager", "public", "shared", "loose", "bound", "", "extra1", "extra2", "extra3", "extra4"}

// Has reports whether all facts of other hold in f.
func (f Facts) Has(other Facts) bool { return f&other == other }

// String lists the facts, joined with "+"; the empty set is "always".
func (f Facts) String() string { return Term{All: f}.String() }

// each yields the facts of a set one by one.
func (f Facts) each(yield func(Facts) bool) {
	for rest := f; rest != 0; rest &= rest - 1 {
		if !yield(rest & -rest) {
			return
		}
	}
}

// sets yields every subset of f, the empty one first.
func (f Facts) sets(yield func(Facts) bool) {
	for sub := Facts(0); ; sub = (sub - f) & f {
		if !yield(sub) || sub == f {
			return
		}
	}
}

func (f Facts) count() int { return bits.OnesCount16(uint16(f)) }

// name is the name of one fact of a kind.
func (f Facts) name(k *kind) string {
	i := bits.TrailingZeros16(uint16(f))
	if k != nil && i >= firstExtra && i-firstExtra < len(k.Extra) {
		return k.Extra[i-firstExtra]
	}
	if i >= MostFacts || factNames[i] == "" {
		return "unknown"
	}
	return factNames[i]
}

// factOf is the fact of a kind with a name.
func factOf(k *kind, name string) (Facts, bool) {
	for f := Facts(1); f < factEnd; f <<= 1 {
		if name != "" && (f.name(k) == name || factNames[bits.TrailingZeros16(uint16(f))] == name) {
			return f, true
		}
	}
	return 0, false
}

// joinFacts writes facts with a word between, as "own and not shared".
func joinFacts(k *kind, all, none Facts, not, word string) string {
	var parts []string
	for f := range all.each {
		parts = append(parts, f.name(k))
	}
	for f := range none.each {
		parts = append(parts, not+f.name(k))
	}
	return strings.Join(parts, word)
}
