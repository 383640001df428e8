package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

func reportTests() []test {
	return []test{
		in("G4 a report groups by each dimension", byEachDimension),
		in("G4 a report groups by two dimensions", byTwo),
		in("G4 weeks begin on Monday and months on the first", folded),
		in("G4 a report covers its first and its last day", bounds),
		in("G4 a report is narrowed to projects and persons", filters),
		in("G4 a report of nothing is empty", nothing),
		in("G22 a report is of the site of the scope", reportOfSite),
		in("G4 a query that makes no sense is refused", badQueries),
	}
}

// line is a row of a report as a person reads it: names or days, seconds,
// billable seconds.
type line struct {
	keys              string
	seconds, billable int64
}

// lines prints a report. A key that is none is "-".
func lines(r report.Report) []line {
	var out []line
	for _, row := range r.Rows {
		keys := ""
		for i, k := range row.Keys {
			if i > 0 {
				keys += " / "
			}
			switch {
			case r.Query.By[i] == report.Billable && k.Billable:
				keys += "billable"
			case r.Query.By[i] == report.Billable:
				keys += "not billable"
			case !k.Day.IsZero():
				keys += k.Day.String()
			case k.ID != [16]byte{}:
				keys += k.Name
			default:
				keys += "-"
			}
		}
		out = append(out, line{keys, row.Seconds, row.Billable})
	}
	return out
}

// timeOf replaces the time of a domain by a small known table.
func (w *World) timeOf(t testing.TB, d *Domain) {
	t.Helper()
	require.NoError(t, w.remove(t, d.North, by(d.Admin), d.AnnsTime))
	require.NoError(t, w.remove(t, d.North, by(d.Admin), d.BensTime))
	for _, e := range []struct {
		in       tenancy.Scope
		person   tenancy.Membership
		project  timesheet.Project
		task     bool
		activity bool
		billable bool
		day      string
		minutes  int
	}{
		{d.North, d.Ann, d.Private, true, false, true, "2024-01-31", 1},
		{d.North, d.Ben, d.Private, false, true, false, "2024-02-01", 2},
		{d.North, d.Ben, d.Public, false, false, true, "2024-02-04", 4},
		{d.North, d.Eve, noProject, false, true, false, "2024-02-05", 8},
		{d.South, d.Sue, d.Far, false, false, false, "2024-02-05", 16},
		{d.North, d.Ann, d.Private, true, false, false, "2024-02-05", 32},
	} {
		entry := timesheet.Entry{
			Form: timesheet.Untimed, Start: time.Unix(0, 0).UTC().AddDate(0, 0, day(e.day).Sub(day("1970-01-01"))), Seconds: int64(e.minutes) * 60, Zone: "UTC",
			Person: e.person.ID, Project: e.project.ID, Billable: e.billable,
		}
		if e.task {
			entry.Task = d.Task.ID
		}
		if e.activity {
			entry.Activity = d.Activity.ID
		}
		w.recorded(t, e.in, by(d.Admin), entry)
	}
}

