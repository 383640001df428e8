package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const pollInterval = 10 * time.Millisecond

func dial(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func run(t *testing.T, dsn, sql string) {
	t.Helper()
	_, err := dial(t, dsn).Exec(t.Context(), sql)
	require.NoError(t, err)
}

func get[T any](t *testing.T, dsn, sql string, args ...any) (value T) {
	t.Helper()
	require.NoError(t, query(t.Context(), dsn, &value, sql, args...))
	return value
}

// Each way serves tests, where this machine has it.
func TestWays(t *testing.T) {
	forced := os.Getenv(envWay)
	local := func(t *testing.T) *server {
		s, err := startLocal(t.Context(), os.Getenv)
		// In CI only who brings a server by DSN may go without one here.
		if err != nil && forced != "local" && (os.Getenv("CI") != "true" || os.Getenv(envDSN) != "") {
			t.Skipf("!!! SKIPPED: %v", err)
		}
		require.NoError(t, err)
		t.Cleanup(s.close)
		return s
	}
	t.Run("local", func(t *testing.T) {
		t.Parallel()
		serves(t, local(t))
	})
	t.Run("dsn", func(t *testing.T) {
		t.Parallel()
		url := local(t).dsn
		config, err := pgx.ParseConfig(url)
		require.NoError(t, err)
		s, err := startDSN(t.Context(), env(envDSN+"="+fmt.Sprintf("host=%s user=postgres dbname=postgres", config.Host)))
		require.NoError(t, err)
		serves(t, s)
		s.close()
		sweeps(t, url)
	})
	t.Run("docker", func(t *testing.T) {
		t.Parallel()
		s, err := startDocker(t.Context(), os.Getenv)
		if err != nil && forced != "docker" {
			t.Skipf("!!! SKIPPED: %v", err)
		}
		require.NoError(t, err)
		t.Cleanup(s.close)
		serves(t, s)
	})
}

// serves checks databases, roles, templates and cleaning up on a server.
func serves(t *testing.T, s *server) {
	t.Helper()
	before := leftovers(t, s.dsn)
	t.Run("databases", func(t *testing.T) {
		a, b := s.database(t, ""), s.database(t, "")
		assert.NotEqual(t, a.DSN, b.DSN)
		assert.NotEqual(t, a.Role, b.Role)
		run(t, a.DSN, `create table secret (n int)`)
		assert.True(t, get[bool](t, a.DSN, `select to_regclass('secret') is not null`))
		assert.False(t, get[bool](t, b.DSN, `select to_regclass('secret') is not null`))

		app := a.AppDSN(t)
		assert.Equal(t, a.Role, get[string](t, app, `select current_user::text`))
		assert.False(t, get[bool](t, app, `select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole from pg_roles where rolname = current_user`))
		assert.False(t, get[bool](t, app, `select pg_has_role(datdba, 'member') from pg_database where datname = current_database()`))
		_, err := dial(t, app).Exec(t.Context(), `select * from secret`)
		assert.ErrorContains(t, err, "permission denied")
		run(t, a.DSN, `grant select on secret to `+a.Role)
		run(t, app, `select * from secret`)
	})
	t.Run("template", func(t *testing.T) {
		var prepared atomic.Int32
		for range 4 {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				name, err := s.template("key", func(dsn string) error {
					prepared.Add(1)
					run(t, dsn, `create table filled as select 42 as n`) // and leaves its connection open
					return nil
				})
				require.NoError(t, err)
				db := s.database(t, name)
				assert.Equal(t, 42, get[int](t, db.DSN, `update filled set n = n + 0 returning n`))
				assert.Equal(t, 0, get[int](t, db.DSN, `select count(*) from pg_roles where rolname = $1 and rolsuper`, db.Role))
				assert.Equal(t, int32(1), prepared.Load())
			})
		}
	})
	_, err := s.template("broken", func(string) error { return errors.New("no such migration") })
	assert.ErrorContains(t, err, "no such migration")
	assert.Equal(t, before+1, leftovers(t, s.dsn), "the good template is all that stays")
}

// sweeps checks that a new run drops what a run that is over left behind, and
// nothing else.
func sweeps(t *testing.T, dsn string) {
	t.Helper()
	live, err := startDSN(t.Context(), env(envDSN+"="+dsn))
	require.NoError(t, err)
	defer live.close()
	dead, err := startDSN(t.Context(), env(envDSN+"="+dsn))
	require.NoError(t, err)
	left := live.name()
	for _, name := range []string{left, dead.name()} {
		require.NoError(t, live.exec(t.Context(), "create database "+name, "create role "+name+"_app"))
	}
	dead.close()
	// The server may list a closed session for a moment.
	require.Eventually(t, func() bool {
		s, err := startDSN(t.Context(), env(envDSN+"="+dsn))
		require.NoError(t, err)
		s.close()
		return leftovers(t, dsn) == 2
	}, startTimeout, 10*pollInterval)
	assert.Equal(t, left, get[string](t, dsn, `select datname::text from pg_database where starts_with(datname, $1)`, prefix))
}

func leftovers(t *testing.T, dsn string) int {
	t.Helper()
	return get[int](t, dsn, `
		select (select count(*) from pg_database where starts_with(datname, $1)) +
			(select count(*) from pg_roles where starts_with(rolname, $1))`, prefix)
}

// Many tests in parallel, through the functions that other packages call.
func TestParallel(t *testing.T) {
	for i := range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			db := New(t)
			if i%2 == 0 {
				db = NewFrom(t, "parallel", func(dsn string) error {
					conn, err := pgx.Connect(t.Context(), dsn)
					if err != nil {
						return err
					}
					defer conn.Close(context.Background())
					_, err = conn.Exec(t.Context(), `create table mine (n int)`)
					return err
				})
			} else {
				run(t, db.DSN, `create table mine (n int)`)
			}
			run(t, db.DSN, `insert into mine values (1)`)
			assert.Equal(t, 1, get[int](t, db.DSN, `select count(*) from mine`))
			assert.Equal(t, db.Role, get[string](t, db.AppDSN(t), `select session_user::text`))
		})
	}
}

// recorder stands for a test that is expected to fail.
type recorder struct {
	*testing.T
	failure string
}

func (r *recorder) Fatalf(format string, args ...any) { r.failure = fmt.Sprintf(format, args...) }

// A role above row security is not handed out.
func TestAppDSNRefusesPower(t *testing.T) {
	t.Parallel()
	for _, power := range []string{`alter role %s superuser`, `alter role %s bypassrls`, `grant pgtest_owner to %s`} {
		db := New(t)
		run(t, db.DSN, `do $$ begin create role pgtest_owner; exception when duplicate_object or unique_violation then null; end $$`)
		run(t, db.DSN, `alter database `+strings.TrimSuffix(db.Role, "_app")+` owner to pgtest_owner`)
		db.AppDSN(t)
		run(t, db.DSN, fmt.Sprintf(power, db.Role))
		r := &recorder{T: t}
		db.AppDSN(r)
		assert.Contains(t, r.failure, "row security", power)
		run(t, db.DSN, `alter database `+strings.TrimSuffix(db.Role, "_app")+` owner to current_user`)
	}
	require.NoError(t, processServer(t).exec(t.Context(), `drop role pgtest_owner`))
}
