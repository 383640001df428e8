package admin

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// GrantRole gives a person a role: at the site of the scope, or in the whole
// domain if the scope is not narrowed. A domain administrator is one of the
// whole domain only ("role_needs_domain").
func GrantRole(ctx context.Context, s Store, person tenancy.MembershipID, role string) (access.Binding, error) {
	return Bind(ctx, s, access.Binding{Subject: access.Subject{Member: person}, Role: role, Place: here(s)})
}

// here is the place of the scope.
func here(s Reader) access.Place {
	if site := s.Scope().Site(); !site.IsZero() {
		return access.Place{Kind: access.AtSite, Site: site}
	}
	return access.Place{Kind: access.Everywhere}
}

// Bind gives a person, a group or everyone a role at a place, from an instant
// until another. Subject, Role or Custom, Place, From and Until are read.
// Nobody grants what they do not hold there ("grant_exceeds_own"), and whoever
// works on one site binds there and nowhere else ("needs_domain").
func Bind(ctx context.Context, s Store, b access.Binding) (access.Binding, error) {
	b.ID, b.Version, b.CreatedAt = s.NewID(), 0, s.Now()
	if err := b.Validate(); err != nil {
		return access.Binding{}, err
	}
	root := s.Scope().Domain() == tenancy.RootDomain
	switch {
	case b.Role == access.DomainAdmin && b.Place.Kind != access.Everywhere:
		return access.Binding{}, fault.Input("role_needs_domain", "role", b.Role, "is granted in the whole domain: use a scope that is not narrowed to a site")
	case (b.Role == access.RootAdmin || b.Role == access.RootAuditor) != root:
		return access.Binding{}, fault.Input("unknown_role", "role", b.Role, "is not a role of this domain")
	}
	if err := reaches(s, b.Place.Site); err != nil {
		return access.Binding{}, err
	}
	may, err := s.Who().May(Grant, s.Draft(access.Row{
		Kind: KindBinding, ID: b.ID, Person: b.Subject.Member,
		Site: b.Place.Site, Client: b.Place.Client, Project: b.Place.Project,
	}))
	if err != nil {
		return access.Binding{}, err
	}
	return s.PutBinding(ctx, may, b)
}

// RevokeRole takes a binding away. It counts from the next transaction on.
func RevokeRole(ctx context.Context, s Store, id access.BindingID) error {
	_, r, err := s.Bindings().Get(ctx, s.Who().Sees(ViewBinding), id)
	if err != nil {
		return err
	}
	may, err := s.Who().May(Revoke, r)
	if err != nil {
		return err
	}
	return s.RemoveBinding(ctx, may, id)
}

// Held is a role that somebody holds, and where it comes from.
type Held struct {
	Binding  access.Binding
	Group    access.Group // through which group; the zero Group if not through one
	Everyone bool         // through the virtual group everyone
}

// Origin says where the role comes from: "direct", "everyone" or the name of a
// group.
func (h Held) Origin() string {
	switch {
	case h.Everyone:
		return "everyone"
	case h.Group.ID.IsZero():
		return "direct"
	}
	return h.Group.Name
}

// HeldBy returns the roles that a person holds, as far as the actor may see
// them: her own, those of her groups and those of everyone, also those that
// begin later or have ended.
func HeldBy(ctx context.Context, s Reader, person tenancy.MembershipID) ([]Held, error) {
	groups, err := groupsOf(ctx, s, person)
	if err != nil {
		return nil, err
	}
	var all []Held
	err = each(ctx, s.Bindings(), s.Who().Sees(ViewBinding), access.Query{}, func(b access.Binding) {
		group, in := groups[b.Subject.Group]
		switch {
		case b.Subject.Member == person, b.Subject.Everyone:
			all = append(all, Held{Binding: b, Everyone: b.Subject.Everyone})
		case in:
			all = append(all, Held{Binding: b, Group: group})
		}
	})
	return all, err
}

// groupsOf returns the groups that a person is in.
func groupsOf(ctx context.Context, s Reader, person tenancy.MembershipID) (map[access.GroupID]access.Group, error) {
	in := map[access.GroupID]access.Group{}
	err := each(ctx, s.GroupMembers(), s.Who().Sees(ViewGroupMember), access.Query{Parent: person}, func(m access.GroupMember) {
		in[m.Group] = access.Group{ID: m.Group}
	})
	if err != nil || len(in) == 0 {
		return in, err
	}
	err = each(ctx, s.Groups(), s.Who().Sees(ViewGroup), access.Query{}, func(g access.Group) {
		if _, is := in[g.ID]; is {
			in[g.ID] = g
		}
	})
	return in, err
}

// each calls fn for every row that a filter shows.
func each[E any](ctx context.Context, rows access.Rows[E], see access.Filter, q access.Query, fn func(E)) error {
	q.Limit = 1000
	for {
		page, err := rows.List(ctx, see, q)
		if err != nil {
			return err
		}
		for _, e := range page.Rows {
			fn(e)
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}
