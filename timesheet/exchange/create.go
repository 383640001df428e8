package exchange

import (
	"context"
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
)

// createNames creates what the rows name and the store does not have, as the
// actor. What may not be created refuses the rows that name it.
func (r *run) createNames(ctx context.Context) error {
	for _, it := range r.items {
		for _, create := range []func(context.Context, *item) error{r.createClient, r.createProject, r.createTask, r.createTags} {
			if err := create(ctx, it); err != nil {
				return err
			}
			if it.result.Status != "" {
				break
			}
		}
	}
	r.settle()
	return nil
}

// ensure creates what a name stands for, unless there is one, and otherwise
// refuses the row. Whatever shares the name fails with it.
func ensure[ID any](r *run, it *item, to *ref[ID], col, name string, made *int, same func(*item) bool, add func() (ID, error)) error {
	if !to.found && to.refused == nil {
		id, err := add()
		if err == nil {
			to.id, to.found = id, true
			*made++
		} else if to.refused = refusal(err); to.refused == nil {
			return r.fatal(err, same)
		}
	}
	if to.refused != nil {
		it.refuse(col, name, to.refused)
	}
	return nil
}

// fatal returns an error that ends the transaction, with the rows that caused
// it; nil for one that only refuses them.
func (r *run) fatal(err error, same func(*item) bool) error {
	if refusal(err) != nil {
		return nil
	}
	e := &RowError{Err: err}
	for _, it := range r.items {
		if same(it) {
			e.Lines = append(e.Lines, it.result.Line)
		}
	}
	return e
}

func (r *run) createClient(ctx context.Context, it *item) error {
	if it.project == nil || it.project.client == nil || it.project.found {
		return nil
	}
	c := it.project.client
	return ensure(r, it, c, r.header.name(colClient), it.Client, &r.report.Created.Clients,
		func(o *item) bool { return o.project != nil && o.project.client == c },
		func() (timesheet.ClientID, error) {
			made, err := r.opt.Book.AddClient(ctx, r.s, timesheet.Client{Name: it.Client})
			return made.ID, err
		})
}

func (r *run) createProject(ctx context.Context, it *item) error {
	if it.project == nil {
		return nil
	}
	p := it.project
	col, name := r.projectCell(it)
	return ensure(r, it, &p.ref, col, name, &r.report.Created.Projects,
		func(o *item) bool { return o.project == p },
		func() (timesheet.ProjectID, error) {
			draft := timesheet.NewProject{Name: it.Project}
			if p.client != nil {
				draft.Client = p.client.id
			}
			made, err := r.opt.Book.AddProject(ctx, r.s, draft)
			p.isNew = err == nil
			return made.ID, err
		})
}

func (r *run) createTask(ctx context.Context, it *item) error {
	if it.task == nil {
		return nil
	}
	return ensure(r, it, it.task, r.header.name(colTask), it.Task, &r.report.Created.Tasks,
		func(o *item) bool { return o.task == it.task },
		func() (timesheet.TaskID, error) {
			made, err := r.opt.Book.AddTask(ctx, r.s, it.project.id, it.Task)
			return made.ID, err
		})
}

func (r *run) createTags(ctx context.Context, it *item) error {
	for i, tag := range it.tags {
		name := it.Tags[i]
		err := ensure(r, it, tag, r.header.name(colTags), name, &r.report.Created.Tags,
			func(o *item) bool { return slices.Contains(o.tags, tag) },
			func() (timesheet.TagID, error) {
				made, err := r.opt.Book.AddTag(ctx, r.s, name)
				return made.ID, err
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// joinTeams puts everybody who gets time on a private project into its team, so
// that she sees what her time is on.
func (r *run) joinTeams(ctx context.Context) error {
	teams := map[*project]map[tenancy.MembershipID]bool{}
	for _, it := range r.items {
		p := it.project
		if p == nil || p.public {
			continue
		}
		team := teams[p]
		if team == nil {
			var err error
			if team, err = r.team(ctx, p); err != nil {
				return err
			}
			teams[p] = team
		}
		if team[it.person] {
			continue
		}
		if _, err := r.opt.Book.AddToTeam(ctx, r.s, p.id, it.person, false); err != nil {
			same := func(o *item) bool { return o.project == p && o.person == it.person }
			if fatal := r.fatal(err, same); fatal != nil {
				return fatal
			}
			col, name := r.projectCell(it)
			it.refuse(col, name, refusal(err))
			continue
		}
		team[it.person] = true
		r.report.Created.Teams++
	}
	r.settle()
	return nil
}

// team returns who is in the team of a project.
func (r *run) team(ctx context.Context, p *project) (map[tenancy.MembershipID]bool, error) {
	team := map[tenancy.MembershipID]bool{}
	if p.isNew {
		if me := r.s.Who().Member(); !me.IsZero() {
			team[me] = true // as its manager
		}
		return team, nil
	}
	for t, err := range pages(ctx, r.s.Teams(), r.s.Who().Sees(timesheet.ViewTeam), access.Query{Parent: p.id}) {
		if err != nil {
			return nil, err
		}
		team[t.Person] = true
	}
	return team, nil
}
