package access_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// A denial says why, with a stable code.
func TestDenialsSayTheirReason(t *testing.T) {
	p := builtIn(t)
	member := bound(access.MemberRole, atHere)
	row := func(kind access.Kind, f access.Facts) access.Row {
		return access.Row{Kind: kind, ID: anID, Version: 1, Site: here, Facts: f}
	}
	archived := func(r access.Row) access.Row { r.State = access.Archived; return r }
	elsewhere := row("project", access.Public)
	elsewhere.Site = there
	for name, c := range map[string]struct {
		who    []access.Binding
		action access.Action
		row    access.Row
		want   string
	}{
		"T24 another's entry":                       {[]access.Binding{member}, "entry.edit", row("entry", access.Public), "condition_own"},
		"one fact short of several":                 {[]access.Binding{member}, "entry.edit", row("entry", access.Loose), "condition_own"},
		"the first of the nearest":                  {[]access.Binding{member}, "entry.track", row("entry", access.Own), "condition_member"},
		"G12 a project managed by another":          {[]access.Binding{member}, "project.edit", row("project", access.Member|access.Public), "condition_manager"},
		"the nearest of two roles":                  {[]access.Binding{bound(access.Guest, atHere), member}, "project.view", row("project", 0), "condition_member"},
		"T10 a role at another site":                {[]access.Binding{member}, "project.view", elsewhere, "no_grant_in_scope"},
		"an action of no role of hers":              {[]access.Binding{member}, "site.edit", row("site", 0), "no_grant_in_scope"},
		"no role":                                   {nil, "project.view", row("project", access.Public), "no_grant_in_scope"},
		"a role that the policy does not know":      {[]access.Binding{bound("Member", everywhere)}, "project.view", row("project", access.Public), "no_grant_in_scope"},
		"an action that is not known":               {[]access.Binding{member}, "project.paint", row("project", 0), "unknown_action"},
		"an action of another kind":                 {[]access.Binding{member}, "project.view", row("entry", 0), "unknown_action"},
		"an archived project":                       {[]access.Binding{member}, "entry.track", archived(row("entry", access.Own|access.Public)), "archived"},
		"archived, for an administrator too":        {[]access.Binding{bound(access.DomainAdmin, everywhere)}, "task.create", archived(row("task", 0)), "archived"},
		"archived comes before what roles say":      {nil, "entry.track", archived(row("entry", 0)), "archived"},
		"archived denies only what it says it does": {nil, "entry.view", archived(row("entry", 0)), "no_grant_in_scope"},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(p, whole(t), c.who...)
			permit, err := s.Actor().May(c.action, s.Resource(c.row))
			require.ErrorIs(t, err, fault.Denied)
			assert.Equal(t, c.want, fault.ReasonOf(err))
			assert.Equal(t, access.Permit{}, permit)
			assert.NotContains(t, s.Actor().Allowed(s.Resource(c.row)), c.action)
		})
	}
}

// The scope is a fence that no role undoes: what is at another site is not
// there, for administrators and the system as well.
func TestNarrowedScopeHidesOtherSites(t *testing.T) {
	p := compiled(t, doors())
	far := door()
	far.Site = there
	for name, st := range map[string]access.Standing{
		"everywhere":    {Bindings: []access.Binding{bound("keeper", everywhere)}},
		"at that site":  {Bindings: []access.Binding{bound("keeper", atThere)}},
		"its client":    {Bindings: []access.Binding{bound("keeper", atClient)}},
		"its project":   {Bindings: []access.Binding{bound("keeper", atProject)}},
		"system":        {System: "repair"},
		"without roles": {},
	} {
		st.Scope, st.Member = whole(t).At(here), me
		s := p.Begin(st)
		_, err := s.Actor().May("door.view", s.Resource(far))
		require.ErrorIs(t, err, fault.NotFound, name)
		_, err = s.Actor().MayChange("door.open", s.Resource(door()), s.Prospect(far))
		require.Error(t, err, name)
		assert.Empty(t, s.Actor().Allowed(s.Resource(far)), name)
	}
	s := begin(p, whole(t).At(here), bound("keeper", everywhere))
	_, err := s.Actor().MayChange("door.open", s.Resource(door()), s.Prospect(far))
	require.ErrorIs(t, err, fault.NotFound, "nothing leaves through the fence")
	assert.True(t, allows(s, "door.view", door()))

	// The same role, where it is bound at a site: only there.
	for scope, in := range map[string]bool{"whole": false, "narrowed": true} {
		at := whole(t)
		if in {
			at = at.At(here)
		}
		s := begin(p, at, bound("keeper", atHere))
		assert.True(t, allows(s, "door.view", door()), scope)
		assert.False(t, allows(s, "door.view", far), scope)
	}
}

// The system may do everything inside its scope, and nothing outside.
func TestSystemMayEverythingInScope(t *testing.T) {
	p := builtIn(t)
	s := p.Begin(access.Standing{Scope: whole(t).At(here), System: "repair"})
	assert.True(t, s.Actor().Member().IsZero())
	for _, spec := range p.Actions() {
		row := access.Row{Kind: spec.Kind, Site: here}
		assert.True(t, allows(s, spec.Name, row), spec.Name)
		plan, err := s.Plan(s.Actor().Sees(spec.Name), spec.Kind)
		require.NoError(t, err)
		assert.Equal(t, !slices.Contains(stopped, string(spec.Name)), plan.Everything(), spec.Name)
		assert.True(t, plan.Sees(row), spec.Name)
		row.Site = there
		assert.False(t, allows(s, spec.Name, row), spec.Name)
	}
}

// Creating is no action on a thing that is there.
func TestAllowedListsNoCreation(t *testing.T) {
	s := keeper(t, compiled(t, doors()))
	assert.Equal(t, []access.Action{"door.view", "door.open", "door.drop", "door.paint", "door.publish", "door.price"}, s.Actor().Allowed(s.Resource(door())))
	walled := door()
	walled.State = access.Archived
	assert.Equal(t, []access.Action{"door.view", "door.drop", "door.paint", "door.publish", "door.price"}, s.Actor().Allowed(s.Resource(walled)))
}
