package zone

import (
	"slices"
	"time"
)

// Slice is the part of an interval that falls on one local day.
type Slice struct {
	Day     Day
	Seconds int64
}

// Cut divides the interval from start up to, not including, end by the date
// that a wall clock in loc shows. The slices are in order of days, each day
// once, and their seconds sum to the whole seconds of end−start, always. A day
// that was skipped has no slice, and a day with a repeated hour holds it twice.
//
// A fraction of a second is dropped once, from the length of the whole
// interval, which is then counted from the whole second in which it starts. So
// the first second belongs to the day of start, and no slice is empty; only an
// interval of less than a second is one slice of zero seconds on that day.
//
// An interval that does not end after it starts has no slices. The work is in
// proportion to the number of days: the caller limits the length.
func Cut(start, end time.Time, loc *time.Location) []Slice {
	return AppendCut(nil, start, end, loc)
}

// AppendCut is [Cut] for a caller who has room for the slices: it appends them
// to dst and allocates only if dst has no capacity left.
func AppendCut(dst []Slice, start, end time.Time, loc *time.Location) []Slice {
	if !end.After(start) {
		return dst
	}
	at, stop := start.Unix(), end.Unix()
	if end.Nanosecond() < start.Nanosecond() {
		stop--
	}
	if at == stop {
		return append(dst, Slice{Day: DayOf(start, loc)})
	}
	own := len(dst)
	for at < stop {
		s := spanAt(at, loc)
		for last := min(stop, s.end); at < last; {
			wall := at + s.offset
			day := dayAt(wall)
			next := min(last, at+untilMidnight(wall))
			dst = count(dst, own, day, next-at)
			at = next
		}
	}
	return dst
}

// untilMidnight returns how many seconds a wall clock is away from the next
// midnight it shows, if it is not touched.
func untilMidnight(wall int64) int64 {
	return daySeconds - (wall%daySeconds+daySeconds)%daySeconds
}

// count adds seconds to the slice of a day, which is nearly always the last
// slice or a new one behind it. Only where a clock went back over midnight the
// place is further ahead. Slices before own are the caller's.
func count(dst []Slice, own int, day Day, seconds int64) []Slice {
	i := len(dst)
	for i > own && dst[i-1].Day > day {
		i--
	}
	if i > own && dst[i-1].Day == day {
		dst[i-1].Seconds += seconds
		return dst
	}
	return slices.Insert(dst, i, Slice{Day: day, Seconds: seconds})
}
