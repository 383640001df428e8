package exchange

import (
	"fmt"
	"strings"

	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// Report says what became of every row of a file.
type Report struct {
	Rows      []Result // in the order of the file
	Stored    int      // Stored + Unchanged + Refused = len(Rows)
	Unchanged int
	Refused   int
	Projects  []ProjectTime // in the order in which the file names them
	Created   Created
}

// Status is what became of a row.
type Status string

// The statuses.
const (
	Stored    Status = "stored"
	Unchanged Status = "unchanged" // an earlier import stored it
	Refused   Status = "refused"
)

// Result is what became of one row.
type Result struct {
	Line   int // on which the row begins; the first line of the file is 1
	Status Status
	Entry  timesheet.EntryID // of a row that was stored
	Err    *fault.Error      // of a row that was refused: the column, the value and the rule
	Notes  []Note            // of a row that was stored
}

// String says it in one line, for people.
func (r Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "line %d: %s", r.Line, r.Status)
	if r.Err != nil {
		fmt.Fprintf(&b, ": %s", r.Err)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "; %s %s", n.Column, n.Text)
	}
	return b.String()
}

// NoteCode is a stable name of a kind of note.
type NoteCode string

// The codes of notes.
const (
	Skipped     NoteCode = "skipped_time"  // the clock never showed the time: shifted forward by the gap
	Repeated    NoteCode = "repeated_time" // the clock showed the time twice
	DurationOff NoteCode = "duration_off"  // Duration differs by one second from the interval, which counts
	Overlaps    NoteCode = "overlaps"      // shares time with another entry of the same person
)

// Note is something about a row that was accepted which a person may want to
// look at.
type Note struct {
	Code   NoteCode
	Column string // as the file spells it
	Text   string // for people
}

func clockNote(kind zone.Kind, column string) Note {
	if kind == zone.Skipped {
		return Note{Skipped, column, "was skipped by the clock that day: shifted forward by the gap"}
	}
	return Note{Repeated, column, "was shown twice by the clock that day: taken as the first, unless only the second fits the row"}
}

// ProjectTime is the time of a file on one project.
type ProjectTime struct {
	Client    string // as the file first spells it; empty: none
	Project   string // empty: time without a project
	Stored    int64  // seconds of the rows that were stored
	Unchanged int64  // seconds, in the file, of the rows that an earlier import stored
}

// Created counts what an import created beside the time.
type Created struct {
	People, Clients, Projects, Tasks, Tags int
	Teams                                  int // people who joined a team, but for the actor in projects of her making
}

// RowError is an error that ended File.Store because of some rows.
type RowError struct {
	Lines []int
	Err   error
}

func (e *RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Lines[0], e.Err) }

// Unwrap returns the error itself.
func (e *RowError) Unwrap() error { return e.Err }
