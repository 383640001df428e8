package storage_test

import (
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/seed-5be203e9/stint"

// layer is what one package may import, and why. A name that ends in "/..."
// stands for a package and those below it.
type layer struct {
	floor float64
	may   string // packages of the module and others, separated by spaces
	not   string // packages of the standard library that it must not import
	why   string
}

// pure is what floors 0 to 2 never import: they compute and declare, and leave
// storing, serving and testing to others.
const pure = "testing testing/... database/sql database/sql/... net/http net/http/... os os/... log log/... embed"

// layers is the architecture: every package of the module, what it may import
// of the module and of others, and why. Arrows point downwards only. The
// standard library is free, but for what is said.
var layers = map[string]layer{
	"tenancy/fault":           {0, "", pure, "errors are spoken on every floor, so they stand on nothing"},
	"tenancy":                 {0, "tenancy/fault github.com/google/uuid golang.org/x/net/idna golang.org/x/text/...", pure, "ids, names and hostnames need the Unicode tables"},
	"access/internal/reason":  {1, "", pure, "the key to acting without a person"},
	"access":                  {1, "access/internal/reason tenancy tenancy/fault", pure, "decides about people in domains, and knows no kind of thing"},
	"access/system":           {1, "access access/internal/reason", pure, "the one door to acting without a person"},
	"tenancy/admin":           {1.5, "access access/system tenancy tenancy/fault", pure, "use cases under permits; bootstrap acts without a person"},
	"timesheet/zone":          {2, "tenancy/fault", pure, "days and zones are pure"},
	"timesheet":               {2, "access tenancy tenancy/admin tenancy/fault timesheet/zone", pure, "use cases under permits, without a store; who may do what to time is told by its people"},
	"timesheet/report":        {2, "access tenancy tenancy/fault timesheet timesheet/zone", pure, "sums of slices"},
	"timesheet/exchange":      {2, "access tenancy tenancy/admin tenancy/fault timesheet timesheet/report timesheet/zone golang.org/x/text/...", pure, "formats of the standard library; a heavy one is a leaf package"},
	"storage":                 {3, "access tenancy tenancy/admin tenancy/fault timesheet timesheet/report timesheet/zone", pure, "composes what the packages below ask of a store; stands on no database"},
	"storage/memory":          {4, "storage access tenancy tenancy/admin tenancy/fault timesheet timesheet/report timesheet/zone", "testing testing/... database/sql database/sql/... net/http", "the oracle: shares no code with the SQL stores"},
	"storage/internal/pgtest": {3.5, "github.com/jackc/pgx/v5/... github.com/ory/dockertest/v3/... github.com/stretchr/testify/...", "", "how tests get a PostgreSQL; knows nothing of Stint"},
	"storage/internal/bunstore": {3.5, "storage access tenancy tenancy/admin tenancy/fault timesheet timesheet/report timesheet/zone " +
		"github.com/uptrace/bun/... github.com/google/uuid", "testing testing/... net/http", "every statement, once, through bun; no driver, so that one store does not bring the other's"},
	"storage/internal/stmtcheck": {3.5, "storage github.com/jackc/pgx/v5/...", "", "lets tests see every statement on its way to a driver"},
	"storage/sqlite": {4, "storage storage/internal/bunstore access tenancy tenancy/fault timesheet/zone " +
		"github.com/uptrace/bun/... modernc.org/sqlite/...", "testing testing/... net/http", "opens a file, and brings dialect and migrations"},
	"storage/postgres": {4, "storage storage/internal/bunstore access tenancy tenancy/fault timesheet/zone " +
		"github.com/uptrace/bun/... github.com/jackc/pgx/v5/... github.com/google/uuid", "testing testing/... net/http", "opens a pool, and brings dialect and migrations"},
	"storage/storagetest": {4, "storage access access/system tenancy tenancy/admin tenancy/fault timesheet timesheet/report timesheet/zone " +
		"github.com/stretchr/testify/... modernc.org/sqlite pgregory.net/rapid", "net/http", "the contract as tests, for every store and for hosts; a host's own table is one of SQLite in memory, and random worlds shrink"},
	"examples/embed":  {5, everything + " storage/memory storage/sqlite storage/postgres", "testing", "a program that embeds the SDK"},
	"examples/policy": {5, everything + " storage/sqlite github.com/uptrace/bun/...", "testing", "a program that adds a kind of its own to the rules"},
	"examples/server": {5, everything + " storage/sqlite storage/postgres timesheet/exchange examples/server/httpapi examples/server/intake examples/server/web " +
		"github.com/schollz/progressbar/v3 golang.org/x/term", "testing database/sql", "puts the reference server together: flags, terminal, files"},
	"examples/server/httpapi": {5, everything + " timesheet/exchange github.com/danielgtaylor/huma/v2/...", "testing database/sql", "handlers of a few lines, on any store"},
	"examples/server/intake":  {5, everything + " timesheet/exchange", "testing database/sql net/http", "one file, one transaction, for the command line and the page"},
	"examples/server/web": {5, everything + " timesheet/exchange examples/server/httpapi examples/server/intake " +
		"github.com/alexedwards/argon2id github.com/alexedwards/scs/v2 golang.org/x/text/...", "testing database/sql", "pages, on any store"},
}

// everything is what a program may use of the public API, without a store.
const everything = "access access/system tenancy tenancy/admin tenancy/fault timesheet timesheet/report timesheet/zone storage"

func (l layer) allows(path string) bool { return among(strings.Fields(l.may), path) }

// among reports whether a list names a path, itself or as a part of "x/...".
func among(list []string, path string) bool {
	path = strings.TrimPrefix(path, module+"/")
	return slices.ContainsFunc(list, func(name string) bool {
		base, below := strings.CutSuffix(name, "/...")
		return path == base || below && strings.HasPrefix(path, base+"/")
	})
}

// source is a package as it lies in the module.
type source struct {
	imports []string // of its files that are not tests, for any system
	doc     bool
	tests   bool // it has test files only
}

// sources reads every package of the module, other modules inside it left out.
func sources(t *testing.T) map[string]source {
	t.Helper()
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	all := map[string]source{}
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			_, missing := os.Stat(filepath.Join(path, "go.mod"))
			if path != root && (missing == nil || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		s, known := all[pkg]
		if !known {
			s.tests = true
		}
		if !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
			if err != nil {
				return err
			}
			s.tests = false
			s.doc = s.doc || file.Doc.Text() != ""
			for _, i := range file.Imports {
				imported, err := strconv.Unquote(i.Path.Value)
				if err != nil {
					return err
				}
				s.imports = append(s.imports, imported)
			}
		}
		all[pkg] = s
		return nil
	}))
	require.Greater(t, len(all), 10, "the module is here")
	return all
}

