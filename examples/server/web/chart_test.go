package web

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

func day(t *testing.T, s string) zone.Day {
	t.Helper()
	d, err := zone.ParseDay(s)
	require.NoError(t, err)
	return d
}

// sampleReport has so many projects, of which project i has i hours on each of
// two days.
func sampleReport(t *testing.T, projects int) (span, report.Report) {
	s := span{day(t, "2021-04-05"), day(t, "2021-04-11"), report.Day}
	r := report.Report{}
	for i := 1; i <= projects; i++ {
		for _, d := range []string{"2021-04-06", "2021-04-08"} {
			row := report.Row{Keys: []report.Key{{}, {ID: [16]byte{byte(i)}, Name: fmt.Sprintf("Project %d", i)}, {Day: day(t, d)}}, Seconds: int64(i) * 3600}
			r.Rows = append(r.Rows, row)
			r.Total.Seconds += row.Seconds
		}
	}
	return s, r
}

// The bars, the legend and the table have the same numbers.
func TestChartAddsUp(t *testing.T) {
	for _, projects := range []int{0, 1, 9, 10, 11, 40} {
		s, r := sampleReport(t, projects)
		c := newChart(s, r)
		assert.Len(t, c.Bars, 7)
		assert.Len(t, c.Series, min(projects, chartSeries))
		var legend, bars, cells int64
		for i, x := range c.Series {
			legend += x.Seconds
			assert.Equal(t, fmt.Sprintf("s%d", i), x.Class)
		}
		for _, b := range c.Bars {
			bars += b.Seconds
			for _, seconds := range b.Cells {
				cells += seconds
			}
			for _, p := range b.Parts {
				assert.GreaterOrEqual(t, p.Y, float64(chartTop)-0.001)
				assert.LessOrEqual(t, p.Y+p.Height, c.Base+0.001)
			}
		}
		assert.Equal(t, r.Total.Seconds, legend)
		assert.Equal(t, r.Total.Seconds, bars)
		assert.Equal(t, r.Total.Seconds, cells)
		assert.LessOrEqual(t, len(c.Ticks), 6)
	}
	s, r := sampleReport(t, 40)
	c := newChart(s, r)
	assert.Equal(t, "Project 40", c.Series[0].Name, "the largest first")
	assert.Equal(t, "31 other projects", c.Series[9].Name)
}

func TestTickStep(t *testing.T) {
	for most := int64(0); most < 3600*5000; most = most*5/4 + 1 {
		step := tickStep(most)
		assert.LessOrEqual(t, (most+step-1)/step, int64(5), most)
	}
}
