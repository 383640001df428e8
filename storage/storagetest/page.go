package storagetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func pageTests() []test {
	return []test{
		in("T18 pages miss no row and repeat none", pages),
		in("T18 pages go on although rows come and go", pagesUnderWrites),
		in("T18 a page is bounded", pageBounds),
		in("T18 a cursor or limit that is none is refused", badPages),
		in("T18 entries are listed newest first", entryOrder),
		in("T18 a list is narrowed by name, parent and archive", narrowed),
		in("T18 a list of entries is narrowed by person, project and time", narrowedEntries),
	}
}

// pages reads every list in pages of 1, 2 and 1,000, for those who see
// everything and those who see a part.
func pages(t *testing.T, w *World) {
	w.crowd(t)
	for _, m := range []tenancy.Membership{w.A.Admin, w.A.Ben, w.A.Gus} {
		for name, scope := range w.A.scopes() {
			read(t, w, scope, by(m), func(ctx context.Context, v storage.View) (bool, error) {
				for _, r := range readers() {
					see := v.Who().Sees(r.view)
					whole, err := r.list(ctx, v, see, access.Query{All: true, Limit: 1000})
					require.NoError(t, err)
					require.Empty(t, whole.Next, "%s: all of it is one page", r.kind.Name)
					for _, limit := range []int{1, 2, len(whole.Rows)} {
						if limit == 0 {
							continue
						}
						n := 0
						rows, err := follow(func(after string) (access.Page[item], error) {
							page, err := r.list(ctx, v, see, access.Query{All: true, Limit: limit, After: after})
							require.LessOrEqual(t, len(page.Rows), limit)
							if page.Next != "" {
								require.Len(t, page.Rows, limit, "only the last page is short")
							}
							n++
							require.LessOrEqual(t, n, len(whole.Rows)+1, "pages come to an end")
							return page, err
						})
						require.NoError(t, err)
						require.Equal(t, whole.Rows, rows, "%s for %s in %s by %d", r.kind.Name, m.Name, name, limit)
					}
				}
				return true, nil
			})
		}
	}
}

func pagesUnderWrites(t *testing.T, w *World) {
	tags := make([]timesheet.Tag, 6)
	for i := range tags {
		tags[i] = write(t, w, w.A.South, by(w.A.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Tag, error) {
			return w.Book.AddTag(ctx, s, fmt.Sprint("tag ", i))
		})
	}
	page := func(after string) access.Page[timesheet.Tag] {
		return read(t, w, w.A.South, by(w.A.Admin), func(ctx context.Context, v storage.View) (access.Page[timesheet.Tag], error) {
			return v.Tags().List(ctx, v.Who().Sees(timesheet.ViewTag), access.Query{Limit: 2, After: after})
		})
	}
	archive := func(id timesheet.TagID) {
		write(t, w, w.A.South, by(w.A.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Tag, error) {
			return amend(ctx, s, s.Tags(), timesheet.ViewTag, timesheet.EditTag, id, s.PutTag, func(e *timesheet.Tag) { e.ArchivedAt = Start })
		})
	}
	one := page("")
	archive(one.Rows[1].ID) // the row that the cursor stands on
	two := page(one.Next)
	archive(one.Rows[0].ID) // a row of a page that was read
	three := page(two.Next)
	require.Empty(t, three.Next)
	require.Equal(t, tags, append(append(one.Rows, two.Rows...), three.Rows...))

	e := make([]timesheet.Entry, 4)
	for i := range e {
		e[i] = w.recorded(t, w.A.South, by(w.A.Admin), timed(Start.Add(time.Duration(-i)*time.Hour), time.Hour, noProject))
	}
	entries := func(after string) access.Page[timesheet.Entry] {
		return read(t, w, w.A.South, by(w.A.Admin), func(ctx context.Context, v storage.View) (access.Page[timesheet.Entry], error) {
			return v.Entries(ctx, v.Who().Sees(timesheet.ViewEntry), timesheet.EntryQuery{Limit: 2, After: after})
		})
	}
	p := entries("")
	require.Equal(t, e[:2], p.Rows)
	require.NoError(t, w.remove(t, w.A.South, by(w.A.Admin), e[1])) // the cursor stands on it
	w.recorded(t, w.A.South, by(w.A.Admin), timed(Start.Add(time.Hour), time.Hour, noProject))
	require.Equal(t, e[2:], entries(p.Next).Rows)
}

func pageBounds(t *testing.T, w *World) {
	many := make([]timesheet.Entry, 1001)
	for i := range many {
		many[i] = timed(Start.AddDate(0, 0, i), time.Hour, noProject)
	}
	write(t, w, w.A.South, by(w.A.Admin), func(ctx context.Context, s storage.Tx) (bool, error) {
		_, err := w.Book.RecordAll(ctx, s, many)
		return true, err
	})
	for limit, want := range map[int]int{0: 50, 51: 51, 1000: 1000, 2000: 1000} {
		page := read(t, w, w.A.South, by(w.A.Admin), func(ctx context.Context, v storage.View) (access.Page[timesheet.Entry], error) {
			return v.Entries(ctx, v.Who().Sees(timesheet.ViewEntry), timesheet.EntryQuery{Limit: limit})
		})
		require.Len(t, page.Rows, want, "limit %d", limit)
		require.NotEmpty(t, page.Next)
		events := read(t, w, w.A.South, by(w.A.Admin), func(ctx context.Context, v storage.View) (access.Page[access.Event], error) {
			return v.Events().List(ctx, v.Who().Sees("event.view"), access.Query{Limit: limit})
		})
		require.Len(t, events.Rows, want, "limit %d", limit)
	}
	require.Len(t, w.entries(t, w.A.South, by(w.A.Admin), timesheet.EntryQuery{}), len(many))
}

