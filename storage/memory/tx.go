package memory

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// tx is a handle that also writes.
type tx struct {
	*view
	journal *journal
}

var _ storage.Tx = (*tx)(nil)

// NewID returns a new id.
func (t *tx) NewID() [16]byte { return t.db.newID() }

// Draft returns the resource that a new row would be.
func (t *tx) Draft(row access.Row) access.Resource {
	if row.Project != [16]byte{} && !isProject(row) && row.Kind != admin.KindBinding {
		return access.Resource{}
	}
	// Nothing is stored of it yet, whatever the caller says.
	row.Version = 0
	if row = t.facts(row); t.siteless(row) {
		return access.Resource{}
	}
	return t.session.Prospect(row)
}

// Place returns the resources that rows would be. There is one writer at a
// time, so nobody has to be locked.
func (t *tx) Place(ctx context.Context, see access.Filter, rows ...access.Row) ([]access.Resource, error) {
	plan, err := t.plan(ctx, see, timesheet.KindProject)
	if err != nil {
		return nil, err
	}
	placed := make([]access.Resource, len(rows))
	for i, row := range rows {
		if row, err = t.place(plan, row); err != nil {
			return nil, err
		}
		placed[i] = t.session.Prospect(row)
		if t.ofHost(row.Kind) && row.Version != 0 {
			placed[i] = t.session.Resource(row) // what is stored of it only the host knows
		}
	}
	return placed, nil
}

func (t *tx) place(plan access.Plan, row access.Row) (access.Row, error) {
	kind := t.kind(row.Kind)
	isNew := isProject(row) && row.Version == 0 && !t.home.projects.has(row.ID)
	if row.Project != [16]byte{} && !isNew {
		projects := t.home.projects
		p := projects.rows[row.Project]
		if t.ofHost(row.Kind) && row.Version != 0 {
			plan = anything // a row that the host has stored is on its project whoever sees that
		}
		if p == nil || !t.shows(plan, projects.Kind, t.relate(projects.Kind, projects.row(p))) {
			return row, fault.NotFound.On("project", tenancy.ID[timesheet.Project](row.Project).String())
		}
		// A project or a binding says itself which client it is about; what
		// is on a project is where that is.
		if row.Kind == timesheet.KindEntry && !row.Site.IsZero() && row.Site != p.Site {
			return row, fault.Reference.On("project", tenancy.ID[timesheet.Project](row.Project).String())
		}
		if kind.Client == "" {
			if !t.ofHost(row.Kind) || row.Client == [16]byte{} {
				row.Client = p.Client
			}
			if row.Site.IsZero() {
				row.Site = p.Site
			}
		}
	}
	switch {
	case row.Client != [16]byte{} && row.Client != row.ID && !t.home.clients.has(row.Client):
		return row, fault.Reference.On("client", "")
	case !row.Person.IsZero() && row.Person != row.ID && !t.home.members.has(row.Person):
		return row, fault.Reference.On("person", "")
	}
	if row = t.facts(row); t.siteless(row) {
		return row, fault.NoSite
	}
	return row, nil
}

// anything is the plan that shows every row.
var anything = access.Plan{Branches: []access.Branch{{At: access.Everywhere, Terms: []access.Term{{}}}}}

// siteless reports whether a row is said to be nowhere in particular, in a
// scope that is one site: who holds roles there would hold them for it.
func (t *tx) siteless(row access.Row) bool {
	return !t.Scope().Site().IsZero() && t.kind(row.Kind).Site != "" && row.Site.IsZero()
}

