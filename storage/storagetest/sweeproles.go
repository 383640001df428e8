package storagetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// The names of what the calls of the sweep remove.
const (
	spareGroup = "Spare group"
	spareRole  = "Spare role"
)

// spare adds a group, a role and a setting that nothing needs.
func (w *World) spare(t testing.TB) {
	t.Helper()
	require.NoError(t, w.DB.Update(t.Context(), w.A.Whole, by(w.A.Admin), func(ctx context.Context, s storage.Tx) error {
		if _, err := admin.AddGroup(ctx, s, spareGroup); err != nil {
			return err
		}
		if _, err := admin.AddRole(ctx, s, access.Role{Name: spareRole, Grants: access.Allow(access.Unconditionally(), timesheet.ViewTag)}); err != nil {
			return err
		}
		_, err := admin.Set(ctx, s, w.A.South.Site(), access.Setting{Key: timesheet.LimitPublicData, Value: timesheet.Off})
		return err
	}))
}

// roleCalls returns a valid call of every guarded method that writes groups,
// roles and settings, and of the one that keeps a host's log.
func roleCalls() map[string]call[storage.Tx] {
	type tx = storage.Tx
	k := storage.NewKinds()
	return map[string]call[tx]{
		"PutGroup": {kind: admin.KindGroup, args: func(_ context.Context, _ *World, s tx, p prover) ([]any, error) {
			e := access.Group{ID: s.NewID(), CreatedAt: s.Now(), Name: "Swept"}
			may, err := p.may(admin.MakeGroup, s.Draft(access.Row{Kind: admin.KindGroup, ID: e.ID}))
			return []any{may, e}, err
		}},
		"RemoveGroup": removing(k.Groups, tx.Groups, admin.ViewGroup, admin.DropGroup, access.Query{Name: spareGroup}),
		"PutGroupMember": {kind: admin.KindGroupMember, args: func(_ context.Context, w *World, s tx, p prover) ([]any, error) {
			e := access.GroupMember{ID: s.NewID(), CreatedAt: s.Now(), Group: w.A.Crew.ID, Member: w.A.Eve.ID}
			may, err := p.may(admin.JoinGroup, s.Draft(access.Row{Kind: admin.KindGroupMember, ID: e.ID, Person: e.Member}))
			return []any{may, e}, err
		}},
		"RemoveGroupMember": removing(k.InGroups, tx.GroupMembers, admin.ViewGroupMember, admin.LeaveGroup, access.Query{}),
		"PutRole": {kind: admin.KindRole, args: func(_ context.Context, _ *World, s tx, p prover) ([]any, error) {
			e := access.CustomRole{ID: s.NewID(), CreatedAt: s.Now(), Name: "Swept", Grants: "tag.view: always"}
			may, err := p.may(admin.MakeRole, s.Draft(access.Row{Kind: admin.KindRole, ID: e.ID}))
			return []any{may, e}, err
		}},
		"RemoveRole": removing(k.Roles, tx.Roles, admin.ViewRole, admin.DropRole, access.Query{Name: spareRole}),
		"PutSetting": {kind: admin.KindSetting, args: func(_ context.Context, w *World, s tx, p prover) ([]any, error) {
			e := access.SiteSetting{ID: s.NewID(), CreatedAt: s.Now(), Site: w.A.North.Site(), Key: timesheet.WhoCreatesTags, Value: timesheet.Everyone}
			may, err := p.may(admin.SetSetting, s.Draft(access.Row{Kind: admin.KindSetting, ID: e.ID, Site: e.Site}))
			return []any{may, e}, err
		}},
		"RemoveSetting": removing(k.Settings, tx.Settings, admin.ViewSetting, admin.ResetSetting, access.Query{}),
		"Log": {kind: kindExpense, args: func(_ context.Context, w *World, s tx, p prover) ([]any, error) {
			row := access.Row{Kind: kindExpense, ID: s.NewID(), Site: w.A.North.Site(), Person: w.A.Ben.ID}
			may, err := p.may(addExpense, s.Draft(row))
			return []any{may, row}, err
		}},
	}
}

// removing is the call that removes the first row that a query finds.
func removing[E any](of storage.Of[E], rows func(storage.Tx) access.Rows[E], view, remove access.Action, q access.Query) call[storage.Tx] {
	return call[storage.Tx]{kind: of.Name, args: func(ctx context.Context, _ *World, s storage.Tx, p prover) ([]any, error) {
		first, err := follow(func(after string) (access.Page[E], error) { return rows(s).List(ctx, s.Who().Sees(view), q) })
		if err != nil || len(first) == 0 {
			return nil, fault.NotFound.Because(err)
		}
		id := idOf(of, first[0])
		_, r, err := rows(s).Get(ctx, s.Who().Sees(view), id)
		if err != nil {
			return nil, err
		}
		may, err := p.may(remove, r)
		return []any{may, id}, err
	}}
}
