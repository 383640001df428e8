package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Problem is the body of every error, as application/problem+json (RFC 9457).
type Problem struct {
	huma.ErrorModel
	Code   string `json:"code" doc:"Stable, for programs"`
	Reason string `json:"reason,omitempty" doc:"For denials: the stable code of the rule that decided"`
	// Missing is a list as /api/explain has it; a denial knows the shortest way.
	Missing []string `json:"missing,omitempty" doc:"For denials for want of facts: what it would take, as manager or own+!shared"`
}

// NewProblem says an error to the caller: its code, field, value and rule. Of
// an error that is the server's own it says nothing.
func NewProblem(err error) *Problem {
	status := Status(err)
	p := &Problem{ErrorModel: huma.ErrorModel{Status: status, Title: http.StatusText(status)}}
	e, known := errors.AsType[*fault.Error](err)
	if !known || status == http.StatusInternalServerError {
		p.Code, p.Detail = "internal", "something went wrong on our side; it has been noted"
		return p
	}
	p.Code, p.Reason, p.Detail = string(e.Code), e.Reason, e.Error()
	if facts, lack := strings.CutPrefix(e.Reason, "condition_"); lack {
		p.Missing = []string{strings.ReplaceAll("+"+facts, "+not_", "+!")[1:]}
	}
	if e.Field != "" {
		p.Errors = []*huma.ErrorDetail{{Location: e.Field, Message: e.Rule, Value: e.Value}}
	}
	return p
}

// problem answers an error, and logs it if it is the server's own.
func (a *api) problem(ctx context.Context, operation string, err error) error {
	p := NewProblem(err)
	if p.Status == http.StatusInternalServerError && ctx.Err() == nil {
		a.Log.ErrorContext(ctx, "request failed", "operation", operation, "error", err)
	}
	return p
}

// unknown answers what no operation does.
func (a *api) unknown(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusNotFound)
	_ = json.NewEncoder(w).Encode(NewProblem(fault.NotFound.On("path", r.URL.Path)))
}

// ownProblem gives the errors that huma finds in a request a code as well.
func ownProblem(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	code := string(fault.CodeInvalid)
	if m.Status != http.StatusUnprocessableEntity {
		code = strings.ReplaceAll(strings.ToLower(http.StatusText(m.Status)), " ", "_")
	}
	return &Problem{ErrorModel: *m, Code: code}, nil
}

func problemResponse(schemas huma.Registry) *huma.Response {
	schema := schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{
		Description: "What went wrong, in one shape",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
	}
}
