package decide

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// stored is a domain in a store: what a case is loaded from.
type stored struct {
	size     Population
	r        *rand.Rand
	book     timesheet.Book
	whole    tenancy.Scope
	boss     tenancy.MembershipID
	actor    tenancy.MembershipID
	people   []tenancy.MembershipID
	groups   []access.GroupID
	sites    []tenancy.SiteID
	clients  []timesheet.ClientID
	projects []timesheet.Project
	bindings []access.Binding
	settings []access.SiteSetting
}

var builder = system.Because("the benchmark builds its world")

// InStore builds a domain through the SDK and calls measure with what a store
// loads of it: the actor of a transaction, and the resources that its entries
// would be on projects that it sees, or those projects themselves. There are two
// sites, 500 projects at least, and a fifth as many groups as the people.
func InStore(ctx context.Context, db storage.DB, name string, size Population, measure func(*Case) error) error {
	w := &stored{size: size, r: rand.New(rand.NewPCG(uint64(size.People), uint64(size.Bindings)))}
	if err := w.build(ctx, db); err != nil {
		return err
	}
	return db.Update(ctx, w.whole, access.ByMember(w.actor), func(ctx context.Context, s storage.Tx) error {
		c := &Case{Name: name + ", " + size.String(), Domain: w.whole.Domain(), Actor: s.Who(), Now: s.Now(), Bindings: w.bindings, Settings: w.settings}
		if err := w.ask(ctx, s, c); err != nil {
			return err
		}
		return measure(c)
	})
}

func (w *stored) build(ctx context.Context, db storage.DB) error {
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	var made admin.Provisioned
	err := db.Installation(ctx, builder, func(ctx context.Context, in storage.Installation) (err error) {
		made, err = admin.AddDomain(ctx, in, admin.Provision{Name: fmt.Sprintf("Domain of %v", w.size), Admin: tenancy.Membership{Name: "Boss"}})
		return err
	})
	if err != nil {
		return err
	}
	w.boss, w.sites = made.Admin.ID, []tenancy.SiteID{made.Site.ID}
	if w.whole, err = tenancy.NewResolver(db).Whole(ctx, made.Domain.ID); err != nil {
		return err
	}
	boss := access.ByMember(w.boss)
	if err := db.Update(ctx, w.whole, boss, w.settle); err != nil {
		return err
	}
	for _, site := range w.sites {
		if err := db.Update(ctx, w.whole.At(site), boss, w.furnish); err != nil {
			return err
		}
	}
	return db.Update(ctx, w.whole, boss, w.bind)
}

// settle adds people in groups, and a second site where members see less.
func (w *stored) settle(ctx context.Context, s storage.Tx) error {
	site, err := admin.AddSite(ctx, s, tenancy.Site{Name: "Second"})
	if err != nil {
		return err
	}
	w.sites = append(w.sites, site.ID)
	set, err := admin.Set(ctx, s, site.ID, access.Setting{Key: timesheet.LimitPublicData, Value: timesheet.On})
	if err != nil {
		return err
	}
	w.settings = append(w.settings, set)
	for i := range max(w.size.People/5, w.size.Bindings/5) {
		g, err := admin.AddGroup(ctx, s, fmt.Sprintf("Group %d", i))
		if err != nil {
			return err
		}
		w.groups = append(w.groups, g.ID)
	}
	for i := range w.size.People {
		m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: fmt.Sprintf("Person %d", i)})
		if err != nil {
			return err
		}
		w.people = append(w.people, m.ID)
		if i == 0 {
			w.actor = m.ID
			continue
		}
		if _, err := admin.PutInGroup(ctx, s, w.groups[w.r.IntN(len(w.groups))], m.ID); err != nil {
			return err
		}
	}
	return nil
}

