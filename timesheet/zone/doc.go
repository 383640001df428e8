// Package zone gets days, clocks and durations right.
//
// # Model
//
// An instant is a [time.Time]: absolute, and the same for everybody. A [Day] is
// a date on a wall calendar and a [Local] is a date and a clock time on a wall:
// neither is an instant until a time zone is named. A zone is a
// [*time.Location], loaded by its IANA name through [Zones], so that rules and
// history come with it; an offset such as +02:00 is not a zone.
//
// A wall clock jumps. When it jumps forward there are local times, and now and
// then whole days, that never happen; when it jumps back there are local times
// that happen twice, and around midnight a day that ends, begins, and ends
// again. Everything here is defined by what the wall clock shows, second by
// second, so no special day needs a special rule:
//
//   - [DayOf] is the date that the wall shows at an instant.
//   - [DayStart] is the first instant at which the wall shows that date, or a
//     later one.
//   - [DayLength] is how long the wall shows that date in total: 23, 24, 25 or
//     23.5 hours, or nothing for a date that was skipped.
//   - [Cut] counts the seconds of an interval by the date that the wall shows.
//   - [Resolve] finds the instant of a local time. A skipped one is shifted
//     forward by the length of the gap; of a repeated one the first is taken;
//     and the caller is told, so that a person can be told.
//
// # Promises
//
// Everything is a pure function of its arguments and of the time-zone data, and
// safe for concurrent use. Intervals are half-open. The seconds of the slices
// of an interval always sum to the whole seconds of that interval. Input from
// people ([ParseDay], [ParseLocal], [ParseDuration], [Zones.Load]) is strict,
// and every refusal is a [fault.Error] with a code of this package, the field,
// the value, and the rule that it broke; [fault.Error.On] renames the field.
// A nil location is a programming error and panics, as in package time.
//
// # Time-zone data
//
// Where the data comes from is the host's choice: the files of the operating
// system or, for a program that must run without them, an import of
// time/tzdata in its main package. This package imports neither.
package zone