func byEachDimension(t *testing.T, w *World) {
	w.timeOf(t, w.A)
	want := map[report.Dimension][]line{
		report.Site:     {{"North", 47 * 60, 5 * 60}, {"South", 16 * 60, 0}},
		report.Client:   {{"Acme", 35 * 60, 60}, {"-", 28 * 60, 4 * 60}},
		report.Project:  {{"Far", 16 * 60, 0}, {"Private", 35 * 60, 60}, {"Public", 4 * 60, 4 * 60}, {"-", 8 * 60, 0}},
		report.Task:     {{"Design", 33 * 60, 60}, {"-", 30 * 60, 4 * 60}},
		report.Activity: {{"Travel", 10 * 60, 0}, {"-", 53 * 60, 5 * 60}},
		report.Person:   {{"Ann", 33 * 60, 60}, {"Ben", 6 * 60, 4 * 60}, {"Eve", 8 * 60, 0}, {"Sue", 16 * 60, 0}},
		report.Billable: {{"billable", 5 * 60, 5 * 60}, {"not billable", 58 * 60, 0}},
		report.Day: {
			{"2024-01-31", 60, 60}, {"2024-02-01", 120, 0}, {"2024-02-04", 240, 240}, {"2024-02-05", 56 * 60, 0},
		},
		report.Week:  {{"2024-01-29", 7 * 60, 5 * 60}, {"2024-02-05", 56 * 60, 0}},
		report.Month: {{"2024-01-01", 60, 60}, {"2024-02-01", 62 * 60, 4 * 60}},
	}
	for _, d := range report.Dimensions() {
		r := w.report(t, w.A.Whole, by(w.A.Admin), report.Query{By: []report.Dimension{d}})
		require.Equal(t, want[d], lines(r), "by %s", d)
		require.Equal(t, report.Row{Seconds: 63 * 60, Billable: 5 * 60}, r.Total, "by %s", d)
	}
	r := w.report(t, w.A.Whole, by(w.A.Admin), report.Query{})
	require.Equal(t, int64(63*60), r.Total.Seconds)
	require.Len(t, r.Rows, 1)
	r = w.report(t, w.A.Whole, by(w.A.Admin), report.Query{By: []report.Dimension{report.Project}})
	require.Equal(t, w.A.Far.ID, timesheet.ProjectID(r.Rows[0].Keys[0].ID))

	// An archived project keeps its name and its time in reports.
	p := w.A.Public
	p.Name, p.ArchivedAt = "Public, done", Start
	_, err := w.editProject(t, w.A.North, by(w.A.Ann), p)
	require.NoError(t, err)
	r = w.report(t, w.A.Whole, by(w.A.Admin), report.Query{By: []report.Dimension{report.Project}})
	require.Equal(t, line{"Public, done", 240, 240}, lines(r)[2])
}

func byTwo(t *testing.T, w *World) {
	w.timeOf(t, w.A)
	r := w.report(t, w.A.Whole, by(w.A.Admin), report.Query{By: []report.Dimension{report.Project, report.Person}})
	require.Equal(t, []line{
		{"Far / Sue", 16 * 60, 0}, {"Private / Ann", 33 * 60, 60}, {"Private / Ben", 2 * 60, 0}, {"Public / Ben", 4 * 60, 4 * 60}, {"- / Eve", 8 * 60, 0},
	}, lines(r))
	r = w.report(t, w.A.Whole, by(w.A.Admin), report.Query{By: []report.Dimension{report.Month, report.Client, report.Billable}})
	require.Equal(t, []line{
		{"2024-01-01 / Acme / billable", 60, 60},
		{"2024-02-01 / Acme / not billable", 34 * 60, 0}, {"2024-02-01 / - / billable", 4 * 60, 4 * 60}, {"2024-02-01 / - / not billable", 24 * 60, 0},
	}, lines(r))
}

func folded(t *testing.T, w *World) {
	e := timed(time.Date(2024, 3, 31, 22, 0, 0, 0, time.UTC), 4*time.Hour, w.A.Public) // Sunday and Monday, March and April
	w.recorded(t, w.A.North, by(w.A.Eve), e)
	of := func(d report.Dimension) []line {
		return lines(w.report(t, w.A.North, by(w.A.Eve), report.Query{By: []report.Dimension{d}}))
	}
	require.Equal(t, []line{{"2024-03-25", 2 * 3600, 0}, {"2024-04-01", 2 * 3600, 0}}, of(report.Week))
	require.Equal(t, []line{{"2024-03-01", 2 * 3600, 0}, {"2024-04-01", 2 * 3600, 0}}, of(report.Month))
	for _, text := range []string{"2024-03-31", "2024-04-01"} {
		require.Contains(t, of(report.Day), line{text, 2 * 3600, 0})
	}
}

func bounds(t *testing.T, w *World) {
	w.timeOf(t, w.A)
	total := func(from, to string) int64 {
		q := report.Query{By: []report.Dimension{report.Day}}
		if from != "" {
			q.From = day(from)
		}
		if to != "" {
			q.To = day(to)
		}
		return w.report(t, w.A.Whole, by(w.A.Admin), q).Total.Seconds / 60
	}
	require.Equal(t, int64(6), total("2024-02-01", "2024-02-04"), "both included")
	require.Equal(t, int64(62), total("2024-02-01", ""))
	require.Equal(t, int64(7), total("", "2024-02-04"))
	require.Equal(t, int64(2), total("2024-02-01", "2024-02-01"), "one day")
	require.Zero(t, total("2024-02-02", "2024-02-03"))
	require.Equal(t, int64(63), total(zone.MinDay.String(), zone.MaxDay.String()))

	// An entry over midnight counts with the part inside.
	w.recorded(t, w.A.North, by(w.A.Eve), timed(time.Date(2023, 7, 1, 23, 0, 0, 0, time.UTC), 3*time.Hour, noProject))
	require.Equal(t, int64(60), total("", "2023-07-01"))
	require.Equal(t, int64(120), total("2023-07-02", "2023-12-31"))
}

