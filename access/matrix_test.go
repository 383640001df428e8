package access_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
)

var update = flag.Bool("update", false, "write testdata/matrix.txt anew")

const matrixFile = "testdata/matrix.txt"

// matrixOf writes what the roles of a policy may do, as its compiled rules say
// it, and the switches on which it depends.
func matrixOf(t testing.TB, p *access.Policy) string {
	t.Helper()
	m, err := p.Matrix()
	require.NoError(t, err)
	text := "# What the built-in roles may do, where they are bound. Made from the rules by\n" +
		"#   go test ./access -run TestMatrix -update\n" +
		"# A condition lists sets of facts, any of which is enough: own, or member and shared.\n" +
		"# What depends on settings of the site names them in brackets. \"-\" is never.\n" +
		"# Whatever the role, nothing is allowed outside the scope.\n\n" + m.Text() + "\nsettings, the default first\n"
	for _, s := range m.Switches {
		text += s.Key + ": " + strings.Join(s.Values, ", ") + "\n"
	}
	return text
}

// The permission matrix is data, and is what the rules say (G57).
func TestMatrix(t *testing.T) {
	got := matrixOf(t, builtIn(t))
	if *update {
		require.NoError(t, os.WriteFile(matrixFile, []byte(got), 0o644))
	}
	want, err := os.ReadFile(matrixFile)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "the rules have changed: see what differs, then run with -update")
}
