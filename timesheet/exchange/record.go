package exchange

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
)

// record stores the time.
func (r *run) record(ctx context.Context) error {
	for chunk := range slices.Chunk(r.items, chunkRows) {
		chunk = slices.Clone(chunk)
		for len(chunk) > 0 {
			drafts := make([]timesheet.Entry, len(chunk))
			for i, it := range chunk {
				drafts[i] = r.entry(it)
			}
			stored, err := r.opt.Book.RecordAll(ctx, r.s, drafts)
			if bad, ok := errors.AsType[*timesheet.EntryError](err); ok {
				// All that can be refused was asked before, so this is rare.
				reason := refusal(bad.Err)
				if reason == nil {
					return &RowError{[]int{chunk[bad.Index].result.Line}, bad.Err}
				}
				it := chunk[bad.Index]
				it.result.Status, it.result.Err, it.result.Notes = Refused, reason, nil
				chunk = slices.Delete(chunk, bad.Index, bad.Index+1)
				continue
			}
			if err != nil {
				return err
			}
			for i, it := range chunk {
				it.result.Status, it.result.Entry = Stored, stored[i].ID
				r.entries[stored[i].ID] = it.result
			}
			break
		}
		r.progress()
	}
	return nil
}

func (r *run) entry(it *item) timesheet.Entry {
	e := timesheet.Entry{
		Person: it.person, Form: timesheet.Timed, Start: it.Start, End: it.End, Seconds: it.Seconds,
		Zone: r.opt.Zone, Note: it.Note, Billable: it.Billable,
		External: timesheet.External{Source: r.source, Key: it.key(r.site, it.person), Amount: it.Amount, Currency: it.Currency},
	}
	if it.project != nil {
		e.Project = it.project.id
	}
	if it.task != nil {
		e.Task = it.task.id
	}
	for _, tag := range it.tags {
		e.Tags = append(e.Tags, tag.id)
	}
	return e
}

// noteOverlaps reads back which of the new entries the store has flagged.
func (r *run) noteOverlaps(ctx context.Context) error {
	type reach struct{ first, last time.Time } // of starts
	people := map[tenancy.MembershipID]reach{}
	for _, it := range r.items {
		if it.result.Status != Stored {
			continue
		}
		w, seen := people[it.person]
		if !seen || it.Start.Before(w.first) {
			w.first = it.Start
		}
		if it.Start.After(w.last) {
			w.last = it.Start
		}
		people[it.person] = w
	}
	for person, w := range people {
		q := timesheet.EntryQuery{Person: person, From: w.first, To: w.last.Add(time.Microsecond), Overlaps: true, Limit: 1000}
		for {
			page, err := r.s.Entries(ctx, r.s.Who().Sees(timesheet.ViewEntry), q)
			if err != nil {
				return err
			}
			for _, e := range page.Rows {
				if result := r.entries[e.ID]; result != nil {
					result.Notes = append(result.Notes, Note{Overlaps, r.header.name(r.startColumn()), "shares time with another entry of the same person"})
				}
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
	}
	return nil
}

func (r *run) startColumn() column {
	if r.source == string(Intervals) {
		return colStart
	}
	return colStartTime
}
