package exchange

import (
	"math"
	"strconv"
	"strings"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// The longest name and note that are stored, in characters.
const (
	nameMost = 255
	noteMost = 3000
)

// toggl reads a row of Toggl's detailed export.
func (p *parser) toggl(c cells, d *Draft) (times, *fault.Error) {
	var err error
	if d.Email, err = admin.CleanEmail(c.get(colEmail)); err != nil {
		return times{}, c.on(colEmail, err)
	}
	if d.Note, err = tenancy.CleanText(string(colNote), c.get(colNote), noteMost); err != nil {
		return times{}, c.on(colNote, err)
	}
	for _, n := range []struct {
		col column
		to  *string
	}{{colUser, &d.User}, {colClient, &d.Client}, {colProject, &d.Project}, {colTask, &d.Task}} {
		var refusal *fault.Error
		if *n.to, refusal = cleanName(c, n.col); refusal != nil {
			return times{}, refusal
		}
	}
	switch {
	case d.Email == "" && d.User == "":
		return times{}, c.refuse("person_missing", colEmail, "must say whose time it is")
	case d.Client != "" && d.Project == "":
		return times{}, c.refuse("client_without_project", colClient, "has projects, and time is recorded on these: name the project too")
	case d.Task != "" && d.Project == "":
		return times{}, c.refuse("task_without_project", colTask, "is a piece of a project: name the project too")
	}
	switch strings.ToLower(c.get(colBillable)) {
	case "yes":
		d.Billable = true
	case "no", "":
	default:
		return times{}, c.refuse("bad_billable", colBillable, "must be Yes or No")
	}
	var refusal *fault.Error
	if d.Tags, refusal = tags(c); refusal != nil {
		return times{}, refusal
	}
	if refusal = amount(c, d); refusal != nil {
		return times{}, refusal
	}
	return p.togglTimes(c)
}

func (p *parser) togglTimes(c cells) (t times, refusal *fault.Error) {
	t.startCol, t.endCol = colStartTime, colEndTime
	if t.start, refusal = p.local(c, colStartDate, colStartTime); refusal != nil {
		return t, refusal
	}
	if t.hasEnd = c.get(colEndDate) != "" || c.get(colEndTime) != ""; t.hasEnd {
		if t.end, refusal = p.local(c, colEndDate, colEndTime); refusal != nil {
			return t, refusal
		}
	}
	if t.hasDuration = c.get(colDuration) != ""; t.hasDuration {
		var err error
		if t.seconds, err = zone.ParseDuration(c.get(colDuration)); err != nil {
			return t, c.on(colDuration, err)
		}
	}
	return t, nil
}

// local reads a local time from a column of dates and one of times.
func (p *parser) local(c cells, date, time column) (at zone.Local, refusal *fault.Error) {
	if at.Day, refusal = p.date(c, date, c.get(date)); refusal != nil {
		return at, refusal
	}
	at.Clock, refusal = clock(c, time, c.get(time))
	return at, refusal
}

// cleanName reads a name that may be empty.
func cleanName(c cells, col column) (string, *fault.Error) {
	text := c.get(col)
	if text == "" {
		return "", nil
	}
	name, err := tenancy.CleanName(string(col), text, nameMost)
	if err != nil {
		return "", c.on(col, err)
	}
	return name, nil
}

// tags reads the tags of a row, each once by tenancy.NameKey.
func tags(c cells) ([]string, *fault.Error) {
	text := c.get(colTags)
	if text == "" {
		return nil, nil
	}
	var all []string
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ", ") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, err := tenancy.CleanName(string(colTags), part, nameMost)
		if err != nil {
			return nil, c.on(colTags, err)
		}
		if key := tenancy.NameKey(name); !seen[key] {
			seen[key] = true
			all = append(all, name)
		}
	}
	return all, nil
}

// amount reads the one amount of a row that is not 0, or else the first.
func amount(c cells, d *Draft) *fault.Error {
	for _, a := range c.amounts {
		text := strings.TrimSpace(c.fields[a.index])
		if text == "" {
			continue
		}
		refuse := func(code fault.Code, rule string) *fault.Error {
			return fault.Input(code, c.names[a.index], text, rule)
		}
		minor, ok := minorUnits(text, a.digits)
		switch {
		case !ok:
			return refuse("bad_amount", "must be a number such as 1234.50, with at most "+strconv.Itoa(a.digits)+" decimals other than 0")
		case minor != 0 && a.currency == "":
			return refuse("amount_without_currency", "must have its currency in the header, such as Amount (USD)")
		case minor != 0 && d.Amount != 0:
			return refuse("amount_twice", "is the second amount of this row: an entry keeps one")
		case minor != 0 || d.Currency == "":
			d.Amount, d.Currency = minor, a.currency
		}
	}
	return nil
}

// minorUnits reads a decimal number as a count of units of which 10^digits make
// one. It refuses what is no number, is below zero or too large, and decimals
// that would be lost.
func minorUnits(text string, digits int) (int64, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(fraction) > digits {
		if strings.Trim(fraction[digits:], "0") != "" {
			return 0, false
		}
		fraction = fraction[:digits]
	}
	fraction += strings.Repeat("0", digits-len(fraction))
	if whole == "" {
		return 0, false
	}
	var n int64
	for _, b := range []byte(whole + fraction) {
		if b < '0' || b > '9' || n > (math.MaxInt64-9)/10 {
			return 0, false
		}
		n = n*10 + int64(b-'0')
	}
	return n, true
}
