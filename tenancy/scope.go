package tenancy

import (
	"context"
	"errors"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Scope says where a call acts: in one live domain, on all of it or on one of
// its sites. Only a Resolver makes one. The zero Scope opens nothing.
type Scope struct {
	domain DomainID
	site   SiteID
}

// Domain returns the domain of the scope.
func (s Scope) Domain() DomainID { return s.domain }

// Site returns the site that the scope is narrowed to, or none if it is the
// whole domain.
func (s Scope) Site() SiteID { return s.site }

// IsZero reports whether the scope opens nothing.
func (s Scope) IsZero() bool { return s.domain.IsZero() }

// At narrows the scope to one site. A scope narrows and never widens: one that
// is already at another site becomes the zero Scope. That the site is one of
// the domain is checked when the scope is opened ("not_found").
func (s Scope) At(site SiteID) Scope {
	if s.IsZero() || site.IsZero() || !s.site.IsZero() && s.site != site {
		return Scope{}
	}
	s.site = site
	return s
}

// Hosts is what a Resolver needs to know of the installation. Stores implement
// it. Each method returns live places only, ordered by id.
type Hosts interface {
	// HostPlace returns where a normalised hostname leads, or
	// fault.UnknownHost.
	HostPlace(ctx context.Context, hostname string) (Place, error)
	// RefPlace returns the domain with the host program's id, or
	// fault.NotFound.
	RefPlace(ctx context.Context, ref string) (Place, error)
	// DomainPlace returns the domain, or fault.NotFound.
	DomainPlace(ctx context.Context, id DomainID) (Place, error)
	// Places returns at most limit domains with an id above after, the root
	// not among them.
	Places(ctx context.Context, after DomainID, limit int) ([]Place, error)
}

// Place is an answer of Hosts: a domain, and a site of it where one is meant:
// the site of a hostname, or the only site of the domain.
type Place struct {
	Domain DomainID
	Site   SiteID
}

// Resolver makes scopes.
type Resolver struct{ hosts Hosts }

// NewResolver returns a resolver over an installation.
func NewResolver(hosts Hosts) Resolver { return Resolver{hosts} }

// known answers the zero Resolver: it knows nothing.
func (r Resolver) known() error {
	if r.hosts == nil {
		return fault.NoScope
	}
	return nil
}

// ByHost returns the site that answers to the hostname of a request; the port
// is ignored and case does not matter. An unknown hostname leads to the only
// site while the installation has exactly one, and is refused with
// fault.UnknownHost afterwards; fallback reports the first case.
func (r Resolver) ByHost(ctx context.Context, host string) (in Scope, fallback bool, err error) {
	if err := r.known(); err != nil {
		return Scope{}, false, err
	}
	name, err := NormalHostname(host)
	if err != nil {
		name = "" // an address such as [::1]:8080 is no hostname, and so an unknown one
	}
	if name != "" {
		p, err := r.hosts.HostPlace(ctx, name)
		if err == nil {
			return Scope{p.Domain, p.Site}, false, nil
		}
		if fault.CodeOf(err) != fault.CodeUnknownHost {
			return Scope{}, false, err
		}
	}
	in, err = r.Single(ctx)
	switch {
	case err == nil:
		return in, true, nil
	case errors.Is(err, fault.NotFound), errors.Is(err, fault.NoSite):
		return Scope{}, false, fault.UnknownHost.On("hostname", host)
	}
	return Scope{}, false, err // a store that fails says nothing about the hostname
}

// ByRef returns the domain that the host program knows by its own id of an
// organisation, at its only site if there is just one.
func (r Resolver) ByRef(ctx context.Context, ref string) (Scope, error) {
	if err := r.known(); err != nil {
		return Scope{}, err
	}
	if ref == "" {
		return Scope{}, fault.NotFound.On("ref", ref)
	}
	p, err := r.hosts.RefPlace(ctx, ref)
	return Scope{p.Domain, p.Site}, err
}

// ByID returns the domain with an id taken from a session or token, at its
// only site if there is just one.
func (r Resolver) ByID(ctx context.Context, id DomainID) (Scope, error) {
	if err := r.known(); err != nil {
		return Scope{}, err
	}
	p, err := r.hosts.DomainPlace(ctx, id)
	return Scope{p.Domain, p.Site}, err
}

// Whole returns the whole domain with an id, also where it has only one site:
// for what concerns all of it, such as adding a second site.
func (r Resolver) Whole(ctx context.Context, id DomainID) (Scope, error) {
	if err := r.known(); err != nil {
		return Scope{}, err
	}
	p, err := r.hosts.DomainPlace(ctx, id)
	return Scope{domain: p.Domain}, err
}

// Single returns the one domain at its one site. It fails with fault.NoSite
// once the installation has more of either, and with fault.NotFound while it
// has none.
func (r Resolver) Single(ctx context.Context) (Scope, error) {
	if err := r.known(); err != nil {
		return Scope{}, err
	}
	places, err := r.hosts.Places(ctx, DomainID{}, 2)
	switch {
	case err != nil:
		return Scope{}, err
	case len(places) == 0:
		return Scope{}, fault.NotFound.On("domain", "")
	case len(places) > 1 || places[0].Site.IsZero():
		return Scope{}, fault.NoSite
	}
	return Scope{places[0].Domain, places[0].Site}, nil
}

// Root returns the root domain, which holds administration only.
func (r Resolver) Root() Scope { return Scope{domain: RootDomain} }

// Each calls fn with the whole of every domain but the root, for jobs. It
// stops at the first error.
func (r Resolver) Each(ctx context.Context, fn func(context.Context, Scope) error) error {
	if err := r.known(); err != nil {
		return err
	}
	var after DomainID
	for {
		places, err := r.hosts.Places(ctx, after, 100)
		if err != nil || len(places) == 0 {
			return err
		}
		for _, p := range places {
			if err := fn(ctx, Scope{domain: p.Domain}); err != nil {
				return err
			}
			after = p.Domain
		}
	}
}
