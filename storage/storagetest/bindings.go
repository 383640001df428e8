package storagetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// everywhere is the whole domain as a place.
var everywhere = access.Place{Kind: access.Everywhere}

func atSite(in tenancy.Scope) access.Place {
	return access.Place{Kind: access.AtSite, Site: in.Site()}
}

func atProject(p timesheet.Project) access.Place {
	return access.Place{Kind: access.AtProject, Project: p.ID}
}

func ofGroup(g access.Group) access.Place {
	return access.Place{Kind: access.OfGroup, Group: g.ID}
}

func to(m tenancy.Membership) access.Subject { return access.Subject{Member: m.ID} }

// give binds a role as the domain's administrator.
func (w *World) give(t testing.TB, d *Domain, b access.Binding) access.Binding {
	t.Helper()
	return write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.Binding, error) {
		return admin.Bind(ctx, s, b)
	})
}

// newcomer adds a person who holds nothing.
func (w *World) newcomer(t testing.TB, d *Domain, name string) tenancy.Membership {
	t.Helper()
	return write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (tenancy.Membership, error) {
		return admin.AddMember(ctx, s, tenancy.Membership{Name: name})
	})
}

// group adds a group of people.
func (w *World) group(t testing.TB, d *Domain, name string, people ...tenancy.Membership) access.Group {
	t.Helper()
	g := write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.Group, error) {
		return admin.AddGroup(ctx, s, name)
	})
	for _, m := range people {
		w.enter(t, d, g, m)
	}
	return g
}

// enter puts a person into a group.
func (w *World) enter(t testing.TB, d *Domain, g access.Group, m tenancy.Membership) access.GroupMember {
	t.Helper()
	return write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.GroupMember, error) {
		return admin.PutInGroup(ctx, s, g.ID, m.ID)
	})
}

// manage does something in the whole domain as its administrator.
func (w *World) manage(t testing.TB, d *Domain, fn func(ctx context.Context, s storage.Tx) error) {
	t.Helper()
	require.NoError(t, w.DB.Update(t.Context(), d.Whole, by(d.Admin), fn))
}

// revoke takes a binding away.
func (w *World) revoke(t testing.TB, d *Domain, b access.Binding) {
	t.Helper()
	w.manage(t, d, func(ctx context.Context, s storage.Tx) error { return admin.RevokeRole(ctx, s, b.ID) })
}
