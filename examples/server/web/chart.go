package web

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// The chart's drawing surface, in units of its view box.
const (
	chartWidth  = 960
	chartHeight = 300
	chartLeft   = 46 // room for the hours
	chartTop    = 12
	chartFoot   = 26 // room for the days
	chartSeries = 10 // as many colours as the style sheet has; the last is for the rest
)

// chart is a stacked bar chart with the table of the same numbers.
type chart struct {
	Width, Height, Left, Right, Base float64
	Title, Text                      string
	Ticks                            []tick
	Bars                             []bar
	Series                           []series // the largest first
	Total, Billable                  int64
	Worked                           int // bars with time
	Average                          int64
	TickX, LabelY                    float64
}

type tick struct {
	Y     float64
	Label string
}

// series is one project, or the rest of them.
type series struct {
	Class, Name, Client string
	Seconds             int64
	Percent             int
	key                 [16]byte
}

type bar struct {
	SlotX, Slot, Top, Tall float64 // the surface behind the bar
	Middle                 float64
	Short, Long            string
	Named                  bool // has room for its name below the axis
	Off                    bool // a Saturday or Sunday
	Parts                  []part
	Cells                  []int64 // seconds by series
	Seconds                int64
}

type part struct {
	X, Y, Width, Height float64
	Class, Text         string
}

// newChart draws a report by client, project and the group of the span.
func newChart(s span, r report.Report) chart {
	c := chart{
		Width: chartWidth, Height: chartHeight, Left: chartLeft, Right: chartWidth - 20, Base: chartHeight - chartFoot,
		TickX: chartLeft - 8, LabelY: chartHeight - 8,
		Total: r.Total.Seconds, Billable: r.Total.Billable,
	}
	at := c.collectSeries(r)
	bars := map[zone.Day]int{}
	for d := s.start(s.From); d.Valid() && d <= s.To; d = s.next(d) {
		short, long := s.label(d)
		off := s.Group == report.Day && (d.Weekday() == 0 || d.Weekday() == 6)
		bars[d] = len(c.Bars)
		c.Bars = append(c.Bars, bar{Short: short, Long: long, Off: off, Cells: make([]int64, len(c.Series))})
	}
	for _, row := range r.Rows {
		if i, ok := bars[row.Keys[2].Day]; ok {
			c.Bars[i].Cells[at[row.Keys[1].ID]] += row.Seconds
			c.Bars[i].Seconds += row.Seconds
		}
	}
	c.draw()
	c.describe(s)
	return c
}

// collectSeries fills Series and returns which of them a project belongs to.
func (c *chart) collectSeries(r report.Report) map[[16]byte]int {
	index := map[[16]byte]int{}
	for _, row := range r.Rows {
		client, project := row.Keys[0], row.Keys[1]
		i, known := index[project.ID]
		if !known {
			i = len(c.Series)
			index[project.ID] = i
			c.Series = append(c.Series, series{Name: cmp.Or(project.Name, "No project"), Client: client.Name, key: project.ID})
		}
		c.Series[i].Seconds += row.Seconds
	}
	slices.SortStableFunc(c.Series, func(a, b series) int { return cmp.Compare(b.Seconds, a.Seconds) })
	clear(index)
	for i, s := range c.Series {
		index[s.key] = min(i, chartSeries-1)
	}
	if rest := len(c.Series) - (chartSeries - 1); rest > 1 {
		others := series{Name: strconv.Itoa(rest) + " other projects"}
		for _, s := range c.Series[chartSeries-1:] {
			others.Seconds += s.Seconds
		}
		c.Series = append(c.Series[:chartSeries-1], others)
	}
	for i := range c.Series {
		c.Series[i].Class = "s" + strconv.Itoa(i)
		c.Series[i].Percent = int((200*c.Series[i].Seconds + c.Total) / max(1, 2*c.Total))
	}
	return index
}

// draw gives everything its place.
func (c *chart) draw() {
	var most int64
	for _, b := range c.Bars {
		most = max(most, b.Seconds)
		if b.Seconds > 0 {
			c.Worked++
		}
	}
	c.Average = c.Total / int64(max(c.Worked, 1))
	step := tickStep(most)
	top := (most + step - 1) / step * step
	scale := (c.Base - chartTop) / float64(max(top, 1))
	for s := int64(0); s <= top; s += step {
		c.Ticks = append(c.Ticks, tick{c.Base - float64(s)*scale, zone.Hours(s) + " h"})
	}
	slot := (c.Right - c.Left) / float64(max(len(c.Bars), 1))
	every := len(c.Bars)/14 + 1
	for i := range c.Bars {
		b := &c.Bars[i]
		b.SlotX, b.Slot, b.Top, b.Tall = c.Left+slot*float64(i), slot, chartTop, c.Base-chartTop
		b.Middle, b.Named = b.SlotX+slot/2, i%every == 0
		y := c.Base
		for j, seconds := range b.Cells {
			if seconds <= 0 {
				continue
			}
			tall := float64(seconds) * scale
			y -= tall
			text := c.Series[j].Name + ", " + b.Long + ": " + zone.FormatDuration(seconds)
			b.Parts = append(b.Parts, part{b.SlotX + slot*0.12, y, slot * 0.76, tall, c.Series[j].Class, text})
		}
	}
}

// tickStep returns a round number of seconds that gives at most six lines.
func tickStep(most int64) int64 {
	for _, step := range []int64{900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 10 * 3600, 20 * 3600, 40 * 3600, 50 * 3600, 100 * 3600} {
		if most <= 5*step {
			return step
		}
	}
	step := int64(200 * 3600)
	for most > 5*step {
		step *= 2
	}
	return step
}

func (c *chart) describe(s span) {
	c.Title = "Time by project and " + string(s.Group)
	c.Text = "Stacked bars, one for each " + string(s.Group) + " from " + s.From.String() + " to " + s.To.String() +
		": " + zone.FormatDuration(c.Total) + " in all."
	for _, x := range c.Series[:min(3, len(c.Series))] {
		c.Text += " " + x.Name + " " + zone.FormatDuration(x.Seconds) + "."
	}
	if len(c.Series) > 3 {
		c.Text += " The table below has all numbers."
	}
}