func filters(t *testing.T, w *World) {
	w.timeOf(t, w.A)
	total := func(projects []timesheet.ProjectID, persons []tenancy.MembershipID) int64 {
		return w.report(t, w.A.Whole, by(w.A.Admin), report.Query{Projects: projects, Persons: persons}).Total.Seconds / 60
	}
	d := w.A
	require.Equal(t, int64(35), total([]timesheet.ProjectID{d.Private.ID}, nil))
	require.Equal(t, int64(39), total([]timesheet.ProjectID{d.Private.ID, d.Public.ID}, nil))
	require.Equal(t, int64(6), total(nil, []tenancy.MembershipID{d.Ben.ID}))
	require.Equal(t, int64(39), total(nil, []tenancy.MembershipID{d.Ben.ID, d.Ann.ID}))
	require.Equal(t, int64(2), total([]timesheet.ProjectID{d.Private.ID}, []tenancy.MembershipID{d.Ben.ID}), "both hold")
	require.Equal(t, int64(35), total([]timesheet.ProjectID{d.Private.ID, d.Private.ID}, nil), "said twice is said once")
	require.Zero(t, total([]timesheet.ProjectID{tenancy.NewUUID()}, nil))
}

func nothing(t *testing.T, w *World) {
	for _, d := range append(report.Dimensions(), "") {
		q := report.Query{From: day("1999-01-01"), To: day("1999-12-31")}
		if d != "" {
			q.By = []report.Dimension{d}
		}
		r := w.report(t, w.A.Whole, by(w.A.Admin), q)
		require.Zero(t, r.Total, "by %q", d)
		if d != "" {
			require.Empty(t, r.Rows, "by %q", d)
		}
	}
	require.Zero(t, w.report(t, w.A.North, by(w.A.Gus), report.Query{}).Total, "a guest counts nothing")
}

func reportOfSite(t *testing.T, w *World) {
	w.timeOf(t, w.A)
	for name, want := range map[string]int64{"whole": 63, "north": 47, "south": 16} {
		require.Equal(t, want, w.report(t, w.A.scopes()[name], by(w.A.Admin), report.Query{}).Total.Seconds/60, name)
	}
	require.Equal(t, int64(47), w.report(t, w.A.Whole, by(w.A.Chief), report.Query{}).Total.Seconds/60, "her site, from the whole domain")
	require.Equal(t, int64(16), w.report(t, w.A.Whole, by(w.A.Sue), report.Query{}).Total.Seconds/60)
	byPerson := lines(w.report(t, w.A.North, by(w.A.Eve), report.Query{By: []report.Dimension{report.Person}}))
	require.Equal(t, []line{{"Ben", 4 * 60, 4 * 60}, {"Eve", 8 * 60, 0}}, byPerson, "Ben's time on the public project, and her own")
}

func badQueries(t *testing.T, w *World) {
	for what, q := range map[string]report.Query{
		"an unknown dimension":          {By: []report.Dimension{"colour"}},
		"a dimension twice":             {By: []report.Dimension{report.Project, report.Project}},
		"days and weeks":                {By: []report.Dimension{report.Day, report.Week}},
		"an end that is before":         {From: 2, To: 1},
		"something made to be injected": {By: []report.Dimension{"day; drop table slices"}},
	} {
		err := w.DB.View(t.Context(), w.A.Whole, by(w.A.Admin), func(ctx context.Context, v storage.View) error {
			_, err := report.Run(ctx, v, q)
			return err
		})
		require.ErrorIs(t, err, fault.Invalid, what)
	}
	// A store is asked without Run as well: under the filter of the list, a
	// report is of the same entries.
	rows := read(t, w, w.A.North, by(w.A.Ben), func(ctx context.Context, v storage.View) ([]report.Row, error) {
		return v.Totals(ctx, v.Who().Sees(timesheet.ViewEntry), report.Query{By: []report.Dimension{report.Person}})
	})
	require.Len(t, rows, 1)
	require.Equal(t, w.A.Ben.ID, tenancy.MembershipID(rows[0].Keys[0].ID))
}
