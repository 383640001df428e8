package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/seed-5be203e9/stint/examples/server/intake"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/exchange"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// importFile brings one file in and says what became of its rows.
func (c console) importFile(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("import", flag.ContinueOnError)
	var store database
	var who person
	opt := exchange.Options{Book: timesheet.Book{Zones: &zone.Zones{}}}
	store.flags(c, flags)
	who.flags(flags)
	format := flags.String("format", "", "")
	flags.StringVar(&opt.Zone, "zone", "", "")
	flags.StringVar(&opt.DateFormat, "dates", "", "")
	flags.BoolVar(&opt.CreatePeople, "create-people", false, "")
	dry := flags.Bool("dry-run", false, "")
	if err := c.parse(flags, args, "FILE.csv"); err != nil {
		return err
	}
	opt.Format = exchange.Format(*format)
	if f := opt.Format; f != "" && f != exchange.Toggl && f != exchange.Intervals {
		return usage("import: -format %q: must be toggl or intervals", *format)
	}
	if opt.Zone == "" {
		// No default: a wrong guess is not put right by importing again.
		return usage("import: -zone is missing: the time zone that the file's local times are of, such as Europe/Berlin")
	}
	file, err := c.openFile(flags.Arg(0))
	if err != nil {
		return err
	}
	defer file.Close()
	db, err := store.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	in, as, err := who.find(ctx, db)
	if err != nil {
		return err
	}
	opt.Progress = c.progress()
	report, err := intake.Import(ctx, db, in, as, file, opt, *dry)
	if err != nil {
		if code := fault.CodeOf(err); code == zone.CodeUnknownZone || code == "bad_date_format" {
			return usage("import: %s", err)
		}
		return fmt.Errorf("%s: %w", flags.Arg(0), err)
	}
	c.tell(report, *dry)
	if report.Refused > 0 {
		return errRefused
	}
	return nil
}

func (c console) openFile(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(c.in), nil
	}
	file, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, usage("import: %q: there is no such file", name)
	}
	return file, err
}

// progress returns what draws a bar, if somebody watches.
func (c console) progress() func(done, total int) {
	file, ok := c.err.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(file), progressbar.OptionSetDescription("importing"),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
	return func(done, total int) {
		bar.ChangeMax(total)
		_ = bar.Set(done)
	}
}

// tell prints refused and noted rows, and the sums.
func (c console) tell(r exchange.Report, dry bool) {
	for _, row := range r.Rows {
		if row.Err != nil || len(row.Notes) > 0 {
			fmt.Fprintln(c.err, row)
		}
	}
	rows := [][]string{{"project", "stored", "there already"}}
	var stored, unchanged int64
	for _, p := range r.Projects {
		name := cmp.Or(p.Project, "no project")
		if p.Client != "" {
			name += " (" + p.Client + ")"
		}
		rows = append(rows, []string{name, zone.FormatDuration(p.Stored), zone.FormatDuration(p.Unchanged)})
		stored, unchanged = stored+p.Stored, unchanged+p.Unchanged
	}
	rows = append(rows, []string{"total", zone.FormatDuration(stored), zone.FormatDuration(unchanged)})
	writeTable(c.out, rows, 1)
	fmt.Fprintf(c.out, "\n%d rows = %d stored + %d unchanged + %d refused\n", len(r.Rows), r.Stored, r.Unchanged, r.Refused)
	n := r.Created
	fmt.Fprintf(c.out, "new: %d people, %d clients, %d projects, %d tasks, %d tags\n", n.People, n.Clients, n.Projects, n.Tasks, n.Tags)
	if dry {
		fmt.Fprintln(c.out, "This was a dry run: nothing was kept.")
	}
}
