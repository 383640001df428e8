package bunstore

import (
	"context"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// entryRow is one entry on its way out of the database, with what places it.
// Its pointers are made once a statement.
type entryRow struct {
	entry    timesheet.Entry
	tags     string
	at       place
	archived time.Time
	dest     []any
}

func (h *handle) entryRow(placed bool) *entryRow {
	r := &entryRow{}
	r.dest = append(fields(h.db.kinds.Entries.Fields(&r.entry)), &r.tags)
	if placed {
		r.dest = append(r.dest, &r.at.client, &r.at.public, &r.at.shared, &r.archived, &r.at.team, &r.at.manager)
	}
	return r
}

// get returns what was scanned.
func (r *entryRow) get() (timesheet.Entry, error) {
	e := r.entry
	e.Tags = nil
	if r.tags != "" {
		raw, err := hex.DecodeString(r.tags)
		if err != nil {
			return e, err
		}
		e.Tags = make([]timesheet.TagID, len(raw)/16)
		for i := range e.Tags {
			copy(e.Tags[i][:], raw[i*16:])
		}
		timesheet.SortTags(e.Tags)
	}
	return e, nil
}

// entryColumns are the columns of an entry e and its tags.
func (db *DB) entryColumns() string {
	return "t." + strings.Join(db.kinds.Entries.Columns, ", t.") +
		", (select " + strings.ReplaceAll(db.d.Concat, "%s", strings.ReplaceAll(db.d.HexID, "%s", "g.tag_id")) +
		" from stint_entry_tags g where g.domain_id = t.domain_id and g.entry_id = t.id)"
}

// entryPlace are the columns that place an entry, after joins.
const entryPlace = ", p.client_id, p.public, p.shared, p.archived_at, m.id, m.manager"

// Entry implements timesheet.Reader. The row is read whatever the filter says;
// see rows.Get.
func (h *handle) Entry(ctx context.Context, see access.Filter, id timesheet.EntryID) (timesheet.Entry, access.Resource, error) {
	k := h.db.kinds.Entries.Kind
	plan, err := h.session.Plan(see, k.Name)
	if err != nil {
		return timesheet.Entry{}, access.Resource{}, err
	}
	r, found := h.entryRow(true), false
	err = h.run(ctx, Call{
		SQL:  h.db.entryByID,
		Args: []any{h.me(), h.domain, id},
		Each: func(scan Scan) error { found = true; return scan(r.dest...) },
	})
	if err != nil {
		return timesheet.Entry{}, access.Resource{}, err
	}
	r.at.archived = !r.archived.IsZero()
	row := rowOf(k, r.dest[:len(k.Columns)], r.at, h.me())
	if err := h.grouped(ctx, &row); err != nil {
		return timesheet.Entry{}, access.Resource{}, err
	}
	if !found || !h.fenced(row, k) || !plan.Sees(row) {
		return timesheet.Entry{}, access.Resource{}, fault.NotFound
	}
	e, err := r.get()
	if err != nil {
		return timesheet.Entry{}, access.Resource{}, h.fail(ctx, err)
	}
	withhold(h, h.db.kinds.Entries, &e, row)
	return e, h.session.Resource(row), nil
}

// Imported implements timesheet.Reader.
func (h *handle) Imported(ctx context.Context, see access.Filter, source string, keys []string) ([]string, error) {
	k := h.db.kinds.Entries.Kind
	plan, err := h.session.Plan(see, k.Name)
	if err != nil {
		return nil, err
	}
	var known []string
	cols := joined(k)
	shown := allOf(h.inScope(cols), cols.print(h.db.d, plan, h.me()))
	keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !storable(key) })
	if !storable(source) {
		return nil, nil
	}
	var calls []Call
	for len(keys) > 0 {
		part := keys[:min(len(keys), mostIDs)]
		keys = keys[len(part):]
		n := 1
		for n < len(part) {
			n *= 2
		}
		args := []any{h.me(), h.domain, source}
		for i := range n {
			args = append(args, part[min(i, len(part)-1)])
		}
		calls = append(calls, Call{
			SQL: "select t.external_key from stint_entries t" + joins(k) +
				" where t.domain_id = ? and t.external_source = ? and t.external_key is not null and t.external_key in (" + marks(n) + ") and " + shown.sql,
			Args: append(args, shown.args...),
			Each: func(scan Scan) error {
				var key string
				err := scan(&key)
				known = append(known, key)
				return err
			},
		})
	}
	if len(calls) == 0 {
		return nil, nil
	}
	return known, h.run(ctx, calls...)
}

