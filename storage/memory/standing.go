package memory

import (
	"bytes"
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// standing looks up who a principal is in the domain, and what bears on what it
// may do there.
func (h *tenant) standing(id access.Identity, in tenancy.Scope) (access.Standing, error) {
	st := access.Standing{
		Scope: in, System: id.System, ReadOnly: id.ReadOnly, Narrowed: id.Narrowed, Limited: id.Limited, Only: id.Actions(), Off: h.off,
	}
	for _, v := range h.settings.rows {
		st.Settings = append(st.Settings, *v)
	}
	if id.System != "" {
		return st, nil
	}
	m := h.member(id)
	if m == nil || m.Status != tenancy.Active {
		return access.Standing{}, fault.NoMember
	}
	st.Account, st.Member = m.Account, m.ID
	st.Bindings = h.bound(func(b access.Binding) bool {
		return b.Subject.Everyone || b.Subject.Member == m.ID || h.in(b.Subject.Group, m.ID)
	})
	named := map[access.CustomRoleID]bool{}
	for _, b := range st.Bindings {
		if r := h.roles.rows[b.Custom]; r != nil && !named[r.ID] {
			named[r.ID] = true
			st.Custom = append(st.Custom, *r)
		}
	}
	return st, nil
}

// member returns the person that an identity names, or nil.
func (h *tenant) member(id access.Identity) *tenancy.Membership {
	switch {
	case !id.Account.IsZero():
		return h.members.like("account", tenancy.Membership{Account: id.Account})
	case id.Ref != "":
		return h.members.like("ref", tenancy.Membership{Ref: id.Ref})
	}
	return h.members.rows[id.Member]
}

// in reports whether a person is in a group.
func (h *tenant) in(group access.GroupID, person tenancy.MembershipID) bool {
	return h.inGroups.like("person", access.GroupMember{Group: group, Member: person}) != nil
}

// bound returns the bindings that a test picks, whenever they hold. They are in
// order of id, so that what names one of several always names the same.
func (h *tenant) bound(pick func(access.Binding) bool) []access.Binding {
	var all []access.Binding
	for _, b := range h.bindings.rows {
		if pick(*b) {
			all = append(all, *b)
		}
	}
	slices.SortFunc(all, func(a, b access.Binding) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return all
}