// facts returns a row that a caller has described with what is true of it: its
// facts and state are found here but for those that such a row says itself, and
// a kind without a column cannot be at a
// client, or be somebody's, by saying so. Its site may be said: people are
// added from one.
func (t *tx) facts(row access.Row) access.Row {
	kind := t.kind(row.Kind)
	said := access.Facts(0)
	for fact := range kind.Says {
		said |= row.Facts & fact
	}
	row.Facts, row.Groups = said, nil
	if t.ofHost(row.Kind) {
		row.State &= access.Archived // the host vouches for what it says
		return t.relate(kind, row)
	}
	row.State = 0
	if kind.Client == "" {
		row.Client = [16]byte{} // that of the project comes back
	}
	if kind.Person == "" {
		row.Person = tenancy.MembershipID{}
	}
	if kind.Project == "" {
		row.Project = [16]byte{}
	}
	return t.relate(kind, row)
}

// isProject reports whether a row is a project, which names itself as one.
func isProject(row access.Row) bool {
	return row.Kind == timesheet.KindProject && row.Project == row.ID
}

// kind returns a line of the table of kinds, or what stands for it for a kind
// of the host's own.
func (t *tx) kind(name access.Kind) storage.Kind { return t.db.kinds[name] }

// PutSite writes a site.
func (t *tx) PutSite(ctx context.Context, may access.Permit, s tenancy.Site) (tenancy.Site, error) {
	return put(ctx, t, t.home.sites, may, s)
}

// PutMember writes a membership.
func (t *tx) PutMember(ctx context.Context, may access.Permit, m tenancy.Membership) (tenancy.Membership, error) {
	return put(ctx, t, t.home.members, may, m)
}

// PutClient writes a client.
func (t *tx) PutClient(ctx context.Context, may access.Permit, c timesheet.Client) (timesheet.Client, error) {
	return put(ctx, t, t.home.clients, may, c)
}

// PutProject writes a project; a new one may bring its first team, under the
// same permit.
func (t *tx) PutProject(ctx context.Context, may access.Permit, p timesheet.Project, first ...timesheet.Team) (timesheet.Project, error) {
	w, err := permitted(ctx, t, t.home.projects, may, &p)
	if err != nil {
		return timesheet.Project{}, err
	}
	for _, m := range first {
		if p.Version != 0 || m.Version != 0 || m.Project != p.ID {
			return timesheet.Project{}, fault.Proof.On("first", "")
		}
	}
	err = t.journal.whole(func() error {
		if p, err = keep(t, t.home.projects, w, p); err != nil {
			return err
		}
		for _, m := range first {
			teams := t.home.teams
			with := access.Write{Action: w.Action, Verb: w.Verb, Reason: w.Reason, After: t.relate(teams.Kind, teams.row(&m))}
			if _, err := keep(t, teams, with, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return timesheet.Project{}, err
	}
	return p, nil
}

// PutTeam writes a person in a project's team.
func (t *tx) PutTeam(ctx context.Context, may access.Permit, m timesheet.Team) (timesheet.Team, error) {
	if err := t.ready(ctx); err != nil {
		return timesheet.Team{}, err
	}
	// A manager is made by who may change a team, and not by who only adds to it.
	if m.Manager && t.session.Holds(may) {
		if _, err := t.Who().May(timesheet.EditTeam, t.session.Resource(may.Resource())); err != nil {
			return timesheet.Team{}, err
		}
	}
	return put(ctx, t, t.home.teams, may, m)
}

// RemoveTeam removes a person from a project's team.
func (t *tx) RemoveTeam(ctx context.Context, may access.Permit, id timesheet.TeamID) error {
	return remove(ctx, t, t.home.teams, may, id)
}

// PutTask writes a task.
func (t *tx) PutTask(ctx context.Context, may access.Permit, k timesheet.Task) (timesheet.Task, error) {
	return put(ctx, t, t.home.tasks, may, k)
}

// PutActivity writes an activity.
func (t *tx) PutActivity(ctx context.Context, may access.Permit, a timesheet.Activity) (timesheet.Activity, error) {
	return put(ctx, t, t.home.activities, may, a)
}

// PutTag writes a tag.
func (t *tx) PutTag(ctx context.Context, may access.Permit, g timesheet.Tag) (timesheet.Tag, error) {
	return put(ctx, t, t.home.tags, may, g)
}
