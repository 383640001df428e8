package timesheet

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

var monday = time.Date(2024, 3, 4, 8, 0, 0, 0, time.UTC)

func timed(length time.Duration) Entry {
	return Entry{ID: EntryID{1}, Form: Timed, Start: monday, End: monday.Add(length), Zone: "UTC"}
}

func with(e Entry, change func(e *Entry)) Entry { change(&e); return e }

func checked(t *testing.T, b Book, e Entry) (Entry, []Slice) {
	t.Helper()
	got, parts, err := b.check(e, &zone.Zones{})
	require.NoError(t, err)
	sum := int64(0)
	for _, p := range parts {
		assert.Equal(t, e.ID, p.Entry)
		sum += p.Seconds
	}
	assert.Equal(t, got.Seconds, sum, "slices add up to the entry")
	again, same, err := b.check(got, &zone.Zones{})
	require.NoError(t, err)
	assert.Equal(t, got, again, "what is stored may be stored again")
	assert.Equal(t, parts, same)
	return got, parts
}

func day(t *testing.T, text string) zone.Day {
	t.Helper()
	d, err := zone.ParseDay(text)
	require.NoError(t, err)
	return d
}

// Every rule has a code, and its error names the field and the value.
func TestEntryRules(t *testing.T) {
	hour := timed(time.Hour)
	plain := Entry{Form: Untimed, Start: monday, Seconds: 60, Zone: "UTC"}
	running := Entry{Form: Running, Start: monday, Zone: "UTC"}
	at := func(e Entry, year int) Entry {
		e.Start = time.Date(year, 6, 1, 8, 0, 0, 0, time.UTC)
		if e.Form == Timed {
			e.End = e.Start.Add(time.Hour)
		}
		return e
	}
	for name, c := range map[string]struct {
		e                  Entry
		code, field, value string
	}{
		"a note with NUL":           {with(hour, func(e *Entry) { e.Note = "a\x00" }), "name_control", "note", "a\x00"},
		"a note of 3001":            {with(hour, func(e *Entry) { e.Note = strings.Repeat("ü", 3001) }), "name_too_long", "note", strings.Repeat("ü", 80) + "…"},
		"a note that is no text":    {with(hour, func(e *Entry) { e.Note = "\xff" }), "not_utf8", "note", "\uFFFD"},
		"no zone":                   {with(hour, func(e *Entry) { e.Zone = "" }), "unknown_zone", "zone", ""},
		"an unknown zone":           {with(hour, func(e *Entry) { e.Zone = "Mars/Olympus" }), "unknown_zone", "zone", "Mars/Olympus"},
		"an offset as zone":         {with(hour, func(e *Entry) { e.Zone = "+02:00" }), "unknown_zone", "zone", "+02:00"},
		"this machine's zone":       {with(hour, func(e *Entry) { e.Zone = "Local" }), "unknown_zone", "zone", "Local"},
		"a task without a project":  {with(hour, func(e *Entry) { e.Task = TaskID{15: 1} }), "task_without_project", "task", "00000000-0000-0000-0000-000000000001"},
		"no start":                  {with(hour, func(e *Entry) { e.Start = time.Time{} }), "start_missing", "start", ""},
		"1899":                      {at(hour, 1899), "start_out_of_range", "start", "1899-06-01T08:00:00Z"},
		"9999":                      {at(hour, 9999), "start_out_of_range", "start", "9999-06-01T08:00:00Z"},
		"a year of five digits":     {at(hour, 10000), "start_out_of_range", "start", "10000-06-01T08:00:00Z"},
		"1899, untimed":             {at(plain, 1899), "start_out_of_range", "start", "1899-06-01T08:00:00Z"},
		"1899 in UTC, 1900 on site": {with(hour, func(e *Entry) { e.Start = time.Date(1900, 1, 1, 1, 0, 0, 0, time.FixedZone("", 7200)) }), "start_out_of_range", "start", "1899-12-31T23:00:00Z"},
		"no end":                    {with(hour, func(e *Entry) { e.End = time.Time{} }), "end_missing", "end", ""},
		"end at start":              {timed(0), "end_before_start", "end", "2024-03-04T08:00:00Z"},
		"end before start":          {timed(-time.Second), "end_before_start", "end", "2024-03-04T07:59:59Z"},
		"less than a microsecond":   {timed(999 * time.Nanosecond), "end_before_start", "end", "2024-03-04T08:00:00Z"},
		"too long":                  {timed(7*24*time.Hour + time.Second), "too_long", "end", "2024-03-11T08:00:01Z"},
		"too long by a microsecond": {timed(7*24*time.Hour + time.Microsecond), "too_long", "end", "2024-03-11T08:00:00Z"},
		"too long for a Duration":   {with(hour, func(e *Entry) { e.End = monday.AddDate(600, 0, 0) }), "too_long", "end", "2624-03-04T08:00:00Z"},
		"seconds that differ":       {with(hour, func(e *Entry) { e.Seconds = 3599 }), "duration_mismatch", "seconds", "3599"},
		"negative seconds":          {with(hour, func(e *Entry) { e.Seconds = -3600 }), "duration_mismatch", "seconds", "-3600"},
		"untimed with an end":       {with(plain, func(e *Entry) { e.End = monday.Add(time.Minute) }), "end_given", "end", "2024-03-04T08:01:00Z"},
		"untimed without seconds":   {with(plain, func(e *Entry) { e.Seconds = 0 }), "negative_duration", "seconds", "0"},
		"untimed and negative":      {with(plain, func(e *Entry) { e.Seconds = -1 }), "negative_duration", "seconds", "-1"},
		"untimed and too long":      {with(plain, func(e *Entry) { e.Seconds = LongestEntry + 1 }), "too_long", "seconds", "604801"},
		"untimed without a day":     {with(plain, func(e *Entry) { e.Start = time.Time{} }), "start_missing", "start", ""},
		"running with an end":       {with(running, func(e *Entry) { e.End = monday.Add(time.Minute) }), "end_given", "end", "2024-03-04T08:01:00Z"},
		"running with seconds":      {with(running, func(e *Entry) { e.Seconds = 1 }), "seconds_given", "seconds", "1"},
		"no form":                   {with(hour, func(e *Entry) { e.Form = "" }), "bad_form", "form", ""},
		"an unknown form":           {with(hour, func(e *Entry) { e.Form = "Timed" }), "bad_form", "form", "Timed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, parts, err := Book{}.check(c.e, &zone.Zones{})
			var e *fault.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, []string{c.code, c.field, c.value}, []string{string(e.Code), e.Field, e.Value})
			assert.NotEmpty(t, e.Rule)
			assert.ErrorIs(t, err, fault.Invalid)
			assert.Empty(t, parts)
		})
	}
}

