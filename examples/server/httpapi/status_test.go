package httpapi

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

func TestStatus(t *testing.T) {
	want := map[fault.Code]int{
		fault.CodeInvalid: 422, fault.CodeReference: 422,
		fault.CodeNotFound: 404, fault.CodeDenied: 403, fault.CodeNoMember: 403, fault.CodeReadOnly: 403, fault.CodeRoot: 403,
		fault.CodeConflict: 409, fault.CodeStale: 412, fault.CodeUnknownHost: 421,
		fault.CodeNoScope: 400, fault.CodeNoSite: 400, CodeNobody: 401, fault.CodeProof: 500,
		fault.CodeBusy: 503, fault.CodeStorage: 500, fault.CodeNotMigrated: 500, fault.CodeClosed: 500,
	}
	for code, status := range want {
		err := fault.New(code, "rule")
		assert.Equal(t, status, Status(err), code)
		assert.Equal(t, status, Status(fmt.Errorf("around it: %w", err)), code)
	}
	for _, code := range codesOf(t, "../../../tenancy/fault/fault.go") {
		assert.Contains(t, want, code, "every code of package fault has a line in the table")
	}
	assert.Equal(t, 422, Status(fault.Input("end_before_start", "end", "x", "rule")), "every rule about a field")
	assert.Equal(t, 500, Status(errors.New("disk full")))
	assert.Equal(t, 500, Status(nil), "no error has no status")
}

// What goes wrong inside is not told outside.
func TestProblemHidesInternals(t *testing.T) {
	for _, err := range []error{errors.New("password=hunter2"), fault.Proof.Because(errors.New("password=hunter2"))} {
		p := NewProblem(err)
		assert.Equal(t, 500, p.Status)
		assert.Equal(t, "internal", p.Code)
		assert.NotContains(t, fmt.Sprint(*p), "hunter2")
	}
	denied := NewProblem(fault.Deny("archived", "it is archived").On("action", "entry.track"))
	assert.Equal(t, "archived", denied.Reason)
	assert.NotContains(t, NewProblem(fault.Conflict.Because(errors.New("hunter2"))).Detail, "hunter2")
}

// codesOf returns the values of the Code constants that a file declares.
func codesOf(t *testing.T, path string) (codes []fault.Code) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || fmt.Sprint(spec.Type) != "Code" || len(spec.Values) != 1 {
			return true
		}
		if text, ok := spec.Values[0].(*ast.BasicLit); ok {
			value, err := strconv.Unquote(text.Value)
			require.NoError(t, err)
			codes = append(codes, fault.Code(value))
		}
		return true
	})
	require.NotEmpty(t, codes)
	return codes
}
