// Package postgres is the store on a PostgreSQL server, version 15 or later.
//
// It gives all three locks between domains: the domain in every statement, keys
// that carry it, and row security. Every transaction takes on one of two
// database roles that own nothing, stint_tenant or stint_installation, so row
// security holds whoever the program connects as, a superuser too.
//
// A program should connect as a login that owns nothing and is granted both
// roles without inheriting from them (NOINHERIT, or WITH INHERIT FALSE from
// PostgreSQL 16), so that what it does outside the store has no rights at all.
//
// A transaction costs two round trips more or less than its statements would:
// BEGIN, the tenant setting and the check of the actor's version leave with the
// first statement, events with COMMIT.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"io/fs"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/internal/bunstore"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the SQL of the schema, for a host's own migration tool.
func Migrations() fs.FS {
	sub, _ := fs.Sub(migrations, "migrations") // embedded above, so it is there
	return sub
}

// Config says how to open a database.
type Config struct {
	DSN    string           // as pgx reads it: a URL or key=value words. Required
	Conns  int              // how many connections at most; 0 means 16
	Policy *access.Policy   // nil: storage.Policy()
	Now    func() time.Time // nil: time.Now
	NewID  func() [16]byte  // nil: tenancy.NewUUID

	// NoStatementCache is for poolers that hand out another connection with
	// every transaction: nothing is prepared.
	NoStatementCache bool

	// Wrap, if not nil, is put around the driver's connector, for tests and
	// tracing that want to see every statement. Its connections must offer
	// SendBatch, as those of package stdlib do through Conn.
	Wrap func(driver.Connector) driver.Connector
}

// Validate names the field that is wrong, if one is.
func (c Config) Validate() error {
	if c.Conns < 0 {
		return fault.Input("bad_config", "Conns", "", "must not be negative")
	}
	if c.DSN == "" {
		return fault.Input("bad_config", "DSN", "", "must be given, such as postgres://user:password@host/database")
	}
	if _, err := pgx.ParseConfig(c.DSN); err != nil {
		// pgx hides the password in its message.
		return fault.New("bad_config", "must be a PostgreSQL URL or key=value words").On("DSN", "").Because(err)
	}
	return nil
}

// DB is an open store.
type DB struct {
	*bunstore.DB
	dsn string
}

var _ storage.DB = (*DB)(nil)

// Open opens a database, which Migrate then brings to this version of Stint. It
// connects once, so that a wrong address or password is known at once.
func Open(ctx context.Context, c Config) (*DB, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(c.DSN)
	if err != nil {
		return nil, err
	}
	if c.NoStatementCache {
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
	}
	// When a context ends, ask the server to stop instead of dropping the
	// connection at once.
	config.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, CancelRequestDelay: 0, DeadlineDelay: 5 * time.Second}
	}
	conn := stdlib.GetConnector(*config, stdlib.OptionAfterConnect(func(_ context.Context, conn *pgx.Conn) error {
		// Of what is not prepared, pgx must know the types of arguments by itself.
		conn.TypeMap().RegisterDefaultPgType([16]byte{}, "uuid")
		return nil
	}))
	if c.Wrap != nil {
		conn = c.Wrap(conn)
	}
	pool := sql.OpenDB(conn)
	if c.Conns == 0 {
		c.Conns = 16
	}
	pool.SetMaxOpenConns(c.Conns)
	pool.SetMaxIdleConns(c.Conns)
	db, err := bunstore.Open(bunstore.Config{Dialect: dialect(), SQL: pool, Policy: c.Policy, Now: c.Now, NewID: c.NewID})
	if err == nil {
		if err = pool.PingContext(ctx); err == nil {
			return &DB{db, c.DSN}, nil
		}
	}
	_ = pool.Close()
	return nil, err
}

