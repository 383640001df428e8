package httpapi

import (
	"context"
	"errors"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

type meInput struct{ caller }

type meOutput struct{ Body Me }

// Me is the answer of /api/me.
type Me struct {
	ID      string          `json:"id" doc:"Your membership in this domain"`
	Name    string          `json:"name"`
	Email   string          `json:"email,omitempty"`
	Zone    string          `json:"zone,omitempty" doc:"Your IANA time zone, if it differs from the site's"`
	Site    *Site           `json:"site,omitempty" doc:"Where you are; absent in a domain with several sites and no hostname"`
	Allowed []access.Action `json:"allowed" doc:"What you may do to yourself and to this site"`
}

// Site is a site as the API shows it.
type Site struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Zone string `json:"zone,omitempty"`
}

func (a *api) me(ctx context.Context, in *meInput) (*meOutput, error) {
	out := &meOutput{}
	return out, a.view(ctx, in.caller, func(ctx context.Context, v storage.View) error {
		who := v.Who()
		member, r, err := v.Members().Get(ctx, who.Sees(admin.ViewMember), who.Member())
		if err != nil && !errors.Is(err, fault.NotFound) { // a guest has no sight of people, and so not of her own name
			return err
		}
		out.Body = Me{ID: who.Member().String(), Name: member.Name, Email: member.Email, Zone: member.Zone, Allowed: []access.Action{}}
		out.Body.Allowed = append(out.Body.Allowed, who.Allowed(r)...)
		if v.Scope().Site().IsZero() {
			return nil
		}
		site, r, err := v.Sites().Get(ctx, who.Sees(admin.ViewSite), v.Scope().Site())
		if err != nil {
			return err
		}
		out.Body.Site = &Site{site.ID.String(), site.Name, site.Zone}
		out.Body.Allowed = append(out.Body.Allowed, who.Allowed(r)...)
		return nil
	})
}
