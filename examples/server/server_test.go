package main

import (
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/examples/server/httpapi"
	"github.com/seed-5be203e9/stint/storage/sqlite"
)

// The whole way of a new installation: enrol, sign out, sign in, import, and
// see the same numbers as a page, as JSON and as CSV.
func TestFromEnrolmentToReport(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		db, made := newStore(t)
		fromEnrolmentToReport(t, newServer(t, db), made.Enrolment)
	})
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), sqlite.Config{Path: t.TempDir() + "/stint.db"})
		require.NoError(t, err)
		made := begin(t, db)
		fromEnrolmentToReport(t, newServer(t, db), made.Enrolment)
	})
}

func fromEnrolmentToReport(t *testing.T, b browser, token string) {

	a := b.get("/")
	assert.Equal(t, http.StatusSeeOther, a.status)
	assert.Equal(t, "/login", a.header.Get("Location"))
	a = b.get("/import")
	assert.Equal(t, "/login?to=%2Fimport", a.header.Get("Location"))

	b.enrol(token, "Ann@Example.org")
	a = b.get("/")
	assert.Equal(t, http.StatusOK, a.status)
	assert.Contains(t, a.body, "No time yet")
	assert.Contains(t, a.body, "server import -format toggl")
	assert.Equal(t, http.StatusSeeOther, b.post("/logout").status)
	assert.Equal(t, http.StatusSeeOther, b.get("/").status)
	a = b.post("/login", "login", "ann@example.org", "password", password, "to", "/import")
	assert.Equal(t, http.StatusSeeOther, a.status)
	assert.Equal(t, "/import", a.header.Get("Location"))

	a = b.get("/import")
	assert.Regexp(t, `name="zone" value="" required`, a.body, "a guess would not be put right by importing again")
	a = b.upload("toggl.csv", sample(t, "toggl.csv"), "zone", "Europe/Berlin", "dry", "1")
	assert.Equal(t, http.StatusOK, a.status, a.body)
	assert.Contains(t, a.body, "dry run: nothing was kept")
	assert.Contains(t, b.get("/").body, "No time yet")
	a = b.upload("toggl.csv", sample(t, "toggl.csv"), "zone", "Europe/Berlin")
	assert.Equal(t, http.StatusOK, a.status, a.body)
	assert.Contains(t, a.body, "All of it is in.", "Ann is found by the e-mail address that she enrolled with")
	a = b.upload("toggl.csv", sample(t, "toggl.csv"), "zone", "Europe/Berlin")
	assert.Contains(t, a.body, "<dt>There already</dt><dd>3<small> 5:15:00")
	a = b.upload("refused.csv", sample(t, "refused.csv"), "zone", "Europe/Berlin")
	assert.Contains(t, a.body, "Refused rows")
	assert.Contains(t, a.body, "<td class=\"text\">End")

	page := b.get("/?from=2021-04-05&to=2021-04-08").body
	earlier := regexp.MustCompile(`href="([^"]+)" aria-label="Earlier"`).FindStringSubmatch(page)
	require.NotNil(t, earlier)
	assert.Contains(t, b.get(html.UnescapeString(earlier[1])).body, `name="from" value="2021-04-01"`, "the link leads to the four days before")
	assert.Contains(t, page, "Rocket, Mon 5 Apr 2021: 1:30:00")
	assert.Contains(t, page, "No project, Wed 7 Apr 2021: 2:00:00", "an entry over midnight counts on both days")
	assert.Contains(t, page, "No project, Thu 8 Apr 2021: 1:00:00")
	assert.Contains(t, page, "<td><b>5:15:00</b></td>")

	var sums httpapi.Report
	a = b.get("/api/report?by=project,day&from=2021-04-05&to=2021-04-08")
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.NoError(t, json.Unmarshal([]byte(a.body), &sums))
	assert.EqualValues(t, 5*3600+15*60, sums.Total.Seconds)
	assert.EqualValues(t, 5400, sums.Total.Billable)
	assert.Len(t, sums.Rows, 4)
	for _, csv := range []answer{b.get("/api/report.csv?by=project&to=2021-04-08"), b.get("/api/report?by=project&to=2021-04-08", "Accept", "text/csv")} {
		assert.Equal(t, "text/csv; charset=utf-8", csv.header.Get("Content-Type"))
		assert.Contains(t, csv.body, "Rocket,5400,1.5,5400\n")
	}
}

// What people type never becomes markup.
func TestNamesAreEscaped(t *testing.T) {
	db, made := newStore(t)
	b := newServer(t, db)
	b.enrol(made.Enrolment, "ann@example.org")
	a := b.upload(`"><script>x</script>.csv`, sample(t, "toggl.csv"), "zone", "Europe/Berlin")
	assert.NotContains(t, a.body, "<script")
	for _, path := range []string{"/", `/?from=<script>`, `/login?to="><script>`, `/enrol?token="><script>`, `/<script>`} {
		a := b.get(path)
		assert.NotContains(t, a.body, "<script", path)
		assert.NotContains(t, a.body, "<img src=x", path)
		assert.Equal(t, "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", a.header.Get("Content-Security-Policy"))
	}
	assert.Contains(t, b.get("/").body, "&lt;script&gt;alert(1)&lt;/script&gt;")
}

