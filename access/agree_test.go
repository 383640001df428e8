package access_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

// stopped are the actions that an archived project or thing stops.
var stopped = []access.Action{"entry.track", "entry.edit", "entry.remove", "task.create", "team.add"}

// question is one action with the plan of its filter in one session.
type question struct {
	access.ActionSpec
	plan access.Plan
}

// questions returns the actions of a policy, by kind.
func questions(t *testing.T, p *access.Policy, s *access.Session) map[access.Kind][]question {
	t.Helper()
	all := map[access.Kind][]question{}
	for _, spec := range p.Actions() {
		plan, err := s.Plan(s.Actor().Sees(spec.Name), spec.Kind)
		require.NoError(t, err)
		all[spec.Kind] = append(all[spec.Kind], question{spec, plan})
	}
	return all
}

// consistent compares, for one row under every set of facts, the decision on
// each action, the plan of its filter and the list of allowed actions.
func consistent(t *testing.T, s *access.Session, asked []question, row access.Row, states ...access.State) {
	t.Helper()
	site := s.Standing().Scope.Site()
	fenced := !site.IsZero() && row.Site != site && row.Site != tenancy.SiteID{}
	for f := range access.Facts(facts) {
		row.Facts = f
		for _, row.State = range states {
			r := s.Resource(row)
			allowed := s.Actor().Allowed(r)
			next := 0
			for _, q := range asked {
				_, err := s.Actor().May(q.Name, r)
				if want := q.plan.Sees(row) && !fenced; (err == nil) != want {
					require.Failf(t, "check and filter disagree", "%s on %+v: check says %v, filter says %v", q.Name, row, err, want)
				}
				if err == nil && row.State == access.Archived && slices.Contains(stopped, q.Name) {
					require.Failf(t, "archived", "%s on %+v", q.Name, row)
				}
				if q.Verb == access.Create || err != nil {
					continue
				}
				if next >= len(allowed) || allowed[next] != q.Name {
					require.Failf(t, "check and list disagree", "%s on %+v is allowed, list is %v", q.Name, row, allowed)
				}
				next++
			}
			if next != len(allowed) {
				require.Failf(t, "check and list disagree", "on %+v the list has more: %v", row, allowed[next:])
			}
		}
	}
}

// someRows is rows at no place, at each of them alone, at other ones, and at
// all of them.
func someRows(kind access.Kind) []access.Row {
	row := access.Row{Kind: kind, ID: anID, Version: 1}
	rows := []access.Row{row, row, row, row, row, row}
	rows[1].Site, rows[2].Client, rows[3].Project = here, client, project
	rows[4].Site, rows[4].Client, rows[4].Project = there, other, second
	rows[5].Site, rows[5].Client, rows[5].Project = here, client, project
	return rows
}

// Check, filter and list are the same function (G56, G57): every role × action
// × set of facts × place × scope of the built-in policy.
func TestCheckFilterAndListAgree(t *testing.T) {
	p := builtIn(t)
	scopes := map[string]tenancy.Scope{"whole": whole(t), "narrowed": whole(t).At(here)}
	for _, role := range append(roles, "no such role") {
		for name, in := range scopes {
			t.Run(role+"/"+name, func(t *testing.T) {
				t.Parallel()
				for _, at := range places {
					s := begin(p, in, bound(role, at))
					for kind, asked := range questions(t, p, s) {
						for _, row := range someRows(kind) {
							consistent(t, s, asked, row, 0)
						}
						consistent(t, s, asked, someRows(kind)[5], access.Archived)
					}
				}
			})
		}
	}
}