// PutEntry implements timesheet.Store. The entry, its slices and tags, and the
// flags of its neighbours are one pipeline.
func (h *handle) PutEntry(ctx context.Context, may access.Permit, e timesheet.Entry, parts []timesheet.Slice) (timesheet.Entry, error) {
	if err := h.refuseReadOnly(); err != nil {
		return timesheet.Entry{}, err
	}
	k := h.db.kinds.Entries
	w, err := h.session.Write(may, written(k, &e), k.Has())
	if err != nil {
		return timesheet.Entry{}, err
	}
	pointers := fields(k.Fields(&e))
	if err := checkText(k.Kind, pointers); err != nil {
		return timesheet.Entry{}, err
	}
	if err := checkTime([]timesheet.Entry{e}, parts); err != nil {
		return timesheet.Entry{}, err
	}
	isNew := e.Version == 0
	touched := []timesheet.Entry{e}
	var calls []Call
	if isNew {
		e.Version, e.Overlaps = 1, false
		if e.CreatedAt.IsZero() {
			e.CreatedAt = h.now
		}
		calls = append(h.lockPersons(touched), Call{SQL: h.db.entryInsert, Args: h.entryArgs(&e)})
	} else {
		was, err := h.before(ctx, w.Before.Person, e)
		if err != nil {
			return timesheet.Entry{}, err
		}
		_, keep, err := stood(ctx, h, k, &e, w)
		if err != nil {
			return timesheet.Entry{}, err
		}
		touched = append(touched, was)
		e.Version++
		// The caller's word does not count: a timed entry keeps the flag it has
		// until its neighbours are looked at, no other overlaps.
		e.Overlaps = was.Overlaps && e.Form == timesheet.Timed
		calls = append(calls, h.updateEntry(&e, keep)...)
	}
	for _, s := range parts {
		calls = append(calls, h.insertSlice(&e, s))
	}
	for _, tag := range e.Tags {
		calls = append(calls, Call{
			SQL:  "insert into stint_entry_tags (domain_id, entry_id, tag_id) values (?, ?, ?)",
			Args: []any{h.domain, e.ID, tag},
		})
	}
	calls = append(calls, h.flagNeighbours(touched)...)
	calls = append(calls, Call{
		SQL: "select overlapping from stint_entries where domain_id = ? and id = ?", Args: []any{h.domain, e.ID},
		Each: func(scan Scan) error { return scan(&e.Overlaps) },
	})
	if err := h.run(ctx, calls...); err != nil {
		return timesheet.Entry{}, err
	}
	h.log(h.session.Event(w, e.Version, h.now), "", "")
	hide(k, &e)
	withhold(h, k, &e, w.After)
	return e, nil
}

// before locks the persons that an edit concerns and the entry itself, and
// returns the entry as it stands, if it is still of the version that was read.
func (h *handle) before(ctx context.Context, person [16]byte, e timesheet.Entry) (timesheet.Entry, error) {
	was := timesheet.Entry{ID: e.ID, Person: person}
	version := int64(0)
	err := h.run(ctx, append(h.lockPersons([]timesheet.Entry{e, was}), Call{
		SQL:  "select version, membership_id, form, started_at, ended_at, overlapping from stint_entries where domain_id = ? and id = ?" + h.db.d.Lock,
		Args: []any{h.domain, e.ID},
		Each: func(scan Scan) error {
			return scan(&version, was.Person.Raw(), (*string)(&was.Form), &was.Start, &was.End, &was.Overlaps)
		},
	})...)
	switch {
	case err != nil:
		return was, err
	case version == 0:
		return was, fault.NotFound
	case version != e.Version:
		return was, fault.Stale
	}
	return was, nil
}

