package exchange

import (
	"strconv"
	"strings"

	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// intervals reads a row of a plain list of intervals.
func (p *parser) intervals(c cells, d *Draft) (t times, refusal *fault.Error) {
	if d.Project, refusal = cleanName(c, colProject); refusal != nil {
		return t, refusal
	}
	if tool, refusal := cleanName(c, colTool); refusal != nil {
		return t, refusal
	} else if d.Project == "" {
		d.Project = tool
	}
	if d.Task, refusal = cleanName(c, colTask); refusal != nil {
		return t, refusal
	}
	if d.Task != "" && d.Project == "" {
		return t, c.refuse("task_without_project", colTask, "is a piece of a project: name the project too")
	}
	t.startCol, t.endCol = colStart, colEnd
	if t.start, refusal = p.dateTime(c, colStart); refusal != nil {
		return t, refusal
	}
	if t.hasEnd = c.get(colEnd) != ""; t.hasEnd {
		if t.end, refusal = p.dateTime(c, colEnd); refusal != nil {
			return t, refusal
		}
	}
	if t.hasDuration = c.get(colDuration) != ""; t.hasDuration {
		t.seconds, refusal = daysAndClock(c)
	}
	return t, refusal
}

// dateTime reads a date and a time that share a column, with a space or a T
// between them.
func (p *parser) dateTime(c cells, col column) (at zone.Local, refusal *fault.Error) {
	text := c.get(col)
	i := strings.IndexAny(text, " T")
	if i < 0 {
		return at, c.refuse(zone.CodeInvalidLocal, col, "must be a date and a time such as 2006-01-02 15:04:05")
	}
	if at.Day, refusal = p.date(c, col, text[:i]); refusal == nil {
		at.Clock, refusal = clock(c, col, strings.TrimSpace(text[i+1:]))
	}
	if refusal != nil {
		refusal = refusal.On(c.name(col), text)
	}
	return at, refusal
}

// daysAndClock reads a duration such as "0 days 00:50:30", as Python's pandas
// writes it, or any that zone.ParseDuration reads.
func daysAndClock(c cells) (int64, *fault.Error) {
	text := c.get(colDuration)
	before, rest, has := strings.Cut(text, " day")
	if !has {
		n, err := zone.ParseDuration(text)
		if err != nil {
			return 0, c.on(colDuration, err)
		}
		return n, nil
	}
	days, err := strconv.Atoi(before)
	rest = strings.TrimSpace(strings.TrimPrefix(rest, "s"))
	switch {
	case err != nil || days > 1_000_000:
		return 0, c.refuse(zone.CodeInvalidDuration, colDuration, "must be a duration such as 0 days 00:50:30")
	case days < 0: // "-1 days +23:00:00" is minus one hour
		return 0, c.refuse(zone.CodeNegativeDuration, colDuration, "a duration is not negative")
	}
	n, err := zone.ParseDuration(rest)
	if err != nil {
		return 0, c.on(colDuration, err)
	}
	if n >= 24*60*60 {
		return 0, c.refuse(zone.CodeInvalidDuration, colDuration, "must have less than 24 hours beside the days")
	}
	return int64(days)*24*60*60 + n, nil
}
