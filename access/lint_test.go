package access_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
)

// withTools returns the built-in policy.
func withTools(t testing.TB) *access.Policy {
	t.Helper()
	p, err := storage.Policy()
	require.NoError(t, err)
	return p
}

func TestLint(t *testing.T) {
	t.Run("W9 the built-in roles have nothing odd about them", func(t *testing.T) {
		assert.Empty(t, withTools(t).Lint())
	})
	p, err := access.Compile(gates())
	require.NoError(t, err)
	night, day := access.Setting{Key: "night", Value: "yes"}, access.Setting{Key: "night", Value: "no"}
	view := func(terms ...access.Term) []access.Grant { return access.Allow(terms, "gate.view") }
	own, member := access.Term{All: access.Own}, access.Term{All: access.Member}
	for name, c := range map[string]struct {
		grants []access.Grant
		want   []string
	}{
		"W9 nothing odd": {view(own, member), nil},
		"W9 a term that a shorter one covers": {
			view(access.Term{All: access.Own | access.Member}, own),
			[]string{"r, gate.view: own+member says nothing that own does not say already (shadowed)"}},
		"W9 a term that another grant covers": {
			slices.Concat(view(own), view(access.Term{All: access.Own, None: access.Member})),
			[]string{"r, gate.view: own+!member says nothing that own does not say already (shadowed)"}},
		"W9 the same twice: the second": {
			slices.Concat(view(own), view(member), view(own)),
			[]string{"r, gate.view: own says nothing that own does not say already (shadowed)"}},
		"W9 a term that two others cover together": {
			view(access.Term{All: access.Own | access.Extra1}, access.Term{All: access.Own | access.Member}, access.Term{All: access.Member, None: access.Extra1}),
			[]string{"r, gate.view: own+member says nothing that the others do not say already (shadowed)"}},
		"W9 a term that another covers in all worlds that can be": {
			view(member, access.Term{All: access.Manager}),
			[]string{"r, gate.view: manager says nothing that member does not say already (shadowed)"}},
		"W9 what holds under one setting is covered by what holds under all": {
			slices.Concat(access.Where(view(own), night), view(own)),
			[]string{"r, gate.view: own [night=yes] says nothing that own does not say already (shadowed)"}},
		"W9 what holds under all settings is not covered by what holds under one": {
			slices.Concat(access.Where(view(access.Term{}), night), view(own)), nil},
		"W9 it is covered by what holds under each": {
			slices.Concat(view(own), access.Where(view(own), night), access.Where(view(own), day)),
			[]string{
				"r, gate.view: own [night=no] says nothing that own does not say already (shadowed)",
				"r, gate.view: own [night=yes] says nothing that own does not say already (shadowed)"}},
		"W9 a term of a world that cannot be": {
			view(own, access.Term{All: access.Manager, None: access.Member}),
			[]string{"r, gate.view: manager+!member can never hold (unreachable)"}},
		"W9 a grant under two values of one setting": {
			slices.Concat(view(own), access.Where(view(member), night, day)),
			[]string{"r, gate.view: member [night=yes, night=no] can never hold (unreachable)"}},
		"W9 a role without grants": {nil, []string{"r: allows nothing, whatever holds (grants_nothing)"}},
		"W9 a role of grants that can never hold": {
			slices.Concat(access.Where(view(member), night, day), view(access.Term{All: access.Extra1 | access.Extra2 | access.Bound})),
			[]string{
				"r, gate.view: member [night=yes, night=no] can never hold (unreachable)",
				"r, gate.view: bound+painted+loud can never hold (unreachable)",
				"r: allows nothing, whatever holds (grants_nothing)"}},
		"W9 a role that cannot be": {
			access.Allow(access.Unconditionally(), "gate.close"),
			[]string{"r: action \"gate.close\": is an action that no package declares (unknown_action) (malformed)"}},
		"W9 a write to everybody's, in one line": {
			access.Allow(access.Unconditionally(), "gate.view", "gate.open", "wall.make", "wall.drop"),
			[]string{"r, gate.open: is allowed on everybody's, whatever holds: to open a gate (sweeping)"}},
		"W9 a write to everybody's in all worlds that can be": {
			access.Allow(access.Condition{{All: access.Member}, {None: access.Manager}}, "gate.open"),
			[]string{"r, gate.open: is allowed on everybody's, whatever holds: to open a gate (sweeping)"}},
		"W9 a write to everybody's, put together": {
			slices.Concat(access.Allow(access.When(access.Own), "gate.make"), access.Allow(access.Unconditionally().But(access.Own), "gate.make")),
			[]string{"r, gate.make: is allowed on everybody's, whatever holds: to make a gate (sweeping)"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range p.Lint(access.Role{Name: "r", Grants: c.grants}) {
				got = append(got, f.String())
			}
			assert.Equal(t, c.want, got)
		})
	}
}