// An unknown name and a wrong password are one answer.
func TestSignInTellsNothing(t *testing.T) {
	db, made := newStore(t)
	b := newServer(t, db)
	b.enrol(made.Enrolment, "ann")
	b.post("/logout")
	wrong := b.post("/login", "login", "ann", "password", "not the password")
	unknown := b.post("/login", "login", "ben", "password", "not the password")
	none := b.post("/login", "login", "", "password", password)
	assert.Equal(t, http.StatusUnauthorized, wrong.status)
	assert.Equal(t, wrong.status, unknown.status)
	assert.Equal(t, wrong.status, none.status, "no name is nobody's")
	assert.Equal(t, strings.Replace(wrong.body, `value="ann"`, `value="ben"`, 1), unknown.body)
	assert.Equal(t, http.StatusUnauthorized, b.post("/login", "login", "ann\x00", "password", password).status)

	elsewhere := b.post("/login", "login", "ann", "password", password, "to", "//evil.example")
	assert.Equal(t, "/", elsewhere.header.Get("Location"))
}

// T45: there is no default password, and a link works once.
func TestEnrolment(t *testing.T) {
	db, made := newStore(t)
	b := newServer(t, db)
	a := b.post("/enrol", "token", made.Enrolment, "login", "ann", "password", "too short")
	assert.Equal(t, http.StatusUnprocessableEntity, a.status)
	assert.Contains(t, a.body, "Password must have 12 characters or more.")
	assert.Equal(t, http.StatusUnprocessableEntity, b.post("/enrol", "token", "unknown", "login", "ann", "password", password).status)
	b.enrol(made.Enrolment, "ann")
	a = b.post("/enrol", "token", made.Enrolment, "login", "eve", "password", password)
	assert.Equal(t, http.StatusUnprocessableEntity, a.status)
	assert.Contains(t, a.body, "has been used or has run out")
}

func TestBadUploads(t *testing.T) {
	db, made := newStore(t)
	b := newServer(t, db)
	assert.Equal(t, "/login", b.upload("x.csv", nil).header.Get("Location"), "nobody is signed in")
	b.enrol(made.Enrolment, "ann")
	for name, c := range map[string]struct {
		content []byte
		status  int
		says    string
	}{
		"empty":     {nil, http.StatusUnprocessableEntity, "must have a line with the names"},
		"not a CSV": {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), http.StatusUnprocessableEntity, "Header"},
		"columns":   {[]byte("a,b\n1,2\n"), http.StatusUnprocessableEntity, "Header"},
		"huge":      {make([]byte, 17<<20), http.StatusRequestEntityTooLarge, "larger than this server takes"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.upload("x.csv", c.content, "zone", "UTC")
			assert.Equal(t, c.status, a.status)
			assert.Contains(t, a.body, c.says)
		})
	}
	a := b.upload("x.csv", sample(t, "toggl.csv"))
	assert.Equal(t, http.StatusUnprocessableEntity, a.status, "there is no zone by default")
	a = b.upload("x.csv", sample(t, "toggl.csv"), "zone", "Mars/Base")
	assert.Equal(t, http.StatusUnprocessableEntity, a.status)
	assert.Contains(t, a.body, "Zone “Mars/Base”")
	assert.Equal(t, http.StatusUnprocessableEntity, b.post("/import", "zone", "UTC").status)
	assert.Contains(t, b.get("/").body, "No time yet")
}

// Another site's page cannot act with the cookie.
func TestOtherOriginsAreRefused(t *testing.T) {
	db, made := newStore(t)
	b := newServer(t, db)
	b.enrol(made.Enrolment, "ann")
	a := b.send(http.MethodPost, "/logout", "application/x-www-form-urlencoded", nil, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	assert.Equal(t, http.StatusForbidden, a.status)
	assert.Equal(t, http.StatusOK, b.get("/").status, "still signed in")
}

func TestSessionCookie(t *testing.T) {
	db, made := newStore(t)
	b := newServer(t, db)
	a := b.post("/enrol", "token", made.Enrolment, "login", "ann", "password", password)
	cookie := a.header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
		assert.Contains(t, cookie, part)
	}
	assert.NotContains(t, cookie, "Domain=")
	again := b.post("/login", "login", "ann", "password", password)
	assert.NotEqual(t, strings.Split(cookie, ";")[0], strings.Split(again.header.Get("Set-Cookie"), ";")[0], "a new token at each sign-in")
}
