package storagetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

func entryTests() []test {
	return []test{
		in("G26 an entry of each form is kept in full", forms),
		in("G26 an entry is cut at the midnights of its zone", slicesOfDays),
		in("G26 an edit replaces the slices", editReplacesSlices),
		in("G26 many entries are recorded all or none", recordAll),
		in("G26 what was imported is known by its key", imported),
		in("G26 one timer runs per person", timers),
		in("G26 the store completes nothing that the caller says", storeStamps),
	}
}

// day reads a date.
func day(text string) zone.Day {
	d, err := zone.ParseDay(text)
	if err != nil {
		panic(err)
	}
	return d
}

// perDay returns the seconds of each day of a person's report.
func (w *World) perDay(t testing.TB, d *Domain, project timesheet.Project) map[string]int64 {
	t.Helper()
	q := report.Query{By: []report.Dimension{report.Day}}
	if project.ID != noProject.ID {
		q.Projects = []timesheet.ProjectID{project.ID}
	}
	days := map[string]int64{}
	for _, row := range w.report(t, d.Whole, by(d.Admin), q).Rows {
		days[row.Keys[0].Day.String()] = row.Seconds
	}
	return days
}

func forms(t *testing.T, w *World) {
	d := w.A
	full := timesheet.Entry{
		Project: d.Private.ID, Task: d.Task.ID, Activity: d.Activity.ID, Tags: []timesheet.TagID{d.Tag.ID, d.Tag.ID},
		Zone: "Europe/Berlin", Note: "in full", Billable: true,
		External: timesheet.External{Source: "toggl", Key: "k", Amount: 1250, Currency: "EUR"},
	}
	t1, t2, t3 := full, full, full
	t1.Form, t1.Start, t1.End = timesheet.Timed, later, later.Add(90*time.Second)
	t2.Form, t2.Start, t2.Seconds, t2.External.Key = timesheet.Untimed, later, 7, "k2"
	t3.Form, t3.Start, t3.External.Key = timesheet.Running, later, "k3"
	for _, e := range []timesheet.Entry{t1, t2, t3} {
		got := w.recorded(t, d.North, by(d.Ann), e)
		require.Equal(t, got, w.entry(t, d.North, by(d.Ann), got.ID), e.Form)
		require.Equal(t, int64(1), got.Version)
		require.Equal(t, w.Clock.Now(), got.CreatedAt)
		require.Equal(t, []timesheet.TagID{d.Tag.ID}, got.Tags, "each tag once")
		require.Equal(t, d.Ann.ID, got.Person)
		require.Equal(t, d.Ann.ID, got.Recorder)
		require.Equal(t, d.North.Site(), got.Site)
		require.Equal(t, full.Note, got.Note)
		require.True(t, got.Billable)
		require.Equal(t, e.External, got.External)
		require.Contains(t, w.entries(t, d.North, by(d.Ann), timesheet.EntryQuery{}), got)
		switch e.Form {
		case timesheet.Timed:
			require.Equal(t, int64(90), got.Seconds)
		case timesheet.Untimed:
			require.Equal(t, int64(7), got.Seconds)
			require.True(t, got.End.IsZero())
			require.Equal(t, time.Date(2024, 3, 4, 23, 0, 0, 0, time.UTC), got.Start, "the first instant of the day in Berlin")
		case timesheet.Running:
			require.Zero(t, got.Seconds)
			require.True(t, got.End.IsZero())
		}
	}
	require.Equal(t, int64(97+3600+3600), w.report(t, d.North, by(d.Admin), report.Query{}).Total.Seconds, "a timer counts when it has stopped")

	// Tags are a set in order of id.
	second := write(t, w, d.North, by(d.Ann), func(ctx context.Context, s storage.Tx) (timesheet.Tag, error) { return w.Book.AddTag(ctx, s, "second") })
	e := timed(later.AddDate(0, 0, 1), time.Hour, noProject)
	e.Tags = []timesheet.TagID{second.ID, d.Tag.ID, second.ID}
	e = w.recorded(t, d.North, by(d.Ann), e)
	require.Equal(t, []timesheet.TagID{d.Tag.ID, second.ID}, w.entry(t, d.North, by(d.Ann), e.ID).Tags)
	e.Tags = []timesheet.TagID{second.ID}
	e, err := w.edit(t, d.North, by(d.Ann), e)
	require.NoError(t, err)
	require.Equal(t, []timesheet.TagID{second.ID}, w.entry(t, d.North, by(d.Ann), e.ID).Tags)
	e.Tags = nil
	e, err = w.edit(t, d.North, by(d.Ann), e)
	require.NoError(t, err)
	require.Empty(t, w.entry(t, d.North, by(d.Ann), e.ID).Tags)
}

