package postgres_test

import (
	"database/sql"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/seed-5be203e9/stint/storage/internal/bunstore"
	"github.com/seed-5be203e9/stint/storage/internal/pgtest"
	"github.com/seed-5be203e9/stint/storage/internal/stmtcheck"
	"github.com/seed-5be203e9/stint/storage/postgres"
)

// What an older version of Stint has stored is there after Migrate.
func TestUpgrade(t *testing.T) {
	const first = "20261122000000_init.tx.up.sql"
	text, err := fs.ReadFile(postgres.Migrations(), first)
	require.NoError(t, err)
	at := pgtest.New(t)
	config, err := pgx.ParseConfig(at.DSN)
	require.NoError(t, err)
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	pool := sql.OpenDB(stdlib.GetConnector(*config))
	defer pool.Close()
	require.NoError(t, bunstore.Migrate(t.Context(), bun.NewDB(pool, pgdialect.New()), fstest.MapFS{first: {Data: text}}))
	_, err = pool.ExecContext(t.Context(), `
		set stint.domain = '00000000-0000-7000-8000-000000000001';
		insert into stint_memberships (domain_id, id, version, created_at, name, name_key, zone, status)
			select domain_id, '01020304-0506-0708-090a-0b0c0d0e0f10', 1, now(), 'Rae', 'rae', '', 'active' from stint_domain_state;
		insert into stint_bindings (domain_id, id, version, created_at, membership_id, role, place)
			select domain_id, '11020304-0506-0708-090a-0b0c0d0e0f10', 3, now(), id, 'root_admin', 'domain' from stint_memberships;
		insert into stint_events (domain_id, id, version, created_at, action, reason, kind, object_id, public, was_public)
			select domain_id, '21020304-0506-0708-090a-0b0c0d0e0f10', 7, now(), 'binding.create', 'system: x', 'binding', id, false, true from stint_bindings`)
	require.NoError(t, err)
	db, err := postgres.Open(t.Context(), postgres.Config{DSN: at.DSN})
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.Migrate(t.Context()))
	super := connect(t, at.DSN)
	require.Empty(t, stmtcheck.Lint(catalogue(t, super), "uuid"))
	var binding, event string
	require.NoError(t, super.QueryRow(t.Context(), `select concat_ws(' ', id, version, membership_id, group_id, everyone, role, role_id, place) from stint_bindings`).Scan(&binding))
	require.Equal(t, "11020304-0506-0708-090a-0b0c0d0e0f10 3 01020304-0506-0708-090a-0b0c0d0e0f10 f root_admin domain", binding)
	require.NoError(t, super.QueryRow(t.Context(), `select concat_ws(' ', id, version, action, denied, reason, public, was_public, before_text) from stint_events`).Scan(&event))
	require.Equal(t, "21020304-0506-0708-090a-0b0c0d0e0f10 7 binding.create f system: x f t", event)
}