func TestEntryLimitsAtTheirEdges(t *testing.T) {
	second := time.Second
	for _, most := range []int64{1, 3600, LongestEntry} {
		b := Book{MostSeconds: most}
		require.NoError(t, b.Validate())
		length := time.Duration(most) * second
		for _, fraction := range []time.Duration{0, 900 * time.Millisecond} {
			e := timed(length)
			e.Start, e.End = e.Start.Add(fraction), e.End.Add(fraction)
			got, _ := checked(t, b, e)
			assert.Equal(t, most, got.Seconds, "exactly the most")
			for _, more := range []time.Duration{time.Microsecond, second} {
				e.End = e.Start.Add(length + more)
				_, _, err := b.check(e, &zone.Zones{})
				assert.Equal(t, fault.Code("too_long"), fault.CodeOf(err), "%v more than %d s", more, most)
			}
		}
		checked(t, b, Entry{Form: Untimed, Start: monday, Seconds: most, Zone: "UTC"})
		_, _, err := b.check(Entry{Form: Untimed, Start: monday, Seconds: most + 1, Zone: "UTC"}, &zone.Zones{})
		assert.Equal(t, fault.Code("too_long"), fault.CodeOf(err))
	}
	for _, start := range []time.Time{
		time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9998, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(9999, 1, 1, 1, 0, 0, 0, time.FixedZone("", 7200)), // 9998 in UTC
	} {
		checked(t, Book{}, with(timed(0), func(e *Entry) { e.Start, e.End = start, start.Add(7*24*time.Hour) }))
	}
	got, _ := checked(t, Book{}, with(timed(time.Hour), func(e *Entry) { e.Note = " " + strings.Repeat("ü", 3000) + "\n" }))
	assert.Equal(t, strings.Repeat("ü", 3000), got.Note)
}

func TestBookConfigurationIsChecked(t *testing.T) {
	for _, most := range []int64{0, 1, LongestEntry} {
		assert.NoError(t, Book{MostSeconds: most}.Validate())
	}
	for most, value := range map[int64]string{-1: "-0:00:01", LongestEntry + 1: "168:00:01"} {
		var e *fault.Error
		require.ErrorAs(t, Book{MostSeconds: most}.Validate(), &e)
		assert.Equal(t, []string{"bad_config", "MostSeconds", value}, []string{string(e.Code), e.Field, e.Value})
		// Unchecked, it still allows no more than the stores can keep.
		_, _, err := Book{MostSeconds: most}.check(timed(7*24*time.Hour+time.Second), &zone.Zones{})
		assert.Equal(t, fault.Code("too_long"), fault.CodeOf(err))
	}
}

