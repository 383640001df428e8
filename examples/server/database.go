package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/postgres"
	"github.com/seed-5be203e9/stint/storage/sqlite"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
)

// database says which store to open, and how to begin if it is new.
type database struct {
	data, url  string
	name, zone string
}

func (d *database) flags(c console, f *flag.FlagSet) {
	f.StringVar(&d.data, "data", cmp.Or(c.getenv("STINT_DATA"), "stint-data"), "")
	f.StringVar(&d.url, "database", c.getenv("STINT_DATABASE"), "")
	d.name, d.zone = "Home", "UTC"
	if tz := c.getenv("TZ"); tz != "" && !strings.HasPrefix(tz, ":") {
		if _, err := time.LoadLocation(tz); err == nil && tz != "Local" {
			d.zone = tz
		}
	}
}

// opened is a store that is ready to use.
type opened struct {
	storage.DB
	where string // for people
	token string // of the first administrator's enrolment, if this call made the installation
}

// there refuses to begin a new database, for commands that only read one.
func (d *database) there() error {
	if d.url != "" {
		return nil
	}
	path, err := filepath.Abs(d.data)
	if err == nil {
		if _, err = os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return usage("-data %q: there is no database here; start the server first", d.data)
		}
	}
	return err
}

// open opens the store, brings it to this version and, if it is new, gives it a
// first domain, site and administrator.
func (d *database) open(ctx context.Context) (opened, error) {
	db, where, err := d.connect(ctx)
	if err != nil {
		return opened{}, err
	}
	made, err := prepare(ctx, db, admin.Provision{Name: d.name, Zone: d.zone, Admin: tenancy.Membership{Name: "Administrator"}})
	if err != nil {
		return opened{}, errors.Join(err, db.Close())
	}
	return opened{db, where, made.Enrolment}, nil
}

func prepare(ctx context.Context, db storage.DB, p admin.Provision) (admin.Bootstrapped, error) {
	if err := db.Migrate(ctx); err != nil {
		return admin.Bootstrapped{}, fmt.Errorf("migrate: %w", err)
	}
	made, err := admin.Bootstrap(ctx, db, p)
	if err != nil {
		return made, fmt.Errorf("bootstrap: %w", err)
	}
	return made, nil
}

func (d *database) connect(ctx context.Context) (storage.DB, string, error) {
	if d.url != "" {
		if !strings.HasPrefix(d.url, "postgres://") && !strings.HasPrefix(d.url, "postgresql://") {
			return nil, "", usage("-database: must be a URL that begins with postgres://")
		}
		db, err := postgres.Open(ctx, postgres.Config{DSN: d.url})
		if err != nil {
			return nil, "", fmt.Errorf("open PostgreSQL: %w", err)
		}
		return db, "PostgreSQL", nil
	}
	path, err := dataFile(d.data)
	if err != nil {
		return nil, "", err
	}
	db, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	if err != nil {
		return nil, "", fmt.Errorf("open %s: %w", path, err)
	}
	return db, path, nil
}

// dataFile returns the absolute path of the SQLite file, in a directory that
// exists and that nobody else may read.
func dataFile(data string) (string, error) {
	path, err := filepath.Abs(data)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if isFile := err == nil && !info.IsDir() || err != nil && filepath.Ext(path) == ".db"; !isFile {
		path = filepath.Join(path, "stint.db")
	}
	return path, os.MkdirAll(filepath.Dir(path), 0o700)
}
