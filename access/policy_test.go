package access_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// doors is a small catalogue: doors can be seen, made, opened and taken out.
func doors() access.Catalogue {
	return access.Catalogue{
		Actions: []access.ActionSpec{
			{Name: "door.view", Kind: "door", Verb: access.Read},
			{Name: "door.make", Kind: "door", Verb: access.Create},
			{Name: "door.open", Kind: "door", Verb: access.Change},
			{Name: "door.drop", Kind: "door", Verb: access.Remove},
			{Name: "wall.view", Kind: "wall", Verb: access.Read},
		},
		Roles: []access.Role{
			{Name: "keeper", Grants: access.Allow(access.Always(), "door.view", "door.make", "door.open", "door.drop", "wall.view")},
			{Name: "owner", Grants: access.Allow(access.When(access.Own, access.Member|access.Shared), "door.view", "door.open")},
		},
		Denials: []access.Denial{{State: access.Archived, Reason: "locked_for_good", Rule: "it is walled up", Actions: []access.Action{"door.open"}}},
	}
}

func compiled(t *testing.T, c ...access.Catalogue) *access.Policy {
	t.Helper()
	p, err := access.Compile(c...)
	require.NoError(t, err)
	return p
}

func TestCompileRefuses(t *testing.T) {
	view := access.ActionSpec{Name: "door.view", Kind: "door", Verb: access.Read}
	role := func(name string, grants ...access.Grant) access.Catalogue {
		return access.Catalogue{Roles: []access.Role{{Name: name, Grants: grants}}}
	}
	denial := func(d access.Denial) access.Catalogue { return access.Catalogue{Denials: []access.Denial{d}} }
	open := []access.Action{"door.open"}
	for name, c := range map[string]struct {
		add  access.Catalogue
		want fault.Code
	}{
		"an action declared twice":             {access.Catalogue{Actions: []access.ActionSpec{view}}, "bad_action"},
		"an action without a name":             {access.Catalogue{Actions: []access.ActionSpec{{Kind: "door", Verb: access.Read}}}, "bad_action"},
		"an action without a kind":             {access.Catalogue{Actions: []access.ActionSpec{{Name: "x", Verb: access.Read}}}, "bad_action"},
		"an action without a verb":             {access.Catalogue{Actions: []access.ActionSpec{{Name: "x", Kind: "door"}}}, "bad_action"},
		"a role without a name":                {role("", access.Grant{Action: "door.view", When: access.Always()}), "empty_role"},
		"a role without grants":                {role("idle"), "empty_role"},
		"a grant of an unknown action":         {role("keeper", access.Grant{Action: "door.paint", When: access.Always()}), "unknown_action"},
		"a grant that never holds":             {role("keeper", access.Grant{Action: "door.view"}), "bad_condition"},
		"a condition over an unknown fact":     {role("keeper", access.Grant{Action: "door.view", When: access.When(access.Own, 64)}), "bad_condition"},
		"a denial of an unknown action":        {denial(access.Denial{State: access.Archived, Reason: "x", Actions: []access.Action{"door.paint"}}), "bad_denial"},
		"a denial without a state":             {denial(access.Denial{Reason: "x", Actions: open}), "bad_denial"},
		"a denial without a reason":            {denial(access.Denial{State: access.Archived, Actions: open}), "bad_denial"},
		"a denial of nothing":                  {denial(access.Denial{State: access.Archived, Reason: "x"}), "bad_denial"},
		"the zero denial, which denies nobody": {denial(access.Denial{}), "bad_denial"},
	} {
		p, err := access.Compile(doors(), c.add)
		assert.Nil(t, p, name)
		assert.Equal(t, c.want, fault.CodeOf(err), name)
		assert.ErrorIs(t, err, fault.Invalid, name)
	}
}

func TestCatalogueMayGrantWhatALaterOneDeclares(t *testing.T) {
	c := doors()
	p := compiled(t, access.Catalogue{Roles: c.Roles, Denials: c.Denials}, access.Catalogue{Actions: c.Actions})
	assert.True(t, allows(begin(p, whole(t), bound("keeper", everywhere)), "door.view", access.Row{Kind: "door"}))
}

