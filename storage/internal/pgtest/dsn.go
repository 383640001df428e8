package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
)

// startDSN uses a server that is running. It stays, so what a process could
// not drop (its templates, and everything if it crashed) would stay too.
// Therefore each process holds a session that carries its run as
// application_name, and each process begins by dropping what belongs to a run
// without a session.
func startDSN(ctx context.Context, getenv func(string) string) (*server, error) {
	dsn := getenv(envDSN)
	if dsn == "" {
		return nil, fmt.Errorf("set %s to the DSN of a superuser", envDSN)
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envDSN, err)
	}
	run := random()
	config.RuntimeParams["application_name"] = prefix + run
	config.RuntimeParams["idle_session_timeout"] = "0"
	session, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envDSN, err)
	}
	s, err := connect(ctx, dsn, run, func() { session.Close(context.Background()) })
	if err != nil {
		session.Close(ctx)
		return nil, fmt.Errorf("%s: %w", envDSN, err)
	}
	return s, sweep(ctx, session)
}

// sweep drops the databases and roles of runs that are over.
func sweep(ctx context.Context, session *pgx.Conn) error {
	// The list of databases is fixed before the sessions are looked at, and a
	// run has its session before its first database: no run in progress is hit.
	rows, err := session.Query(ctx, `
		with made as (
			select 'database' as kind, datname::text as name from pg_database
			union all
			select 'role', rolname::text from pg_roles)
		select format(case kind when 'database' then 'drop database if exists %I with (force)'
			else 'drop role if exists %I' end, name)
		from made
		where starts_with(name, $1) and not exists (
			select from pg_stat_activity
			where application_name = $1 || split_part(substr(name, length($1) + 1), '_', 1))
		order by kind`, prefix)
	if err != nil {
		return err
	}
	drops, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, drop := range drops {
		// Best effort: another process may be sweeping the same things, and
		// nothing depends on their being gone.
		_, _ = session.Exec(ctx, drop)
	}
	return nil
}

// redirect returns dsn with another database and, unless user is empty,
// another user. None of them may need quoting.
func redirect(dsn, database, user, password string) string {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		// Of a keyword given twice, the last counts.
		dsn += " dbname=" + database
		if user != "" {
			dsn += " user=" + user + " password=" + password
		}
		return dsn
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn // cannot be: pgx has parsed it
	}
	// The query outranks the path and the user.
	q := u.Query()
	q.Del("dbname")
	q.Del("database")
	u.Path = "/" + database
	if user != "" {
		q.Del("user")
		q.Del("password")
		u.User = url.UserPassword(user, password)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
