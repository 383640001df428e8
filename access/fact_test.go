package access

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sets = Facts(1 << factCount)

// agree compares a condition with its table and its smallest terms, for every
// set of facts.
func agree(t *testing.T, c Condition) {
	t.Helper()
	table, least := c.compile(), Condition(simplify(c))
	for f := range sets {
		if holds := c.Holds(f); table.holds(f) != holds || least.Holds(f) != holds {
			require.Failf(t, "disagreement", "%v for %v: condition %v, table %v, smallest %v", c, f, holds, table.holds(f), least.Holds(f))
		}
	}
	// Smallest: no term can be left out, no fact can be left out of a term.
	for i, term := range least {
		for j, other := range least {
			require.False(t, i != j && term.Has(other), "%v has a term that %v covers", least, other)
		}
	}
}

func TestTableAndSmallestTermsSayWhatTheConditionSays(t *testing.T) {
	agree(t, nil)
	for a := range sets {
		agree(t, When(a))
		for b := range sets {
			agree(t, When(a, b))
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5_000 {
		c := make(Condition, 3+random.IntN(5))
		for i := range c {
			c[i] = Facts(random.IntN(int(sets)))
		}
		agree(t, c)
	}
}

func TestSimplify(t *testing.T) {
	for _, c := range []struct{ given, want []Facts }{
		{nil, nil},
		{[]Facts{Own}, []Facts{Own}},
		{[]Facts{Own, Own, Own}, []Facts{Own}},
		{[]Facts{Own | Member, Own}, []Facts{Own}},
		{[]Facts{Own, Own | Member}, []Facts{Own}},
		{[]Facts{Own, Public, 0, Member}, []Facts{0}},
		{[]Facts{Own | Member, Member | Public, Own | Member | Public}, []Facts{Own | Member, Member | Public}},
	} {
		assert.Equal(t, c.want, simplify(c.given), "%v", c.given)
	}
}

func TestConditionZeroNeverHolds(t *testing.T) {
	for f := range sets {
		assert.False(t, Condition(nil).Holds(f))
		assert.False(t, Condition{}.Holds(f))
		assert.True(t, Always().Holds(f))
	}
}

func TestFactsSayTheirNames(t *testing.T) {
	for f, want := range map[Facts]string{
		0: "always", Own: "own", Own | Loose: "own+loose", Member | Shared: "member+shared",
		sets - 1: "own+member+manager+public+shared+loose",
		Own | 64: "own", // no name for what is no fact
	} {
		assert.Equal(t, want, f.String())
	}
	assert.EqualValues(t, factEnd, sets, "every fact is in the tables")
	assert.True(t, (Own|Member).Has(Own) && Own.Has(0) && !Own.Has(Own|Member))
}

// A store that sets a bit that is no fact must not stop the program, and gains
// nothing by it.
func TestBitsThatAreNoFactsCountForNothing(t *testing.T) {
	table := When(Own).compile()
	assert.True(t, table.holds(Own|64|128))
	assert.False(t, table.holds(Public|64|128))
}
