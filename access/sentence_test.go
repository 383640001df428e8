package access_test

import (
	"slices"

	"github.com/seed-5be203e9/stint/access"
)

// world is what there can be between a person and a thing, in the words of the
// sentences, and what the site has decided.
type world struct {
	own       bool // it is hers
	team      bool // she is in the project's team
	manages   bool // she manages the project
	public    bool // the project is public
	shared    bool // the team sees its time
	noProject bool
	here      bool // she was given the role for this client, project or group, not for a site or the domain
	archived  bool // the project, or the thing itself
	site      decisions
}

// decisions are what a site has decided otherwise than it is at first.
type decisions map[string]string

// says reports whether a site has decided so, or has not and it is so at first.
func (d decisions) says(key, value string) bool {
	if v, decided := d[key]; decided {
		return v == value
	}
	return first[key] == value
}

// first is how a site is before it decides anything.
var first = decisions{
	"limit_public_data": "off", "admins_bypass_private": "on", "who_may_change_visibility": "managers",
	"who_may_create_projects": "everyone", "who_may_create_private_projects": "everyone", "who_may_create_public_projects": "everyone",
	"who_may_create_clients": "everyone", "who_may_create_tags": "everyone", "who_may_create_activities": "admins",
	"projects_private_by_default": "on",
}

// can reports whether there is such a world: who manages a project is in its
// team, and where there is no project nothing is said of one.
func (w world) can() bool {
	return (!w.manages || w.team) && !(w.noProject && (w.team || w.public || w.shared))
}

// sentence is one of the rules in words, with its row: who may do what, and
// when. What no sentence allows is not allowed.
type sentence struct {
	row, says string
	who, does []string
	when      func(w world) bool
}

func list(names ...string) []string { return names }

// What people do, in the words of the sentences.
var (
	track     = list("entry.track", "entry.edit", "entry.remove")
	look      = list("entry.view", "report.view")
	reach     = list("project.view", "task.view", "team.view")
	catalogue = list("client.view", "activity.view", "tag.view")
	manage    = list("project.edit", "team.add", "team.edit", "team.remove", "task.create", "task.edit")
	staff     = list("membership.view", "membership.email.view", "binding.view", "group.view", "group_member.view", "role.view", "site.settings.view")
)

// Who they are.
var (
	regular  = list("member")
	admins   = list("site_admin", "domain_admin")
	headmost = list("domain_admin")
	auditors = list("domain_auditor")
	keepers  = list("timekeeper")
	report   = list("reporter")
	approve  = list("approver")
	contact  = list("guest")
	lead     = list("project_manager")
	teammate = list("project_member", "project_manager")
	root     = list("root_admin")
	rootEyes = list("root_admin", "root_auditor")
)

