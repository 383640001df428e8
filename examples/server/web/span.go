package web

import (
	"net/url"
	"time"

	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// span is the range of a report and the length of its bars.
type span struct {
	From, To zone.Day // both included
	Group    report.Dimension
}

// The most bars that a chart has room for, by length, and the longest range.
const (
	mostDays  = 100
	mostWeeks = 120
	mostYears = 20
)

// readSpan reads the form of the report page. Days that are missing come from
// usual; bars that would be too many are made longer.
func readSpan(form url.Values, usual func() (from, to zone.Day, err error)) (span, error) {
	s := span{Group: report.Dimension(form.Get("group"))}
	for _, f := range []struct {
		day  *zone.Day
		name string
	}{{&s.From, "from"}, {&s.To, "to"}} {
		if err := f.day.UnmarshalText([]byte(form.Get(f.name))); err != nil {
			return s, err
		}
	}
	if s.From.IsZero() || s.To.IsZero() {
		from, to, err := usual()
		switch {
		case err != nil:
			return s, err
		case s.From.IsZero() && s.To.IsZero():
			s.From, s.To = from, to
		case s.From.IsZero():
			s.From = s.To.Add(-27)
		default:
			s.To = s.From.Add(27)
		}
	}
	if s.To < s.From {
		s.From, s.To = s.To, s.From
	}
	days := s.To.Sub(s.From) + 1
	if s.From.IsZero() || days > mostYears*366 {
		return s, fault.Input("range_too_long", "to", s.To.String(), "must be at most twenty years after "+s.From.String())
	}
	switch s.Group {
	case report.Day, report.Week, report.Month:
	default:
		s.Group = report.Day
	}
	if s.Group == report.Day && days > mostDays {
		s.Group = report.Week
	}
	if s.Group == report.Week && days > mostWeeks*7 {
		s.Group = report.Month
	}
	return s, nil
}

// fourWeeks is the usual range of somebody whose newest entry is of a day: the
// four weeks that end with its week.
func fourWeeks(newest zone.Day) (from, to zone.Day) {
	to = newest.EndOfWeek(time.Monday)
	return to.Add(-27), to
}

// start returns the first day of the bar that a day is in.
func (s span) start(d zone.Day) zone.Day {
	switch s.Group {
	case report.Week:
		return d.StartOfWeek(time.Monday)
	case report.Month:
		return d.StartOfMonth()
	}
	return d
}

// next returns the first day of the bar after the one that begins on d.
func (s span) next(d zone.Day) zone.Day {
	switch s.Group {
	case report.Week:
		return d.Add(7)
	case report.Month:
		return d.EndOfMonth().Add(1)
	}
	return d.Add(1)
}

// beside returns the range of the same length before (-1) or after (+1).
func (s span) beside(way int) span {
	if s.From == s.From.StartOfMonth() && s.To == s.From.EndOfMonth() { // a month has neighbours of other lengths
		first := s.From.Add(-1).StartOfMonth()
		if way > 0 {
			first = s.To.Add(1)
		}
		return span{first, first.EndOfMonth(), s.Group}
	}
	days := way * (s.To.Sub(s.From) + 1)
	return span{s.From.Add(days), s.To.Add(days), s.Group}
}

// Link is where the page shows the span. It holds the whole address: a query
// put into a template's address by itself would be escaped twice.
func (s span) Link() string {
	return "/?" + url.Values{"from": {s.From.String()}, "to": {s.To.String()}, "group": {string(s.Group)}}.Encode()
}

// label names the bar that begins on d, short for the axis and long for the
// table.
func (s span) label(d zone.Day) (short, long string) {
	t := zone.DayStart(d, time.UTC)
	switch s.Group {
	case report.Week:
		y, w := t.ISOWeek()
		return t.Format("2 Jan"), "Week " + time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006") + "-" + twoDigits(w) + ", from " + t.Format("Mon 2 Jan")
	case report.Month:
		return t.Format("Jan 06"), t.Format("January 2006")
	}
	return t.Format("2 Jan"), t.Format("Mon 2 Jan 2006")
}

func twoDigits(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }
