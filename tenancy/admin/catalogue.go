package admin

import "github.com/seed-5be203e9/stint/access"

// The kinds of this package. The first five are of the installation, the
// others of a domain.
const (
	KindDomain    access.Kind = "domain"
	KindHostname  access.Kind = "hostname"
	KindAccount   access.Kind = "account"
	KindLogin     access.Kind = "login"
	KindEnrolment access.Kind = "enrolment"
	KindSite      access.Kind = "site"
	KindMember    access.Kind = "membership"
	KindBinding   access.Kind = "binding"
	KindEvent     access.Kind = "event"

	KindGroup       access.Kind = "group"
	KindGroupMember access.Kind = "group_member"
	KindRole        access.Kind = "role"
	KindSetting     access.Kind = "setting"
)

// The actions of this package.
const (
	ViewDomain      access.Action = "domain.view"
	CreateDomain    access.Action = "domain.create"
	EditModules     access.Action = "domain.modules.edit"
	ViewHostname    access.Action = "hostname.view"
	CreateHostname  access.Action = "hostname.create"
	CreateAccount   access.Action = "account.create"
	ViewLogin       access.Action = "login.view"
	CreateLogin     access.Action = "login.create"
	ViewEnrolment   access.Action = "enrolment.view"
	CreateEnrolment access.Action = "enrolment.create"
	UseEnrolment    access.Action = "enrolment.use"

	ViewSite     access.Action = "site.view"
	CreateSite   access.Action = "site.create"
	EditSite     access.Action = "site.edit"
	ViewMember   access.Action = "membership.view"
	CreateMember access.Action = "membership.create"
	EditMember   access.Action = "membership.edit"
	EditIdentity access.Action = "membership.identity.edit"
	ViewBinding  access.Action = "binding.view"
	Grant        access.Action = "binding.create"
	Revoke       access.Action = "binding.remove"
	ViewEvent    access.Action = "event.view"
	ViewEmail    access.Action = "membership.email.view"

	ViewGroup       access.Action = "group.view"
	MakeGroup       access.Action = "group.create"
	ChangeGroup     access.Action = "group.edit"
	DropGroup       access.Action = "group.remove"
	ViewGroupMember access.Action = "group_member.view"
	JoinGroup       access.Action = "group_member.add"
	LeaveGroup      access.Action = "group_member.remove"
	ViewRole        access.Action = "role.view"
	MakeRole        access.Action = "role.create"
	ChangeRole      access.Action = "role.edit"
	DropRole        access.Action = "role.remove"
	ViewSetting     access.Action = "site.settings.view"
	SetSetting      access.Action = "site.settings.set"
	EditSetting     access.Action = "site.settings.edit"
	ResetSetting    access.Action = "site.settings.reset"
)

