package access

import (
	"github.com/seed-5be203e9/stint/access/internal/reason"
	"github.com/seed-5be203e9/stint/tenancy"
)

// Principal says who calls. What it may do is looked up in the transaction that
// acts. The zero Principal is nobody.
type Principal struct {
	account  tenancy.AccountID
	ref      string
	member   tenancy.MembershipID
	system   string
	readOnly bool
}

// ByAccount is the principal that signed in as an account.
func ByAccount(id tenancy.AccountID) Principal { return Principal{account: id} }

// ByRef is the principal that the host program knows by its own id of a user:
// the Ref of a membership in the domain of the scope.
func ByRef(ref string) Principal { return Principal{ref: ref} }

// ByMember is the person of one domain, for hosts that keep membership ids.
func ByMember(id tenancy.MembershipID) Principal { return Principal{member: id} }

// Systemic acts without a person. Use package system, which is the only one
// that can make the argument.
func Systemic(why reason.Reason) Principal { return Principal{system: why.Text} }

// ReadOnly returns the principal without the right to write anything, for
// tokens of that scope. Its attempts are denied with the reason "token_scope".
func (p Principal) ReadOnly() Principal {
	p.readOnly = true
	return p
}

// Identity is a principal as a store needs it: exactly one of Account, Ref,
// Member and System is set, or none for nobody.
type Identity struct {
	Account  tenancy.AccountID
	Ref      string
	Member   tenancy.MembershipID
	System   string
	ReadOnly bool
}

// Identity returns the principal for a store. It is comparable, so a store can
// use it as the key of a cache.
func (p Principal) Identity() Identity {
	return Identity{p.account, p.ref, p.member, p.system, p.readOnly}
}
