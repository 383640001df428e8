package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/examples/server/httpapi"
)

// command runs one command line on a database of the test.
func command(t *testing.T, data string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := map[string]string{"STINT_DATA": data}
	err := run(t.Context(), args, strings.NewReader(string(sample(t, "toggl.csv"))), &out, &errs, func(key string) string { return env[key] })
	return exitCode(err, &errs), out.String(), errs.String()
}

func TestImportAndReport(t *testing.T) {
	data := t.TempDir()

	code, out, errs := command(t, data, "import", "-zone", "Europe/Berlin", "-format", "toggl", "testdata/toggl.csv")
	assert.Equal(t, 1, code, "nobody has the e-mail address of the file")
	assert.Contains(t, errs, "line 2: refused: Email \"ann@example.org\"")
	assert.Contains(t, out, "3 rows = 0 stored + 0 unchanged + 3 refused")

	code, out, _ = command(t, data, "import", "-zone", "Europe/Berlin", "-create-people", "-dry-run", "testdata/toggl.csv")
	assert.Equal(t, 0, code)
	assert.Contains(t, out, "3 rows = 3 stored + 0 unchanged + 0 refused")
	assert.Contains(t, out, "nothing was kept")

	code, out, errs = command(t, data, "import", "-create-people", "-zone", "Europe/Berlin", "-")
	assert.Equal(t, 0, code, errs)
	assert.Contains(t, out, "3 rows = 3 stored + 0 unchanged + 0 refused")
	assert.Contains(t, out, "new: 1 people, 1 clients, 2 projects, 0 tasks, 1 tags")
	assert.Regexp(t, `(?m)^Rocket \(Acme\) +1:30:00 +0:00:00$`, out)
	assert.Regexp(t, `(?m)^total +5:15:00 +0:00:00$`, out)

	code, out, _ = command(t, data, "import", "-zone", "Europe/Berlin", "testdata/toggl.csv")
	assert.Equal(t, 0, code)
	assert.Contains(t, out, "3 rows = 0 stored + 3 unchanged + 0 refused")

	code, out, errs = command(t, data, "import", "-zone", "Europe/Berlin", "testdata/refused.csv")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "2 rows = 1 stored + 0 unchanged + 1 refused")
	assert.Regexp(t, `line 3: refused: End (date|time)`, errs)

	code, out, _ = command(t, data, "report", "-by", "project,day", "-from", "2021-04-05", "-to", "2021-04-07")
	assert.Equal(t, 0, code)
	assert.Equal(t, []string{
		"project                    day            time  billable",
		"<script>alert(1)</script>  2021-04-06  0:45:00   0:00:00",
		"<script>alert(1)</script>  sum         0:45:00   0:00:00",
		"Rocket                     2021-04-05  1:30:00   1:30:00",
		"Rocket                     sum         1:30:00   1:30:00",
		"no project                 2021-04-07  2:00:00   0:00:00",
		"no project                 sum         2:00:00   0:00:00",
		"total                                  4:15:00   1:30:00",
	}, strings.Split(strings.TrimSpace(out), "\n"))

	_, out, _ = command(t, data, "report", "-csv")
	assert.Contains(t, out, "project,seconds,hours,billable_seconds\n")
	_, out, _ = command(t, data, "report", "-json", "-by", "person")
	var r httpapi.Report
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	assert.Equal(t, "Ann", r.Rows[0].Keys[0].Name)
	_, out, _ = command(t, data, "report", "-by", "")
	assert.Regexp(t, `^ +time +billable\ntotal +6:15:00`, out)

	code, _, errs = command(t, data, "report", "-as", "nobody@example.org")
	assert.Equal(t, 1, code)
	assert.Contains(t, errs, `as "nobody@example.org"`)
	code, _, errs = command(t, data, "report", "-as", "ann@example.org")
	assert.Equal(t, 1, code, "she is invited, and cannot act yet")
	assert.Contains(t, errs, "no_membership")
	code, _, errs = command(t, data, "report", "-site", "Nowhere")
	assert.Equal(t, 1, code)
	assert.Contains(t, errs, `site "Nowhere"`)
}

func TestUsageErrors(t *testing.T) {
	for line, says := range map[string]string{
		"frobnicate":                                `command "frobnicate"`,
		"import":                                    "FILE.csv is missing",
		"import a.csv b.csv":                        `"b.csv" is too much`,
		"import -format excel a.csv":                `-format "excel"`,
		"import testdata/toggl.csv":                 "-zone is missing",
		"import -zone UTC nowhere.csv":              `"nowhere.csv": there is no such file`,
		"import -zone Mars/Base testdata/toggl.csv": `zone "Mars/Base"`,
		"import -zone UTC -dates nonsense testdata/toggl.csv": `date_format "nonsense"`,
		"report -by project,project":                          `by "project"`,
		"report -from 2021-02-30":                             `"2021-02-30"`,
		"report -from 2021-02-02 -to 2021-02-01":              `to "2021-02-01"`,
		"report -csv -json":                                   "exclude each other",
		"report -nope":                                        "-nope",
		"-database mysql://x report":                          `"report" is too much`,
		"report -database mysql://x":                          "must be a URL that begins with postgres://",
		"serve -tls-cert x":                                   "go together",
	} {
		t.Run(line, func(t *testing.T) {
			code, _, errs := command(t, t.TempDir(), strings.Fields(line)...)
			assert.Equal(t, 2, code)
			assert.Contains(t, errs, says)
			assert.Contains(t, errs, "server help")
		})
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"-h"}, {"import", "-help"}} {
		code, out, errs := command(t, t.TempDir(), args...)
		assert.Equal(t, 0, code)
		assert.Equal(t, help, out)
		assert.Empty(t, errs)
	}
}

func TestDataFile(t *testing.T) {
	dir := t.TempDir()
	for given, want := range map[string]string{
		dir:                  filepath.Join(dir, "stint.db"),
		dir + "/new":         filepath.Join(dir, "new", "stint.db"),
		dir + "/new/mine.db": filepath.Join(dir, "new", "mine.db"),
	} {
		got, err := dataFile(given)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

// The server prints where it is and one link to enrol, a new one at every start
// until somebody has; then it stops when it is told to.
func TestServe(t *testing.T) {
	data := t.TempDir()
	link := regexp.MustCompile(`http://\S+/enrol\?token=(\S+)`)
	start := func(use func(url, out string)) {
		ctx, cancel := context.WithCancel(t.Context())
		out := &syncBuffer{}
		done := make(chan error, 1)
		go func() {
			done <- run(ctx, []string{"-listen", "127.0.0.1:0", "-data", data}, nil, out, &syncBuffer{}, func(string) string { return "" })
		}()
		require.Eventually(t, func() bool { return strings.Contains(out.String(), "Ctrl-C") }, 30*time.Second, 10*time.Millisecond)
		url := regexp.MustCompile(`open +(\S+)`).FindStringSubmatch(out.String())[1]
		use(url, out.String())
		cancel()
		require.NoError(t, <-done)
	}
	var first string
	start(func(_, out string) {
		assert.Contains(t, out, filepath.Join(data, "stint.db"))
		first = link.FindStringSubmatch(out)[1]
	})
	start(func(url, out string) {
		second := link.FindStringSubmatch(out)[1]
		assert.NotEqual(t, first, second)
		res, err := http.PostForm(url+"/enrol", map[string][]string{"token": {second}, "login": {"ann"}, "password": {password}})
		require.NoError(t, err)
		res.Body.Close()
		assert.Equal(t, http.StatusOK, res.StatusCode)
	})
	start(func(_, out string) { assert.NotContains(t, out, "enrol") })
}
