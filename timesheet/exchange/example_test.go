package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/memory"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet/exchange"
)

// A dry run is a closure that returns an error in the end, so that the
// transaction is rolled back. Rows whose names are taken by something that the
// actor cannot see end a transaction; they are left out of the next.
func ExampleFile_Store() {
	ctx := context.Background()
	db, err := memory.Open(memory.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	made, err := admin.Bootstrap(ctx, db, admin.Provision{Name: "Studio", Admin: tenancy.Membership{Name: "Ann", Email: "ann@example.org"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	site, err := tenancy.NewResolver(db).Single(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}

	file, err := exchange.Parse(strings.NewReader(`Email,Project,Start date,Start time,End date,End time,Duration
ann@example.org,Website,2021-03-01,09:00:00,2021-03-01,10:30:00,01:30:00
ann@example.org,Website,2021-03-01,11:00:00,2021-03-01,10:30:00,00:30:00
zoe@example.org,Website,2021-03-01,09:00:00,2021-03-01,09:45:00,00:45:01
`), exchange.Options{Zone: "Europe/Berlin", CreatePeople: true})
	if err != nil {
		fmt.Println(err)
		return
	}

	errDryRun := errors.New("dry run")
	run := func(dry bool) (report exchange.Report, err error) {
		for {
			err = db.Update(ctx, site, access.ByMember(made.Admin.ID), func(ctx context.Context, tx storage.Tx) error {
				report, err = file.Store(ctx, tx)
				if err == nil && dry {
					return errDryRun
				}
				return err
			})
			rest, again := file.Without(err)
			if !again {
				return report, err
			}
			file = rest
		}
	}

	_, err = run(true)
	fmt.Println("first:", err)
	report, err := run(false)
	fmt.Println("then:", report.Stored, "stored,", report.Refused, "refused,", err)
	for _, row := range report.Rows {
		fmt.Println(row)
	}
	report, err = run(false)
	fmt.Println("again:", report.Unchanged, "unchanged,", err)
	// Output:
	// first: dry run
	// then: 2 stored, 1 refused, <nil>
	// line 2: stored
	// line 3: refused: End time "10:30:00": must be at least a second after the start 2021-03-01T11:00:00 (end_before_start)
	// line 4: stored; Duration differs by one second from the time from start to end, 0:45:00, which counts
	// again: 2 unchanged, <nil>
}
