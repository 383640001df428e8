package web

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/timesheet/zone"
)

func TestReadSpan(t *testing.T) {
	usual := func() (zone.Day, zone.Day, error) { from, to := fourWeeks(day(t, "2021-04-23")); return from, to, nil }
	for query, want := range map[string]string{
		"":                              "from=2021-03-29&group=day&to=2021-04-25",
		"group=week":                    "from=2021-03-29&group=week&to=2021-04-25",
		"group=nonsense":                "from=2021-03-29&group=day&to=2021-04-25",
		"from=2021-04-05":               "from=2021-04-05&group=day&to=2021-05-02",
		"to=2021-04-28":                 "from=2021-04-01&group=day&to=2021-04-28",
		"from=2021-04-09&to=2021-04-01": "from=2021-04-01&group=day&to=2021-04-09",
		"from=2021-01-01&to=2021-12-31": "from=2021-01-01&group=week&to=2021-12-31",
		"from=2011-01-01&to=2021-12-31": "from=2011-01-01&group=month&to=2021-12-31",
	} {
		form, err := url.ParseQuery(query)
		require.NoError(t, err)
		s, err := readSpan(form, usual)
		require.NoError(t, err, query)
		assert.Equal(t, "/?"+want, s.Link(), query)
	}
	for _, query := range []string{"from=2021-02-30", "from=1000-01-01&to=2021-01-01", "to=0001-01-01"} {
		form, err := url.ParseQuery(query)
		require.NoError(t, err)
		_, err = readSpan(form, usual)
		assert.Error(t, err, query)
	}
}

func TestBeside(t *testing.T) {
	for _, c := range []struct{ from, to, before, next string }{
		{"2021-04-05", "2021-04-11", "2021-03-29 2021-04-04", "2021-04-12 2021-04-18"},
		{"2021-03-01", "2021-03-31", "2021-02-01 2021-02-28", "2021-04-01 2021-04-30"},
	} {
		s := span{From: day(t, c.from), To: day(t, c.to)}
		for way, want := range map[int]string{-1: c.before, +1: c.next} {
			b := s.beside(way)
			assert.Equal(t, want, b.From.String()+" "+b.To.String())
		}
	}
}

func TestLocalPath(t *testing.T) {
	for to, want := range map[string]string{
		"": "/", "/": "/", "/import": "/import", "/?from=2021-04-05": "/?from=2021-04-05",
		"//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/", "/\t/evil.example": "/", "evil": "/",
	} {
		assert.Equal(t, want, localPath(to), to)
	}
}

func TestClock(t *testing.T) {
	assert.Equal(t, "0:00", clock(29))
	assert.Equal(t, "1:00", clock(3599))
	assert.Equal(t, "100:01", clock(360030))
}
