package zone_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/timesheet/zone"
)

func TestDayStartAndLength(t *testing.T) {
	for _, v := range vectors(t, "days.csv") {
		t.Run(v["zone"]+" "+v["day"]+" "+v["note"], func(t *testing.T) {
			loc, d := load(t, v["zone"]), day(t, v["day"])
			got := zone.DayStart(d, loc)
			assert.Equal(t, v["start"], got.UTC().Format(time.RFC3339))
			assert.Same(t, loc, got.Location())
			assert.Equal(t, v["seconds"]+"s", strconv.FormatInt(int64(zone.DayLength(d, loc)/time.Second), 10)+"s")
		})
	}
	t.Run("no day starts never and lasts nothing", func(t *testing.T) {
		assert.True(t, zone.DayStart(0, time.UTC).IsZero())
		assert.Zero(t, zone.DayLength(0, time.UTC))
	})
	t.Run("the ends of the calendar are days like others", func(t *testing.T) {
		for _, name := range oddZones {
			assert.Equal(t, 24*time.Hour, zone.DayLength(zone.MinDay, load(t, name)))
			assert.Equal(t, 24*time.Hour, zone.DayLength(zone.MaxDay, load(t, name)))
		}
	})
	t.Run("the last day of a leap year is a day where a zone goes on by rule", func(t *testing.T) {
		for _, name := range oddZones {
			loc := load(t, name)
			for _, s := range []string{"2040-12-30", "2040-12-31", "2041-01-01", "2096-12-31"} {
				assert.Equal(t, 24*time.Hour, zone.DayLength(day(t, s), loc), "%s %s", name, s)
			}
		}
	})
	t.Run("days follow each other and their lengths add up to the time passed", func(t *testing.T) {
		for _, name := range oddZones {
			loc := load(t, name)
			for _, years := range [][2]string{{"1883-01-01", "1894-01-01"}, {"1968-01-01", "1973-01-01"}, {"2005-01-01", "2013-01-01"}, {"2035-01-01", "2042-01-01"}} {
				var sum time.Duration
				from, to := day(t, years[0]), day(t, years[1])
				last := zone.DayStart(from, loc)
				start := last
				for d := from; d < to; d++ {
					length, next := zone.DayLength(d, loc), zone.DayStart(d+1, loc)
					if next.Before(last) || length > 0 && zone.DayOf(last, loc) != d {
						t.Fatalf("%s %v starts at %v, the next day at %v", name, d, last, next)
					}
					sum, last = sum+length, next
				}
				assert.Equal(t, last.Sub(start), sum, name)
			}
		}
	})
}

func TestCut(t *testing.T) {
	for _, v := range vectors(t, "cuts.csv") {
		t.Run(v["zone"]+" from "+v["start"]+" to "+v["end"], func(t *testing.T) {
			got := zone.Cut(instant(t, v["start"]), instant(t, v["end"]), load(t, v["zone"]))
			assert.Equal(t, v["slices"], text(got))
		})
	}
	t.Run("a fraction of a second is dropped once, at the end", func(t *testing.T) {
		for _, c := range [][3]string{
			{"2024-01-15T10:00:00.9Z", "2024-01-15T10:00:02.8Z", "2024-01-15=1"},
			{"2024-01-15T10:00:00.8Z", "2024-01-15T10:00:02.9Z", "2024-01-15=2"},
			{"2024-01-15T23:59:59.5Z", "2024-01-16T00:00:01.5Z", "2024-01-15=1 2024-01-16=1"},
			{"2024-01-15T23:59:59.9Z", "2024-01-16T00:00:00.95Z", "2024-01-15=1"},
			{"2024-01-15T23:59:59.000001Z", "2024-01-17T00:00:00Z", "2024-01-15=1 2024-01-16=86399"},
			{"1955-01-15T23:59:59.5Z", "1955-01-16T00:00:01.5Z", "1955-01-15=1 1955-01-16=1"},
		} {
			assert.Equal(t, c[2], text(zone.Cut(instant(t, c[0]), instant(t, c[1]), time.UTC)), c)
		}
	})
	t.Run("less than a second is one slice of nothing on the day of the start", func(t *testing.T) {
		got := zone.Cut(instant(t, "2024-01-15T23:59:59.6Z"), instant(t, "2024-01-16T00:00:00.5Z"), time.UTC)
		assert.Equal(t, "2024-01-15=0", text(got))
	})
	t.Run("an interval that does not end after it starts has no slices", func(t *testing.T) {
		at := instant(t, "2024-01-15T10:00:00Z")
		assert.Nil(t, zone.Cut(at, at, time.UTC))
		assert.Nil(t, zone.Cut(at, at.Add(-time.Hour), time.UTC))
	})
	t.Run("appending leaves earlier slices alone", func(t *testing.T) {
		at := instant(t, "2024-01-15T10:00:00Z")
		for _, before := range []string{"2024-01-15", "2024-01-20"} {
			dst := []zone.Slice{{Day: day(t, before), Seconds: 5}}
			got := zone.AppendCut(dst, at, at.Add(time.Hour), time.UTC)
			assert.Equal(t, before+"=5 2024-01-15=3600", text(got))
		}
	})
	t.Run("one day costs one allocation, and none with room", func(t *testing.T) {
		loc := load(t, "Europe/Berlin")
		start := instant(t, "2024-01-15T08:00:00Z")
		end := start.Add(8 * time.Hour)
		var got []zone.Slice
		assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { got = zone.Cut(start, end, loc) }), 1.0)
		assert.Zero(t, testing.AllocsPerRun(100, func() { got = zone.AppendCut(got[:0], start, end, loc) }))
	})
}

func TestCutProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, name := range oddZones {
		loc := load(t, name)
		t.Run(name, func(t *testing.T) {
			for range 500 {
				start := nearJump(r, loc)
				end := start.Add(time.Duration(r.Int64N(4*86400)+1) * time.Second)
				cut := zone.Cut(start, end, loc)

				require.Equal(t, int64(end.Sub(start)/time.Second), sum(cut), "the slices of %v to %v", start, end)
				for i, s := range cut {
					require.Positive(t, s.Seconds)
					require.LessOrEqual(t, time.Duration(s.Seconds)*time.Second, zone.DayLength(s.Day, loc), "%v of %v to %v", s.Day, start, end)
					require.True(t, i == 0 || cut[i-1].Day < s.Day, "order of %v", cut)
				}

				middle := start.Add(time.Duration(r.Int64N(int64(end.Sub(start)/time.Second))) * time.Second)
				require.Equal(t, days(cut), days(zone.Cut(start, middle, loc), zone.Cut(middle, end, loc)), "%v, %v, %v", start, middle, end)

				// With fractions nothing is lost or gained either, and the day of the start comes into it.
				start, end = start.Add(time.Duration(r.Int64N(1e9))), end.Add(time.Duration(r.Int64N(1e9)))
				cut = zone.Cut(start, end, loc)
				require.Equal(t, int64(end.Sub(start)/time.Second), sum(cut), "the slices of %v to %v", start, end)
				require.Contains(t, days(cut), zone.DayOf(start, loc))
			}
		})
	}
}

func text(cut []zone.Slice) string {
	var parts []string
	for _, s := range cut {
		parts = append(parts, s.Day.String()+"="+strconv.FormatInt(s.Seconds, 10))
	}
	return strings.Join(parts, " ")
}

func sum(cut []zone.Slice) (n int64) {
	for _, s := range cut {
		n += s.Seconds
	}
	return n
}

func days(cuts ...[]zone.Slice) map[zone.Day]int64 {
	m := make(map[zone.Day]int64)
	for _, cut := range cuts {
		for _, s := range cut {
			m[s.Day] += s.Seconds
		}
	}
	return m
}

func BenchmarkCut(b *testing.B) {
	loc := load(b, "Europe/Berlin")
	start := instant(b, "2024-01-15T08:00:00Z")
	end := start.Add(8 * time.Hour)
	var dst []zone.Slice
	for b.Loop() {
		dst = zone.AppendCut(dst[:0], start, end, loc)
	}
}

func BenchmarkResolve(b *testing.B) {
	loc, at := load(b, "Europe/Berlin"), local(b, "2024-03-31T02:30")
	for b.Loop() {
		zone.Resolve(at, loc)
	}
}
