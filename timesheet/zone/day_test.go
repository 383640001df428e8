package zone_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/timesheet/zone"
)

func TestDate(t *testing.T) {
	t.Run("days from end to end of the calendar agree with package time", func(t *testing.T) {
		const step = 13 // meets every date and weekday often enough, in a tenth of the time
		d := zone.MinDay
		for at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 10000; at = at.AddDate(0, 0, step) {
			y, m, n := d.Date()
			if got, err := zone.Date(at.Date()); err != nil || got != d || y != at.Year() || m != at.Month() || n != at.Day() || d.Weekday() != at.Weekday() {
				t.Fatalf("%v: got %v %v, weekday %v", at, got, err, d.Weekday())
			}
			d += step
		}
		assert.Greater(t, d, zone.MaxDay)
		assert.Equal(t, "9999-12-31", zone.MaxDay.String())
	})
	t.Run("impossible dates are refused and not carried over", func(t *testing.T) {
		for _, c := range []struct {
			y     int
			m     time.Month
			d     int
			value string
		}{
			{2021, 2, 30, "2021-02-30"}, {2023, 2, 29, "2023-02-29"}, {1900, 2, 29, "1900-02-29"}, {2024, 4, 31, "2024-04-31"},
			{2024, 13, 1, "2024-13-01"}, {2024, 0, 1, "2024-00-01"}, {2024, 1, 0, "2024-01-00"}, {2024, 1, 32, "2024-01-32"},
			{0, 1, 1, "0000-01-01"}, {10000, 1, 1, "10000-01-01"},
		} {
			d, err := zone.Date(c.y, c.m, c.d)
			assertInput(t, err, zone.CodeInvalidDate, "date", c.value)
			assert.True(t, d.IsZero())
		}
	})
}

func TestParseDay(t *testing.T) {
	t.Run("a date is read and written", func(t *testing.T) {
		for _, s := range []string{"0001-01-01", "1969-12-31", "1970-01-01", "2000-02-29", "2024-07-16", "9999-12-31"} {
			assert.Equal(t, s, day(t, s).String())
		}
	})
	t.Run("anything else is refused", func(t *testing.T) {
		for _, s := range []string{"", "2021-02-30", "2021-2-3", "20210203", "2021-02-03T00:00", " 2021-02-03", "0000-01-01", "-001-01-01", "10000-01-01", "03.02.2021", "wut"} {
			_, err := zone.ParseDay(s)
			assertInput(t, err, zone.CodeInvalidDate, "date", s)
		}
	})
}

func TestDayText(t *testing.T) {
	type row struct {
		Day  zone.Day `json:"day"`
		Till zone.Day `json:"till,omitzero"`
	}
	t.Run("JSON goes there and back", func(t *testing.T) {
		in := row{Day: day(t, "2024-02-29")}
		text, err := json.Marshal(in)
		require.NoError(t, err)
		assert.JSONEq(t, `{"day":"2024-02-29"}`, string(text))
		var out row
		require.NoError(t, json.Unmarshal(text, &out))
		assert.Equal(t, in, out)
	})
	t.Run("no day is empty text", func(t *testing.T) {
		text, err := json.Marshal(row{})
		require.NoError(t, err)
		assert.JSONEq(t, `{"day":""}`, string(text))
		out := row{Day: 5}
		require.NoError(t, json.Unmarshal(text, &out))
		assert.Zero(t, out)
	})
	t.Run("bad text leaves the value alone", func(t *testing.T) {
		out := row{Day: 5}
		assertInput(t, (&out.Day).UnmarshalText([]byte("2021-02-30")), zone.CodeInvalidDate, "date", "2021-02-30")
		assert.Equal(t, zone.Day(5), out.Day)
	})
	t.Run("a number that is no day is not written", func(t *testing.T) {
		for _, d := range []zone.Day{-1, zone.MaxDay + 1} {
			_, err := d.MarshalText()
			require.Error(t, err)
			assert.False(t, d.Valid())
		}
	})
}

