package access_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

func planOf(t *testing.T, s *access.Session, action access.Action, kind access.Kind) access.Plan {
	t.Helper()
	plan, err := s.Plan(s.Actor().Sees(action), kind)
	require.NoError(t, err)
	return plan
}

// A plan is as small as it can be: a place that adds nothing to what is seen
// everywhere is not in it, a place is in it once, and places with the same
// terms are one branch.
func TestPlanHasNoBranchTooMany(t *testing.T) {
	p := builtIn(t)
	plan := func(in tenancy.Scope, b ...access.Binding) access.Plan {
		return planOf(t, begin(p, in, b...), "entry.view", "entry")
	}
	all := access.Unconditionally()
	everything := access.Plan{Branches: []access.Branch{{At: access.Everywhere, Terms: all}}}

	assert.Empty(t, plan(whole(t)).Branches, "without roles nothing is seen")
	assert.False(t, plan(whole(t)).Everything())
	assert.Equal(t, everything, plan(whole(t),
		bound(access.SiteAdmin, atProject), bound(access.MemberRole, everywhere), bound(access.DomainAdmin, everywhere), bound(access.SiteAdmin, atHere)))
	assert.True(t, everything.Everything())
	assert.Zero(t, everything.Facts())

	sees := access.When(access.Own, access.Manager, access.Public, access.Member|access.Shared)
	member := plan(whole(t), bound(access.MemberRole, everywhere), bound(access.MemberRole, atHere), bound(access.MemberRole, atProject))
	require.Len(t, member.Branches, 1, "the same role at a narrower place adds nothing")
	assert.ElementsMatch(t, sees, member.Branches[0].Terms)
	assert.False(t, member.Everything())
	assert.Equal(t, access.Own|access.Manager|access.Member|access.Shared|access.Public, member.Facts())

	atSecond := access.Place{Kind: access.AtProject, Project: second}
	places := plan(whole(t), bound(access.SiteAdmin, atSecond), bound(access.Reporter, atProject), bound(access.SiteAdmin, atHere), bound(access.SiteAdmin, atHere), bound(access.Guest, ofPeople))
	assert.Equal(t, []access.Branch{
		{At: access.AtSite, IDs: [][16]byte{here}, Terms: all},
		{At: access.AtProject, IDs: [][16]byte{project, second}, Terms: all},
		{At: access.OfGroup, IDs: [][16]byte{people}, Terms: all},
	}, places.Branches)
	assert.False(t, places.Everything(), "everything at some places is not everything")

	// In a scope that is narrowed to its site, a role at the site is one for
	// everything; one at another site is none.
	assert.True(t, plan(whole(t).At(here), bound(access.SiteAdmin, atHere)).Everything())
	assert.Empty(t, plan(whole(t).At(here), bound(access.SiteAdmin, atThere)).Branches)
	assert.Equal(t, []access.Branch{{At: access.AtProject, IDs: [][16]byte{project}, Terms: all}}, plan(whole(t).At(here), bound(access.SiteAdmin, atProject)).Branches)
}

// Sites whose settings make a difference have branches of their own; those
// whose settings make none are not told apart (G5).
func TestPlanTellsSitesApartWhereSettingsDo(t *testing.T) {
	p := builtIn(t)
	load := func(settings ...access.SiteSetting) *access.Session {
		return p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(access.MemberRole, everywhere)}, Settings: settings})
	}
	limited := under(here, set("limit_public_data", "on"))[0]
	seen := planOf(t, load(limited), "report.view", "entry")
	require.Len(t, seen.Branches, 2)
	assert.Equal(t, []tenancy.SiteID{here}, seen.Branches[0].Except, "G5")
	assert.Equal(t, []tenancy.SiteID{here}, seen.Branches[1].Only, "G5")
	assert.Contains(t, seen.Branches[0].Terms, access.Term{All: access.Public})
	assert.NotContains(t, seen.Branches[1].Terms, access.Term{All: access.Public})
	for name, plan := range map[string]access.Plan{
		"another action": planOf(t, load(limited), "entry.edit", "entry"), "another setting": planOf(t, load(under(here, set("who_may_create_tags", "admins"))...), "report.view", "entry"),
		"the default": planOf(t, load(under(here, set("limit_public_data", "off"))...), "report.view", "entry"),
	} {
		require.Len(t, plan.Branches, 1, name)
		assert.Empty(t, plan.Branches[0].Except, name)
	}
	admin := p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(access.SiteAdmin, everywhere)}, Settings: []access.SiteSetting{limited}})
	assert.True(t, planOf(t, admin, "report.view", "entry").Everything(), "it makes no difference to an administrator")
	bypass := p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(access.SiteAdmin, everywhere)}, Settings: under(here, set("admins_bypass_private", "off"))})
	assert.False(t, planOf(t, bypass, "entry.edit", "entry").Everything(), "G16")
}

