package zone

import (
	"fmt"
	"time"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// CodeInvalidDate is the code of an error about text or numbers that name no
// day of the years 1 to 9999.
const CodeInvalidDate fault.Code = "invalid_date"

// Day is a civil date: a square on a calendar, without a clock and without a
// zone. It counts days, and day 1 is 0001-01-01 of the Gregorian calendar, so
// days compare with < and ==, may be map keys, and a loop over a range of days
// is d++. The zero value is no day; see [Day.IsZero]. Values from [MinDay] to
// [MaxDay] are days, and nothing in this package returns anything else.
type Day int32

// The first and the last day that there is: four digits of year can write both.
const (
	MinDay Day = 1       // 0001-01-01
	MaxDay Day = 3652059 // 9999-12-31
)

const (
	daySeconds = 24 * 60 * 60
	epoch      = 719163 // 1970-01-01, where Unix seconds begin
)

const dateRule = "a date that exists, as YYYY-MM-DD"

// Date returns the day of a year, month and day of the month. It returns an
// error with [CodeInvalidDate], about the field "date", for a date that the
// calendar does not have, such as 2021-02-30: nothing is carried over.
func Date(year int, month time.Month, day int) (Day, error) {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if y, m, d := t.Date(); y != year || m != month || d != day || !inRange(t) {
		return 0, fault.Input(CodeInvalidDate, "date", fmt.Sprintf("%04d-%02d-%02d", year, int(month), day), dateRule)
	}
	return dayAt(t.Unix()), nil
}

// ParseDay reads a date written as 2006-01-02 and nothing else. It returns an
// error with [CodeInvalidDate] about the field "date".
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || !inRange(t) {
		return 0, fault.Input(CodeInvalidDate, "date", s, dateRule)
	}
	return dayAt(t.Unix()), nil
}

// DayOf returns the date that a wall clock in loc shows at the instant t, or
// no day if that is outside the years 1 to 9999.
func DayOf(t time.Time, loc *time.Location) Day {
	_, offset := t.In(loc).Zone()
	return dayAt(t.Unix() + int64(offset))
}

// IsZero reports whether d is no day.
func (d Day) IsZero() bool { return d == 0 }

// Valid reports whether d is a day: from [MinDay] to [MaxDay].
func (d Day) Valid() bool { return MinDay <= d && d <= MaxDay }

// Date returns the year, the month and the day of the month; zeros for no day.
func (d Day) Date() (year int, month time.Month, day int) {
	if !d.Valid() {
		return 0, 0, 0
	}
	return time.Unix(d.midnight(), 0).UTC().Date()
}

// Year returns the year.
func (d Day) Year() int { y, _, _ := d.Date(); return y }

// Month returns the month of the year.
func (d Day) Month() time.Month { _, m, _ := d.Date(); return m }

// Day returns the day of the month, from 1.
func (d Day) Day() int { _, _, n := d.Date(); return n }

// Weekday returns the day of the week; Sunday for no day.
func (d Day) Weekday() time.Weekday { return time.Weekday((d%7 + 7) % 7) } // day 1 is a Monday

// Add returns the day n days later, or earlier if n is negative. No day stays
// no day, and past either end of the calendar there is no day.
func (d Day) Add(n int) Day {
	if !d.Valid() || n > int(MaxDay-d) || n < int(MinDay-d) {
		return 0
	}
	return d + Day(n)
}

// Sub returns how many days d is after e; negative if it is before. Both must
// be days.
func (d Day) Sub(e Day) int { return int(d) - int(e) }

// StartOfWeek returns the first day of d's week, for weeks that begin on first.
func (d Day) StartOfWeek(first time.Weekday) Day {
	return d.Add(-((int(d.Weekday()-first)%7 + 7) % 7))
}

// EndOfWeek returns the last day of d's week, for weeks that begin on first.
func (d Day) EndOfWeek(first time.Weekday) Day {
	return d.Add((int(first+6-d.Weekday())%7 + 7) % 7)
}

// StartOfMonth returns the first day of d's month.
func (d Day) StartOfMonth() Day { return d.Add(1 - d.Day()) }

// EndOfMonth returns the last day of d's month.
func (d Day) EndOfMonth() Day {
	if !d.Valid() {
		return 0
	}
	y, m, n := d.Date()
	last := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return d.Add(last - n)
}

// String writes the date as 2006-01-02, and no day as the empty string.
func (d Day) String() string {
	switch {
	case d.IsZero():
		return ""
	case !d.Valid():
		return fmt.Sprintf("Day(%d)", int32(d))
	}
	return time.Unix(d.midnight(), 0).UTC().Format(time.DateOnly)
}

// MarshalText writes what [Day.String] writes: no day is empty text. A number
// that is not a day is an error.
func (d Day) MarshalText() ([]byte, error) {
	if !d.IsZero() && !d.Valid() {
		return nil, fault.Input(CodeInvalidDate, "date", d.String(), dateRule)
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what [Day.MarshalText] writes: empty text is no day,
// everything else is as in [ParseDay].
func (d *Day) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	day, err := ParseDay(string(text))
	if err != nil {
		return err
	}
	*d = day
	return nil
}

// midnight is the start of the day on a wall clock, in seconds of that clock
// since 1970-01-01: the instant, if the wall is in UTC.
func (d Day) midnight() int64 { return (int64(d) - epoch) * daySeconds }

// dayAt returns the day of a number of wall-clock seconds since 1970-01-01.
func dayAt(wall int64) Day {
	n := wall / daySeconds
	if wall%daySeconds < 0 {
		n-- // days before 1970 round down too
	}
	if n += epoch; n < int64(MinDay) || n > int64(MaxDay) {
		return 0
	}
	return Day(n)
}

func inRange(t time.Time) bool { return t.Year() >= 1 && t.Year() <= 9999 }
