package timesheet

import (
	"time"

	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// Slice is the part of an entry that falls on one local day of the entry's
// zone. An entry's slices add up to its seconds. A store keeps with each slice
// the site, person, project, task, activity and billable flag of its entry, so
// that reports read slices alone.
type Slice struct {
	Entry   EntryID
	Day     zone.Day
	Seconds int64
}

// cut cuts a timed entry at the midnights of its zone.
func cut(e Entry, loc *time.Location) []Slice {
	parts := zone.Cut(e.Start, e.End, loc)
	out := make([]Slice, len(parts))
	for i, p := range parts {
		out[i] = Slice{Entry: e.ID, Day: p.Day, Seconds: p.Seconds}
	}
	return out
}
