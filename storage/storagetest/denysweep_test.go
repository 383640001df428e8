package storagetest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/memory"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// useCasesOf returns the use cases that a package exports: its functions, and
// the methods of Book, that take a context first.
func useCasesOf(t *testing.T, folder, name string) (all []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(folder), "*.go"))
	require.NoError(t, err)
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			if fn, is := decl.(*ast.FuncDecl); is && isUseCase(fn) {
				owner := name
				if fn.Recv != nil {
					owner = "Book"
				}
				all = append(all, owner+"."+fn.Name.Name)
			}
		}
	}
	return all
}

func isUseCase(fn *ast.FuncDecl) bool {
	params := fn.Type.Params.List
	if !fn.Name.IsExported() || len(params) == 0 {
		return false
	}
	if fn.Recv != nil {
		if of, is := fn.Recv.List[0].Type.(*ast.Ident); !is || of.Name != "Book" {
			return false
		}
	}
	first, is := params[0].Type.(*ast.SelectorExpr)
	return is && first.Sel.Name == "Context"
}

// inMemory opens a store in memory.
func inMemory(t testing.TB, c Config) storage.DB {
	t.Helper()
	db, err := memory.Open(memory.Config(c))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// Every use case is in the table of the sweep, and nothing else.
func TestDenySweepKnowsEveryUseCase(t *testing.T) {
	t.Run("G57 the deny sweep calls every use case", func(t *testing.T) {
		exported := append(useCasesOf(t, "tenancy/admin", "admin"), useCasesOf(t, "timesheet", "timesheet")...)
		require.Greater(t, len(exported), 35, "the packages are there")
		w := NewWorld(t, inMemory)
		w.spare(t)
		swept := []string{"admin.Bootstrap"} // which denySweepRoot calls
		for _, u := range w.useCases(t) {
			swept = append(swept, u.name)
		}
		for _, u := range w.rootCases() {
			swept = append(swept, u.name)
		}
		for _, name := range exported {
			assert.Contains(t, swept, name, "is a use case that the sweep does not call")
		}
		for _, name := range swept {
			assert.Contains(t, exported, name, "is swept, and is no use case")
		}
	})
}

// observed is a test that may fail without failing the one that observes it.
type observed struct {
	testing.TB
	failed bool
}

func (o *observed) Helper()               {}
func (o *observed) Errorf(string, ...any) { o.failed = true }
func (o *observed) FailNow()              { runtime.Goexit() }

// fails reports whether a test does.
func fails(t testing.TB, test func(t testing.TB)) bool {
	o, done := &observed{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		test(o)
	}()
	<-done
	return o.failed
}

// A store that judges by other rules than the matrix shows is found.
func TestDenySweepFindsWrongAnswers(t *testing.T) {
	privileged := func(action access.Action, is bool) func(c *access.Catalogue) {
		return func(c *access.Catalogue) {
			c.Actions = slices.Clone(c.Actions)
			for i := range c.Actions {
				if c.Actions[i].Name == action {
					c.Actions[i].Privileged = is
				}
			}
		}
	}
	grants := func(role string, action access.Action) func(c *access.Catalogue) {
		return func(c *access.Catalogue) {
			c.Roles = append(c.Roles, access.Role{Name: role, Grants: access.Allow(access.Unconditionally(), action)})
		}
	}
	for name, wrong := range map[string]func(c *access.Catalogue){
		"one that is right":               func(*access.Catalogue) {},
		"members remove everybody's time": grants(access.MemberRole, timesheet.RemoveEntry),
		"a guest adds tags":               grants(access.Guest, timesheet.CreateTag),
		"a denial is not in the log":      privileged(timesheet.AddTeam, false),
		"the log says what it should not": privileged(timesheet.CreateTask, true),
		"a manager does not make tasks":   regrant(access.ProjectManager, timesheet.CreateTask, func(g *access.Grant) { g.When = access.When(access.Bound | access.Public) }),
	} {
		t.Run("G57 G49 "+name, func(t *testing.T) {
			business := timesheet.Catalogue()
			wrong(&business)
			business.Claims = nil
			policy, err := access.Compile(admin.Catalogue(), business, expenses())
			require.NoError(t, err)
			w := NewWorld(t, func(t testing.TB, c Config) storage.DB {
				c.Policy = policy // and not the one that the world goes by
				return inMemory(t, c)
			})
			require.Equal(t, name != "one that is right", fails(t, func(t testing.TB) { denySweep(t, w) }))
		})
	}
}
