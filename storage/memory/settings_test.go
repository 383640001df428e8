package memory_test

import (
	"cmp"
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func TestSettingsAndModules(t *testing.T) {
	b := open(t)
	ben := b.hire(t, "ben", access.MemberRole)
	add := func(name string) error {
		return b.db.Update(t.Context(), b.in, access.ByMember(ben.ID), func(ctx context.Context, s storage.Tx) error {
			_, err := b.book.AddProject(ctx, s, timesheet.NewProject{Name: name})
			return err
		})
	}
	t.Run("G6 a setting counts from the next transaction on", func(t *testing.T) {
		require.NoError(t, add("One"))
		b.set(t, timesheet.WhoCreatesProjects, timesheet.Admins)
		denied(t, "restricted_by_site_setting", add("Two"))
		b.set(t, timesheet.WhoCreatesProjects, timesheet.Everyone)
		require.NoError(t, add("Two"))
	})
	t.Run("J48 without the module custom roles neither are made nor grant", func(t *testing.T) {
		eve := b.hire(t, "eve", "")
		r := b.role(t, "Sees tags", access.Allow(always, timesheet.ViewTag)...)
		b.bind(t, access.Binding{Subject: access.Subject{Member: eve.ID}, Custom: r.ID, Place: everywhere})
		require.NoError(t, b.update(t, func(ctx context.Context, s storage.Tx) error { _, err := b.book.AddTag(ctx, s, "tag"); return err }))
		tags := func() (n int) {
			require.NoError(t, b.db.View(t.Context(), b.in, access.ByMember(eve.ID), func(ctx context.Context, v storage.View) error {
				page, err := v.Tags().List(ctx, v.Who().Sees(timesheet.ViewTag), access.Query{})
				n = len(page.Rows)
				return err
			}))
			return n
		}
		var after error
		modules := func(id tenancy.DomainID, off ...string) error {
			return b.db.Installation(t.Context(), system.Because("test"), func(ctx context.Context, in storage.Installation) error {
				_, r, err := in.Domains().Get(ctx, in.Who().Sees(admin.ViewDomain), b.made.Domain.ID)
				require.NoError(t, err)
				may, err := in.Who().May(admin.EditModules, r)
				require.NoError(t, err)
				require.ErrorIs(t, in.PutModules(ctx, access.Permit{}, tenancy.NewUUID(), off), fault.Proof)
				return cmp.Or(in.PutModules(ctx, may, id, off), after)
			})
		}
		require.Equal(t, 1, tags())
		require.ErrorIs(t, modules(tenancy.NewUUID(), access.CustomRoles), fault.NotFound)
		after = errors.New("mine")
		require.Equal(t, after, modules(b.made.Domain.ID, access.CustomRoles))
		require.Equal(t, 1, tags(), "rolled back")
		after = nil
		require.NoError(t, modules(b.made.Domain.ID, access.CustomRoles))
		require.Zero(t, tags())
		denied(t, "module_off", b.as(t, b.ann, func(ctx context.Context, s storage.Tx) error {
			_, err := admin.AddRole(ctx, s, access.Role{Name: "Another", Grants: access.Allow(always, timesheet.ViewTag)})
			return err
		}))
		require.NoError(t, modules(b.made.Domain.ID))
		require.Equal(t, 1, tags())
		events := b.log(t, tenancy.NewResolver(b.db).Root(), access.Query{Action: admin.EditModules})
		require.Len(t, events, 2, "in the root")
		require.Equal(t, b.made.Domain.Version, events[0].Version, "the domain is what it was")
	})
}

func TestAttenuated(t *testing.T) {
	b := open(t)
	nothing := func(context.Context, storage.View) error { return nil }
	t.Run("G3 a credential for a site opens no other", func(t *testing.T) {
		denied(t, "token_scope", b.db.View(t.Context(), b.in, b.ann.AtSite(tenancy.NewUUID()), nothing))
		require.NoError(t, b.db.View(t.Context(), b.whole(t), b.ann.AtSite(b.in.Site()), func(_ context.Context, v storage.View) error {
			require.Equal(t, b.in, v.Scope())
			return nil
		}))
	})
	t.Run("G3 a credential for some actions allows no other", func(t *testing.T) {
		denied(t, "token_scope", b.as(t, b.ann.Only(timesheet.CreateTag), func(ctx context.Context, s storage.Tx) error {
			_, err := admin.AddGroup(ctx, s, "Crew")
			return err
		}))
	})
}

func TestPublishing(t *testing.T) {
	b := open(t)
	ben := b.hire(t, "ben", access.MemberRole)
	var p timesheet.Project
	require.NoError(t, b.db.Update(t.Context(), b.in, access.ByMember(ben.ID), func(ctx context.Context, s storage.Tx) (err error) {
		p, err = b.book.AddProject(ctx, s, timesheet.NewProject{Name: "Dev"})
		return err
	}))
	p.Public = true
	publish := func(ctx context.Context, s storage.Tx) error { _, err := b.book.EditProject(ctx, s, p); return err }

	t.Run("G28 a permit to edit does not publish", func(t *testing.T) {
		err := b.db.Update(t.Context(), b.in, access.ByMember(ben.ID), func(ctx context.Context, s storage.Tx) error {
			_, r, err := s.Projects().Get(ctx, s.Who().Sees(timesheet.ViewProject), p.ID)
			require.NoError(t, err)
			may, err := s.Who().May(timesheet.EditProject, r)
			require.NoError(t, err)
			_, err = s.PutProject(ctx, may, p)
			return err
		})
		require.ErrorIs(t, err, fault.Proof)
	})
	t.Run("G28 who may change visibility is a setting", func(t *testing.T) {
		b.set(t, timesheet.WhoChangesVisibility, timesheet.Admins)
		denied(t, "restricted_by_site_setting", b.db.Update(t.Context(), b.in, access.ByMember(ben.ID), publish))
		b.set(t, timesheet.WhoChangesVisibility, timesheet.Managers)
		require.NoError(t, b.db.Update(t.Context(), b.in, access.ByMember(ben.ID), publish))
		p.Version, p.Public = 2, false
		require.NoError(t, b.db.Update(t.Context(), b.in, access.ByMember(ben.ID), publish), "and back")
	})
}
