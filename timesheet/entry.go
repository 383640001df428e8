package timesheet

import (
	"strconv"
	"time"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// EntryID is the identity of an Entry.
type EntryID = tenancy.ID[Entry]

// Form says what an entry's time is made of.
type Form string

// The forms of an entry.
const (
	Timed   Form = "timed"   // from Start until End; Seconds is their difference
	Untimed Form = "untimed" // Seconds on one day; End is zero and Start is that day's first instant
	Running Form = "running" // from Start on; End and Seconds are zero
)

// Entry is time that one person spent.
type Entry struct {
	ID        EntryID
	Version   int64
	CreatedAt time.Time
	Site      tenancy.SiteID       // exactly one: that of the scope it was recorded in
	Person    tenancy.MembershipID // whose time it is
	Recorder  tenancy.MembershipID // who recorded it; none for the system
	Project   ProjectID            // none: time without a project
	Task      TaskID               // of the project; or none
	Activity  ActivityID           // or none
	Tags      []TagID              // in order of id, each once
	Form      Form
	Start     time.Time // UTC, microseconds
	End       time.Time // UTC, microseconds, exclusive; zero unless Timed
	Seconds   int64     // whole seconds
	Zone      string    // IANA zone of the worker; slices are cut at its midnights
	Note      string
	Billable  bool
	Overlaps  bool // kept by the store: shares time with another timed entry of the same person
	External  External
}

// External is what an import keeps of an entry's origin. It is information
// only: Stint never computes with Amount.
type External struct {
	Source   string // such as "toggl"; empty: recorded here
	Key      string // the entry's identity in the source; unique in the domain together with Source
	Amount   int64  // minor units of Currency
	Currency string // ISO 4217; empty: no amount
	// Withheld says that who reads this may not see Amount and Currency, which
	// are zero then. Written back so, what is stored stays.
	Withheld bool
}

// noteMost is the longest note of an entry, in characters.
const noteMost = 3000

// tagsMost is how many tags an entry has at most.
const tagsMost = 100

// check returns the entry as it is stored, or what is wrong with it. It is
// pure: references are the store's to check.
func (b Book) check(e Entry, zones *zone.Zones) (Entry, []Slice, error) {
	var err error
	if e.Note, err = tenancy.CleanText("note", e.Note, noteMost); err != nil {
		return e, nil, err
	}
	if len(e.Tags) > tagsMost {
		return e, nil, fault.Input("too_many_tags", "tags", strconv.Itoa(len(e.Tags)), "must be at most "+strconv.Itoa(tagsMost))
	}
	loc, err := zones.Load(e.Zone)
	if err != nil {
		return e, nil, err
	}
	if e.Task != (TaskID{}) && e.Project == (ProjectID{}) {
		return e, nil, fault.Input("task_without_project", "task", e.Task.String(), "is a piece of a project: name the project too")
	}
	if e.Start.IsZero() {
		return e, nil, fault.Input("start_missing", "start", "", "must be given")
	}
	e.Start, e.End = e.Start.UTC().Truncate(time.Microsecond), e.End.UTC().Truncate(time.Microsecond)
	if y := e.Start.Year(); y < 1900 || y > 9998 {
		return e, nil, fault.Input("start_out_of_range", "start", e.Start.Format(time.RFC3339), "must lie between the years 1900 and 9998")
	}
	most := b.mostSeconds()
	switch e.Form {
	case Timed:
		if e.End.IsZero() {
			return e, nil, fault.Input("end_missing", "end", "", "must be given; an entry without one is running or untimed")
		}
		if !e.End.After(e.Start) {
			return e, nil, fault.Input("end_before_start", "end", e.End.Format(time.RFC3339), "must be after the start "+e.Start.Format(time.RFC3339))
		}
		// Not the difference, for a Duration overflows after 292 years.
		if e.End.After(e.Start.Add(time.Duration(most) * time.Second)) {
			return e, nil, fault.Input("too_long", "end", e.End.Format(time.RFC3339), "must be at most "+zone.FormatDuration(most)+" after the start")
		}
		seconds := int64(e.End.Sub(e.Start) / time.Second)
		if e.Seconds != 0 && e.Seconds != seconds {
			return e, nil, fault.Input("duration_mismatch", "seconds", strconv.FormatInt(e.Seconds, 10), "must be "+strconv.FormatInt(seconds, 10)+", the time from start to end, or left out")
		}
		e.Seconds = seconds
		return e, cut(e, loc), nil
	case Untimed:
		if !e.End.IsZero() {
			return e, nil, fault.Input("end_given", "end", e.End.Format(time.RFC3339), "must be left out for a plain duration")
		}
		if e.Seconds <= 0 {
			return e, nil, fault.Input("negative_duration", "seconds", strconv.FormatInt(e.Seconds, 10), "must be more than 0")
		}
		if e.Seconds > most {
			return e, nil, fault.Input("too_long", "seconds", strconv.FormatInt(e.Seconds, 10), "must be at most "+strconv.FormatInt(most, 10))
		}
		day := zone.DayOf(e.Start, loc)
		e.Start = zone.DayStart(day, loc).UTC()
		return e, []Slice{{Entry: e.ID, Day: day, Seconds: e.Seconds}}, nil
	case Running:
		if !e.End.IsZero() {
			return e, nil, fault.Input("end_given", "end", e.End.Format(time.RFC3339), "must be left out while the entry is running")
		}
		if e.Seconds != 0 {
			return e, nil, fault.Input("seconds_given", "seconds", strconv.FormatInt(e.Seconds, 10), "must be left out while the entry is running")
		}
		return e, nil, nil
	}
	return e, nil, fault.Input("bad_form", "form", string(e.Form), "must be timed, untimed or running")
}
