package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var morning = time.Date(2021, 4, 6, 7, 0, 0, 0, time.UTC)

func openHost(t *testing.T) host {
	t.Helper()
	h, err := open(t.Context(), t.TempDir()+"/host.db")
	require.NoError(t, err)
	t.Cleanup(func() { _ = h.close() })
	return h
}

// kept returns how much is there of the host's rows and of the time.
func kept(t *testing.T, h host, u user) (jobs int, seconds int64) {
	t.Helper()
	jobs, err := h.finished(t.Context())
	require.NoError(t, err)
	seconds, err = h.tracked(t.Context(), u)
	require.NoError(t, err)
	return jobs, seconds
}

func TestBothCommit(t *testing.T) {
	h := openHost(t)
	ann, err := h.authenticate(t.Context(), "ann-key")
	require.NoError(t, err)
	require.NoError(t, h.finish(t.Context(), ann, 1, morning, morning.Add(time.Hour)))
	jobs, seconds := kept(t, h, ann)
	assert.Equal(t, 1, jobs)
	assert.EqualValues(t, 3600, seconds)
	jobs, seconds = kept(t, h, user{8, 42, "Ben"})
	assert.Equal(t, 1, jobs)
	assert.Zero(t, seconds, "another organisation sees nothing of it")
}

func TestStintRefusesAndNothingIsKept(t *testing.T) {
	h := openHost(t)
	ann, err := h.authenticate(t.Context(), "ann-key")
	require.NoError(t, err)
	require.Error(t, h.finish(t.Context(), ann, 1, morning, morning.Add(-time.Hour)))
	require.Error(t, h.finish(t.Context(), user{7, 42, "Ann"}, 3, morning, morning.Add(time.Hour)), "she is nobody in the other organisation")
	jobs, seconds := kept(t, h, ann)
	assert.Zero(t, jobs)
	assert.Zero(t, seconds)
}

func TestHostRollsBackAndNothingIsKept(t *testing.T) {
	h := openHost(t)
	ann, err := h.authenticate(t.Context(), "ann-key")
	require.NoError(t, err)
	tx, err := h.db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), "update jobs set done_by = 7 where id = 1")
	require.NoError(t, err)
	require.NoError(t, h.tracker.record(t.Context(), tx, organisation{41, "Acme", "Europe/Berlin"}, ann, morning, morning.Add(time.Hour), "Paint"))
	require.NoError(t, tx.Rollback())
	jobs, seconds := kept(t, h, ann)
	assert.Zero(t, jobs)
	assert.Zero(t, seconds)
}

func TestOutput(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	assert.Contains(t, out.String(), "job 1 from 9:00 to 10:30: done\n")
	assert.Contains(t, out.String(), "refused, and nothing is kept: end ")
	assert.Contains(t, out.String(), "jobs that are done: 1; time that is recorded: 1:30:00\n")
}

// region returns the lines of tracker.go between its marks.
func region(t *testing.T) string {
	t.Helper()
	file, err := os.ReadFile("tracker.go")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(file), "// stint: begin\n")
	require.True(t, found)
	inside, _, found := strings.Cut(rest, "// stint: end\n")
	require.True(t, found)
	return strings.TrimSpace(inside)
}

// Embedding takes less than 30 lines of code.
func TestRegionIsShort(t *testing.T) {
	lines := 0
	for line := range strings.Lines(region(t)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			lines++
		}
	}
	assert.Less(t, lines, 30)
}

// The README shows this very code.
func TestReadmeShowsRegion(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	assert.Contains(t, string(readme), "```go\n"+region(t)+"\n```")
}
