package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/sqlite"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// What an embedding program easily gets wrong has an answer, and an end.
func TestMistakes(t *testing.T) {
	db, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "stint.db"), Patience: 20 * time.Millisecond})
	require.NoError(t, err)
	boot := func() (admin.Bootstrapped, error) {
		return admin.Bootstrap(t.Context(), db, admin.Provision{Name: "Home", Admin: tenancy.Membership{Name: "Ann"}})
	}
	_, err = boot()
	require.Equal(t, fault.CodeNotMigrated, fault.CodeOf(err), "nothing migrates unasked")
	require.NoError(t, db.Migrate(t.Context()))
	_, err = boot()
	require.NoError(t, err)

	in, err := tenancy.NewResolver(db).Single(t.Context())
	require.NoError(t, err)
	nobody := system.Because("a test")
	write := func(ctx context.Context, s storage.Tx) error {
		_, err := s.Sites().List(ctx, s.Who().Sees(admin.ViewSite), access.Query{})
		return err
	}
	err = db.Update(t.Context(), in, nobody, func(ctx context.Context, s storage.Tx) error {
		if err := write(ctx, s); err != nil {
			return err
		}
		return db.Update(ctx, in, nobody, write) // waits for the one that it is inside of
	})
	require.Equal(t, fault.CodeBusy, fault.CodeOf(err))
	require.NoError(t, db.Update(t.Context(), in, nobody, write), "and the store goes on")

	require.NoError(t, db.Close())
	require.Equal(t, fault.CodeClosed, fault.CodeOf(db.Update(t.Context(), in, nobody, write)))
}
