package admin_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

func TestGrantRole(t *testing.T) {
	o := bootstrapped(t)
	eve := o.hire(t, "eve", access.MemberRole)
	o.hire(t, "cleo", access.SiteAdmin)
	grant := func(who string, atSite bool, person tenancy.MembershipID, role string) (b access.Binding, err error) {
		err = o.as(t, access.ByRef(who), atSite, func(ctx context.Context, s storage.Tx) error {
			b, err = admin.GrantRole(ctx, s, person, role)
			return err
		})
		return b, err
	}
	for name, c := range map[string]struct {
		who    string
		atSite bool
		person tenancy.MembershipID
		role   string
		want   fault.Code
	}{
		"a domain administrator of one site":  {"ann", true, eve.ID, access.DomainAdmin, "role_needs_domain"},
		"J4 the root's role in a domain":      {"ann", false, eve.ID, access.RootAdmin, "unknown_role"},
		"a role that there is not":            {"ann", false, eve.ID, "Member", "unknown_role"},
		"no role":                             {"ann", false, eve.ID, "", "bad_role"},
		"to nobody":                           {"ann", false, tenancy.MembershipID{}, access.MemberRole, "bad_subject"},
		"to somebody unknown":                 {"ann", false, tenancy.MembershipID{1}, access.MemberRole, fault.CodeReference},
		"T28 raising oneself":                 {"eve", true, eve.ID, access.SiteAdmin, fault.CodeDenied},
		"T28 raising oneself, in the domain":  {"eve", false, eve.ID, access.DomainAdmin, fault.CodeDenied},
		"a site's administrator, elsewhere":   {"cleo", false, eve.ID, access.MemberRole, fault.CodeDenied},
		"a site's administrator, beyond hers": {"cleo", false, eve.ID, access.DomainAdmin, fault.CodeDenied},
	} {
		b, err := grant(c.who, c.atSite, c.person, c.role)
		assert.Equal(t, c.want, fault.CodeOf(err), name)
		assert.Zero(t, b, name)
	}
	b, err := grant("cleo", true, eve.ID, access.SiteAdmin)
	require.NoError(t, err)
	assert.Equal(t, access.Place{Kind: access.AtSite, Site: o.made.Site.ID}, b.Place)
	b, err = grant("ann", false, eve.ID, access.DomainAdmin)
	require.NoError(t, err)
	assert.Equal(t, access.Place{Kind: access.Everywhere}, b.Place)

	// What is granted counts from the next transaction, and so does taking it away.
	require.NoError(t, o.as(t, access.ByRef("eve"), false, func(ctx context.Context, s storage.Tx) error {
		_, err := admin.AddSite(ctx, s, tenancy.Site{Name: "South"})
		return err
	}))
	require.NoError(t, o.as(t, access.ByRef("ann"), false, func(ctx context.Context, s storage.Tx) error { return admin.RevokeRole(ctx, s, b.ID) }))
	require.ErrorIs(t, o.as(t, access.ByRef("eve"), false, func(ctx context.Context, s storage.Tx) error {
		_, err := admin.AddSite(ctx, s, tenancy.Site{Name: "West"})
		return err
	}), fault.Denied)
	require.ErrorIs(t, o.as(t, access.ByRef("ann"), false, func(ctx context.Context, s storage.Tx) error { return admin.RevokeRole(ctx, s, b.ID) }), fault.NotFound)
}

// J4: the root has administrators only.
func TestRootTakesOnlyRootAdministrators(t *testing.T) {
	o := bootstrapped(t)
	root := tenancy.NewResolver(o.db).Root()
	for role, want := range map[string]fault.Code{access.MemberRole: "unknown_role", access.DomainAdmin: "unknown_role", access.SiteAdmin: "unknown_role", access.RootAdmin: ""} {
		err := o.db.Update(t.Context(), root, system.Because("test"), func(ctx context.Context, s storage.Tx) error {
			m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: "Root"})
			if err == nil {
				_, err = admin.GrantRole(ctx, s, m.ID, role)
			}
			return err
		})
		assert.Equal(t, want, fault.CodeOf(err), role)
	}
}

func TestZonesOfSitesAndPeopleAreChecked(t *testing.T) {
	o := bootstrapped(t)
	for _, zone := range []string{"Mars/Olympus", "Local", "+02:00", "../etc/passwd"} {
		err := o.as(t, access.ByRef("ann"), false, func(ctx context.Context, s storage.Tx) error {
			_, err := admin.AddSite(ctx, s, tenancy.Site{Name: "South", Zone: zone})
			return err
		})
		assert.Equal(t, fault.Code("unknown_zone"), fault.CodeOf(err), zone)
		err = o.as(t, access.ByRef("ann"), false, func(ctx context.Context, s storage.Tx) error {
			_, err := admin.AddMember(ctx, s, tenancy.Membership{Name: "Eve", Zone: zone})
			return err
		})
		assert.Equal(t, fault.Code("unknown_zone"), fault.CodeOf(err), zone)
	}
}
