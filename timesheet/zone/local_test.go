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

func local(t testing.TB, s string) zone.Local {
	t.Helper()
	l, err := zone.ParseLocal(s)
	require.NoError(t, err)
	return l
}

func TestResolve(t *testing.T) {
	for _, v := range vectors(t, "local.csv") {
		t.Run(v["zone"]+" "+v["local"]+" is "+v["kind"], func(t *testing.T) {
			loc := load(t, v["zone"])
			got, kind := zone.Resolve(local(t, v["local"]), loc)
			assert.Equal(t, v["instant"], got.UTC().Format(time.RFC3339))
			assert.Equal(t, v["kind"], kind.String())
			assert.Same(t, loc, got.Location())
		})
	}
	t.Run("a skipped time is shifted forward by the gap", func(t *testing.T) {
		for _, c := range [][3]string{
			{"Europe/Berlin", "2024-03-31T02:30:00", "2024-03-31T03:30:00"},
			{"Australia/Lord_Howe", "2024-10-06T02:15:00", "2024-10-06T02:45:00"},
			{"Antarctica/Troll", "2024-03-31T01:30:00", "2024-03-31T03:30:00"},
			{"America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04T01:00:00"},
			{"Pacific/Apia", "2011-12-30T10:00:00", "2011-12-31T10:00:00"},
		} {
			loc := load(t, c[0])
			at, kind := zone.Resolve(local(t, c[1]), loc)
			assert.Equal(t, zone.Skipped, kind)
			assert.Equal(t, c[2], zone.LocalOf(at, loc).String())
		}
	})
	t.Run("a fraction of a second is kept, before 1970 too", func(t *testing.T) {
		for _, s := range []string{"2024-07-15T09:00:00.25", "1955-07-15T09:00:00.25"} {
			at, kind := zone.Resolve(local(t, s), time.UTC)
			assert.Equal(t, zone.Exact, kind)
			assert.Equal(t, s+"Z", at.Format(time.RFC3339Nano))
		}
	})
	t.Run("a clock outside the day carries over", func(t *testing.T) {
		d := day(t, "2024-07-15")
		at, _ := zone.Resolve(zone.Local{Day: d, Clock: 25 * time.Hour}, time.UTC)
		assert.Equal(t, instant(t, "2024-07-16T01:00:00Z"), at)
		at, _ = zone.Resolve(zone.Local{Day: d, Clock: -time.Millisecond}, time.UTC)
		assert.Equal(t, instant(t, "2024-07-14T23:59:59.999Z"), at)
	})
	t.Run("no time is no instant", func(t *testing.T) {
		at, _ := zone.Resolve(zone.Local{}, time.UTC)
		assert.True(t, at.IsZero())
	})
	t.Run("every instant comes back, or is the second of a repeated time", func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for _, name := range oddZones {
			loc := load(t, name)
			for range 1000 {
				at := nearJump(r, loc)
				wall := zone.LocalOf(at, loc)
				got, kind := zone.Resolve(wall, loc)
				require.NotEqual(t, zone.Skipped, kind, "%s %v", name, at)
				require.Equal(t, wall, zone.LocalOf(got, loc))
				if kind == zone.Exact {
					require.True(t, at.Equal(got), "%s %v", name, at)
				} else {
					require.False(t, got.After(at), "%s %v", name, at)
				}
			}
		}
	})
}

// nearJump returns a random instant from 1883 to 2096; usually its wall clock
// was or will be changed within a day and a half.
func nearJump(r *rand.Rand, loc *time.Location) time.Time {
	at := time.Unix(r.Int64N(6.7e9)-2.7e9, 0).In(loc)
	if _, next := at.ZoneBounds(); !next.IsZero() && r.IntN(8) > 0 {
		at = next.Add(time.Duration(r.Int64N(3*86400)-3*43200) * time.Second)
	}
	return at
}

func TestLocalText(t *testing.T) {
	t.Run("a local time is read and written", func(t *testing.T) {
		for in, want := range map[string]string{
			"2024-07-15T09:30":          "2024-07-15T09:30:00",
			"2024-07-15T09:30:15":       "2024-07-15T09:30:15",
			"2024-07-15T23:59:59.00025": "2024-07-15T23:59:59.00025",
			"1900-01-01T00:00":          "1900-01-01T00:00:00",
		} {
			assert.Equal(t, want, local(t, in).String())
		}
	})
	t.Run("anything else is refused", func(t *testing.T) {
		for _, s := range []string{
			"", "2024-07-15", "2024-07-15T9:30", "2024-07-15T9:30:00", "2024-07-15T09:30Z", "2024-07-15T09:30:00Z", "2024-07-15T09:30+02:00",
			"2024-07-15 09:30", "2024-07-15T24:00", "2024-07-15T09:60", "2024-02-30T09:00", "0000-01-01T00:00", "wut",
		} {
			_, err := zone.ParseLocal(s)
			assertInput(t, err, zone.CodeInvalidLocal, "local_time", s)
		}
	})
	t.Run("JSON goes there and back", func(t *testing.T) {
		for _, in := range []zone.Local{{}, local(t, "2024-07-15T09:30")} {
			text, err := json.Marshal(in)
			require.NoError(t, err)
			out := zone.Local{Day: 7}
			require.NoError(t, json.Unmarshal(text, &out))
			assert.Equal(t, in, out)
		}
		var out zone.Local
		require.Error(t, json.Unmarshal([]byte(`"9:30"`), &out))
	})
	t.Run("what no wall shows is not written", func(t *testing.T) {
		for _, l := range []zone.Local{{Clock: time.Hour}, {Day: 1, Clock: 24 * time.Hour}, {Day: 1, Clock: -1}} {
			_, err := l.MarshalText()
			require.Error(t, err)
		}
	})
}
