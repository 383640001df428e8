package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/examples/server/httpapi"
	"github.com/seed-5be203e9/stint/tenancy/admin"
)

func TestAPI(t *testing.T) {
	db, made := newStore(t)
	b := newServer(t, db)
	assert.Equal(t, http.StatusUnauthorized, b.get("/api/me").status)
	b.enrol(made.Enrolment, "ann@example.org")

	var me httpapi.Me
	require.NoError(t, json.Unmarshal([]byte(b.get("/api/me").body), &me))
	assert.Equal(t, "Administrator", me.Name)
	assert.Equal(t, "ann@example.org", me.Email)
	assert.Equal(t, "Home", me.Site.Name)
	assert.Contains(t, me.Allowed, admin.EditSite)

	for _, day := range []string{"05", "06", "07"} {
		a := b.send(http.MethodPost, "/api/entries", "application/json", strings.NewReader(
			`{"form":"timed","start":"2021-04-`+day+`T08:00:00Z","end":"2021-04-`+day+`T09:00:00Z","zone":"Europe/Berlin"}`))
		require.Equal(t, http.StatusCreated, a.status, a.body)
		assert.Contains(t, a.body, `"seconds":3600`)
	}
	var starts []string
	for after := ""; ; {
		var page struct {
			Entries []httpapi.Entry
			Next    string
		}
		require.NoError(t, json.Unmarshal([]byte(b.get("/api/entries?limit=1&after="+after).body), &page))
		for _, e := range page.Entries {
			starts = append(starts, e.Start.Format("02"))
		}
		if after = page.Next; after == "" {
			break
		}
	}
	assert.Equal(t, []string{"07", "06", "05"}, starts, "newest first, each once")
	assert.Equal(t, http.StatusOK, b.get("/api/projects").status)
}

// Every error has one shape: a status, a code, and the field, value and rule.
func TestProblems(t *testing.T) {
	db, made := newStore(t)
	b := newServer(t, db)
	b.enrol(made.Enrolment, "ann")
	for path, want := range map[string]struct {
		status int
		code   string
	}{
		"/api/report?by=nope":         {422, "bad_dimension"},
		"/api/report?by=day,week":     {422, "bad_dimension"},
		"/api/report?from=2021-02-30": {422, "invalid_date"},
		"/api/report?form=2021-02-03": {422, "invalid"},
		"/api/entries?person=7":       {422, "bad_id"},
		"/api/entries?limit=5000":     {422, "invalid"},
		"/api/entries?after=garbage":  {422, ""},
		"/api/nothing":                {404, "not_found"},
	} {
		a := b.get(path)
		assert.Equal(t, want.status, a.status, path+a.body)
		assert.Equal(t, "application/problem+json", a.header.Get("Content-Type"), path)
		var p httpapi.Problem
		require.NoError(t, json.Unmarshal([]byte(a.body), &p), path)
		assert.Equal(t, want.status, p.Status, path)
		if want.code != "" {
			assert.Equal(t, want.code, p.Code, path)
		}
	}
	a := b.send(http.MethodPost, "/api/entries", "application/json", strings.NewReader(
		`{"form":"timed","start":"2021-04-05T08:00:00Z","end":"2021-04-05T07:00:00Z","zone":"UTC"}`))
	assert.Equal(t, http.StatusUnprocessableEntity, a.status)
	assert.Contains(t, a.body, `"end_before_start"`)
	assert.Equal(t, http.StatusBadRequest, b.send(http.MethodPost, "/api/entries", "application/json", strings.NewReader("{")).status)
}

// T44: opaque ids and no absolute URLs, so that a proxy in front changes
// nothing.
func TestNoAbsoluteURLs(t *testing.T) {
	db, made := newStore(t)
	b := newServer(t, db)
	b.enrol(made.Enrolment, "ann")
	for _, path := range []string{"/", "/import", "/api/me", "/api/entries", "/api/projects", "/api/report?by=day"} {
		body := b.get(path).body
		assert.NotContains(t, body, b.base, path)
		assert.NotContains(t, body, "localhost", path)
	}
	a := b.get("/openapi.json")
	assert.Equal(t, http.StatusOK, a.status)
	assert.Contains(t, a.body, `"openapi":"3.1`)
	assert.NotContains(t, a.body, "localhost")
}
