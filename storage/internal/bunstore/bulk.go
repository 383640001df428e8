package bunstore

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

var sliceColumns = []string{"domain_id", "entry_id", "day", "seconds", "site_id", "membership_id", "project_id", "task_id", "activity_id", "billable"}

func (h *handle) sliceArgs(e *timesheet.Entry, s timesheet.Slice) []any {
	return []any{h.domain, e.ID, s.Day, s.Seconds, e.Site, e.Person, e.Project, e.Task, e.Activity, e.Billable}
}

func (h *handle) insertSlice(e *timesheet.Entry, s timesheet.Slice) Call {
	return Call{SQL: sliceInsert, Args: h.sliceArgs(e, s)}
}

var sliceInsert = "insert into stint_slices (" + strings.Join(sliceColumns, ", ") + ") values (" + marks(len(sliceColumns)) + ")"

// entryArgs returns the columns of an entry, domain_id first.
func (h *handle) entryArgs(e *timesheet.Entry) []any {
	return []any{h.domain, e.ID, e.Version, e.CreatedAt, e.Site, e.Person, e.Recorder, e.Project, e.Task, e.Activity,
		string(e.Form), e.Start, e.End, e.Seconds, e.Zone, e.Note, e.Billable, e.Overlaps,
		orNull(e.External.Source), orNull(e.External.Key), e.External.Amount, orNull(e.External.Currency)}
}

// chunk is how many rows go into one call.
const chunk = 2000

// AddEntries implements timesheet.Store: a few calls for each chunk of rows.
func (h *handle) AddEntries(ctx context.Context, may []access.Permit, entries []timesheet.Entry, parts []timesheet.Slice) error {
	if err := h.refuseReadOnly(); err != nil {
		return err
	}
	if len(may) != len(entries) {
		return fault.Proof.On("permit", "")
	}
	k := h.db.kinds.Entries
	writes := make([]access.Write, len(entries))
	byID := make(map[timesheet.EntryID]*timesheet.Entry, len(entries))
	entries = slices.Clone(entries)
	for i := range entries {
		e := &entries[i]
		w, err := h.session.Write(may[i], written(k, e), k.Has())
		if err == nil && e.Version != 0 {
			err = fault.Proof.On("permit", string(w.Action))
		}
		if err == nil {
			err = checkText(k.Kind, fields(k.Fields(e)))
		}
		if err != nil {
			return err
		}
		writes[i], byID[e.ID] = w, e
		e.Version, e.Overlaps = 1, false
		if e.CreatedAt.IsZero() {
			e.CreatedAt = h.now
		}
	}
	if err := checkTime(entries, parts); err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	if err := h.run(ctx, h.lockPersons(entries)...); err != nil {
		return err
	}
	for from := 0; from < len(entries); from += chunk {
		part := entries[from:min(from+chunk, len(entries))]
		if err := h.run(ctx, h.addChunk(part, writes[from:from+len(part)])...); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(parts, chunk) {
		rows := make([][]any, len(part))
		for i, s := range part {
			rows[i] = h.sliceArgs(byID[s.Entry], s)
		}
		if err := h.run(ctx, h.db.bulk("stint_slices", sliceColumns, rows)...); err != nil {
			return err
		}
	}
	return h.flagAll(ctx, entries)
}

// addChunk returns the calls for some entries with their tags and events.
func (h *handle) addChunk(part []timesheet.Entry, writes []access.Write) []Call {
	db := h.db
	rows, events, tags := make([][]any, len(part)), make([][]any, len(part)), [][]any(nil)
	for i := range part {
		e := &part[i]
		rows[i] = h.entryArgs(e)
		events[i] = h.event(h.session.Event(writes[i], 1, h.now)).Args
		for _, tag := range e.Tags {
			tags = append(tags, []any{h.domain, e.ID, tag})
		}
	}
	calls := db.bulk("stint_entries", db.entryAll, rows)
	calls = append(calls, db.bulk("stint_entry_tags", []string{"domain_id", "entry_id", "tag_id"}, tags)...)
	return append(calls, db.bulk("stint_events", db.eventAll, events)...)
}

// bulk inserts rows: with as few calls as the dialect can, or one a row.
func (db *DB) bulk(table string, columns []string, rows [][]any) []Call {
	if len(rows) == 0 {
		return nil
	}
	if db.d.Bulk != nil {
		return db.d.Bulk(table, columns, rows)
	}
	calls := make([]Call, len(rows))
	text := "insert into " + table + " (" + strings.Join(columns, ", ") + ") values (" + marks(len(columns)) + ")"
	for i, r := range rows {
		calls[i] = Call{SQL: text, Args: r}
	}
	return calls
}

// flagAll sets the overlap flags right after a bulk of entries.
func (h *handle) flagAll(ctx context.Context, entries []timesheet.Entry) error {
	var persons [][16]byte
	var from, to time.Time
	for _, e := range entries {
		if e.Form != timesheet.Timed {
			continue
		}
		persons = append(persons, e.Person)
		if from.IsZero() || e.Start.Before(from) {
			from = e.Start
		}
		if e.End.After(to) {
			to = e.End
		}
	}
	for part := range slices.Chunk(set(persons), mostIDs) {
		if err := h.run(ctx, h.flagMany(part, from, to)); err != nil {
			return err
		}
	}
	return nil
}
