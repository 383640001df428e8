package bunstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// handle is one attempt at one transaction. It implements storage.Tx, and so
// storage.View.
type handle struct {
	db      *DB
	scope   tenancy.Scope
	domain  [16]byte
	now     time.Time
	session *access.Session
	writes  bool
	role    Role
	// patience is how long it waits for the one connection that writes; 0:
	// there are many.
	patience time.Duration

	conn  *sql.Conn // of a pipeline
	tx    *sql.Tx   // of the serial way, or the host's
	lease *sql.Conn // that tx runs on, unless it is the host's
	hosts bool      // the transaction is the host's
	begun bool

	check  int64 // the access_version that the actor was loaded at; 0: just loaded, or not to be checked
	stale  bool  // access_version has moved on: run again with a fresh actor
	broken error // the first statement that failed; nothing can be committed after it
	later  []Call
	bound  map[string]*sql.Stmt // prepared statements in this transaction
	missed []string             // statements to prepare once the transaction is over

	regranted bool // members or roles were changed
}

// errStale leaves the closure as fast as possible; it is never returned to a
// caller.
var errStale = errors.New("bunstore: the actor's roles have changed")

// open gets a connection, once.
func (h *handle) open(ctx context.Context) error {
	if h.conn != nil || h.tx != nil {
		return nil
	}
	if h.db.d.Pipeline != nil {
		conn, err := h.db.sql.Conn(ctx)
		h.conn = conn
		return err
	}
	pool, wait := h.db.read, ctx
	if h.writes {
		pool = h.db.sql
		if h.patience != 0 {
			var cancel context.CancelFunc
			wait, cancel = context.WithTimeout(ctx, h.patience)
			defer cancel()
		}
	}
	lease, err := pool.Conn(wait)
	if err != nil {
		if ctx.Err() == nil && wait.Err() != nil {
			err = fault.New(fault.CodeBusy, "another transaction of this store is open and writes: end it first, or use its handle instead of opening another inside it")
		}
		return err
	}
	tx, err := lease.BeginTx(ctx, nil)
	if err != nil {
		_ = lease.Close()
		return err
	}
	h.tx, h.lease = tx, lease
	return nil
}

// prologue returns what goes before the first call.
func (h *handle) prologue() []Call {
	var calls []Call
	if h.db.d.Begin != nil && !h.hosts {
		calls = h.db.d.Begin(h.domain, h.writes, h.role)
	}
	if h.check != 0 {
		version := int64(0)
		calls = append(calls, Call{
			SQL:  stateOf,
			Args: []any{h.domain},
			Each: func(scan Scan) error {
				err := scan(&version, new(string))
				h.stale = err == nil && version != h.check
				return err
			},
		})
	}
	return calls
}

// run sends calls in one round trip where the driver can, with the beginning of
// the transaction before them if it has not begun. Arguments may be of the
// types of Dialect.arg.
func (h *handle) run(ctx context.Context, calls ...Call) error {
	if h.broken != nil {
		return h.broken
	}
	if err := h.open(ctx); err != nil {
		return h.fail(ctx, err)
	}
	if !h.begun {
		h.begun = true
		calls = append(h.prologue(), calls...)
	}
	if err := h.send(ctx, calls); err != nil {
		return h.fail(ctx, err)
	}
	if h.stale {
		h.broken = errStale
		return errStale
	}
	return nil
}

