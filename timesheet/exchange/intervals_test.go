package exchange_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet/exchange"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// naive is a file of intervals as a reader with no care reads it.
type naive struct {
	rows     int
	seconds  map[string]int64 // by project, of the Duration column
	tasks    map[string]bool  // "project/task"
	overlaps int              // rows that share time with another
}

func readNaively(t *testing.T, text string) naive {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	n := naive{seconds: map[string]int64{}, tasks: map[string]bool{}}
	at := map[string]int{}
	for i, name := range lines[0] {
		at[name] = i
	}
	type span struct{ from, to time.Time }
	var spans []span
	for _, line := range lines[1:] {
		n.rows++
		var project string
		if i, has := at["Project"]; has {
			project = line[i]
			n.tasks[project+"/"+line[at["Task"]]] = line[at["Task"]] != ""
		} else {
			project = line[at["Tool"]]
		}
		var days, h, m, s int64
		_, err := fmt.Sscanf(line[at["Duration"]], "%d days %d:%d:%d", &days, &h, &m, &s)
		require.NoError(t, err)
		n.seconds[project] += days*86400 + h*3600 + m*60 + s
		from, err := time.Parse(time.DateTime, line[at["dt_start"]])
		require.NoError(t, err)
		to, err := time.Parse(time.DateTime, line[at["dt_end"]])
		require.NoError(t, err)
		spans = append(spans, span{from, to})
	}
	for i, a := range spans {
		for j, b := range spans {
			if i != j && a.from.Before(b.to) && b.from.Before(a.to) {
				n.overlaps++
				break
			}
		}
	}
	return n
}

func TestIntervalFilesEndToEnd(t *testing.T) {
	for name, c := range map[string]struct {
		rows, projects int
		sum            int64 // 0: whatever the naive reader says
	}{
		"projects.csv": {53, 7, 243_539},
		"timeline.csv": {241, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile("testdata/" + name)
			require.NoError(t, err)
			want := readNaively(t, string(text))
			require.Equal(t, c.rows, want.rows)
			var sum int64
			for _, s := range want.seconds {
				sum += s
			}
			if c.sum != 0 {
				require.Equal(t, c.sum, sum)
				require.Len(t, want.seconds, c.projects)
			}
			require.Positive(t, want.overlaps)

			w := newWorld(t)
			var done, total int
			opt := exchange.Options{Zone: "Europe/London", Progress: func(d, n int) {
				assert.GreaterOrEqual(t, d, done, "progress does not go back")
				done, total = d, n
			}}
			f := w.parse(string(text), opt)
			assert.Equal(t, exchange.Intervals, f.Format)
			before := w.state()

			dry := w.dryRun(w.ann, f)
			assert.Equal(t, before, w.state(), "a dry run leaves nothing")

			done = 0
			rep := w.store(w.ann, f)
			assert.Equal(t, []int{c.rows, c.rows}, []int{done, total})
			assert.Equal(t, []int{c.rows, 0, 0}, []int{rep.Stored, rep.Unchanged, rep.Refused})
			assert.Equal(t, rep.Projects, dry.Projects, "a dry run reports what the run does")
			assert.Equal(t, rep.Created, dry.Created)

			got := map[string]int64{}
			for _, p := range rep.Projects {
				got[p.Project] += p.Stored
			}
			assert.Equal(t, want.seconds, got, "seconds per project are the file's")
			stored := map[string]int64{}
			by := w.report(report.Query{By: []report.Dimension{report.Project}})
			for _, row := range by.Rows {
				stored[row.Keys[0].Name] += row.Seconds
			}
			assert.Equal(t, want.seconds, stored, "and so are a report's")
			assert.Equal(t, sum, by.Total.Seconds)

			flagged := 0
			for _, e := range w.entries() {
				if e.Overlaps {
					flagged++
				}
				assert.Equal(t, w.ann.ID, e.Person)
				assert.Equal(t, "intervals", e.External.Source)
			}
			assert.Equal(t, want.overlaps, flagged, "overlaps are stored and flagged")
			noted := 0
			for _, row := range rep.Rows {
				for _, n := range row.Notes {
					if n.Code == exchange.Overlaps {
						noted++
					}
				}
			}
			assert.Equal(t, want.overlaps, noted, "and noted on their rows")
			tasks := 0
			for _, has := range want.tasks {
				if has {
					tasks++
				}
			}
			assert.Len(t, w.tasks(), tasks)

			after := w.state()
			done = 0
			again := w.store(w.ann, w.parse(string(text), opt))
			assert.Equal(t, []int{0, c.rows, 0}, []int{again.Stored, again.Unchanged, again.Refused}, "a second import changes nothing")
			assert.Equal(t, after, w.state(), "nor writes an event")
			for _, p := range again.Projects {
				assert.Equal(t, want.seconds[p.Project], p.Unchanged)
			}
		})
	}
}

