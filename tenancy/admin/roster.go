package admin

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// roster is who holds which role in a domain, at the instant of a transaction.
type roster struct {
	members  []tenancy.Membership // that are active, in order of id
	bindings []access.Binding     // that hold now, in order of id
	groups   map[access.GroupID]access.Group
	people   map[access.GroupID][]tenancy.MembershipID
	custom   []access.CustomRole
	settings []access.SiteSetting
}

// readRoster reads a roster. It is for those who see all of it, in the whole
// domain ("needs_domain", "sees_in_part"): somebody would be missing otherwise.
func readRoster(ctx context.Context, s Reader) (*roster, error) {
	if !s.Scope().Site().IsZero() {
		return nil, fault.Input("needs_domain", "scope", "", "roles are held in the whole domain: open it with Resolver.Whole")
	}
	if err := s.Who().Oversees(ViewMember, ViewBinding, ViewGroup, ViewGroupMember, ViewRole, ViewSetting); err != nil {
		return nil, err
	}
	r := &roster{groups: map[access.GroupID]access.Group{}, people: map[access.GroupID][]tenancy.MembershipID{}}
	all := access.Query{All: true}
	for _, read := range []func() error{
		func() error {
			return each(ctx, s.Members(), s.Who().Sees(ViewMember), all, func(m tenancy.Membership) {
				if m.Status == tenancy.Active {
					r.members = append(r.members, m)
				}
			})
		},
		func() error {
			return each(ctx, s.Bindings(), s.Who().Sees(ViewBinding), all, func(b access.Binding) {
				if b.HoldsAt(s.Now()) {
					r.bindings = append(r.bindings, b)
				}
			})
		},
		func() error {
			return each(ctx, s.Groups(), s.Who().Sees(ViewGroup), all, func(g access.Group) { r.groups[g.ID] = g })
		},
		func() error {
			return each(ctx, s.GroupMembers(), s.Who().Sees(ViewGroupMember), all, func(m access.GroupMember) {
				r.people[m.Group] = append(r.people[m.Group], m.Member)
			})
		},
		func() error {
			return each(ctx, s.Roles(), s.Who().Sees(ViewRole), all, func(c access.CustomRole) { r.custom = append(r.custom, c) })
		},
		func() error {
			return each(ctx, s.Settings(), s.Who().Sees(ViewSetting), all, func(v access.SiteSetting) { r.settings = append(r.settings, v) })
		},
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// subjects returns the people whom a binding is for. Some may not be active.
func (r *roster) subjects(of access.Subject) (all []tenancy.MembershipID) {
	switch {
	case of.Everyone:
		for _, m := range r.members {
			all = append(all, m.ID)
		}
		return all
	case !of.Group.IsZero():
		return r.people[of.Group]
	}
	return []tenancy.MembershipID{of.Member}
}

// groupsOf returns the groups that a person is in.
func (r *roster) groupsOf(person tenancy.MembershipID) (all []access.GroupID) {
	for id, people := range r.people {
		for _, p := range people {
			if p == person {
				all = append(all, id)
			}
		}
	}
	return all
}

// held says where a binding comes from.
func (r *roster) held(b access.Binding) Held {
	return Held{Binding: b, Group: r.groups[b.Subject.Group], Everyone: b.Subject.Everyone}
}
