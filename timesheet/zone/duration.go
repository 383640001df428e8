package zone

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// The codes of errors about durations.
const (
	CodeInvalidDuration  fault.Code = "invalid_duration"  // text that is no duration
	CodeNegativeDuration fault.Code = "negative_duration" // a duration below zero
	CodeDurationTooLong  fault.Code = "duration_too_long" // more seconds than an int64 holds
)

// rule is why text is refused: an error that has no field and value yet.
type rule string

const (
	badForm  rule = "write hours as 2, 1.5 or 1:30, with seconds as 1:30:15, or with units as 1h30m"
	sixty    rule = "minutes and seconds beside a larger unit are below 60"
	badComma rule = "three digits after a comma may be thousands: write a point"
	places18 rule = "at most 18 decimals"
	tooLong  rule = "more seconds than can be counted"
)

func (r rule) Error() string { return string(r) }

// ParseDuration reads a duration as people write it and returns whole seconds.
//
//	2            hours
//	1.5  1,5     decimal hours, to the nearest second, a half upwards
//	1:30         hours and minutes
//	1:30:15      hours, minutes and seconds; 00:50:30 as Toggl writes it
//	1h30m  90m   hours, minutes, seconds with units, from large to small,
//	1h 30m 15s   each at most once, with one space between them or none
//	1.5h         decimal hours
//
// Minutes and seconds after a colon have two digits. Beside a larger unit they
// are below 60, so 1:75 and 1h75m are refused, while 90m alone is not. A comma
// stands for a decimal point and never for thousands; as nobody can tell which
// is meant by 1,500, three digits after a comma are refused. Space around the
// text is ignored. Zero is a duration. Signs, exponents and other digits than 0
// to 9 are refused.
//
// Every error is about the field "duration" and has one of three codes:
// [CodeNegativeDuration] for what would be a duration without its minus sign,
// [CodeDurationTooLong] for more than an int64 holds (whether a day may have 30
// hours is the caller's to say), and [CodeInvalidDuration] for all else.
func ParseDuration(s string) (int64, error) {
	text := strings.Trim(s, " \t\r\n")
	positive, negative := strings.CutPrefix(text, "-")
	seconds, err := parse(positive)
	switch {
	case err == tooLong:
		return 0, fault.Input(CodeDurationTooLong, "duration", s, err.Error())
	case err != nil:
		return 0, fault.Input(CodeInvalidDuration, "duration", s, err.Error())
	case negative:
		return 0, fault.Input(CodeNegativeDuration, "duration", s, "a duration is not negative")
	}
	return seconds, nil
}

// FormatDuration writes seconds as h:mm:ss, which [ParseDuration] reads back.
// A negative number, as a correction has it, gets a minus sign in front.
func FormatDuration(seconds int64) string {
	sign, n := magnitude(seconds)
	return fmt.Sprintf("%s%d:%02d:%02d", sign, n/3600, n/60%60, n%60)
}

// Hours writes seconds as decimal hours with a point, to the nearest of up to
// four decimals: "1.5". Four are enough for [ParseDuration] to read the same
// seconds back. Fewer decimals are a matter of rounding, which is a report's.
func Hours(seconds int64) string {
	sign, n := magnitude(seconds)
	hours, places := n/3600, (n%3600*10000+1800)/3600 // below 10000: the last second is 0.9997
	out := strings.TrimRight(fmt.Sprintf("%04d", places), "0")
	if out != "" {
		out = "." + out
	}
	return sign + strconv.FormatUint(hours, 10) + out
}

func magnitude(n int64) (sign string, abs uint64) {
	if n < 0 {
		return "-", -uint64(n) // holds for the least int64 too
	}
	return "", uint64(n)
}

func parse(s string) (int64, error) {
	switch {
	case strings.Contains(s, ":"):
		return parseClock(s)
	case strings.ContainsAny(s, ".,"):
		return parseDecimal(strings.TrimSuffix(s, "h"))
	case strings.ContainsAny(s, "hms"):
		return parseUnits(s)
	default:
		return parseDecimal(s)
	}
}

// parseClock reads h:mm and h:mm:ss.
func parseClock(s string) (int64, error) {
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return 0, badForm
	}
	var sum int64
	for i, part := range parts {
		n, err := number(part)
		switch {
		case err != nil:
			return 0, err
		case i > 0 && len(part) != 2:
			return 0, badForm
		case i > 0 && n >= 60:
			return 0, sixty
		}
		if sum, err = plus(sum, n, unitSeconds(i)); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// parseUnits reads 1h30m15s, of which any part may be missing.
func parseUnits(s string) (int64, error) {
	var sum int64
	for last := -1; s != ""; {
		digits := strings.IndexAny(s, "hms")
		if digits < 0 {
			return 0, badForm // a number without a unit
		}
		unit := strings.IndexByte("hms", s[digits])
		n, err := number(s[:digits])
		switch {
		case err != nil:
			return 0, err
		case unit <= last:
			return 0, badForm
		case last >= 0 && n >= 60:
			return 0, sixty
		}
		if sum, err = plus(sum, n, unitSeconds(unit)); err != nil {
			return 0, err
		}
		last, s = unit, strings.TrimPrefix(s[digits+1:], " ")
	}
	return sum, nil
}

// parseDecimal reads hours, with decimals or without. It counts in integers,
// since a float does not hold 0.1.
func parseDecimal(s string) (int64, error) {
	const most = 18 // 10¹⁸ is the largest power of ten in a uint64 that leaves room
	whole, places := s, "0"
	if i := strings.IndexAny(s, ".,"); i >= 0 {
		whole, places = s[:i], s[i+1:]
		if s[i] == ',' && len(places) == 3 {
			return 0, badComma
		}
	}
	hours, err := number(whole)
	if err != nil {
		return 0, err
	}
	if len(places) > most {
		return 0, places18
	}
	part, err := number(places)
	if err != nil {
		return 0, err
	}
	scale := uint64(1)
	for range places {
		scale *= 10
	}
	hi, lo := bits.Mul64(uint64(part), 3600)
	lo, carry := bits.Add64(lo, scale/2, 0)
	seconds, _ := bits.Div64(hi+carry, lo, scale)

	sum, err := plus(0, hours, 3600)
	if err != nil {
		return 0, err
	}
	return plus(sum, int64(seconds), 1)
}

// unitSeconds returns the length of an hour, a minute and a second, by index.
func unitSeconds(unit int) int64 { return [...]int64{3600, 60, 1}[unit] }

// number reads digits and nothing else, at least one.
func number(s string) (int64, error) {
	if s == "" {
		return 0, badForm
	}
	for _, c := range []byte(s) {
		if !digit(c) {
			return 0, badForm
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, tooLong // the only way left in which digits fail
	}
	return n, nil
}

// plus returns sum + n×unit, none of them negative.
func plus(sum, n, unit int64) (int64, error) {
	if n > (math.MaxInt64-sum)/unit {
		return 0, tooLong
	}
	return sum + n*unit, nil
}