// Catalogue returns the actions of this package and the built-in rules on them.
func Catalogue() access.Catalogue {
	always, own := access.Unconditionally(), access.When(access.Own)
	sees := []access.Action{ViewSite, ViewMember, ViewEmail, ViewBinding, ViewGroup, ViewGroupMember, ViewRole, ViewSetting}
	site := access.Allow(always, append(sees, EditSite, CreateMember, Grant, Revoke, SetSetting, EditSetting, ResetSetting)...)
	domain := append(access.Allow(always, CreateSite, EditMember, EditIdentity, ViewEvent,
		MakeGroup, ChangeGroup, DropGroup, JoinGroup, LeaveGroup, MakeRole, ChangeRole, DropRole), site...)
	root := access.Allow(always, ViewDomain, ViewHostname, ViewEvent)
	looks := access.Allow(always, ViewSite, ViewMember)
	return access.Catalogue{
		Kinds: []access.KindSpec{
			{Name: KindDomain, Doc: "a domain", Root: true},
			{Name: KindHostname, Doc: "a hostname of a site", Root: true},
			{Name: KindAccount, Doc: "somebody who can sign in", Root: true},
			{Name: KindLogin, Doc: "a name to sign in with", Root: true},
			{Name: KindEnrolment, Doc: "a one-time enrolment", Root: true},
			{Name: KindSite, Doc: "a site"},
			{Name: KindMember, Doc: "a person of the domain", Facts: access.Own},
			{Name: KindBinding, Doc: "a role that somebody holds somewhere", Facts: access.Own},
			{Name: KindEvent, Doc: "a line of the log"},
			{Name: KindGroup, Doc: "a group of people"},
			{Name: KindGroupMember, Doc: "a person in a group", Facts: access.Own},
			{Name: KindRole, Doc: "a role that the domain made for itself"},
			{Name: KindSetting, Doc: "a setting of a site, or of the domain"},
		},
		Actions: []access.ActionSpec{
			{Name: ViewDomain, Kind: KindDomain, Verb: access.Read, Doc: "see which domains there are"},
			{Name: CreateDomain, Kind: KindDomain, Verb: access.Create, Privileged: true, Doc: "create a domain with its first administrator"},
			{Name: EditModules, Kind: KindDomain, Verb: access.Change, Privileged: true, Doc: "give a domain modules, or take them away"},
			{Name: ViewHostname, Kind: KindHostname, Verb: access.Read, Doc: "see hostnames"},
			{Name: CreateHostname, Kind: KindHostname, Verb: access.Create, Privileged: true, Doc: "give a site a hostname"},
			{Name: CreateAccount, Kind: KindAccount, Verb: access.Create, Privileged: true, Doc: "create an account"},
			{Name: ViewLogin, Kind: KindLogin, Verb: access.Read, Privileged: true, Doc: "look up a login"},
			{Name: CreateLogin, Kind: KindLogin, Verb: access.Create, Privileged: true, Doc: "create a login"},
			{Name: ViewEnrolment, Kind: KindEnrolment, Verb: access.Read, Privileged: true, Doc: "look up an enrolment"},
			{Name: CreateEnrolment, Kind: KindEnrolment, Verb: access.Create, Privileged: true, Doc: "issue a one-time enrolment"},
			{Name: UseEnrolment, Kind: KindEnrolment, Verb: access.Change, Privileged: true, Doc: "redeem an enrolment"},
			{Name: ViewSite, Kind: KindSite, Verb: access.Read, Doc: "see a site"},
			{Name: CreateSite, Kind: KindSite, Verb: access.Create, Privileged: true, Doc: "add a site"},
			{Name: EditSite, Kind: KindSite, Verb: access.Change, Privileged: true, Doc: "rename a site"},
			{Name: ViewMember, Kind: KindMember, Verb: access.Read, Doc: "see who is in the domain"},
			{Name: ViewEmail, Kind: KindMember, Verb: access.Read, Field: "email", Doc: "see somebody's e-mail address"},
			{Name: CreateMember, Kind: KindMember, Verb: access.Create, Privileged: true, Doc: "add a person"},
			{Name: EditMember, Kind: KindMember, Verb: access.Change, Privileged: true, Doc: "change or deactivate a person"},
			{Name: EditIdentity, Kind: KindMember, Verb: access.Change, Privileged: true, Doc: "say which account or user of the host's a person is"},
			{Name: ViewBinding, Kind: KindBinding, Verb: access.Read, Doc: "see who holds which role"},
			{Name: Grant, Kind: KindBinding, Verb: access.Create, Privileged: true, Doc: "give somebody a role"},
			{Name: Revoke, Kind: KindBinding, Verb: access.Remove, Privileged: true, Doc: "take a role from somebody"},
			{Name: ViewEvent, Kind: KindEvent, Verb: access.Read, Privileged: true, Doc: "read the log"},
			{Name: ViewGroup, Kind: KindGroup, Verb: access.Read, Doc: "see which groups there are"},
			{Name: MakeGroup, Kind: KindGroup, Verb: access.Create, Privileged: true, Doc: "add a group"},
			{Name: ChangeGroup, Kind: KindGroup, Verb: access.Change, Privileged: true, Doc: "rename a group"},
			{Name: DropGroup, Kind: KindGroup, Verb: access.Remove, Privileged: true, Doc: "remove a group"},
			{Name: ViewGroupMember, Kind: KindGroupMember, Verb: access.Read, Doc: "see who is in a group"},
			{Name: JoinGroup, Kind: KindGroupMember, Verb: access.Create, Privileged: true, Doc: "put somebody into a group"},
			{Name: LeaveGroup, Kind: KindGroupMember, Verb: access.Remove, Privileged: true, Doc: "take somebody out of a group"},
			{Name: ViewRole, Kind: KindRole, Verb: access.Read, Doc: "see the domain's own roles"},
			{Name: MakeRole, Kind: KindRole, Verb: access.Create, Privileged: true, Module: access.CustomRoles, Doc: "make a role"},
			{Name: ChangeRole, Kind: KindRole, Verb: access.Change, Privileged: true, Module: access.CustomRoles, Doc: "change what a role allows"},
			{Name: DropRole, Kind: KindRole, Verb: access.Remove, Privileged: true, Doc: "remove a role that nobody holds"},
			{Name: ViewSetting, Kind: KindSetting, Verb: access.Read, Doc: "see the settings of a site"},
			{Name: SetSetting, Kind: KindSetting, Verb: access.Create, Privileged: true, Doc: "make a setting of a site differ from its default"},
			{Name: EditSetting, Kind: KindSetting, Verb: access.Change, Privileged: true, Doc: "change a setting of a site"},
			{Name: ResetSetting, Kind: KindSetting, Verb: access.Remove, Privileged: true, Doc: "bring a setting of a site back to its default"},
		},
		Roles: []access.Role{
			{Name: access.RootAdmin, Doc: "administers the installation; sees no business data", Grants: append(root, access.Allow(always, CreateDomain, EditModules, CreateHostname, CreateAccount)...)},
			{Name: access.RootAuditor, Doc: "sees what root administrators see, and changes nothing", Grants: root},
			{Name: access.DomainAdmin, Doc: "administers a domain and everything in it", Grants: domain},
			{Name: access.DomainAuditor, Doc: "sees everything in a domain, and changes nothing", Grants: access.Allow(always, append(sees, ViewEvent)...)},
			{Name: access.MemberRole, Doc: "a regular user; manages the projects whose manager she is", Grants: append(access.Allow(own, ViewEmail, ViewBinding, ViewGroupMember), looks...)},
			{Name: access.SiteAdmin, Doc: "administers a site and sees everybody's time on it", Grants: site},
			{Name: access.Timekeeper, Doc: "records time for others; no reports", Grants: looks},
			{Name: access.Reporter, Doc: "reports on everybody's time; records none", Grants: looks},
			{Name: access.Approver, Doc: "sees the time that she is to approve", Grants: looks},
			{Name: access.Guest, Doc: "a client contact: sees the projects she is put on, and their time", Grants: append(access.Allow(always, ViewSite), access.Allow(own, ViewMember, ViewEmail)...)},
		},
		Claims: claims(),
	}
}

// claims are what must be true of every role, also a host's.
func claims() (all []access.Claim) {
	for _, a := range []access.Action{ViewLogin, CreateLogin, ViewEnrolment, CreateEnrolment, UseEnrolment} {
		all = append(all, access.Never("no role looks at credentials: only the system does", a, 0, 0))
	}
	for _, a := range []access.Action{CreateMember, EditMember, EditIdentity, Grant, Revoke, MakeGroup, ChangeGroup, DropGroup, JoinGroup, LeaveGroup, MakeRole, ChangeRole, DropRole} {
		all = append(all, access.Never("only administrators manage people, groups and roles", a, 0, 0,
			access.RootAuditor, access.DomainAuditor, access.MemberRole, access.Timekeeper, access.Reporter, access.Approver, access.Guest))
	}
	return all
}
