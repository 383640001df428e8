package access_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

var update = flag.Bool("update", false, "write testdata/matrix.txt anew")

const matrixFile = "testdata/matrix.txt"

// matrix writes what the roles of a policy may do, as the policy itself says
// it: the plan of each action for each role, and what an archived thing denies.
func matrix(t *testing.T, p *access.Policy) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# What the built-in roles may do, where they are bound. Made from the rules by\n" +
		"#   go test ./access -run TestMatrix -update\n" +
		"# A condition lists sets of facts, any of which is enough: own, or member and shared.\n" +
		"# \"-\" is never. Whatever the role, nothing is allowed outside the scope.\n\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(w, "action\t%s\tdenied\n", strings.Join(roles, "\t"))
	var sessions []*access.Session
	for _, role := range roles {
		sessions = append(sessions, begin(p, whole(t), bound(role, everywhere)))
	}
	system := p.Begin(access.Standing{Scope: whole(t), System: "matrix"})
	for _, spec := range p.Actions() {
		cells := []string{string(spec.Name)}
		for _, s := range sessions {
			plan, err := s.Plan(s.Actor().Sees(spec.Name), spec.Kind)
			require.NoError(t, err)
			cells = append(cells, condition(plan))
		}
		_, err := system.Actor().May(spec.Name, system.Resource(access.Row{Kind: spec.Kind, State: access.Archived}))
		cells = append(cells, fault.ReasonOf(err))
		_, _ = fmt.Fprintln(w, strings.TrimRight(strings.Join(cells, "\t"), "\t "))
	}
	require.NoError(t, w.Flush())
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func condition(p access.Plan) string {
	var terms []string
	for _, b := range p.Branches {
		for _, term := range b.Terms {
			terms = append(terms, term.String())
		}
	}
	if len(terms) == 0 {
		return "-"
	}
	slices.Sort(terms)
	return strings.Join(terms, ", ")
}

// The permission matrix is data, and is what the rules say (G57).
func TestMatrix(t *testing.T) {
	got := matrix(t, builtIn(t))
	if *update {
		require.NoError(t, os.WriteFile(matrixFile, []byte(got), 0o644))
	}
	want, err := os.ReadFile(matrixFile)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "the rules have changed: see what differs, then run with -update")
}

// mutant is the built-in policy with one thing wrong with it.
type mutant struct {
	name       string
	role       string
	catalogues []access.Catalogue
}

func catalogues() []access.Catalogue {
	return []access.Catalogue{admin.Catalogue(), timesheet.Catalogue()}
}

// mutants returns a policy for each term that is left out, each fact that is
// added to a term or left out of one, each action that a role has on top, and
// each denial that is forgotten.
func mutants() (all []mutant) {
	for c, catalogue := range catalogues() {
		for r, role := range catalogue.Roles {
			held := map[access.Action]bool{}
			put := func(how string, action access.Action, change func(grants []access.Grant) []access.Grant) {
				m := mutant{fmt.Sprintf("%s: %s %s", role.Name, action, how), role.Name, catalogues()}
				to := &m.catalogues[c].Roles[r]
				to.Grants = change(slices.Clone(to.Grants))
				all = append(all, m)
			}
			for g, grant := range role.Grants {
				held[grant.Action] = true
				with := func(how string, when access.Condition) {
					put(how, grant.Action, func(grants []access.Grant) []access.Grant {
						if len(when) == 0 {
							return slices.Delete(grants, g, g+1)
						}
						grants[g].When = when
						return grants
					})
				}
				for i, term := range grant.When {
					with("without "+term.String(), slices.Delete(slices.Clone(grant.When), i, i+1))
					for fact := access.Facts(1); fact < facts; fact <<= 1 {
						how := "needs " + fact.String() + " too"
						if term.Has(fact) {
							how = "does not need " + fact.String()
						}
						changed := slices.Clone(grant.When)
						changed[i] ^= fact
						with(term.String()+" "+how, changed)
					}
				}
			}
			for _, spec := range catalogue.Actions {
				if !held[spec.Name] {
					put("on top", spec.Name, func(grants []access.Grant) []access.Grant {
						return append(grants, access.Grant{Action: spec.Name, When: access.Always()})
					})
				}
			}
		}
		for d, denial := range catalogue.Denials {
			for i, action := range denial.Actions {
				m := mutant{denial.Reason + " forgets " + string(action), "", catalogues()}
				m.catalogues[c].Denials[d].Actions = slices.Delete(slices.Clone(denial.Actions), i, i+1)
				all = append(all, m)
			}
		}
	}
	return all
}