func TestTimeOfSomebodyElseFromAFileWithoutPeople(t *testing.T) {
	const text = "dt_start,dt_end,Project\n2021-04-06 09:00:00,2021-04-06 10:00:00,P\n"
	w := newWorld(t)
	ben := w.member("Ben", "ben@example.org", "member")
	opt := exchange.Options{Zone: "UTC", Person: ben.ID}

	rep := w.store(w.ann, w.parse(text, opt))
	assert.Equal(t, 1, rep.Stored)
	require.Len(t, w.entries(), 1)
	assert.Equal(t, ben.ID, w.entries()[0].Person)
	assert.Equal(t, w.ann.ID, w.entries()[0].Recorder)

	t.Run("the same file is another person's time for another person", func(t *testing.T) {
		own := w.store(w.ann, w.parse(text, exchange.Options{Zone: "UTC"}))
		assert.Equal(t, 1, own.Stored)
	})
	t.Run("a member may not", func(t *testing.T) {
		before := w.state()
		rep := w.store(ben, w.parse(text, exchange.Options{Zone: "UTC", Person: w.ann.ID}))
		assert.Equal(t, 1, rep.Refused)
		assert.Equal(t, "person", rep.Rows[0].Err.Field)
		assert.Equal(t, before, w.state())
	})
	t.Run("a person of nowhere ends the import", func(t *testing.T) {
		err := w.db.Update(w.ctx, w.site, w.as(w.ann), func(ctx context.Context, tx storage.Tx) error {
			_, err := w.parse(text, exchange.Options{Zone: "UTC", Person: tenancy.MembershipID{1}}).Store(ctx, tx)
			return err
		})
		assert.Error(t, err)
	})
}

func TestStatementsDoNotGrowWithRows(t *testing.T) {
	w := newWorld(t)
	calls := func(rows int) map[string]int {
		var text strings.Builder
		text.WriteString("Email,Client,Project,Task,Tags,Start date,Start time,Duration\n")
		start := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range rows {
			at := start.Add(time.Duration(i) * time.Hour)
			fmt.Fprintf(&text, "p%d@example.org,C%d,P%d,T%d,\"a, b%d\",%s,%s,1:00:00\n", i%5, i%3, i%7, i%4, i%2, at.Format(time.DateOnly), at.Format(time.TimeOnly))
		}
		n := map[string]int{}
		f := w.parse(text.String(), exchange.Options{Zone: "UTC", CreatePeople: true})
		err := w.db.Update(w.ctx, w.site, w.as(w.ann), func(ctx context.Context, tx storage.Tx) error {
			rep, err := f.Store(ctx, counting{tx, n})
			if err == nil {
				complete(t, f, rep)
				assert.Equal(t, rows, rep.Stored)
				err = errDry
			}
			return err
		})
		require.ErrorIs(t, err, errDry)
		return n
	}
	few, many := calls(840), calls(1680)
	few["entries"], many["entries"] = 0, 0 // read back 1,000 at a time
	assert.Equal(t, few, many)
	assert.Equal(t, 5, many["put member"])
	assert.Equal(t, 1, many["members"], "people are read once")
	assert.Equal(t, 1, many["add entries"])
}
