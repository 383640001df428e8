package decide

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
)

// agree shows that everybody gives the same answers to the questions of a case,
// and that they are no trivial ones: some of each kind.
func agree(t *testing.T, c *Case, kinds ...Answer) {
	t.Helper()
	engines, err := Engines(c)
	require.NoError(t, err)
	all := append([]Contender{Hand(c), May(c), Named(c), AllActions(c), Words(c)}, engines...)
	require.NoError(t, Agree(c, all))
	counts := map[Answer]int{}
	for i := range c.Questions {
		answer, err := all[0].Ask(i)
		require.NoError(t, err)
		counts[answer]++
	}
	t.Log(c.Name, counts)
	for _, kind := range kinds {
		assert.Positive(t, counts[kind], "%v", kind)
	}
}

func TestEnginesAgree(t *testing.T) {
	policy, err := Rules()
	require.NoError(t, err)
	for _, size := range Populations {
		t.Run("the same questions are answered identically by Cedar and all others, "+size.String(), func(t *testing.T) {
			c, err := Generate(policy, size)
			require.NoError(t, err)
			require.Len(t, c.Questions, 10_000)
			agree(t, c, Allowed, Foreign, Archived, Restricted, Condition, NoGrant)
		})
	}
}

func TestEnginesAgreeInStores(t *testing.T) {
	for _, s := range Stores {
		for _, bindings := range []int{1, 50, 500} {
			size := Population{40, bindings, 2000}
			t.Run("the same questions are answered identically on an actor that was loaded, "+s.Name+", "+size.String(), func(t *testing.T) {
				require.NoError(t, s.with(t.Context(), func(db storage.DB) error {
					return InStore(t.Context(), db, s.Name, size, func(c *Case) error {
						agree(t, c, Allowed, Restricted, Condition)
						return nil
					})
				}))
			})
		}
	}
}

// A difference is found, whoever is wrong, and about the reason as well.
func TestAgreeFindsDifferences(t *testing.T) {
	policy, err := Rules()
	require.NoError(t, err)
	c, err := Generate(policy, Population{200, 50, 200})
	require.NoError(t, err)
	right := Hand(c)
	wrong := right
	wrong.Name = "wrong"
	for _, turn := range []struct {
		of, to Answer
		said   bool
	}{{Allowed, NoGrant, true}, {Condition, Allowed, true}, {Condition, NoGrant, true}, {NoGrant, NoGrant, false}} {
		wrong.Ask = func(i int) (Answer, error) {
			if answer, err := right.Ask(i); answer != turn.of {
				return answer, err
			}
			return turn.to, nil
		}
		assert.Equal(t, turn.said, Agree(c, []Contender{right, wrong}) != nil, "%v", turn)
	}
	wrong.Ask = func(int) (Answer, error) { return Allowed, context.Canceled }
	require.ErrorIs(t, Agree(c, []Contender{right, wrong}), context.Canceled)
}

// Decisions allocate nothing, allowed or denied.
func TestNothingIsAllocated(t *testing.T) {
	policy, err := Rules()
	require.NoError(t, err)
	for _, size := range []Population{{200, 1, 1000}, {200, 50, 1000}, {2000, 500, 1000}} {
		c, err := Generate(policy, size)
		require.NoError(t, err)
		for _, x := range []Contender{May(c), Named(c), AllActions(c), Filters(c)} {
			x.Run(0, len(c.Questions)) // denials of privileged actions are noted, once
			assert.Zero(t, testing.AllocsPerRun(5, func() { x.Run(0, len(c.Questions)) }), "%s, %v", x.Name, size)
		}
	}
}

// A binding takes few bytes.
func TestHeld(t *testing.T) {
	policy, err := Rules()
	require.NoError(t, err)
	c, err := Generate(policy, Population{20_000, 5_000, 1})
	require.NoError(t, err)
	assert.LessOrEqual(t, Held(policy, c), 32.0)
}

// A run prints a line for each case, in both tables.
func TestReport(t *testing.T) {
	var out, progress bytes.Buffer
	size := Population{40, 5, 100}
	require.NoError(t, Report(t.Context(), &out, &progress, Plan{Populations: []Population{size}, Stored: []Population{size}, Rounds: 2, Slice: time.Microsecond}))
	for _, name := range []string{"\n40 people, 5 bindings ", "\nmemory, 40 people, 5 bindings ", "\nSQLite, 40 people, 5 bindings "} {
		assert.Equal(t, 2, strings.Count(out.String(), name), out.String())
	}
	assert.Contains(t, out.String(), "May ÷ hand")
	assert.Contains(t, out.String(), "held a binding")
	assert.Equal(t, 3, strings.Count(progress.String(), "\n"))
}
