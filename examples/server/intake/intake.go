// Package intake brings a file in for the command line and for the import page:
// one file, one transaction, with or without keeping it.
package intake

import (
	"context"
	"errors"
	"io"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet/exchange"
)

// errDry rolls a dry run back.
var errDry = errors.New("dry run")

// Import reads a file and stores it as the principal. A dry run does all of it
// and keeps nothing.
func Import(ctx context.Context, db storage.DB, in tenancy.Scope, as access.Principal, file io.Reader, opt exchange.Options, dry bool) (exchange.Report, error) {
	var report exchange.Report
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
