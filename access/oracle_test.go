package access_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
)

// site puts decisions into words of the policy.
func (d decisions) site() (all []access.Setting) {
	for key, value := range d {
		all = append(all, set(key, value))
	}
	return all
}

// decided are the ways in which a site can decide what is said of one kind.
var decided = map[access.Kind][]string{
	"client": list("who_may_create_clients"), "tag": list("who_may_create_tags"), "activity": list("who_may_create_activities"),
	"entry": list("limit_public_data", "admins_bypass_private"),
	"project": list("who_may_create_projects", "who_may_create_private_projects", "who_may_create_public_projects", "who_may_change_visibility",
		"projects_private_by_default"),
}

// opposite is the other decision.
var opposite = map[string]string{"on": "off", "off": "on", "everyone": "admins", "admins": "everyone", "managers": "admins"}

func allDecisions(kind access.Kind) []decisions {
	all := []decisions{{}}
	for _, key := range decided[kind] {
		for _, d := range slices.Clone(all) {
			other := decisions{key: opposite[first[key]]}
			for k, v := range d {
				other[k] = v
			}
			all = append(all, other)
		}
	}
	return all
}

// Each sentence is kept, and says something: on its site, and on no other.
func TestSentences(t *testing.T) {
	p := builtIn(t)
	for _, c := range sentences() {
		t.Run(c.row+" "+c.says, func(t *testing.T) {
			for _, who := range c.who {
				for _, k := range p.Kinds() {
					for _, spec := range specs(p)[k.Name] {
						if slices.Contains(c.does, string(spec.Name)) {
							kept(t, p, c, who, k, spec)
						}
					}
				}
			}
			for _, action := range c.does {
				assert.True(t, slices.ContainsFunc(p.Actions(), func(a access.ActionSpec) bool { return string(a.Name) == action }), "%s is no action", action)
			}
		})
	}
}

func kept(t *testing.T, p *access.Policy, c sentence, who string, k access.KindSpec, spec access.ActionSpec) {
	t.Helper()
	some := false
	for _, d := range allDecisions(k.Name) {
		s := p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(who, atHere)}, Settings: under(here, d.site()...)})
		near := p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(who, atProject), bound(who, atClient), bound(who, ofPeople)}, Settings: under(here, d.site()...)})
		for _, w := range worlds(k) {
			for _, at := range []*access.Session{s, near} {
				w.here, w.site = at == near, d
				if w.archived || !c.when(w) {
					continue
				}
				some = true
				row := w.row(k)
				require.True(t, allows(at, spec.Name, row), "%s may not %s in %+v", who, spec.Name, w)
				row.Site, row.Client, row.Project, row.Groups = there, other, second, []access.GroupID{others}
				require.False(t, allows(at, spec.Name, row), "%s may %s elsewhere in %+v", who, spec.Name, w)
			}
		}
	}
	assert.True(t, some, "there is no world in which %s may %s", who, spec.Name)
}

// Nothing else is allowed: every role × action × world that can be × decision
// of the site × place of the role. Check, filter, list and explanation answer
// as the sentences do (G57).
func TestSentencesAreAllThatIsAllowed(t *testing.T) {
	p := builtIn(t)
	for _, role := range roles {
		t.Run("G57 "+role, func(t *testing.T) {
			t.Parallel()
			for _, k := range p.Kinds() {
				for _, d := range allDecisions(k.Name) {
					for _, at := range []access.Place{everywhere, atHere, atClient, atProject, ofPeople} {
						h := p.Load(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(role, at)}, Settings: under(here, d.site()...)})
						ask := asking(t, h, time.Time{}, specs(p)[k.Name])
						for _, w := range worlds(k) {
							if w.noProject && (at == atClient || at == atProject) {
								continue // what is without a project is at none
							}
							w.site, w.here = d, at != everywhere && at != atHere
							row := w.row(k)
							ask.row(row)
							for i, spec := range ask.actions {
								if want := oracle(role, string(spec.Name), w); ask.plans[i].Sees(row) != want {
									require.Failf(t, "not as the sentences say", "%s at the %s: %s in %+v: they say %v", role, at.Kind, spec.Name, w, want)
								}
							}
						}
					}
				}
			}
		})
	}
}

