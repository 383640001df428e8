package exchange

import (
	"strings"
	"time"

	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// times is when a row's time was, as the file says it.
type times struct {
	start, end  zone.Local
	hasEnd      bool
	seconds     int64 // of the Duration column
	hasDuration bool

	startCol, endCol column // where refusals and notes point
}

// resolve finds the interval of a row, by the rules in the package's doc.
func (p *parser) resolve(c cells, t times, d *Draft) ([]Note, *fault.Error) {
	if y := t.start.Day.Year(); y < 1900 || y > 9998 {
		return nil, c.refuse("start_out_of_range", t.startCol, "must lie between the years 1900 and 9998")
	}
	var notes []Note
	starts, kind := p.instants(t.start)
	if kind != zone.Exact {
		notes = append(notes, clockNote(kind, c.name(t.startCol)))
	}
	switch {
	case t.hasEnd:
		ends, kind := p.instants(t.end)
		if kind != zone.Exact {
			notes = append(notes, clockNote(kind, c.name(t.endCol)))
		}
		d.Start, d.End = t.choose(starts, ends)
	case !t.hasDuration:
		return nil, c.refuse("end_missing", t.endCol, "must be given, or a duration")
	case t.seconds <= 0:
		return nil, c.refuse(zone.CodeNegativeDuration, colDuration, "must be more than 0")
	case t.seconds > p.most:
		return nil, c.refuse("too_long", colDuration, "must be at most "+zone.FormatDuration(p.most))
	default:
		d.Start, d.End = starts[0], starts[0].Add(time.Duration(t.seconds)*time.Second)
	}
	d.Start, d.End = d.Start.UTC().Truncate(time.Microsecond), d.End.UTC().Truncate(time.Microsecond)
	switch d.Seconds = seconds(d.Start, d.End); {
	case d.Seconds < 1:
		return nil, c.refuse("end_before_start", t.endCol, "must be at least a second after the start "+t.start.String())
	case d.Seconds > p.most:
		return nil, c.refuse("too_long", t.endCol, "must be at most "+zone.FormatDuration(p.most)+" after the start "+t.start.String())
	}
	if t.hasDuration && d.Seconds != t.seconds {
		if off := d.Seconds - t.seconds; off < -1 || off > 1 {
			return nil, c.refuse("duration_mismatch", colDuration, "must be "+zone.FormatDuration(d.Seconds)+", the time from start to end, or differ from it by one second at most")
		}
		notes = append(notes, Note{DurationOff, c.name(colDuration), "differs by one second from the time from start to end, " + zone.FormatDuration(d.Seconds) + ", which counts"})
	}
	return notes, nil
}

// choose returns the first pair of instants that fits what the row says: the
// end after the start, and the duration if it has one. If none does, it is the
// first pair that is refused.
func (t times) choose(starts, ends []time.Time) (start, end time.Time) {
	for _, s := range starts {
		for _, e := range ends {
			off := seconds(s, e) - t.seconds
			if e.After(s) && (!t.hasDuration || off >= -1 && off <= 1) {
				return s, e
			}
		}
	}
	return starts[0], ends[0]
}

// instants returns the instants at which the wall shows a local time, the first
// first, or the one to which a skipped time is shifted.
func (p *parser) instants(at zone.Local) ([]time.Time, zone.Kind) {
	first, kind := zone.Resolve(at, p.loc)
	all := []time.Time{first}
	if kind == zone.Repeated {
		// The clock goes back at the end of this span, and shows the time again
		// as much later as it goes back.
		_, change := first.ZoneBounds()
		_, before := first.Zone()
		_, after := change.Zone()
		again := first.Add(time.Duration(before-after) * time.Second)
		if zone.LocalOf(again, p.loc) == at {
			all = append(all, again)
		}
	}
	return all, kind
}

// seconds returns the whole seconds from start to end.
func seconds(start, end time.Time) int64 {
	n := end.Unix() - start.Unix()
	if end.Nanosecond() < start.Nanosecond() {
		n--
	}
	return n
}

// date reads a date in the layout of the file.
func (p *parser) date(c cells, col column, text string) (zone.Day, *fault.Error) {
	if text == "" {
		return 0, fault.Input(zone.CodeInvalidDate, c.name(col), text, "must be given")
	}
	t, err := time.Parse(p.layout, text)
	if err == nil {
		var day zone.Day
		if day, err = zone.Date(t.Year(), t.Month(), t.Day()); err == nil {
			return day, nil
		}
	}
	rule := "must be a date that exists, written as " + p.layout
	if p.layout == time.DateOnly {
		rule = "must be a date that exists, written as 2006-01-02; for another form, set the date format of the import"
	}
	return 0, fault.Input(zone.CodeInvalidDate, c.name(col), text, rule)
}

// clock reads a time of day: 15:04:05, 15:04, 3:04:05 PM or 3:04 PM.
func clock(c cells, col column, text string) (time.Duration, *fault.Error) {
	upper := strings.ToUpper(text)
	for _, layout := range []string{"15:04:05", "15:04", "3:04:05 PM", "3:04 PM", "3:04:05PM", "3:04PM"} {
		if t, err := time.Parse(layout, upper); err == nil {
			return zone.LocalOf(t, time.UTC).Clock, nil
		}
	}
	return 0, fault.Input(zone.CodeInvalidLocal, c.name(col), text, "must be a time such as 15:04:05, 15:04 or 3:04 PM")
}
