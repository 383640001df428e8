package memory

import (
	"context"
	"slices"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// installation is the handle of the root. It holds a transaction in the root
// domain, where its events go, and does not hand it out.
type installation struct {
	t       *tx
	created map[tenancy.DomainID]bool // by this transaction
}

var _ storage.Installation = (*installation)(nil)

// Who returns who acts.
func (in *installation) Who() access.Actor { return in.t.Who() }

// Now returns when: one instant for the whole closure.
func (in *installation) Now() time.Time { return in.t.Now() }

// NewID returns a new id.
func (in *installation) NewID() [16]byte { return in.t.NewID() }

// Draft returns the resource that a new row of the installation would be.
func (in *installation) Draft(row access.Row) access.Resource { return in.t.Draft(row) }

// Domains reads the domains, the root not among them.
func (in *installation) Domains() access.Rows[tenancy.Domain] {
	domains := from(in.t.view, in.t.db.world.domains)
	domains.hidden = tenancy.RootDomain
	return domains
}

// Hostnames reads the hostnames of all sites.
func (in *installation) Hostnames() access.Rows[tenancy.Hostname] {
	return from(in.t.view, in.t.db.world.hostnames)
}

// Logins reads the logins.
func (in *installation) Logins() access.Rows[tenancy.Login] {
	return from(in.t.view, in.t.db.world.logins)
}

// Enrolments reads the enrolments.
func (in *installation) Enrolments() access.Rows[tenancy.Enrolment] {
	return from(in.t.view, in.t.db.world.enrolments)
}

// PutDomain writes a domain; a new one is empty.
func (in *installation) PutDomain(ctx context.Context, may access.Permit, d tenancy.Domain) (tenancy.Domain, error) {
	kept, err := put(ctx, in.t, in.t.db.world.domains, may, d)
	if err == nil && d.Version == 0 {
		in.t.db.world.found(in.t.journal, d.ID)
		in.created[d.ID] = true
	}
	return kept, err
}

// PutModules says which modules a domain has not. The row of the domain stays
// as it is.
func (in *installation) PutModules(ctx context.Context, may access.Permit, id tenancy.DomainID, off []string) error {
	if err := in.t.ready(ctx); err != nil {
		return err
	}
	if !in.t.session.Holds(may) {
		return fault.Proof
	}
	domains := in.t.db.world.domains
	d := domains.rows[id]
	if d == nil {
		return fault.NotFound
	}
	w, err := in.t.session.Write(may, domains.row(d), domains.Has())
	if err != nil {
		return err
	}
	off = slices.Sorted(slices.Values(off))
	in.t.db.world.tenants[id].without(in.t.journal, slices.Compact(off))
	in.t.log(w, d.Version, "", "")
	return nil
}

// PutHostname writes a hostname.
func (in *installation) PutHostname(ctx context.Context, may access.Permit, h tenancy.Hostname) (tenancy.Hostname, error) {
	return put(ctx, in.t, in.t.db.world.hostnames, may, h)
}

// PutAccount writes an account.
func (in *installation) PutAccount(ctx context.Context, may access.Permit, a tenancy.Account) (tenancy.Account, error) {
	return put(ctx, in.t, in.t.db.world.accounts, may, a)
}

// PutLogin writes a login.
func (in *installation) PutLogin(ctx context.Context, may access.Permit, l tenancy.Login) (tenancy.Login, error) {
	return put(ctx, in.t, in.t.db.world.logins, may, l)
}

// PutEnrolment writes an enrolment.
func (in *installation) PutEnrolment(ctx context.Context, may access.Permit, e tenancy.Enrolment) (tenancy.Enrolment, error) {
	return put(ctx, in.t, in.t.db.world.enrolments, may, e)
}

// Enter runs fn inside a domain that this transaction has created.
func (in *installation) Enter(ctx context.Context, may access.Permit, id tenancy.DomainID, fn func(context.Context, admin.Store) error) error {
	if err := in.t.ready(ctx); err != nil {
		return err
	}
	w, err := in.t.session.Write(may, access.Row{Kind: admin.KindDomain, ID: id}, access.Places{})
	if err != nil {
		return err
	}
	// A permit to create says nothing about a domain that was there before.
	if w.Verb != access.Create || !in.created[id] {
		return fault.Proof.On("domain", id.String())
	}
	scope, err := tenancy.NewResolver(whole{}).ByID(ctx, id)
	if err != nil {
		return err
	}
	home := in.t.db.world.tenants[id]
	standing, err := home.standing(access.Identity{System: "enter: " + w.Reason}, scope)
	if err != nil {
		return err
	}
	inside := &view{db: in.t.db, home: home, now: in.t.now, session: in.t.db.policy.Load(standing).Begin(in.t.now)}
	in.t.within = append(in.t.within, inside)
	defer inside.end()
	return in.t.journal.whole(func() error {
		// Only what administrators do: the rest of a Tx is not within reach.
		return fn(ctx, struct{ admin.Store }{&tx{view: inside, journal: in.t.journal}})
	})
}

// whole resolves a domain to all of it, even if it has just one site: inside,
// the first administrator becomes one of the whole domain.
type whole struct{ tenancy.Hosts }

func (whole) DomainPlace(_ context.Context, id tenancy.DomainID) (tenancy.Place, error) {
	return tenancy.Place{Domain: id}, nil
}