func (h *handle) send(ctx context.Context, calls []Call) error {
	for i, c := range calls {
		calls[i].SQL = h.db.text(c.SQL)
		calls[i].Args = h.db.d.args(c.Args)
	}
	if h.conn != nil {
		return h.conn.Raw(func(conn any) error { return h.db.d.Pipeline(ctx, conn, calls) })
	}
	for _, c := range calls {
		if err := h.serial(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// serial sends one call through database/sql.
func (h *handle) serial(ctx context.Context, c Call) error {
	stmt := h.stmt(ctx, c.SQL)
	if c.Each == nil {
		res, err := stmt.ExecContext(ctx, c.Args...)
		if err == nil && c.Rows != nil {
			*c.Rows, err = res.RowsAffected()
		}
		return err
	}
	rows, err := stmt.QueryContext(ctx, c.Args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var targets []any
	scan := func(dest ...any) error {
		for len(targets) < len(dest) {
			targets = append(targets, new(scanner))
		}
		for i, d := range dest {
			targets[i].(*scanner).to = d
		}
		return rows.Scan(targets[:len(dest)]...)
	}
	for rows.Next() {
		if err := c.Each(scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// statement is what is common to a transaction of the host and a statement
// prepared once on our pool.
type statement interface {
	ExecContext(ctx context.Context, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, args ...any) (*sql.Rows, error)
}

type unprepared struct {
	tx    *sql.Tx
	query string
}

func (u unprepared) ExecContext(ctx context.Context, args ...any) (sql.Result, error) {
	return u.tx.ExecContext(ctx, u.query, args...)
}

func (u unprepared) QueryContext(ctx context.Context, args ...any) (*sql.Rows, error) {
	return u.tx.QueryContext(ctx, u.query, args...)
}

func (h *handle) stmt(ctx context.Context, query string) statement {
	if !h.hosts {
		if bound := h.bound[query]; bound != nil {
			return bound
		}
		if prepared := h.statements().get(query); prepared != nil {
			if h.bound == nil {
				h.bound = map[string]*sql.Stmt{}
			}
			h.bound[query] = h.tx.StmtContext(ctx, prepared)
			return h.bound[query]
		}
		h.missed = append(h.missed, query)
	}
	return unprepared{h.tx, query}
}

// fail remembers that the transaction can only be rolled back, and says why in
// the words of package fault. When ctx has ended, that is why: a database that
// was told to stop has words of its own for it.
func (h *handle) fail(ctx context.Context, err error) error {
	if h.broken == nil {
		if ended := ctx.Err(); ended != nil {
			err = ended
		}
		h.broken = h.db.explain(err)
	}
	return h.broken
}

// QueryContext, ExecContext and QueryRowContext make the handle a bun.IConn:
// bun's statements go through here, in simple protocol where there are two,
// since their values are in their text.

func (h *handle) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := h.ready(ctx); err != nil {
		return nil, err
	}
	if h.conn != nil {
		return h.conn.QueryContext(ctx, query, h.db.mode(args)...)
	}
	return h.tx.QueryContext(ctx, query, h.db.mode(args)...)
}

func (h *handle) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := h.ready(ctx); err != nil {
		return nil, err
	}
	if h.conn != nil {
		return h.conn.ExecContext(ctx, query, h.db.mode(args)...)
	}
	return h.tx.ExecContext(ctx, query, h.db.mode(args)...)
}

// QueryRowContext is not used: bun asks for it only to scan one generated key.
func (h *handle) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if h.conn != nil {
		return h.conn.QueryRowContext(ctx, query, h.db.mode(args)...)
	}
	return h.tx.QueryRowContext(ctx, query, h.db.mode(args)...)
}

// ready begins the transaction for a statement that cannot join the pipeline.
func (h *handle) ready(ctx context.Context) error {
	if h.broken != nil {
		return h.broken
	}
	if !h.begun {
		return h.run(ctx)
	}
	return nil
}

// flush sends what was put off until COMMIT.
func (h *handle) flush(ctx context.Context) error {
	if len(h.later) == 0 {
		return nil
	}
	calls := h.later
	h.later = nil
	return h.run(ctx, calls...)
}

// commit ends the transaction for good, with what was put off in the same round
// trip.
func (h *handle) commit(ctx context.Context) error {
	if h.broken != nil {
		return h.broken
	}
	if !h.begun {
		if h.check == 0 {
			return nil
		}
		// The closure only asked who it is; that too must be true now.
		if err := h.run(ctx); err != nil {
			return err
		}
	}
	if h.conn == nil {
		if err := h.flush(ctx); err != nil {
			return err
		}
		if err := h.tx.Commit(); err != nil {
			return h.fail(ctx, err)
		}
		h.tx = nil
		return h.lease.Close()
	}
	calls := append(h.later, Call{SQL: "commit"})
	h.later = nil
	if err := h.run(ctx, calls...); err != nil {
		return err
	}
	err := h.conn.Close()
	h.conn = nil
	return err
}

// rollback ends the transaction without trace. It works when ctx is done, and
// gives up a connection that does not answer.
func (h *handle) rollback(ctx context.Context) {
	if h.tx != nil {
		_ = h.tx.Rollback() // it is done already, or its connection is gone
		_ = h.lease.Close()
		h.tx = nil
	}
	if h.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if h.begun {
		if _, err := h.conn.ExecContext(ctx, "rollback", h.db.mode(nil)...); err != nil {
			_ = h.conn.Raw(func(any) error { return driver.ErrBadConn }) // says: throw it away
		}
	}
	_ = h.conn.Close()
	h.conn = nil
}

// Log implements storage.Tx.
func (h *handle) Log(_ context.Context, may access.Permit, row access.Row) error {
	if err := h.refuseReadOnly(); err != nil {
		return err
	}
	k, known := h.kind(row.Kind)
	if _, ours := h.db.byKind[row.Kind]; ours || !known {
		return fault.Proof.On("kind", string(row.Kind))
	}
	version := row.Version + 1
	w, err := h.session.Write(may, row, k.Has())
	if err != nil {
		version = row.Version // the last there was
		w, err = h.session.Remove(may, row, k.Has())
	}
	if err == nil {
		h.log(h.session.Event(w, version, h.now), "", "")
	}
	return err
}

func (h *handle) Who() access.Actor    { return h.session.Actor() }
func (h *handle) Scope() tenancy.Scope { return h.scope }
func (h *handle) Now() time.Time       { return h.now }
func (h *handle) NewID() [16]byte      { return h.db.newID() }

// refuseReadOnly refuses a write through the handle of a View, which a caller
// can reach only by asserting its type.
func (h *handle) refuseReadOnly() error {
	if !h.writes {
		return fault.ReadOnly
	}
	return nil
}
