package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
)

// visible yields the entries that a filter shows, in no order, with their rows.
func (v *view) visible(plan access.Plan) func(yield func(*timesheet.Entry, access.Row) bool) {
	t := v.home.entries
	return func(yield func(*timesheet.Entry, access.Row) bool) {
		for _, e := range t.rows {
			row := v.relate(t.Kind, t.row(e))
			if v.shows(plan, t.Kind, row) && !yield(e, row) {
				return
			}
		}
	}
}

// own returns an entry as the actor may see it, for the caller to change.
func (v *view) own(e *timesheet.Entry) timesheet.Entry {
	t := v.home.entries
	c := show(v, t, *e, v.relate(t.Kind, t.row(e)))
	c.Tags = slices.Clone(e.Tags)
	return c
}

// Entry returns one entry of those that the filter shows.
func (v *view) Entry(ctx context.Context, see access.Filter, id timesheet.EntryID) (timesheet.Entry, access.Resource, error) {
	e, r, err := from(v, v.home.entries).Get(ctx, see, id)
	e.Tags = slices.Clone(e.Tags)
	return e, r, err
}

// Entries returns a page of entries, the newest first.
func (v *view) Entries(ctx context.Context, see access.Filter, q timesheet.EntryQuery) (access.Page[timesheet.Entry], error) {
	var page access.Page[timesheet.Entry]
	plan, err := v.plan(ctx, see, timesheet.KindEntry)
	if err != nil {
		return page, err
	}
	limit, err := limitOf(q.Limit)
	if err != nil {
		return page, err
	}
	after, err := parseCursor(q.After)
	if err != nil {
		return page, err
	}
	var found []*timesheet.Entry
	for e := range v.visible(plan) {
		switch {
		case !q.Person.IsZero() && e.Person != q.Person,
			!q.Project.IsZero() && e.Project != q.Project,
			q.Overlaps && !e.Overlaps,
			!q.From.IsZero() && e.Start.Before(q.From),
			!q.To.IsZero() && !e.Start.Before(q.To),
			q.After != "" && newestFirst(e, after) <= 0:
			continue
		}
		found = append(found, e)
	}
	slices.SortFunc(found, newestFirst)
	if len(found) > limit {
		found = found[:limit]
		page.Next = cursor(found[limit-1])
	}
	for _, e := range found {
		page.Rows = append(page.Rows, v.own(e))
	}
	return page, nil
}

// newestFirst is the order of entries: by start, then by id, both descending.
func newestFirst(a, b *timesheet.Entry) int {
	return cmp.Or(b.Start.Compare(a.Start), bytes.Compare(b.ID[:], a.ID[:]))
}

// cursor names the place of an entry in that order, so that a page goes on
// where the one before ended even if the entry is gone meanwhile.
func cursor(e *timesheet.Entry) string {
	return strconv.FormatInt(e.Start.UnixMicro(), 10) + "." + e.ID.String()
}

func parseCursor(s string) (*timesheet.Entry, error) {
	if s == "" {
		return nil, nil
	}
	start, id, _ := strings.Cut(s, ".")
	micros, err := strconv.ParseInt(start, 10, 64)
	if err != nil {
		return nil, badCursor(s)
	}
	e := timesheet.Entry{Start: time.UnixMicro(micros)}
	if e.ID, err = tenancy.ParseID[timesheet.Entry](id); err != nil {
		return nil, badCursor(s)
	}
	return &e, nil
}

// Imported returns those of the keys that visible entries have, in the order
// given.
func (v *view) Imported(ctx context.Context, see access.Filter, source string, keys []string) ([]string, error) {
	plan, err := v.plan(ctx, see, timesheet.KindEntry)
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for e := range v.visible(plan) {
		if e.External.Key != "" && e.External.Source == source {
			there[e.External.Key] = true
		}
	}
	var found []string
	for _, k := range keys {
		if there[k] {
			found = append(found, k)
			delete(there, k) // each once
		}
	}
	return found, nil
}

// overlapping returns, for each of the entries that are timed and share time
// with another, that they do. They are of one person.
func overlapping(entries []*timesheet.Entry) map[timesheet.EntryID]bool {
	timed := slices.DeleteFunc(slices.Clone(entries), func(e *timesheet.Entry) bool { return e.Form != timesheet.Timed })
	slices.SortFunc(timed, func(a, b *timesheet.Entry) int { return a.Start.Compare(b.Start) })
	shared := map[timesheet.EntryID]bool{}
	for i, a := range timed {
		for _, b := range timed[i+1:] {
			if !b.Start.Before(a.End) {
				break // and so do all that start later
			}
			shared[a.ID], shared[b.ID] = true, true
		}
	}
	return shared
}
