package main

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/sqlite"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// office is the program: its own database, and Stint on the same file.
type office struct {
	db     *bun.DB
	stint  *sqlite.DB
	policy *access.Policy

	whole, site tenancy.Scope // the only organisation, and its only site

	ada tenancy.Membership // administers everything
	ann tenancy.Membership // manages the project Rocket
	ben tenancy.Membership // is in its team
	eve tenancy.Membership // is not
	bo  tenancy.Membership // keeps the books

	rocket timesheet.Project // private to its team
}

// people returns everybody.
func (o *office) people() []tenancy.Membership {
	return []tenancy.Membership{o.ada, o.ann, o.ben, o.eve, o.bo}
}

// open opens both on one file, and lets people in.
func open(ctx context.Context, path string) (_ *office, err error) {
	o := &office{}
	if o.policy, err = storage.Policy(catalogue()); err != nil {
		return nil, err
	}
	// Stint asks of a program's pool on SQLite that it keeps foreign keys.
	pool, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=foreign_keys(1)")
	if err != nil {
		return nil, err
	}
	o.db = bun.NewDB(pool, sqlitedialect.New())
	if o.stint, err = sqlite.Open(ctx, sqlite.Config{Path: path, Policy: o.policy}); err != nil {
		return nil, errors.Join(err, o.db.Close())
	}
	if err := o.found(ctx); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o, nil
}

func (o *office) close() error { return errors.Join(o.stint.Close(), o.db.Close()) }

// found makes the tables of both, an organisation with a site, its people and a
// project.
func (o *office) found(ctx context.Context) error {
	if err := o.stint.Migrate(ctx); err != nil {
		return err
	}
	if _, err := o.db.ExecContext(ctx, schema); err != nil {
		return err
	}
	err := o.stint.Installation(ctx, system.Because("office founded"), func(ctx context.Context, in storage.Installation) error {
		made, err := admin.AddDomain(ctx, in, admin.Provision{Name: "Acme", Ref: "acme", Admin: tenancy.Membership{Name: "Ada"}})
		o.ada = made.Admin
		return err
	})
	if err != nil {
		return err
	}
	r := tenancy.NewResolver(o.stint)
	if o.site, err = r.ByRef(ctx, "acme"); err != nil {
		return err
	}
	if o.whole, err = r.Whole(ctx, o.site.Domain()); err != nil {
		return err
	}
	err = o.stint.Update(ctx, o.site, access.ByMember(o.ada.ID), func(ctx context.Context, s storage.Tx) (err error) {
		for _, hired := range []struct {
			who        *tenancy.Membership
			name, role string
		}{{&o.ann, "Ann", access.MemberRole}, {&o.ben, "Ben", access.MemberRole}, {&o.eve, "Eve", access.MemberRole}, {&o.bo, "Bo", Bookkeeper}} {
			if *hired.who, err = admin.AddMember(ctx, s, tenancy.Membership{Name: hired.name}); err != nil {
				return err
			}
			if _, err = admin.GrantRole(ctx, s, hired.who.ID, hired.role); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return o.stint.Update(ctx, o.site, access.ByMember(o.ann.ID), func(ctx context.Context, s storage.Tx) (err error) {
		if o.rocket, err = (timesheet.Book{}).AddProject(ctx, s, timesheet.NewProject{Name: "Rocket"}); err != nil {
			return err
		}
		_, err = timesheet.Book{}.AddToTeam(ctx, s, o.rocket.ID, o.ben.ID, false)
		return err
	})
}

// find returns the expense with a note, whoever may see it.
func (o *office) find(ctx context.Context, note string) (e expense, err error) {
	err = o.db.NewSelect().Model(&e).Where("e.note = ?", note).Scan(ctx)
	return e, err
}