// Migrate implements storage.DB. The user it connects as becomes the owner of
// the tables and a member of the two roles; a program that connects as another
// user needs to be granted both.
func (db *DB) Migrate(ctx context.Context) error {
	config, err := pgx.ParseConfig(db.dsn)
	if err != nil {
		return err
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol // a file is many statements
	pool := sql.OpenDB(stdlib.GetConnector(*config))
	defer pool.Close()
	return bunstore.Migrate(ctx, bun.NewDB(pool, pgdialect.New()), Migrations())
}

// SQL returns the pool, for a host that keeps its own tables in the same
// database. The host's statements are the host's: nothing scopes them.
func (db *DB) SQL() *sql.DB { return db.DB.SQL() }

// Join runs fn with a handle in a transaction of the host on this database,
// begun with pgx's driver for database/sql. What fn writes commits with the
// host's rows, or not at all: Join neither commits nor rolls back nor runs fn
// again, and if fn fails nothing of it stays. The host's role and settings are
// put back.
func (db *DB) Join(ctx context.Context, tx *sql.Tx, in tenancy.Scope, as access.Principal, fn func(context.Context, storage.Tx) error) error {
	return db.DB.Join(ctx, tx, in, as, fn)
}

func dialect() bunstore.Dialect {
	return bunstore.Dialect{
		Bun:      pgdialect.New(),
		Numbered: true,
		Lock:     " for no key update",
		Hold:     " for share",
		LockOne:  " for update",
		Week:     "interval '168 hours'",
		HexID:    "replace(%s::text, '-', '')",
		Anew:     "set local plan_cache_mode = force_custom_plan",
		Concat:   "string_agg(%s, '')",
		InArray:  "= any(array(%s))",
		Among:    "%s = any(cast(? as uuid[]))",
		IDs:      func(ids [][16]byte) any { return idList(ids) },
		ID:       func(id [16]byte) any { return id },
		Time:     func(t time.Time) any { return t },
		Day:      func(d zone.Day) any { return dateOf(d) },
		Lit:      func(id [16]byte) string { return "'" + uuid.UUID(id).String() + "'::uuid" },
		Mode:     pgx.QueryExecModeSimpleProtocol,
		Pipeline: pipeline,
		Begin:    begin,
		Enter:    enter,
		Save:     save,
		Bulk:     bulk,
		Trouble:  trouble,
	}
}

func dateOf(d zone.Day) time.Time {
	y, m, day := d.Date()
	return time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
}

func begin(domain [16]byte, writes bool, role bunstore.Role) []bunstore.Call {
	text := "begin isolation level repeatable read read only"
	if writes {
		text = "begin"
	}
	return append([]bunstore.Call{{SQL: text}}, enter(domain, role)...)
}

// enter sets the tenant and the role until the transaction ends. The hot
// statements have the shape they should have, so they are planned once and not
// anew for each set of arguments. bun quotes values on the ground that a
// backslash is a character like any other, so that is made sure of.
func enter(domain [16]byte, role bunstore.Role) []bunstore.Call {
	return []bunstore.Call{{
		SQL: "select set_config('stint.domain', ?, true), set_config('role', ?, true), set_config('plan_cache_mode', 'force_generic_plan', true)," +
			" set_config('standard_conforming_strings', 'on', true)",
		Args: []any{uuid.UUID(domain).String(), string(role)},
		Each: func(bunstore.Scan) error { return nil },
	}}
}

// save reads what a host's transaction had set, to be put back.
func save() (bunstore.Call, func() []bunstore.Call) {
	var domain, role, plan, quotes string
	read := bunstore.Call{
		SQL:  "select coalesce(current_setting('stint.domain', true), ''), current_setting('role'), current_setting('plan_cache_mode'), current_setting('standard_conforming_strings')",
		Each: func(scan bunstore.Scan) error { return scan(&domain, &role, &plan, &quotes) },
	}
	return read, func() []bunstore.Call {
		return []bunstore.Call{{
			SQL:  "select set_config('stint.domain', ?, true), set_config('role', ?, true), set_config('plan_cache_mode', ?, true), set_config('standard_conforming_strings', ?, true)",
			Args: []any{domain, role, plan, quotes},
			Each: func(bunstore.Scan) error { return nil },
		}}
	}
}

func trouble(err error) bunstore.Trouble {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return bunstore.Trouble{}
	}
	switch e.Code { // https://www.postgresql.org/docs/current/errcodes-appendix.html
	case "23505":
		return bunstore.Trouble{Kind: bunstore.Unique, Name: e.ConstraintName}
	case "23503":
		return bunstore.Trouble{Kind: bunstore.Foreign, Name: e.ConstraintName}
	case "23514":
		return bunstore.Trouble{Kind: bunstore.Check, Name: e.ConstraintName}
	case "23502":
		return bunstore.Trouble{Kind: bunstore.Check, Name: e.ColumnName}
	case "42P01":
		return bunstore.Trouble{Kind: bunstore.Missing}
	case "40001", "40P01":
		return bunstore.Trouble{Kind: bunstore.Retry}
	}
	return bunstore.Trouble{}
}

// idList writes ids as the text of an array.
func idList(ids [][16]byte) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = uuid.UUID(id).String()
	}
	return "{" + strings.Join(texts, ",") + "}"
}
