package access_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

func TestDiffInEveryWorld(t *testing.T) {
	t.Run("J60 the difference of two versions of a role is exact, and nothing can be left out of it", func(t *testing.T) {
		p, err := access.Compile(gates())
		require.NoError(t, err)
		rng := rand.New(rand.NewPCG(4, 60))
		gains, losses, bySetting := 0, 0, 0
		for range 400 {
			before, after := anyRole(p, rng), anyRole(p, rng)
			diff, err := p.Diff(before, after)
			require.NoError(t, err)
			same(t, p, before, after, diff)
			for _, d := range diff {
				irreducible(t, p, before, after, diff, d)
				bySetting += min(len(d.If), 1)
				if d.Loses {
					losses++
				} else {
					gains++
				}
			}
			none, err := p.Diff(before, before)
			require.NoError(t, err)
			require.Empty(t, none)
		}
		require.Greater(t, min(gains, losses, bySetting), 100, "the roles differ in all ways")
	})
	t.Run("J60 so is that of each two roles of the policy itself", func(t *testing.T) {
		p := withTools(t)
		for _, before := range p.Roles() {
			for _, after := range p.Roles() {
				diff, err := p.Diff(before, after)
				require.NoError(t, err)
				same(t, p, before, after, diff)
			}
		}
	})
}

// same tries every world and every setting.
func same(t *testing.T, p *access.Policy, before, after access.Role, diff []access.Difference) {
	t.Helper()
	for _, k := range p.Kinds() {
		worlds := canBe(k)
		for _, a := range p.Actions() {
			if a.Kind != k.Name {
				continue
			}
			for _, sets := range choicesOf(usedBy(p, a.Name, before, after)) {
				for _, f := range worlds {
					was, is := written(before, a.Name, sets, f), written(after, a.Name, sets, f)
					if is && !was != reads(diff, a.Name, false, sets, f) || was && !is != reads(diff, a.Name, true, sets, f) {
						require.Fail(t, "differs", "%s when %s with %v:\n%v\n%v\n%v", a.Name, f, sets, before, after, diff)
					}
				}
			}
		}
	}
}

// usedBy returns the switches that roles use for an action.
func usedBy(p *access.Policy, action access.Action, roles ...access.Role) []access.Switch {
	return slices.DeleteFunc(p.Switches(), func(s access.Switch) bool {
		return !slices.ContainsFunc(roles, func(r access.Role) bool {
			return slices.ContainsFunc(r.Grants, func(g access.Grant) bool {
				return g.Action == action && slices.ContainsFunc(g.If, func(set access.Setting) bool { return set.Key == s.Key })
			})
		})
	})
}

// irreducible leaves out of a difference each of its terms and each fact of
// each term: the first says too little, the other too much.
func irreducible(t *testing.T, p *access.Policy, before, after access.Role, diff []access.Difference, d access.Difference) {
	t.Helper()
	if d.Loses {
		before, after = after, before
	}
	var kind access.KindSpec
	for _, a := range p.Actions() {
		if a.Name == d.Action {
			kind = p.Kinds()[slices.IndexFunc(p.Kinds(), func(k access.KindSpec) bool { return k.Name == a.Kind })]
		}
	}
	worlds := canBe(kind)
	always := func(f access.Facts) bool { // under all settings that have the values of d
		for _, sets := range choicesOf(p.Switches()) {
			if among(sets, d.If) && (!written(after, d.Action, sets, f) || written(before, d.Action, sets, f)) {
				return false
			}
		}
		return true
	}
	for i, term := range d.When {
		others := slices.Delete(slices.Clone(d.When), i, i+1)
		require.True(t, slices.ContainsFunc(worlds, func(f access.Facts) bool {
			return term.Holds(f) && !others.Holds(f) && !slices.ContainsFunc(diff, func(o access.Difference) bool {
				return o.Action == d.Action && o.Loses == d.Loses && len(o.If) < len(d.If) && among(d.If, o.If) && o.When.Holds(f)
			})
		}), "%s can do without %s", d, term)
		for f := access.Facts(1); f < 1<<access.MostFacts; f <<= 1 {
			if shorter := (access.Term{All: term.All &^ f, None: term.None &^ f}); shorter != term {
				require.True(t, slices.ContainsFunc(worlds, func(w access.Facts) bool { return shorter.Holds(w) && !always(w) }),
					"%s can do without %s in %s", d, f, term)
			}
		}
	}
}

