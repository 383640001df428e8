package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// attempt tries to do something to a thing that is there.
type attempt struct {
	kind, view, action string
	do                 func(ctx context.Context, s storage.Tx, b timesheet.Book, id [16]byte) error
}

func attempts() []attempt {
	type tx = storage.Tx
	return []attempt{
		{"site", "site.view", "site.edit", func(ctx context.Context, s tx, _ timesheet.Book, id [16]byte) error {
			_, err := amend(ctx, s, s.Sites(), admin.ViewSite, admin.EditSite, id, s.PutSite, func(e *tenancy.Site) { e.Name = "Tried" })
			return err
		}},
		{"membership", "membership.view", "membership.edit", func(ctx context.Context, s tx, _ timesheet.Book, id [16]byte) error {
			_, err := amend(ctx, s, s.Members(), admin.ViewMember, admin.EditMember, id, s.PutMember, func(e *tenancy.Membership) { e.Name = "Tried" })
			return err
		}},
		{"group", "group.view", "group.edit", func(ctx context.Context, s tx, _ timesheet.Book, id [16]byte) error {
			_, err := admin.RenameGroup(ctx, s, id, 1, "Tried")
			return err
		}},
		{"group_member", "group_member.view", "group_member.remove", func(ctx context.Context, s tx, _ timesheet.Book, id [16]byte) error {
			return admin.TakeFromGroup(ctx, s, id)
		}},
		{"binding", "binding.view", "binding.remove", func(ctx context.Context, s tx, _ timesheet.Book, id [16]byte) error {
			return admin.RevokeRole(ctx, s, id)
		}},
		{"setting", "site.settings.view", "site.settings.reset", func(ctx context.Context, s tx, _ timesheet.Book, id [16]byte) error {
			v, _, err := s.Settings().Get(ctx, s.Who().Sees(admin.ViewSetting), id)
			if err != nil {
				return err
			}
			return admin.Reset(ctx, s, v.Site, v.Key)
		}},
		{"client", "client.view", "client.edit", func(ctx context.Context, s tx, _ timesheet.Book, id [16]byte) error {
			_, err := amend(ctx, s, s.Clients(), timesheet.ViewClient, timesheet.EditClient, id, s.PutClient, func(e *timesheet.Client) { e.Name = "Tried" })
			return err
		}},
		{"project", "project.view", "project.edit", func(ctx context.Context, s tx, b timesheet.Book, id [16]byte) error {
			p, _, err := s.Projects().Get(ctx, s.Who().Sees(timesheet.ViewProject), id)
			if err != nil {
				return err
			}
			p.Name = "Tried"
			_, err = b.EditProject(ctx, s, p)
			return err
		}},
		{"team", "team.view", "team.edit", func(ctx context.Context, s tx, _ timesheet.Book, id [16]byte) error {
			_, err := amend(ctx, s, s.Teams(), timesheet.ViewTeam, timesheet.EditTeam, id, s.PutTeam, func(e *timesheet.Team) { e.Manager = !e.Manager })
			return err
		}},
		{"team", "team.view", "team.remove", func(ctx context.Context, s tx, b timesheet.Book, id [16]byte) error {
			return b.RemoveFromTeam(ctx, s, id)
		}},
		{"task", "task.view", "task.edit", func(ctx context.Context, s tx, _ timesheet.Book, id [16]byte) error {
			_, err := amend(ctx, s, s.Tasks(), timesheet.ViewTask, timesheet.EditTask, id, s.PutTask, func(e *timesheet.Task) { e.Name = "Tried" })
			return err
		}},
		{"activity", "activity.view", "activity.edit", func(ctx context.Context, s tx, _ timesheet.Book, id [16]byte) error {
			_, err := amend(ctx, s, s.Activities(), timesheet.ViewActivity, timesheet.EditActivity, id, s.PutActivity, func(e *timesheet.Activity) { e.Name = "Tried" })
			return err
		}},
		{"tag", "tag.view", "tag.edit", func(ctx context.Context, s tx, _ timesheet.Book, id [16]byte) error {
			_, err := amend(ctx, s, s.Tags(), timesheet.ViewTag, timesheet.EditTag, id, s.PutTag, func(e *timesheet.Tag) { e.Name = "Tried" })
			return err
		}},
		{"entry", "entry.view", "entry.edit", func(ctx context.Context, s tx, b timesheet.Book, id [16]byte) error {
			e, _, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), id)
			if err != nil {
				return err
			}
			e.Note = "tried"
			_, err = b.Edit(ctx, s, e)
			return err
		}},
		{"entry", "entry.view", "entry.remove", func(ctx context.Context, s tx, b timesheet.Book, id [16]byte) error {
			e, _, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), id)
			if err != nil {
				return err
			}
			return b.Remove(ctx, s, id, e.Version)
		}},
	}
}

