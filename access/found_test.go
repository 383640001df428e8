package access_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// question is one action of one role. It is asked for every way to set the
// switches that count for the kind, where the role is bound everywhere and at
// the project, in every world that can be.
type question struct {
	role, action string
	kind         access.KindSpec
	ways         [][]access.Setting
	worlds       []access.Facts
	spoken       []world
}

// questions returns all questions about a policy, by role and action.
func questions(p *access.Policy) map[string]question {
	all := map[string]question{}
	for _, k := range p.Kinds() {
		q := question{kind: k, ways: choices(switchesOf(p, k.Name)), worlds: worldsOf(k, false)}
		q.spoken = slices.DeleteFunc(worlds(k), func(w world) bool { return w.archived })
		for _, a := range specs(p)[k.Name] {
			for _, role := range roles {
				q.role, q.action = role, string(a.Name)
				all[role+" "+q.action] = q
			}
		}
	}
	return all
}

// ask returns the answers, a bit each.
func (q question) ask(answer func(way []access.Setting, bound bool, f access.Facts, w world) bool) string {
	var b strings.Builder
	for _, way := range q.ways {
		for _, bound := range []bool{false, true} {
			for i, f := range q.worlds {
				b.WriteByte("01"[map[bool]int{true: 1}[answer(way, bound, f, q.spoken[i])]])
			}
		}
	}
	return b.String()
}

// policy says what a policy answers.
func (q question) policy(t *testing.T, p *access.Policy) string {
	t.Helper()
	plans := map[bool]access.Plan{}
	var last []access.Setting
	return q.ask(func(way []access.Setting, near bool, f access.Facts, _ world) bool {
		if len(plans) == 0 || !slices.Equal(way, last) {
			last = way
			for at, place := range map[bool]access.Place{false: everywhere, true: atProject} {
				s := p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(q.role, place)}, Settings: under(here, way...)})
				var err error
				plans[at], err = s.Plan(s.Actor().Sees(access.Action(q.action)), q.kind.Name)
				require.NoError(t, err)
			}
		}
		return plans[near].Sees(access.Row{Kind: q.kind.Name, ID: anID, Version: 1, Site: here, Project: project, Facts: f})
	})
}

// grants are those of a role for one action in catalogues.
func (q question) grants(all []access.Catalogue) (grants []access.Grant) {
	for _, c := range all {
		for _, r := range c.Roles {
			for _, g := range r.Grants {
				if r.Name == q.role && string(g.Action) == q.action {
					grants = append(grants, g)
				}
			}
		}
	}
	return grants
}

// declared says what grants answer, worked out by hand.
func (q question) declared(grants []access.Grant) string {
	return q.ask(func(way []access.Setting, near bool, f access.Facts, _ world) bool {
		if near {
			f |= access.Bound
		}
		return slices.ContainsFunc(grants, func(g access.Grant) bool {
			return !slices.ContainsFunc(g.If, func(s access.Setting) bool { return !slices.Contains(way, s) }) &&
				slices.ContainsFunc(g.When, func(t access.Term) bool { return f&t.All == t.All && f&t.None == 0 })
		})
	})
}

// sentences says what the oracle answers.
func (q question) sentences() string {
	return q.ask(func(way []access.Setting, near bool, _ access.Facts, w world) bool {
		w.here, w.site = near, decisions{}
		for _, s := range way {
			w.site[s.Key] = s.Value
		}
		return oracle(q.role, q.action, w)
	})
}

// matrix says what the permission matrix has in the cell.
func (q question) matrix(t *testing.T, p *access.Policy, grants []access.Grant) string {
	t.Helper()
	m, err := p.Matrix(access.Role{Name: q.role, Grants: grants})
	require.NoError(t, err)
	return m.Rows[slices.IndexFunc(m.Rows, func(r access.MatrixRow) bool { return string(r.Action.Name) == q.action })].Cell(0)
}

