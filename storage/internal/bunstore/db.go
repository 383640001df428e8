package bunstore

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Config says how to open a DB.
type Config struct {
	Dialect Dialect
	SQL     *sql.DB          // writes; also reads, unless Read is given
	Read    *sql.DB          // reads; may be nil
	Policy  *access.Policy   // nil: storage.Policy()
	Now     func() time.Time // nil: time.Now
	NewID   func() [16]byte  // nil: tenancy.NewUUID
}

// DB implements the handles of storage.DB for one dialect.
type DB struct {
	d         *Dialect
	sql, read *sql.DB
	bun       *bun.DB
	policy    *access.Policy
	clock     func() time.Time
	newID     func() [16]byte
	kinds     storage.Kinds
	byTable   map[string]storage.Kind
	byKind    map[access.Kind]storage.Kind

	// Hot statements that are composed once.
	entryText, entryByID, entryInsert, entryUpdate string
	entryAll, eventAll                             []string // the columns of an insert

	texts     sync.Map // hot statement → as the driver wants it
	kept      atomic.Int64
	writeStmt stmts
	readStmt  stmts
	actors    actors
}

// Open returns a DB over pools that are open already. It sends nothing.
func Open(c Config) (*DB, error) {
	db := &DB{d: &c.Dialect, sql: c.SQL, read: c.Read, policy: c.Policy, clock: c.Now, newID: c.NewID, kinds: storage.NewKinds()}
	if db.read == nil {
		db.read = db.sql
	}
	if db.policy == nil {
		p, err := storage.Policy()
		if err != nil {
			return nil, err
		}
		db.policy = p
	}
	if db.clock == nil {
		db.clock = time.Now
	}
	if db.newID == nil {
		db.newID = tenancy.NewUUID
	}
	db.byTable, db.byKind = map[string]storage.Kind{}, map[access.Kind]storage.Kind{}
	for _, k := range db.kinds.All() {
		db.byTable[prefix+k.Table], db.byKind[k.Name] = k, k
	}
	entry := db.kinds.Entries.Kind
	db.entryText, db.entryInsert = db.entryColumns(), insertSQL(entry)
	db.entryByID = "select " + db.entryText + entryPlace + " from stint_entries t" + joins(entry) + " where t.domain_id = ? and t.id = ?"
	db.entryUpdate = updateEntry(entry.Columns[3:])
	db.entryAll = append([]string{"domain_id"}, entry.Columns...)
	db.eventAll = append([]string{"domain_id"}, db.kinds.Events.Columns...)
	db.bun = bun.NewDB(db.sql, db.d.Bun)
	db.writeStmt.pool, db.readStmt.pool = db.sql, db.read
	return db, nil
}

// mostTexts bounds the texts that are kept: roles of domains' own make filters of
// ever new shapes.
const mostTexts = 5000

// text returns a hot statement as the driver wants it.
func (db *DB) text(query string) string {
	if !db.d.Numbered {
		return query
	}
	if t, ok := db.texts.Load(query); ok {
		return t.(string)
	}
	t := numbered(query)
	if db.kept.Add(1) <= mostTexts {
		db.texts.Store(query, t)
	}
	return t
}

func (db *DB) mode(args []any) []any {
	if db.d.Mode == nil {
		return args
	}
	return append([]any{db.d.Mode}, args...)
}

// statements returns those prepared on the pool that a handle uses.
func (h *handle) statements() *stmts {
	if h.writes || h.db.read == h.db.sql {
		return &h.db.writeStmt
	}
	return &h.db.readStmt
}

// stmts are the statements prepared on one pool.
type stmts struct {
	pool *sql.DB
	mu   sync.RWMutex
	all  map[string]*sql.Stmt
}

// mostStmts bounds the statements kept; later ones are prepared at each use.
const mostStmts = 500

func (s *stmts) get(query string) *sql.Stmt {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.all[query]
}

// prepare keeps the statements that a transaction missed. It is called after
// the transaction: during it, a pool of one connection would wait for itself.
func (s *stmts) prepare(ctx context.Context, missed []string) {
	for _, query := range missed {
		s.mu.Lock()
		known := s.all[query] != nil || len(s.all) >= mostStmts
		s.mu.Unlock()
		if known {
			continue
		}
		st, err := s.pool.PrepareContext(ctx, query)
		if err != nil {
			return // the next transaction tries again
		}
		s.mu.Lock()
		if s.all == nil {
			s.all = map[string]*sql.Stmt{}
		}
		if s.all[query] != nil {
			_ = st.Close()
		} else {
			s.all[query] = st
		}
		s.mu.Unlock()
	}
}

// View implements storage.DB.
func (db *DB) View(ctx context.Context, in tenancy.Scope, as access.Principal, fn func(context.Context, storage.View) error) error {
	return db.attempt(ctx, in, as, false, Tenant, func(ctx context.Context, h *handle) error { return fn(ctx, reading{h}) })
}

// reading hides the writing half of a handle from type assertions.
type reading struct{ storage.View }

// Update implements storage.DB.
func (db *DB) Update(ctx context.Context, in tenancy.Scope, as access.Principal, fn func(context.Context, storage.Tx) error) error {
	return db.attempt(ctx, in, as, true, Tenant, func(ctx context.Context, h *handle) error { return fn(ctx, h) })
}

// attempts is how often a closure runs before a deadlock or a change of roles
// is given up on.
const attempts = 10

