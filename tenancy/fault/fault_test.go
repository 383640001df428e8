package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

var sentinels = []*fault.Error{
	fault.NotFound, fault.Denied, fault.Conflict, fault.Stale, fault.Invalid, fault.NoScope, fault.NoSite, fault.NoMember,
	fault.UnknownHost, fault.Proof, fault.Reference, fault.ReadOnly, fault.Root,
}

func TestErrorSaysFieldValueAndRule(t *testing.T) {
	for want, err := range map[string]error{
		"":                               &fault.Error{},
		"must not be empty (name_empty)": fault.New("name_empty", "must not be empty"),
		"bad_proof (bad_proof)":          fault.New(fault.CodeProof, ""),
		"no code":                        &fault.Error{Rule: "no code"},
		`end "10:00": must be later (end_before)`:   fault.Input("end_before", "end", "10:00", "must be later"),
		"start: must be given (start_missing)":      fault.Input("start_missing", "start", "", "must be given"),
		`name "a\"b\n\x00": no (x)`:                 fault.Input("x", "name", "a\"b\n\x00", "no"),
		"not yours (condition_own)":                 fault.Deny("condition_own", "not yours"),
		"project \"p\": not found (not_found)":      fault.NotFound.On("project", "p"),
		"project: not found (not_found)":            fault.NotFound.On("project", ""),
		"action \"x\": unheard of (unknown_action)": fault.Deny("unknown_action", "unheard of").On("action", "x"),
		"already taken (conflict)":                  fault.Conflict.Because(errors.New("UNIQUE stint_clients")),
	} {
		assert.Equal(t, want, err.Error())
	}
}

func TestErrorNeverSaysItsCause(t *testing.T) {
	const secret = "duplicate key (Umbrella Corp)"
	for _, e := range append(sentinels, fault.Input("x", "f", "v", "r"), fault.Deny("x", "r"), fault.New("", "")) {
		err := e.Because(errors.New(secret))
		for _, text := range []string{err.Error(), fmt.Sprint(err), fmt.Sprintf("%v %s %q", err, err, err), err.On("f", "v").Error()} {
			assert.NotContains(t, text, "Umbrella")
		}
		assert.EqualError(t, errors.Unwrap(err), secret, "but logs can have it")
	}
}

func TestErrorsAreComparedByCode(t *testing.T) {
	cause := errors.New("cause")
	for i, e := range sentinels {
		for j, other := range sentinels {
			assert.Equal(t, i == j, errors.Is(e.On("f", "v").Because(cause), other), "%s, %s", e.Code, other.Code)
		}
		assert.ErrorIs(t, fmt.Errorf("wrapped: %w", e), e)
		assert.ErrorIs(t, e.Because(cause), cause)
		assert.Equal(t, e.Code, fault.CodeOf(fmt.Errorf("wrapped: %w", errors.Join(cause, e))))
	}
	for _, err := range []error{fault.Input("end_before_start", "end", "", ""), fault.Input("x", "", "", "").On("f", "v")} {
		assert.ErrorIs(t, err, fault.Invalid, "every rule about a field")
		assert.NotErrorIs(t, err, fault.Denied)
	}
	assert.ErrorIs(t, fault.Deny("archived", ""), fault.Denied)
	assert.NotErrorIs(t, fault.NotFound, cause)

	var e *fault.Error
	require.ErrorAs(t, fmt.Errorf("wrapped: %w", fault.Deny("archived", "it is")), &e)
	assert.Equal(t, "archived", e.Reason)
}

func TestCodeAndReasonOfWhatIsNoneOfOurs(t *testing.T) {
	for _, err := range []error{nil, errors.New("x"), fmt.Errorf("x: %w", errors.New("y"))} {
		assert.Empty(t, fault.CodeOf(err))
		assert.Empty(t, fault.ReasonOf(err))
	}
	assert.Empty(t, fault.ReasonOf(fault.NotFound))
	assert.Equal(t, "archived", fault.ReasonOf(fmt.Errorf("x: %w", fault.Deny("archived", ""))))
	// The first in the chain counts.
	assert.Equal(t, fault.CodeStale, fault.CodeOf(fault.Stale.Because(fault.NotFound)))
}

func TestOnAndBecauseLeaveTheSentinelAlone(t *testing.T) {
	before := *fault.NotFound
	_ = fault.NotFound.On("project", "p").Because(errors.New("x"))
	assert.Equal(t, before, *fault.NotFound)
	e := fault.Deny("archived", "it is").On("project", "p")
	assert.Equal(t, fault.Error{Code: fault.CodeDenied, Reason: "archived", Rule: "it is", Field: "project", Value: "p"}, *e)
}

func TestValuesAreCutAtCharacters(t *testing.T) {
	for given, want := range map[string]string{
		"":                             "",
		strings.Repeat("a", 80):        strings.Repeat("a", 80),
		strings.Repeat("a", 81):        strings.Repeat("a", 80) + "…",
		strings.Repeat("ü", 80):        strings.Repeat("ü", 80),
		strings.Repeat("日", 5000):      strings.Repeat("日", 80) + "…",
		strings.Repeat("a", 79) + "😀b": strings.Repeat("a", 79) + "😀…",
		"a\xffb":                       "a\uFFFDb",
	} {
		for _, e := range []*fault.Error{fault.Input("x", "f", given, "r"), fault.NotFound.On("f", given)} {
			assert.Equal(t, want, e.Value)
			assert.True(t, utf8.ValidString(e.Error()))
		}
	}
}
