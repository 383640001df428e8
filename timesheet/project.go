package timesheet

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// ProjectID is the identity of a Project.
type ProjectID = tenancy.ID[Project]

// Project is what time is recorded on. It is private to its team unless it is
// public, which means everybody on its site.
type Project struct {
	ID        ProjectID
	Version   int64
	CreatedAt time.Time
	Site      tenancy.SiteID // its home
	Client    ClientID       // none: an internal project
	// Name is unique per client among projects that are not archived, compared
	// by tenancy.NameKey. Who adds one learns that a name is taken, also if it
	// is by a project she cannot see.
	Name       string
	Public     bool      // everybody on its site sees it, all its time, and may track on it
	Shared     bool      // members of its team see each other's time
	ArchivedAt time.Time // zero: not archived; no time goes on archived projects
}

// TeamID is the identity of a Team row.
type TeamID = tenancy.ID[Team]

// Team is one person in the team of a project.
type Team struct {
	ID        TeamID
	Version   int64
	CreatedAt time.Time
	Project   ProjectID
	Person    tenancy.MembershipID // unique in the project
	Manager   bool                 // edits the project and sees all its time
}

// Visibility says who a project is for.
type Visibility string

// The visibilities.
const (
	ByDefault Visibility = ""        // what the site's setting PrivateByDefault says
	Private   Visibility = "private" // for its team
	Public    Visibility = "public"  // for everybody on its site
)

// NewProject is a project that is to be added.
type NewProject struct {
	Client     ClientID // none: an internal project
	Name       string
	Visibility Visibility
	Shared     bool // see Project
}

// AddProject adds a project on the site of the scope and makes the actor its
// manager (Toggl's rule). A client that the actor cannot see is fault.NotFound.
func (b Book) AddProject(ctx context.Context, s Store, p NewProject) (Project, error) {
	name, err := tenancy.CleanName("name", p.Name, nameMost)
	if err != nil {
		return Project{}, err
	}
	site, err := siteOf(s)
	if err != nil {
		return Project{}, err
	}
	if !p.Client.IsZero() {
		if _, _, err := s.Clients().Get(ctx, s.Who().Sees(ViewClient), p.Client); err != nil {
			return Project{}, on("client", p.Client.String(), err)
		}
	}
	made := Project{ID: s.NewID(), CreatedAt: s.Now(), Site: site, Client: p.Client, Name: name, Shared: p.Shared}
	switch p.Visibility {
	case ByDefault:
		made.Public = s.Who().Setting(PrivateByDefault, site) == Off
	case Private, Public:
		made.Public = p.Visibility == Public
	default:
		return Project{}, fault.Input("bad_visibility", "visibility", string(p.Visibility), "must be private, public or left out")
	}
	may, err := mayAdd(ctx, s, CreateProject, projectRow(made))
	if err != nil {
		return Project{}, err
	}
	var first []Team
	if me := s.Who().Member(); !me.IsZero() {
		first = []Team{{ID: s.NewID(), CreatedAt: s.Now(), Project: made.ID, Person: me, Manager: true}}
	}
	return s.PutProject(ctx, may, made, first...)
}

