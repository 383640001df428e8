package bunstore

import (
	"context"
	"strings"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// installation is the handle of the root.
type installation struct {
	*handle
	created map[tenancy.DomainID]bool // in this transaction: what may be entered
}

var _ storage.Installation = installation{}

// Installation implements storage.DB. The state row of the root is locked
// first, so that one runs at a time.
func (db *DB) Installation(ctx context.Context, as access.Principal, fn func(context.Context, storage.Installation) error) error {
	root := tenancy.Resolver{}.Root()
	return db.attempt(ctx, root, as, true, Installation, func(ctx context.Context, h *handle) error {
		err := h.run(ctx, Call{
			SQL: "select access_version from stint_domain_state where domain_id = ?" + db.d.LockOne, Args: []any{h.domain},
			Each: func(scan Scan) error { return scan(new(int64)) },
		})
		if err != nil {
			return err
		}
		return fn(ctx, installation{h, map[tenancy.DomainID]bool{}})
	})
}

func (i installation) Domains() access.Rows[tenancy.Domain] {
	return rows[tenancy.Domain]{i.handle, i.db.kinds.Domains}
}

func (i installation) Hostnames() access.Rows[tenancy.Hostname] {
	return rows[tenancy.Hostname]{i.handle, i.db.kinds.Hostnames}
}

func (i installation) Logins() access.Rows[tenancy.Login] {
	return rows[tenancy.Login]{i.handle, i.db.kinds.Logins}
}

func (i installation) Enrolments() access.Rows[tenancy.Enrolment] {
	return rows[tenancy.Enrolment]{i.handle, i.db.kinds.Enrolments}
}

func (i installation) PutDomain(ctx context.Context, may access.Permit, d tenancy.Domain) (tenancy.Domain, error) {
	isNew := d.Version == 0
	d, err := put(ctx, i.handle, i.db.kinds.Domains, may, d)
	if err == nil && isNew {
		i.created[d.ID] = true
		err = i.run(ctx, Call{SQL: "insert into stint_domain_state (domain_id, access_version) values (?, 1)", Args: []any{d.ID}})
	}
	return d, err
}

// PutModules implements admin.Installation.
func (i installation) PutModules(ctx context.Context, may access.Permit, id tenancy.DomainID, off []string) error {
	k := i.db.kinds.Domains
	d, row, err := rows[tenancy.Domain]{i.handle, k}.one(ctx, id)
	if err != nil {
		return err
	}
	if row.ID == [16]byte{} && i.session.Holds(may) {
		return fault.NotFound
	}
	w, err := i.session.Write(may, row, k.Has())
	if err != nil {
		return err
	}
	for _, module := range off {
		if module == "" || !storable(module) || strings.ContainsAny(module, " \t\n") {
			return fault.Input("bad_module", "module", module, "must be a word")
		}
	}
	err = i.run(ctx, Call{
		SQL:  "update stint_domain_state set modules_off = ?, access_version = access_version + 1 where domain_id = ?",
		Args: []any{strings.Join(off, " "), id},
	})
	if err == nil {
		i.log(i.session.Event(w, d.Version, i.now), "", "modules off: "+strings.Join(off, " "))
	}
	return err
}

func (i installation) PutHostname(ctx context.Context, may access.Permit, h tenancy.Hostname) (tenancy.Hostname, error) {
	return put(ctx, i.handle, i.db.kinds.Hostnames, may, h)
}

func (i installation) PutAccount(ctx context.Context, may access.Permit, a tenancy.Account) (tenancy.Account, error) {
	return put(ctx, i.handle, i.db.kinds.Accounts, may, a)
}

func (i installation) PutLogin(ctx context.Context, may access.Permit, l tenancy.Login) (tenancy.Login, error) {
	return put(ctx, i.handle, i.db.kinds.Logins, may, l)
}

func (i installation) PutEnrolment(ctx context.Context, may access.Permit, e tenancy.Enrolment) (tenancy.Enrolment, error) {
	return put(ctx, i.handle, i.db.kinds.Enrolments, may, e)
}

// Enter implements admin.Installation: the same transaction under the role and
// the setting of a tenant, and back.
func (i installation) Enter(ctx context.Context, may access.Permit, id tenancy.DomainID, fn func(context.Context, admin.Store) error) error {
	w, err := i.session.Write(may, access.Row{Kind: admin.KindDomain, ID: id}, access.Places{})
	if err != nil {
		return err
	}
	// A permit to create says nothing about a domain that was there before.
	if !i.created[id] {
		return fault.Proof.On("domain", id.String())
	}
	scope, err := tenancy.NewResolver(only{id: id}).ByID(ctx, id)
	if err != nil {
		return err
	}
	if err := i.flush(ctx); err != nil {
		return err
	}
	session := i.db.policy.Load(access.Standing{Scope: scope, System: string(w.Action) + ", " + w.Reason}).Begin(i.now)
	defer session.End()
	h := *i.handle
	h.scope, h.domain, h.session, h.role, h.check = scope, id, session, Tenant, 0
	if err := i.setting(ctx, id, Tenant); err != nil {
		return err
	}
	err = fn(ctx, tenant{&h})
	if err == nil {
		err = h.flush(ctx)
	}
	if err != nil {
		i.broken = h.broken
		if i.broken == nil {
			i.broken = err // half a domain must not stay
		}
		return err
	}
	return i.setting(ctx, i.domain, Installation)
}

func (h *handle) setting(ctx context.Context, domain [16]byte, role Role) error {
	if h.db.d.Enter == nil {
		return nil
	}
	return h.run(ctx, h.db.d.Enter(domain, role)...)
}

// tenant hides what a handle can do beyond administration from type assertions.
type tenant struct{ admin.Store }

// only answers a resolver for the one domain that the permit was given for:
// nobody outside this transaction sees it yet.
type only struct {
	tenancy.Hosts
	id tenancy.DomainID
}

func (o only) DomainPlace(context.Context, tenancy.DomainID) (tenancy.Place, error) {
	return tenancy.Place{Domain: o.id}, nil
}
