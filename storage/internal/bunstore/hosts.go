package bunstore

import (
	"context"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// soleSite is the only site of the domain d, or NULL. (Neither database has
// min() for all of our ids, so the lowest and the highest are compared.)
const soleSite = "(select s.id from stint_sites s where s.domain_id = d.id and not exists" +
	" (select 1 from stint_sites o where o.domain_id = d.id and o.id <> s.id))"

// place reads one place, under the role of the installation.
func (db *DB) place(ctx context.Context, query string, arg any) (p tenancy.Place, found bool, err error) {
	err = db.hosts(ctx, Call{SQL: query, Args: []any{arg}, Each: func(scan Scan) error {
		found = true
		return scan(p.Domain.Raw(), p.Site.Raw())
	}})
	return p, found, err
}

// hosts runs one call outside any tenant.
func (db *DB) hosts(ctx context.Context, call Call) error {
	h := &handle{db: db, domain: tenancy.RootDomain, role: Installation}
	defer h.rollback(ctx)
	if err := h.run(ctx, call); err != nil {
		return err
	}
	return h.commit(ctx)
}

// HostPlace implements tenancy.Hosts.
func (db *DB) HostPlace(ctx context.Context, hostname string) (tenancy.Place, error) {
	p, found, err := db.place(ctx, "select h.domain_id, h.site_id from stint_hostnames h where h.name_key = ?", tenancy.NameKey(hostname))
	if err == nil && !found {
		err = fault.UnknownHost.On("hostname", hostname)
	}
	return p, err
}

// RefPlace implements tenancy.Hosts.
func (db *DB) RefPlace(ctx context.Context, ref string) (tenancy.Place, error) {
	if !storable(ref) {
		return tenancy.Place{}, fault.NotFound.On("ref", ref)
	}
	p, found, err := db.place(ctx, "select d.id, "+soleSite+" from stint_domains d where d.ref = ?", ref)
	if err == nil && !found {
		err = fault.NotFound.On("ref", ref)
	}
	return p, err
}

// DomainPlace implements tenancy.Hosts.
func (db *DB) DomainPlace(ctx context.Context, id tenancy.DomainID) (tenancy.Place, error) {
	p, found, err := db.place(ctx, "select d.id, "+soleSite+" from stint_domains d where d.id = ?", id)
	if err == nil && !found {
		err = fault.NotFound.On("domain", id.String())
	}
	return p, err
}

// Places implements tenancy.Hosts.
func (db *DB) Places(ctx context.Context, after tenancy.DomainID, limit int) ([]tenancy.Place, error) {
	var places []tenancy.Place
	if after.IsZero() {
		after[15] = 1 // the zero id would be NULL
	}
	err := db.hosts(ctx, Call{
		SQL:  "select d.id, " + soleSite + " from stint_domains d where d.id > ? and d.id <> ? order by d.id limit ?",
		Args: []any{after, tenancy.RootDomain, limit},
		Each: func(scan Scan) error {
			var p tenancy.Place
			err := scan(p.Domain.Raw(), p.Site.Raw())
			places = append(places, p)
			return err
		},
	})
	return places, err
}
