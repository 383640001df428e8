package timesheet

import (
	"slices"

	"github.com/seed-5be203e9/stint/access"
)

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
	EditVisibility access.Action = "project.visibility.edit"
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
	ViewAmount     access.Action = "entry.amount.view"
)

// The switches of this package: settings of a site, or of the domain, that
// change what roles may do. The first value is the default.
const (
	LimitPublicData      = "limit_public_data"               // "off", or "on": members see only their own time on public projects
	WhoCreatesProjects   = "who_may_create_projects"         // Everyone or Admins
	WhoCreatesPrivate    = "who_may_create_private_projects" // Everyone or Admins
	WhoCreatesPublic     = "who_may_create_public_projects"  // Everyone or Admins
	WhoCreatesClients    = "who_may_create_clients"          // Everyone or Admins
	WhoCreatesTags       = "who_may_create_tags"             // Everyone or Admins
	WhoCreatesActivities = "who_may_create_activities"       // Admins or Everyone
	WhoChangesVisibility = "who_may_change_visibility"       // Managers or Admins
	AdminsBypassPrivate  = "admins_bypass_private"           // "on", or "off": administrators leave the time on private projects they are not in alone
	PrivateByDefault     = "projects_private_by_default"     // "on", or "off": a project that does not say is public
)

// Values of switches.
const (
	Everyone = "everyone"
	Managers = "managers"
	Admins   = "admins"
	On       = "on"
	Off      = "off"
)

// Strict returns the settings of the later, stricter rules: only administrators
// create projects and clients, and publish projects.
func Strict() []access.Setting {
	return []access.Setting{{Key: WhoCreatesProjects, Value: Admins}, {Key: WhoCreatesClients, Value: Admins}, {Key: WhoChangesVisibility, Value: Admins}}
}

// Catalogue returns the actions of this package and the built-in rules on them:
// the three access levels of Toggl's rights of 2012, for private and public
// projects, and the roles that other systems have beside them.
func Catalogue() access.Catalogue {
	return access.Catalogue{
		Kinds: []access.KindSpec{
			{Name: KindClient, Doc: "a client"},
			{Name: KindProject, Doc: "a project", Facts: ofProject, Impossible: impossible},
			{Name: KindTeam, Doc: "a person in the team of a project", Facts: access.Own | ofProject, Impossible: impossible},
			{Name: KindTask, Doc: "a task of a project", Facts: ofProject, Impossible: impossible},
			{Name: KindActivity, Doc: "an activity"},
			{Name: KindTag, Doc: "a tag"},
			{Name: KindEntry, Doc: "time of a person, on a project or without", Facts: access.Own | ofProject | access.Loose, Impossible: impossible},
		},
		Actions: []access.ActionSpec{
			{Name: ViewClient, Kind: KindClient, Verb: access.Read, Doc: "see a client"},
			{Name: CreateClient, Kind: KindClient, Verb: access.Create, Doc: "add a client"},
			{Name: EditClient, Kind: KindClient, Verb: access.Change, Doc: "rename or archive a client"},
			{Name: ViewProject, Kind: KindProject, Verb: access.Read, Doc: "see a project"},
			{Name: CreateProject, Kind: KindProject, Verb: access.Create, Doc: "add a project"},
			{Name: EditProject, Kind: KindProject, Verb: access.Change, Doc: "rename, share or archive a project"},
			{Name: EditVisibility, Kind: KindProject, Verb: access.Change, Privileged: true, Guards: access.Public, Doc: "make a project public or private"},
			{Name: ViewTeam, Kind: KindTeam, Verb: access.Read, Doc: "see who is in a project's team"},
			{Name: AddTeam, Kind: KindTeam, Verb: access.Create, Privileged: true, Doc: "add somebody to a project's team"},
			{Name: EditTeam, Kind: KindTeam, Verb: access.Change, Privileged: true, Doc: "make somebody a manager of a project, or not"},
			{Name: RemoveTeam, Kind: KindTeam, Verb: access.Remove, Privileged: true, Doc: "remove somebody from a project's team"},
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
			{Name: ViewAmount, Kind: KindEntry, Verb: access.Read, Field: "external_amount", Doc: "see the amount that an import kept with an entry"},
			{Name: Track, Kind: KindEntry, Verb: access.Create, Doc: "record time"},
			{Name: EditEntry, Kind: KindEntry, Verb: access.Change, Doc: "change an entry"},
			{Name: RemoveEntry, Kind: KindEntry, Verb: access.Remove, Doc: "remove an entry"},
		},
		Roles: roles(),
		Denials: []access.Denial{
			{State: access.Archived, Reason: "archived", Rule: "it is archived; restore it first", Actions: []access.Action{Track, EditEntry, RemoveEntry, CreateTask, AddTeam}},
		},
		Switches: []access.Switch{
			{Key: LimitPublicData, Values: []string{Off, On}, Doc: "whether members see only their own time on public projects"},
			{Key: WhoCreatesProjects, Values: []string{Everyone, Admins}, Doc: "who may add projects"},
			{Key: WhoCreatesPrivate, Values: []string{Everyone, Admins}, Doc: "who may add private projects"},
			{Key: WhoCreatesPublic, Values: []string{Everyone, Admins}, Doc: "who may add public projects"},
			{Key: WhoCreatesClients, Values: []string{Everyone, Admins}, Doc: "who may add clients"},
			{Key: WhoCreatesTags, Values: []string{Everyone, Admins}, Doc: "who may add tags"},
			{Key: WhoCreatesActivities, Values: []string{Admins, Everyone}, Doc: "who may add activities"},
			{Key: WhoChangesVisibility, Values: []string{Managers, Admins}, Doc: "who may make a project public or private"},
			{Key: AdminsBypassPrivate, Values: []string{On, Off}, Doc: "whether administrators record and edit time on private projects that they are not in"},
			{Key: PrivateByDefault, Values: []string{On, Off}, Doc: "whether a new project that does not say so is private"},
		},
		Claims: claims(),
	}
}

