package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func eventTests() []test {
	return []test{
		in("T12 each write has its event", eachWriteHasEvent),
		in("T12 an event says who, why, and from where to where", eventSays),
		in("T12 what fails leaves no event", failureLeavesNone),
		in("T12 the log is for administrators", logForAdmins),
	}
}

// log returns the events of a domain, in order of id.
func (w *World) log(t testing.TB, d *Domain) []access.Event {
	t.Helper()
	var events []access.Event
	for _, row := range read(t, w, d.Whole, by(d.Admin), readerOf(admin.KindEvent).all) {
		events = append(events, row.entity.(access.Event))
	}
	return events
}

// since returns the events of one kind that were not there before.
func since(before, after []access.Event, kind access.Kind) []access.Event {
	old := map[access.EventID]bool{}
	for _, e := range before {
		old[e.ID] = true
	}
	var added []access.Event
	for _, e := range after {
		if !old[e.ID] && (kind == "" || e.Kind == kind) {
			added = append(added, e)
		}
	}
	return added
}

// eachWriteHasEvent plays every step of the script: each leaves the events of
// what it wrote and no others.
func eachWriteHasEvent(t *testing.T, w *World) {
	type written struct {
		kind   access.Kind
		action access.Action
		n      int
	}
	want := map[string]written{
		"add a site":                      {admin.KindSite, admin.CreateSite, 1},
		"add a person":                    {admin.KindMember, admin.CreateMember, 1},
		"give her a role":                 {admin.KindBinding, admin.Grant, 1},
		"add a client":                    {timesheet.KindClient, timesheet.CreateClient, 1},
		"add a project":                   {timesheet.KindProject, timesheet.CreateProject, 1},
		"put her in the team":             {timesheet.KindTeam, timesheet.AddTeam, 1},
		"add a task":                      {timesheet.KindTask, timesheet.CreateTask, 1},
		"add an activity":                 {timesheet.KindActivity, timesheet.CreateActivity, 1},
		"add a tag":                       {timesheet.KindTag, timesheet.CreateTag, 1},
		"record an entry":                 {timesheet.KindEntry, timesheet.Track, 1},
		"record many":                     {timesheet.KindEntry, timesheet.Track, 2},
		"rename the site":                 {admin.KindSite, admin.EditSite, 1},
		"rename the person":               {admin.KindMember, admin.EditMember, 1},
		"make her a manager":              {timesheet.KindTeam, timesheet.EditTeam, 1},
		"edit the entry":                  {timesheet.KindEntry, timesheet.EditEntry, 1},
		"remove another":                  {timesheet.KindEntry, timesheet.RemoveEntry, 1},
		"archive the tag":                 {timesheet.KindTag, timesheet.EditTag, 1},
		"rename the activity":             {timesheet.KindActivity, timesheet.EditActivity, 1},
		"rename the task":                 {timesheet.KindTask, timesheet.EditTask, 1},
		"archive the client":              {timesheet.KindClient, timesheet.EditClient, 1},
		"take her out of the team":        {timesheet.KindTeam, timesheet.RemoveTeam, 1},
		"publish and archive the project": {timesheet.KindProject, timesheet.EditProject, 1},
		"take her role away":              {admin.KindBinding, admin.Revoke, 1},
		"add a group":                     {admin.KindGroup, admin.MakeGroup, 1},
		"put her in the group":            {admin.KindGroupMember, admin.JoinGroup, 1},
		"make a role":                     {admin.KindRole, admin.MakeRole, 1},
		"set a setting":                   {admin.KindSetting, admin.SetSetting, 1},
		"rename the group":                {admin.KindGroup, admin.ChangeGroup, 1},
		"take her out of the group":       {admin.KindGroupMember, admin.LeaveGroup, 1},
		"remove the group":                {admin.KindGroup, admin.DropGroup, 1},
		"change the role":                 {admin.KindRole, admin.ChangeRole, 1},
		"remove the role":                 {admin.KindRole, admin.DropRole, 1},
		"change the setting":              {admin.KindSetting, admin.EditSetting, 1},
		"reset the setting":               {admin.KindSetting, admin.ResetSetting, 1},
	}
	var m made
	for _, one := range append(creation(), alteration()...) {
		require.Contains(t, want, one.name)
		before := w.log(t, w.A)
		w.Clock.Advance(time.Second)
		w.play(t, w.A, []step{one}, &m, nil)
		expected := want[one.name]
		after := w.log(t, w.A)
		added := since(before, after, expected.kind)
		require.Len(t, added, expected.n, one.name)
		for _, e := range added {
			require.Equal(t, expected.action, e.Action, one.name)
			require.Equal(t, w.A.Admin.ID, e.Actor, one.name)
			require.Contains(t, e.Reason, access.DomainAdmin, "%s: the role that allowed it", one.name)
			require.Equal(t, w.Clock.Now(), e.At, one.name)
			require.NotEqual(t, [16]byte{}, e.Object, one.name)
			require.NotZero(t, e.Version, one.name)
		}
		others := len(since(before, after, "")) - len(added)
		if expected.kind == timesheet.KindProject && expected.action == timesheet.CreateProject {
			require.LessOrEqual(t, others, 1, "the first team of a project may have its own")
		} else {
			require.Zero(t, others, "%s: events of something else", one.name)
		}
	}
}