func slicesOfDays(t *testing.T, w *World) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	at := func(year int, month time.Month, day, hour int) time.Time {
		return time.Date(year, month, day, hour, 0, 0, 0, berlin)
	}
	for what, c := range map[string]struct {
		start, end time.Time
		zone       string
		want       map[string]int64
	}{
		"over midnight":                {at(2024, 5, 6, 22), at(2024, 5, 7, 3), "Europe/Berlin", map[string]int64{"2024-05-06": 2 * 3600, "2024-05-07": 3 * 3600}},
		"the same in UTC":              {at(2024, 5, 6, 22), at(2024, 5, 7, 3), "UTC", map[string]int64{"2024-05-06": 4 * 3600, "2024-05-07": 3600}},
		"until midnight":               {at(2024, 5, 6, 22), at(2024, 5, 7, 0), "Europe/Berlin", map[string]int64{"2024-05-06": 2 * 3600}},
		"a day of 23 hours":            {at(2024, 3, 31, 0), at(2024, 4, 1, 0), "Europe/Berlin", map[string]int64{"2024-03-31": 23 * 3600}},
		"a day of 25 hours":            {at(2024, 10, 27, 0), at(2024, 10, 28, 0), "Europe/Berlin", map[string]int64{"2024-10-27": 25 * 3600}},
		"three days around a long one": {at(2024, 10, 26, 12), at(2024, 10, 28, 12), "Europe/Berlin", map[string]int64{"2024-10-26": 12 * 3600, "2024-10-27": 25 * 3600, "2024-10-28": 12 * 3600}},
		"a day that Samoa did not have": {time.Date(2011, 12, 30, 0, 0, 0, 0, time.UTC), time.Date(2011, 12, 31, 0, 0, 0, 0, time.UTC), "Pacific/Apia",
			map[string]int64{"2011-12-29": 10 * 3600, "2011-12-31": 14 * 3600}},
		"the turn of a year": {at(2023, 12, 31, 23), at(2024, 1, 1, 1), "Europe/Berlin", map[string]int64{"2023-12-31": 3600, "2024-01-01": 3600}},
	} {
		e := timesheet.Entry{Form: timesheet.Timed, Start: c.start, End: c.end, Zone: c.zone, Project: w.A.Public.ID}
		e = w.recorded(t, w.A.North, by(w.A.Eve), e)
		require.Equal(t, c.want, w.perDay(t, w.A, w.A.Public), what)
		var sum int64
		for _, s := range c.want {
			sum += s
		}
		require.Equal(t, sum, e.Seconds, "%s: slices add up", what)
		require.NoError(t, w.remove(t, w.A.North, by(w.A.Eve), e))
		require.Empty(t, w.perDay(t, w.A, w.A.Public), "%s: slices go with their entry", what)
	}
}