const ofProject = access.Member | access.Manager | access.Public | access.Shared

// Who manages a project is in its team, and without a project there is none.
var impossible = []access.Term{
	{All: access.Manager, None: access.Member},
	{All: access.Loose | access.Member}, {All: access.Loose | access.Public}, {All: access.Loose | access.Shared},
}

var (
	sees    = []access.Action{ViewClient, ViewProject, ViewTeam, ViewTask, ViewActivity, ViewTag}
	records = []access.Action{Track, EditEntry, RemoveEntry}
	looks   = []access.Action{ViewEntry, ViewReport}
	manages = []access.Action{EditProject, AddTeam, EditTeam, RemoveTeam, CreateTask, EditTask}
)

func roles() []access.Role {
	always := access.Unconditionally()
	where := func(key, value string, grants []access.Grant) []access.Grant {
		return access.Where(grants, access.Setting{Key: key, Value: value})
	}
	lists := func(parts ...[]access.Grant) []access.Grant { return slices.Concat(parts...) }
	visible := access.Allow(access.When(access.Member, access.Public), ViewProject, ViewTeam, ViewTask)

	admin := lists(
		access.Allow(always, sees...), access.Allow(always, looks...), access.Allow(always, manages...),
		access.Allow(always, ViewAmount, CreateClient, EditClient, CreateProject, EditVisibility, CreateActivity, EditActivity, CreateTag, EditTag),
		access.Allow(access.When(access.Member, access.Public, access.Loose), records...),
		where(AdminsBypassPrivate, On, access.Allow(always, records...)),
	)
	member := lists(
		access.Allow(always, ViewClient, ViewActivity, ViewTag), visible,
		where(WhoCreatesProjects, Everyone, lists(
			where(WhoCreatesPrivate, Everyone, access.Allow(always.But(access.Public), CreateProject)),
			where(WhoCreatesPublic, Everyone, access.Allow(access.When(access.Public), CreateProject)))),
		where(WhoCreatesClients, Everyone, access.Allow(always, CreateClient)),
		where(WhoCreatesTags, Everyone, access.Allow(always, CreateTag)),
		where(WhoCreatesActivities, Everyone, access.Allow(always, CreateActivity)),
		access.Allow(access.When(access.Manager), manages...),
		where(WhoChangesVisibility, Managers, access.Allow(access.When(access.Manager), EditVisibility)),
		access.Allow(access.When(access.Manager), ViewAmount),
		// Own time without a project, in the team, or on a public project.
		access.Allow(access.When(access.Own|access.Loose, access.Own|access.Member, access.Own|access.Public), records...),
		// Own time always; the team's if one manages it or the team shares
		// it; everybody's on public projects.
		access.Allow(access.When(access.Own, access.Manager, access.Member|access.Shared), looks...),
		where(LimitPublicData, Off, access.Allow(access.When(access.Public), looks...)),
	)
	// The same where the role is bound at the project, or at its client.
	here := access.When(access.Bound)
	ofTeam := lists(
		access.Allow(here, ViewProject, ViewTeam, ViewTask),
		access.Allow(access.When(access.Bound|access.Own), records...),
	)
	return []access.Role{
		{Name: access.DomainAdmin, Doc: "administers a domain and everything in it", Grants: admin},
		{Name: access.DomainAuditor, Doc: "sees everything in a domain, and changes nothing", Grants: access.Allow(always, slices.Concat(sees, looks, []access.Action{ViewAmount})...)},
		{Name: access.MemberRole, Doc: "a regular user; manages the projects whose manager she is", Grants: member},
		{Name: access.SiteAdmin, Doc: "administers a site and sees everybody's time on it", Grants: admin},
		{Name: access.Timekeeper, Doc: "records time for others; no reports", Grants: access.Allow(always, slices.Concat(sees, records, []access.Action{ViewEntry})...)},
		{Name: access.Reporter, Doc: "reports on everybody's time; records none", Grants: access.Allow(always, slices.Concat(sees, looks, []access.Action{ViewAmount})...)},
		{Name: access.Approver, Doc: "sees the time that she is to approve", Grants: access.Allow(always, slices.Concat(sees, looks)...)},
		{Name: access.Guest, Doc: "a client contact: sees the projects she is put on, and their time", Grants: lists(
			access.Allow(here, ViewClient),
			access.Allow(access.When(access.Member, access.Bound), ViewProject, ViewTask, ViewEntry, ViewReport))},
		{Name: access.ProjectManager, Doc: "what a manager of the project may do, for people and groups bound at it", Grants: lists(ofTeam,
			access.Allow(here, looks...), access.Allow(here, manages...), access.Allow(here, ViewAmount),
			where(WhoChangesVisibility, Managers, access.Allow(here, EditVisibility)))},
		{Name: access.ProjectMember, Doc: "what a member of the project's team may do, for people and groups bound at it", Grants: lists(ofTeam,
			access.Allow(access.When(access.Bound|access.Own, access.Bound|access.Shared), looks...))},
	}
}

