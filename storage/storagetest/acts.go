package storagetest

import (
	"context"
	"strings"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// act does what an action is about: to the row with an id, or, if it creates,
// to a new one. Its error is the answer of the store.
type act func(ctx context.Context, s storage.Tx, id [16]byte) error

// acts returns an act for every action that writes in a domain.
func (w *World) acts() map[access.Action]act {
	type tx = storage.Tx
	return map[access.Action]act{
		admin.CreateSite:   w.calling("PutSite"),
		admin.CreateMember: w.calling("PutMember"),
		admin.Grant:        w.calling("PutBinding"),
		admin.MakeGroup:    w.calling("PutGroup"),
		admin.JoinGroup:    w.calling("PutGroupMember"),
		admin.MakeRole:     w.calling("PutRole"),
		admin.SetSetting:   w.calling("PutSetting"),

		timesheet.CreateClient:   w.calling("PutClient"),
		timesheet.CreateProject:  w.calling("PutProject"),
		timesheet.AddTeam:        w.calling("PutTeam"),
		timesheet.CreateTask:     w.calling("PutTask"),
		timesheet.CreateActivity: w.calling("PutActivity"),
		timesheet.CreateTag:      w.calling("PutTag"),
		timesheet.Track:          w.calling("PutEntry"),

		admin.EditSite:     changing(tx.Sites, admin.ViewSite, admin.EditSite, tx.PutSite, func(e *tenancy.Site) { e.Name += "!" }),
		admin.EditIdentity: changing(tx.Members, admin.ViewMember, admin.EditIdentity, tx.PutMember, func(e *tenancy.Membership) { e.Ref += "!" }),
		admin.EditMember:   changing(tx.Members, admin.ViewMember, admin.EditMember, tx.PutMember, func(e *tenancy.Membership) { e.Name += "!" }),
		admin.ChangeGroup:  changing(tx.Groups, admin.ViewGroup, admin.ChangeGroup, tx.PutGroup, func(e *access.Group) { e.Name += "!" }),
		admin.ChangeRole:   changing(tx.Roles, admin.ViewRole, admin.ChangeRole, tx.PutRole, func(e *access.CustomRole) { e.Name += "!" }),
		admin.EditSetting:  changing(tx.Settings, admin.ViewSetting, admin.EditSetting, tx.PutSetting, func(e *access.SiteSetting) { e.Value = timesheet.On }),

		timesheet.EditClient:   changing(tx.Clients, timesheet.ViewClient, timesheet.EditClient, tx.PutClient, func(e *timesheet.Client) { e.Name += "!" }),
		timesheet.EditTeam:     changing(tx.Teams, timesheet.ViewTeam, timesheet.EditTeam, tx.PutTeam, func(e *timesheet.Team) { e.Manager = !e.Manager }),
		timesheet.EditTask:     changing(tx.Tasks, timesheet.ViewTask, timesheet.EditTask, tx.PutTask, func(e *timesheet.Task) { e.Name += "!" }),
		timesheet.EditActivity: changing(tx.Activities, timesheet.ViewActivity, timesheet.EditActivity, tx.PutActivity, func(e *timesheet.Activity) { e.Name += "!" }),
		timesheet.EditTag:      changing(tx.Tags, timesheet.ViewTag, timesheet.EditTag, tx.PutTag, func(e *timesheet.Tag) { e.Name += "!" }),
		timesheet.EditProject: w.project(func(p *timesheet.Project) { p.Name += "!" }, func(ctx context.Context, s storage.Tx, p timesheet.Project) error {
			_, err := w.Book.EditProject(ctx, s, p)
			return err
		}),
		timesheet.EditVisibility: w.project(func(p *timesheet.Project) { p.Public = !p.Public }, publish),
		timesheet.EditEntry: func(ctx context.Context, s storage.Tx, id [16]byte) error {
			e, _, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), id)
			if err == nil {
				e.Note += "!"
				_, err = w.Book.Edit(ctx, s, e)
			}
			return err
		},

		admin.Revoke:       func(ctx context.Context, s storage.Tx, id [16]byte) error { return admin.RevokeRole(ctx, s, id) },
		admin.DropGroup:    func(ctx context.Context, s storage.Tx, id [16]byte) error { return admin.RemoveGroup(ctx, s, id) },
		admin.LeaveGroup:   func(ctx context.Context, s storage.Tx, id [16]byte) error { return admin.TakeFromGroup(ctx, s, id) },
		admin.DropRole:     func(ctx context.Context, s storage.Tx, id [16]byte) error { return admin.RemoveRole(ctx, s, id) },
		admin.ResetSetting: dropping(tx.Settings, admin.ViewSetting, admin.ResetSetting, tx.RemoveSetting),
		timesheet.RemoveTeam: func(ctx context.Context, s storage.Tx, id [16]byte) error {
			return w.Book.RemoveFromTeam(ctx, s, id)
		},
		timesheet.RemoveEntry: func(ctx context.Context, s storage.Tx, id [16]byte) error {
			e, _, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), id)
			if err != nil {
				return err
			}
			return w.Book.Remove(ctx, s, id, e.Version)
		},
	}
}

