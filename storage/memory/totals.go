package memory

import (
	"context"
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// group is the keys of a row of totals; those not asked for stay zero. There
// are ten dimensions.
type group [10]report.Key

// Totals sums the slices of the entries that the filter shows.
func (v *view) Totals(ctx context.Context, see access.Filter, q report.Query) ([]report.Row, error) {
	plan, err := v.plan(ctx, see, timesheet.KindEntry)
	if err != nil {
		return nil, err
	}
	if err := q.Validate(); err != nil {
		return nil, err
	}
	for _, d := range q.By {
		if d == report.Week || d == report.Month {
			return nil, fault.Input("bad_dimension", "by", string(d), "is days folded, which the report does")
		}
	}
	sums := map[group]*report.Row{}
	for e, row := range v.visible(plan) {
		for _, s := range v.counted(e, q) {
			var g group
			for i, d := range q.By {
				g[i] = v.key(d, e, row, s)
			}
			sum := sums[g]
			if sum == nil {
				sum = &report.Row{Keys: slices.Clone(g[:len(q.By)])}
				sums[g] = sum
			}
			sum.Seconds += s.Seconds
			if e.Billable {
				sum.Billable += s.Seconds
			}
		}
	}
	var out []report.Row
	for _, r := range sums {
		out = append(out, *r)
	}
	return out, nil
}

// counted returns the slices of an entry that a query asks for.
func (v *view) counted(e *timesheet.Entry, q report.Query) []timesheet.Slice {
	if len(q.Projects) > 0 && !slices.Contains(q.Projects, e.Project) || len(q.Persons) > 0 && !slices.Contains(q.Persons, e.Person) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.home.slices[e.ID]), func(s timesheet.Slice) bool {
		return !q.From.IsZero() && s.Day < q.From || !q.To.IsZero() && s.Day > q.To
	})
}

// key returns what a slice counts under in one dimension.
func (v *view) key(d report.Dimension, e *timesheet.Entry, row access.Row, s timesheet.Slice) report.Key {
	switch d {
	case report.Site:
		return named(v.home.sites, e.Site)
	case report.Client:
		return named(v.home.clients, row.Client)
	case report.Project:
		return named(v.home.projects, e.Project)
	case report.Task:
		return named(v.home.tasks, e.Task)
	case report.Activity:
		return named(v.home.activities, e.Activity)
	case report.Person:
		return named(v.home.members, e.Person)
	case report.Billable:
		return report.Key{Billable: e.Billable}
	}
	return report.Key{Day: s.Day}
}

// named returns the key of a row, and the empty key for none.
func named[E any](t *table[E], id [16]byte) report.Key {
	if e := t.rows[id]; e != nil {
		return report.Key{ID: id, Name: t.column(e, "name").text()}
	}
	return report.Key{}
}
