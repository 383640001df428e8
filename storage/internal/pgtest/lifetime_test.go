//go:build unix

package pgtest

import (
	"bufio"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// envEnd tells this test binary, run again by TestServerEndsWithProcess, how
// to end.
const envEnd = "STINT_PGTEST_END"

// TestChild is the process whose end is watched.
func TestChild(t *testing.T) {
	end := os.Getenv(envEnd)
	if end == "" {
		t.Skip("runs as a child of TestServerEndsWithProcess")
	}
	db := New(t)
	conn, err := pgx.Connect(t.Context(), db.DSN) // a client must not delay the end
	require.NoError(t, err)
	defer conn.Close(t.Context())
	os.Stdout.WriteString("\ndsn " + db.DSN + "\n")
	switch end {
	case "panic":
		panic("as asked")
	case "exit":
		os.Exit(3)
	case "timeout":
		go panic("what -timeout does") // takes the whole binary down, from outside of the test
		select {}
	case "kill":
		select {}
	}
}

// The server is gone, and its files with it, however a test process ends.
func TestServerEndsWithProcess(t *testing.T) {
	_, err := binaries()
	here := map[string]bool{"local": err == nil, "docker": dockerHere(t)}
	for way, ends := range map[string][]string{
		"local":  {"return", "panic", "exit", "timeout", "kill"},
		"docker": {"return", "kill"}, // each start takes seconds
	} {
		if !here[way] && os.Getenv(envWay) != way {
			t.Logf("!!! SKIPPED: there is no %s here", way)
			continue
		}
		for _, end := range ends {
			t.Run(way+" "+end, func(t *testing.T) {
				t.Parallel()
				dsn := child(t, way, end)
				u, err := url.Parse(dsn)
				require.NoError(t, err)
				if dir := u.Query().Get("host"); dir != "" {
					assert.Eventually(t, func() bool {
						_, err := os.Stat(dir)
						return os.IsNotExist(err)
					}, startTimeout, pollInterval, "the directory stays")
				}
				// keeper.sh removes the directory after the server; docker
				// frees the port with the container.
				assert.Eventually(t, func() bool {
					conn, err := pgx.Connect(t.Context(), dsn)
					if err == nil {
						conn.Close(t.Context())
					}
					return err != nil && !strings.Contains(err.Error(), "does not exist (SQLSTATE")
				}, startTimeout, pollInterval, "the server stays")
			})
		}
	}
}

func dockerHere(t *testing.T) bool {
	pool, err := ping(t.Context())
	if err == nil {
		_, _, err = image(t.Context(), pool, os.Getenv)
	}
	return err == nil
}

// The keeper removes what it made also if the process ends before the server
// is up, at any moment, and nobody reads what it prints any more.
func TestKeeperEndsWhileStarting(t *testing.T) {
	bin, err := binaries()
	if err != nil && (os.Getenv("CI") != "true" || os.Getenv(envDSN) != "") {
		t.Skipf("!!! SKIPPED: %v", err)
	}
	require.NoError(t, err)
	for _, after := range []time.Duration{0, 200, 400} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			cmd, dir, err := keep(bin)
			require.NoError(t, err)
			lifeline, err := cmd.StdinPipe()
			require.NoError(t, err)
			reader, writer, err := os.Pipe()
			require.NoError(t, err)
			cmd.Stdout, cmd.Stderr = writer, writer
			require.NoError(t, cmd.Start())
			reader.Close()
			writer.Close()
			time.Sleep(after * time.Millisecond)
			lifeline.Close()
			_ = cmd.Wait()
			assert.NoDirExists(t, dir)
		})
	}
}

// child runs TestChild to its end and returns the DSN that it had.
func child(t *testing.T, way, end string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), envEnd+"="+end, envWay+"="+way)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var dsn string
	// Reads to the end: the server must not hold our standard output, or a
	// finished `go test` would wait for it.
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if found, ok := strings.CutPrefix(lines.Text(), "dsn "); ok {
			dsn = found
			if end == "kill" {
				require.NoError(t, cmd.Process.Kill())
			}
		}
	}
	err = cmd.Wait()
	assert.Equal(t, end == "return", err == nil, "%v", err)
	require.NotEmpty(t, dsn)
	return dsn
}
