package exchange_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/timesheet/exchange"
	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

func TestWriteCSV(t *testing.T) {
	day, err := zone.ParseDay("2021-03-01")
	require.NoError(t, err)
	r := report.Report{
		Query: report.Query{By: []report.Dimension{report.Project, report.Month, report.Billable}},
		Rows: []report.Row{
			{Keys: []report.Key{{ID: [16]byte{1}, Name: `Acme, "Inc."`}, {Day: day}, {Billable: true}}, Seconds: 5400, Billable: 5400},
			{Keys: []report.Key{{}, {Day: day}, {}}, Seconds: -60},
		},
		Total: report.Row{Seconds: 5340, Billable: 5400},
	}
	var out bytes.Buffer
	require.NoError(t, exchange.WriteCSV(&out, r))
	assert.Equal(t, "project,month,billable,seconds,hours,billable_seconds\n"+
		"\"Acme, \"\"Inc.\"\"\",2021-03-01,yes,5400,1.5,5400\n"+
		",2021-03-01,no,-60,-0.0167,0\n", out.String())

	t.Run("no name is a formula", func(t *testing.T) {
		for _, name := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"} {
			var out bytes.Buffer
			q := report.Query{By: []report.Dimension{report.Client}}
			require.NoError(t, exchange.WriteCSV(&out, report.Report{Query: q, Rows: []report.Row{{Keys: []report.Key{{Name: name}}}}}))
			lines, err := csv.NewReader(&out).ReadAll()
			require.NoError(t, err)
			assert.Equal(t, "'"+name, lines[1][0])
		}
	})
	t.Run("a total alone", func(t *testing.T) {
		var out bytes.Buffer
		require.NoError(t, exchange.WriteCSV(&out, report.Report{Rows: []report.Row{{Seconds: 3600}}}))
		assert.Equal(t, "seconds,hours,billable_seconds\n3600,1,0\n", out.String())
	})
	t.Run("an error of the writer is passed on", func(t *testing.T) {
		full := errors.New("disk full")
		assert.ErrorIs(t, exchange.WriteCSV(failing{full}, r), full)
	})
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
