package admin

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

// Permitted is somebody who may do something to a resource.
type Permitted struct {
	Person tenancy.Membership
	Ways   []Way // one at least; whoever loses all of them may no longer
}

// Way is one role by which somebody may do something.
type Way struct {
	Held                    // the binding, and whether it is direct or through whom
	Why  access.Explanation // the role, and the facts by which it allows the action
}

// WhoMay returns everybody who may do something to a resource now, and why, in
// order of the id of the membership. It answers what each of them would be
// answered in the whole domain: people who are active, with the roles that hold
// at the instant of the transaction. A credential may take rights from one of
// them on top.
//
// facts says what is between a person and the resource: Member, Manager, and the
// facts of a host's own kind; nil is nothing of these. Whose it is, and what is
// true for all alike, comes from the resource. For time and projects use the
// method WhoMay of timesheet.Book, which knows the team.
//
// It is for those who see everybody, all groups and all roles: in another scope
// than the whole domain it is "needs_domain", and else denied with
// "sees_in_part".
func WhoMay(ctx context.Context, s Reader, action access.Action, r access.Resource, facts func(tenancy.MembershipID) access.Facts) ([]Permitted, error) {
	all, err := readRoster(ctx, s)
	if err != nil {
		return nil, err
	}
	row := r.Row()
	row.Facts &^= access.Own | access.Member | access.Manager | access.Extra1 | access.Extra2 | access.Extra3 | access.Extra4
	row.Groups = all.groupsOf(row.Person)
	ways := map[tenancy.MembershipID][]Way{}
	for _, b := range all.bindings {
		// An action is allowed if any one role allows it, so each is asked
		// alone, and whose bindings there are does not matter.
		held, err := s.Who().Suppose([]access.Binding{b}, all.custom, all.settings)
		if err != nil {
			return nil, err
		}
		for _, person := range all.subjects(b.Subject) {
			hers := row
			if person == row.Person {
				hers.Facts |= access.Own
			}
			if facts != nil {
				hers.Facts |= facts(person)
			}
			why, err := held.Decide(s.Now(), action, hers)
			if err != nil {
				return nil, err
			}
			if why.Allowed {
				ways[person] = append(ways[person], Way{all.held(b), why})
			}
		}
	}
	var may []Permitted
	for _, m := range all.members {
		if len(ways[m.ID]) > 0 {
			may = append(may, Permitted{m, ways[m.ID]})
		}
	}
	return may, nil
}
