package timesheet

import "github.com/seed-5be203e9/stint/access"

// The kinds of this package.
const (
	KindClient   access.Kind = "client"
	KindProject  access.Kind = "project"
	KindTeam     access.Kind = "team"
	KindTask     access.Kind = "task"
	KindActivity access.Kind = "activity"
	KindTag      access.Kind = "tag"
	KindEntry    access.Kind = "entry"
)

// The actions of this package.
const (
	ViewClient     access.Action = "client.view"
	CreateClient   access.Action = "client.create"
	EditClient     access.Action = "client.edit"
	ViewProject    access.Action = "project.view"
	CreateProject  access.Action = "project.create"
	EditProject    access.Action = "project.edit"
	ViewTeam       access.Action = "team.view"
	AddTeam        access.Action = "team.add"
	EditTeam       access.Action = "team.edit"
	RemoveTeam     access.Action = "team.remove"
	ViewTask       access.Action = "task.view"
	CreateTask     access.Action = "task.create"
	EditTask       access.Action = "task.edit"
	ViewActivity   access.Action = "activity.view"
	CreateActivity access.Action = "activity.create"
	EditActivity   access.Action = "activity.edit"
	ViewTag        access.Action = "tag.view"
	CreateTag      access.Action = "tag.create"
	EditTag        access.Action = "tag.edit"
	ViewEntry      access.Action = "entry.view"
	ViewReport     access.Action = "report.view"
	Track          access.Action = "entry.track"
	EditEntry      access.Action = "entry.edit"
	RemoveEntry    access.Action = "entry.remove"
)

// Catalogue returns the actions of this package and the built-in rules on them:
// the three access levels of Toggl's rights of 2012, for private and public
// projects, and a guest.
func Catalogue() access.Catalogue {
	var (
		always  = access.Always()
		visible = access.When(access.Member, access.Public)
		manages = access.When(access.Manager)
		// Own time without a project, in the team, or on a public project.
		ownHere = access.When(access.Own|access.Loose, access.Own|access.Member, access.Own|access.Public)
		// Own time always; the team's if one manages it or the team shares
		// it; everybody's on public projects.
		sees = access.When(access.Own, access.Manager, access.Member|access.Shared, access.Public)
	)
	everything := access.Allow(always,
		ViewClient, CreateClient, EditClient, ViewProject, CreateProject, EditProject,
		ViewTeam, AddTeam, EditTeam, RemoveTeam, ViewTask, CreateTask, EditTask,
		ViewActivity, CreateActivity, EditActivity, ViewTag, CreateTag, EditTag,
		ViewEntry, ViewReport, Track, EditEntry, RemoveEntry)
	var member []access.Grant
	member = append(member, access.Allow(always, ViewClient, CreateClient, CreateProject, ViewActivity, ViewTag, CreateTag)...)
	member = append(member, access.Allow(visible, ViewProject, ViewTeam, ViewTask)...)
	member = append(member, access.Allow(manages, EditProject, AddTeam, EditTeam, RemoveTeam, CreateTask, EditTask)...)
	member = append(member, access.Allow(ownHere, Track, EditEntry, RemoveEntry)...)
	member = append(member, access.Allow(sees, ViewEntry, ViewReport)...)

	return access.Catalogue{
		Actions: []access.ActionSpec{
			{Name: ViewClient, Kind: KindClient, Verb: access.Read, Doc: "see a client"},
			{Name: CreateClient, Kind: KindClient, Verb: access.Create, Doc: "add a client"},
			{Name: EditClient, Kind: KindClient, Verb: access.Change, Doc: "rename or archive a client"},
			{Name: ViewProject, Kind: KindProject, Verb: access.Read, Doc: "see a project"},
			{Name: CreateProject, Kind: KindProject, Verb: access.Create, Doc: "add a project"},
			{Name: EditProject, Kind: KindProject, Verb: access.Change, Doc: "rename, publish or archive a project"},
			{Name: ViewTeam, Kind: KindTeam, Verb: access.Read, Doc: "see who is in a project's team"},
			{Name: AddTeam, Kind: KindTeam, Verb: access.Create, Doc: "add somebody to a project's team"},
			{Name: EditTeam, Kind: KindTeam, Verb: access.Change, Doc: "make somebody a manager of a project, or not"},
			{Name: RemoveTeam, Kind: KindTeam, Verb: access.Remove, Doc: "remove somebody from a project's team"},
			{Name: ViewTask, Kind: KindTask, Verb: access.Read, Doc: "see a project's task"},
			{Name: CreateTask, Kind: KindTask, Verb: access.Create, Doc: "add a task to a project"},
			{Name: EditTask, Kind: KindTask, Verb: access.Change, Doc: "rename or archive a task"},
			{Name: ViewActivity, Kind: KindActivity, Verb: access.Read, Doc: "see an activity"},
			{Name: CreateActivity, Kind: KindActivity, Verb: access.Create, Doc: "add an activity"},
			{Name: EditActivity, Kind: KindActivity, Verb: access.Change, Doc: "rename or archive an activity"},
			{Name: ViewTag, Kind: KindTag, Verb: access.Read, Doc: "see a tag"},
			{Name: CreateTag, Kind: KindTag, Verb: access.Create, Doc: "add a tag"},
			{Name: EditTag, Kind: KindTag, Verb: access.Change, Doc: "rename or archive a tag"},
			{Name: ViewEntry, Kind: KindEntry, Verb: access.Read, Doc: "see an entry"},
			{Name: ViewReport, Kind: KindEntry, Verb: access.Read, Doc: "count an entry in a report"},
			{Name: Track, Kind: KindEntry, Verb: access.Create, Doc: "record time"},
			{Name: EditEntry, Kind: KindEntry, Verb: access.Change, Doc: "change an entry"},
			{Name: RemoveEntry, Kind: KindEntry, Verb: access.Remove, Doc: "remove an entry"},
		},
		Roles: []access.Role{
			{Name: access.DomainAdmin, Doc: "administers a domain and everything in it", Grants: everything},
			{Name: access.SiteAdmin, Doc: "administers a site and sees everybody's time on it", Grants: everything},
			{Name: access.MemberRole, Doc: "a regular user; manages the projects whose manager she is", Grants: member},
			{Name: access.Guest, Doc: "sees the projects she is put on, and no time", Grants: access.Allow(access.When(access.Member), ViewProject, ViewTask)},
		},
		Denials: []access.Denial{
			{State: access.Archived, Reason: "archived", Rule: "it is archived; restore it first", Actions: []access.Action{Track, EditEntry, RemoveEntry, CreateTask, AddTeam}},
		},
	}
}
