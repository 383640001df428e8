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

// hidden is a need without which there is nothing to be found.
func hidden(n need) need {
	n.hidden = true
	return n
}

// allOf are needs of everything that there is.
func allOf(actions ...access.Action) (all []need) {
	for _, a := range actions {
		all = append(all, need{action: a, all: true})
	}
	return all
}

// useCases is the table of the deny sweep: every use case of packages admin and
// timesheet that is called with a handle of a domain.
func (w *World) useCases(t testing.TB) []useCase {
	t.Helper()
	type tx = storage.Tx
	d, b := w.A, w.Book
	ids := read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) (found struct {
		binding access.BindingID
		inCrew  tenancy.ID[access.GroupMember]
		inTeam  timesheet.TeamID
		group   access.GroupID
		role    access.CustomRole
	}, err error) {
		bindings, err := v.Bindings().List(ctx, v.Who().Sees(admin.ViewBinding), access.Query{Parent: d.Eve.ID})
		require.NoError(t, err)
		found.binding = bindings.Rows[0].ID
		crew, err := v.GroupMembers().List(ctx, v.Who().Sees(admin.ViewGroupMember), access.Query{Parent: d.Crew.ID})
		require.NoError(t, err)
		found.inCrew = crew.Rows[0].ID
		groups, err := v.Groups().List(ctx, v.Who().Sees(admin.ViewGroup), access.Query{Name: spareGroup})
		require.NoError(t, err)
		found.group = groups.Rows[0].ID
		roles, err := v.Roles().List(ctx, v.Who().Sees(admin.ViewRole), access.Query{Name: spareRole})
		found.role = roles.Rows[0]
		return found, err
	})
	for _, row := range w.team(t, d, d.Private.ID) {
		if row.Person == d.Ben.ID {
			ids.inTeam = row.ID
		}
	}
	helpful := access.Role{Name: "Swept", Grants: access.Allow(access.Unconditionally(), timesheet.ViewTag)}
	private, public := &d.Private, &d.Public
	sees := func(action access.Action) need { return hidden(need{action: action}) }
	seesPrivate := hidden(need{action: timesheet.ViewProject, project: private})
	seesTime := hidden(need{action: timesheet.ViewEntry, project: private, person: d.Ben.ID})
	oversees := allOf(admin.ViewMember, admin.ViewBinding, admin.ViewGroup, admin.ViewGroupMember, admin.ViewRole, admin.ViewSetting)
	hour := func(p timesheet.Project, of tenancy.Membership) timesheet.Entry {
		e := timed(Start.AddDate(0, 1, 0), time.Hour, p)
		e.Person = of.ID
		return e
	}
	return []useCase{
		{"admin.AddSite", true, []need{{action: admin.CreateSite}}, func(ctx context.Context, s tx) error {
			return ran(admin.AddSite(ctx, s, tenancy.Site{Name: "Swept"}))
		}},
		{"admin.AddMember", false, []need{{action: admin.CreateMember}}, func(ctx context.Context, s tx) error {
			return ran(admin.AddMember(ctx, s, tenancy.Membership{Name: "Swept"}))
		}},
		{"admin.MemberByRef", false, []need{hidden(need{action: admin.ViewMember, person: d.Eve.ID})}, func(ctx context.Context, s tx) error {
			return ran(admin.MemberByRef(ctx, s, d.Eve.Ref))
		}},
		{"admin.GrantRole", false, []need{{action: admin.Grant, person: d.Gus.ID}}, func(ctx context.Context, s tx) error {
			return ran(admin.GrantRole(ctx, s, d.Gus.ID, access.MemberRole))
		}},
		{"admin.Bind", false, []need{{action: admin.Grant}}, func(ctx context.Context, s tx) error {
			return ran(admin.Bind(ctx, s, access.Binding{Subject: access.Subject{Group: d.Crew.ID}, Role: access.Guest, Place: access.Place{Kind: access.AtSite, Site: d.North.Site()}}))
		}},
		{"admin.RevokeRole", false, []need{hidden(need{action: admin.ViewBinding, person: d.Eve.ID}), {action: admin.Revoke, person: d.Eve.ID}}, func(ctx context.Context, s tx) error {
			return admin.RevokeRole(ctx, s, ids.binding)
		}},
		{"admin.HeldBy", false, nil, func(ctx context.Context, s tx) error { return ran(admin.HeldBy(ctx, s, d.Eve.ID)) }},
		{"admin.WhoMay", true, oversees, func(ctx context.Context, s tx) error {
			return ran(admin.WhoMay(ctx, s, timesheet.ViewTag, s.Draft(access.Row{Kind: timesheet.KindTag, Site: d.North.Site()}), nil))
		}},
		{"admin.RoleImpact", true, append(oversees, sees(admin.ViewRole)), func(ctx context.Context, s tx) error {
			return ran(admin.RoleImpact(ctx, s, d.Helper.ID, access.Role{}, timesheet.Within(s)))
		}},
		{"admin.AddGroup", false, []need{{action: admin.MakeGroup}}, func(ctx context.Context, s tx) error {
			return ran(admin.AddGroup(ctx, s, "Swept"))
		}},
		{"admin.RenameGroup", false, []need{sees(admin.ViewGroup), {action: admin.ChangeGroup}}, func(ctx context.Context, s tx) error {
			return ran(admin.RenameGroup(ctx, s, d.Crew.ID, d.Crew.Version, "Swept"))
		}},
		{"admin.RemoveGroup", false, []need{sees(admin.ViewGroup), {action: admin.DropGroup}}, func(ctx context.Context, s tx) error {
			return admin.RemoveGroup(ctx, s, ids.group)
		}},
		{"admin.PutInGroup", false, []need{sees(admin.ViewGroup), {action: admin.JoinGroup, person: d.Eve.ID}}, func(ctx context.Context, s tx) error {
			return ran(admin.PutInGroup(ctx, s, d.Crew.ID, d.Eve.ID))
		}},
		{"admin.TakeFromGroup", false, []need{sees(admin.ViewGroupMember), {action: admin.LeaveGroup}}, func(ctx context.Context, s tx) error {
			return admin.TakeFromGroup(ctx, s, ids.inCrew)
		}},
		{"admin.AddRole", true, []need{{action: admin.MakeRole}}, func(ctx context.Context, s tx) error {
			return ran(admin.AddRole(ctx, s, helpful))
		}},
		{"admin.EditRole", true, []need{sees(admin.ViewRole), {action: admin.ChangeRole}}, func(ctx context.Context, s tx) error {
			return ran(admin.EditRole(ctx, s, ids.role.ID, ids.role.Version, helpful))
		}},
		{"admin.RemoveRole", false, []need{sees(admin.ViewRole), {action: admin.DropRole}}, func(ctx context.Context, s tx) error {
			return admin.RemoveRole(ctx, s, ids.role.ID)
		}},
		{"admin.Set", false, []need{{action: admin.SetSetting}}, func(ctx context.Context, s tx) error {
			return ran(admin.Set(ctx, s, d.North.Site(), access.Setting{Key: timesheet.WhoCreatesTags, Value: timesheet.Admins}))
		}},
		{"admin.Reset", false, []need{sees(admin.ViewSetting), {action: admin.ResetSetting}}, func(ctx context.Context, s tx) error {
			return admin.Reset(ctx, s, d.North.Site(), timesheet.LimitPublicData)
		}},

		{"Book.AddClient", false, []need{{action: timesheet.CreateClient}}, func(ctx context.Context, s tx) error {
			return ran(b.AddClient(ctx, s, timesheet.Client{Name: "Swept"}))
		}},
		{"Book.AddActivity", false, []need{{action: timesheet.CreateActivity}}, func(ctx context.Context, s tx) error {
			return ran(b.AddActivity(ctx, s, "Swept"))
		}},
		{"Book.AddTag", false, []need{{action: timesheet.CreateTag}}, func(ctx context.Context, s tx) error {
			return ran(b.AddTag(ctx, s, "Swept"))
		}},
		{"Book.AddProject", false, []need{{action: timesheet.CreateProject}}, func(ctx context.Context, s tx) error {
			return ran(b.AddProject(ctx, s, timesheet.NewProject{Name: "Swept", Visibility: timesheet.Private}))
		}},
		{"Book.AddProject", false, []need{{action: timesheet.CreateProject, public: access.Public}}, func(ctx context.Context, s tx) error {
			return ran(b.AddProject(ctx, s, timesheet.NewProject{Name: "Swept", Visibility: timesheet.Public}))
		}},
		{"Book.EditProject", false, []need{seesPrivate, {action: timesheet.EditProject, project: private}}, func(ctx context.Context, s tx) error {
			p := d.Private
			p.Name = "Swept"
			return ran(b.EditProject(ctx, s, p))
		}},
		{"Book.EditProject", false, []need{seesPrivate,
			{action: timesheet.EditProject, project: private}, {action: timesheet.EditProject, project: private, public: access.Public},
			{action: timesheet.EditVisibility, project: private}, {action: timesheet.EditVisibility, project: private, public: access.Public},
		}, func(ctx context.Context, s tx) error {
			p := d.Private
			p.Public = true
			return ran(b.EditProject(ctx, s, p))
		}},
		{"Book.MakePrivate", false, []need{hidden(need{action: timesheet.ViewProject, project: public}),
			{action: timesheet.EditProject, project: public}, {action: timesheet.EditVisibility, project: public},
		}, func(ctx context.Context, s tx) error {
			return ran(b.MakePrivate(ctx, s, d.Public.ID, d.Public.Version, false))
		}},
		{"Book.AddToTeam", false, []need{seesPrivate, {action: timesheet.AddTeam, project: private, person: d.Eve.ID}}, func(ctx context.Context, s tx) error {
			return ran(b.AddToTeam(ctx, s, d.Private.ID, d.Eve.ID, false))
		}},
		{"Book.RemoveFromTeam", false, []need{hidden(need{action: timesheet.ViewTeam, project: private}), {action: timesheet.RemoveTeam, project: private}}, func(ctx context.Context, s tx) error {
			return b.RemoveFromTeam(ctx, s, ids.inTeam)
		}},
		{"Book.AddTask", false, []need{seesPrivate, {action: timesheet.CreateTask, project: private}}, func(ctx context.Context, s tx) error {
			return ran(b.AddTask(ctx, s, d.Private.ID, "Swept"))
		}},
		{"Book.Record", false, []need{seesPrivate, {action: timesheet.Track, project: private, person: d.Ben.ID}}, func(ctx context.Context, s tx) error {
			return ran(b.Record(ctx, s, hour(d.Private, d.Ben)))
		}},
		{"Book.RecordAll", false, []need{seesPrivate, {action: timesheet.Track, project: private, person: d.Ben.ID}}, func(ctx context.Context, s tx) error {
			return ran(b.RecordAll(ctx, s, []timesheet.Entry{hour(d.Private, d.Ben)}))
		}},
		{"Book.Edit", false, []need{seesTime, {action: timesheet.EditEntry, project: private, person: d.Ben.ID}}, func(ctx context.Context, s tx) error {
			e := d.BensTime
			e.Note = "swept"
			return ran(b.Edit(ctx, s, e))
		}},
		{"Book.Remove", false, []need{seesTime, {action: timesheet.RemoveEntry, project: private, person: d.Ben.ID}}, func(ctx context.Context, s tx) error {
			return b.Remove(ctx, s, d.BensTime.ID, d.BensTime.Version)
		}},
		{"Book.WhoMay", true, oversees, func(ctx context.Context, s tx) error {
			return ran(b.WhoMay(ctx, s, timesheet.ViewTag, s.Draft(access.Row{Kind: timesheet.KindTag, Site: d.North.Site()})))
		}},
	}
}