func (db *DB) attempt(ctx context.Context, in tenancy.Scope, as access.Principal, writes bool, role Role, fn func(context.Context, *handle) error) error {
	in, err := narrowed(in, as)
	if err != nil {
		return err
	}
	for range attempts {
		again := false
		var refused []access.Event
		if refused, again, err = db.once(ctx, in, as, writes, role, fn); !again {
			if failed := db.record(ctx, in, writes, role, refused); failed != nil {
				err = errors.Join(err, failed)
			}
			return err
		}
	}
	if errors.Is(err, errStale) {
		err = fault.New(fault.CodeBusy, "roles in this domain change faster than this can run; try again")
	}
	return err
}

// narrowed returns the scope that a principal opens.
func narrowed(in tenancy.Scope, as access.Principal) (tenancy.Scope, error) {
	if in.IsZero() {
		return in, fault.NoScope
	}
	if in = as.Identity().In(in); in.IsZero() {
		return in, fault.Deny("token_scope", "this credential is for another site")
	}
	return in, nil
}

// once runs the closure once and says whether to run it again, and which
// privileged actions it was refused.
func (db *DB) once(ctx context.Context, in tenancy.Scope, as access.Principal, writes bool, role Role, fn func(context.Context, *handle) error) (refused []access.Event, again bool, err error) {
	h := &handle{db: db, scope: in, domain: in.Domain(), writes: writes, role: role, patience: db.d.Patience, now: db.clock().UTC().Truncate(time.Microsecond)}
	ended := false
	defer func() {
		h.rollback(ctx) // after a commit it has nothing to do
		h.statements().prepare(ctx, h.missed)
		if !ended && h.session != nil { // fn panicked, and there is nobody to tell
			_ = db.record(ctx, in, writes, role, h.session.Refused(h.now))
		}
	}()
	standing, cached := db.actors.get(in, as)
	if cached {
		h.check = standing.version
	} else if standing, err = h.load(ctx, as); err != nil {
		return nil, h.retry(), err
	}
	h.session = standing.holdings.Begin(h.now)
	defer h.session.End()
	if err = fn(ctx, h); err == nil {
		err = h.commit(ctx)
	} else if !h.begun {
		_ = h.run(ctx) // is she still who was denied it? Nothing has been read yet
	}
	ended = true
	if h.stale {
		db.actors.drop(in, as)
		return nil, true, err
	}
	refused = h.session.Refused(h.now)
	if err != nil {
		return refused, h.retry(), err
	}
	if h.regranted {
		db.actors.dropDomain(in.Domain())
	} else if !cached {
		db.actors.put(in, as, standing)
	}
	return refused, false, nil
}

// retry reports whether the transaction failed in a way that may pass.
func (h *handle) retry() bool {
	return h.broken != nil && h.db.d.Trouble(h.broken).Kind == Retry
}

// Join runs fn with a handle in a transaction of the host, on the same
// database. What it writes commits with the host's, or not at all: Join
// neither commits nor rolls back nor runs fn again. If fn fails, nothing of it
// stays (it runs under a savepoint), and the host's transaction is as it was.
// Denials of privileged actions cannot be recorded before it is over: the error
// is an *access.Refusal then, whose events go to Note.
func (db *DB) Join(ctx context.Context, tx *sql.Tx, in tenancy.Scope, as access.Principal, fn func(context.Context, storage.Tx) error) (err error) {
	if in, err = narrowed(in, as); err != nil {
		return err
	}
	h := &handle{db: db, scope: in, domain: in.Domain(), writes: true, role: Tenant, now: db.clock().UTC().Truncate(time.Microsecond), tx: tx, hosts: true}
	if db.d.Save != nil {
		save, restore := db.d.Save()
		if err := h.run(ctx, append([]Call{save}, db.d.Enter(h.domain, Tenant)...)...); err != nil {
			return err
		}
		defer func() {
			// What comes next is the host's, also when ctx has ended meanwhile. In a
			// transaction that has failed this fails too: the host rolls back, and
			// the settings with it.
			if e := h.send(context.WithoutCancel(ctx), restore()); err == nil {
				err = e
			}
		}()
	}
	standing, err := h.load(ctx, as)
	if err != nil {
		return err
	}
	h.session = standing.holdings.Begin(h.now)
	defer h.session.End()
	defer func() {
		if refused := h.session.Refused(h.now); err != nil && len(refused) > 0 {
			err = &access.Refusal{Events: refused, Err: err}
		}
	}()
	if err = h.run(ctx, Call{SQL: "savepoint stint"}); err != nil {
		return err
	}
	if err = fn(ctx, h); err == nil {
		for _, e := range h.session.Refused(h.now) {
			h.later = append(h.later, h.event(e)) // fn went on without what it was refused
		}
		if err = h.broken; err == nil {
			err = h.flush(ctx)
		}
	}
	if err != nil {
		undo := []Call{{SQL: "rollback to savepoint stint"}, {SQL: "release savepoint stint"}}
		return errors.Join(err, h.send(context.WithoutCancel(ctx), undo))
	}
	return h.run(ctx, Call{SQL: "release savepoint stint"})
}

// Close closes the pools.
func (db *DB) Close() error {
	err := db.sql.Close()
	if db.read != db.sql {
		if e := db.read.Close(); err == nil {
			err = e
		}
	}
	return err
}

// SQL returns the pool that writes, for a host that keeps its own tables in the
// same database. The host's statements are the host's: nothing scopes them.
func (db *DB) SQL() *sql.DB { return db.sql }