// Every package imports what the table allows, and is in the table.
func TestLayers(t *testing.T) {
	for pkg, s := range sources(t) {
		if s.tests {
			continue
		}
		l, known := layers[pkg]
		if !assert.True(t, known, "%s is not in the table of layers: say what it may import, and why", pkg) {
			continue
		}
		for _, path := range s.imports {
			if standard(path) {
				assert.False(t, among(strings.Fields(l.not), path), "%s (floor %v: %s) must not import %s", pkg, l.floor, l.why, path)
			} else {
				assert.True(t, l.allows(path), "%s (floor %v: %s) must not import %s", pkg, l.floor, l.why, path)
			}
		}
	}
}

// The table itself keeps the rules: arrows point downwards, the lower floors
// stand on little, and each row has a reason.
func TestLayersTable(t *testing.T) {
	for pkg, l := range layers {
		assert.NotEmpty(t, l.why, pkg)
		for _, path := range strings.Fields(l.may) {
			below, ours := layers[path]
			if ours {
				assert.LessOrEqual(t, below.floor, l.floor, "%s may import %s, which is above it", pkg, path)
				continue
			}
			require.Contains(t, path, ".", "%s: %s is neither a row of the table nor another module", pkg, path)
			if l.floor <= 2 {
				assert.Contains(t, []string{"github.com/google/uuid", "golang.org/x/net/idna", "golang.org/x/text/..."}, path, pkg)
			}
			if l.floor == 3 {
				assert.Fail(t, "the contract stands on no other module", path)
			}
		}
		if l.floor <= 3 {
			for _, path := range []string{"testing", "database/sql", "net/http", "net/http/httptest"} {
				assert.True(t, among(strings.Fields(l.not), path), "%s may import %s", pkg, path)
			}
		}
	}
	assert.True(t, among([]string{"a/..."}, "a/b/c") && among([]string{"a/..."}, "a") && !among([]string{"a/..."}, "ab") && !among([]string{"a"}, "a/b"))
}

// No import goes round in a circle on one floor either; the compiler sees to
// that for packages, and this for the table.
func TestLayersHaveNoCircle(t *testing.T) {
	var walk func(pkg string, path []string)
	walk = func(pkg string, path []string) {
		require.NotContains(t, path, pkg, "a circle")
		for _, next := range strings.Fields(layers[pkg].may) {
			if _, ours := layers[next]; ours {
				walk(next, append(slices.Clone(path), pkg))
			}
		}
	}
	for pkg := range layers {
		walk(pkg, nil)
	}
}

// Every package says what it is for.
func TestPackagesAreDocumented(t *testing.T) {
	for pkg, s := range sources(t) {
		if !s.tests {
			assert.True(t, s.doc, "%s has no package comment", pkg)
		}
	}
}

// A program that imports only timesheet compiles no bun and no driver.
func TestTimesheetCompilesNoDriver(t *testing.T) {
	for _, start := range []string{"timesheet", "timesheet/report", "tenancy/admin", "storage"} {
		for _, path := range reach(t, module+"/"+start) {
			for _, heavy := range []string{"bun", "pgx", "sqlite", "lib/pq", "testify", "dockertest"} {
				assert.NotContains(t, strings.Split(path, "/"), heavy, "%s compiles %s", start, path)
			}
			for _, heavy := range []string{"database/sql", "net/http", "testing"} {
				assert.NotEqual(t, heavy, path, "%s compiles %s", start, path)
			}
		}
	}
	// The same walk finds them where they belong.
	assert.Contains(t, reach(t, module+"/storage/storagetest"), "github.com/stretchr/testify/require")
}

// reach returns everything that a package compiles, the standard library's own
// imports left out.
func reach(t *testing.T, start string) []string {
	t.Helper()
	seen := map[string]bool{}
	here, err := filepath.Abs(".")
	require.NoError(t, err)
	var walk func(path, from string)
	walk = func(path, from string) {
		if seen[path] || path == "C" || path == "unsafe" {
			return
		}
		seen[path] = true
		if standard(path) {
			return
		}
		pkg, err := build.Default.Import(path, from, 0)
		require.NoError(t, err, path)
		for _, next := range pkg.Imports {
			walk(next, pkg.Dir)
		}
	}
	walk(start, here)
	return slices.Sorted(maps.Keys(seen))
}

// standard reports whether a path is of the standard library: its first element
// has no dot.
func standard(path string) bool {
	head, _, _ := strings.Cut(path, "/")
	return !strings.Contains(head, ".")
}
