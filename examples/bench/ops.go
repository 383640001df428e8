package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// op is one operation, to be done in two ways. The answers to the same i are
// equal.
type op struct {
	name  string
	big   bool // is done a few times only
	sdk   func(ctx context.Context, db storage.DB, i int) (any, error)
	hand  func(ctx context.Context, h hand, i int) (any, error)
	after func(ctx context.Context) error // puts the world back, outside of the clock; may be nil
}

// actors is how many people act in turn.
const actors = 20

func (w *world) actor(i int) tenancy.MembershipID {
	return w.main.people[i%min(actors, len(w.main.people))]
}

// ops returns every operation.
func (w *world) ops(ctx context.Context) ([]op, error) {
	seen := map[tenancy.MembershipID][]timesheet.Entry{}
	for i := range actors {
		err := w.db.View(ctx, w.main.scope, access.ByMember(w.actor(i)), func(ctx context.Context, s storage.View) error {
			page, err := s.Entries(ctx, s.Who().Sees(timesheet.ViewEntry), timesheet.EntryQuery{Limit: 100})
			seen[w.actor(i)] = page.Rows
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return []op{
		w.point(seen), w.fourWeeks(),
		w.page("page of 50, member", false), w.page("page of 50, site admin", true),
		w.totals("month by project and day, member", false), w.totals("month by project and day, site admin", true),
		w.report(), w.record(), w.bulk(),
	}, nil
}

func view[T any](ctx context.Context, w *world, db storage.DB, as tenancy.MembershipID, fn func(context.Context, storage.View) (T, error)) (any, error) {
	var out T
	err := db.View(ctx, w.main.scope, access.ByMember(as), func(ctx context.Context, s storage.View) (err error) {
		out, err = fn(ctx, s)
		return err
	})
	return out, err
}

// point reads one entry that the actor may see, and decides that she may.
func (w *world) point(seen map[tenancy.MembershipID][]timesheet.Entry) op {
	pick := func(i int) (tenancy.MembershipID, timesheet.EntryID) {
		me := w.actor(i)
		return me, seen[me][i/actors%len(seen[me])].ID
	}
	return op{
		name: "one entry",
		sdk: func(ctx context.Context, db storage.DB, i int) (any, error) {
			me, id := pick(i)
			return view(ctx, w, db, me, func(ctx context.Context, s storage.View) (timesheet.Entry, error) {
				e, _, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), id)
				return e, err
			})
		},
		hand: func(ctx context.Context, h hand, i int) (any, error) {
			me, id := pick(i)
			e, f := h.entry(), h.facts()
			var out timesheet.Entry
			err := h.tx(ctx, w.main.domain, false, steps(step{
				h.texts().point, []any{h.id(w.main.domain), h.id(id), h.id(me)},
				func(s scanner) error {
					err := s.Scan(append(e.dest(), f.dest()...)...)
					out = e.get()
					return err
				},
			}))
			if err == nil && (out.Site != w.main.scope.Site() || out.Person != me && !f.get().sees()) {
				err = errors.New("not found")
			}
			return out, err
		},
	}
}

// list runs one statement that answers with entries.
func list(ctx context.Context, h hand, domain tenancy.DomainID, text string, limit int, args ...any) (any, error) {
	var out []timesheet.Entry
	e := h.entry()
	dest := e.dest()
	err := h.tx(ctx, domain, false, steps(step{text, append(args, limit+1), func(s scanner) error {
		if len(out) == limit {
			return nil // there is a next page
		}
		err := s.Scan(dest...)
		out = append(out, e.get())
		return err
	}}))
	return out, err
}

// fourWeeks lists what a person did in four weeks.
func (w *world) fourWeeks() op {
	from := newYear.AddDate(0, 0, 140)
	to := from.AddDate(0, 0, 28)
	return op{
		name: "a person's four weeks",
		sdk: func(ctx context.Context, db storage.DB, i int) (any, error) {
			me := w.actor(i)
			return view(ctx, w, db, me, func(ctx context.Context, s storage.View) (all []timesheet.Entry, err error) {
				q := timesheet.EntryQuery{Person: me, From: from, To: to, Limit: 1000}
				for {
					page, err := s.Entries(ctx, s.Who().Sees(timesheet.ViewEntry), q)
					if all = append(all, page.Rows...); err != nil || page.Next == "" {
						return all, err
					}
					q.After = page.Next
				}
			})
		},
		hand: func(ctx context.Context, h hand, i int) (any, error) {
			return list(ctx, h, w.main.domain, h.texts().person, 1000, h.id(w.main.domain), h.id(w.main.scope.Site()), h.id(w.actor(i)), h.at(from), h.at(to))
		},
	}
}

// page lists the newest that somebody may see.
func (w *world) page(name string, all bool) op {
	return op{
		name: name,
		sdk: func(ctx context.Context, db storage.DB, i int) (any, error) {
			me := w.actor(i)
			if all {
				me = w.main.chief
			}
			return view(ctx, w, db, me, func(ctx context.Context, s storage.View) ([]timesheet.Entry, error) {
				page, err := s.Entries(ctx, s.Who().Sees(timesheet.ViewEntry), timesheet.EntryQuery{Limit: 50})
				return page.Rows, err
			})
		},
		hand: func(ctx context.Context, h hand, i int) (any, error) {
			if all {
				return list(ctx, h, w.main.domain, h.texts().everything, 50, h.id(w.main.domain), h.id(w.main.scope.Site()))
			}
			return list(ctx, h, w.main.domain, h.texts().page, 50, h.id(w.main.domain), h.id(w.main.scope.Site()), h.id(w.actor(i)))
		},
	}
}

func month() (from, to zone.Day) {
	from = zone.DayOf(newYear, time.UTC).Add(90).StartOfMonth()
	return from, from.EndOfMonth()
}

func byProjectAndDay() report.Query {
	from, to := month()
	return report.Query{By: []report.Dimension{report.Project, report.Day}, From: from, To: to}
}

func totalsOf(rows []report.Row) []total {
	out := make([]total, len(rows))
	for i, r := range rows {
		out[i] = total{r.Keys[0].ID, r.Keys[0].Name, r.Keys[1].Day, r.Seconds, r.Billable}
	}
	return out
}

func (w *world) handTotals(ctx context.Context, h hand, me tenancy.MembershipID, sorted bool) ([]total, error) {
	from, to := month()
	text, args := h.texts().totals, []any{h.id(w.main.domain), h.id(w.main.scope.Site()), h.id(me), h.day(from), h.day(to)}
	if me == w.main.chief {
		text, args = h.texts().totalsOfAll, []any{args[0], args[1], args[3], args[4]}
	}
	if sorted {
		text += h.texts().sorted
	}
	var out []total
	t := h.total()
	dest := t.dest()
	all := []step{{text, args, func(s scanner) error {
		err := s.Scan(dest...)
		out = append(out, t.get())
		return err
	}}}
	if anew := h.texts().anew; anew != "" {
		all = append([]step{{sql: anew}}, all...) // one more round trip, and half the time
	}
	err := h.tx(ctx, w.main.domain, false, steps(all...))
	return out, err
}

// totals sums a month by project and day.
func (w *world) totals(name string, all bool) op {
	who := func(i int) tenancy.MembershipID {
		if all {
			return w.main.chief
		}
		return w.actor(i)
	}
	return op{
		name: name,
		sdk: func(ctx context.Context, db storage.DB, i int) (any, error) {
			return view(ctx, w, db, who(i), func(ctx context.Context, s storage.View) (unordered, error) {
				rows, err := s.Totals(ctx, s.Who().Sees(timesheet.ViewReport), byProjectAndDay())
				return totalsOf(rows), err
			})
		},
		hand: func(ctx context.Context, h hand, i int) (any, error) {
			out, err := w.handTotals(ctx, h, who(i), false)
			return unordered(out), err
		},
	}
}

// unordered is an answer whose order is free.
type unordered []total

// report is the same with the order that package report gives.
func (w *world) report() op {
	return op{
		name: "the same, as a sorted report",
		sdk: func(ctx context.Context, db storage.DB, i int) (any, error) {
			return view(ctx, w, db, w.main.chief, func(ctx context.Context, s storage.View) ([]total, error) {
				r, err := report.Run(ctx, s, byProjectAndDay())
				return totalsOf(r.Rows), err
			})
		},
		hand: func(ctx context.Context, h hand, i int) (any, error) {
			return w.handTotals(ctx, h, w.main.chief, true)
		},
	}
}

// slot is the next half hour in which nobody has recorded time.
type slot struct{ next atomic.Int64 }

func (s *slot) take() (start, end time.Time) {
	start = newYear.AddDate(1, 1, 0).Add(time.Duration(s.next.Add(1)) * time.Hour)
	return start, start.Add(30 * time.Minute)
}

// record is a whole write: a member records half an hour on a project whose
// team she is in.
func (w *world) record() op {
	var free slot
	draft := func(i int) timesheet.Entry {
		me := w.actor(i)
		mine := w.main.teams[me]
		start, end := free.take()
		return timesheet.Entry{Person: me, Project: mine[i/actors%len(mine)], Form: timesheet.Timed, Start: start, End: end, Zone: home, Note: "Work", Billable: true}
	}
	return op{
		name: "record an entry",
		sdk: func(ctx context.Context, db storage.DB, i int) (any, error) {
			var out timesheet.Entry
			e := draft(i)
			err := db.Update(ctx, w.main.scope, access.ByMember(e.Person), func(ctx context.Context, s storage.Tx) (err error) {
				out, err = w.book.Record(ctx, s, e)
				return err
			})
			return out, err
		},
		hand: func(ctx context.Context, h hand, i int) (any, error) {
			return w.handRecord(ctx, h, draft(i))
		},
	}
}

func (w *world) handRecord(ctx context.Context, h hand, e timesheet.Entry) (timesheet.Entry, error) {
	t, text := &w.main, h.texts()
	domain, site, me, project := h.id(t.domain), h.id(t.scope.Site()), h.id(e.Person), h.id(e.Project)
	e.ID, e.Version, e.CreatedAt, e.Site, e.Recorder = tenancy.NewUUID(), 1, time.Now().UTC().Truncate(time.Microsecond), t.scope.Site(), e.Person
	e.Seconds = int64(e.End.Sub(e.Start) / time.Second)
	f, found := h.facts(), false
	first := []step{{text.placed, []any{domain, project, me}, func(s scanner) error { found = true; return s.Scan(f.dest()...) }}}
	if text.lock != "" {
		lock := step{text.lock, []any{domain, me}, func(s scanner) error { return s.Scan(new([16]byte)) }}
		first = append([]step{lock}, first...)
	}
	err := h.tx(ctx, t.domain, true, steps(first...), func() ([]step, error) {
		if !found || !f.get().tracks() {
			return nil, errors.New("not found")
		}
		id := h.id(e.ID)
		next := []step{{sql: text.insert, args: []any{domain, id, h.at(e.CreatedAt), site, me, me, project, string(e.Form), h.at(e.Start), h.at(e.End), e.Seconds, e.Zone, e.Note, e.Billable}}}
		for _, s := range cut(e) {
			next = append(next, step{sql: text.slice, args: []any{domain, id, h.day(s.Day), s.Seconds, site, me, project, e.Billable}})
		}
		return append(next,
			step{sql: text.flag, args: []any{domain, me, h.at(e.Start.Add(-longest)), h.at(e.End), h.at(e.Start)}},
			step{text.flagged, []any{domain, id}, func(s scanner) error { return s.Scan(&e.Overlaps) }},
			step{sql: text.event, args: []any{domain, h.id(tenancy.NewUUID()), h.at(e.CreatedAt), me, id, site, nil, project, me, f.get().public}},
		), nil
	})
	return e, err
}

const longest = time.Duration(timesheet.LongestEntry)*time.Second + time.Second

var berlin, _ = time.LoadLocation(home)

// cut cuts an entry at the midnights of its zone.
func cut(e timesheet.Entry) []zone.Slice { return zone.Cut(e.Start, e.End, berlin) }

// imported is what is compared of an import.
type imported struct {
	entries, slices, events, overlapping int
	seconds                              int64
}

// bulk imports many rows into a domain that has none.
func (w *world) bulk() op {
	r := rand.New(rand.NewPCG(7, 7))
	rows := spend(w.imports, w.imported, r)
	for i := range rows {
		rows[i].Tags = nil
		rows[i].External = timesheet.External{Source: "bench", Key: fmt.Sprintf("row-%d", i)}
	}
	return op{
		name: "import", big: true,
		sdk: func(ctx context.Context, db storage.DB, _ int) (any, error) {
			n := 0
			err := db.Update(ctx, w.imports.scope, access.ByMember(w.imports.boss), func(ctx context.Context, s storage.Tx) error {
				n = 0
				for part := range slices.Chunk(rows, chunk) {
					made, err := w.book.RecordAll(ctx, s, part)
					if err != nil {
						return err
					}
					n += len(made)
				}
				return nil
			})
			return n, err
		},
		hand: func(ctx context.Context, h hand, _ int) (any, error) { return w.handBulk(ctx, h, rows) },
	}
}

func (w *world) handBulk(ctx context.Context, h hand, rows []timesheet.Entry) (int, error) {
	t, now, n := w.imports, time.Now().UTC().Truncate(time.Microsecond), 0
	persons := make([][16]byte, len(t.people))
	for i, p := range t.people {
		persons[i] = p
	}
	open := map[[16]byte]bool{}
	projects := h.facts()
	first := h.locks(t, persons)
	for _, p := range t.projects {
		first = append(first, step{h.texts().placed, []any{h.id(t.domain), h.id(p), h.id(t.boss)}, func(s scanner) error {
			err := s.Scan(projects.dest()...)
			open[p] = !projects.get().archived
			return err
		}})
	}
	parts := []part{steps(first...)}
	for some := range slices.Chunk(rows, chunk) {
		parts = append(parts, func() ([]step, error) {
			some = slices.Clone(some)
			for i := range some {
				e := &some[i]
				if !e.Project.IsZero() && !open[e.Project] {
					return nil, errors.New("not found")
				}
				e.ID, e.Seconds = tenancy.NewUUID(), int64(e.End.Sub(e.Start)/time.Second)
			}
			n += len(some)
			return h.bulk(t, some, now), nil
		})
	}
	from, to := rows[0].Start, rows[0].End
	for _, e := range rows {
		from, to = minTime(from, e.Start), maxTime(to, e.End)
	}
	parts = append(parts, steps(step{sql: h.texts().flagMany, args: []any{h.id(t.domain), h.at(from.Add(-longest)), h.at(to)}}))
	return n, h.tx(ctx, t.domain, true, parts...)
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