// answers is what the oracle is compared with: a level's answers to all that
// the sentences speak of, one bit each.
func answers(t *testing.T, p *access.Policy, kinds map[string]access.Kind, level string, rows map[access.Kind][]access.Row) string {
	t.Helper()
	s := begin(p, whole(t), bound(level, atHere))
	var b strings.Builder
	for _, action := range spokenOf {
		plan, err := s.Plan(s.Actor().Sees(access.Action(action)), kinds[action])
		require.NoError(t, err)
		for _, row := range rows[kinds[action]] {
			if plan.Sees(row) {
				b.WriteByte('1')
			} else {
				b.WriteByte('0')
			}
		}
	}
	return b.String()
}

var spokenOf = spoken()

// Every mutant of the built-in rules is found: all by the matrix, and by the
// oracle all of those that change what the sentences speak of in a world that
// can be.
func TestMutantsAreFound(t *testing.T) {
	p := builtIn(t)
	kinds := kindOf(p)
	rows, want := map[access.Kind][]access.Row{}, map[string]string{}
	for _, kind := range kinds {
		if rows[kind] == nil {
			for _, r := range relations() {
				rows[kind] = append(rows[kind], r.row(kind))
			}
		}
	}
	for level := range includes {
		var b strings.Builder
		for _, action := range spokenOf {
			for _, r := range relations() {
				b.WriteString(map[bool]string{true: "1", false: "0"}[oracle(level, action, r)])
			}
		}
		want[level] = b.String()
		require.Equal(t, want[level], answers(t, p, kinds, level, rows), "the oracle agrees with the policy itself")
	}
	const beyond = "the sentences say nothing of it"
	right := matrix(t, p)
	byCompile, byMatrix, byOracle, unspoken := 0, 0, 0, map[string]int{}
	all := mutants()
	for _, m := range all {
		wrong, err := access.Compile(m.catalogues...)
		if err != nil { // a role that is left without grants
			assert.Equal(t, fault.Code("empty_role"), fault.CodeOf(err), m.name)
			byCompile++
			continue
		}
		if assert.NotEqual(t, right, matrix(t, wrong), "not found: %s", m.name) {
			byMatrix++
		}
		_, action, _ := strings.Cut(m.name, ": ")
		action, how, _ := strings.Cut(action, " ")
		switch {
		case m.role == "" || !slices.Contains(spokenOf, action):
			unspoken[beyond]++
		case answers(t, wrong, kinds, m.role, rows) != want[m.role]:
			byOracle++
		default:
			unspoken[how]++
		}
	}
	t.Logf("%d mutants, %d refused by Compile, %d found by the matrix, %d by the oracle as well", len(all), byCompile, byMatrix, byOracle)
	for _, how := range slices.Sorted(maps.Keys(unspoken)) {
		t.Logf("not by the oracle: %d × %s", unspoken[how], how)
	}
	// Who manages a project is in its team, so there is no world in which this
	// makes a difference.
	delete(unspoken, "manager needs member too")
	delete(unspoken, beyond)
	assert.Empty(t, unspoken)
	assert.Greater(t, len(all), 500)
	assert.Equal(t, len(all), byCompile+byMatrix, "all are found")
}
