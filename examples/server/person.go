package main

import (
	"context"
	"errors"
	"flag"
	"strings"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// person says where a command acts and as whom.
type person struct{ email, host, site string }

func (p *person) flags(f *flag.FlagSet) {
	f.StringVar(&p.email, "as", "", "")
	f.StringVar(&p.host, "host", "", "")
	f.StringVar(&p.site, "site", "", "")
}

// find returns the site and the principal.
func (p person) find(ctx context.Context, db storage.DB) (tenancy.Scope, access.Principal, error) {
	in, err := p.place(ctx, db)
	if err != nil {
		return in, access.Principal{}, err
	}
	m, err := findMember(ctx, db, in.Domain(), p.email)
	return in, access.ByMember(m.ID), err
}

// place returns the site that is named, or the only one.
func (p person) place(ctx context.Context, db storage.DB) (tenancy.Scope, error) {
	r := tenancy.NewResolver(db)
	in, err := r.Single(ctx)
	switch {
	case p.host != "":
		in, _, err = r.ByHost(ctx, p.host)
	case errors.Is(err, fault.NoSite):
		in, err = onlyDomain(ctx, r)
	}
	if err != nil || p.site == "" && !in.Site().IsZero() {
		return in, err
	}
	if p.site == "" {
		return in, usage("there are several sites: name one with -site or -host")
	}
	err = db.View(ctx, in, system.Because("command line"), func(ctx context.Context, v storage.View) error {
		page, err := v.Sites().List(ctx, v.Who().Sees(admin.ViewSite), access.Query{Name: p.site, Limit: 1})
		if err != nil {
			return err
		}
		if len(page.Rows) == 0 {
			return fault.NotFound.On("site", p.site)
		}
		in = in.At(page.Rows[0].ID)
		return nil
	})
	return in, err
}

// onlyDomain returns the whole of the only domain.
func onlyDomain(ctx context.Context, r tenancy.Resolver) (in tenancy.Scope, err error) {
	err = r.Each(ctx, func(_ context.Context, s tenancy.Scope) error {
		if !in.IsZero() {
			return usage("there are several domains: name a site with -host")
		}
		in = s
		return nil
	})
	return in, err
}

// findMember returns the member of a domain with an e-mail address, or its
// first administrator.
func findMember(ctx context.Context, db storage.DB, id tenancy.DomainID, email string) (found tenancy.Membership, err error) {
	in, err := tenancy.NewResolver(db).Whole(ctx, id)
	if err != nil {
		return found, err
	}
	err = db.View(ctx, in, system.Because("command line"), func(ctx context.Context, v storage.View) error {
		if email == "" {
			found, err = firstAdmin(ctx, v)
			return err
		}
		members := v.Members()
		for q := (access.Query{Limit: 1000}); ; {
			page, err := members.List(ctx, v.Who().Sees(admin.ViewMember), q)
			if err != nil {
				return err
			}
			for _, m := range page.Rows {
				if strings.EqualFold(m.Email, email) {
					found = m
					return nil
				}
			}
			if q.After = page.Next; q.After == "" {
				return fault.NotFound.On("as", email)
			}
		}
	})
	return found, err
}

// firstAdmin returns the member who was made administrator of the domain first.
func firstAdmin(ctx context.Context, v storage.View) (tenancy.Membership, error) {
	for q := (access.Query{Limit: 1000}); ; {
		page, err := v.Bindings().List(ctx, v.Who().Sees(admin.ViewBinding), q)
		if err != nil {
			return tenancy.Membership{}, err
		}
		for _, b := range page.Rows {
			if b.Role == access.DomainAdmin && !b.Subject.Member.IsZero() && b.HoldsAt(v.Now()) {
				m, _, err := v.Members().Get(ctx, v.Who().Sees(admin.ViewMember), b.Subject.Member)
				return m, err
			}
		}
		if q.After = page.Next; q.After == "" {
			return tenancy.Membership{}, fault.NotFound.On("administrator", "")
		}
	}
}
