package storagetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func auditTests() []test {
	return []test{
		in("G49 each denial of what is privileged is in the log, with its reason, and no other is", denialsLogged),
		in("G49 a denial is in the log whatever becomes of the transaction", denialsOfAll),
		in("G49 denials in the root are in the root's log", denialsInRoot),
		in("G49 an event names the role and the condition by which it was allowed", reasonsLogged),
		in("G49 changes of roles, bindings, groups and settings show before and after", beforeAndAfter),
		in("G49 the log is narrowed to who did what, to what, and when", logNarrowed),
		in("G49 a denial that is noted was one", notes),
	}
}

// found returns what a query finds in the log of a domain.
func (w *World) found(t testing.TB, d *Domain, q access.Query) []access.Event {
	t.Helper()
	return read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) ([]access.Event, error) {
		return follow(func(after string) (access.Page[access.Event], error) {
			q.After = after
			return v.Events().List(ctx, v.Who().Sees(admin.ViewEvent), q)
		})
	})
}

// denialsLogged tries everything that writes as somebody who sees all of it and
// may do none of it.
func denialsLogged(t *testing.T, w *World) {
	d := w.A
	w.spare(t)
	otto := w.hire(t, d, d.Whole, "Otto", access.DomainAuditor)
	for _, spec := range w.writing() {
		id := d.Private.ID.Raw()
		if spec.Verb != access.Create {
			id = &read(t, w, d.Whole, by(d.Admin), readerOf(spec.Kind).all)[0].id
		}
		before := w.log(t, d)
		err := w.DB.Update(t.Context(), d.Whole, by(otto), func(ctx context.Context, s storage.Tx) error {
			err := w.acts()[spec.Name](ctx, s, *id)
			_ = w.acts()[spec.Name](ctx, s, *id) // denied once more
			return err
		})
		denied(t, "no_grant_in_scope", err)
		events := since(before, w.log(t, d), "")
		if !spec.Privileged {
			require.Empty(t, events, spec.Name)
			continue
		}
		require.NotEmpty(t, events, spec.Name)
		if spec.Verb != access.Create { // something new is another each time
			require.Len(t, events, 1, "%s: of one row, once", spec.Name)
			require.Equal(t, *id, events[0].Object)
		}
		for _, e := range events {
			require.Equal(t, []any{otto.ID, spec.Name, spec.Kind, true, "no_grant_in_scope", w.Clock.Now()}, []any{e.Actor, e.Action, e.Kind, e.Denied, e.Reason, e.At})
			require.NotZero(t, e.ID)
		}
	}
}

