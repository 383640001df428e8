package access

import (
	"slices"
	"strings"

	"github.com/seed-5be203e9/stint/access/internal/reason"
	"github.com/seed-5be203e9/stint/tenancy"
)

// Principal says who calls. What it may do is looked up in the transaction that
// acts. The zero Principal is nobody.
//
// A principal can be attenuated, for tokens: ReadOnly, AtSite and Only take
// rights away and never give any. What it lacks is denied with the reason
// "token_scope".
type Principal struct{ id Identity }

// ByAccount is the principal that signed in as an account.
func ByAccount(id tenancy.AccountID) Principal { return Principal{Identity{Account: id}} }

// ByRef is the principal that the host program knows by its own id of a user:
// the Ref of a membership in the domain of the scope.
func ByRef(ref string) Principal { return Principal{Identity{Ref: ref}} }

// ByMember is the person of one domain, for hosts that keep membership ids.
func ByMember(id tenancy.MembershipID) Principal { return Principal{Identity{Member: id}} }

// Systemic acts without a person. Use package system, which is the only one
// that can make the argument.
func Systemic(why reason.Reason) Principal { return Principal{Identity{System: why.Text}} }

// ReadOnly returns the principal without the right to write anything.
func (p Principal) ReadOnly() Principal {
	p.id.ReadOnly = true
	return p
}

// AtSite returns the principal without rights beyond one site. Of two sites
// nothing is left.
func (p Principal) AtSite(site tenancy.SiteID) Principal {
	if p.id.Narrowed && p.id.Site != site {
		site = tenancy.SiteID{}
	}
	p.id.Site, p.id.Narrowed = site, true
	return p
}

// Only returns the principal without the right to anything but these actions.
// Said twice, what both say is left.
func (p Principal) Only(actions ...Action) Principal {
	left := make([]string, 0, len(actions))
	for _, a := range actions {
		if !p.id.Limited || slices.Contains(p.id.Actions(), a) {
			left = append(left, string(a))
		}
	}
	slices.Sort(left)
	p.id.Limited, p.id.Only = true, strings.Join(slices.Compact(left), " ")
	return p
}

// Identity is a principal as a store needs it: exactly one of Account, Ref,
// Member and System is set, or none for nobody. It is comparable, so a store
// can use it as the key of a cache.
type Identity struct {
	Account tenancy.AccountID
	Ref     string
	Member  tenancy.MembershipID
	System  string

	ReadOnly bool
	Narrowed bool           // to Site; a zero Site is none
	Site     tenancy.SiteID // opens no other
	Limited  bool           // to the actions Only
	Only     string         // their names, sorted, with spaces between
}

// Identity returns the principal for a store.
func (p Principal) Identity() Identity { return p.id }

// Actions returns the actions that a limited principal is limited to.
func (id Identity) Actions() []Action {
	var all []Action
	for name := range strings.FieldsSeq(id.Only) {
		all = append(all, Action(name))
	}
	return all
}

// In returns the scope that the principal opens when it asks for one: narrower
// if it is limited to a site. It is the zero Scope, which opens nothing, if the
// two have nothing in common.
func (id Identity) In(in tenancy.Scope) tenancy.Scope {
	if id.Narrowed {
		return in.At(id.Site)
	}
	return in
}