// calling makes an act of the call that the sweep knows of a method.
func (w *World) calling(method string) act {
	return func(ctx context.Context, s storage.Tx, _ [16]byte) error {
		args, err := txCalls()[method].args(ctx, w, s, prover{actor: s.Who()})
		if err == nil {
			_, err = invoke(ctx, s, method, args)
		}
		return err
	}
}

func changing[E any](rows func(storage.Tx) access.Rows[E], view, edit access.Action, put func(storage.Tx, context.Context, access.Permit, E) (E, error), how func(*E)) act {
	return func(ctx context.Context, s storage.Tx, id [16]byte) error {
		_, err := amend(ctx, s, rows(s), view, edit, id, func(ctx context.Context, may access.Permit, e E) (E, error) { return put(s, ctx, may, e) }, how)
		return err
	}
}

func dropping[E any, ID ~[16]byte](rows func(storage.Tx) access.Rows[E], view, remove access.Action, drop func(storage.Tx, context.Context, access.Permit, ID) error) act {
	return func(ctx context.Context, s storage.Tx, id [16]byte) error {
		_, r, err := rows(s).Get(ctx, s.Who().Sees(view), id)
		if err != nil {
			return err
		}
		may, err := s.Who().May(remove, r)
		if err != nil {
			return err
		}
		return drop(s, ctx, may, ID(id))
	}
}

// project makes an act that reads a project, changes it and puts it back.
func (w *World) project(how func(*timesheet.Project), put func(context.Context, storage.Tx, timesheet.Project) error) act {
	return func(ctx context.Context, s storage.Tx, id [16]byte) error {
		p, _, err := s.Projects().Get(ctx, s.Who().Sees(timesheet.ViewProject), id)
		if err != nil {
			return err
		}
		how(&p)
		return put(ctx, s, p)
	}
}

// publish writes a project of another visibility under the right to that alone.
func publish(ctx context.Context, s storage.Tx, p timesheet.Project) error {
	_, before, err := s.Projects().Get(ctx, s.Who().Sees(timesheet.ViewProject), p.ID)
	if err != nil {
		return err
	}
	row := before.Row()
	row.Facts ^= access.Public
	after, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), row)
	if err != nil {
		return err
	}
	may, err := s.Who().MayChange(timesheet.EditVisibility, before, after[0])
	if err != nil {
		return err
	}
	_, err = s.PutProject(ctx, may, p)
	return err
}

// writing returns the actions that write in a domain and that stores keep the
// rows of.
func (w *World) writing() (all []access.ActionSpec) {
	known := map[access.Kind]bool{}
	for _, r := range readers() {
		known[r.kind.Name] = true
	}
	for _, spec := range w.Policy.Actions() {
		if spec.Verb != access.Read && known[spec.Kind] {
			all = append(all, spec)
		}
	}
	return all
}

// readsOnly reports whether a method of a handle only reads.
func readsOnly(method string) bool {
	_, reads := viewCalls()[method]
	return reads || method == "Place" || strings.HasSuffix(method, ".Get") || strings.HasSuffix(method, ".List")
}