func editReplacesSlices(t *testing.T, w *World) {
	e := w.recorded(t, w.A.North, by(w.A.Ann), timed(later, 30*time.Hour, w.A.Public))
	require.Len(t, w.perDay(t, w.A, w.A.Public), 2)
	var err error
	change := func(how func(*timesheet.Entry)) {
		t.Helper()
		how(&e)
		e, err = w.edit(t, w.A.North, by(w.A.Ann), e)
		require.NoError(t, err)
		require.Equal(t, e, w.entry(t, w.A.North, by(w.A.Ann), e.ID))
	}
	change(func(e *timesheet.Entry) {
		e.Start, e.End, e.Seconds = later.AddDate(0, 0, 7), later.AddDate(0, 0, 7).Add(time.Hour), 0
	})
	require.Equal(t, map[string]int64{"2024-03-12": 3600}, w.perDay(t, w.A, w.A.Public))
	change(func(e *timesheet.Entry) { e.Form, e.End, e.Seconds = timesheet.Untimed, time.Time{}, 60 })
	require.Equal(t, map[string]int64{"2024-03-12": 60}, w.perDay(t, w.A, w.A.Public))
	change(func(e *timesheet.Entry) { e.Project = w.A.Shared.ID })
	require.Empty(t, w.perDay(t, w.A, w.A.Public), "the slices moved")
	require.Equal(t, map[string]int64{"2024-03-12": 60}, w.perDay(t, w.A, w.A.Shared))
	change(func(e *timesheet.Entry) { e.Billable = true })
	require.Equal(t, int64(60), w.report(t, w.A.North, by(w.A.Ann), report.Query{Projects: []timesheet.ProjectID{w.A.Shared.ID}}).Total.Billable)
	change(func(e *timesheet.Entry) { e.Form, e.Seconds = timesheet.Running, 0 })
	require.Empty(t, w.perDay(t, w.A, w.A.Shared), "a timer has none")
	change(func(e *timesheet.Entry) { e.Form, e.End = timesheet.Timed, e.Start.Add(time.Hour) })
	require.NotEmpty(t, w.perDay(t, w.A, w.A.Shared), "stopped, it has")
	e.Person = w.A.Ben.ID
	_, err = w.edit(t, w.A.North, by(w.A.Ann), e)
	require.ErrorIs(t, err, fault.Denied, "she does not give it to another")
	e, err = w.edit(t, w.A.North, by(w.A.Admin), e)
	require.NoError(t, err)
	byPerson := w.report(t, w.A.North, by(w.A.Admin), report.Query{By: []report.Dimension{report.Person}, Projects: []timesheet.ProjectID{w.A.Shared.ID}})
	require.Len(t, byPerson.Rows, 1)
	require.Equal(t, "Ben", byPerson.Rows[0].Keys[0].Name)
}

func recordAll(t *testing.T, w *World) {
	all := make([]timesheet.Entry, 1000)
	for i := range all {
		all[i] = timed(Start.Add(time.Duration(i)*25*time.Hour), time.Hour, w.A.Private)
		all[i].Task, all[i].Tags, all[i].Note = w.A.Task.ID, []timesheet.TagID{w.A.Tag.ID}, fmt.Sprint("line ", i)
	}
	record := func(all []timesheet.Entry) error {
		return w.DB.Update(t.Context(), w.A.North, by(w.A.Ben), func(ctx context.Context, s storage.Tx) error {
			got, err := w.Book.RecordAll(ctx, s, all)
			if err == nil {
				require.Len(t, got, len(all))
				for i := range got {
					require.Equal(t, all[i].Note, got[i].Note, "in their order")
				}
			}
			return err
		})
	}
	before := w.dump(t, w.A.Whole, by(w.A.Admin))
	last := all[999]
	for what, spoil := range map[string]func(e *timesheet.Entry){
		"a project that he does not see": func(e *timesheet.Entry) { e.Project, e.Task = w.A.Far.ID, timesheet.TaskID{} },
		"a person whose time is not his": func(e *timesheet.Entry) { e.Person = w.A.Ann.ID },
		"a task of another project":      func(e *timesheet.Entry) { e.Project = w.A.Shared.ID },
		"an end before the start":        func(e *timesheet.Entry) { e.End = e.Start },
		"a second timer": func(e *timesheet.Entry) {
			all[0].Form, all[0].End, e.Form, e.End = timesheet.Running, time.Time{}, timesheet.Running, time.Time{}
		},
		"a key that is taken": func(e *timesheet.Entry) {
			e.External = timesheet.External{Source: "x", Key: "1"}
			all[0].External = e.External
		},
	} {
		one := all[0]
		spoil(&all[999])
		require.Error(t, record(all), what)
		all[0], all[999] = one, last
		sameDump(t, before, w.dump(t, w.A.Whole, by(w.A.Admin)), "some were recorded in spite of "+what)
	}
	require.NoError(t, record(all))
	entries := w.entries(t, w.A.North, by(w.A.Ben), timesheet.EntryQuery{Project: w.A.Private.ID, Limit: 1000})
	require.Len(t, entries, 1001)
	require.Equal(t, int64(1001*3600), w.report(t, w.A.North, by(w.A.Ben), report.Query{}).Total.Seconds)
	for _, e := range entries {
		require.Equal(t, []timesheet.TagID{w.A.Tag.ID}, e.Tags)
		require.Equal(t, int64(1), e.Version)
	}
	require.NoError(t, record(nil), "none is all")
}

