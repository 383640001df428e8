package access

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const some = Own | Member | Manager | Public

// least checks that the shortest terms of a condition say what it says, for
// every set of facts, and that nothing can be left out of them.
func least(t *testing.T, c Condition) {
	t.Helper()
	terms := Condition(primes(c))
	for f := range some.sets {
		if c.Holds(f) != terms.Holds(f) {
			require.Failf(t, "says something else", "%v as %v, for %v", c, terms, f)
		}
	}
	for i, term := range terms {
		for j, other := range terms {
			require.False(t, i != j && other.covers(term), "%v: %v covers %v", terms, other, term)
		}
		for fact := range (term.All | term.None).each {
			shorter := Term{term.All &^ fact, term.None &^ fact}
			says := true
			for f := range some.sets {
				says = says && (!shorter.Holds(f) || c.Holds(f))
			}
			require.False(t, says, "%v: %v does without %v", terms, term, fact)
		}
	}
}

func TestShortestTermsSayWhatTheConditionSays(t *testing.T) {
	least(t, nil)
	var all []Term // with three facts: everything
	for a := range (Own | Member | Public).sets {
		for n := range (Own | Member | Public).sets {
			all = append(all, Term{a, n})
		}
	}
	for _, a := range all {
		for _, b := range all {
			least(t, Condition{a, b})
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 3_000 {
		c := make(Condition, 3+random.IntN(6))
		for i := range c {
			c[i] = Term{Facts(random.IntN(16)), Facts(random.IntN(16) & random.IntN(16))}
		}
		least(t, c)
	}
}

func TestShortestTerms(t *testing.T) {
	not := func(all, none Facts) Term { return Term{all, none} }
	for _, c := range []struct{ given, want Condition }{
		{nil, nil},
		{When(Own, Own, Own), When(Own)},
		{When(Own|Member, Own), When(Own)},
		{When(Own, Public, 0, Member), Unconditionally()},
		{When(Own|Member, Member|Public, Own|Member|Public), When(Own|Member, Member|Public)},
		{Condition{not(Own, Public), not(Own|Public, 0)}, When(Own)},
		{Condition{not(0, Own), not(Own, 0)}, Unconditionally()},
		{Condition{not(0, Public), not(Public|Own, 0)}, Condition{not(0, Public), not(Own, 0)}},
		{Condition{not(Own, Own)}, nil},
	} {
		assert.Equal(t, c.want, Condition(primes(c.given)), "%v", c.given)
	}
}

// The nearest way to be allowed is the shortest, and no shorter one is enough.
func TestNearestIsTheFewestFactsAway(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		terms := make([]Term, 1+random.IntN(4))
		for i := range terms {
			all := Facts(random.IntN(16))
			terms[i] = Term{all, Facts(random.IntN(16)) &^ all}
		}
		for f := range some.sets {
			away, _ := nearest(terms, f)
			require.True(t, Condition(terms).Holds(f&^away.None|away.All), "%v of %v with %v", away, terms, f)
			for turned := range some.sets {
				require.False(t, turned.count() < away.size() && Condition(terms).Holds(f^turned), "%v is nearer than %v, of %v with %v", turned, away, terms, f)
			}
		}
	}
	_, ok := nearest(nil, Own)
	assert.False(t, ok, "nothing is near to never")
}

func TestZeroConditionNeverHolds(t *testing.T) {
	for f := range some.sets {
		assert.False(t, Condition(nil).Holds(f))
		assert.False(t, Condition{}.Holds(f))
		assert.True(t, Unconditionally().Holds(f))
		assert.Equal(t, f&Own == 0, Unconditionally().But(Own).Holds(f))
	}
	when := When(Own)
	_ = when.But(Public)
	assert.Equal(t, When(Own), when, "an exception makes a new condition")
}

func TestFactsAndConditionsSayTheirNames(t *testing.T) {
	for f, want := range map[Facts]string{
		0: "always", Own: "own", Own | Loose: "own+loose", Member | Shared: "member+shared", Bound: "bound",
		Own | Member | Manager | Public | Shared | Loose | Bound: "own+member+manager+public+shared+loose+bound",
		Own | 1<<7:      "own+unknown", // which is no fact
		Own | factEnd:   "own+unknown",
		Extra1 | Extra4: "extra1+extra4",
	} {
		assert.Equal(t, want, f.String())
	}
	assert.Equal(t, "own, manager+!own", Condition{{All: Own}, {All: Manager, None: Own}}.String())
	assert.Equal(t, "!public", Unconditionally().But(Public).String())
	assert.Equal(t, "always", Unconditionally().String())
	assert.Equal(t, "never", Condition{}.String())
	assert.True(t, (Own|Member).Has(Own) && Own.Has(0) && !Own.Has(Own|Member))
	assert.EqualValues(t, 1<<MostFacts, factEnd, "as many facts as a table holds")
}

// A store that sets a bit that is no fact, or not one of the kind, must not
// stop the program, and gains nothing by it.
func TestBitsThatAreNoFactsOfTheKindCountForNothing(t *testing.T) {
	p, err := Compile(Catalogue{
		Kinds:   []KindSpec{{Name: "door", Facts: Own | Public}},
		Actions: []ActionSpec{{Name: "door.view", Kind: "door", Verb: Read}},
		Roles:   []Role{{Name: "owner", Grants: Allow(Condition{{All: Own, None: Public}}, "door.view")}},
	})
	require.NoError(t, err)
	rules, k := p.roles["owner"].under(0), p.byKind["door"]
	for f := range (Own | Public).sets {
		want := rules.allows(k, f)
		assert.Equal(t, f == Own, want != 0)
		for _, bit := range []Facts{Member, Loose, 1 << 7, Extra1, factEnd, 1 << 15} {
			assert.Equal(t, want, rules.allows(k, f|bit), "%v with %b", f, bit)
		}
	}
}
