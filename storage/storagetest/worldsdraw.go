package storagetest

import (
	"slices"

	"pgregory.net/rapid"
)

// What random worlds are drawn from.

var builtInRoles = []string{
	"member", "member", "member", "site_admin", "domain_admin", "domain_auditor", "timekeeper",
	"reporter", "approver", "guest", "project_manager", "project_member",
}

// decisions are the settings that change what somebody may, and their values.
var decisions = map[string][]string{
	"limit_public_data": {"off", "on"}, "admins_bypass_private": {"on", "off"}, "who_may_change_visibility": {"managers", "admins"},
	"who_may_create_projects": {"everyone", "admins"}, "who_may_create_private_projects": {"everyone", "admins"},
	"who_may_create_public_projects": {"everyone", "admins"}, "who_may_create_clients": {"everyone", "admins"},
	"who_may_create_tags": {"everyone", "admins"}, "who_may_create_activities": {"admins", "everyone"},
}

// ownGrants are the actions of which roles of the domain's own are drawn, and
// what there can be between somebody and what they act on.
var ownGrants = map[string][]string{
	"entry.view": ofTime, "report.view": ofTime, "entry.amount.view": ofTime, "entry.track": ofTime, "entry.edit": ofTime, "entry.remove": ofTime,
	"project.view": ofProjects, "project.edit": ofProjects, "task.view": ofProjects, "task.create": ofProjects,
	"team.view": append([]string{"own"}, ofProjects...), "team.add": append([]string{"own"}, ofProjects...),
	"client.view": {"bound"}, "tag.view": {"bound"}, "activity.create": {"bound"}, "group.view": {"bound"}, "role.edit": {"bound"},
	"membership.view": {"own", "bound"}, "membership.email.view": {"own", "bound"}, "binding.view": {"own", "bound"}, "group_member.view": {"own", "bound"},
}

var (
	ofProjects = []string{"member", "manager", "public", "shared", "bound"}
	ofTime     = append([]string{"own", "loose"}, ofProjects...)
)

// credentials are what tokens are good for.
var credentials = [][]string{
	nil, nil, nil, {"entry.view"}, {"entry.view", "report.view", "project.view"}, {"entry.track", "project.view", "entry.view", "entry.amount.view"},
	{"membership.view", "task.view", "task.create", "client.view", "client.edit"},
}

func keysOf[V any](m map[string]V) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// number draws one of the first few numbers, and perhaps none.
func number(rt *rapid.T, label string, least int) int {
	return rapid.IntRange(least, 7).Draw(rt, label)
}

func drawn[S worldStep](fn func(rt *rapid.T) S) *rapid.Generator[worldStep] {
	return rapid.Custom(func(rt *rapid.T) worldStep { return fn(rt) })
}