func TestDiffReadsAloud(t *testing.T) {
	t.Run("J60 a difference reads aloud", func(t *testing.T) {
		p, err := access.Compile(gates())
		require.NoError(t, err)
		night := access.Setting{Key: "night", Value: "yes"}
		before := access.Role{Grants: slices.Concat(
			access.Allow(access.When(access.Own, access.Manager), "gate.view"),
			access.Allow(access.When(access.Member), "gate.open"))}
		after := access.Role{Grants: slices.Concat(
			access.Allow(access.When(access.Own, access.Member|access.Extra1), "gate.view"),
			access.Where(access.Allow(access.When(access.Member), "gate.open"), night),
			access.Allow(access.Unconditionally(), "wall.make"))}
		diff, err := p.Diff(before, after)
		require.NoError(t, err)
		var lines []string
		for _, d := range diff {
			lines = append(lines, d.String())
		}
		assert.Equal(t, []string{
			"gains gate.view when member and painted and not own and not manager",
			"loses gate.view when manager and not own and not painted",
			"loses gate.open when member, with night=no",
			"gains wall.make",
		}, lines)
	})
	t.Run("J60 what cannot be said is refused", func(t *testing.T) {
		p, err := access.Compile(gates())
		require.NoError(t, err)
		for code, grants := range map[fault.Code][]access.Grant{
			"unknown_action":  access.Allow(access.Unconditionally(), "gate.close"),
			"bad_condition":   access.Allow(access.When(access.Public), "gate.view"),
			"unknown_setting": access.Where(access.Allow(access.Unconditionally(), "gate.view"), access.Setting{Key: "night", Value: "maybe"}),
		} {
			_, err := p.Diff(access.Role{Grants: grants}, access.Role{})
			assert.Equal(t, code, fault.CodeOf(err))
			_, err = p.Diff(access.Role{}, access.Role{Grants: grants})
			assert.Equal(t, code, fault.CodeOf(err))
			_, err = p.Matrix(access.Role{Grants: grants})
			assert.Equal(t, code, fault.CodeOf(err))
		}
	})
}

// What somebody holds at a place is compared as decisions are made there.
func TestCompareInEveryWorld(t *testing.T) {
	t.Run("J60 what somebody gains at a place is what she may there and could not", func(t *testing.T) {
		p := withTools(t)
		site, client, project := [16]byte{1}, [16]byte{2}, [16]byte{3}
		at := []access.Place{{Kind: access.Everywhere}, {Kind: access.AtSite, Site: site}, {Kind: access.AtClient, Client: client}, {Kind: access.AtProject, Project: project}}
		rng, now, differs := rand.New(rand.NewPCG(4, 61)), time.Unix(0, 0), 0
		roles := p.Roles()
		some := func() *access.Holdings {
			var b []access.Binding
			for range rng.IntN(4) {
				b = append(b, access.Binding{Role: roles[rng.IntN(len(roles))].Name, Place: at[rng.IntN(len(at))]})
			}
			return p.Load(access.Standing{Bindings: b, Off: []string{access.CustomRoles}})
		}
		for range 40 {
			before, after := some(), some()
			for _, row := range []access.Row{{}, {Site: site}, {Site: site, Client: client}, {Site: site, Client: client, Project: project}} {
				diff := before.Compare(now, after, row)
				differs += len(diff)
				for _, k := range p.Kinds() {
					for _, a := range p.Actions() {
						if a.Kind != k.Name {
							continue
						}
						for _, f := range canBe(k) {
							if f.Has(access.Bound) {
								continue
							}
							r := row
							r.Kind, r.Facts = k.Name, f
							was, err := before.Decide(now, a.Name, r)
							require.NoError(t, err)
							is, err := after.Decide(now, a.Name, r)
							require.NoError(t, err)
							if (is.Allowed && !was.Allowed) != reads(diff, a.Name, false, nil, f) || (was.Allowed && !is.Allowed) != reads(diff, a.Name, true, nil, f) {
								require.Fail(t, "differs", "%s when %s at %v: %v", a.Name, f, row, diff)
							}
						}
					}
				}
			}
		}
		require.Greater(t, differs, 100)
	})
	t.Run("J60 worlds that cannot be make no difference, and a place is not told as a fact", func(t *testing.T) {
		p, err := access.Compile(gates(), access.Catalogue{Roles: []access.Role{
			{Name: "team", Grants: access.Allow(access.When(access.Member), "gate.open")},
			{Name: "whole team", Grants: access.Allow(access.When(access.Member, access.Manager), "gate.open")},
			{Name: "there", Grants: access.Allow(access.When(access.Bound|access.Own), "gate.open")},
		}})
		require.NoError(t, err)
		project := [16]byte{3}
		holds := func(role string) *access.Holdings {
			return p.Load(access.Standing{Bindings: []access.Binding{{Role: role, Place: access.Place{Kind: access.AtProject, Project: project}}}})
		}
		at, now := access.Row{Project: project}, time.Unix(0, 0)
		assert.Empty(t, holds("team").Compare(now, holds("whole team"), at))
		diff := p.Load(access.Standing{}).Compare(now, holds("there"), at)
		require.Len(t, diff, 1)
		assert.Equal(t, "gains gate.open when own", diff[0].String())
	})
}

func ExamplePolicy_Diff() {
	p, err := access.Compile(gates())
	if err != nil {
		fmt.Println(err)
		return
	}
	diff, err := p.Diff(
		access.Role{Name: "porter", Grants: access.Allow(access.When(access.Manager), "gate.open")},
		access.Role{Name: "porter", Grants: access.Allow(access.When(access.Own, access.Manager), "gate.open")})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range diff {
		fmt.Println("porter", d)
	}
	// Output: porter gains gate.open when own and not manager
}
