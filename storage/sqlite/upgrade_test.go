package sqlite_test

import (
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/seed-5be203e9/stint/storage/internal/bunstore"
	"github.com/seed-5be203e9/stint/storage/internal/stmtcheck"
	"github.com/seed-5be203e9/stint/storage/sqlite"
)

// What an older version of Stint has stored is there after Migrate, also where a
// table had to be made anew.
func TestUpgrade(t *testing.T) {
	const first = "20261122000000_init.tx.up.sql"
	text, err := fs.ReadFile(sqlite.Migrations(), first)
	require.NoError(t, err)
	db, _ := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), "stint.db")})
	require.NoError(t, bunstore.Migrate(t.Context(), bun.NewDB(db.SQL(), sqlitedialect.New()), fstest.MapFS{first: {Data: text}}))
	const root = "x'00000000000070008000000000000001'"
	for _, row := range []string{
		"insert into stint_memberships (domain_id, id, version, created_at, name, name_key, zone, status) values (" + root + ", x'0102030405060708090a0b0c0d0e0f10', 1, 0, 'Rae', 'rae', '', 'active')",
		"insert into stint_bindings (domain_id, id, version, created_at, membership_id, role, place, until_at) values (" + root + ", x'1102030405060708090a0b0c0d0e0f10', 3, 5, x'0102030405060708090a0b0c0d0e0f10', 'root_admin', 'domain', 99)",
		"insert into stint_events (domain_id, id, version, created_at, action, reason, kind, object_id, public, was_public) values (" + root + ", x'2102030405060708090a0b0c0d0e0f10', 7, 11, 'binding.create', 'system: x', 'binding', x'1102030405060708090a0b0c0d0e0f10', 0, 1)",
	} {
		_, err := db.SQL().ExecContext(t.Context(), row)
		require.NoError(t, err)
	}
	require.NoError(t, db.Migrate(t.Context()))
	require.Empty(t, stmtcheck.Lint(catalogue(t, db.SQL()), "blob"))
	for query, want := range map[string]string{
		"select hex(id) || version || created_at || hex(membership_id) || coalesce(group_id, '-') || everyone || role || coalesce(role_id, '-') || place || until_at from stint_bindings where domain_id = " + root: "1102030405060708090A0B0C0D0E0F10350102030405060708090A0B0C0D0E0F10-0root_admin-domain99",
		"select hex(id) || version || created_at || action || denied || reason || kind || hex(object_id) || public || was_public || coalesce(before_text, '-') from stint_events where domain_id = " + root:         "2102030405060708090A0B0C0D0E0F10711binding.create0system: xbinding1102030405060708090A0B0C0D0E0F1001-",
	} {
		var got string
		require.NoError(t, db.SQL().QueryRowContext(t.Context(), query).Scan(&got))
		require.Equal(t, want, got)
	}
}