// sentences are seed C's, with the rows that settle what it leaves open and
// those of the roles that other systems have.
func sentences() []sentence {
	always := func(world) bool { return true }
	where := func(key, value string) func(world) bool {
		return func(w world) bool { return w.site.says(key, value) }
	}
	private := func(w world) bool { return !w.public && !w.noProject }
	inside := list("member", "timekeeper", "reporter", "approver", "guest")
	return []sentence{
		// The seed's, of regular users.
		{"G2", "several people can track time on one private project", regular, track, func(w world) bool { return w.own && w.team && private(w) }},
		{"G3", "track time under projects they are members of", regular, track, func(w world) bool { return w.own && w.team }},
		{"G4", "view their own time, also after leaving", regular, look, func(w world) bool { return w.own }},
		{"G5", "view reports of public projects, unless the site limits that", regular, look, func(w world) bool { return w.public && w.site.says("limit_public_data", "off") }},
		{"G6", "add clients, unless the site has switched it off", regular, list("client.create"), where("who_may_create_clients", "everyone")},
		{"G6 G69", "add private projects, unless either is switched off", regular, list("project.create"), func(w world) bool {
			return !w.public && w.site.says("who_may_create_projects", "everyone") && w.site.says("who_may_create_private_projects", "everyone")
		}},
		{"G6 G69", "add public projects, unless either is switched off", regular, list("project.create"), func(w world) bool {
			return w.public && w.site.says("who_may_create_projects", "everyone") && w.site.says("who_may_create_public_projects", "everyone")
		}},
		{"G7", "add tags, unless the site has switched it off", regular, list("tag.create"), where("who_may_create_tags", "everyone")},
		{"G6", "add activities, if the site has switched it on", regular, list("activity.create"), where("who_may_create_activities", "everyone")},
		{"G45", "time needs no project", regular, track, func(w world) bool { return w.own && w.noProject }},
		{"T24", "see the catalogue of clients, activities and tags", regular, catalogue, always},

		// Of those who manage a project.
		{"G12 G15", "edit the project they manage, and set its managers", regular, manage, func(w world) bool { return w.manages }},
		{"G13 G24", "see all the time of the project they manage", regular, look, func(w world) bool { return w.manages }},
		{"G28", "change its visibility, unless the site keeps that to administrators", regular, list("project.visibility.edit"), func(w world) bool {
			return w.manages && w.site.says("who_may_change_visibility", "managers")
		}},
		{"G37", "see the amounts of the project they manage", regular, list("entry.amount.view"), func(w world) bool { return w.manages }},

		// Of private and public projects.
		{"G22 T25", "private projects are accessible to their team", regular, reach, func(w world) bool { return w.team }},
		{"G23 W13", "where the team shares it, it sees the team's time", regular, look, func(w world) bool { return w.team && w.shared }},
		{"G25", "public projects are accessible to everybody", regular, reach, func(w world) bool { return w.public }},
		{"G26", "everybody can track time on public projects", regular, track, func(w world) bool { return w.own && w.public }},
		{"G27", "everybody sees every entry on public projects, unless the site limits that", regular, look, func(w world) bool { return w.public && w.site.says("limit_public_data", "off") }},

		// Of administrators.
		{"G16", "do all that managers do, on every project", admins, slices.Concat(reach, manage, catalogue), always},
		{"G16", "add projects, clients, tags and activities, and publish, whatever the settings say of others", admins,
			list("project.create", "client.create", "tag.create", "activity.create", "project.visibility.edit"), always},
		{"G16", "record and edit everybody's time on every project", admins, track, where("admins_bypass_private", "on")},
		{"G16", "and without that, except on private projects that they are not in", admins, track, func(w world) bool { return !private(w) || w.team }},
		{"G17 T10", "change the settings", admins, list("site.edit", "site.settings.set", "site.settings.edit", "site.settings.reset", "tag.edit", "activity.edit"), always},
		{"G18", "edit all projects and clients", admins, list("project.edit", "client.edit"), always},
		{"G19", "edit team members: who they are on the site", admins, append(list("membership.create", "binding.create", "binding.remove", "site.view"), staff...), always},
		{"G20 G24", "see the time tracked by all, on private projects too", admins, append(list("entry.amount.view"), look...), always},
		{"G19 J74", "people, groups and roles are the domain's", headmost, list("membership.edit", "membership.identity.edit", "site.create", "event.view",
			"group.create", "group.edit", "group.remove", "group_member.add", "group_member.remove", "role.create", "role.edit", "role.remove"), always},

		// Of the roles that other systems have.
		{"G36", "an auditor sees everything and changes nothing", auditors,
			slices.Concat(reach, catalogue, look, staff, list("site.view", "entry.amount.view", "event.view")), always},
		{"J61 T27", "a timekeeper records time for others", keepers, slices.Concat(track, list("entry.view"), reach, catalogue), always},
		{"J58 J61", "a reporter has full reporting, and records nothing", report, slices.Concat(look, list("entry.amount.view"), reach, catalogue), always},
		{"J65", "an approver sees the time that she is to approve", approve, slices.Concat(look, reach, catalogue), always},
		{"W4", "a customer sees the projects she is put on, and their time", contact, slices.Concat(look, list("project.view", "task.view")), func(w world) bool { return w.team || w.here }},
		{"W3", "and her own company", contact, list("client.view"), func(w world) bool { return w.here }},
		{"W3 G38", "who is given the role at a project reaches it", teammate, reach, func(w world) bool { return w.here }},
		{"W3 G3", "and tracks time on it", teammate, track, func(w world) bool { return w.here && w.own }},
		{"W3 G4 W13", "and sees the own time on it, and the team's if it is shared", teammate, look, func(w world) bool { return w.here && (w.own || w.shared) }},
		{"W3 G12", "who is given the manager's role at a project manages it", lead, slices.Concat(manage, look, list("entry.amount.view")), func(w world) bool { return w.here }},
		{"W3 G28", "and changes its visibility, unless the site keeps that to administrators", lead, list("project.visibility.edit"), func(w world) bool {
			return w.here && w.site.says("who_may_change_visibility", "managers")
		}},

		// Of people.
		{"T28", "everybody knows the site", inside, list("site.view"), always},
		{"T28", "colleagues know each other", list("member", "timekeeper", "reporter", "approver"), list("membership.view"), always},
		{"T28", "a customer knows herself", contact, list("membership.view", "membership.email.view"), func(w world) bool { return w.own }},
		{"T28 G38", "and everybody her own address, roles and groups", regular, list("membership.email.view", "binding.view", "group_member.view"), func(w world) bool { return w.own }},

		// Of the installation.
		{"J28 J40", "the root administers the installation", root, list("domain.create", "domain.modules.edit", "hostname.create", "account.create"), always},
		{"J28 J40", "and sees it", rootEyes, list("domain.view", "hostname.view", "event.view"), always},
	}
}

