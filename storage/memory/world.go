package memory

import (
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
)

// world is everything that is stored. What belongs to a domain is in its
// tenant and nowhere else, so no query can cross by forgetting a condition.
type world struct {
	kinds      storage.Kinds
	domains    *table[tenancy.Domain]
	hostnames  *table[tenancy.Hostname]
	accounts   *table[tenancy.Account]
	logins     *table[tenancy.Login]
	enrolments *table[tenancy.Enrolment]
	tenants    map[tenancy.DomainID]*tenant
}

// tenant is what is stored of one domain.
type tenant struct {
	id         tenancy.DomainID
	sites      *table[tenancy.Site]
	members    *table[tenancy.Membership]
	bindings   *table[access.Binding]
	groups     *table[access.Group]
	inGroups   *table[access.GroupMember]
	roles      *table[access.CustomRole]
	settings   *table[access.SiteSetting]
	events     *table[access.Event]
	clients    *table[timesheet.Client]
	projects   *table[timesheet.Project]
	teams      *table[timesheet.Team]
	tasks      *table[timesheet.Task]
	activities *table[timesheet.Activity]
	tags       *table[timesheet.Tag]
	entries    *table[timesheet.Entry]
	slices     map[timesheet.EntryID][]timesheet.Slice
	off        []string // modules that it has not; replaced, never changed
}

// newWorld returns an installation that has a root domain and nothing else.
func newWorld(k storage.Kinds, now time.Time) *world {
	w := &world{
		kinds:      k,
		domains:    newTable(k.Domains),
		hostnames:  newTable(k.Hostnames),
		accounts:   newTable(k.Accounts),
		logins:     newTable(k.Logins),
		enrolments: newTable(k.Enrolments),
		tenants:    map[tenancy.DomainID]*tenant{},
	}
	root := tenancy.Domain{ID: tenancy.RootDomain, Version: 1, CreatedAt: now, Name: "root", Zone: "UTC"}
	w.domains.swap(root.ID, &root)
	w.tenants[root.ID] = newTenant(k, root.ID)
	return w
}

func newTenant(k storage.Kinds, id tenancy.DomainID) *tenant {
	return &tenant{
		id:         id,
		sites:      newTable(k.Sites),
		members:    newTable(k.Members),
		bindings:   newTable(k.Bindings),
		groups:     newTable(k.Groups),
		inGroups:   newTable(k.InGroups),
		roles:      newTable(k.Roles),
		settings:   newTable(k.Settings),
		events:     newTable(k.Events),
		clients:    newTable(k.Clients),
		projects:   newTable(k.Projects),
		teams:      newTable(k.Teams),
		tasks:      newTable(k.Tasks),
		activities: newTable(k.Activities),
		tags:       newTable(k.Tags),
		entries:    newTable(k.Entries),
		slices:     map[timesheet.EntryID][]timesheet.Slice{},
	}
}

// found makes room for a new domain.
func (w *world) found(j *journal, id tenancy.DomainID) {
	w.tenants[id] = newTenant(w.kinds, id)
	j.did(func() { delete(w.tenants, id) })
}

// cut keeps the slices of an entry; none removes those it had.
func (h *tenant) cut(j *journal, id timesheet.EntryID, parts []timesheet.Slice) {
	was, had := h.slices[id]
	j.did(func() {
		delete(h.slices, id)
		if had {
			h.slices[id] = was
		}
	})
	delete(h.slices, id)
	if len(parts) > 0 {
		h.slices[id] = parts
	}
}

// without takes modules away, and gives back those it had not.
func (h *tenant) without(j *journal, off []string) {
	was := h.off
	j.did(func() { h.off = was })
	h.off = off
}

// journal remembers how to undo what a transaction has done so far.
type journal struct{ undo []func() }

func (j *journal) did(undo func()) { j.undo = append(j.undo, undo) }

// rollback undoes everything after the first n steps, the last one first.
func (j *journal) rollback(n int) {
	for i := len(j.undo) - 1; i >= n; i-- {
		j.undo[i]()
	}
	j.undo = j.undo[:n]
}

// whole runs fn as one step: all of it is done, or nothing. A caller that goes
// on after an error then leaves no half of a write behind.
func (j *journal) whole(fn func() error) error {
	n := len(j.undo)
	err := fn()
	if err != nil {
		j.rollback(n)
	}
	return err
}
