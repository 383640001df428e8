package access_test

import (
	"math/rand/v2"
	"slices"

	"github.com/seed-5be203e9/stint/access"
)

// gates is a catalogue for the tools: a kind with facts of its own and worlds
// that cannot be, and two switches, one of them with three values.
func gates() access.Catalogue {
	const painted, loud = access.Extra1, access.Extra2
	return access.Catalogue{
		Kinds: []access.KindSpec{
			{Name: "gate", Doc: "a gate", Facts: access.Own | access.Member | access.Manager, Extra: []string{"painted", "loud"},
				Impossible: []access.Term{{All: access.Manager, None: access.Member}, {All: painted | loud | access.Bound}}},
			{Name: "wall", Doc: "a wall"},
		},
		Actions: []access.ActionSpec{
			{Name: "gate.view", Kind: "gate", Verb: access.Read, Doc: "see a gate"},
			{Name: "gate.make", Kind: "gate", Verb: access.Create, Doc: "make a gate"},
			{Name: "gate.open", Kind: "gate", Verb: access.Change, Doc: "open a gate"},
			{Name: "wall.drop", Kind: "wall", Verb: access.Remove, Privileged: true, Doc: "take a wall down"},
			{Name: "wall.make", Kind: "wall", Verb: access.Create, Doc: "put a wall up"},
		},
		Roles: []access.Role{{Name: "keeper", Doc: "keeps gates", Grants: access.Allow(access.Unconditionally(), "gate.view")}},
		Switches: []access.Switch{
			{Key: "night", Values: []string{"no", "yes"}, Doc: "whether it is night"},
			{Key: "season", Values: []string{"spring", "summer", "winter"}, Doc: "what season it is"},
		},
		Denials: []access.Denial{{State: access.Archived, Reason: "rusty", Rule: "it is rusty", Actions: []access.Action{"gate.open"}}},
	}
}

// choicesOf returns every way to give the switches values.
func choicesOf(switches []access.Switch) [][]access.Setting {
	all := [][]access.Setting{{}}
	for _, s := range switches {
		var next [][]access.Setting
		for _, sets := range all {
			for _, v := range s.Values {
				next = append(next, append(slices.Clone(sets), access.Setting{Key: s.Key, Value: v}))
			}
		}
		all = next
	}
	return all
}

// canBe returns every set of facts that can be, of a kind.
func canBe(kind access.KindSpec) (all []access.Facts) {
	has := kind.Facts | access.Bound
	for i := range kind.Extra {
		has |= access.Extra1 << i
	}
	for f := range access.Facts(1 << access.MostFacts) {
		if has.Has(f) && !access.Condition(kind.Impossible).Holds(f) {
			all = append(all, f)
		}
	}
	return all
}

func among(sets []access.Setting, wanted []access.Setting) bool {
	return !slices.ContainsFunc(wanted, func(s access.Setting) bool { return !slices.Contains(sets, s) })
}

// written reads a role as it is written, without compiling it.
func written(r access.Role, action access.Action, sets []access.Setting, f access.Facts) bool {
	return slices.ContainsFunc(r.Grants, func(g access.Grant) bool {
		return g.Action == action && among(sets, g.If) && g.When.Holds(f)
	})
}

func reads(diff []access.Difference, action access.Action, loses bool, sets []access.Setting, f access.Facts) bool {
	return slices.ContainsFunc(diff, func(d access.Difference) bool {
		return d.Action == action && d.Loses == loses && among(sets, d.If) && d.When.Holds(f)
	})
}

// anyRole makes a role by chance.
func anyRole(p *access.Policy, rng *rand.Rand) access.Role {
	r := access.Role{Name: "by chance"}
	actions, switches := p.Actions(), p.Switches()
	kinds := map[access.Kind]access.KindSpec{}
	for _, k := range p.Kinds() {
		kinds[k.Name] = k
	}
	for range rng.IntN(7) {
		a := actions[rng.IntN(len(actions))]
		has := kinds[a.Kind].Facts | access.Bound
		for i := range kinds[a.Kind].Extra {
			has |= access.Extra1 << i
		}
		g := access.Grant{Action: a.Name}
		for range 1 + rng.IntN(3) {
			bits := rng.Uint64() // of two words, so that terms are short
			all := access.Facts(bits) & access.Facts(bits>>16) & has
			g.When = append(g.When, access.Term{All: all, None: access.Facts(bits>>32) & access.Facts(bits>>48) & has &^ all})
		}
		for range rng.IntN(3) {
			s := switches[rng.IntN(len(switches))]
			g.If = append(g.If, access.Setting{Key: s.Key, Value: s.Values[rng.IntN(len(s.Values))]})
		}
		r.Grants = append(r.Grants, g)
	}
	return r
}
