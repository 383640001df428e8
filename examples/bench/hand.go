package main

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// step is one statement written by hand.
type step struct {
	sql  string
	args []any
	row  func(scanner) error // is called for each row of the answer; nil: there is none
}

type scanner interface{ Scan(dest ...any) error }

// part returns the steps that can be said at one point of a transaction, where
// the answers to those before it are known.
type part func() ([]step, error)

func steps(all ...step) part { return func() ([]step, error) { return all, nil } }

// hand is a database without the SDK: a transaction that sets the tenant, and
// what a driver wants to be given and gives.
type hand interface {
	tx(ctx context.Context, domain tenancy.DomainID, writes bool, parts ...part) error
	texts() *texts
	id([16]byte) any // the zero id is NULL
	at(time.Time) any
	day(zone.Day) any
	entry() entryScan
	facts() factsScan
	total() totalScan
	// bulk returns the steps that insert rows of an import.
	bulk(t tenant, entries []timesheet.Entry, now time.Time) []step
	// locks returns the steps that lock persons, in order of id.
	locks(t tenant, persons [][16]byte) []step
	close()
}

// entryScan scans rows of entries.
type entryScan interface {
	dest() []any
	get() timesheet.Entry
}

// factsScan scans what places a row.
type factsScan interface {
	dest() []any
	get() facts
}

// totalScan scans rows of a report.
type totalScan interface {
	dest() []any
	get() total
}

type facts struct{ member, manager, public, shared, archived bool }

func (f facts) sees() bool   { return f.manager || f.public || f.member && f.shared }
func (f facts) tracks() bool { return (f.member || f.public) && !f.archived }

// total is a row of a report by project and day.
type total struct {
	project           [16]byte
	name              string
	day               zone.Day
	seconds, billable int64
}

// texts are the statements of one database.
type texts struct {
	point, person, page, everything            string
	totals, totalsOfAll, sorted                string
	lock, placed, insert, slice, flag, flagged string
	event                                      string
	flagMany                                   string
	anew                                       string // plans statements for their arguments; empty: needs no saying
}
