package zone

import (
	"iter"
	"math"
	"time"
)

// span is a stretch of instants, in Unix seconds and half-open, in which a wall
// clock keeps one distance from UTC. Neighbouring spans may have the same
// offset: the name of the zone may have changed, or nothing at all.
type span struct {
	start, end int64 // end is the greatest int64 if the clock is never changed again
	offset     int64 // wall clock minus UTC
}

// spanAt returns the span from an instant on. Its end is always later.
//
// Only a part of what ZoneBounds says is used. Where a zone goes on by rule,
// package time also ends a stretch at the end of the UTC year, taking every year
// to have 365 days: in a leap year that is early, which does no harm, and on its
// last day it is past. Then the stretch lasts until the next year, which is the
// next midnight in UTC. Its starts overlap for the same reason and are not used.
func spanAt(start int64, loc *time.Location) span {
	t := time.Unix(start, 0).In(loc)
	_, offset := t.Zone()
	_, bound := t.ZoneBounds()
	end := int64(math.MaxInt64)
	if !bound.IsZero() {
		end = bound.Unix()
	}
	if end <= start {
		end = start + untilMidnight(start)
	}
	return span{start, end, int64(offset)}
}

// spans walks the spans in which the wall clock may show a time from one wall
// second up to another, in order. Offsets are under 24 hours, so a day of
// margin finds them all; usually that is a single span.
func spans(from, to int64, loc *time.Location) iter.Seq[span] {
	return func(yield func(span) bool) {
		for at := from - daySeconds; at <= to+daySeconds; {
			s := spanAt(at, loc)
			if !yield(s) {
				return
			}
			at = s.end
		}
	}
}

// DayStart returns the first instant at which a wall clock in loc shows the
// day: midnight, or later if the clock jumped over midnight. For a day that was
// skipped altogether it is the instant of the jump, where the next day starts.
// Of no day it is the zero time.
func DayStart(day Day, loc *time.Location) time.Time {
	if !day.Valid() {
		return time.Time{}
	}
	midnight := day.midnight()
	var at int64
	for s := range spans(midnight, midnight, loc) {
		if at = max(s.start, midnight-s.offset); at < s.end {
			break
		}
	}
	return time.Unix(at, 0).In(loc)
}

// DayLength returns how long a wall clock in loc shows the day: 24 hours, or
// less where the clock jumped forward, or more where it jumped back; zero for a
// day that was skipped altogether, and for no day.
//
// It need not be the time between two calls of [DayStart]: a clock that goes
// back from 00:01 to 23:01 shows the old day again, for which that day, not the
// new one, is longer.
func DayLength(day Day, loc *time.Location) time.Duration {
	if !day.Valid() {
		return 0
	}
	midnight := day.midnight()
	var sum int64
	for s := range spans(midnight, midnight+daySeconds, loc) {
		first := max(s.start, midnight-s.offset)
		next := min(s.end, midnight+daySeconds-s.offset)
		sum += max(0, next-first)
	}
	return time.Duration(sum) * time.Second
}
