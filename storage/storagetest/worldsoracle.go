package storagetest

import (
	"slices"
	"strings"
)

// The oracle of the random worlds: the sentences of Toggl's access rights of
// 2012, and of the rows of FEATURES.md that settle what they leave open, over a
// land. It is written from them and shares no code with package access: it
// knows neither facts nor filters, and reads no store.

// asker is who asks, and from where.
type asker struct {
	person   int
	site     int      // the scope is this site; none: the whole domain
	oneSite  bool     // her credential is good for that site alone
	readOnly bool     // her credential is
	only     []string // what her credential is good for; nil: everything
}

// may answers whether she may do something to a thing.
func (l *land) may(who asker, action string, t thing) bool {
	switch {
	case !l.there(who, t),
		who.readOnly && !looksOnly(action),
		who.oneSite && t.site == none && !looksOnly(action), // it is the whole domain's
		who.only != nil && !slices.Contains(who.only, action),
		l.noCustom && (action == "role.create" || action == "role.edit"): // J48
		return false
	case l.archived(t) && slices.Contains([]string{"entry.track", "entry.edit", "entry.remove", "task.create", "team.add"}, action):
		return false
	}
	return slices.ContainsFunc(l.bindings, func(b landBinding) bool {
		if !l.holds(b, who.person) || !l.covers(b, who, action, t) {
			return false
		}
		q := l.question(who.person, action, t)
		q.here = b.place == "client" || b.place == "project" || b.place == "group"
		if b.role != "" {
			return q.allowedTo(b.role)
		}
		return !l.noCustom && q.granted(l.roles[b.custom]) // J48
	})
}

// there says what belongs to a site: a scope that is one site shows no other,
// and people, groups and roles belong to the whole domain.
func (l *land) there(who asker, t thing) bool {
	switch t.Kind {
	case "membership", "group", "group_member", "role":
		return true
	}
	return who.site == none || t.site == who.site
}

// archived says what nobody works on any more: a project, and what is on it.
func (l *land) archived(t thing) bool {
	return t.project != none && l.projects[t.project].archived
}

// holds says whose a role is, and when (T26, G38, J62).
func (l *land) holds(b landBinding, person int) bool {
	if b.gone || b.from != none && l.clock < b.from || b.until != none && l.clock >= b.until {
		return false
	}
	switch b.subject {
	case "person":
		return b.who == person
	case "group":
		_, in := l.groups[b.who][person]
		return in
	}
	return true
}

// looksOnly says which actions change nothing.
func looksOnly(action string) bool { return strings.HasSuffix(action, ".view") }

// covers says what a role is good for, by where it is given (T25, J58). Who is
// given one for a site sees from there what is the whole domain's as well.
func (l *land) covers(b landBinding, who asker, action string, t thing) bool {
	switch b.place {
	case "domain":
		return true
	case "site":
		return t.site == b.at || t.site == none && who.site == b.at && looksOnly(action)
	case "client":
		return t.client == b.at
	case "project":
		return t.project == b.at
	}
	_, in := l.groups[b.at][t.person]
	return in
}

// says is what a setting says at a site: its own value, or the domain's, or
// what it is at first.
func (l *land) says(site int, name string) string {
	for _, at := range []int{site, none} {
		if value, set := l.settings[landSetting{at, name}]; set {
			return value
		}
	}
	return atFirst[name]
}

var atFirst = map[string]string{
	"limit_public_data": "off", "admins_bypass_private": "on", "who_may_change_visibility": "managers",
	"who_may_create_projects": "everyone", "who_may_create_private_projects": "everyone", "who_may_create_public_projects": "everyone",
	"who_may_create_clients": "everyone", "who_may_create_tags": "everyone", "who_may_create_activities": "admins",
}

// question is what is asked about one person and one thing, in the words of the
// sentences.
type question struct {
	action  string
	own     bool // it is hers
	team    bool // she is in the project's team
	manages bool // she manages the project
	public  bool // the project is public
	shared  bool // the team sees its time
	loose   bool // it is time without a project
	here    bool // she has the role for this client, project or group
	says    func(setting, value string) bool
}

func (l *land) question(person int, action string, t thing) question {
	q := question{action: action, own: t.person == person, loose: t.Kind == "entry" && t.project == none}
	q.says = func(name, value string) bool { return l.says(t.site, name) == value }
	if t.project != none {
		p := l.projects[t.project]
		q.manages, q.team = p.team[person]
		q.public, q.shared = p.public, p.shared
	}
	return q
}

