// Package intake brings a file in for the command line and for the import page:
// one file, one transaction, with or without keeping it.
package intake

import (
	"context"
	"errors"
	"io"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet/exchange"
)

// errDry rolls a dry run back.
var errDry = errors.New("dry run")

// Import reads a file and stores it as the principal. A dry run does all of it
// and keeps nothing. Without a zone in the options the site's or the domain's
// is taken.
func Import(ctx context.Context, db storage.DB, in tenancy.Scope, as access.Principal, file io.Reader, opt exchange.Options, dry bool) (exchange.Report, error) {
	var report exchange.Report
	var err error
	if opt.Zone == "" {
		if opt.Zone, err = Zone(ctx, db, in); err != nil {
			return report, err
		}
	}
	parsed, err := exchange.Parse(file, opt)
	if err != nil {
		return report, err
	}
	err = db.Update(ctx, in, as, func(ctx context.Context, tx storage.Tx) error {
		var err error
		if report, err = parsed.Store(ctx, tx); err == nil && dry {
			err = errDry
		}
		return err
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return report, err
}

// Zone returns the time zone that a place goes by: its site's, or else its
// domain's. It is no secret inside the domain, so the server reads it.
func Zone(ctx context.Context, db storage.DB, in tenancy.Scope) (name string, err error) {
	const why = "default time zone"
	if !in.Site().IsZero() {
		err = db.View(ctx, in, system.Because(why), func(ctx context.Context, v storage.View) error {
			site, _, err := v.Sites().Get(ctx, v.Who().Sees(admin.ViewSite), in.Site())
			name = site.Zone
			return err
		})
	}
	if err != nil || name != "" {
		return name, err
	}
	err = db.Installation(ctx, system.Because(why), func(ctx context.Context, i storage.Installation) error {
		d, _, err := i.Domains().Get(ctx, i.Who().Sees(admin.ViewDomain), in.Domain())
		name = d.Zone
		return err
	})
	return name, err
}