// MakePrivate hides a public project from all who are not in its team. Who
// recorded time on it goes on seeing that, and can add no more unless
// addTrackers puts all of them into the team. Version must be the one that was
// read, else fault.Stale.
func (b Book) MakePrivate(ctx context.Context, s Store, id ProjectID, version int64, addTrackers bool) (Project, error) {
	p, _, err := s.Projects().Get(ctx, s.Who().Sees(ViewProject), id)
	if err != nil {
		return Project{}, err
	}
	p.Version, p.Public = version, false
	if p, err = b.EditProject(ctx, s, p); err != nil || !addTrackers {
		return p, err
	}
	inTeam := map[tenancy.MembershipID]bool{}
	team := access.Query{Parent: id, Limit: 1000}
	for {
		page, err := s.Teams().List(ctx, s.Who().Sees(ViewTeam), team)
		if err != nil {
			return Project{}, err
		}
		for _, t := range page.Rows {
			inTeam[t.Person] = true
		}
		if team.After = page.Next; team.After == "" {
			break
		}
	}
	recorded := EntryQuery{Project: id, Limit: 1000}
	for {
		page, err := s.Entries(ctx, s.Who().Sees(ViewEntry), recorded)
		if err != nil {
			return Project{}, err
		}
		for _, e := range page.Rows {
			if inTeam[e.Person] {
				continue
			}
			inTeam[e.Person] = true
			if _, err := b.AddToTeam(ctx, s, id, e.Person, false); err != nil {
				return Project{}, err
			}
		}
		if recorded.After = page.Next; recorded.After == "" {
			return p, nil
		}
	}
}

// EditProject changes the Name, Client, Public, Shared and ArchivedAt of a
// project to those given. To change Public needs the right to
// project.visibility.edit as well. Version must be the one that was read, else
// fault.Stale.
func (b Book) EditProject(ctx context.Context, s Store, p Project) (Project, error) {
	name, err := tenancy.CleanName("name", p.Name, nameMost)
	if err != nil {
		return Project{}, err
	}
	was, before, err := s.Projects().Get(ctx, s.Who().Sees(ViewProject), p.ID)
	if err != nil {
		return Project{}, err
	}
	if was.Version != p.Version {
		return Project{}, fault.Stale
	}
	if !p.Client.IsZero() && p.Client != was.Client {
		if _, _, err := s.Clients().Get(ctx, s.Who().Sees(ViewClient), p.Client); err != nil {
			return Project{}, on("client", p.Client.String(), err)
		}
	}
	was.Name, was.Client, was.Public, was.Shared, was.ArchivedAt = name, p.Client, p.Public, p.Shared, p.ArchivedAt
	row := projectRow(was)
	row.Version = was.Version
	after, err := s.Place(ctx, s.Who().Sees(ViewProject), row)
	if err != nil {
		return Project{}, err
	}
	may, err := s.Who().MayChange(EditProject, before, after[0])
	if err != nil {
		return Project{}, err
	}
	return s.PutProject(ctx, may, was)
}

// AddToTeam puts a person in the team of a project, as a manager or not; to make
// a manager needs the right to team.edit as well. A project that the actor
// cannot see is fault.NotFound.
func (b Book) AddToTeam(ctx context.Context, s Store, project ProjectID, person tenancy.MembershipID, manager bool) (Team, error) {
	t := Team{ID: s.NewID(), CreatedAt: s.Now(), Project: project, Person: person, Manager: manager}
	may, err := mayAdd(ctx, s, AddTeam, access.Row{Kind: KindTeam, ID: t.ID, Project: project, Person: person})
	if err != nil {
		return Team{}, err
	}
	return s.PutTeam(ctx, may, t)
}

// RemoveFromTeam takes a person out of the team of a project. Her time stays,
// and she goes on seeing it.
func (b Book) RemoveFromTeam(ctx context.Context, s Store, id TeamID) error {
	_, r, err := s.Teams().Get(ctx, s.Who().Sees(ViewTeam), id)
	if err != nil {
		return err
	}
	may, err := s.Who().May(RemoveTeam, r)
	if err != nil {
		return err
	}
	return s.RemoveTeam(ctx, may, id)
}

func projectRow(p Project) access.Row {
	row := access.Row{Kind: KindProject, ID: p.ID, Site: p.Site, Client: p.Client, Project: p.ID}
	if p.Public {
		row.Facts |= access.Public
	}
	if p.Shared {
		row.Facts |= access.Shared
	}
	return row
}

// on names the field of a reference that could not be followed; the answer
// stays what it was.
func on(field, value string, err error) error {
	if e, ok := err.(*fault.Error); ok && e.Field == "" {
		return e.On(field, value)
	}
	return err
}
