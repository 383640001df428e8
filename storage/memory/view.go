package memory

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// view is a handle that reads. It has no method that writes, so that no type
// assertion finds one.
type view struct {
	db      *DB
	home    *tenant // the domain of the scope
	session *access.Session
	now     time.Time
	over    atomic.Bool
	within  []*view // handles that were opened in this one
}

var _ storage.View = (*view)(nil)

// begin opens a handle. The caller holds the lock.
func (db *DB) begin(ctx context.Context, in tenancy.Scope, as access.Principal) (*view, error) {
	if err := db.ready(ctx); err != nil {
		return nil, err
	}
	if in.IsZero() {
		return nil, fault.NoScope
	}
	if in = as.Identity().In(in); in.IsZero() {
		return nil, fault.Deny("token_scope", "this credential is for another site")
	}
	home := db.world.tenants[in.Domain()]
	if home == nil || !in.Site().IsZero() && !home.sites.has(in.Site()) {
		return nil, fault.NotFound
	}
	now := db.instant()
	standing, err := home.standing(as.Identity(), in)
	if err != nil {
		return nil, err
	}
	return &view{db: db, home: home, session: db.policy.Load(standing).Begin(now), now: now}, nil
}

func (v *view) end() {
	v.session.End()
	v.over.Store(true)
}

// ready refuses a handle that is finished or cut off. Every call asks it
// before it touches a table, for afterwards the lock may be another's.
func (v *view) ready(ctx context.Context) error {
	if v.over.Load() {
		return fault.Proof
	}
	return v.db.ready(ctx)
}

// relate completes a row with what follows from its project, from its person
// and from who the actor is.
func (v *view) relate(kind storage.Kind, row access.Row) access.Row {
	me := v.session.Standing().Member
	if !me.IsZero() && row.Person == me {
		row.Facts |= access.Own
	}
	for _, g := range v.session.Groups() {
		if v.home.in(g, row.Person) {
			row.Groups = append(row.Groups, g)
		}
	}
	if kind.Project == "" {
		return row
	}
	if row.Project == [16]byte{} {
		row.Facts |= access.Loose
		return row
	}
	p := v.home.projects.rows[row.Project]
	if p == nil {
		return row
	}
	if kind.Site == "" {
		row.Site = p.Site
	}
	if kind.Client == "" && (kind.Table != "" || row.Client == [16]byte{}) { // a host may know a row's own
		row.Client = p.Client
	}
	for fact, holds := range map[access.Facts]bool{access.Public: p.Public, access.Shared: p.Shared} {
		if _, itself := kind.Says[fact]; holds && !itself {
			row.Facts |= fact
		}
	}
	if !p.ArchivedAt.IsZero() {
		row.State |= access.Archived
	}
	if t := v.home.teams.like("person", timesheet.Team{Project: p.ID, Person: me}); t != nil {
		row.Facts |= access.Member
		if t.Manager {
			row.Facts |= access.Manager
		}
	}
	return row
}

// shows is the fence and the filter: whether a row is in the scope's site and
// in the plan.
func (v *view) shows(plan access.Plan, kind storage.Kind, row access.Row) bool {
	site := v.session.Standing().Scope.Site()
	if placed := kind.Site != "" || kind.Project != ""; placed && !site.IsZero() && row.Site != site {
		return false
	}
	return plan.Sees(row)
}

// Who returns who acts.
func (v *view) Who() access.Actor { return v.session.Actor() }

// Scope returns where.
func (v *view) Scope() tenancy.Scope { return v.session.Standing().Scope }

// Now returns when: one instant for the whole closure.
func (v *view) Now() time.Time { return v.now }

// The kinds of the domain.

func (v *view) Sites() access.Rows[tenancy.Site]              { return from(v, v.home.sites) }
func (v *view) Members() access.Rows[tenancy.Membership]      { return from(v, v.home.members) }
func (v *view) Bindings() access.Rows[access.Binding]         { return from(v, v.home.bindings) }
func (v *view) Groups() access.Rows[access.Group]             { return from(v, v.home.groups) }
func (v *view) GroupMembers() access.Rows[access.GroupMember] { return from(v, v.home.inGroups) }
func (v *view) Roles() access.Rows[access.CustomRole]         { return from(v, v.home.roles) }
func (v *view) Settings() access.Rows[access.SiteSetting]     { return from(v, v.home.settings) }
func (v *view) Events() access.Rows[access.Event]             { return from(v, v.home.events) }
func (v *view) Clients() access.Rows[timesheet.Client]        { return from(v, v.home.clients) }
func (v *view) Projects() access.Rows[timesheet.Project]      { return from(v, v.home.projects) }
func (v *view) Teams() access.Rows[timesheet.Team]            { return from(v, v.home.teams) }
func (v *view) Tasks() access.Rows[timesheet.Task]            { return from(v, v.home.tasks) }
func (v *view) Activities() access.Rows[timesheet.Activity]   { return from(v, v.home.activities) }
func (v *view) Tags() access.Rows[timesheet.Tag]              { return from(v, v.home.tags) }