// updateEntry writes an entry over its former version and clears what goes with
// it. The columns of keep stay as they are.
func (h *handle) updateEntry(e *timesheet.Entry, keep []string) []Call {
	update, args := h.db.entryUpdate, h.entryArgs(e)[4:] // without domain_id, id, version, created_at
	if len(keep) > 0 {
		columns := h.db.kinds.Entries.Columns[3:]
		var kept []any
		for i, c := range columns {
			if !slices.Contains(keep, c) {
				kept = append(kept, args[i])
			}
		}
		update, args = updateEntry(slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return slices.Contains(keep, c) })), kept
	}
	args = append(append([]any{e.Version}, args...), h.domain, e.ID)
	return []Call{
		{SQL: update, Args: args},
		{SQL: "delete from stint_slices where domain_id = ? and entry_id = ?", Args: []any{h.domain, e.ID}},
		{SQL: "delete from stint_entry_tags where domain_id = ? and entry_id = ?", Args: []any{h.domain, e.ID}},
	}
}

// updateEntry returns the statement that writes columns of an entry.
func updateEntry(columns []string) string {
	return "update stint_entries set version = ?, " + strings.Join(columns, " = ?, ") + " = ? where domain_id = ? and id = ?"
}

// RemoveEntry implements timesheet.Store.
func (h *handle) RemoveEntry(ctx context.Context, may access.Permit, id timesheet.EntryID) error {
	if err := h.refuseReadOnly(); err != nil {
		return err
	}
	k := h.db.kinds.Entries.Kind
	was := timesheet.Entry{ID: id}
	row := access.Row{Kind: k.Name, ID: id}
	err := h.run(ctx, Call{
		SQL:  "select version, site_id, project_id, membership_id, form, started_at, ended_at from stint_entries where domain_id = ? and id = ?",
		Args: []any{h.domain, id},
		Each: func(scan Scan) error {
			err := scan(&row.Version, row.Site.Raw(), &row.Project, row.Person.Raw(), (*string)(&was.Form), &was.Start, &was.End)
			was.Person = row.Person
			return err
		},
	})
	if err != nil {
		return err
	}
	if row.Version == 0 && h.session.Holds(may) {
		return fault.NotFound
	}
	w, err := h.session.Remove(may, row, k.Has())
	if err != nil {
		return err
	}
	removed := int64(0)
	calls := append(h.lockPersons([]timesheet.Entry{was}), []Call{
		{SQL: "delete from stint_slices where domain_id = ? and entry_id = ?", Args: []any{h.domain, id}},
		{SQL: "delete from stint_entry_tags where domain_id = ? and entry_id = ?", Args: []any{h.domain, id}},
		{SQL: "delete from stint_entries where domain_id = ? and id = ? and version = ?", Args: []any{h.domain, id, row.Version}, Rows: &removed},
	}...)
	if err := h.run(ctx, append(calls, h.flagNeighbours([]timesheet.Entry{was})...)...); err != nil {
		return err
	}
	if removed == 0 {
		return h.fail(ctx, fault.Stale) // its slices may be gone already: nothing of this may stay
	}
	h.log(h.session.Event(w, row.Version, h.now), "", "")
	return nil
}

// checkTime refuses entries that reach further than overlaps are looked for,
// and slices that do not add up to their entries. The other rules of time are
// the schema's.
func checkTime(entries []timesheet.Entry, parts []timesheet.Slice) error {
	sum := make(map[timesheet.EntryID]int64, len(entries))
	for _, e := range entries {
		if e.Form == timesheet.Timed && e.End.Sub(e.Start) > longest || e.Seconds > timesheet.LongestEntry {
			return fault.Input("too_long", "seconds", strconv.FormatInt(e.Seconds, 10), "must be at most seven days")
		}
		sum[e.ID] = e.Seconds
	}
	for _, s := range parts {
		if _, ok := sum[s.Entry]; !ok || s.Seconds < 0 {
			return fault.Input("bad_slices", "slices", s.Entry.String(), "must each belong to an entry that is written, with no negative seconds")
		}
		sum[s.Entry] -= s.Seconds
	}
	for id, left := range sum {
		if left != 0 {
			return fault.Input("bad_slices", "slices", id.String(), "must add up to the seconds of their entry")
		}
	}
	return nil
}
