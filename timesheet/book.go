package timesheet

import (
	"context"
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// Book holds the use cases of recording time. The zero Book works; one Book may
// be used by any number of goroutines.
type Book struct {
	// MostSeconds is the longest that one entry may be. 0 means seven days,
	// which is also the most: overlaps are looked for no further back.
	MostSeconds int64

	// Zones is where time zones are loaded from. nil means one of its own for
	// each call, which reads the zone database anew.
	Zones *zone.Zones
}

// LongestEntry bounds the length of an entry, in seconds: seven days.
const LongestEntry int64 = 7 * 24 * 60 * 60

// Validate names the field that is wrong, if one is.
func (b Book) Validate() error {
	if b.MostSeconds < 0 || b.MostSeconds > LongestEntry {
		return fault.Input("bad_config", "MostSeconds", zone.FormatDuration(b.MostSeconds), "must lie between 0 and "+zone.FormatDuration(LongestEntry))
	}
	return nil
}

func (b Book) mostSeconds() int64 {
	if b.MostSeconds <= 0 || b.MostSeconds > LongestEntry {
		return LongestEntry
	}
	return b.MostSeconds
}

func (b Book) zones() *zone.Zones {
	if b.Zones == nil {
		return &zone.Zones{}
	}
	return b.Zones
}

// Record records time. Site comes from the scope; Person defaults to the actor
// and Recorder is the actor. ID, Version, CreatedAt and Overlaps are the
// store's. A project that the actor cannot see is fault.NotFound; somebody
// else's time needs the right to record it. Overlapping entries are stored and
// flagged.
func (b Book) Record(ctx context.Context, s Store, e Entry) (Entry, error) {
	e, parts, err := b.draft(s, e)
	if err != nil {
		return Entry{}, err
	}
	placed, err := s.Place(ctx, s.Who().Sees(ViewProject), entryRow(e))
	if err != nil {
		return Entry{}, err
	}
	may, err := s.Who().May(Track, placed[0])
	if err != nil {
		return Entry{}, err
	}
	if err := newReferences(s).check(ctx, e, Entry{}); err != nil {
		return Entry{}, err
	}
	return s.PutEntry(ctx, may, e, parts)
}

// RecordAll records many entries at once, for imports: all of them or none. It
// does for each what Record does, with a number of statements that grows
// only with the distinct tasks, activities and tags they name, and returns the entries in their order, without their overlap flags
// (EntryQuery.Overlaps finds those that share time). The error of one
// entry is an *EntryError with its index.
func (b Book) RecordAll(ctx context.Context, s Store, all []Entry) ([]Entry, error) {
	b.Zones = b.zones() // one for all of them
	drafts, parts, rows := make([]Entry, len(all)), make([]Slice, 0, len(all)), make([]access.Row, len(all))
	for i, e := range all {
		d, p, err := b.draft(s, e)
		if err != nil {
			return nil, &EntryError{i, err}
		}
		drafts[i], rows[i] = d, entryRow(d)
		parts = append(parts, p...)
	}
	see := s.Who().Sees(ViewProject)
	placed, err := s.Place(ctx, see, rows...)
	if err != nil {
		for i, row := range rows { // which of them was it?
			if _, err := s.Place(ctx, see, row); err != nil {
				return nil, &EntryError{i, err}
			}
		}
		return nil, err
	}
	permits := make([]access.Permit, len(all))
	for i, r := range placed {
		if permits[i], err = s.Who().May(Track, r); err != nil {
			return nil, &EntryError{i, err}
		}
	}
	refs := newReferences(s)
	for i, d := range drafts {
		if err := refs.check(ctx, d, Entry{}); err != nil {
			return nil, &EntryError{i, err}
		}
	}
	if err := s.AddEntries(ctx, permits, drafts, parts); err != nil {
		return nil, err
	}
	for i := range drafts {
		drafts[i].Version = 1
	}
	return drafts, nil
}

// EntryError is the error of one entry among many.
type EntryError struct {
	Index int // in the order given
	Err   error
}

func (e *EntryError) Error() string { return e.Err.Error() }
func (e *EntryError) Unwrap() error { return e.Err }

// Edit changes an entry: its Person, Project, Task, Activity, Tags, Form,
// Start, End, Seconds, Zone, Note and Billable become those given. Version must
// be the one that was read, else fault.Stale. The actor needs the right on the
// entry as it is and as it becomes.
func (b Book) Edit(ctx context.Context, s Store, e Entry) (Entry, error) {
	was, before, err := s.Entry(ctx, s.Who().Sees(ViewEntry), e.ID)
	if err != nil {
		return Entry{}, err
	}
	if was.Version != e.Version {
		return Entry{}, fault.Stale
	}
	next := was
	next.Person, next.Project, next.Task, next.Activity = e.Person, e.Project, e.Task, e.Activity
	next.Tags, next.Form, next.Start, next.End, next.Seconds = tagSet(e.Tags), e.Form, e.Start, e.End, e.Seconds
	next.Zone, next.Note, next.Billable = e.Zone, e.Note, e.Billable
	if next.Person.IsZero() {
		next.Person = was.Person
	}
	next, parts, err := b.check(next, b.zones())
	if err != nil {
		return Entry{}, err
	}
	// What does not move keeps its facts: she may have left the team since, and
	// still may change the note if her roles say so.
	after := before
	if next.Project != was.Project || next.Person != was.Person {
		row := entryRow(next)
		row.Version = was.Version
		// Both persons at once, so that two edits never wait for each other.
		former := access.Row{Kind: KindEntry, ID: was.ID, Site: was.Site, Person: was.Person}
		placed, err := s.Place(ctx, s.Who().Sees(ViewProject), row, former)
		if err != nil {
			return Entry{}, err
		}
		after = placed[0]
	}
	may, err := s.Who().MayChange(EditEntry, before, after)
	if err != nil {
		return Entry{}, err
	}
	if err := newReferences(s).check(ctx, next, was); err != nil {
		return Entry{}, err
	}
	return s.PutEntry(ctx, may, next, parts)
}

// Remove removes an entry. Version must be the one that was read.
func (b Book) Remove(ctx context.Context, s Store, id EntryID, version int64) error {
	was, r, err := s.Entry(ctx, s.Who().Sees(ViewEntry), id)
	if err != nil {
		return err
	}
	if was.Version != version {
		return fault.Stale
	}
	may, err := s.Who().May(RemoveEntry, r)
	if err != nil {
		return err
	}
	return s.RemoveEntry(ctx, may, id)
}

// draft completes a new entry and checks what can be checked without a store.
func (b Book) draft(s Store, e Entry) (Entry, []Slice, error) {
	site, err := siteOf(s)
	if err != nil {
		return Entry{}, nil, err
	}
	e.ID, e.Version, e.CreatedAt, e.Site, e.Overlaps = s.NewID(), 0, s.Now(), site, false
	e.Recorder = s.Who().Member()
	if e.Person.IsZero() {
		e.Person = e.Recorder
	}
	if e.Person.IsZero() {
		return Entry{}, nil, fault.Input("person_missing", "person", "", "must be given when nobody is signed in")
	}
	e.Tags = tagSet(e.Tags)
	return b.check(e, b.zones())
}

func entryRow(e Entry) access.Row {
	return access.Row{Kind: KindEntry, ID: e.ID, Site: e.Site, Project: e.Project, Person: e.Person}
}

// tagSet returns the tags in order of id, each once.
func tagSet(tags []TagID) []TagID {
	if len(tags) == 0 {
		return nil
	}
	set := slices.Clone(tags)
	SortTags(set)
	return slices.Compact(set)
}

// SortTags puts tags into the order in which an entry holds them.
func SortTags(tags []TagID) {
	slices.SortFunc(tags, func(a, b TagID) int { return slices.Compare(a[:], b[:]) })
}
