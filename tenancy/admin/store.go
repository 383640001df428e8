package admin

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

// Reader is what the use cases of a domain's administrators read. A handle of
// package storage is one.
type Reader interface {
	Who() access.Actor
	Scope() tenancy.Scope
	Now() time.Time

	Sites() access.Rows[tenancy.Site]
	Members() access.Rows[tenancy.Membership]
	Bindings() access.Rows[access.Binding]
	Groups() access.Rows[access.Group]
	GroupMembers() access.Rows[access.GroupMember]
	Roles() access.Rows[access.CustomRole]
	Settings() access.Rows[access.SiteSetting]
	Events() access.Rows[access.Event]
}

// Store is what they write. The rules of timesheet.Store hold: a permit for
// every write, versions, and an event in the same transaction. A change of
// members or bindings counts from the next transaction on.
type Store interface {
	Reader
	NewID() [16]byte
	// Draft returns the resource that a new row would be; see timesheet.Store.
	Draft(row access.Row) access.Resource

	PutSite(ctx context.Context, may access.Permit, s tenancy.Site) (tenancy.Site, error)
	PutMember(ctx context.Context, may access.Permit, m tenancy.Membership) (tenancy.Membership, error)
	// PutBinding refuses what Binding.Validate and Session.Grants refuse, and
	// an unknown custom role with fault.Reference.
	PutBinding(ctx context.Context, may access.Permit, b access.Binding) (access.Binding, error)
	RemoveBinding(ctx context.Context, may access.Permit, id access.BindingID) error
	PutGroup(ctx context.Context, may access.Permit, g access.Group) (access.Group, error)
	// RemoveGroup refuses a group that a binding names or that somebody is in,
	// with fault.Reference.
	RemoveGroup(ctx context.Context, may access.Permit, id access.GroupID) error
	// PutGroupMember refuses a person who would hold more by the group's
	// bindings than the actor does; see Session.Grants.
	PutGroupMember(ctx context.Context, may access.Permit, m access.GroupMember) (access.GroupMember, error)
	RemoveGroupMember(ctx context.Context, may access.Permit, id tenancy.ID[access.GroupMember]) error
	// PutRole refuses grants that Policy.ReadGrants refuses, and a role by
	// which the actor or those who are bound to it would hold more than the
	// actor does.
	PutRole(ctx context.Context, may access.Permit, r access.CustomRole) (access.CustomRole, error)
	// RemoveRole refuses a role that a binding names, with fault.Reference.
	RemoveRole(ctx context.Context, may access.Permit, id access.CustomRoleID) error
	PutSetting(ctx context.Context, may access.Permit, v access.SiteSetting) (access.SiteSetting, error)
	RemoveSetting(ctx context.Context, may access.Permit, id tenancy.ID[access.SiteSetting]) error
}

// Installation is the handle of the root: what is above the domains. It gives
// no sight of business data. Its writes have their events in the root domain.
type Installation interface {
	Who() access.Actor
	Now() time.Time
	NewID() [16]byte
	// Draft returns the resource that a new row of the installation would be.
	Draft(row access.Row) access.Resource

	Domains() access.Rows[tenancy.Domain]
	Hostnames() access.Rows[tenancy.Hostname]
	Logins() access.Rows[tenancy.Login]
	Enrolments() access.Rows[tenancy.Enrolment]

	PutDomain(ctx context.Context, may access.Permit, d tenancy.Domain) (tenancy.Domain, error)
	// PutModules says which modules a domain has not; all others it has. The
	// event is in the root domain. It counts from the next transaction of the
	// domain on.
	PutModules(ctx context.Context, may access.Permit, id tenancy.DomainID, off []string) error
	PutHostname(ctx context.Context, may access.Permit, h tenancy.Hostname) (tenancy.Hostname, error)
	PutAccount(ctx context.Context, may access.Permit, a tenancy.Account) (tenancy.Account, error)
	PutLogin(ctx context.Context, may access.Permit, l tenancy.Login) (tenancy.Login, error)
	PutEnrolment(ctx context.Context, may access.Permit, e tenancy.Enrolment) (tenancy.Enrolment, error)

	// Enter runs fn inside a domain, in this transaction, as the system for
	// the reason of the permit: a new domain gets its first site and
	// administrator together with its row. The permit is the one that created
	// the domain.
	Enter(ctx context.Context, may access.Permit, id tenancy.DomainID, fn func(context.Context, Store) error) error
}