// The decisions of the oracle are those that the policy knows, and as they are
// at first.
func TestDecisionsAreTheSwitches(t *testing.T) {
	p := builtIn(t)
	at := decisions{}
	for _, s := range p.Switches() {
		at[s.Key] = s.Values[0]
		assert.ElementsMatch(t, []string{s.Values[0], opposite[s.Values[0]]}, s.Values, s.Key)
		assert.NotEmpty(t, s.Doc, s.Key)
	}
	assert.Equal(t, first, at)
	for _, k := range p.Kinds() {
		var keys []string
		for _, s := range switchesOf(p, k.Name) {
			keys = append(keys, s.Key)
		}
		assert.Subset(t, decided[k.Name], keys, k.Name)
	}
}

// Managers can do all that regular users can, and administrators all that
// managers can (G11, G16), whatever the site has decided, except what
// admins_bypass_private takes from them.
func TestLevelsIncludeTheOnesBelow(t *testing.T) {
	p := builtIn(t)
	levels := [][]string{{access.ProjectMember, access.ProjectManager}, {access.ProjectManager, access.SiteAdmin}, {access.MemberRole, access.SiteAdmin}, {access.SiteAdmin, access.DomainAdmin},
		{access.Approver, access.Reporter}, {access.Reporter, access.DomainAuditor}, {access.Reporter, access.DomainAdmin}, {access.DomainAuditor, access.DomainAdmin}, {access.RootAuditor, access.RootAdmin}}
	for _, level := range levels {
		t.Run("G11 "+level[1]+" may all that "+level[0]+" may", func(t *testing.T) {
			for _, k := range p.Kinds() {
				for _, d := range allDecisions(k.Name) {
					load := func(role string) *access.Session {
						return p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(role, atHere), bound(role, atProject)}, Settings: under(here, d.site()...)})
					}
					low, high := load(level[0]), load(level[1])
					for _, spec := range specs(p)[k.Name] {
						for _, f := range worldsOf(k, false) {
							row := access.Row{Kind: k.Name, Site: here, Project: project, Facts: f}
							if level[0] == access.ProjectManager && !f.Has(access.Member) {
								row.Facts |= access.Member & k.Facts // who has the role is in the team
							}
							if allows(low, spec.Name, row) && !allows(high, spec.Name, row) {
								require.Failf(t, "the level below may more", "%s for %v under %v", spec.Name, row.Facts, d)
							}
						}
					}
				}
			}
		})
	}
}

// A manager may all that a regular user may, in every world: managing gives and
// never takes (G11).
func TestManagingOnlyGives(t *testing.T) {
	p := builtIn(t)
	for _, role := range roles {
		s := begin(p, whole(t), bound(role, atHere))
		for _, k := range p.Kinds() {
			for _, spec := range specs(p)[k.Name] {
				for _, f := range worldsOf(k, false) {
					row := access.Row{Kind: k.Name, Site: here, Facts: f &^ access.Manager}
					if f.Has(access.Manager) && allows(s, spec.Name, row) {
						row.Facts = f
						require.True(t, allows(s, spec.Name, row), "G11 %s loses %s by managing: %v", role, spec.Name, f)
					}
				}
			}
		}
	}
}

// A root administrator has no sight of business data (X3, J28), and nobody of a
// domain administers the installation.
func TestRootAndDomainsShareNoRight(t *testing.T) {
	p := builtIn(t)
	for _, k := range p.Kinds() {
		for _, spec := range specs(p)[k.Name] {
			for _, f := range worldsOf(k, false) {
				row := access.Row{Kind: k.Name, ID: anID, Project: project, Facts: f}
				for i, role := range roles {
					may := allows(begin(p, whole(t), bound(role, everywhere), bound(role, atProject)), spec.Name, row)
					if may && k.Name != "event" { // both have a log of their own
						require.Equal(t, i < 2, k.Root, "J28 %s may %s", role, spec.Name)
					}
				}
			}
		}
	}
}
