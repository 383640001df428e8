// Package system is the one way to act without a person: for jobs, imports at
// installation time, and repair. It is a package of its own so that its imports
// show who uses it.
//
// A system principal may do everything inside the scope it is given, and its
// reason lands in every event that it writes.
package system

import (
	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/internal/reason"
)

// constant keeps reasons to constants of the program: a caller outside this
// package can pass an untyped constant and nothing else, so no reason is made
// of data.
type constant string

// Because returns a principal that acts for a constant reason, such as
// system.Because("nightly expiry"). An empty reason is nobody.
func Because(why constant) access.Principal {
	return access.Systemic(reason.Reason{Text: string(why)})
}