// Roles add up: with two of them check, filter and list still agree, and what
// is allowed is what either alone allows.
func TestTwoRolesAllowWhatEitherAllows(t *testing.T) {
	p := builtIn(t)
	var all []access.Binding
	for _, role := range []string{access.SiteAdmin, access.MemberRole, access.Guest} {
		for _, at := range places {
			all = append(all, bound(role, at))
		}
	}
	for _, kind := range []access.Kind{"entry", "project"} {
		for i, a := range all {
			t.Run(string(kind)+"/"+a.Role+" "+string(a.Place.Kind), func(t *testing.T) {
				t.Parallel()
				one := begin(p, whole(t), a)
				for _, b := range all[:i+1] {
					two, both := begin(p, whole(t), b), begin(p, whole(t), a, b)
					ones, twos, boths := questions(t, p, one)[kind], questions(t, p, two)[kind], questions(t, p, both)[kind]
					for _, row := range someRows(kind)[3:] {
						consistent(t, both, boths, row, 0)
						for f := range access.Facts(facts) {
							row.Facts = f
							for q := range boths {
								if want := ones[q].plan.Sees(row) || twos[q].plan.Sees(row); want != boths[q].plan.Sees(row) {
									require.Failf(t, "roles do not add up", "%s on %+v: either alone says %v", boths[q].Name, row, want)
								}
							}
						}
					}
				}
			})
		}
	}
}

// A list of what may be changed leaves out what is archived, as the check does.
func TestFilterHonoursWhatAStateDenies(t *testing.T) {
	p := builtIn(t)
	for name, s := range map[string]*access.Session{
		"administrator": begin(p, whole(t), bound(access.DomainAdmin, everywhere)),
		"system":        p.Begin(access.Standing{Scope: whole(t), System: "repair"}),
	} {
		for kind, asked := range questions(t, p, s) {
			row := access.Row{Kind: kind, ID: anID, Version: 1, State: access.Archived}
			for _, q := range asked {
				assert.NotEqual(t, slices.Contains(stopped, q.Name) || q.plan.Branches == nil, q.plan.Sees(row), "%s %s", name, q.Name)
			}
			consistent(t, s, asked, row, 0, access.Archived)
		}
	}
}

// A plan is as small as it can be: a place that adds nothing to what is seen
// everywhere is not in it, and a place is in it once.
func TestPlanHasNoBranchTooMany(t *testing.T) {
	p := builtIn(t)
	plan := func(action access.Action, kind access.Kind, in tenancy.Scope, b ...access.Binding) access.Plan {
		s := begin(p, in, b...)
		got, err := s.Plan(s.Actor().Sees(action), kind)
		require.NoError(t, err)
		return got
	}
	everything := access.Plan{Branches: []access.Branch{{Place: everywhere, Terms: []access.Facts{0}}}}

	assert.Empty(t, plan("entry.view", "entry", whole(t)).Branches, "without roles nothing is seen")
	assert.False(t, plan("entry.view", "entry", whole(t)).Everything())
	assert.Equal(t, everything, plan("entry.view", "entry", whole(t),
		bound(access.SiteAdmin, atProject), bound(access.MemberRole, everywhere), bound(access.DomainAdmin, everywhere), bound(access.SiteAdmin, atHere)))
	assert.True(t, everything.Everything())
	assert.Zero(t, everything.Facts())

	sees := []access.Facts{access.Own, access.Manager, access.Member | access.Shared, access.Public}
	member := plan("entry.view", "entry", whole(t), bound(access.MemberRole, everywhere), bound(access.MemberRole, atHere), bound(access.MemberRole, atProject))
	assert.Equal(t, []access.Branch{{Place: everywhere, Terms: sees}}, member.Branches, "the same role at a narrower place adds nothing")
	assert.False(t, member.Everything())
	assert.Equal(t, access.Own|access.Manager|access.Member|access.Shared|access.Public, member.Facts())

	two := plan("entry.view", "entry", whole(t), bound(access.MemberRole, everywhere), bound(access.SiteAdmin, atHere), bound(access.SiteAdmin, atHere), bound(access.SiteAdmin, atClient))
	assert.Equal(t, []access.Branch{{everywhere, sees}, {atHere, []access.Facts{0}}, {atClient, []access.Facts{0}}}, two.Branches)
	assert.False(t, two.Everything(), "everything at a site is not everything")

	// In a scope that is narrowed to its site, a role at the site is one for
	// everything; one at another site is none.
	assert.True(t, plan("entry.view", "entry", whole(t).At(here), bound(access.SiteAdmin, atHere)).Everything())
	assert.Empty(t, plan("entry.view", "entry", whole(t).At(here), bound(access.SiteAdmin, atThere)).Branches)
	assert.Equal(t, []access.Branch{{atProject, []access.Facts{0}}}, plan("entry.view", "entry", whole(t).At(here), bound(access.SiteAdmin, atProject)).Branches)
}
