package main

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/sqlite"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// stint: begin

// tracker is all of Stint that this program has.
type tracker struct{ db *sqlite.DB }

// enable gives an organisation of the host its domain; its owner administers it.
func (t tracker) enable(ctx context.Context, org organisation, owner user) error {
	return t.db.Installation(ctx, system.Because("organisation enabled"), func(ctx context.Context, in storage.Installation) error {
		_, err := admin.AddDomain(ctx, in, admin.Provision{
			Name: org.Name, Ref: id(org.ID), Zone: org.Zone, Admin: tenancy.Membership{Name: owner.Name, Ref: id(owner.ID)},
		})
		return err
	})
}

// record stores time of one of the host's users in the host's transaction.
func (t tracker) record(ctx context.Context, tx *sql.Tx, org organisation, who user, from, to time.Time, note string) error {
	in, err := tenancy.NewResolver(t.db).ByRef(ctx, id(org.ID))
	if err != nil {
		return err
	}
	return t.db.Join(ctx, tx, in, access.ByRef(id(who.ID)), func(ctx context.Context, tx storage.Tx) error {
		_, err := timesheet.Book{}.Record(ctx, tx, timesheet.Entry{Form: timesheet.Timed, Start: from, End: to, Zone: org.Zone, Note: note})
		return err
	})
}

func id(n int64) string { return strconv.FormatInt(n, 10) } // Stint keeps the host's ids as text

// stint: end