func imported(t *testing.T, w *World) {
	e := timed(later, time.Hour, w.A.Private)
	e.External = timesheet.External{Source: "toggl", Key: "17"}
	e = w.recorded(t, w.A.North, by(w.A.Ann), e)
	keys := func(d *Domain, m string, source string, keys ...string) []string {
		as := by(d.Ann)
		if m == "eve" {
			as = by(d.Eve)
		}
		return read(t, w, d.North, as, func(ctx context.Context, v storage.View) ([]string, error) {
			return v.Imported(ctx, v.Who().Sees(timesheet.ViewEntry), source, keys)
		})
	}
	require.Equal(t, []string{"17"}, keys(w.A, "ann", "toggl", "16", "17", "18"))
	require.Empty(t, keys(w.A, "ann", "harvest", "17"), "of another source")
	require.Empty(t, keys(w.A, "ann", "toggl"), "none asked")
	require.Empty(t, keys(w.A, "eve", "toggl", "17"), "who does not see the entry")
	require.Empty(t, keys(w.B, "ann", "toggl", "17"), "another domain")
	twice := timed(later.AddDate(0, 0, 1), time.Hour, w.A.Private)
	twice.External = e.External
	_, err := w.Record(t, w.A.North, by(w.A.Ben), twice)
	require.ErrorIs(t, err, fault.Conflict, "once in the domain, whoever does it")
	twice.External.Source = "harvest"
	w.recorded(t, w.A.North, by(w.A.Ben), twice)
	twice.External = timesheet.External{Source: "toggl", Key: "17"}
	twice.Project = w.B.Private.ID
	w.recorded(t, w.B.North, by(w.B.Ben), twice)
	require.NoError(t, w.remove(t, w.A.North, by(w.A.Ann), e))
	require.Empty(t, keys(w.A, "ann", "toggl", "17"), "removed, it can be imported again")
}

func timers(t *testing.T, w *World) {
	d := w.A
	one := w.recorded(t, d.North, by(d.Ann), running(d.Ann.ID))
	_, err := w.Record(t, d.North, by(d.Ann), running(d.Ann.ID))
	require.ErrorIs(t, err, fault.Conflict)
	_, err = w.Record(t, d.South, by(d.Admin), running(d.Ann.ID))
	require.ErrorIs(t, err, fault.Conflict, "one in the domain, not on each site")
	w.recorded(t, d.North, by(d.Ben), running(d.Ben.ID))
	w.recorded(t, w.B.North, by(w.B.Ann), running(w.B.Ann.ID))
	stopped := one
	stopped.Form, stopped.End = timesheet.Timed, one.Start.Add(time.Hour)
	stopped, err = w.edit(t, d.North, by(d.Ann), stopped)
	require.NoError(t, err)
	two := w.recorded(t, d.North, by(d.Ann), running(d.Ann.ID))
	stopped.Form, stopped.End, stopped.Seconds = timesheet.Running, time.Time{}, 0
	_, err = w.edit(t, d.North, by(d.Ann), stopped)
	require.ErrorIs(t, err, fault.Conflict, "an edit does not make a second one")
	require.NoError(t, w.remove(t, d.North, by(d.Ann), two))
	_, err = w.edit(t, d.North, by(d.Ann), stopped)
	require.NoError(t, err)
}

// storeStamps gives a new entry what is the store's to say.
func storeStamps(t *testing.T, w *World) {
	e := timed(later, time.Hour, noProject)
	e.ID, e.Version, e.CreatedAt, e.Overlaps, e.Recorder = w.A.AnnsTime.ID, 9, Start.AddDate(-1, 0, 0), true, w.A.Ben.ID
	got := w.recorded(t, w.A.North, by(w.A.Ann), e)
	require.NotEqual(t, e.ID, got.ID)
	require.Equal(t, int64(1), got.Version)
	require.Equal(t, Start, got.CreatedAt)
	require.False(t, got.Overlaps)
	require.Equal(t, w.A.Ann.ID, got.Recorder)
	w.Clock.Advance(time.Hour)
	got.CreatedAt, got.Site, got.Recorder, got.External = w.Clock.Now(), w.A.South.Site(), w.A.Ben.ID, timesheet.External{Source: "x", Key: "y"}
	edited, err := w.edit(t, w.A.North, by(w.A.Ann), got)
	require.NoError(t, err)
	require.Equal(t, Start, edited.CreatedAt, "an edit does not make it younger")
	require.Equal(t, w.A.North.Site(), edited.Site)
	require.Equal(t, w.A.Ann.ID, edited.Recorder)
	require.Zero(t, edited.External, "where it came from is not to be said afterwards")
}