// claims are the sentences of the rules that must stay true, whoever adds to
// the roles and whatever the settings.
func claims() []access.Claim {
	all := []access.Claim{
		access.Always("a regular user sees her own time", ViewEntry, access.Own, 0, access.MemberRole),
		access.Always("who manages a project edits it", EditProject, access.Manager, 0, access.MemberRole),
		access.Always("who manages a project sees all its time", ViewReport, access.Manager, 0, access.MemberRole),
		access.Never("a private project is hidden from regular users and guests outside its team", ViewProject, 0, access.Member|access.Public|access.Bound, access.MemberRole, access.Guest),
		access.Never("a timekeeper has no reports", ViewReport, 0, 0, access.Timekeeper),
		access.Never("only administrators and reporters see the amounts of a project they do not manage", ViewAmount, 0, access.Manager|access.Bound,
			access.MemberRole, access.Guest, access.Timekeeper, access.Approver, access.ProjectMember),
	}
	for _, a := range records {
		all = append(all,
			access.Never("nobody but administrators and timekeepers records another's time", a, 0, access.Own,
				access.MemberRole, access.Guest, access.Approver, access.ProjectMember, access.ProjectManager),
			access.Never("who only looks records no time", a, 0, 0, access.DomainAuditor, access.Reporter, access.Approver, access.Guest))
	}
	return all
}
