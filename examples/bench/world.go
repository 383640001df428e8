package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// size says how big a world is.
type size struct {
	people, projects, entries int // of the domain that is measured
	others, otherEntries      int // other domains, and the entries of each
	imported                  int // rows of an import

	analyze bool // SQLite: ANALYZE, which nobody does unasked
}

// tenant is a domain with a year of time in it.
type tenant struct {
	domain   tenancy.DomainID
	scope    tenancy.Scope // at its only site
	boss     tenancy.MembershipID
	chief    tenancy.MembershipID // administers the site
	people   []tenancy.MembershipID
	projects []timesheet.ProjectID
	teams    map[tenancy.MembershipID][]timesheet.ProjectID // whose team somebody is in
	tags     []timesheet.TagID
}

// world is what is measured in.
type world struct {
	size
	db      storage.DB
	book    timesheet.Book
	main    tenant
	imports tenant // has people and projects, and no time yet
}

// The year that time is spent in.
var (
	newYear = time.Date(2025, time.January, 6, 0, 0, 0, 0, time.UTC)
	home    = "Europe/Berlin"
)

var builder = system.Because("the benchmark builds its world")

// chunk is how many rows are recorded at once.
const chunk = 2000

// build fills an empty store through the SDK.
func build(ctx context.Context, db storage.DB, s size) (*world, error) {
	if err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	w := &world{size: s, db: db, book: timesheet.Book{Zones: &zone.Zones{}}}
	var err error
	// Half of the others before, half after, so that ours stands among them.
	for i := range s.others {
		if i == s.others/2 {
			if w.main, err = w.found(ctx, "Main", s.people, s.projects, s.entries); err != nil {
				return nil, err
			}
		}
		if _, err = w.found(ctx, fmt.Sprintf("Other %d", i), 5, 10, s.otherEntries); err != nil {
			return nil, err
		}
	}
	if s.others == 0 {
		if w.main, err = w.found(ctx, "Main", s.people, s.projects, s.entries); err != nil {
			return nil, err
		}
	}
	w.imports, err = w.found(ctx, "Imports", s.people, s.projects, 0)
	return w, err
}

// found adds a domain with people, projects, teams and time.
func (w *world) found(ctx context.Context, name string, people, projects, entries int) (t tenant, err error) {
	r := rand.New(rand.NewPCG(1, uint64(len(name))))
	err = w.db.Installation(ctx, builder, func(ctx context.Context, in storage.Installation) error {
		made, err := admin.AddDomain(ctx, in, admin.Provision{Name: name, Zone: home, Admin: tenancy.Membership{Name: "Boss"}})
		t = tenant{domain: made.Domain.ID, boss: made.Admin.ID, teams: map[tenancy.MembershipID][]timesheet.ProjectID{}}
		return err
	})
	if err != nil {
		return t, err
	}
	if t.scope, err = tenancy.NewResolver(w.db).ByID(ctx, t.domain); err != nil {
		return t, err
	}
	err = w.db.Update(ctx, t.scope, access.ByMember(t.boss), func(ctx context.Context, s storage.Tx) error {
		return w.furnish(ctx, s, &t, people, projects, r)
	})
	if err != nil {
		return t, err
	}
	time := spend(t, entries, r)
	for len(time) > 0 {
		n := min(chunk, len(time))
		err := w.db.Update(ctx, t.scope, access.ByMember(t.boss), func(ctx context.Context, s storage.Tx) error {
			_, err := w.book.RecordAll(ctx, s, time[:n])
			return err
		})
		if err != nil {
			return t, err
		}
		time = time[n:]
	}
	return t, nil
}

// furnish adds people, projects (every fifth is public, half of the others
// share their time), teams of about eight, and tags.
func (w *world) furnish(ctx context.Context, s storage.Tx, t *tenant, people, projects int, r *rand.Rand) error {
	for i := range people + 1 {
		m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: fmt.Sprintf("Person %d", i), Zone: home})
		if err != nil {
			return err
		}
		role := access.MemberRole
		if i == 0 {
			role, t.chief = access.SiteAdmin, m.ID
		} else {
			t.people = append(t.people, m.ID)
		}
		if _, err := admin.GrantRole(ctx, s, m.ID, role); err != nil {
			return err
		}
	}
	for i := range 20 {
		tag, err := w.book.AddTag(ctx, s, fmt.Sprintf("Tag %d", i))
		if err != nil {
			return err
		}
		t.tags = append(t.tags, tag.ID)
	}
	var client timesheet.Client
	for i := range projects {
		if i%10 == 0 {
			var err error
			if client, err = w.book.AddClient(ctx, s, timesheet.Client{Name: fmt.Sprintf("Client %d", i)}); err != nil {
				return err
			}
		}
		p, err := w.book.AddProject(ctx, s, timesheet.NewProject{Client: client.ID, Name: fmt.Sprintf("Project %d", i), Visibility: []timesheet.Visibility{timesheet.Public, timesheet.Private}[min(i%5, 1)], Shared: i%2 == 1})
		if err != nil {
			return err
		}
		t.projects = append(t.projects, p.ID)
		for n, j := range r.Perm(len(t.people))[:min(8, len(t.people))] {
			if _, err := w.book.AddToTeam(ctx, s, p.ID, t.people[j], n == 0); err != nil {
				return err
			}
			t.teams[t.people[j]] = append(t.teams[t.people[j]], p.ID)
		}
	}
	return nil
}

// spend makes up entries for the days of a year, as many a day for each person:
// mostly on projects whose team she is in, a few over midnight, a few that
// overlap.
func spend(t tenant, entries int, r *rand.Rand) []timesheet.Entry {
	const days = 250
	out := make([]timesheet.Entry, 0, entries)
	for i := 0; len(out) < entries; i++ {
		day := newYear.AddDate(0, 0, i%days/5*7+i%days%5)
		for _, person := range t.people {
			for n := range max(1, entries/(days*len(t.people))) {
				if len(out) == entries {
					break
				}
				out = append(out, t.entry(person, day.Add(time.Duration(7+2*n)*time.Hour), r))
			}
		}
	}
	return out
}

// entry makes up one entry that begins about then.
func (t tenant) entry(person tenancy.MembershipID, start time.Time, r *rand.Rand) timesheet.Entry {
	length := time.Duration(30+r.IntN(80)) * time.Minute
	e := timesheet.Entry{Person: person, Form: timesheet.Timed, Zone: home, Billable: r.IntN(3) > 0, Note: fmt.Sprintf("Work on part %d of it", r.IntN(1000))}
	switch n := r.IntN(100); {
	case n < 2:
		length += 2 * time.Hour // into the next one
	case n < 3:
		start = start.Add(time.Duration(22-start.Hour()) * time.Hour) // over midnight
	}
	e.Start, e.End = start, start.Add(length)
	switch n := r.IntN(10); {
	case n < 7 && len(t.teams[person]) > 0:
		e.Project = t.teams[person][r.IntN(len(t.teams[person]))]
	case n < 9:
		e.Project = t.projects[r.IntN(len(t.projects))/5*5]
	}
	if r.IntN(4) == 0 {
		e.Tags = []timesheet.TagID{t.tags[r.IntN(len(t.tags))]}
	}
	return e
}
