// Package sqlite is the store that is embedded in a program: one file, no
// server, no cgo.
//
// It gives two of the three locks between domains: the domain in every
// statement, and keys that carry it, so that no row can name one of another
// domain. It has no row security: whoever can open the file can read all of it.
//
// One writer at a time, immediate transactions, readers that cannot write: an
// Update inside an Update, or a statement on SQL inside one, waits for the one
// connection that its own transaction holds. A View inside an Update reads what
// was committed before. While a transaction begun on SQL is open, use Join. The
// pragmas this needs are set on every connection and checked at Open.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	lite "modernc.org/sqlite"

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
	Path    string         // of the file; it is created if it is not there. Required
	Readers int            // how many may read at once; 0 means 8
	Policy  *access.Policy // nil: storage.Policy()
	// Patience is how long an Update waits for another of the same store before
	// it fails with the code "busy"; 0 means two minutes, which is longer than
	// a large import takes. It is there so that an Update opened inside another
	// by mistake does not wait for itself for ever.
	Patience time.Duration
	Now      func() time.Time // nil: time.Now
	NewID    func() [16]byte  // nil: tenancy.NewUUID

	// Wrap, if not nil, is put around the driver's connectors, for tests and
	// tracing that want to see every statement.
	Wrap func(driver.Connector) driver.Connector
}

// Validate names the field that is wrong, if one is.
func (c Config) Validate() error {
	switch {
	case c.Path == "" || strings.HasPrefix(c.Path, ":") || strings.IndexByte(c.Path, 0) >= 0:
		return fault.Input("bad_config", "Path", c.Path, "must be the path of a file")
	case c.Patience < 0:
		return fault.Input("bad_config", "Patience", c.Patience.String(), "must not be negative")
	case c.Readers < 0:
		return fault.Input("bad_config", "Readers", "", "must not be negative")
	}
	return nil
}

// DB is an open store.
type DB struct{ *bunstore.DB }

var _ storage.DB = (*DB)(nil)

// Open opens a database, which Migrate then brings to this version of Stint.
func Open(ctx context.Context, c Config) (*DB, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return nil, err
	}
	if c.Patience == 0 {
		c.Patience = 2 * time.Minute
	}
	if c.Readers == 0 {
		c.Readers = 8
	}
	write, read := c.pool(path, "immediate", "0"), c.pool(path, "deferred", "1")
	write.SetMaxOpenConns(1)
	read.SetMaxOpenConns(c.Readers)
	read.SetMaxIdleConns(c.Readers)
	db, err := bunstore.Open(bunstore.Config{Dialect: dialect(c.Patience), SQL: write, Read: read, Policy: c.Policy, Now: c.Now, NewID: c.NewID})
	if err == nil {
		if err = checkPragmas(ctx, write); err == nil {
			return &DB{db}, nil
		}
	}
	_ = write.Close()
	_ = read.Close()
	return nil, err
}

func (c Config) pool(path, txlock, queryOnly string) *sql.DB {
	u := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{
		"_txlock": {txlock},
		// In this order: waiting must be possible before WAL is asked for.
		"_pragma": {"busy_timeout(10000)", "journal_mode(wal)", "synchronous(normal)", "foreign_keys(1)", "query_only(" + queryOnly + ")"},
	}.Encode()}
	var conn driver.Connector = connector{u.String(), &lite.Driver{}}
	if c.Wrap != nil {
		conn = c.Wrap(conn)
	}
	return sql.OpenDB(conn)
}

type connector struct {
	dsn    string
	driver driver.Driver
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return c.driver }

// checkPragmas makes sure that references are kept: SQLite takes a pragma that
// it does not know without a word.
func checkPragmas(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) error {
	on := 0
	if err := db.QueryRowContext(ctx, "pragma foreign_keys").Scan(&on); err != nil {
		return err
	}
	if on != 1 {
		return fault.Input("bad_config", "foreign_keys", "0", "must be on: set the pragma foreign_keys = 1 on every connection")
	}
	return nil
}

// Migrate implements storage.DB.
func (db *DB) Migrate(ctx context.Context) error {
	return bunstore.Migrate(ctx, bun.NewDB(db.SQL(), sqlitedialect.New()), Migrations())
}

// SQL returns the pool that writes, of one connection, for a host that keeps its
// own tables in the same file. The host's statements are the host's: nothing
// scopes them.
func (db *DB) SQL() *sql.DB { return db.DB.SQL() }

// Join runs fn with a handle in a transaction of the host, on this database:
// one begun on SQL, or on a pool of the host's own that keeps foreign keys. What
// fn writes commits with the host's rows, or not at all. Join neither commits
// nor rolls back, nor does it run fn again.
func (db *DB) Join(ctx context.Context, tx *sql.Tx, in tenancy.Scope, as access.Principal, fn func(context.Context, storage.Tx) error) error {
	if err := checkPragmas(ctx, tx); err != nil {
		return err
	}
	return db.DB.Join(ctx, tx, in, as, fn)
}

func dialect(patience time.Duration) bunstore.Dialect {
	return bunstore.Dialect{
		Bun:       sqlitedialect.New(),
		Week:      "604800000000",
		HexID:     "hex(%s)",
		Unindexed: "+", // without statistics SQLite takes any index that fits
		Concat:    "group_concat(%s, '')",
		InArray:   "in (%s)",
		Among:     "%s in (select unhex(value) from json_each(?))",
		IDs:       func(ids [][16]byte) any { return idList(ids) },
		ID:        func(id [16]byte) any { return id[:] },
		Time:      func(t time.Time) any { return t.UnixMicro() },
		Day:       func(d zone.Day) any { return int64(d) },
		Lit:       func(id [16]byte) string { return "x'" + hex.EncodeToString(id[:]) + "'" },
		Patience:  patience,
		Trouble:   trouble,
	}
}

// The extended result codes that matter; https://sqlite.org/rescode.html.
const (
	codeError      = 1
	codeBusy       = 5
	codeCheck      = 275
	codeForeignKey = 787
	codeNotNull    = 1299
	codePrimaryKey = 1555
	codeUnique     = 2067
)

func trouble(err error) bunstore.Trouble {
	e, ok := errors.AsType[*lite.Error](err)
	if !ok {
		return bunstore.Trouble{}
	}
	what := e.Error()
	if i := strings.LastIndex(what, "constraint failed: "); i >= 0 {
		what = what[i+len("constraint failed: "):]
	}
	what, _, _ = strings.Cut(what, " (")
	switch e.Code() {
	case codeUnique, codePrimaryKey:
		return bunstore.Trouble{Kind: bunstore.Unique, Name: columns(what)}
	case codeForeignKey:
		return bunstore.Trouble{Kind: bunstore.Foreign}
	case codeCheck, codeNotNull:
		return bunstore.Trouble{Kind: bunstore.Check, Name: what}
	case codeBusy:
		return bunstore.Trouble{Kind: bunstore.Busy}
	case codeError:
		if strings.Contains(what, "no such table") {
			return bunstore.Trouble{Kind: bunstore.Missing}
		}
	}
	return bunstore.Trouble{}
}

// columns turns "t.a, t.b" into "t: a,b".
func columns(what string) string {
	table := ""
	var names []string
	for _, c := range strings.Split(what, ", ") {
		t, name, _ := strings.Cut(c, ".")
		table, names = t, append(names, name)
	}
	return table + ": " + strings.Join(names, ",")
}

// idList writes ids as a JSON list of hexadecimal.
func idList(ids [][16]byte) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = hex.EncodeToString(id[:])
	}
	return `["` + strings.Join(texts, `","`) + `"]`
}
