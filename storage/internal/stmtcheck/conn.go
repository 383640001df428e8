package stmtcheck

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

type connector struct {
	to  driver.Connector
	log *Log
}

func (c connector) Driver() driver.Driver { return c.to.Driver() }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	to, err := c.to.Connect(ctx)
	if err != nil {
		return nil, err
	}
	own := &conn{to, c.log}
	if pg, ok := to.(interface{ Conn() *pgx.Conn }); ok {
		return &batchConn{own, pg.Conn()}, nil
	}
	return own, nil
}

// conn passes on all that package database/sql looks for in a connection, and
// answers for a driver that lacks it as database/sql would.
type conn struct {
	driver.Conn
	log *Log
}

var (
	_ driver.QueryerContext     = (*conn)(nil)
	_ driver.ExecerContext      = (*conn)(nil)
	_ driver.ConnPrepareContext = (*conn)(nil)
	_ driver.ConnBeginTx        = (*conn)(nil)
	_ driver.Pinger             = (*conn)(nil)
	_ driver.SessionResetter    = (*conn)(nil)
	_ driver.Validator          = (*conn)(nil)
	_ driver.NamedValueChecker  = (*conn)(nil)
)

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	to, ok := c.Conn.(driver.QueryerContext)
	if !ok {
		return nil, driver.ErrSkip // it is prepared then
	}
	if err := c.log.see(query); err != nil {
		return nil, err
	}
	return to.QueryContext(ctx, query, args)
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	to, ok := c.Conn.(driver.ExecerContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	if err := c.log.see(query); err != nil {
		return nil, err
	}
	return to.ExecContext(ctx, query, args)
}

func (c *conn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.log.see(query); err != nil {
		return nil, err
	}
	var st driver.Stmt
	var err error
	if to, ok := c.Conn.(driver.ConnPrepareContext); ok {
		st, err = to.PrepareContext(ctx, query)
	} else {
		st, err = c.Conn.Prepare(query)
	}
	if err != nil {
		return nil, err
	}
	return &stmt{st, c, query}, nil
}

func (c *conn) Begin() (driver.Tx, error) { return c.BeginTx(context.Background(), driver.TxOptions{}) }

func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	to, ok := c.Conn.(driver.ConnBeginTx)
	if !ok {
		return nil, errors.New("stmtcheck: the driver begins no transactions with a context")
	}
	c.log.trip()
	t, err := to.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return tx{t, c.log}, nil
}

func (c *conn) Ping(ctx context.Context) error {
	if to, ok := c.Conn.(driver.Pinger); ok {
		c.log.trip()
		return to.Ping(ctx)
	}
	return nil
}

func (c *conn) ResetSession(ctx context.Context) error {
	if to, ok := c.Conn.(driver.SessionResetter); ok {
		return to.ResetSession(ctx)
	}
	return nil
}

func (c *conn) IsValid() bool {
	to, ok := c.Conn.(driver.Validator)
	return !ok || to.IsValid()
}

func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if to, ok := c.Conn.(driver.NamedValueChecker); ok {
		return to.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

type tx struct {
	driver.Tx
	log *Log
}

func (t tx) Commit() error {
	t.log.trip()
	return t.Tx.Commit()
}

func (t tx) Rollback() error {
	t.log.trip()
	return t.Tx.Rollback()
}

// stmt counts what it runs; it was checked when it was prepared.
type stmt struct {
	driver.Stmt
	conn *conn
	text string
}

var (
	_ driver.StmtQueryContext  = (*stmt)(nil)
	_ driver.StmtExecContext   = (*stmt)(nil)
	_ driver.NamedValueChecker = (*stmt)(nil)
)

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.conn.log.see(s.text); err != nil {
		return nil, err
	}
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.conn.log.see(s.text); err != nil {
		return nil, err
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (s *stmt) CheckNamedValue(v *driver.NamedValue) error {
	if to, ok := s.Stmt.(driver.NamedValueChecker); ok {
		return to.CheckNamedValue(v)
	}
	return s.conn.CheckNamedValue(v)
}

// batchConn is a connection of pgx, which sends several statements in one round
// trip. The connection inside is not to be had: what goes around this one is not
// seen.
type batchConn struct {
	*conn
	pg *pgx.Conn
}

// SendBatch is what the store looks for instead of the connection inside.
func (c *batchConn) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	statements := make([]string, len(b.QueuedQueries))
	for i, q := range b.QueuedQueries {
		statements[i] = q.SQL
	}
	if err := c.log.see(statements...); err != nil {
		return refusedBatch{err: err}
	}
	return c.pg.SendBatch(ctx, b)
}

// refusedBatch answers for a batch that was not sent.
type refusedBatch struct {
	pgx.BatchResults // nil: for methods that nobody calls
	err              error
}

func (r refusedBatch) Exec() (pgconn.CommandTag, error) { return pgconn.CommandTag{}, r.err }
func (r refusedBatch) Query() (pgx.Rows, error)         { return nil, r.err }
func (r refusedBatch) QueryRow() pgx.Row                { return refusedRow(r) }
func (r refusedBatch) Close() error                     { return r.err }

type refusedRow refusedBatch

func (r refusedRow) Scan(...any) error { return r.err }
