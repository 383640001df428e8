package storagetest

import (
	"go/parser"
	"go/token"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage/memory"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// worldOf opens a store in memory by whose rules something is wrong.
func worldOf(t *testing.T, wrong func(*access.Catalogue)) *World {
	t.Helper()
	people, business := admin.Catalogue(), timesheet.Catalogue()
	all := access.Catalogue{
		Kinds: slices.Concat(people.Kinds, business.Kinds), Actions: slices.Concat(people.Actions, business.Actions),
		Roles: slices.Concat(people.Roles, business.Roles), Denials: business.Denials, Switches: business.Switches,
	} // without claims, which a wrong policy breaks at once
	wrong(&all)
	policy, err := access.Compile(all)
	require.NoError(t, err)
	clock := NewClock(Start)
	db, err := memory.Open(memory.Config{Policy: policy, Now: clock.Now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return &World{DB: db, Policy: policy, Clock: clock}
}

// seeds are how many worlds are made of which a wrong rule must be found in one.
const seeds = 200

// Every wrong rule is found in a random world.
func TestWorldsFindWrongRules(t *testing.T) {
	always := access.Unconditionally()
	for name, wrong := range map[string]func(*access.Catalogue){
		"everybody in the team sees its time": func(b *access.Catalogue) {
			b.Roles = append(b.Roles, access.Role{Name: access.MemberRole, Grants: access.Allow(access.When(access.Member), timesheet.ViewEntry)})
		},
		"a timekeeper has reports": func(b *access.Catalogue) {
			b.Roles = append(b.Roles, access.Role{Name: access.Timekeeper, Grants: access.Allow(always, timesheet.ViewReport)})
		},
		"a guest sees public projects": func(b *access.Catalogue) {
			b.Roles = append(b.Roles, access.Role{Name: access.Guest, Grants: access.Allow(access.When(access.Public), timesheet.ViewProject)})
		},
		"members see amounts": func(b *access.Catalogue) {
			b.Roles = append(b.Roles, access.Role{Name: access.MemberRole, Grants: access.Allow(access.When(access.Own), timesheet.ViewAmount)})
		},
		"members see all e-mail addresses": func(b *access.Catalogue) {
			b.Roles = append(b.Roles, access.Role{Name: access.MemberRole, Grants: access.Allow(always, admin.ViewEmail)})
		},
		"e-mail addresses are not withheld": func(b *access.Catalogue) {
			for i := range b.Actions {
				b.Actions[i].Field = ""
			}
		},
		"a manager at a project is one everywhere": func(b *access.Catalogue) {
			b.Roles = append(b.Roles, access.Role{Name: access.ProjectManager, Grants: access.Allow(always, timesheet.ViewProject)})
		},
		"archived time is edited":  forget(func(d *access.Denial) { d.Actions = without(d.Actions, timesheet.EditEntry) }),
		"archived time is tracked": forget(func(d *access.Denial) { d.Actions = without(d.Actions, timesheet.Track) }),
		"public data is not limited": regrant(access.MemberRole, timesheet.ViewReport, func(g *access.Grant) {
			g.If = nil
		}),
		"administrators pass by no setting": regrant(access.DomainAdmin, timesheet.EditEntry, func(g *access.Grant) {
			g.If = nil
		}),
		"members edit what is not theirs": regrant(access.MemberRole, timesheet.EditEntry, func(g *access.Grant) {
			g.When = append(slices.Clone(g.When), access.Term{All: access.Public})
		}),
		"members do not see public projects": regrant(access.MemberRole, timesheet.ViewProject, func(g *access.Grant) {
			g.When = access.When(access.Member)
		}),
		"a manager does not see the time of others": regrant(access.MemberRole, timesheet.ViewReport, func(g *access.Grant) {
			g.When = slices.DeleteFunc(slices.Clone(g.When), func(t access.Term) bool { return t.All == access.Manager })
		}),
		"private projects are added in spite of the setting": regrant(access.MemberRole, timesheet.CreateProject, func(g *access.Grant) {
			g.If = g.If[:1]
		}),
	} {
		t.Run("G57 "+name, func(t *testing.T) {
			w := worldOf(t, wrong)
			for seed := range seeds {
				if err := live(t.Context(), w, randomWorld().Example(seed), nil); err != nil {
					t.Logf("found in world %d: %v", seed, err)
					return
				}
			}
			require.Fail(t, "it was not found")
		})
	}
}

// The same worlds are right as the rules are, and ask what matters: whether
// everything is allowed to somebody and denied to somebody.
func TestWorldsAskWhatMatters(t *testing.T) {
	t.Run("G56 J58 G38 the random worlds ask for every action", func(t *testing.T) {
		w, met := worldOf(t, func(*access.Catalogue) {}), tally{}
		for seed := range seeds / 3 {
			steps := randomWorld().Example(seed)
			if err := live(t.Context(), w, steps, met); err != nil {
				require.Fail(t, err.Error(), told(steps))
			}
		}
		for _, spec := range w.Policy.Actions() {
			k := slices.IndexFunc(w.Policy.Kinds(), func(k access.KindSpec) bool { return k.Name == spec.Kind })
			if spec.Verb == access.Create || spec.Kind == admin.KindEvent || w.Policy.Kinds()[k].Root {
				continue
			}
			n := met[string(spec.Name)]
			assert.NotZero(t, n[0], "%s was never denied", spec.Name)
			assert.NotZero(t, n[1], "%s was never allowed", spec.Name)
		}
		assert.NotZero(t, met["try"][0])
		assert.NotZero(t, met["try"][1])
	})
}

// The oracle has nothing in common with what it judges.
func TestOracleSharesNoCode(t *testing.T) {
	t.Run("G57 the oracle of the random worlds imports nothing of Stint", func(t *testing.T) {
		for _, name := range []string{"worldsland.go", "worldsoracle.go"} {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			require.NoError(t, err)
			require.NotEmpty(t, file.Imports)
			for _, i := range file.Imports {
				require.NotContains(t, i.Path.Value, ".", "only the standard library")
			}
		}
	})
}

// forget changes the denials.
func forget(change func(*access.Denial)) func(*access.Catalogue) {
	return func(b *access.Catalogue) {
		b.Denials = slices.Clone(b.Denials)
		for i := range b.Denials {
			change(&b.Denials[i])
		}
	}
}

// regrant changes what a role is granted of an action.
func regrant(role string, action access.Action, change func(*access.Grant)) func(*access.Catalogue) {
	return func(b *access.Catalogue) {
		b.Roles = slices.Clone(b.Roles)
		for i := range b.Roles {
			if b.Roles[i].Name != role {
				continue
			}
			b.Roles[i].Grants = slices.Clone(b.Roles[i].Grants)
			for j := range b.Roles[i].Grants {
				if b.Roles[i].Grants[j].Action == action {
					change(&b.Roles[i].Grants[j])
				}
			}
			// What no longer says anything is no grant.
			b.Roles[i].Grants = slices.DeleteFunc(b.Roles[i].Grants, func(g access.Grant) bool { return len(g.When) == 0 })
		}
	}
}

func without(actions []access.Action, one access.Action) []access.Action {
	return slices.DeleteFunc(slices.Clone(actions), func(a access.Action) bool { return a == one })
}
