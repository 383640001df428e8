package memory

import (
	"bytes"
	"context"
	"slices"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// HostPlace returns where a normalised hostname leads.
func (db *DB) HostPlace(ctx context.Context, hostname string) (tenancy.Place, error) {
	db.mu.RLock()
	defer db.mu.RUnlock()
	if err := db.ready(ctx); err != nil {
		return tenancy.Place{}, err
	}
	h := db.world.hostnames.like("hostname", tenancy.Hostname{Name: hostname})
	if h == nil {
		return tenancy.Place{}, fault.UnknownHost
	}
	return tenancy.Place{Domain: h.Domain, Site: h.Site}, nil
}

// RefPlace returns the domain with the host program's id.
func (db *DB) RefPlace(ctx context.Context, ref string) (tenancy.Place, error) {
	db.mu.RLock()
	defer db.mu.RUnlock()
	if err := db.ready(ctx); err != nil {
		return tenancy.Place{}, err
	}
	d := db.world.domains.like("ref", tenancy.Domain{Ref: ref})
	if d == nil {
		return tenancy.Place{}, fault.NotFound
	}
	return db.world.place(d.ID), nil
}

// DomainPlace returns the domain. The root is one too: an administrator of the
// installation has a session there.
func (db *DB) DomainPlace(ctx context.Context, id tenancy.DomainID) (tenancy.Place, error) {
	db.mu.RLock()
	defer db.mu.RUnlock()
	if err := db.ready(ctx); err != nil {
		return tenancy.Place{}, err
	}
	if !db.world.domains.has(id) {
		return tenancy.Place{}, fault.NotFound
	}
	return db.world.place(id), nil
}

// Places returns domains in order of id, the root not among them.
func (db *DB) Places(ctx context.Context, after tenancy.DomainID, limit int) ([]tenancy.Place, error) {
	db.mu.RLock()
	defer db.mu.RUnlock()
	if err := db.ready(ctx); err != nil {
		return nil, err
	}
	var places []tenancy.Place
	for id := range db.world.tenants {
		if id != tenancy.RootDomain && bytes.Compare(id[:], after[:]) > 0 {
			places = append(places, db.world.place(id))
		}
	}
	slices.SortFunc(places, func(a, b tenancy.Place) int { return bytes.Compare(a.Domain[:], b.Domain[:]) })
	return places[:min(len(places), max(limit, 0))], nil
}

// place returns a domain, with its site if it has just one.
func (w *world) place(id tenancy.DomainID) tenancy.Place {
	p := tenancy.Place{Domain: id}
	if sites := w.tenants[id].sites; len(sites.rows) == 1 {
		for site := range sites.rows {
			p.Site = site
		}
	}
	return p
}
