package memory_test

import (
	"context"
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

// log returns what a query finds in the log of a domain.
func (b *bench) log(t *testing.T, in tenancy.Scope, q access.Query) (all []access.Event) {
	t.Helper()
	q.Limit = 1000
	require.NoError(t, b.db.View(t.Context(), in, worker, func(ctx context.Context, v storage.View) error {
		page, err := v.Events().List(ctx, v.Who().Sees(admin.ViewEvent), q)
		all = page.Rows
		return err
	}))
	return all
}

func TestDenialsAreNoted(t *testing.T) {
	b := open(t)
	ben := b.hire(t, "ben", access.MemberRole)
	as := access.ByMember(ben.ID)
	began := monday.Add(time.Hour)
	b.now = began
	made := len(b.log(t, b.whole(t), access.Query{}))
	grant := func(ctx context.Context, s storage.Tx) error {
		_, err := admin.GrantRole(ctx, s, ben.ID, access.DomainAdmin)
		return err
	}
	t.Run("G49 whether the transaction commits or not", func(t *testing.T) {
		denied(t, "no_grant_in_scope", b.as(t, as, grant))
		require.NoError(t, b.as(t, as, func(ctx context.Context, s storage.Tx) error {
			require.Error(t, grant(ctx, s))
			_, err := b.book.AddActivity(ctx, s, "Not privileged")
			require.Error(t, err)
			return nil
		}))
		require.Panics(t, func() {
			_ = b.as(t, as, func(ctx context.Context, s storage.Tx) error { _ = grant(ctx, s); panic("mine") })
		})
		events := b.log(t, b.whole(t), access.Query{From: began})
		require.Len(t, events, 3)
		for _, e := range events {
			require.NotZero(t, e.ID)
			require.Equal(t, access.Event{
				ID: e.ID, At: began, Actor: ben.ID, Action: admin.Grant, Denied: true, Reason: "no_grant_in_scope",
				Kind: admin.KindBinding, Object: e.Object, Person: ben.ID,
			}, e)
		}
	})
	t.Run("G49 in a View too", func(t *testing.T) {
		b.now = began.Add(time.Hour)
		require.NoError(t, b.db.View(t.Context(), b.whole(t), as, func(ctx context.Context, v storage.View) error {
			_, r, err := v.Members().Get(ctx, v.Who().Sees(admin.ViewMember), ben.ID)
			require.NoError(t, err)
			_, err = v.Who().May(admin.EditMember, r)
			denied(t, "no_grant_in_scope", err)
			return nil
		}))
		require.Len(t, b.log(t, b.whole(t), access.Query{Action: admin.EditMember, Actor: ben.ID}), 1)
	})
	t.Run("G49 in the root", func(t *testing.T) {
		root := tenancy.NewResolver(b.db).Root()
		var boss tenancy.Membership
		require.NoError(t, b.db.Update(t.Context(), root, worker, func(ctx context.Context, s storage.Tx) (err error) {
			if boss, err = admin.AddMember(ctx, s, tenancy.Membership{Name: "Boss"}); err == nil {
				_, err = admin.GrantRole(ctx, s, boss.ID, access.RootAuditor)
			}
			return err
		}))
		err := b.db.Installation(t.Context(), access.ByMember(boss.ID), func(ctx context.Context, in storage.Installation) error {
			_, err := admin.AddDomain(ctx, in, admin.Provision{Name: "New", Admin: tenancy.Membership{Name: "Ada"}})
			return err
		})
		denied(t, "no_grant_in_scope", err)
		require.Len(t, b.log(t, root, access.Query{Actor: boss.ID, Action: admin.CreateDomain}), 1)
	})
	t.Run("G49 inside a domain that is just made", func(t *testing.T) {
		d := tenancy.Domain{ID: tenancy.NewUUID(), Name: "Bare", Zone: "UTC"}
		require.NoError(t, b.db.Installation(t.Context(), worker, func(ctx context.Context, in storage.Installation) error {
			may, err := in.Who().May(admin.CreateDomain, in.Draft(access.Row{Kind: admin.KindDomain, ID: d.ID}))
			require.NoError(t, err)
			_, err = in.PutDomain(ctx, may, d)
			require.NoError(t, err)
			_, r, err := in.Domains().Get(ctx, in.Who().Sees(admin.ViewDomain), d.ID)
			require.NoError(t, err)
			off, err := in.Who().May(admin.EditModules, r)
			require.NoError(t, err)
			require.NoError(t, in.PutModules(ctx, off, d.ID, []string{access.CustomRoles}))
			return in.Enter(ctx, may, d.ID, func(ctx context.Context, s admin.Store) error {
				_, err := admin.AddRole(ctx, s, access.Role{Name: "Helper", Grants: access.Allow(always, timesheet.ViewTag)})
				denied(t, "module_off", err)
				return nil
			})
		}))
		in, err := tenancy.NewResolver(b.db).ByID(t.Context(), d.ID)
		require.NoError(t, err)
		require.Len(t, b.log(t, in, access.Query{Action: admin.MakeRole}), 1)
	})
	t.Run("G49 for who joined a host's transaction", func(t *testing.T) {
		event := access.Event{At: b.now, Actor: ben.ID, Action: admin.Grant, Kind: admin.KindBinding, Object: tenancy.NewUUID()}
		require.ErrorIs(t, b.db.Note(t.Context(), b.whole(t), []access.Event{event}), fault.Invalid, "it was not denied")
		event.Denied = true
		require.ErrorIs(t, b.db.Note(t.Context(), tenancy.Scope{}, []access.Event{event}), fault.NoScope)
		require.NoError(t, b.db.Note(t.Context(), b.whole(t), []access.Event{event}))
		require.Len(t, b.log(t, b.whole(t), access.Query{Parent: event.Object}), 1)
	})
	t.Run("G49 the log is narrowed by time", func(t *testing.T) {
		require.Len(t, b.log(t, b.whole(t), access.Query{To: began}), made, "before")
		require.Len(t, b.log(t, b.whole(t), access.Query{From: began, To: began.Add(time.Hour)}), 3, "the end is not part of it")
	})
}

func TestEventsSayRoles(t *testing.T) {
	b := open(t)
	ben := b.hire(t, "ben", "")
	given := b.bind(t, access.Binding{Subject: access.Subject{Member: ben.ID}, Role: access.MemberRole, Place: everywhere})
	r := b.role(t, "Helper", access.Allow(always, timesheet.ViewTag)...)
	b.write(t, func(ctx context.Context, s storage.Tx) error {
		_, err := admin.EditRole(ctx, s, r.ID, r.Version, access.Role{Name: "Helper", Grants: access.Allow(always, timesheet.ViewClient)})
		require.NoError(t, err)
		return admin.RevokeRole(ctx, s, given.ID)
	})
	t.Run("G49 changes of roles and bindings show before and after", func(t *testing.T) {
		words := func(a access.Action, object [16]byte) [2]string {
			events := b.log(t, b.whole(t), access.Query{Action: a, Parent: object})
			require.Len(t, events, 1)
			return [2]string{events[0].Before, events[0].After}
		}
		require.Equal(t, [2]string{"", given.String()}, words(admin.Grant, given.ID))
		require.Equal(t, [2]string{given.String(), ""}, words(admin.Revoke, given.ID))
		require.Equal(t, [2]string{"Helper\ntag.view: always", "Helper\nclient.view: always"}, words(admin.ChangeRole, r.ID))
	})
}