func badPages(t *testing.T, w *World) {
	read(t, w, w.A.Whole, by(w.A.Admin), func(ctx context.Context, v storage.View) (bool, error) {
		for _, r := range readers() {
			for _, q := range []access.Query{{Limit: -1}, {After: "x"}, {After: "'; drop table entries; --"}, {After: "\x00"}, {After: "-"}} {
				page, err := r.list(ctx, v, v.Who().Sees(r.view), q)
				require.ErrorIs(t, err, fault.Invalid, "%s with %+v", r.kind.Name, q)
				require.Empty(t, page.Rows)
			}
		}
		return true, nil
	})
}

func entryOrder(t *testing.T, w *World) {
	var want []timesheet.Entry
	for i := range 9 {
		want = append([]timesheet.Entry{w.recorded(t, w.A.South, by(w.A.Admin), timed(Start.Add(time.Duration(i/3)*time.Hour), time.Hour, noProject))}, want...)
	}
	for i := range want {
		want[i] = w.entry(t, w.A.South, by(w.A.Admin), want[i].ID) // with the overlaps found since
	}
	for i := 0; i < len(want); i += 3 { // of the same start, the newest id first
		same := want[i : i+3]
		for j := range same[1:] {
			require.True(t, same[j].ID.String() > same[j+1].ID.String(), "ids are made in order")
		}
	}
	for _, limit := range []int{1, 2, 4, 9, 1000} {
		require.Equal(t, want, w.entries(t, w.A.South, by(w.A.Admin), timesheet.EntryQuery{Limit: limit}), "in pages of %d", limit)
	}
}

func narrowed(t *testing.T, w *World) {
	d := w.A
	require.Equal(t, []string{"Private"}, w.projects(t, d.Whole, by(d.Admin), access.Query{Name: " PRIVATE "}))
	require.Empty(t, w.projects(t, d.Whole, by(d.Admin), access.Query{Name: "Priv"}), "not a part of a name")
	require.Empty(t, w.projects(t, d.Whole, by(d.Admin), access.Query{Name: "Priv%"}), "nor a pattern")
	require.Equal(t, []string{"Private"}, w.projects(t, d.Whole, by(d.Admin), access.Query{Parent: d.Client.ID}))
	require.Empty(t, w.projects(t, d.Whole, by(d.Admin), access.Query{Parent: d.Client.ID, Name: "Public"}), "both hold")
	require.Empty(t, w.projects(t, d.South, by(d.Admin), access.Query{Name: "Private"}), "the scope holds too")
	mia := write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (tenancy.Membership, error) {
		return admin.AddMember(ctx, s, tenancy.Membership{Name: "Mia", Ref: "host-7"})
	})
	for ref, want := range map[string]error{"host-7": nil, "host-": fault.NotFound, "HOST-7": fault.NotFound, "": fault.NotFound} {
		m, err := Read(t.Context(), w.DB, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) (tenancy.Membership, error) {
			return admin.MemberByRef(ctx, v, ref)
		})
		require.ErrorIs(t, err, want, "ref %q", ref)
		require.Equal(t, want == nil, m.ID == mia.ID)
	}
	require.Len(t, w.team(t, d, d.Private.ID), 2)
	require.Len(t, w.team(t, d, d.Public.ID), 1)

	p := d.Private
	p.ArchivedAt = Start
	p, err := w.editProject(t, d.North, by(d.Ann), p)
	require.NoError(t, err)
	require.NotContains(t, w.projects(t, d.North, by(d.Ann), access.Query{}), "Private")
	require.Contains(t, w.projects(t, d.North, by(d.Ann), access.Query{All: true}), "Private")
	got := read(t, w, d.North, by(d.Ann), func(ctx context.Context, v storage.View) (timesheet.Project, error) {
		p, _, err := v.Projects().Get(ctx, v.Who().Sees(timesheet.ViewProject), p.ID)
		return p, err
	})
	require.Equal(t, p, got, "what is archived can still be got")
}

func narrowedEntries(t *testing.T, w *World) {
	d := w.A
	e := w.recorded(t, d.North, by(d.Ann), timed(later, time.Hour, d.Public))
	list := func(q timesheet.EntryQuery) []timesheet.EntryID {
		return entryIDs(w.entries(t, d.North, by(d.Admin), q))
	}
	require.ElementsMatch(t, []timesheet.EntryID{e.ID, d.AnnsTime.ID}, list(timesheet.EntryQuery{Person: d.Ann.ID}))
	require.Equal(t, []timesheet.EntryID{e.ID}, list(timesheet.EntryQuery{Project: d.Public.ID}))
	require.Empty(t, list(timesheet.EntryQuery{Project: d.Public.ID, Person: d.Ben.ID}))
	require.Equal(t, []timesheet.EntryID{e.ID}, list(timesheet.EntryQuery{From: later}), "from is included")
	require.Empty(t, list(timesheet.EntryQuery{From: later.Add(time.Microsecond)}))
	require.Len(t, list(timesheet.EntryQuery{To: later}), 2, "to is not")
	require.Len(t, list(timesheet.EntryQuery{To: later.Add(time.Microsecond)}), 3)
	require.Len(t, list(timesheet.EntryQuery{From: Start, To: Start.Add(time.Microsecond), Limit: 1}), 2, "through pages too")
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	require.Len(t, list(timesheet.EntryQuery{To: later.In(berlin)}), 2, "an instant is one in every zone")
}