func TestDayArithmetic(t *testing.T) {
	t.Run("adding and subtracting count days", func(t *testing.T) {
		d := day(t, "2024-02-28")
		assert.Equal(t, day(t, "2024-03-01"), d.Add(2))
		assert.Equal(t, day(t, "2023-12-31"), d.Add(-59))
		assert.Equal(t, 2, d.Add(2).Sub(d))
		assert.Equal(t, -59, d.Add(-59).Sub(d))
	})
	t.Run("there is no day past the ends, nor from no day", func(t *testing.T) {
		assert.Zero(t, zone.MaxDay.Add(1))
		assert.Zero(t, zone.MinDay.Add(-1))
		assert.Zero(t, zone.MinDay.Add(1<<40))
		assert.Zero(t, zone.MaxDay.Add(-1<<40))
		assert.Zero(t, zone.Day(0).Add(1))
		assert.Zero(t, zone.Day(0).StartOfMonth())
		assert.Zero(t, zone.Day(0).EndOfMonth())
		assert.Zero(t, zone.Day(0).StartOfWeek(time.Monday))
		assert.Zero(t, zone.Day(0).Year()+int(zone.Day(0).Month())+zone.Day(0).Day())
	})
	t.Run("G46 a day before locked_before is locked, the day itself is not", func(t *testing.T) {
		lockedBefore := day(t, "2024-07-16")
		assert.True(t, day(t, "2024-07-15") < lockedBefore)
		assert.False(t, day(t, "2024-07-16") < lockedBefore)
	})
}

func TestWeeksAndMonths(t *testing.T) {
	t.Run("G63 the week of a Sunday ends on it if weeks start on Monday", func(t *testing.T) {
		sunday := day(t, "2024-07-21")
		require.Equal(t, time.Sunday, sunday.Weekday())
		assert.Equal(t, day(t, "2024-07-15"), sunday.StartOfWeek(time.Monday))
		assert.Equal(t, sunday, sunday.EndOfWeek(time.Monday))
		assert.Equal(t, sunday, sunday.StartOfWeek(time.Sunday))
		assert.Equal(t, day(t, "2024-07-27"), sunday.EndOfWeek(time.Sunday))
	})
	t.Run("G63 any week has seven days, begins on its first day and holds the day", func(t *testing.T) {
		for first := time.Sunday; first <= time.Saturday; first++ {
			for d := day(t, "2024-02-20"); d < day(t, "2024-03-10"); d++ {
				from, to := d.StartOfWeek(first), d.EndOfWeek(first)
				assert.Equal(t, first, from.Weekday())
				assert.Equal(t, 6, to.Sub(from))
				assert.True(t, from <= d && d <= to)
			}
		}
	})
	t.Run("months", func(t *testing.T) {
		for _, c := range [][3]string{
			{"2024-02-29", "2024-02-01", "2024-02-29"}, {"2023-02-01", "2023-02-01", "2023-02-28"},
			{"2024-12-31", "2024-12-01", "2024-12-31"}, {"9999-12-15", "9999-12-01", "9999-12-31"},
		} {
			assert.Equal(t, day(t, c[1]), day(t, c[0]).StartOfMonth())
			assert.Equal(t, day(t, c[2]), day(t, c[0]).EndOfMonth())
		}
	})
}

func TestDayOf(t *testing.T) {
	t.Run("T7 it is still D for a person at 23:30 while UTC is at D+1", func(t *testing.T) {
		at := instant(t, "2024-07-16T03:30:00Z")
		assert.Equal(t, day(t, "2024-07-15"), zone.DayOf(at, load(t, "America/New_York")))
		assert.Equal(t, day(t, "2024-07-16"), zone.DayOf(at, time.UTC))
	})
	t.Run("T7 it is already D+1 east of UTC", func(t *testing.T) {
		assert.Equal(t, day(t, "2024-07-16"), zone.DayOf(instant(t, "2024-07-15T15:00:00Z"), load(t, "Asia/Tokyo")))
	})
	t.Run("it agrees with package time", func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, name := range oddZones {
			loc := load(t, name)
			for range 500 {
				at := time.Unix(r.Int64N(8e9)-4e9, r.Int64N(1e9))
				want, err := zone.Date(at.In(loc).Date())
				require.NoError(t, err)
				require.Equal(t, want, zone.DayOf(at, loc), "%s %v", name, at)
			}
		}
	})
	t.Run("outside the calendar there is no day", func(t *testing.T) {
		assert.Equal(t, zone.MinDay, zone.DayOf(time.Time{}, time.UTC))
		assert.Zero(t, zone.DayOf(time.Time{}, load(t, "America/New_York")))
		assert.Equal(t, zone.MaxDay, zone.DayOf(instant(t, "9999-12-31T23:59:59Z"), time.UTC))
		assert.Zero(t, zone.DayOf(instant(t, "9999-12-31T23:59:59Z"), load(t, "Asia/Tokyo")))
	})
}