// Instants are in UTC, to the microsecond; seconds are whole ones.
func TestEntryIsStoredInItsOneForm(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	e := timed(0)
	e.Start = time.Date(2024, 3, 4, 9, 0, 0, 123_456_789, berlin)
	e.End = e.Start.Add(1999 * time.Millisecond)
	got, parts := checked(t, Book{}, e)
	assert.Equal(t, time.Date(2024, 3, 4, 8, 0, 0, 123_456_000, time.UTC), got.Start)
	assert.EqualValues(t, 1, got.Seconds, "a fraction is dropped")
	assert.Equal(t, []Slice{{e.ID, day(t, "2024-03-04"), 1}}, parts)

	got, parts = checked(t, Book{}, timed(time.Microsecond))
	assert.Zero(t, got.Seconds)
	assert.Equal(t, []Slice{{e.ID, day(t, "2024-03-04"), 0}}, parts, "less than a second is on its day all the same")

	got, _ = checked(t, Book{}, with(timed(time.Hour), func(e *Entry) { e.Seconds = 3600 }))
	assert.EqualValues(t, 3600, got.Seconds, "seconds may be given if they agree")

	got, parts = checked(t, Book{}, Entry{Form: Running, Start: monday, Zone: "UTC"})
	assert.True(t, got.End.IsZero())
	assert.Empty(t, parts, "a running entry has no slices yet")
}

// Entries are cut at the midnights of their zone, on days of 23, 24 and 25
// hours too.
func TestEntriesAreCutAtLocalMidnights(t *testing.T) {
	for name, c := range map[string]struct {
		zone       string
		start, end string
		days       []string
		hours      []float64
	}{
		"over midnight":                       {"Europe/Berlin", "2024-03-04T22:00:00Z", "2024-03-05T01:00:00Z", []string{"2024-03-04", "2024-03-05"}, []float64{1, 2}},
		"midnight in UTC is none":             {"America/New_York", "2024-03-04T22:00:00Z", "2024-03-05T01:00:00Z", []string{"2024-03-04"}, []float64{3}},
		"until midnight":                      {"UTC", "2024-03-04T22:00:00Z", "2024-03-05T00:00:00Z", []string{"2024-03-04"}, []float64{2}},
		"a day of 23 hours and its neighbour": {"Europe/Berlin", "2024-03-30T23:00:00Z", "2024-03-31T23:00:00Z", []string{"2024-03-31", "2024-04-01"}, []float64{23, 1}},
		"a day of 25 hours":                   {"Europe/Berlin", "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z", []string{"2024-10-27"}, []float64{25}},
		"a midnight that is skipped":          {"America/Sao_Paulo", "2018-11-04T02:00:00Z", "2018-11-04T04:00:00Z", []string{"2018-11-03", "2018-11-04"}, []float64{1, 1}},
		"a day that is skipped":               {"Pacific/Apia", "2011-12-30T08:00:00Z", "2011-12-30T12:00:00Z", []string{"2011-12-29", "2011-12-31"}, []float64{2, 2}},
		"a zone of half hours":                {"Asia/Kolkata", "2024-03-04T18:00:00Z", "2024-03-04T19:00:00Z", []string{"2024-03-04", "2024-03-05"}, []float64{.5, .5}},
	} {
		e := Entry{ID: EntryID{1}, Form: Timed, Zone: c.zone}
		require.NoError(t, e.Start.UnmarshalText([]byte(c.start)))
		require.NoError(t, e.End.UnmarshalText([]byte(c.end)))
		_, parts := checked(t, Book{}, e)
		var want []Slice
		for i, d := range c.days {
			want = append(want, Slice{e.ID, day(t, d), int64(c.hours[i] * 3600)})
		}
		assert.Equal(t, want, parts, name)
	}
}

// A plain duration is on the local day, and starts with it, also where that day
// has no midnight.
func TestUntimedEntryStartsWithItsDay(t *testing.T) {
	for name, c := range map[string]struct{ zone, at, day, start string }{
		"the usual day":            {"Europe/Berlin", "2024-03-04T15:04:05Z", "2024-03-04", "2024-03-03T23:00:00Z"},
		"tomorrow, over there":     {"Pacific/Auckland", "2024-03-04T15:04:05Z", "2024-03-05", "2024-03-04T11:00:00Z"},
		"no midnight":              {"America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04", "2018-11-04T03:00:00Z"},
		"no midnight, the instant": {"America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04", "2018-11-04T03:00:00Z"},
		"the day of 25 hours":      {"Europe/Berlin", "2024-10-27T22:59:59Z", "2024-10-27", "2024-10-26T22:00:00Z"},
	} {
		e := Entry{ID: EntryID{1}, Form: Untimed, Zone: c.zone, Seconds: 90}
		require.NoError(t, e.Start.UnmarshalText([]byte(c.at)))
		got, parts := checked(t, Book{}, e)
		assert.Equal(t, c.start, got.Start.Format(time.RFC3339), name)
		assert.Equal(t, []Slice{{e.ID, day(t, c.day), 90}}, parts, name)
	}
}

func TestTagsAreASet(t *testing.T) {
	a, b, c := TagID{1}, TagID{2}, TagID{2, 1}
	given := []TagID{c, a, b, a, c}
	assert.Equal(t, []TagID{a, b, c}, tagSet(given))
	assert.Equal(t, []TagID{c, a, b, a, c}, given, "the caller's stay as they are")
	assert.Nil(t, tagSet(nil))
	assert.Nil(t, tagSet([]TagID{}))
}
