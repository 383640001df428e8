package main

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// What the host had before: its own tables with bigint keys, and its own way to
// say who calls.
const schema = `
create table if not exists organisations (id integer primary key, name text not null, zone text not null);
create table if not exists users (id integer primary key, organisation_id integer not null references organisations (id),
	name text not null, api_key text not null unique);
create table if not exists jobs (id integer primary key, organisation_id integer not null references organisations (id),
	title text not null, done_by integer references users (id));`

type organisation struct {
	ID         int64
	Name, Zone string
}

type user struct {
	ID           int64
	Organisation int64
	Name         string
}

// host is an existing program with a database and users of its own.
type host struct {
	db      *sql.DB
	tracker tracker
}

// authenticate is the host's own authentication.
func (h host) authenticate(ctx context.Context, key string) (u user, err error) {
	err = h.db.QueryRowContext(ctx, "select id, organisation_id, name from users where api_key = ?", key).Scan(&u.ID, &u.Organisation, &u.Name)
	return u, err
}

// finish marks a job as done and records the time it took: both or neither.
func (h host) finish(ctx context.Context, u user, job int64, from, to time.Time) (err error) {
	tx, err := h.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ended(tx.Rollback())) }()
	var org organisation
	var title string
	err = tx.QueryRowContext(ctx, `update jobs set done_by = ? where id = ? and organisation_id = ? returning title`, u.ID, job, u.Organisation).Scan(&title)
	if err != nil {
		return err
	}
	err = tx.QueryRowContext(ctx, "select id, name, zone from organisations where id = ?", u.Organisation).Scan(&org.ID, &org.Name, &org.Zone)
	if err != nil {
		return err
	}
	if err := h.tracker.record(ctx, tx, org, u, from, to, title); err != nil {
		return err
	}
	return tx.Commit()
}

// ended forgives the rollback of a transaction that was committed.
func ended(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
