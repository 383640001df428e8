package report_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// source answers with rows that a test gives it.
type source struct {
	rows  []report.Row
	err   error
	asked []report.Query
}

func (s *source) Who() access.Actor { return access.Actor{} }

func (s *source) Totals(_ context.Context, _ access.Filter, q report.Query) ([]report.Row, error) {
	s.asked = append(s.asked, q)
	return s.rows, s.err
}

func (s *source) Amounts(_ context.Context, _ access.Filter, q report.Query) (report.Amounts, error) {
	s.asked = append(s.asked, q)
	return report.Amounts{}, s.err
}

func day(t *testing.T, text string) zone.Day {
	t.Helper()
	d, err := zone.ParseDay(text)
	require.NoError(t, err)
	return d
}

func named(id byte, name string) report.Key { return report.Key{ID: [16]byte{id}, Name: name} }

func row(seconds, billable int64, keys ...report.Key) report.Row {
	return report.Row{Keys: keys, Seconds: seconds, Billable: billable}
}

func TestQueriesAreChecked(t *testing.T) {
	first, last := day(t, "2024-03-04"), day(t, "2024-03-10")
	for _, q := range []report.Query{
		{}, {From: first}, {To: last}, {From: first, To: last}, {From: first, To: first},
		{By: []report.Dimension{report.Month, report.Site, report.Client, report.Project, report.Task, report.Activity, report.Person, report.Billable}},
	} {
		assert.NoError(t, q.Validate())
	}
	for _, d := range report.Dimensions() {
		assert.NoError(t, report.Query{By: []report.Dimension{d}}.Validate(), d)
	}
	for name, c := range map[string]struct {
		q     report.Query
		code  fault.Code
		field string
		value string
	}{
		"unknown":           {report.Query{By: []report.Dimension{"colour"}}, "bad_dimension", "by", "colour"},
		"empty":             {report.Query{By: []report.Dimension{""}}, "bad_dimension", "by", ""},
		"twice":             {report.Query{By: []report.Dimension{report.Day, report.Client, report.Client}}, "bad_dimension", "by", "client"},
		"day and week":      {report.Query{By: []report.Dimension{report.Day, report.Week}}, "bad_dimension", "by", ""},
		"week and month":    {report.Query{By: []report.Dimension{report.Week, report.Site, report.Month}}, "bad_dimension", "by", ""},
		"to before from":    {report.Query{From: last, To: first}, "end_before_start", "to", "2024-03-04"},
		"a day before from": {report.Query{From: last, To: last - 1}, "end_before_start", "to", "2024-03-09"},
	} {
		s := &source{}
		_, err := report.Run(t.Context(), s, c.q)
		var e *fault.Error
		require.ErrorAs(t, err, &e, name)
		assert.Equal(t, []string{string(c.code), c.field, c.value}, []string{string(e.Code), e.Field, e.Value}, name)
		assert.ErrorIs(t, err, fault.Invalid)
		assert.Empty(t, s.asked, "nothing is read for a bad query")
	}
}

func TestWeeksAndMonthsAreDaysFolded(t *testing.T) {
	key := func(text string) report.Key { return report.Key{Day: day(t, text)} }
	rows := func() []report.Row {
		return []report.Row{ // in no order
			row(5, 1, key("2024-03-11")), row(1, 1, key("2024-02-29")), row(2, 0, key("2024-03-01")),
			row(3, 3, key("2024-03-03")), row(4, 0, key("2024-03-04")), row(6, 0, key("2023-12-31")), row(7, 7, key("2024-01-01")),
		}
	}
	for by, want := range map[report.Dimension][]report.Row{
		report.Week: { // from Monday to Sunday
			row(6, 0, key("2023-12-25")), row(7, 7, key("2024-01-01")), row(6, 4, key("2024-02-26")), row(4, 0, key("2024-03-04")), row(5, 1, key("2024-03-11")),
		},
		report.Month: {
			row(6, 0, key("2023-12-01")), row(7, 7, key("2024-01-01")), row(1, 1, key("2024-02-01")), row(14, 4, key("2024-03-01")),
		},
		report.Day: {
			row(6, 0, key("2023-12-31")), row(7, 7, key("2024-01-01")), row(1, 1, key("2024-02-29")), row(2, 0, key("2024-03-01")),
			row(3, 3, key("2024-03-03")), row(4, 0, key("2024-03-04")), row(5, 1, key("2024-03-11")),
		},
	} {
		s := &source{rows: rows()}
		q := report.Query{By: []report.Dimension{by}}
		r, err := report.Run(t.Context(), s, q)
		require.NoError(t, err)
		assert.Equal(t, want, r.Rows, by)
		assert.Equal(t, row(28, 12), r.Total, by)
		assert.Equal(t, q, r.Query, "as it was asked")
		assert.Equal(t, []report.Dimension{report.Day}, s.asked[0].By, "the source knows days only")
	}
}

