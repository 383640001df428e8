package memory_test

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
	"github.com/seed-5be203e9/stint/timesheet/report"
)

func TestDomainsAreApart(t *testing.T) {
	b := open(t)
	e := b.record(t, 0, time.Hour)
	var other admin.Provisioned
	require.NoError(t, b.db.Installation(t.Context(), system.Because("test"), func(ctx context.Context, in storage.Installation) (err error) {
		other, err = admin.AddDomain(ctx, in, admin.Provision{Name: "Beta", Ref: "beta", Admin: tenancy.Membership{Name: "Ann", Ref: "ann"}})
		return err
	}))
	in, err := tenancy.NewResolver(b.db).ByRef(t.Context(), "beta")
	require.NoError(t, err)
	require.NoError(t, b.db.View(t.Context(), in, b.ann, func(ctx context.Context, v storage.View) error {
		require.Equal(t, other.Admin.ID, v.Who().Member())
		_, r, err := v.Entry(ctx, v.Who().Sees(timesheet.ViewEntry), e.ID)
		require.ErrorIs(t, err, fault.NotFound)
		require.True(t, r.IsZero())
		sum, err := report.Run(ctx, v, report.Query{})
		require.Zero(t, sum.Total.Seconds)
		return err
	}))
	require.ErrorIs(t, b.db.View(t.Context(), in, access.ByMember(b.made.Admin.ID), func(context.Context, storage.View) error { return nil }), fault.NoMember)
}

func TestRootHoldsNoBusiness(t *testing.T) {
	b := open(t)
	root := tenancy.NewResolver(b.db).Root()
	err := b.db.Update(t.Context(), root, system.Because("test"), func(ctx context.Context, s storage.Tx) error {
		_, err := admin.AddSite(ctx, s, tenancy.Site{Name: "Nowhere"})
		return err
	})
	require.ErrorIs(t, err, fault.Root)
}

// A handle of a View has no method that writes, whatever it is asserted to be.
func TestViewDoesNotWrite(t *testing.T) {
	b := open(t)
	require.NoError(t, b.db.View(t.Context(), b.in, b.ann, func(_ context.Context, v storage.View) error {
		_, writes := v.(interface{ NewID() [16]byte })
		require.False(t, writes)
		return nil
	}))
}

// A permit to act on a row as it is cannot be had by saying that it is
// elsewhere.
func TestPermitForAnotherPlace(t *testing.T) {
	b := open(t)
	var secret timesheet.Project
	require.NoError(t, b.update(t, func(ctx context.Context, s storage.Tx) error {
		m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: "Ben", Ref: "ben"})
		require.NoError(t, err)
		_, err = admin.GrantRole(ctx, s, m.ID, access.MemberRole)
		require.NoError(t, err)
		secret, err = b.book.AddProject(ctx, s, timesheet.NewProject{Name: "Secret"})
		return err
	}))
	e := timed(0, time.Hour)
	require.ErrorIs(t, b.db.Update(t.Context(), b.in, access.ByRef("ben"), func(ctx context.Context, s storage.Tx) error {
		require.True(t, s.Draft(access.Row{Kind: timesheet.KindEntry, ID: secret.ID, Site: secret.Site, Project: secret.ID}).IsZero())
		e.Project = secret.ID
		_, err := b.book.Record(ctx, s, e)
		return err
	}), fault.NotFound)
}