// randomWorld draws the steps of a world. It begins with a few things of each
// sort, so that there is something to have rights to.
func randomWorld() *rapid.Generator[[]worldStep] {
	flip := func(rt *rapid.T, label string) bool { return rapid.Bool().Draw(rt, label) }
	site := func(rt *rapid.T) int { return rapid.IntRange(0, sites-1).Draw(rt, "site") }
	wide := func(rt *rapid.T) int { return rapid.IntRange(none, sites-1).Draw(rt, "at") }
	choose := func(rt *rapid.T, label string, from []string) string { return rapid.SampledFrom(from).Draw(rt, label) }

	project := drawn(func(rt *rapid.T) addProject {
		return addProject{site(rt), number(rt, "client", none), flip(rt, "public"), flip(rt, "shared")}
	})
	client := drawn(func(rt *rapid.T) addClient { return addClient{site(rt)} })
	join := drawn(func(rt *rapid.T) joinTeam {
		return joinTeam{number(rt, "project", 0), number(rt, "person", 0), flip(rt, "manager")}
	})
	record := drawn(func(rt *rapid.T) recordTime {
		return recordTime{number(rt, "person", 0), site(rt), number(rt, "project", none), rapid.Int64Range(0, 3).Draw(rt, "amount")}
	})
	giving := drawn(func(rt *rapid.T) give {
		g := give{choose(rt, "to", []string{"person", "person", "person", "group", "everyone"}), number(rt, "who", 0), choose(rt, "role", builtInRoles), none,
			choose(rt, "place", []string{"domain", "site", "site", "client", "project", "group"}), number(rt, "at", 0), none, none}
		if flip(rt, "own") {
			g.Custom = number(rt, "custom", 0)
		}
		if flip(rt, "timed") {
			g.From, g.Until = rapid.IntRange(none, 2).Draw(rt, "from"), rapid.IntRange(none, 4).Draw(rt, "until")
		}
		return g
	})
	group := rapid.Just[worldStep](addGroup{})
	enter := drawn(func(rt *rapid.T) enterGroup { return enterGroup{number(rt, "group", 0), number(rt, "person", 0)} })
	setting := drawn(func(rt *rapid.T) decideSetting {
		k := choose(rt, "key", keysOf(decisions))
		return decideSetting{wide(rt), k, choose(rt, "value", decisions[k])}
	})
	asking := drawn(func(rt *rapid.T) ask {
		return ask{number(rt, "person", 0), wide(rt), rapid.IntRange(0, 5).Draw(rt, "read only") == 5, rapid.SampledFrom(credentials).Draw(rt, "only"),
			rapid.SampledFrom([]int{none, none, none, 0, 1}).Draw(rt, "credential at"), rapid.IntRange(0, 999).Draw(rt, "pick")}
	})
	some := rapid.OneOf(
		project, project, client, join, join, record, record, record, giving, giving, giving, giving, group, enter, enter, setting, setting, asking,
		drawn(func(rt *rapid.T) alterProject {
			return alterProject{number(rt, "project", 0), flip(rt, "public"), flip(rt, "shared"), flip(rt, "archived")}
		}),
		drawn(func(rt *rapid.T) addTask { return addTask{number(rt, "project", 0)} }),
		drawn(func(rt *rapid.T) addWord { return addWord{choose(rt, "kind", []string{"activity", "tag"}), site(rt)} }),
		drawn(func(rt *rapid.T) leaveTeam { return leaveTeam{number(rt, "project", 0), number(rt, "nth", 0)} }),
		drawn(func(rt *rapid.T) removeTime { return removeTime{number(rt, "entry", 0)} }),
		drawn(func(rt *rapid.T) quitGroup { return quitGroup{number(rt, "group", 0), number(rt, "nth", 0)} }),
		drawn(func(rt *rapid.T) takeBack { return takeBack{number(rt, "binding", 0)} }),
		drawn(func(rt *rapid.T) resetSetting { return resetSetting{wide(rt), choose(rt, "key", keysOf(decisions))} }),
		drawn(func(rt *rapid.T) laterOn { return laterOn{rapid.IntRange(1, 2).Draw(rt, "hours")} }),
		drawn(func(rt *rapid.T) admit { return admit{number(rt, "person", 0), flip(rt, "in")} }),
		drawn(func(rt *rapid.T) customRoles { return customRoles{rapid.IntRange(0, 3).Draw(rt, "off") == 3} }),
		drawn(func(rt *rapid.T) addOwnRole { return addOwnRole{randomRole(rt)} }),
	)
	return rapid.Custom(func(rt *rapid.T) []worldStep {
		var steps []worldStep
		several := func(label string, of *rapid.Generator[worldStep], most int) {
			steps = append(steps, rapid.SliceOfN(of, 0, most).Draw(rt, label)...)
		}
		several("clients", client, 3)
		several("projects", project, 8)
		several("teams", join, 12)
		several("time", record, 12)
		several("groups", rapid.OneOf(group, enter), 12)
		several("roles", giving, 12)
		several("then", some, 20)
		several("settings", setting, 4)
		several("asks", asking, 4)
		several("and then", some, 20)
		several("and at last", asking, 4)
		return steps
	})
}

// randomRole draws what a role of the domain's own says.
func randomRole(rt *rapid.T) landRole {
	return rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) landGrant {
		g := landGrant{Action: rapid.SampledFrom(keysOf(ownGrants)).Draw(rt, "action")}
		g.Terms = rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) (t landTerm) {
			for _, word := range ownGrants[g.Action] {
				switch rapid.IntRange(0, 4).Draw(rt, word) {
				case 3:
					t.All = append(t.All, word)
				case 4:
					t.None = append(t.None, word)
				}
			}
			return t
		}), 1, 3).Draw(rt, "terms")
		return g
	}), 1, 6).Draw(rt, "grants")
}
