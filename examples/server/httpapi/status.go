package httpapi

import (
	"errors"
	"net/http"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// CodeNobody is the code of ErrNobody.
const CodeNobody fault.Code = "not_signed_in"

// ErrNobody is the answer of Config.Who when nobody is signed in.
var ErrNobody = fault.New(CodeNobody, "sign in first")

// Status returns the HTTP status of an error: the one table from codes to
// statuses. An error that it does not know is the server's own, and 500.
func Status(err error) int {
	switch fault.CodeOf(err) {
	case fault.CodeNoScope, fault.CodeNoSite:
		return http.StatusBadRequest
	case CodeNobody:
		return http.StatusUnauthorized
	case fault.CodeDenied, fault.CodeNoMember, fault.CodeReadOnly, fault.CodeRoot:
		return http.StatusForbidden
	case fault.CodeNotFound:
		return http.StatusNotFound
	case fault.CodeConflict:
		return http.StatusConflict
	case fault.CodeStale:
		return http.StatusPreconditionFailed
	case fault.CodeUnknownHost:
		return http.StatusMisdirectedRequest
	case fault.CodeReference:
		return http.StatusUnprocessableEntity
	case fault.CodeBusy:
		return http.StatusServiceUnavailable
	case fault.CodeProof, fault.CodeStorage, fault.CodeNotMigrated, fault.CodeClosed: // of this program, not of the request
		return http.StatusInternalServerError
	}
	if errors.Is(err, fault.Invalid) { // every rule about a field
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}
