// Package pgtest gives every test a PostgreSQL database of its own.
//
//	db := pgtest.New(t)
//	migrate(db.DSN)            // as superuser
//	open(db.AppDSN(t))         // as a role that is held by row security
//
// The server, PostgreSQL 15 or later, is found in this order: the superuser
// DSN in STINT_TEST_POSTGRES; server binaries on the machine; Docker, with the
// image in STINT_TEST_POSTGRES_IMAGE (postgres:15). STINT_TEST_POSTGRES_WAY
// (dsn, local or docker) allows one way only. Where nothing is found, tests
// are skipped with one line that says why; what was asked for by name must
// work, and with CI=true there must be a PostgreSQL.
//
// A test process starts at most one server, with its first database. The
// server ends with the process, however that ends: see keeper.sh. On a server
// that is not ours, the same is done for databases: see dsn.go.
package pgtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Database is the database of one test, dropped when the test ends.
type Database struct {
	// DSN connects as a superuser who owns the database: for migrations.
	DSN string
	// Role is the name of the login role behind AppDSN, for grants.
	Role string

	appDSN string
}

// New returns an empty database for t.
func New(t testing.TB) *Database {
	t.Helper()
	return processServer(t).database(t, "")
}

// NewFrom returns a copy of a database that prepare filled. In one process,
// prepare runs once for each key, so the same key must mean the same content.
// It must close what it opens, and returns its error: it outlives the test
// that comes first, so it must not end that test.
//
// Roles are not part of a database: those that prepare makes stay on the
// server, and must bear being made twice.
func NewFrom(t testing.TB, key string, prepare func(dsn string) error) *Database {
	t.Helper()
	s := processServer(t)
	template, err := s.template(key, prepare)
	if err != nil {
		t.Fatalf("pgtest: template %q: %v", key, err)
	}
	return s.database(t, template)
}

// AppDSN connects as Role: a login without any right that was not granted to
// it or to everybody. It fails the test if a grant has put the role above row
// security, because a test of row security then tests nothing.
func (d *Database) AppDSN(t testing.TB) string {
	t.Helper()
	var above bool
	err := query(t.Context(), d.DSN, &above, `
		select exists (
			select from pg_roles r, pg_database d
			where d.datname = current_database()
				and (r.rolsuper or r.rolbypassrls or r.oid = d.datdba)
				and pg_has_role($1, r.oid, 'member'))`, d.Role)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	if above {
		t.Fatalf("pgtest: role %s is or may become a superuser, the owner or one that bypasses row security: take back that grant", d.Role)
	}
	return d.appDSN
}

func processServer(t testing.TB) *server {
	t.Helper()
	s, err := running()
	switch {
	case errors.Is(err, errNone):
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return s
}

// database makes a database and its role, and drops both after the test.
func (s *server) database(t testing.TB, template string) *Database {
	t.Helper()
	name, password := s.name(), random()
	role := name + "_app"
	create := "create database " + name
	if template != "" {
		create += " template " + template
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		// The role goes last: it may have been granted things in the database.
		if err := s.exec(ctx, "drop database if exists "+name+" with (force)", "drop role if exists "+role); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	err := s.exec(t.Context(), create, "create role "+role+" login password '"+password+"'")
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return &Database{
		DSN:    redirect(s.dsn, name, "", ""),
		Role:   role,
		appDSN: redirect(s.dsn, name, role, password),
	}
}

// query reads one value over a connection of its own.
func query(ctx context.Context, dsn string, value any, sql string, args ...any) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return conn.QueryRow(ctx, sql, args...).Scan(value)
}