func denialsOfAll(t *testing.T, w *World) {
	d := w.A
	grant := func(ctx context.Context, s storage.Tx) error {
		_, err := admin.GrantRole(ctx, s, d.Ben.ID, access.SiteAdmin)
		return err
	}
	for name, c := range map[string]struct {
		action access.Action
		wrote  bool
		run    func()
	}{
		"it failed by that": {admin.Grant, false, func() { denied(t, "no_grant_in_scope", w.DB.Update(t.Context(), d.North, by(d.Ben), grant)) }},
		"it was committed nevertheless": {admin.Grant, true, func() {
			require.NoError(t, w.DB.Update(t.Context(), d.North, by(d.Ben), func(ctx context.Context, s storage.Tx) error {
				denied(t, "no_grant_in_scope", grant(ctx, s))
				_, err := w.Book.AddTag(ctx, s, "kept")
				return err
			}))
		}},
		"it was rolled back for another reason": {admin.Grant, false, func() {
			require.ErrorIs(t, w.DB.Update(t.Context(), d.North, by(d.Ben), func(ctx context.Context, s storage.Tx) error {
				if _, err := w.Book.AddTag(ctx, s, "lost"); err != nil {
					return err
				}
				denied(t, "no_grant_in_scope", grant(ctx, s))
				return errMine
			}), errMine)
		}},
		"it panicked": {admin.Grant, false, func() {
			require.PanicsWithValue(t, "mine", func() {
				_ = w.DB.Update(t.Context(), d.North, by(d.Ben), func(ctx context.Context, s storage.Tx) error { _ = grant(ctx, s); panic("mine") })
			})
		}},
		"it only read": {timesheet.EditVisibility, false, func() {
			require.NoError(t, w.DB.View(t.Context(), d.North, by(d.Ben), func(ctx context.Context, v storage.View) error {
				_, r, err := v.Projects().Get(ctx, v.Who().Sees(timesheet.ViewProject), d.Private.ID)
				require.NoError(t, err)
				_, err = v.Who().May(timesheet.EditVisibility, r)
				denied(t, "condition_manager", err)
				return nil
			}))
		}},
		"it was its credential": {admin.Grant, false, func() { denied(t, "token_scope", w.DB.Update(t.Context(), d.North, by(d.Chief).ReadOnly(), grant)) }},
		"it gave more than is held": {admin.Grant, false, func() {
			denied(t, "grant_exceeds_own", w.grant(t, d.North, d.Chief, access.Row{Site: d.North.Site()},
				access.Binding{Subject: to(d.Ben), Role: access.DomainAdmin, Place: atSite(d.North)}))
		}},
	} {
		w.Clock.Advance(time.Second)
		before := w.log(t, d)
		c.run()
		events := since(before, w.log(t, d), "")
		var refused []access.Event
		for _, e := range events {
			if e.Denied {
				refused = append(refused, e)
			}
		}
		require.Len(t, refused, 1, name)
		require.Equal(t, c.action, refused[0].Action, name)
		require.Equal(t, w.Clock.Now(), refused[0].At, name)
		require.Equal(t, d.North.Site(), refused[0].Site, name)
		require.Equal(t, c.wrote, len(events) == 2, name)
	}
}

func denialsInRoot(t *testing.T, w *World) {
	root := tenancy.NewResolver(w.DB).Root()
	eyes := write(t, w, root, worker, func(ctx context.Context, s storage.Tx) (tenancy.Membership, error) {
		m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: "Eyes"})
		if err == nil {
			_, err = admin.GrantRole(ctx, s, m.ID, access.RootAuditor)
		}
		return m, err
	})
	before := w.log(t, w.A)
	denied(t, "no_grant_in_scope", w.DB.Installation(t.Context(), by(eyes), func(ctx context.Context, in storage.Installation) error {
		_, err := admin.AddDomain(ctx, in, admin.Provision{Name: "Never", Admin: first.Admin})
		return err
	}))
	require.NoError(t, w.DB.Installation(t.Context(), by(eyes), func(ctx context.Context, in storage.Installation) error {
		_, r, err := in.Domains().Get(ctx, in.Who().Sees(admin.ViewDomain), w.A.ID)
		require.NoError(t, err)
		_, err = in.Who().May(admin.EditModules, r)
		denied(t, "no_grant_in_scope", err)
		return nil
	}))
	events := read(t, w, root, by(eyes), func(ctx context.Context, v storage.View) ([]access.Event, error) {
		page, err := v.Events().List(ctx, v.Who().Sees(admin.ViewEvent), access.Query{Actor: eyes.ID})
		return page.Rows, err
	})
	require.Len(t, events, 2)
	for i, action := range []access.Action{admin.CreateDomain, admin.EditModules} {
		require.Equal(t, []any{action, true, "no_grant_in_scope"}, []any{events[i].Action, events[i].Denied, events[i].Reason})
	}
	require.Equal(t, [16]byte(w.A.ID), events[1].Object)
	require.Equal(t, before, w.log(t, w.A), "nothing of it is in the domain's")
}