func TestFoldingKeepsOtherKeysApart(t *testing.T) {
	march, april := day(t, "2024-03-01"), day(t, "2024-04-01")
	on := func(d zone.Day) report.Key { return report.Key{Day: d} }
	ann, ben := named(1, "Ann"), named(2, "Ben")
	s := &source{rows: []report.Row{row(1, 0, ben, on(march+9)), row(2, 0, ann, on(march)), row(4, 0, ann, on(march+30)), row(8, 0, ben, on(march+8)), row(16, 0, ann, on(april))}}
	r, err := report.Run(t.Context(), s, report.Query{By: []report.Dimension{report.Person, report.Month}})
	require.NoError(t, err)
	assert.Equal(t, []report.Row{row(6, 0, ann, on(march)), row(16, 0, ann, on(april)), row(9, 0, ben, on(march))}, r.Rows)
	assert.Equal(t, []report.Dimension{report.Person, report.Day}, s.asked[0].By)
}

func TestRowsAreInOrderOfTheirKeys(t *testing.T) {
	billable, not, none := report.Key{Billable: true}, report.Key{}, report.Key{}
	// The order of names is that of their keys: case does not matter, and of the
	// same name the id decides. Time without a project comes last.
	names := []report.Key{named(9, "apple"), named(1, "Apples"), named(2, "Zeta"), named(3, "zeta"), named(8, " ZETA "), named(4, "Émile"), none}
	var want []report.Row
	for _, name := range names {
		want = append(want, row(1, 1, name, billable), row(1, 0, name, not))
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		s := &source{rows: append([]report.Row(nil), want...)}
		random.Shuffle(len(want), func(i, j int) { s.rows[i], s.rows[j] = s.rows[j], s.rows[i] })
		r, err := report.Run(t.Context(), s, report.Query{By: []report.Dimension{report.Project, report.Billable}})
		require.NoError(t, err)
		require.Equal(t, want, r.Rows)
	}
}

// Totals equal the sum of the lines, whatever is grouped.
func TestTotalIsTheSumOfTheRows(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, by := range report.Dimensions() {
		s := &source{}
		var want report.Row
		for range 200 {
			k := report.Key{Day: day(t, "2024-03-04") + zone.Day(random.IntN(60))}
			if by != report.Day && by != report.Week && by != report.Month {
				k = named(byte(random.IntN(5)), "")
			}
			seconds := random.Int64N(1e6)
			s.rows = append(s.rows, row(seconds, seconds/3, k))
			want.Seconds += seconds
			want.Billable += seconds / 3
		}
		r, err := report.Run(t.Context(), s, report.Query{By: []report.Dimension{by}})
		require.NoError(t, err)
		assert.Equal(t, want, r.Total, by)
		var sum report.Row
		seen := map[report.Key]bool{}
		for _, line := range r.Rows {
			assert.False(t, seen[line.Keys[0]], "one line for each key")
			seen[line.Keys[0]] = true
			sum.Seconds += line.Seconds
			sum.Billable += line.Billable
		}
		assert.Equal(t, want, sum, by)
	}
}

func TestReportOfNothing(t *testing.T) {
	r, err := report.Run(t.Context(), &source{}, report.Query{})
	require.NoError(t, err)
	assert.Equal(t, report.Report{}, r)
	r, err = report.Run(t.Context(), &source{rows: []report.Row{row(5, 2)}}, report.Query{})
	require.NoError(t, err)
	assert.Equal(t, []report.Row{row(5, 2)}, r.Rows, "one line without keys")
	assert.Equal(t, row(5, 2), r.Total)

	lost := errors.New("connection lost")
	_, err = report.Run(t.Context(), &source{err: lost}, report.Query{})
	assert.Equal(t, lost, err)
}

func TestQueryOfTheCallerIsLeftAlone(t *testing.T) {
	by := []report.Dimension{report.Week, report.Person}
	_, err := report.Run(t.Context(), &source{}, report.Query{By: by})
	require.NoError(t, err)
	assert.Equal(t, []report.Dimension{report.Week, report.Person}, by)
}
