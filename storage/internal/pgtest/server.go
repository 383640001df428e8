package pgtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// prefix starts the name of every database and role that this package makes.
const prefix = "stint_test_"

// startTimeout is generous: a slow machine may be starting a dozen servers.
const startTimeout = time.Minute

// settings trade what a test never needs, surviving a crash, for speed, and
// leave room for the pools of many parallel tests.
var settings = []string{
	"-F",
	"-c", "synchronous_commit=off",
	"-c", "full_page_writes=off",
	"-c", "max_connections=300",
}

// server is a PostgreSQL that databases are made on.
type server struct {
	way     string
	version string
	dsn     string // of a superuser
	run     string // in every name, so that two processes may share a server

	// close ends the server, or what this process holds on it. It also keeps
	// the lifeline reachable: a collected file is a closed file.
	close func()

	names     atomic.Int64
	mu        sync.Mutex
	templates map[string]func() (string, error)
}

// connect checks that the server at dsn can serve tests.
func connect(ctx context.Context, dsn, run string, close func()) (*server, error) {
	s := &server{dsn: dsn, run: run, close: close, templates: map[string]func() (string, error){}}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	var number int
	var super bool
	err = conn.QueryRow(ctx, `
		select current_setting('server_version'), current_setting('server_version_num')::int,
			current_setting('is_superuser')::bool`).Scan(&s.version, &number, &super)
	switch {
	case err != nil:
		return nil, err
	case number < 150000:
		return nil, fmt.Errorf("the server is PostgreSQL %s: use 15 or later", s.version)
	case !super:
		return nil, errors.New("the DSN's user is not a superuser: use one that is, tests make databases and roles")
	}
	return s, nil
}

// await returns when a server that is starting answers. It gives up when
// ended is closed.
func await(ctx context.Context, dsn string, ended <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, dsn)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ended:
			return errors.New("the server ended while it started")
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// name returns a name for a database that is not in use on the server.
func (s *server) name() string {
	return fmt.Sprintf("%s%s_%d", prefix, s.run, s.names.Add(1))
}

// template returns the name of the database that prepare filled for key.
func (s *server) template(key string, prepare func(dsn string) error) (string, error) {
	s.mu.Lock()
	build, ok := s.templates[key]
	if !ok {
		build = sync.OnceValues(func() (string, error) { return s.build(prepare) })
		s.templates[key] = build
	}
	s.mu.Unlock()
	return build()
}

func (s *server) build(prepare func(dsn string) error) (string, error) {
	ctx := context.Background() // a template outlives the test that comes first
	name := s.name()
	if err := s.exec(ctx, "create database "+name); err != nil {
		return "", err
	}
	if err := prepare(redirect(s.dsn, name, "", "")); err != nil {
		return "", errors.Join(err, s.exec(ctx, "drop database "+name+" with (force)"))
	}
	// A database is copied only while nobody is connected to it. A closed
	// connection may take a moment to be gone, and a forgotten one forever.
	return name, s.exec(ctx,
		"alter database "+name+" allow_connections false",
		"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '"+name+"'",
	)
}

// exec runs statements one by one: databases are not made in transactions.
func (s *server) exec(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, s.dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// random returns hexadecimal digits, which need no quoting anywhere.
func random() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
