package memory

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// PutEntry writes one entry with its slices.
func (t *tx) PutEntry(ctx context.Context, may access.Permit, e timesheet.Entry, s []timesheet.Slice) (timesheet.Entry, error) {
	w, err := permitted(ctx, t, t.home.entries, may, &e)
	if err != nil {
		return timesheet.Entry{}, err
	}
	err = t.journal.whole(func() error {
		persons := []tenancy.MembershipID{e.Person, w.Before.Person}
		if err := t.record(w, e, s); err != nil {
			return err
		}
		t.flag(persons)
		return nil
	})
	if err != nil {
		return timesheet.Entry{}, err
	}
	return t.own(t.home.entries.rows[e.ID]), nil
}

// AddEntries writes many new entries at once: all or none. The error of one is
// a *timesheet.EntryError.
func (t *tx) AddEntries(ctx context.Context, may []access.Permit, all []timesheet.Entry, s []timesheet.Slice) error {
	if err := t.ready(ctx); err != nil {
		return err
	}
	if len(may) != len(all) {
		return fault.Proof
	}
	parts := map[timesheet.EntryID][]timesheet.Slice{}
	for _, p := range s {
		parts[p.Entry] = append(parts[p.Entry], p)
	}
	return t.journal.whole(func() error {
		var persons []tenancy.MembershipID
		for i, e := range all {
			w, err := permitted(ctx, t, t.home.entries, may[i], &e)
			if err == nil && w.Verb != access.Create {
				err = fault.Proof.On("permit", string(w.Action))
			}
			if err == nil {
				err = t.record(w, e, parts[e.ID])
			}
			if err != nil {
				return &timesheet.EntryError{Index: i, Err: err}
			}
			persons = append(persons, e.Person)
			delete(parts, e.ID)
		}
		if len(parts) > 0 {
			return badSlices("belong to none of the entries")
		}
		t.flag(persons)
		return nil
	})
}

// RemoveEntry removes an entry with its slices.
func (t *tx) RemoveEntry(ctx context.Context, may access.Permit, id timesheet.EntryID) error {
	was := timesheet.Entry{}
	return t.journal.whole(func() error {
		if t.ready(ctx) == nil && t.home.entries.has(id) {
			was = *t.home.entries.rows[id]
		}
		if err := remove(ctx, t, t.home.entries, may, id); err != nil {
			return err
		}
		t.home.cut(t.journal, id, nil)
		t.flag([]tenancy.MembershipID{was.Person})
		return nil
	})
}

// record keeps one entry with its slices. The flags of its persons are still
// to be set.
func (t *tx) record(w access.Write, e timesheet.Entry, s []timesheet.Slice) error {
	if err := sound(e, s); err != nil {
		return err
	}
	if err := t.consistent(e); err != nil {
		return err
	}
	e.Tags = slices.Clone(e.Tags)
	slices.SortFunc(e.Tags, func(a, b timesheet.TagID) int { return bytes.Compare(a[:], b[:]) })
	e.Tags = slices.Compact(e.Tags)
	e.Overlaps = false
	if _, err := keep(t, t.home.entries, w, e); err != nil {
		return err
	}
	t.home.cut(t.journal, e.ID, slices.Clone(s))
	return nil
}

// consistent refuses what an entry may not name, and a second running entry of
// the person.
func (t *tx) consistent(e timesheet.Entry) error {
	for _, tag := range e.Tags {
		if !t.home.tags.has(tag) {
			return fault.Reference.On("tag", "")
		}
	}
	if task := t.home.tasks.rows[e.Task]; task != nil && task.Project != e.Project {
		return fault.Reference.On("task", "")
	}
	if e.Form == timesheet.Running {
		for id, other := range t.home.entries.rows {
			if id != e.ID && other.Form == timesheet.Running && other.Person == e.Person {
				return fault.Conflict.On("running", "")
			}
		}
	}
	return nil
}

// sound refuses an entry whose instants, seconds and slices do not agree. The
// rules for people are the use cases'; these are what the store's own sums and
// overlaps rest on.
func sound(e timesheet.Entry, s []timesheet.Slice) error {
	start, end := stored(e.Start), stored(e.End)
	switch {
	case e.Form != timesheet.Timed && e.Form != timesheet.Untimed && e.Form != timesheet.Running:
		return fault.Input("bad_form", "form", string(e.Form), "must be timed, untimed or running")
	case (e.Form == timesheet.Timed) == e.End.IsZero(), e.Form == timesheet.Running && e.Seconds != 0:
		return fault.Input("end_given", "end", "", "must be given if the entry is timed, and only then; a running one has no seconds either")
	case e.Form == timesheet.Timed && !end.After(start):
		return fault.Input("end_before_start", "end", e.End.Format(time.RFC3339), "must be after the start")
	case e.Seconds > timesheet.LongestEntry, e.Form == timesheet.Timed && end.After(start.Add(time.Duration(timesheet.LongestEntry)*time.Second)):
		return fault.Input("too_long", "seconds", strconv.FormatInt(e.Seconds, 10), "must be at most seven days")
	case e.Form == timesheet.Running && len(s) > 0:
		return badSlices("are cut when the entry ends")
	}
	sum := int64(0)
	for i, p := range s {
		if p.Entry != e.ID || p.Seconds < 0 || !p.Day.Valid() {
			return badSlices("must be of the entry, on a day, and not negative")
		}
		if slices.ContainsFunc(s[:i], func(o timesheet.Slice) bool { return o.Day == p.Day }) {
			return badSlices("must be one for each day")
		}
		sum += p.Seconds
	}
	if sum != e.Seconds {
		return badSlices("must add up to the seconds of the entry")
	}
	return nil
}

func badSlices(rule string) error { return fault.Input("bad_slices", "slices", "", rule) }

// flag makes the overlap flags of persons right. An entry whose flag changes
// keeps its version: nobody has edited it.
func (t *tx) flag(persons []tenancy.MembershipID) {
	of := map[tenancy.MembershipID][]*timesheet.Entry{}
	for _, e := range t.home.entries.rows {
		if slices.Contains(persons, e.Person) {
			of[e.Person] = append(of[e.Person], e)
		}
	}
	for _, entries := range of {
		shared := overlapping(entries)
		for _, e := range entries {
			if e.Overlaps != shared[e.ID] {
				flagged := *e
				flagged.Overlaps = shared[e.ID]
				t.home.entries.set(t.journal, e.ID, &flagged)
			}
		}
	}
}