// alone is catalogues with one role, as long as it grants something, and
// without claims; and the claims that are about it.
func alone(role string, all []access.Catalogue) (_ []access.Catalogue, claims []access.Claim) {
	for i := range all {
		for _, c := range all[i].Claims {
			if len(c.Roles) == 0 || slices.Contains(c.Roles, role) {
				c.Roles = nil
				claims = append(claims, c)
			}
		}
		all[i].Claims = nil
		all[i].Roles = slices.DeleteFunc(slices.Clone(all[i].Roles), func(r access.Role) bool { return r.Name != role || len(r.Grants) == 0 })
	}
	return all, claims
}

// Every mutant of the built-in rules that makes a difference in a world that
// can be is found twice: by the sentences and by the matrix. Those that break a
// claim do not even compile, and every claim is broken by some.
func TestMutantsAreFound(t *testing.T) {
	p := builtIn(t)
	asked, says, cells, meant := questions(p), map[string]string{}, map[string]string{}, map[string]string{}
	for name, q := range asked {
		says[name], cells[name], meant[name] = q.sentences(), q.matrix(t, p, q.grants(catalogues())), q.declared(q.grants(catalogues()))
		require.Equal(t, says[name], q.policy(t, p), "the sentences agree with the policy itself: %s", name)
		require.Equal(t, says[name], meant[name], "and with its grants: %s", name)
	}
	var lock sync.Mutex
	broken, found, same := map[string]bool{}, 0, 0
	find := func(t *testing.T, m mutant) {
		name := m.role + " " + m.action
		q, grants := asked[name], asked[name].grants(m.catalogues())
		differs := q.declared(grants) != meant[name]
		rest, claims := alone(m.role, m.catalogues())
		wrong, err := access.Compile(rest...)
		require.NoError(t, err, m.name)
		claim := ""
		if err := wrong.Check(claims...); err != nil {
			_, err := access.Compile(m.catalogues()...)
			require.Equal(t, fault.Code("claim_broken"), fault.CodeOf(err), m.name)
			require.True(t, differs, "%s: %v", m.name, err)
			claim, _, _ = strings.Cut(err.Error(), ": not so for ")
		}
		if bySentences := q.policy(t, wrong) != says[name]; bySentences != differs {
			require.Failf(t, "found by the sentences", "%v, and it makes a difference: %v: %s", bySentences, differs, m.name)
		}
		if byMatrix := q.matrix(t, wrong, grants) != cells[name]; byMatrix != differs {
			require.Failf(t, "found by the matrix", "%v, and it makes a difference: %v: %s", byMatrix, differs, m.name)
		}
		lock.Lock()
		defer lock.Unlock()
		broken[claim+" "+m.action] = true
		if differs {
			found++
		} else {
			same++
		}
	}
	all := mutants()
	t.Run("all", func(t *testing.T) {
		for _, role := range roles {
			t.Run("G57 "+role, func(t *testing.T) {
				t.Parallel()
				for _, m := range all {
					if m.role == role {
						find(t, m)
					}
				}
			})
		}
	})
	t.Logf("%d mutants: %d found by sentences and matrix; %d say the same in every world that can be", len(all), found, same)
	assert.Equal(t, len(all), found+same)
	assert.Greater(t, found, 2000)
	assert.Less(t, same, len(all)/10)
	for _, catalogue := range catalogues() {
		for _, c := range catalogue.Claims {
			assert.True(t, broken[c.Name+" "+string(c.Action)], "no mutant breaks %q of %s", c.Name, c.Action)
		}
	}
}

// What else can be forgotten is in the matrix too (G57).
func TestCarelessnessIsFound(t *testing.T) {
	right, all := matrixOf(t, builtIn(t)), carelessness()
	assert.Greater(t, len(all), 30)
	for _, m := range all {
		assert.NotEqual(t, right, matrixOf(t, compiled(t, m.catalogues()...)), "G57 not found: %s", m.name)
	}
}
