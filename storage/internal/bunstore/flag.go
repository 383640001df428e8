package bunstore

import (
	"slices"
	"time"

	"github.com/seed-5be203e9/stint/timesheet"
)

// lockPersons locks those whose time is written, in order of id, so that
// overlaps and running entries stay as they were checked and two writers never
// wait for each other in a circle.
func (h *handle) lockPersons(entries []timesheet.Entry) []Call {
	ids := make([][16]byte, 0, len(entries))
	for _, e := range entries {
		ids = append(ids, e.Person)
	}
	var calls []Call
	for part := range slices.Chunk(set(ids), mostIDs) {
		list, args := in(part)
		calls = append(calls, Call{
			SQL:  "select id from stint_memberships where domain_id = ? and id in (" + list + ") order by id" + h.db.d.Lock,
			Args: append([]any{h.domain}, args...),
			Each: func(scan Scan) error { return scan(new([16]byte)) },
		})
	}
	return calls
}

// flagNeighbours sets the overlap flags right around intervals that came or
// went: those of the entries that share time with one of them. It looks no
// further back than the longest entry reaches.
func (h *handle) flagNeighbours(touched []timesheet.Entry) []Call {
	var calls []Call
	for _, e := range touched {
		if e.Form != timesheet.Timed {
			continue
		}
		calls = append(calls, Call{
			SQL: "update stint_entries as e set overlapping = not e.overlapping" +
				" where e.domain_id = ? and e.membership_id = ? and e.form = 'timed' and e.started_at > ? and e.started_at < ? and e.ended_at > ?" +
				" and e.overlapping <> exists (select 1 from stint_entries o where o.domain_id = e.domain_id and o.membership_id = e.membership_id" +
				" and o.started_at > e.started_at - " + h.db.d.Week + " and o.started_at < e.ended_at and o.ended_at > e.started_at" +
				" and o.form = 'timed' and o.id <> e.id)",
			Args: []any{h.domain, e.Person, e.Start.Add(-longest - time.Second), e.End, e.Start},
		})
	}
	return calls
}

const longest = time.Duration(timesheet.LongestEntry) * time.Second

// flagMany does for many new entries of some persons, between two instants, what
// flagNeighbours does for one: it walks each person's time once. New entries only
// add overlaps, so flags are set and never taken back. An entry shares time with
// an earlier one if the latest end so far is after its start, and with a later
// one if the next start is before its end.
func (h *handle) flagMany(persons [][16]byte, from, to time.Time) Call {
	list, ids := in(persons)
	args := append([]any{h.domain}, ids...)
	args = append(args, from.Add(-longest-time.Second), to, from)
	args = append(args, h.domain)
	return Call{
		SQL: "update stint_entries as e set overlapping = true from (" +
			"select id, started_at, overlapping," +
			" coalesce(max(ended_at) over (partition by membership_id order by started_at, id rows between unbounded preceding and 1 preceding) > started_at, false)" +
			" or coalesce(lead(started_at) over (partition by membership_id order by started_at, id) < ended_at, false) as shares" +
			" from stint_entries where domain_id = ? and membership_id in (" + list + ") and form = 'timed' and started_at > ? and started_at < ? and ended_at > ?" +
			") w where w.shares and not w.overlapping and e.domain_id = ? and e.id = w.id",
		Args: args,
	}
}
