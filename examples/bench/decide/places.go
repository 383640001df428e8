package decide

import (
	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

// The places of roles and resources as strings, for engines that compare those.

// everywhere is the place of a role that is held in the whole domain.
const everywhere = "*"

// roleNames are the roles that a case may have.
var roleNames = []string{
	access.SiteAdmin, access.MemberRole, access.Timekeeper, access.Reporter, access.Approver, access.Guest, access.ProjectManager, access.ProjectMember,
}

// heldAt returns the places at which each role is held now.
func heldAt(c *Case) map[string][]string {
	at := map[string][]string{}
	for _, b := range c.Bindings {
		switch {
		case !b.HoldsAt(c.Now):
		case b.Place.Kind == access.Everywhere:
			at[b.Role] = append(at[b.Role], everywhere)
		default:
			at[b.Role] = append(at[b.Role], placeName(b.Place.ID()))
		}
	}
	return at
}

// placesOf returns the places of a resource that are right here, and all that
// cover it.
func placesOf(r *handRow) (here, all []string) {
	for _, id := range [][16]byte{r.client, r.project} {
		if id != [16]byte{} {
			here = append(here, placeName(id))
		}
	}
	for _, id := range r.groups {
		here = append(here, placeName(id))
	}
	return here, append([]string{everywhere, placeName(r.site)}, here...)
}

func placeName(id [16]byte) string { return tenancy.ID[access.Place](id).String() }
