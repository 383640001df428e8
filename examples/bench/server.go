package main

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// envDSN names a PostgreSQL server to measure on. Without it, the server
// binaries of this machine are run.
const envDSN = "STINT_BENCH_POSTGRES"

// errNoServer says that there is no PostgreSQL here.
var errNoServer = errors.New("no PostgreSQL: set " + envDSN + ", or install its server binaries (initdb, postgres)")

// server is a PostgreSQL with a database that is ours alone.
type server struct {
	dsn   string // of a user that may do everything
	close func()
}

// openServer makes a fresh database.
func openServer(ctx context.Context) (server, error) {
	dsn, stop := os.Getenv(envDSN), func() {}
	if dsn == "" {
		var err error
		if dsn, stop, err = startServer(ctx); err != nil {
			return server{}, err
		}
	}
	config, err := pgx.ParseConfig(dsn)
	if err == nil {
		var conn *pgx.Conn
		if conn, err = await(ctx, config); err == nil {
			defer conn.Close(ctx)
			name := fmt.Sprintf("stint_bench_%d", time.Now().UnixNano())
			if _, err = conn.Exec(ctx, "create database "+name); err == nil {
				drop := func() {
					ctx := context.WithoutCancel(ctx)
					if conn, err := pgx.ConnectConfig(ctx, config); err == nil {
						_, _ = conn.Exec(ctx, "drop database if exists "+name+" with (force)")
						_ = conn.Close(ctx)
					}
					stop()
				}
				return server{withDatabase(dsn, name), drop}, nil
			}
		}
	}
	stop()
	return server{}, err
}

// withDatabase returns a DSN for another database of the server.
func withDatabase(dsn, name string) string {
	if u, err := url.Parse(dsn); err == nil && u.Scheme != "" {
		u.Path = "/" + name
		return u.String()
	}
	return dsn + " dbname=" + name
}

// await connects as soon as the server answers.
func await(ctx context.Context, config *pgx.ConnConfig) (*pgx.Conn, error) {
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := pgx.ConnectConfig(ctx, config)
		if err == nil || ctx.Err() != nil || time.Now().After(deadline) {
			return conn, err
		}
	}
}

//go:embed server.sh
var serverScript string

// startServer runs the newest server binaries of this machine, in a directory
// that goes with it.
func startServer(ctx context.Context) (dsn string, stop func(), err error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	bin := ""
	if path, err := exec.LookPath("initdb"); err == nil {
		bin = filepath.Dir(path)
	} else if len(found) > 0 {
		bin = filepath.Dir(found[len(found)-1])
	} else {
		return "", nil, errNoServer
	}
	shell := []string{"/bin/sh", "-c", "PATH=" + bin + ":$PATH\n" + serverScript}
	if os.Geteuid() == 0 { // the server refuses root
		shell = append([]string{"su", "postgres", "-s"}, shell...)
	}
	cmd := exec.CommandContext(ctx, shell[0], shell[1:]...)
	cmd.Dir, cmd.Stderr = "/", os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	cmd.Cancel = in.Close // the script ends when its input does
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = in.Close()
		_ = cmd.Wait()
	}
	dir, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the server did not start: %w", err)
	}
	q := url.Values{"host": {strings.TrimSpace(dir)}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: q.Encode()}).String(), stop, nil
}