// stopped is what no sentence allows once a project or thing is archived.
var stopped = append(list("task.create", "team.add"), track...)

// rules are the sentences by who and what.
var rules = func() map[string]map[string][]sentence {
	all := map[string]map[string][]sentence{}
	for _, s := range sentences() {
		for _, who := range s.who {
			if all[who] == nil {
				all[who] = map[string][]sentence{}
			}
			for _, what := range s.does {
				all[who][what] = append(all[who][what], s)
			}
		}
	}
	return all
}()

// oracle answers from the sentences alone.
func oracle(role, action string, w world) bool {
	return !(w.archived && slices.Contains(stopped, action)) &&
		slices.ContainsFunc(rules[role][action], func(s sentence) bool { return s.when(w) })
}

// row returns a thing in such a world. What its kind knows nothing of is left
// out, as a store does.
func (w world) row(k access.KindSpec) access.Row {
	row := access.Row{Kind: k.Name, ID: anID, Version: 1, Site: here, Client: client, Project: project, Person: somebody, Groups: []access.GroupID{people}}
	for fact, holds := range map[access.Facts]bool{
		access.Own: w.own, access.Member: w.team, access.Manager: w.manages,
		access.Public: w.public, access.Shared: w.shared, access.Loose: w.noProject,
	} {
		if holds {
			row.Facts |= fact
		}
	}
	if w.own {
		row.Person = me
	}
	if w.noProject {
		row.Client, row.Project = [16]byte{}, [16]byte{}
	}
	if w.archived {
		row.State = access.Archived
	}
	return row
}

// worlds returns every world of a kind that can be, as the site is at first.
func worlds(k access.KindSpec) (all []world) {
	for f := range subsets(relations & k.Facts) {
		for _, archived := range []bool{false, true} {
			w := world{own: f.Has(access.Own), team: f.Has(access.Member), manages: f.Has(access.Manager),
				public: f.Has(access.Public), shared: f.Has(access.Shared), noProject: f.Has(access.Loose), archived: archived}
			if w.can() {
				all = append(all, w)
			}
		}
	}
	return all
}