// allowedTo answers for the built-in roles.
func (q question) allowedTo(role string) bool {
	switch role {
	case "member":
		return q.regular()
	case "site_admin", "domain_admin":
		return q.administrator() || role == "domain_admin" && q.headmost()
	case "domain_auditor": // G36: sees everything, changes nothing
		return q.reaches() || q.isCatalogue() || q.looks() || q.isStaff() || q.action == "site.view" || q.action == "entry.amount.view" || q.action == "event.view"
	case "timekeeper": // J61, T27: records for others, and has no reports
		return q.tracks() || q.action == "entry.view" || q.reaches() || q.isCatalogue() || q.knows()
	case "reporter": // J61: all reports, and records nothing
		return q.looks() || q.action == "entry.amount.view" || q.reaches() || q.isCatalogue() || q.knows()
	case "approver":
		return q.looks() || q.reaches() || q.isCatalogue() || q.knows()
	case "guest": // W4: the projects she is put on and their time; G25: no others
		switch q.action {
		case "site.view":
			return true
		case "client.view":
			return q.here
		case "membership.view", "membership.email.view":
			return q.own
		}
		return (q.team || q.here) && (q.looks() || q.action == "project.view" || q.action == "task.view")
	case "project_member": // W3: as one of the team
		return q.here && (q.reaches() || q.tracks() && q.own || q.looks() && (q.own || q.shared))
	case "project_manager": // W3, G28: as its manager
		return q.here && (q.reaches() || q.tracks() && q.own || q.looks() || q.manage() || q.action == "entry.amount.view" ||
			q.action == "project.visibility.edit" && q.says("who_may_change_visibility", "managers"))
	}
	return false
}

// regular is the regular user's: seed C, "regular users can", and "project
// managers can".
func (q question) regular() bool {
	switch {
	case q.reaches(): // G22, G25
		return q.team || q.public
	case q.tracks(): // G2, G3, G26, G45
		return q.own && (q.team || q.public || q.loose)
	case q.looks(): // G4; G13; G23; G27, G5
		return q.own || q.manages || q.team && q.shared || q.public && q.says("limit_public_data", "off")
	case q.manage(): // G12, G15
		return q.manages
	case q.isCatalogue(), q.knows(): // T24, T28
		return true
	}
	switch q.action {
	case "client.create": // G6
		return q.says("who_may_create_clients", "everyone")
	case "tag.create": // G7
		return q.says("who_may_create_tags", "everyone")
	case "activity.create":
		return q.says("who_may_create_activities", "everyone")
	case "project.create": // G6, G69
		kind := "private"
		if q.public {
			kind = "public"
		}
		return q.says("who_may_create_projects", "everyone") && q.says("who_may_create_"+kind+"_projects", "everyone")
	case "project.visibility.edit": // G28
		return q.manages && q.says("who_may_change_visibility", "managers")
	case "entry.amount.view": // G37
		return q.manages
	case "membership.email.view", "binding.view", "group_member.view": // her own
		return q.own
	}
	return false
}

// administrator is the workspace administrator's: seed C, "workspace
// administrators can".
func (q question) administrator() bool {
	if q.tracks() { // G16
		return q.says("admins_bypass_private", "on") || q.team || q.public || q.loose
	}
	return q.reaches() || q.isCatalogue() || q.looks() || q.manage() || q.isStaff() || slices.Contains([]string{
		"site.view", "site.edit", "site.settings.set", "site.settings.edit", "site.settings.reset", // G17
		"client.create", "client.edit", "project.create", "project.visibility.edit", // G18
		"activity.create", "activity.edit", "tag.create", "tag.edit",
		"membership.create", "binding.create", "binding.remove", // G19
		"entry.amount.view",
	}, q.action)
}

// headmost is what is the whole domain's, and so its administrators'.
func (q question) headmost() bool {
	return slices.Contains([]string{
		"site.create", "membership.edit", "membership.identity.edit", "event.view", "group.create", "group.edit", "group.remove",
		"group_member.add", "group_member.remove", "role.create", "role.edit", "role.remove",
	}, q.action)
}

func (q question) among(actions ...string) bool { return slices.Contains(actions, q.action) }

func (q question) tracks() bool  { return q.among("entry.track", "entry.edit", "entry.remove") }
func (q question) looks() bool   { return q.among("entry.view", "report.view") }
func (q question) reaches() bool { return q.among("project.view", "task.view", "team.view") }
func (q question) knows() bool   { return q.among("site.view", "membership.view") }

func (q question) isCatalogue() bool { return q.among("client.view", "activity.view", "tag.view") }

func (q question) manage() bool {
	return q.among("project.edit", "team.add", "team.edit", "team.remove", "task.create", "task.edit")
}

func (q question) isStaff() bool {
	return q.among("membership.view", "membership.email.view", "binding.view", "group.view", "group_member.view", "role.view", "site.settings.view")
}

// granted answers for a role of the domain's own: what it says, word by word.
func (q question) granted(role landRole) bool {
	holds := map[string]bool{
		"own": q.own, "member": q.team, "manager": q.manages, "public": q.public, "shared": q.shared, "loose": q.loose, "bound": q.here,
	}
	isTrue := func(word string) bool { return holds[word] }
	return slices.ContainsFunc(role, func(g landGrant) bool {
		return g.Action == q.action && slices.ContainsFunc(g.Terms, func(t landTerm) bool {
			return !slices.ContainsFunc(t.All, func(word string) bool { return !isTrue(word) }) && !slices.ContainsFunc(t.None, isTrue)
		})
	})
}