func reasonsLogged(t *testing.T, w *World) {
	d := w.A
	editors := w.addRole(t, d, "Editors", access.Allow(access.When(access.Bound), timesheet.ViewEntry, timesheet.EditEntry))
	w.give(t, d, access.Binding{Subject: to(d.Eve), Custom: editors.ID, Place: ofGroup(d.Crew)})
	lead := w.newcomer(t, d, "Lea")
	w.give(t, d, access.Binding{Subject: to(lead), Role: access.ProjectManager, Place: atProject(d.Private)})
	for _, c := range []struct {
		m    tenancy.Membership
		act  access.Action
		id   [16]byte
		want string
	}{
		{d.Ben, timesheet.EditEntry, d.BensTime.ID, "member: own+member"},
		{d.Ann, timesheet.EditProject, d.Private.ID, "member: manager"},
		{d.Chief, timesheet.EditProject, d.Private.ID, "site_admin: always"},
		{d.Admin, timesheet.EditEntry, d.BensTime.ID, "domain_admin: always"},
		{lead, timesheet.EditProject, d.Private.ID, "project_manager: bound"},
		{d.Eve, timesheet.EditEntry, d.AnnsTime.ID, "custom role Editors: bound"},
		{d.Admin, admin.ChangeRole, editors.ID, "domain_admin: always"},
	} {
		before := w.log(t, d)
		require.NoError(t, w.DB.Update(t.Context(), d.Whole, by(c.m), func(ctx context.Context, s storage.Tx) error { return w.acts()[c.act](ctx, s, c.id) }))
		events := since(before, w.log(t, d), "")
		require.Len(t, events, 1)
		require.Equal(t, []any{c.m.ID, c.act, c.want, false}, []any{events[0].Actor, events[0].Action, events[0].Reason, events[0].Denied})
	}
}

func beforeAndAfter(t *testing.T, w *World) {
	d := w.A
	said := func(fn func(ctx context.Context, s storage.Tx) error) [2]string {
		t.Helper()
		before := w.log(t, d)
		w.manage(t, d, fn)
		events := since(before, w.log(t, d), "")
		require.Len(t, events, 1)
		return [2]string{events[0].Before, events[0].After}
	}
	var b access.Binding
	of := said(func(ctx context.Context, s storage.Tx) (err error) {
		b, err = admin.Bind(ctx, s, access.Binding{Subject: to(d.Eve), Role: access.Reporter, Place: atProject(d.Private), From: Start, Until: Start.Add(time.Hour)})
		return err
	})
	words := "reporter to person " + d.Eve.ID.String() + " in the project " + d.Private.ID.String() + " from 2024-03-04T09:00:00Z until 2024-03-04T10:00:00Z"
	require.Equal(t, [2]string{"", words}, of)
	require.Equal(t, [2]string{words, ""}, said(func(ctx context.Context, s storage.Tx) error { return admin.RevokeRole(ctx, s, b.ID) }))

	var m access.GroupMember
	of = said(func(ctx context.Context, s storage.Tx) (err error) {
		m, err = admin.PutInGroup(ctx, s, d.Crew.ID, d.Eve.ID)
		return err
	})
	words = "person " + d.Eve.ID.String() + " in group " + d.Crew.ID.String()
	require.Equal(t, [2]string{"", words}, of)
	require.Equal(t, [2]string{words, ""}, said(func(ctx context.Context, s storage.Tx) error { return admin.TakeFromGroup(ctx, s, m.ID) }))

	var r access.CustomRole
	require.Equal(t, [2]string{"", "Editors\ntag.view: always\nentry.edit: own"}, said(func(ctx context.Context, s storage.Tx) (err error) {
		r, err = admin.AddRole(ctx, s, access.Role{Name: "Editors", Grants: append(access.Allow(access.When(access.Own), timesheet.EditEntry), always(timesheet.ViewTag)...)})
		return err
	}))
	require.Equal(t, [2]string{"Editors\ntag.view: always\nentry.edit: own", "Editors\nentry.edit: own"}, said(func(ctx context.Context, s storage.Tx) error {
		_, err := admin.EditRole(ctx, s, r.ID, r.Version, access.Role{Name: "Editors", Grants: access.Allow(access.When(access.Own), timesheet.EditEntry)})
		return err
	}))
	require.Equal(t, [2]string{"Editors\nentry.edit: own", ""}, said(func(ctx context.Context, s storage.Tx) error { return admin.RemoveRole(ctx, s, r.ID) }))

	set := func(value string) func(ctx context.Context, s storage.Tx) error {
		return func(ctx context.Context, s storage.Tx) error {
			_, err := admin.Set(ctx, s, d.South.Site(), access.Setting{Key: timesheet.WhoCreatesTags, Value: value})
			return err
		}
	}
	at := " at site " + d.South.Site().String()
	require.Equal(t, [2]string{"", "who_may_create_tags=admins" + at}, said(set(timesheet.Admins)))
	require.Equal(t, [2]string{"who_may_create_tags=admins" + at, "who_may_create_tags=everyone" + at}, said(set(timesheet.Everyone)))
	require.Equal(t, [2]string{"who_may_create_tags=everyone" + at, ""}, said(func(ctx context.Context, s storage.Tx) error {
		return admin.Reset(ctx, s, d.South.Site(), timesheet.WhoCreatesTags)
	}))
}