func eventSays(t *testing.T, w *World) {
	d := w.A
	before := w.log(t, d)
	e := d.BensTime
	e.Project, e.Task = d.Public.ID, timesheet.TaskID{}
	e, err := w.edit(t, d.North, by(d.Ben), e)
	require.NoError(t, err)
	got := since(before, w.log(t, d), "")
	require.Len(t, got, 1)
	got[0].ID = access.EventID{}
	reason := got[0].Reason
	require.Contains(t, reason, access.MemberRole)
	require.Contains(t, reason, "own")
	require.Equal(t, access.Event{
		At: w.Clock.Now(), Actor: d.Ben.ID, Action: timesheet.EditEntry, Reason: reason, Kind: timesheet.KindEntry, Object: e.ID, Version: 2,
		Site: d.North.Site(), Project: d.Public.ID, Person: d.Ben.ID, Public: true,
		Was: access.Whereabouts{Site: d.North.Site(), Client: d.Client.ID, Project: d.Private.ID, Person: d.Ben.ID},
	}, got[0], "from a private project of a client to a public one")

	before = w.log(t, d)
	p := d.Private
	p.Public = true
	_, err = w.editProject(t, d.North, by(d.Ann), p)
	require.NoError(t, err)
	got = since(before, w.log(t, d), "")
	require.Len(t, got, 1)
	require.False(t, got[0].Was.Public)
	require.True(t, got[0].Public, "published: who may see it changed with it")

	before = w.log(t, d)
	const why = "nightly tidying"
	write(t, w, d.North, system.Because(why), func(ctx context.Context, s storage.Tx) (timesheet.Tag, error) { return w.Book.AddTag(ctx, s, "tidy") })
	got = since(before, w.log(t, d), "")
	require.Len(t, got, 1)
	require.True(t, got[0].Actor.IsZero())
	require.Contains(t, got[0].Reason, why, "the constant reason of the system")
	require.Equal(t, access.Whereabouts{}, got[0].Was, "it was nowhere before")
	require.Equal(t, int64(1), got[0].Version)

	// A domain begins with the events of its first administrator.
	kinds := map[access.Kind]bool{}
	for _, e := range before {
		if e.Actor.IsZero() {
			kinds[e.Kind] = true
		}
	}
	for _, kind := range []access.Kind{admin.KindSite, admin.KindMember, admin.KindBinding} {
		require.True(t, kinds[kind], "a %s made with the domain", kind)
	}
}

func failureLeavesNone(t *testing.T, w *World) {
	d := w.A
	before := w.log(t, d)
	_, err := w.Record(t, d.North, by(d.Eve), timed(later, time.Hour, d.Private))
	require.ErrorIs(t, err, fault.NotFound)
	stale := d.AnnsTime
	stale.Version = 9
	_, err = w.edit(t, d.North, by(d.Ann), stale)
	require.ErrorIs(t, err, fault.Stale)
	_, err = w.edit(t, d.North, by(d.Ann), d.BensTime)
	require.ErrorIs(t, err, fault.Denied)
	for what, fn := range map[string]func(ctx context.Context, s storage.Tx) error{
		"a conflict": func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddClient(ctx, s, timesheet.Client{Name: "ACME"})
			return err
		},
		"a bad reference": func(ctx context.Context, s storage.Tx) error {
			_, err := admin.GrantRole(ctx, s, tenancy.NewUUID(), access.MemberRole)
			return err
		},
		"a rollback": func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddClient(ctx, s, timesheet.Client{Name: "Other"})
			require.NoError(t, err)
			return errMine
		},
	} {
		require.Error(t, w.DB.Update(t.Context(), d.North, by(d.Admin), fn), what)
	}
	require.Equal(t, before, w.log(t, d))
}

func logForAdmins(t *testing.T, w *World) {
	d := w.A
	for _, m := range []tenancy.Membership{d.Chief, d.Ann, d.Gus, d.Sue} {
		for name, scope := range d.scopes() {
			require.Empty(t, read(t, w, scope, by(m), readerOf(admin.KindEvent).all), "%s in %s", m.Name, name)
		}
	}
	one := w.log(t, d)[0]
	events := read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) ([]access.Event, error) {
		page, err := v.Events().List(ctx, v.Who().Sees(admin.ViewEvent), access.Query{Parent: one.Object})
		return page.Rows, err
	})
	require.NotEmpty(t, events)
	for _, e := range events {
		require.Equal(t, one.Object, e.Object, "the history of one thing")
	}
}