// A list of what may be changed leaves out what is archived, as the check does.
func TestFilterHonoursWhatAStateDenies(t *testing.T) {
	p := builtIn(t)
	for name, s := range map[string]*access.Session{
		"administrator": begin(p, whole(t), bound(access.DomainAdmin, everywhere)),
		"system":        p.Begin(access.Standing{Scope: whole(t), System: "repair"}),
	} {
		plan := planOf(t, s, "entry.edit", "entry")
		assert.Equal(t, access.Archived, plan.Not, name)
		assert.False(t, plan.Everything(), name)
		assert.True(t, plan.Sees(access.Row{Kind: "entry"}), name)
		assert.False(t, plan.Sees(access.Row{Kind: "entry", State: access.Archived}), name)
		assert.True(t, planOf(t, s, "entry.view", "entry").Sees(access.Row{Kind: "entry", State: access.Archived}), name)
	}
}

// Fields that an action shows are withheld from who may not do it, row by row
// (G37), and from nobody who may.
func TestFieldsAreWithheldFromWhoMayNotSeeThem(t *testing.T) {
	p := builtIn(t)
	fields := func(kind access.Kind, b ...access.Binding) (names []string) {
		for _, w := range begin(p, whole(t), b...).Withholds(kind) {
			names = append(names, w.Field)
		}
		return names
	}
	for role, want := range map[string]bool{access.DomainAdmin: false, access.DomainAuditor: false, access.Reporter: false, access.Timekeeper: true, access.MemberRole: true, access.Guest: true} {
		assert.Equal(t, want, len(fields("entry", bound(role, everywhere))) == 1, "G37 %s", role)
	}
	assert.Equal(t, []string{"external_amount"}, fields("entry"), "G37 from nobody all is withheld")
	assert.Equal(t, []string{"email"}, fields("membership", bound(access.MemberRole, everywhere)), "G37")
	assert.Empty(t, fields("membership", bound(access.DomainAdmin, everywhere)))
	assert.Empty(t, fields("project"))
	assert.Empty(t, fields("planet"))
	assert.Equal(t, []string{"external_amount"}, fields("entry", bound(access.SiteAdmin, atHere)), "G37 of other sites")

	shown := begin(p, whole(t), bound(access.MemberRole, everywhere)).Withholds("entry")[0].Plan
	assert.True(t, shown.Sees(access.Row{Kind: "entry", Facts: access.Manager | access.Member}), "G37 a manager sees them of her project")
	assert.False(t, shown.Sees(access.Row{Kind: "entry", Facts: access.Own | access.Public}), "G37 and of no other")
	s := begin(p, whole(t), bound(access.DomainAdmin, everywhere))
	s.End()
	require.Len(t, s.Withholds("entry"), 1, "a finished session shows nothing")
	assert.False(t, s.Withholds("entry")[0].Plan.Sees(access.Row{Kind: "entry"}))
}

// A place without an id is none, also in a plan that somebody made by hand: it
// does not cover what has no such id either.
func TestBranchWithoutAnIDCoversNothing(t *testing.T) {
	for _, at := range []access.PlaceKind{access.AtSite, access.AtClient, access.AtProject, access.OfGroup, "planet", ""} {
		plan := access.Plan{Branches: []access.Branch{{At: at, IDs: [][16]byte{{}}, Terms: access.Unconditionally()}}}
		assert.False(t, plan.Sees(access.Row{Groups: []access.GroupID{{}}}), at)
		plan.Branches[0].IDs = nil
		assert.False(t, plan.Sees(access.Row{}), at)
	}
}
