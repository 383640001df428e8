// Package report answers where time went: sums of slices, grouped.
//
// A report covers what its reader may see under report.view, no more and no
// less, and reads slices only: a day is the local day of the entry's zone, be
// it 23 or 25 hours long, and an entry over midnight counts on both days.
package report

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// Dimension is what a report groups by.
type Dimension string

// The dimensions. Week and Month are days folded; a week begins on Monday.
const (
	Site     Dimension = "site"
	Client   Dimension = "client"
	Project  Dimension = "project"
	Task     Dimension = "task"
	Activity Dimension = "activity"
	Person   Dimension = "person"
	Billable Dimension = "billable"
	Day      Dimension = "day"
	Week     Dimension = "week"
	Month    Dimension = "month"
)

// Dimensions returns every dimension.
func Dimensions() []Dimension {
	return []Dimension{Site, Client, Project, Task, Activity, Person, Billable, Day, Week, Month}
}

// Query says what to report. Its zero value is the total of all time.
type Query struct {
	By       []Dimension            // in the order of grouping; each at most once
	From, To zone.Day               // first and last day, both included; none: without bound
	Projects []timesheet.ProjectID  // only these; nil: all, empty: none. At most 1,000
	Persons  []tenancy.MembershipID // only these; nil: all, empty: none. At most 1,000
}

// Key is the value of one dimension. Which fields are set follows from the
// dimension; a key with none set stands for time without it, such as time
// without a project.
type Key struct {
	ID       [16]byte // of the site, client, project, task, activity or person
	Name     string   // its name
	Day      zone.Day // the day, or the first day of the week or month
	Billable bool
}

// Row is one group.
type Row struct {
	Keys     []Key // in the order of Query.By
	Seconds  int64
	Billable int64 // of Seconds, those that are billable
}

// Report is the answer to a Query.
type Report struct {
	Query Query
	Rows  []Row // in order of the keys: days by date, the rest by name; time without a key last
	Total Row   // of all rows; without keys
}

// Source is what reports are read from. A handle of package storage is one.
type Source interface {
	Who() access.Actor
	// Totals sums the slices that the filter shows, grouped by the dimensions
	// of the query, of which Week and Month are not asked of it. The order of
	// rows is free.
	Totals(ctx context.Context, see access.Filter, q Query) ([]Row, error)
	// Amounts sums the imported amounts of the entries that the filter shows
	// and that have a slice in the days of the query, as far as the actor may
	// see them, and counts the others.
	Amounts(ctx context.Context, see access.Filter, q Query) (Amounts, error)
}

// Validate names what is wrong with a query, if anything is.
func (q Query) Validate() error {
	all := Dimensions()
	calendar := 0
	for i, d := range q.By {
		if !slices.Contains(all, d) || slices.Contains(q.By[:i], d) {
			names := make([]string, len(all))
			for i, d := range all {
				names[i] = string(d)
			}
			return fault.Input("bad_dimension", "by", string(d), "must be one of "+strings.Join(names, ", ")+", each at most once")
		}
		if d == Day || d == Week || d == Month {
			calendar++
		}
	}
	if calendar > 1 {
		return fault.Input("bad_dimension", "by", "", "must hold at most one of day, week and month")
	}
	if len(q.Projects) > 1000 || len(q.Persons) > 1000 {
		return fault.Input("too_many", "projects or persons", "", "must be at most 1,000 each")
	}
	if !q.From.IsZero() && !q.To.IsZero() && q.To < q.From {
		return fault.Input("end_before_start", "to", q.To.String(), "must not be before from, "+q.From.String())
	}
	return nil
}

// Run answers a query for the actor of the handle.
func Run(ctx context.Context, s Source, q Query) (Report, error) {
	if err := q.Validate(); err != nil {
		return Report{}, err
	}
	if q.asksNothing() {
		return Report{Query: q}, nil
	}
	asked := q
	asked.By = slices.Clone(q.By)
	fold := func(d zone.Day) zone.Day { return d }
	calendar := -1
	for i, d := range q.By {
		switch d {
		case Week:
			fold, calendar = func(d zone.Day) zone.Day { return d.StartOfWeek(time.Monday) }, i
		case Month:
			fold, calendar = zone.Day.StartOfMonth, i
		}
	}
	if calendar >= 0 {
		asked.By[calendar] = Day
	}
	rows, err := s.Totals(ctx, s.Who().Sees(timesheet.ViewReport), asked)
	if err != nil {
		return Report{}, err
	}
	if calendar >= 0 {
		for i := range rows {
			rows[i].Keys[calendar].Day = fold(rows[i].Keys[calendar].Day)
		}
	}
	r := Report{Query: q}
	sortRows(rows)
	for _, row := range rows {
		r.Total.Seconds += row.Seconds
		r.Total.Billable += row.Billable
		if last := len(r.Rows) - 1; last >= 0 && slices.EqualFunc(r.Rows[last].Keys, row.Keys, Key.same) {
			r.Rows[last].Seconds += row.Seconds
			r.Rows[last].Billable += row.Billable
			continue
		}
		r.Rows = append(r.Rows, row)
	}
	return r, nil
}

// same reports whether two keys are of one group.
func (k Key) same(o Key) bool { return k.ID == o.ID && k.Day == o.Day && k.Billable == o.Billable }

// sortRows puts rows in the order of their keys. What a name is compared by is
// made once for each name.
func sortRows(rows []Row) {
	fold := map[string]string{}
	for _, r := range rows {
		for _, k := range r.Keys {
			if _, known := fold[k.Name]; !known {
				fold[k.Name] = tenancy.NameKey(k.Name)
			}
		}
	}
	slices.SortFunc(rows, func(a, b Row) int {
		for i := range a.Keys {
			if c := compareKeys(fold, a.Keys[i], b.Keys[i]); c != 0 {
				return c
			}
		}
		return 0
	})
}

func compareKeys(fold map[string]string, a, b Key) int {
	none := [16]byte{}
	switch {
	case (a.ID == none) != (b.ID == none):
		if a.ID == none {
			return 1
		}
		return -1
	case a.Day != b.Day:
		return cmp.Compare(a.Day, b.Day)
	case a.Billable != b.Billable:
		if a.Billable {
			return -1
		}
		return 1
	case a.ID == b.ID:
		return 0
	}
	return cmp.Or(cmp.Compare(fold[a.Name], fold[b.Name]), slices.Compare(a.ID[:], b.ID[:]))
}