// furnish adds the clients and projects of a site, every fifth of them public.
// The actor is in the team of every tenth, and manages some.
func (w *stored) furnish(ctx context.Context, s storage.Tx) error {
	n := max(500, w.size.Bindings/2) / len(w.sites)
	var client timesheet.Client
	for i := range n {
		var err error
		if i%10 == 0 {
			if client, err = w.book.AddClient(ctx, s, timesheet.Client{Name: fmt.Sprintf("Client %d of %s", i, s.Scope().Site())}); err != nil {
				return err
			}
			w.clients = append(w.clients, client.ID)
		}
		seen := timesheet.Private
		if i%5 == 0 {
			seen = timesheet.Public
		}
		p, err := w.book.AddProject(ctx, s, timesheet.NewProject{Client: client.ID, Name: fmt.Sprintf("Project %d", i), Visibility: seen, Shared: i%2 == 0})
		if err != nil {
			return err
		}
		w.projects = append(w.projects, p)
		if i%10 < 2 {
			if _, err := w.book.AddToTeam(ctx, s, p.ID, w.actor, i%40 == 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// bind gives the actor its roles, every tenth for a time that is over or not.
func (w *stored) bind(ctx context.Context, s storage.Tx) error {
	give := func(b access.Binding) error {
		b.Subject.Member = w.actor
		b, err := admin.Bind(ctx, s, b)
		w.bindings = append(w.bindings, b)
		return err
	}
	if err := give(access.Binding{Role: access.MemberRole, Place: access.Place{Kind: access.Everywhere}}); err != nil {
		return err
	}
	seen := map[access.Binding]bool{}
	for len(w.bindings) < w.size.Bindings {
		b := access.Binding{Role: access.ProjectMember, Place: access.Place{Kind: access.AtProject, Project: w.projects[w.r.IntN(len(w.projects))].ID}}
		switch k := w.r.IntN(20); {
		case k < 2:
			b.Role = access.ProjectManager
		case k < 4:
			b = access.Binding{Role: access.Reporter, Place: access.Place{Kind: access.AtClient, Client: w.clients[w.r.IntN(len(w.clients))]}}
		case k < 8:
			b = access.Binding{Role: access.Timekeeper, Place: access.Place{Kind: access.OfGroup, Group: w.groups[w.r.IntN(len(w.groups))]}}
		case k < 10:
			b = access.Binding{Role: access.Approver, Place: access.Place{Kind: access.OfGroup, Group: w.groups[w.r.IntN(len(w.groups))]}}
		}
		if seen[b] {
			continue
		}
		seen[b] = true
		switch len(w.bindings) % 20 {
		case 7:
			b.Until = s.Now().AddDate(0, 1, 0)
		case 17:
			b.From, b.Until = s.Now().AddDate(0, -2, 0), s.Now().AddDate(0, -1, 0)
		}
		if err := give(b); err != nil {
			return err
		}
	}
	return nil
}

// ask makes the questions up, about resources as the store loads them.
func (w *stored) ask(ctx context.Context, s storage.Tx, c *Case) error {
	see := s.Who().Sees(timesheet.ViewProject)
	var visible []timesheet.Project
	for _, p := range w.projects {
		if _, _, err := s.Projects().Get(ctx, see, p.ID); err == nil {
			visible = append(visible, p)
		}
	}
	// Four times as many as are needed, to pick from.
	drawn := make([]Question, 4*w.size.Questions)
	rows := make([]access.Row, len(drawn))
	for i := range drawn {
		drawn[i].Action, drawn[i].Domain = actions[w.r.IntN(len(actions))], c.Domain
		rows[i] = w.row(drawn[i].Action, visible[w.r.IntN(len(visible))], s.NewID())
	}
	if err := load(ctx, s, see, drawn, rows); err != nil {
		return err
	}
	next := 0
	for range w.size.Questions {
		c.Questions = append(c.Questions, pick(w.r, func() Question {
			next++
			return drawn[(next-1)%len(drawn)]
		}, c.Actor))
	}
	// Loaded once more, so that they lie in memory as they are asked about.
	rows = rows[:0]
	for _, q := range c.Questions {
		rows = append(rows, q.Resource.Row())
	}
	return load(ctx, s, see, c.Questions, rows)
}

// row makes up what an action is asked on.
func (w *stored) row(action access.Action, p timesheet.Project, id [16]byte) access.Row {
	switch action {
	case timesheet.ViewProject, timesheet.EditProject, timesheet.EditVisibility:
		return access.Row{Kind: timesheet.KindProject, ID: p.ID}
	}
	row := access.Row{Kind: timesheet.KindEntry, ID: id, Site: p.Site, Project: p.ID, Person: w.people[w.r.IntN(len(w.people))]}
	if w.r.IntN(100) < 35 {
		row.Person = w.actor
	}
	if w.r.IntN(10) == 0 {
		row.Project = [16]byte{}
	}
	return row
}

// load lets the store load the resources of questions.
func load(ctx context.Context, s storage.Tx, see access.Filter, questions []Question, rows []access.Row) error {
	for i, row := range rows {
		if row.Kind == timesheet.KindProject {
			_, r, err := s.Projects().Get(ctx, see, row.ID)
			if err != nil {
				return err
			}
			questions[i].Resource = r
			continue
		}
		placed, err := s.Place(ctx, see, row)
		if err != nil {
			return err
		}
		questions[i].Resource = placed[0]
	}
	return nil
}
