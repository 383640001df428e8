package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// made is what a script made in one domain.
type made struct {
	site     tenancy.Site
	member   tenancy.Membership
	binding  access.Binding
	client   timesheet.Client
	project  timesheet.Project
	team     timesheet.Team
	task     timesheet.Task
	activity timesheet.Activity
	tag      timesheet.Tag
	group    access.Group
	inGroup  access.GroupMember
	role     access.CustomRole
	setting  access.SiteSetting
	entry    timesheet.Entry
	many     []timesheet.Entry
}

// step is one transaction of a script, by an administrator.
type step struct {
	name  string
	whole bool // in the whole domain instead of the north
	do    func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) error
}

// creation makes one of every kind.
func creation() []step {
	return []step{
		{"add a site", true, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			m.site, err = admin.AddSite(ctx, s, tenancy.Site{Name: "East"})
			return err
		}},
		{"add a person", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			m.member, err = admin.AddMember(ctx, s, tenancy.Membership{Name: "Nora New", Ref: "nora", Email: "nora@example.org"})
			return err
		}},
		{"give her a role", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			m.binding, err = admin.GrantRole(ctx, s, m.member.ID, access.MemberRole)
			return err
		}},
		{"add a client", false, func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) (err error) {
			m.client, err = b.AddClient(ctx, s, timesheet.Client{Name: "Newco"})
			return err
		}},
		{"add a project", false, func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) (err error) {
			m.project, err = b.AddProject(ctx, s, timesheet.NewProject{Name: "Launch", Client: m.client.ID})
			return err
		}},
		{"put her in the team", false, func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) (err error) {
			m.team, err = b.AddToTeam(ctx, s, m.project.ID, m.member.ID, false)
			return err
		}},
		{"add a task", false, func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) (err error) {
			m.task, err = b.AddTask(ctx, s, m.project.ID, "Plan")
			return err
		}},
		{"add an activity", false, func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) (err error) {
			m.activity, err = b.AddActivity(ctx, s, "Calls")
			return err
		}},
		{"add a tag", false, func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) (err error) {
			m.tag, err = b.AddTag(ctx, s, "later")
			return err
		}},
		{"record an entry", false, func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) (err error) {
			e := timed(Start, time.Hour, m.project)
			e.Person, e.Task, e.Activity, e.Tags = m.member.ID, m.task.ID, m.activity.ID, []timesheet.TagID{m.tag.ID}
			e.External = timesheet.External{Source: "toggl", Key: "1"}
			m.entry, err = b.Record(ctx, s, e)
			return err
		}},
		{"record many", false, func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) (err error) {
			m.many, err = b.RecordAll(ctx, s, []timesheet.Entry{
				timed(Start.Add(2*time.Hour), time.Hour, m.project), timed(Start.Add(4*time.Hour), time.Hour, noProject),
			})
			return err
		}},
		{"add a group", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			m.group, err = admin.AddGroup(ctx, s, "Editors")
			return err
		}},
		{"put her in the group", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			m.inGroup, err = admin.PutInGroup(ctx, s, m.group.ID, m.member.ID)
			return err
		}},
		{"make a role", true, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			m.role, err = admin.AddRole(ctx, s, access.Role{Name: "Editor", Grants: access.Allow(access.Unconditionally(), timesheet.ViewTag)})
			return err
		}},
		{"set a setting", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			m.setting, err = admin.Set(ctx, s, s.Scope().Site(), access.Setting{Key: timesheet.WhoCreatesTags, Value: timesheet.Everyone})
			return err
		}},
	}
}

