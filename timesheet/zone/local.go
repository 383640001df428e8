package zone

import (
	"time"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// CodeInvalidLocal is the code of an error about text that is no local time.
const CodeInvalidLocal fault.Code = "invalid_local_time"

const localRule = "a local time without an offset, as YYYY-MM-DDThh:mm or YYYY-MM-DDThh:mm:ss"

// Local is what a wall shows: a date, and the time on the clock. It is no
// instant; [Resolve] makes it one. The zero value is no time.
type Local struct {
	Day   Day
	Clock time.Duration // what the clock reads, from 0 to less than 24 h; not the time elapsed since the day began
}

// LocalOf returns what a wall in loc shows at the instant t.
func LocalOf(t time.Time, loc *time.Location) Local {
	t = t.In(loc)
	h, m, s := t.Clock()
	clock := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
	return Local{Day: DayOf(t, loc), Clock: clock + time.Duration(t.Nanosecond())}
}

// ParseLocal reads a local time written as 2006-01-02T15:04 or
// 2006-01-02T15:04:05, as a browser's datetime-local field writes it, with a
// fraction of a second if there is one. It returns an error with
// [CodeInvalidLocal] about the field "local_time"; text with an offset or a "Z"
// names an instant and is refused.
func ParseLocal(s string) (Local, error) {
	layout := "2006-01-02T15:04"
	if len(s) > len(layout) {
		layout = "2006-01-02T15:04:05"
	}
	t, err := time.Parse(layout, s)
	if err != nil || s[len("2006-01-02T15")] != ':' || !inRange(t) { // package time lets 9:30 pass for 09:30
		return Local{}, fault.Input(CodeInvalidLocal, "local_time", s, localRule)
	}
	return LocalOf(t, time.UTC), nil
}

// IsZero reports whether l is no time.
func (l Local) IsZero() bool { return l == Local{} }

// String writes l as 2006-01-02T15:04:05, with a fraction of a second if there
// is one, and no time as the empty string.
func (l Local) String() string {
	if l.IsZero() {
		return ""
	}
	return time.Unix(l.Day.midnight(), 0).UTC().Add(l.Clock).Format("2006-01-02T15:04:05.999999999")
}

// MarshalText writes what [Local.String] writes: no time is empty text. A clock
// outside the day, or a time without a day, is an error.
func (l Local) MarshalText() ([]byte, error) {
	if !l.IsZero() && (!l.Day.Valid() || l.Clock < 0 || l.Clock >= 24*time.Hour) {
		return nil, fault.Input(CodeInvalidLocal, "local_time", l.Day.String()+" "+l.Clock.String(), localRule)
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads what [Local.MarshalText] writes: empty text is no time,
// everything else is as in [ParseLocal].
func (l *Local) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*l = Local{}
		return nil
	}
	local, err := ParseLocal(string(text))
	if err != nil {
		return err
	}
	*l = local
	return nil
}

// Kind says how a local time and an instant met.
type Kind uint8

// The kinds. The zero value is the usual case.
const (
	Exact    Kind = iota // the wall shows this time once
	Skipped              // the wall never shows it: shifted forward by the gap
	Repeated             // the wall shows it more than once: the first was taken
)

// String returns "exact", "skipped" or "repeated": stable names, fit for an API.
func (k Kind) String() string {
	switch k {
	case Exact:
		return "exact"
	case Skipped:
		return "skipped"
	case Repeated:
		return "repeated"
	}
	return "unknown"
}

// Resolve returns the instant at which a wall in loc shows a local time, and
// says whether there was a choice. A time that the wall never shows is shifted
// forward by the length of the gap: 02:30 in a gap from 02:00 to 03:00 becomes
// 03:30. Of a time that it shows twice the first is taken. Callers should
// report both to the person. A clock outside the day carries over to its
// neighbours; of no time the instant is the zero time.
//
// It exists because [time.Date] leaves open which side of a jump it takes.
func Resolve(at Local, loc *time.Location) (time.Time, Kind) {
	if !at.Day.Valid() {
		return time.Time{}, Exact
	}
	clock := int64(at.Clock / time.Second)
	nanos := int64(at.Clock % time.Second)
	if nanos < 0 {
		clock, nanos = clock-1, nanos+int64(time.Second)
	}
	wall := at.Day.midnight() + clock

	var first, shifted int64
	var found int
	for s := range spans(wall, wall, loc) {
		sec := wall - s.offset
		switch {
		case sec >= s.end:
			shifted = sec // not yet; if the next span starts beyond it, counting on from here shifts by the gap
		case sec >= s.start:
			if found++; found == 1 {
				first = sec
			}
		}
	}
	switch found {
	case 0:
		return time.Unix(shifted, nanos).In(loc), Skipped
	case 1:
		return time.Unix(first, nanos).In(loc), Exact
	default:
		return time.Unix(first, nanos).In(loc), Repeated
	}
}