func logNarrowed(t *testing.T, w *World) {
	d := w.A
	w.Clock.Advance(time.Hour)
	from := w.Clock.Now()
	w.recorded(t, d.North, by(d.Eve), timed(later, time.Hour, d.Public))
	w.Clock.Advance(time.Hour)
	w.set(t, d, d.North, timesheet.WhoCreatesTags, timesheet.Admins)
	denied(t, "no_grant_in_scope", w.DB.Update(t.Context(), d.North, by(d.Eve), func(ctx context.Context, s storage.Tx) error {
		_, err := admin.GrantRole(ctx, s, d.Eve.ID, access.SiteAdmin)
		return err
	}))
	all := w.found(t, d, access.Query{})
	require.Equal(t, all, w.log(t, d))
	narrow := func(keep func(access.Event) bool) []access.Event {
		return slices.DeleteFunc(slices.Clone(all), func(e access.Event) bool { return !keep(e) })
	}
	for name, c := range map[string]struct {
		q    access.Query
		keep func(access.Event) bool
	}{
		"who":                {access.Query{Actor: d.Eve.ID}, func(e access.Event) bool { return e.Actor == d.Eve.ID }},
		"what":               {access.Query{Action: timesheet.Track}, func(e access.Event) bool { return e.Action == timesheet.Track }},
		"to what":            {access.Query{Parent: d.Private.ID}, func(e access.Event) bool { return e.Object == [16]byte(d.Private.ID) }},
		"from":               {access.Query{From: from}, func(e access.Event) bool { return !e.At.Before(from) }},
		"until before":       {access.Query{To: from}, func(e access.Event) bool { return e.At.Before(from) }},
		"in an hour":         {access.Query{From: from, To: from.Add(time.Hour)}, func(e access.Event) bool { return !e.At.Before(from) && e.At.Before(from.Add(time.Hour)) }},
		"all of it together": {access.Query{From: from, Actor: d.Eve.ID, Action: admin.Grant}, func(e access.Event) bool { return e.Denied }},
	} {
		want := narrow(c.keep)
		require.NotEmpty(t, want, name)
		require.Less(t, len(want), len(all), name)
		for _, limit := range []int{0, 1} {
			c.q.Limit = limit
			require.Equal(t, want, w.found(t, d, c.q), name)
		}
	}
	require.Empty(t, w.found(t, d, access.Query{Actor: tenancy.NewUUID()}))
	require.Empty(t, w.found(t, d, access.Query{Action: "entry.fly"}))
	require.Empty(t, w.found(t, w.B, access.Query{Actor: d.Eve.ID}), "another domain's")
}

func notes(t *testing.T, w *World) {
	d := w.A
	one := access.Event{At: w.Clock.Now(), Actor: d.Eve.ID, Action: admin.Grant, Denied: true, Reason: "no_grant_in_scope", Kind: admin.KindBinding, Object: tenancy.NewUUID(), Person: d.Eve.ID}
	require.NoError(t, w.DB.Note(t.Context(), d.Whole, []access.Event{one}))
	got := w.found(t, d, access.Query{Parent: one.Object})
	require.Len(t, got, 1)
	one.ID = got[0].ID
	require.Equal(t, one, got[0])
	before := w.log(t, d)
	done := one
	done.Denied = false
	require.ErrorIs(t, w.DB.Note(t.Context(), d.Whole, []access.Event{done}), fault.Invalid)
	require.ErrorIs(t, w.DB.Note(t.Context(), tenancy.Scope{}, []access.Event{one}), fault.NoScope)
	require.NoError(t, w.DB.Note(t.Context(), d.Whole, nil))
	require.Equal(t, before, w.log(t, d))
}