// rootCases is the table of the use cases of the installation. Bootstrap opens
// it by itself.
func (w *World) rootCases() []rootCase {
	type in = storage.Installation
	return []rootCase{
		{"admin.AddDomain", []need{{action: admin.CreateDomain}, {action: admin.CreateAccount}}, func(ctx context.Context, h in) error {
			return ran(admin.AddDomain(ctx, h, admin.Provision{Name: "Swept", Admin: tenancy.Membership{Name: "Swept"}}))
		}},
		{"admin.AddHostname", []need{{action: admin.CreateHostname}}, func(ctx context.Context, h in) error {
			return ran(admin.AddHostname(ctx, h, w.A.ID, w.A.North.Site(), "swept.example"))
		}},
		{"admin.IssueEnrolment", []need{{action: admin.CreateEnrolment}}, func(ctx context.Context, h in) error {
			return ran(admin.IssueEnrolment(ctx, h, w.A.Admin.Account, w.A.ID))
		}},
		{"admin.Enrol", []need{hidden(need{action: admin.ViewEnrolment})}, func(ctx context.Context, h in) error {
			return ran(admin.Enrol(ctx, h, "whatever", "swept", "$hash"))
		}},
		{"admin.FindLogin", []need{hidden(need{action: admin.ViewLogin})}, func(ctx context.Context, h in) error {
			return ran(admin.FindLogin(ctx, h, "ada"))
		}},
	}
}
