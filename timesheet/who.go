package timesheet

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
)

// WhoMay returns everybody who may do something to a resource now, and why: who
// sees this entry, who changes this project. It is admin.WhoMay with the team of
// the project, so it is for those who see all teams as well.
func (b Book) WhoMay(ctx context.Context, s interface {
	Reader
	admin.Reader
}, action access.Action, r access.Resource) ([]admin.Permitted, error) {
	project := r.Row().Project
	if project == [16]byte{} {
		return admin.WhoMay(ctx, s, action, r, nil)
	}
	if err := s.Who().Oversees(ViewTeam); err != nil {
		return nil, err
	}
	facts := map[tenancy.MembershipID]access.Facts{}
	team := access.Query{Parent: project, Limit: 1000}
	for {
		page, err := s.Teams().List(ctx, s.Who().Sees(ViewTeam), team)
		if err != nil {
			return nil, err
		}
		for _, t := range page.Rows {
			facts[t.Person] = access.Member
			if t.Manager {
				facts[t.Person] |= access.Manager
			}
		}
		if team.After = page.Next; team.After == "" {
			break
		}
	}
	return admin.WhoMay(ctx, s, action, r, func(person tenancy.MembershipID) access.Facts { return facts[person] })
}

// Within says for admin.RoleImpact where projects are. One that the actor cannot
// see is fault.NotFound.
func Within(s Reader) admin.Within {
	return func(ctx context.Context, project [16]byte) (access.Row, error) {
		p, _, err := s.Projects().Get(ctx, s.Who().Sees(ViewProject), project)
		return access.Row{Site: p.Site, Client: p.Client, Project: project}, err
	}
}