// What lint says of terms is tried in every world.
func TestLintInEveryWorld(t *testing.T) {
	t.Run("W9 without its shadowed and unreachable terms a role grants the same, and without any other less", func(t *testing.T) {
		p, err := access.Compile(gates())
		require.NoError(t, err)
		rng, found := rand.New(rand.NewPCG(9, 9)), map[access.FindingKind]int{}
		for range 400 {
			// Each line has one term, and no two lines are the same, so that a
			// finding names one line.
			var role access.Role
			for _, g := range anyRole(p, rng).Grants {
				g.When = g.When[:1]
				if !slices.ContainsFunc(role.Grants, func(o access.Grant) bool { return fmt.Sprint(o) == fmt.Sprint(g) }) {
					role.Grants = append(role.Grants, g)
				}
			}
			odd := p.Lint(role)
			for _, f := range odd {
				found[f.Kind]++
			}
			if len(role.Grants) == 0 {
				require.Equal(t, access.GrantsNothing, odd[0].Kind)
				continue
			}
			// Lines of one term under several settings are counted together.
			left := role
			for _, f := range odd {
				if f.Kind == access.Shadowed || f.Kind == access.Unreachable {
					i := slices.IndexFunc(left.Grants, func(g access.Grant) bool {
						one := p.Lint(access.Role{Grants: []access.Grant{g}})
						dead := slices.ContainsFunc(one, func(o access.Finding) bool { return o.Kind == access.Unreachable })
						return g.Action == f.Action && g.When[0] == f.Term && dead == (f.Kind == access.Unreachable) && (dead || dispensable(p, left, g))
					})
					require.GreaterOrEqual(t, i, 0, "%v: %v", role, f)
					left.Grants = slices.Delete(slices.Clone(left.Grants), i, i+1)
				}
			}
			same(t, p, role, left, nil)
			for i, g := range left.Grants {
				less := access.Role{Grants: slices.Delete(slices.Clone(left.Grants), i, i+1)}
				diff, err := p.Diff(left, less)
				require.NoError(t, err)
				require.NotEmpty(t, diff, "%v can do without %v", left, g)
			}
		}
		require.Greater(t, min(found[access.Shadowed], found[access.Unreachable]), 50)
	})
}

// dispensable reports whether a role grants the same without one of its lines.
func dispensable(p *access.Policy, r access.Role, line access.Grant) bool {
	less := access.Role{Grants: slices.DeleteFunc(slices.Clone(r.Grants), func(g access.Grant) bool { return fmt.Sprint(g) == fmt.Sprint(line) })}
	diff, err := p.Diff(r, less)
	return err == nil && len(diff) == 0
}

func TestLintBinding(t *testing.T) {
	p := withTools(t)
	site, project := access.Place{Kind: access.AtSite, Site: [16]byte{1}}, access.Place{Kind: access.AtProject, Project: [16]byte{2}}
	everyone, ann := access.Subject{Everyone: true}, access.Subject{Member: [16]byte{3}}
	custom := access.CustomRole{ID: [16]byte{4}, Name: "helpers", Grants: "entry.view: own\nentry.edit: own, !own"}
	kinds := func(all []access.Finding) (out []string) {
		for _, f := range all {
			out = append(out, fmt.Sprintf("%s %s %s", f.Kind, f.Role, f.Action))
		}
		return out
	}
	t.Run("J62 everyone may be a member", func(t *testing.T) {
		assert.Empty(t, p.LintBinding(access.Binding{Subject: everyone, Role: access.MemberRole, Place: site}, access.CustomRole{}))
	})
	t.Run("J62 that everyone writes what is others' is found, and that one person does is not", func(t *testing.T) {
		b := access.Binding{Subject: everyone, Custom: custom.ID, Place: site}
		assert.Equal(t, []string{"to_everyone helpers entry.edit"}, kinds(p.LintBinding(b, custom)))
		b.Subject = ann
		assert.Empty(t, p.LintBinding(b, custom))
	})
	t.Run("J62 that everyone does what is privileged is found", func(t *testing.T) {
		found := kinds(p.LintBinding(access.Binding{Subject: everyone, Role: access.SiteAdmin, Place: site}, access.CustomRole{}))
		assert.Subset(t, found, []string{"to_everyone site_admin binding.create", "to_everyone site_admin site.settings.set", "to_everyone site_admin entry.edit"})
		assert.NotContains(t, found, "to_everyone site_admin tag.create")
		assert.NotContains(t, found, "to_everyone site_admin entry.view")
	})
	t.Run("J62 it depends on the place what holds", func(t *testing.T) {
		found := kinds(p.LintBinding(access.Binding{Subject: everyone, Role: access.ProjectManager, Place: project}, access.CustomRole{}))
		assert.Contains(t, found, "to_everyone project_manager team.add")
		assert.NotContains(t, found, "to_everyone project_manager entry.edit", "her own only")
		assert.Equal(t, []string{"grants_nothing project_manager "},
			kinds(p.LintBinding(access.Binding{Subject: ann, Role: access.ProjectManager, Place: site}, access.CustomRole{})))
	})
	t.Run("J62 what would hold only in a world that cannot be grants nothing", func(t *testing.T) {
		p, err := access.Compile(gates())
		require.NoError(t, err)
		custom := access.CustomRole{ID: [16]byte{4}, Name: "party", Grants: "gate.open: painted+loud"}
		b := access.Binding{Subject: ann, Custom: custom.ID, Place: project}
		assert.Equal(t, []string{"grants_nothing party "}, kinds(p.LintBinding(b, custom)))
		b.Place = site
		assert.Empty(t, p.LintBinding(b, custom))
	})
	t.Run("J62 a role that there is not grants nothing", func(t *testing.T) {
		assert.Equal(t, []string{"grants_nothing nobody "}, kinds(p.LintBinding(access.Binding{Subject: ann, Role: "nobody", Place: site}, access.CustomRole{})))
	})
}

func ExamplePolicy_Lint() {
	p, err := access.Compile(gates())
	if err != nil {
		fmt.Println(err)
		return
	}
	porter := access.Role{Name: "porter", Grants: access.Allow(access.When(access.Member, access.Manager), "gate.open")}
	for _, f := range p.Lint(porter) {
		fmt.Println(f)
	}
	// Output: porter, gate.open: manager says nothing that member does not say already (shadowed)
}
