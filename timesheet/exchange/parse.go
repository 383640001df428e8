package exchange

import (
	"fmt"
	"io"
	"time"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// Options say how to read a file and what may be created for it.
type Options struct {
	// Book is what the time is recorded with; its MostSeconds and Zones hold
	// for the import too.
	Book timesheet.Book

	// Format is what the file is. Empty: told from the header.
	Format Format

	// Zone is the IANA zone of the local times in the file. Required.
	Zone string

	// DateFormat is how dates are written, as a layout of package time such as
	// "02/01/2006" or "1/2/2006". Empty: 2006-01-02.
	DateFormat string

	// Person is whose time it is if the file names no people (Intervals).
	// None: the actor's.
	Person tenancy.MembershipID

	// CreatePeople invites people whom the domain does not know and makes them
	// members of the site, if the actor may. They take no part until they are
	// activated, but can have time.
	CreatePeople bool

	// Progress is called by File.Store with the number of rows that are done
	// and of all rows, in the beginning and after every step. It starts anew
	// where a store runs the closure of a transaction again.
	Progress func(done, total int)
}

// File is a file that was read. It never changes: File.Store may be called any
// number of times, as the closures of transactions are.
type File struct {
	Format Format
	Rows   []Row // in the order of the file
	opt    Options
	header header
}

// Row is one row of a file: a draft, or a refusal.
type Row struct {
	Line  int          // on which the row begins; the first line of the file is 1
	Draft *Draft       // nil if the row is refused
	Err   *fault.Error // why it is refused: the column, the value and the rule
	Notes []Note
}

// Draft is time as a file has it, before people and names are looked up.
type Draft struct {
	Email    string // lower case; empty if the row has none
	User     string
	Client   string
	Project  string
	Task     string
	Tags     []string
	Note     string
	Billable bool
	Start    time.Time // UTC
	End      time.Time // UTC, exclusive
	Seconds  int64     // from Start to End
	Amount   int64     // minor units of Currency
	Currency string    // ISO 4217; empty: no amount

	identity [32]byte // digest of what the row is known by
}

// Parse reads a file. Its error is about the file as a whole: besides those of
// the reader, unknown_zone on the field "zone", bad_date_format on
// "date_format", bad_config, and on the field "header" empty_file, not_utf8,
// bad_csv, unknown_column, column_twice, column_missing and unknown_currency.
func Parse(r io.Reader, opt Options) (File, error) {
	if opt.Book.Zones == nil {
		opt.Book.Zones = &zone.Zones{} // one for all rows
	}
	p, err := newParser(opt)
	if err != nil {
		return File{}, err
	}
	t := newTable(r)
	_, names, refusal, err := t.next()
	switch {
	case err == io.EOF:
		return File{}, fault.Input("empty_file", "header", "", "must have a line with the names of the columns")
	case err != nil:
		return File{}, fmt.Errorf("read the header: %w", err)
	case refusal != nil:
		return File{}, refusal.On("header", "")
	}
	if p.header, err = parseHeader(names, opt.Format); err != nil {
		return File{}, err
	}
	f := File{Format: p.header.format, opt: opt, header: p.header}
	for {
		line, fields, refusal, err := t.next()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return File{}, fmt.Errorf("read after row %d: %w", len(f.Rows), err)
		}
		row := Row{Line: line, Err: refusal}
		if refusal == nil {
			row.Draft, row.Notes, row.Err = p.row(cells{&p.header, fields})
		}
		f.Rows = append(f.Rows, row)
	}
}

// parser reads the rows of one file.
type parser struct {
	header header
	loc    *time.Location
	layout string // of dates
	most   int64  // seconds of one entry
	seen   map[[32]byte]uint64
}

func newParser(opt Options) (*parser, error) {
	if err := opt.Book.Validate(); err != nil {
		return nil, err
	}
	loc, err := opt.Book.Zones.Load(opt.Zone)
	if err != nil {
		return nil, err
	}
	p := &parser{loc: loc, layout: time.DateOnly, most: timesheet.LongestEntry, seen: map[[32]byte]uint64{}}
	if opt.Book.MostSeconds > 0 {
		p.most = opt.Book.MostSeconds
	}
	if opt.DateFormat != "" {
		p.layout = opt.DateFormat
	}
	// A layout that loses a part of the date would read one day for another.
	try := time.Date(2021, 11, 23, 0, 0, 0, 0, time.UTC)
	if back, err := time.Parse(p.layout, try.Format(p.layout)); err != nil || !back.Equal(try) {
		return nil, fault.Input("bad_date_format", "date_format", opt.DateFormat, `must be a layout of package time with year, month and day, such as "02/01/2006"`)
	}
	return p, nil
}

// row reads one row.
func (p *parser) row(c cells) (*Draft, []Note, *fault.Error) {
	if err := c.check(); err != nil {
		return nil, nil, err
	}
	var (
		d     Draft
		times times
		err   *fault.Error
	)
	if p.header.format == Intervals {
		times, err = p.intervals(c, &d)
	} else {
		times, err = p.toggl(c, &d)
	}
	if err != nil {
		return nil, nil, err
	}
	notes, err := p.resolve(c, times, &d)
	if err != nil {
		return nil, nil, err
	}
	d.identity = p.identify(&d, times)
	return &d, notes, nil
}
