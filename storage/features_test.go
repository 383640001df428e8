package storage_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FEATURES.md promises tests by name; a test that was renamed or removed would
// leave an empty promise.
func TestFeaturesNameTestsThatExist(t *testing.T) {
	text, err := os.ReadFile("../FEATURES.md")
	require.NoError(t, err)
	row := regexp.MustCompile(`(?m)^\| ([TJGW][0-9]+) \|[^|]*\|([^|]*)\|$`)
	group := regexp.MustCompile("((?:`[^`]+`(?:, )?)+): ((?:\"[^\"]+\"(?:, )?)+)")
	quoted := regexp.MustCompile(`"([^"]+)"`)
	folder := regexp.MustCompile("`([^`]+)`")
	rows := row.FindAllStringSubmatch(string(text), -1)
	require.NotEmpty(t, rows)
	for _, r := range rows {
		groups := group.FindAllStringSubmatch(r[2], -1)
		require.NotEmpty(t, groups, "row %s names no test", r[1])
		for _, g := range groups {
			for _, in := range folder.FindAllStringSubmatch(g[1], -1) {
				source := tests(t, in[1])
				for _, name := range quoted.FindAllStringSubmatch(g[2], -1) {
					require.True(t, strings.Contains(source, `"`+name[1]), "row %s: %s has no test %q", r[1], in[1], name[1])
				}
			}
		}
	}
}

// tests returns the sources of a folder in which its tests are named.
func tests(t *testing.T, folder string) string {
	t.Helper()
	pattern := "*_test.go"
	switch folder {
	case "storage/storagetest":
		pattern = "*.go" // the suite is a package of its own
	case "access/testdata/rules":
		pattern = "*.txt" // sentences, each tested under its heading
	}
	files, err := filepath.Glob(filepath.Join("..", folder, pattern))
	require.NoError(t, err)
	var all strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		all.WriteString(strings.ReplaceAll(string(text), "\n# ", "\n\""))
	}
	return all.String()
}