// mostTries bounds what one ask tries.
const mostTries = 2

// trial is something to try, and whether the oracle lets it.
type trial struct {
	what string
	site int
	want bool
	do   func(ctx context.Context, s storage.Tx) error
}

// try does some of what can be done and rolls it back: what is allowed is done,
// and nothing else is.
func (in *settlement) try(who asker, as access.Principal, pick int) error {
	trials, attempts := in.additions(who, pick), attempts()
	for _, t := range in.things() {
		for _, a := range attempts {
			if a.kind != t.Kind {
				continue
			}
			want := in.may(who, a.view, t) && in.may(who, a.action, t)
			trials = append(trials, trial{fmt.Sprintf("%s of %+v", a.action, t.key), who.site, want, func(ctx context.Context, s storage.Tx) error {
				return a.do(ctx, s, in.w.Book, in.ids[t.key])
			}})
		}
	}
	for i := range mostTries {
		t := trials[(pick*31+i*len(trials)/mostTries)%len(trials)]
		err := in.w.DB.Update(in.ctx, in.at(t.site), as, func(ctx context.Context, s storage.Tx) error {
			if err := t.do(ctx, s); err != nil {
				return err
			}
			return errRollback
		})
		done, denied := errors.Is(err, errRollback), errors.Is(err, fault.Denied) || errors.Is(err, fault.NotFound)
		if done == denied || done != t.want {
			return fmt.Errorf("person %d tries %s: the oracle says %v, the store %w", who.person, t.what, t.want, err)
		}
		in.met.count("try", done)
	}
	return nil
}

// additions are what can be added, to a project and to a site.
func (in *settlement) additions(who asker, pick int) (all []trial) {
	if who.site == none {
		who.site = pick % sites // what is added is added on a site
	}
	add := func(action string, l *land, t thing, seen bool, do func(ctx context.Context, s storage.Tx) error) {
		all = append(all, trial{fmt.Sprintf("%s on %+v", action, t), who.site, seen && l.may(who, action, t), do})
	}
	book, here := in.w.Book, thing{site: who.site, client: none, project: none, person: none}
	with := func(kind string, t thing) thing {
		t.Kind, t.N = kind, none
		return t
	}
	add("client.create", &in.land, with("client", here), true, func(ctx context.Context, s storage.Tx) error {
		_, err := book.AddClient(ctx, s, timesheet.Client{Name: "Tried"})
		return err
	})
	add("tag.create", &in.land, with("tag", here), true, func(ctx context.Context, s storage.Tx) error {
		_, err := book.AddTag(ctx, s, "Tried")
		return err
	})
	add("activity.create", &in.land, with("activity", here), true, func(ctx context.Context, s storage.Tx) error {
		_, err := book.AddActivity(ctx, s, "Tried")
		return err
	})
	for _, visibility := range []timesheet.Visibility{timesheet.Private, timesheet.Public} {
		next, t := in.land, with("project", here)
		t.project = len(next.projects)
		next.projects = append(slices.Clip(next.projects), landProject{site: who.site, client: none, public: visibility == timesheet.Public})
		add("project.create", &next, t, true, func(ctx context.Context, s storage.Tx) error {
			_, err := book.AddProject(ctx, s, timesheet.NewProject{Name: "Tried", Visibility: visibility})
			return err
		})
	}
	person := (who.person + pick) % in.people
	loose := with("entry", here)
	loose.person = person
	add("entry.track", &in.land, loose, true, in.tracking(person, none))
	for n, p := range in.projects {
		if p.site != who.site {
			continue
		}
		t, id := thing{site: p.site, client: p.client, project: n, person: none}, in.ids[key{Kind: "project", N: n}]
		seen := in.may(who, "project.view", with("project", t))
		add("task.create", &in.land, with("task", t), seen, func(ctx context.Context, s storage.Tx) error {
			_, err := book.AddTask(ctx, s, id, "Tried")
			return err
		})
		t.person = person
		add("entry.track", &in.land, with("entry", t), seen, in.tracking(person, n))
		if _, there := p.team[person]; !there {
			add("team.add", &in.land, with("team", t), seen, func(ctx context.Context, s storage.Tx) error {
				_, err := book.AddToTeam(ctx, s, id, in.person(person), false)
				return err
			})
		}
	}
	return all
}

// tracking records an hour of a person, on a project or without one.
func (in *settlement) tracking(person, project int) func(ctx context.Context, s storage.Tx) error {
	return func(ctx context.Context, s storage.Tx) error {
		e := timed(Start.AddDate(-1, 0, 0), 3600e9, noProject)
		e.Person = in.person(person)
		if project != none {
			e.Project = in.ids[key{Kind: "project", N: project}]
		}
		_, err := in.w.Book.Record(ctx, s, e)
		return err
	}
}
