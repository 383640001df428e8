package zone_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

func TestParseDuration(t *testing.T) {
	for _, v := range vectors(t, "durations.csv") {
		in := v["input"]
		if v["code"] == "" {
			t.Run("T34 "+strconv.Quote(in)+" is "+v["seconds"]+" seconds", func(t *testing.T) {
				got, err := zone.ParseDuration(in)
				require.NoError(t, err)
				assert.Equal(t, v["seconds"], strconv.FormatInt(got, 10))
			})
			continue
		}
		t.Run("T34 "+strconv.Quote(in)+" is refused as "+v["code"], func(t *testing.T) {
			_, err := zone.ParseDuration(in)
			assertInput(t, err, fault.Code(v["code"]), "duration", in)
		})
	}
}

func TestFormatDuration(t *testing.T) {
	for in, want := range map[int64]string{
		0: "0:00:00", 59: "0:00:59", 3030: "0:50:30", 5400: "1:30:00", 360000: "100:00:00", -5400: "-1:30:00", -1: "-0:00:01",
		math.MaxInt64: "2562047788015215:30:07", math.MinInt64: "-2562047788015215:30:08",
	} {
		t.Run(strconv.FormatInt(in, 10)+" seconds are "+want, func(t *testing.T) {
			assert.Equal(t, want, zone.FormatDuration(in))
		})
	}
}

func TestHours(t *testing.T) {
	for in, want := range map[int64]string{
		0: "0", 3600: "1", 5400: "1.5", 900: "0.25", 4800: "1.3333", 1: "0.0003", 3599: "0.9997", 360000: "100", -5400: "-1.5",
		math.MinInt64: "-2562047788015215.5022",
	} {
		t.Run(strconv.FormatInt(in, 10)+" seconds are "+want+" hours", func(t *testing.T) {
			assert.Equal(t, want, zone.Hours(in))
		})
	}
	t.Run("every second of a day is read back", func(t *testing.T) {
		for n := range int64(86401) {
			for _, s := range []string{zone.Hours(n), zone.FormatDuration(n)} {
				if got, err := zone.ParseDuration(s); err != nil || got != n {
					t.Fatalf("%d seconds are written %q and read as %d, %v", n, s, got, err)
				}
			}
		}
	})
}

// FuzzParseDuration: no text panics or is refused without a reason, and what is
// read can be written in every form and read again.
func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"1.5", "1,5", "1:30", "1:30:15", "1h30m", "90m", "1:75", "wut", "", "-1", "1e5", "NaN", "99999999999999999999", "2562047788015215:30:07"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := zone.ParseDuration(s)
		if err != nil {
			require.Zero(t, n)
			var e *fault.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, "duration", e.Field)
			require.NotEmpty(t, e.Rule)
			return
		}
		require.GreaterOrEqual(t, n, int64(0))
		for _, written := range []string{zone.FormatDuration(n), zone.Hours(n), strconv.FormatInt(n, 10) + "s"} {
			again, err := zone.ParseDuration(written)
			require.NoError(t, err, written)
			require.Equal(t, n, again, written)
		}
	})
}
