package zone_test

import (
	"encoding/csv"
	"os"
	"testing"
	"time"
	_ "time/tzdata" // the vectors must hold where the machine has no zone files

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// vectors reads a file of testdata: one map per row, by the names in its head.
func vectors(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	require.NoError(t, err)
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	lines, err := r.ReadAll()
	require.NoError(t, err)
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := make(map[string]string)
		for i, head := range lines[0] {
			row[head] = line[i]
		}
		rows = append(rows, row)
	}
	require.NotEmpty(t, rows)
	return rows
}

func load(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := new(zone.Zones).Load(name)
	require.NoError(t, err)
	return loc
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	require.NoError(t, err)
	return at
}

func day(t testing.TB, s string) zone.Day {
	t.Helper()
	d, err := zone.ParseDay(s)
	require.NoError(t, err)
	return d
}

// assertInput checks that an error names its code, field, value and rule.
func assertInput(t *testing.T, err error, code fault.Code, field, value string) {
	t.Helper()
	var e *fault.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, code, e.Code)
	assert.Equal(t, field, e.Field)
	assert.Equal(t, value, e.Value)
	assert.NotEmpty(t, e.Rule)
	assert.ErrorIs(t, err, fault.Invalid)
}

// oddZones are the zones that have broken other people's code.
var oddZones = []string{
	"UTC", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "America/St_Johns",
	"America/Toronto", "America/Havana", "Asia/Beirut", "Asia/Kathmandu", "Asia/Tehran", "Africa/Cairo",
	"Africa/Casablanca", "Africa/Monrovia", "Antarctica/Troll", "Australia/Lord_Howe", "Pacific/Apia",
	"Pacific/Kwajalein", "Pacific/Kiritimati", "Pacific/Chatham",
}