// alteration changes what creation made, and removes what can be.
func alteration() []step {
	archived := Start.Add(time.Minute)
	return []step{
		{"rename the site", true, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			_, err = amend(ctx, s, s.Sites(), admin.ViewSite, admin.EditSite, m.site.ID, s.PutSite, func(e *tenancy.Site) { e.Name = "Orient" })
			return err
		}},
		{"rename the person", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			_, err = amend(ctx, s, s.Members(), admin.ViewMember, admin.EditMember, m.member.ID, s.PutMember, func(e *tenancy.Membership) { e.Name = "Nora Newman" })
			return err
		}},
		{"make her a manager", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			_, err = amend(ctx, s, s.Teams(), timesheet.ViewTeam, timesheet.EditTeam, m.team.ID, s.PutTeam, func(e *timesheet.Team) { e.Manager = true })
			return err
		}},
		{"edit the entry", false, func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) error {
			e := m.entry
			e.End, e.Seconds, e.Note, e.Tags = e.End.Add(26*time.Hour), 0, "over midnight", nil
			_, err := b.Edit(ctx, s, e)
			return err
		}},
		{"remove another", false, func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) error {
			e, _, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), m.many[0].ID)
			if err != nil {
				return err
			}
			return b.Remove(ctx, s, e.ID, e.Version)
		}},
		{"archive the tag", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			_, err = amend(ctx, s, s.Tags(), timesheet.ViewTag, timesheet.EditTag, m.tag.ID, s.PutTag, func(e *timesheet.Tag) { e.ArchivedAt = archived })
			return err
		}},
		{"rename the activity", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			_, err = amend(ctx, s, s.Activities(), timesheet.ViewActivity, timesheet.EditActivity, m.activity.ID, s.PutActivity, func(e *timesheet.Activity) { e.Name = "Phone" })
			return err
		}},
		{"rename the task", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			_, err = amend(ctx, s, s.Tasks(), timesheet.ViewTask, timesheet.EditTask, m.task.ID, s.PutTask, func(e *timesheet.Task) { e.Name = "Planning" })
			return err
		}},
		{"archive the client", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			_, err = amend(ctx, s, s.Clients(), timesheet.ViewClient, timesheet.EditClient, m.client.ID, s.PutClient, func(e *timesheet.Client) { e.ArchivedAt = archived })
			return err
		}},
		{"take her out of the team", false, func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) error {
			return b.RemoveFromTeam(ctx, s, m.team.ID)
		}},
		{"publish and archive the project", false, func(ctx context.Context, s storage.Tx, b timesheet.Book, m *made) (err error) {
			p := m.project
			p.Name, p.Public, p.Client, p.ArchivedAt = "Launched", true, timesheet.ClientID{}, archived
			_, err = b.EditProject(ctx, s, p)
			return err
		}},
		{"take her role away", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) error {
			return admin.RevokeRole(ctx, s, m.binding.ID)
		}},
		{"rename the group", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			m.group, err = admin.RenameGroup(ctx, s, m.group.ID, m.group.Version, "Authors")
			return err
		}},
		{"take her out of the group", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) error {
			return admin.TakeFromGroup(ctx, s, m.inGroup.ID)
		}},
		{"remove the group", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) error {
			return admin.RemoveGroup(ctx, s, m.group.ID)
		}},
		{"change the role", true, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			m.role, err = admin.EditRole(ctx, s, m.role.ID, m.role.Version, access.Role{Name: "Author", Grants: access.Allow(access.Unconditionally(), timesheet.ViewActivity)})
			return err
		}},
		{"remove the role", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) error {
			return admin.RemoveRole(ctx, s, m.role.ID)
		}},
		{"change the setting", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) (err error) {
			m.setting, err = admin.Set(ctx, s, m.setting.Site, access.Setting{Key: m.setting.Key, Value: timesheet.Admins})
			return err
		}},
		{"reset the setting", false, func(ctx context.Context, s storage.Tx, _ timesheet.Book, m *made) error {
			return admin.Reset(ctx, s, m.setting.Site, m.setting.Key)
		}},
	}
}

// play runs a script in a domain, a transaction a step. before, if any, is
// called at the start of each.
func (w *World) play(t testing.TB, d *Domain, script []step, m *made, before func(i int)) {
	t.Helper()
	for i, step := range script {
		scope := d.North
		if step.whole {
			scope = d.Whole
		}
		err := w.DB.Update(t.Context(), scope, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
			if before != nil {
				before(i)
			}
			return step.do(ctx, s, w.Book, m)
		})
		require.NoError(t, err, step.name)
	}
}

// amend changes a row for which package timesheet or admin has no use case yet:
// it reads the row, asks for the permit and writes.
func amend[E any](ctx context.Context, s storage.Tx, rows access.Rows[E], view, edit access.Action, id [16]byte, put func(context.Context, access.Permit, E) (E, error), how func(*E)) (E, error) {
	e, r, err := rows.Get(ctx, s.Who().Sees(view), id)
	if err != nil {
		return e, err
	}
	may, err := s.Who().May(edit, r)
	if err != nil {
		return e, err
	}
	how(&e)
	return put(ctx, may, e)
}
