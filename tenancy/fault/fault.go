// Package fault holds the errors that every floor of Stint speaks.
//
// There is one type, [Error]. It carries a stable [Code] for programs, and for
// people the field, the value and the rule that the value broke. Errors are
// compared by code:
//
//	if errors.Is(err, fault.NotFound) { … }
//
// An error never holds anything of a tenant other than the caller's own: it
// repeats what the caller gave, and says no more about what is stored.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Code is a stable name of a kind of error. Codes are part of the API: they
// are added, never renamed.
type Code string

// The codes that are not tied to one field. A rule about a field has a code of
// its own, such as "end_before_start"; the function that returns it says so.
const (
	CodeInvalid     Code = "invalid"          // a value breaks a rule
	CodeNotFound    Code = "not_found"        // unknown, not visible, or of another domain: the same answer
	CodeDenied      Code = "denied"           // visible, but this may not be done; Reason says why
	CodeConflict    Code = "conflict"         // a unique value is taken
	CodeStale       Code = "version_conflict" // the row changed since it was read
	CodeNoScope     Code = "no_scope"         // a zero Scope was used
	CodeNoSite      Code = "site_required"    // the scope names no site and one is needed
	CodeNoMember    Code = "no_membership"    // the principal is nobody in this domain
	CodeUnknownHost Code = "unknown_host"     // no site answers to this hostname
	CodeProof       Code = "bad_proof"        // a filter or permit that is zero, foreign or finished
	CodeReference   Code = "bad_reference"    // a row names another that does not exist in its domain
	CodeReadOnly    Code = "read_only"        // a write through a handle or token that only reads
	CodeRoot        Code = "root_is_admin_only"
	CodeBusy        Code = "busy"         // others write, or change roles, for longer than this waits
	CodeNotMigrated Code = "not_migrated" // the database has no schema of Stint's, or an older one
	CodeClosed      Code = "closed"       // the store is closed
	CodeStorage     Code = "storage"      // anything else that a database says; errors.Unwrap has its own error
)

// Sentinels for errors.Is. They match every error with the same code.
var (
	NotFound    = New(CodeNotFound, "not found")
	Denied      = New(CodeDenied, "denied")
	Conflict    = New(CodeConflict, "already taken")
	Stale       = New(CodeStale, "changed since it was read")
	Invalid     = New(CodeInvalid, "invalid")
	NoScope     = New(CodeNoScope, "no scope: resolve one with a tenancy.Resolver")
	NoSite      = New(CodeNoSite, "this needs a site: narrow the scope with At")
	NoMember    = New(CodeNoMember, "not a member of this domain")
	UnknownHost = New(CodeUnknownHost, "no site answers to this hostname")
	Proof       = New(CodeProof, "this filter or permit is not from this transaction")
	Reference   = New(CodeReference, "names something that does not exist here")
	ReadOnly    = New(CodeReadOnly, "read only")
	Root        = New(CodeRoot, "the root domain is for administration only")
)

// Error is every error that Stint returns on purpose. The zero value is an
// error without a code; use the constructors.
type Error struct {
	Code   Code   // stable, for programs
	Field  string // the field at fault, as the API spells it; may be empty
	Value  string // the value the caller gave, cut to a readable length; may be empty
	Rule   string // what would be right, for people
	Reason string // for denials: the stable reason code of the rule that decided
	Cause  error  // what lies below, for logs; never shown by Error

	input bool // made by Input: whatever its code, it is Invalid too
}

// New returns an error with a code and a rule in words.
func New(code Code, rule string) *Error { return &Error{Code: code, Rule: rule} }

// Input returns an error about one field: the value that was given and the
// rule it breaks. Its code is the rule's own, for example "end_before_start";
// errors.Is(err, [Invalid]) holds for all of them.
func Input(code Code, field, value, rule string) *Error {
	return &Error{Code: code, Field: field, Value: clip(value), Rule: rule, input: true}
}

// Deny returns a denial with the stable reason code of what decided.
func Deny(reason, rule string) *Error {
	return &Error{Code: CodeDenied, Reason: reason, Rule: rule}
}

// Because returns a copy of e that wraps cause.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// On returns a copy of e that names a field and the value given for it.
func (e *Error) On(field, value string) *Error {
	c := *e
	c.Field, c.Value = field, clip(value)
	return &c
}

// Error says field, value and rule in one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Field != "" {
		b.WriteString(e.Field)
		if e.Value != "" {
			fmt.Fprintf(&b, " %q", e.Value)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Rule)
	if e.Rule == "" {
		b.WriteString(string(e.Code))
	}
	switch {
	case e.Reason != "":
		fmt.Fprintf(&b, " (%s)", e.Reason)
	case e.Code != "":
		fmt.Fprintf(&b, " (%s)", e.Code)
	}
	return b.String()
}

// Is reports whether target is an *Error with the same code, so that the
// sentinels of this package match; what Input made is Invalid as well.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && (t.Code == e.Code || e.input && t.Code == CodeInvalid)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// CodeOf returns the code of the first *Error in err's chain, or "" if there
// is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// ReasonOf returns the reason of the first *Error in err's chain, or "".
func ReasonOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return ""
}

func clip(s string) string {
	const most = 80
	r := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return string(r)
}