func TestGrantsOfOneRoleAddUp(t *testing.T) {
	more := access.Catalogue{Roles: []access.Role{{Name: "owner", Grants: []access.Grant{
		{Action: "door.view", When: access.When(access.Public, access.Own|access.Public)},
		{Action: "door.view", When: access.When(access.Member)},
		{Action: "door.drop", When: access.When(access.Own)},
	}}}}
	s := begin(compiled(t, doors(), more), whole(t), bound("owner", everywhere))
	plan, err := s.Plan(s.Actor().Sees("door.view"), "door")
	require.NoError(t, err)
	require.Len(t, plan.Branches, 1)
	assert.ElementsMatch(t, []access.Facts{access.Own, access.Public, access.Member}, plan.Branches[0].Terms, "in their smallest form")
	assert.True(t, allows(s, "door.drop", access.Row{Kind: "door", Facts: access.Own}))
	assert.False(t, allows(s, "door.drop", access.Row{Kind: "door"}))
}

func TestPolicyDoesNotChangeWithWhatItWasMadeOf(t *testing.T) {
	c := doors()
	p := compiled(t, c)
	c.Roles[1].Grants[0].When[0] = 0
	c.Denials[0].Actions[0] = "door.view"
	p.Actions()[0].Name = "gone"
	assert.Equal(t, access.Action("door.view"), p.Actions()[0].Name)
	s := begin(p, whole(t), bound("owner", everywhere))
	assert.False(t, allows(s, "door.view", access.Row{Kind: "door"}))
	assert.True(t, allows(s, "door.view", access.Row{Kind: "door", Facts: access.Own, State: access.Archived}))
	assert.False(t, allows(s, "door.open", access.Row{Kind: "door", Facts: access.Own, State: access.Archived}))
}

// The three levels, the two administrators above them and the guest are built
// in (G1); a host adds its own beside them.
func TestBuiltInRoles(t *testing.T) {
	p, err := storage.Policy(doors())
	require.NoError(t, err)
	for _, role := range append(roles, "keeper", "owner") {
		assert.True(t, p.HasRole(role), role)
	}
	assert.False(t, p.HasRole(""))
	assert.False(t, p.HasRole("Member"))
	for _, spec := range p.Actions() {
		assert.NotEmpty(t, spec.Kind, spec.Name)
		assert.True(t, access.Read <= spec.Verb && spec.Verb <= access.Remove, spec.Name)
	}
}

// A root administrator has no sight of business data (X3), and nobody else
// administers the installation.
func TestRootAndDomainsShareNoRight(t *testing.T) {
	p := builtIn(t)
	for _, spec := range p.Actions() {
		row := access.Row{Kind: spec.Kind, ID: anID, Facts: facts - 1}
		root := allows(begin(p, whole(t), bound(access.RootAdmin, everywhere)), string(spec.Name), row)
		for _, role := range roles[1:] {
			assert.False(t, root && allows(begin(p, whole(t), bound(role, everywhere)), string(spec.Name), row), "%s: %s", role, spec.Name)
		}
	}
}

// Managers can do all that regular users can, and administrators all that
// managers can (G11, G16).
func TestLevelsIncludeTheOnesBelow(t *testing.T) {
	p := builtIn(t)
	levels := []string{access.Guest, access.MemberRole, access.SiteAdmin, access.DomainAdmin}
	for i, below := range levels[:3] {
		low, high := begin(p, whole(t), bound(below, atHere)), begin(p, whole(t), bound(levels[i+1], atHere))
		for _, spec := range p.Actions() {
			for f := range access.Facts(facts) {
				row := access.Row{Kind: spec.Kind, Site: here, Facts: f}
				if allows(low, string(spec.Name), row) && !allows(high, string(spec.Name), row) {
					assert.Failf(t, "level below may more", "%s may %s for %v, %s may not", below, spec.Name, f, levels[i+1])
				}
			}
		}
	}
}
