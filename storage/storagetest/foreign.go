package storagetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// foreignIDs calls everything that takes an id with one that nobody has and
// with one of the other domain: the answers must be equal in every respect.
func foreignIDs(t *testing.T, w *World) {
	unknown := tenancy.NewUUID()
	theirs := map[access.Kind][16]byte{}
	read(t, w, w.B.Whole, by(w.B.Admin), func(ctx context.Context, v storage.View) (bool, error) {
		for _, r := range readers() {
			rows, err := r.all(ctx, v)
			require.NoError(t, err)
			require.NotEmpty(t, rows, "B has a %s", r.kind.Name)
			theirs[r.kind.Name] = rows[0].id
		}
		return true, nil
	})
	for _, r := range readers() {
		for name, scope := range w.A.scopes() {
			read(t, w, scope, by(w.A.Admin), func(ctx context.Context, v storage.View) (bool, error) {
				see := v.Who().Sees(r.view)
				none, noResource, notThere := r.get(ctx, v, see, unknown)
				got, resource, err := r.get(ctx, v, see, theirs[r.kind.Name])
				require.ErrorIs(t, err, fault.NotFound, "%s in %s", r.kind.Name, name)
				require.Equal(t, notThere, err, "the same answer for both")
				require.Equal(t, none.entity, got.entity, "and nothing with it")
				require.Equal(t, noResource, resource)
				require.True(t, resource.IsZero())
				page, err := r.list(ctx, v, see, access.Query{Parent: theirs[timesheet.KindProject], All: true})
				require.NoError(t, err)
				if len(r.kind.Parents) > 0 {
					require.Empty(t, page.Rows, "%s of a parent that is not there", r.kind.Name)
				}
				return true, nil
			})
		}
	}
	read(t, w, w.A.Whole, by(w.A.Admin), func(ctx context.Context, v storage.View) (bool, error) {
		see := v.Who().Sees(timesheet.ViewEntry)
		page, err := v.Entries(ctx, see, timesheet.EntryQuery{Person: w.B.Ann.ID})
		require.NoError(t, err)
		require.Empty(t, page.Rows)
		page, err = v.Entries(ctx, see, timesheet.EntryQuery{Project: w.B.Private.ID})
		require.NoError(t, err)
		require.Empty(t, page.Rows)
		for _, q := range []report.Query{{Projects: []timesheet.ProjectID{w.B.Private.ID}}, {Persons: []tenancy.MembershipID{w.B.Ann.ID}}} {
			sum, err := report.Run(ctx, v, q)
			require.NoError(t, err)
			require.Zero(t, sum.Total.Seconds)
		}
		return true, nil
	})

	type command func(ctx context.Context, s storage.Tx, id [16]byte) error
	here := access.Place{Kind: access.AtSite, Site: w.A.North.Site()}
	commands := map[string]struct {
		kind access.Kind
		do   command
	}{
		"record on a project": {timesheet.KindProject, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			_, err := w.Book.Record(ctx, s, timed(Start, time.Hour, timesheet.Project{ID: id}))
			return err
		}},
		"record for a person": {admin.KindMember, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			e := timed(Start, time.Hour, noProject)
			e.Person = id
			_, err := w.Book.Record(ctx, s, e)
			return err
		}},
		"record a task": {timesheet.KindTask, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			e := timed(Start, time.Hour, w.A.Private)
			e.Task = id
			_, err := w.Book.Record(ctx, s, e)
			return err
		}},
		"record an activity": {timesheet.KindActivity, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			e := timed(Start, time.Hour, noProject)
			e.Activity = id
			_, err := w.Book.Record(ctx, s, e)
			return err
		}},
		"record a tag": {timesheet.KindTag, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			e := timed(Start, time.Hour, noProject)
			e.Tags = []timesheet.TagID{id}
			_, err := w.Book.Record(ctx, s, e)
			return err
		}},
		"edit an entry": {timesheet.KindEntry, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			e := w.B.AnnsTime
			e.ID = id
			_, err := w.Book.Edit(ctx, s, e)
			return err
		}},
		"remove an entry": {timesheet.KindEntry, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			return w.Book.Remove(ctx, s, id, 1)
		}},
		"add a project for a client": {timesheet.KindClient, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			_, err := w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "New", Client: id})
			return err
		}},
		"edit a project": {timesheet.KindProject, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			p := w.B.Private
			p.ID = id
			_, err := w.Book.EditProject(ctx, s, p)
			return err
		}},
		"add a task": {timesheet.KindProject, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			_, err := w.Book.AddTask(ctx, s, id, "New")
			return err
		}},
		"add to a team": {timesheet.KindProject, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			_, err := w.Book.AddToTeam(ctx, s, id, w.A.Eve.ID, false)
			return err
		}},
		"add a person to a team": {admin.KindMember, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			_, err := w.Book.AddToTeam(ctx, s, w.A.Private.ID, id, false)
			return err
		}},
		"remove from a team": {timesheet.KindTeam, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			return w.Book.RemoveFromTeam(ctx, s, id)
		}},
		"grant a role": {admin.KindMember, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			_, err := admin.GrantRole(ctx, s, id, access.MemberRole)
			return err
		}},
		"rename a group": {admin.KindGroup, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			_, err := admin.RenameGroup(ctx, s, id, 1, "New")
			return err
		}},
		"remove a group": {admin.KindGroup, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			return admin.RemoveGroup(ctx, s, id)
		}},
		"put into a group": {admin.KindGroup, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			_, err := admin.PutInGroup(ctx, s, id, w.A.Eve.ID)
			return err
		}},
		"put a person into a group": {admin.KindMember, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			_, err := admin.PutInGroup(ctx, s, w.A.Crew.ID, id)
			return err
		}},
		"take out of a group": {admin.KindGroupMember, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			return admin.TakeFromGroup(ctx, s, id)
		}},
		"change a role": {admin.KindRole, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			_, err := admin.EditRole(ctx, s, id, 1, access.Role{Name: "New", Grants: access.Allow(access.Unconditionally(), timesheet.ViewTag)})
			return err
		}},
		"remove a role": {admin.KindRole, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			return admin.RemoveRole(ctx, s, id)
		}},
		"grant a role of the domain's own": {admin.KindRole, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			_, err := admin.Bind(ctx, s, access.Binding{Subject: access.Subject{Member: w.A.Eve.ID}, Custom: id, Place: here})
			return err
		}},
		"grant a role to a group": {admin.KindGroup, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			_, err := admin.Bind(ctx, s, access.Binding{Subject: access.Subject{Group: id}, Role: access.MemberRole, Place: here})
			return err
		}},
		"revoke a role": {admin.KindBinding, func(ctx context.Context, s storage.Tx, id [16]byte) error {
			return admin.RevokeRole(ctx, s, id)
		}},
	}
	for name, c := range commands {
		call := func(id [16]byte) error {
			return w.DB.Update(t.Context(), w.A.North, by(w.A.Admin), func(ctx context.Context, s storage.Tx) error { return c.do(ctx, s, id) })
		}
		want, got := call(unknown), call(theirs[c.kind])
		require.Error(t, got, name)
		require.Contains(t, []fault.Code{fault.CodeNotFound, fault.CodeReference}, fault.CodeOf(got), "%s: %v", name, got)
		require.Equal(t, withoutValue(want), withoutValue(got), "%s: the same answer for both", name)
	}
	err := w.DB.View(t.Context(), w.A.Whole.At(w.B.North.Site()), by(w.A.Admin), func(context.Context, storage.View) error { return nil })
	require.ErrorIs(t, err, fault.NotFound, "a site of another domain")
}

// withoutValue is an error without the id that it repeats from the caller.
func withoutValue(err error) fault.Error {
	var e *fault.Error
	if !errors.As(err, &e) {
		return fault.Error{}
	}
	c := *e
	c.Value, c.Cause = "", nil
	return c
}
