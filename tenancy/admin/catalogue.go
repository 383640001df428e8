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
)

// The actions of this package.
const (
	ViewDomain      access.Action = "domain.view"
	CreateDomain    access.Action = "domain.create"
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
	ViewBinding  access.Action = "binding.view"
	Grant        access.Action = "binding.create"
	Revoke       access.Action = "binding.remove"
	ViewEvent    access.Action = "event.view"
)

// Catalogue returns the actions of this package and the built-in rules on them.
func Catalogue() access.Catalogue {
	always := access.Always()
	site := access.Allow(always, ViewSite, EditSite, ViewMember, CreateMember, ViewBinding, Grant, Revoke)
	domain := append(access.Allow(always, CreateSite, EditMember, ViewEvent), site...)
	return access.Catalogue{
		Actions: []access.ActionSpec{
			{Name: ViewDomain, Kind: KindDomain, Verb: access.Read, Doc: "see which domains there are"},
			{Name: CreateDomain, Kind: KindDomain, Verb: access.Create, Doc: "create a domain with its first administrator"},
			{Name: ViewHostname, Kind: KindHostname, Verb: access.Read, Doc: "see hostnames"},
			{Name: CreateHostname, Kind: KindHostname, Verb: access.Create, Doc: "give a site a hostname"},
			{Name: CreateAccount, Kind: KindAccount, Verb: access.Create, Doc: "create an account"},
			{Name: ViewLogin, Kind: KindLogin, Verb: access.Read, Doc: "look up a login"},
			{Name: CreateLogin, Kind: KindLogin, Verb: access.Create, Doc: "create a login"},
			{Name: ViewEnrolment, Kind: KindEnrolment, Verb: access.Read, Doc: "look up an enrolment"},
			{Name: CreateEnrolment, Kind: KindEnrolment, Verb: access.Create, Doc: "issue a one-time enrolment"},
			{Name: UseEnrolment, Kind: KindEnrolment, Verb: access.Change, Doc: "redeem an enrolment"},
			{Name: ViewSite, Kind: KindSite, Verb: access.Read, Doc: "see a site"},
			{Name: CreateSite, Kind: KindSite, Verb: access.Create, Doc: "add a site"},
			{Name: EditSite, Kind: KindSite, Verb: access.Change, Doc: "rename a site"},
			{Name: ViewMember, Kind: KindMember, Verb: access.Read, Doc: "see who is in the domain"},
			{Name: CreateMember, Kind: KindMember, Verb: access.Create, Doc: "add a person"},
			{Name: EditMember, Kind: KindMember, Verb: access.Change, Doc: "change or deactivate a person"},
			{Name: ViewBinding, Kind: KindBinding, Verb: access.Read, Doc: "see who holds which role"},
			{Name: Grant, Kind: KindBinding, Verb: access.Create, Doc: "give somebody a role"},
			{Name: Revoke, Kind: KindBinding, Verb: access.Remove, Doc: "take a role from somebody"},
			{Name: ViewEvent, Kind: KindEvent, Verb: access.Read, Doc: "read the log"},
		},
		Roles: []access.Role{
			{Name: access.RootAdmin, Doc: "administers the installation; sees no business data", Grants: access.Allow(always, ViewDomain, CreateDomain, ViewHostname, CreateHostname, CreateAccount)},
			{Name: access.DomainAdmin, Doc: "administers a domain and everything in it", Grants: domain},
			{Name: access.SiteAdmin, Doc: "administers a site and sees everybody's time on it", Grants: site},
			{Name: access.MemberRole, Doc: "a regular user", Grants: access.Allow(always, ViewSite, ViewMember)},
			{Name: access.Guest, Doc: "sees the projects she is put on", Grants: access.Allow(always, ViewSite)},
		},
	}
}
