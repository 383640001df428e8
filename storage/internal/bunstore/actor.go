package bunstore

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// loaded is what a principal holds in a scope, and the access_version of the
// domain at which it was so. It stays true as time passes.
type loaded struct {
	holdings *access.Holdings
	version  int64
}

// stateOf asks for the state of a domain, with one text for who loads an actor
// and who checks it: a connection prepares it once.
const stateOf = "select access_version, modules_off from stint_domain_state where domain_id = ?"

// load reads who the principal is, in the transaction that acts, in one round
// trip with its beginning.
func (h *handle) load(ctx context.Context, as access.Principal) (loaded, error) {
	id := as.Identity()
	out := access.Standing{Scope: h.scope, System: id.System, ReadOnly: id.ReadOnly, Narrowed: id.Narrowed, Limited: id.Limited, Only: id.Actions()}
	version, off := int64(0), ""
	calls := []Call{{
		SQL: stateOf, Args: []any{h.domain},
		Each: func(scan Scan) error { return scan(&version, &off) },
	}, {
		SQL: "select site_id, key, value from stint_settings where domain_id = ?", Args: []any{h.domain},
		Each: func(scan Scan) error {
			var s access.SiteSetting
			err := scan(s.Site.Raw(), &s.Key, &s.Value)
			out.Settings = append(out.Settings, s)
			return err
		},
	}}
	siteFound := h.scope.Site().IsZero()
	if !siteFound {
		calls = append(calls, Call{
			SQL: "select id from stint_sites where domain_id = ? and id = ?", Args: []any{h.domain, h.scope.Site()},
			Each: func(scan Scan) error { siteFound = true; return scan(new([16]byte)) },
		})
	}
	var status string
	if id.System == "" {
		column, key, err := memberBy(id)
		if err != nil {
			return loaded{}, err
		}
		calls = append(calls, Call{
			SQL:  "select id, account_id, status from stint_memberships where domain_id = ? and " + column + " = ?",
			Args: []any{h.domain, key},
			Each: func(scan Scan) error {
				return scan(out.Member.Raw(), out.Account.Raw(), &status)
			},
		}, Call{SQL: bindingsOf(column), Args: []any{h.domain, key, h.domain, key, h.domain}, Each: bindingsInto(&out)})
	}
	if err := h.run(ctx, calls...); err != nil {
		return loaded{}, err
	}
	switch {
	case version == 0:
		return loaded{}, fault.NotFound.On("domain", "")
	case !siteFound:
		return loaded{}, fault.NotFound.On("site", h.scope.Site().String())
	case id.System == "" && status != string(tenancy.Active):
		return loaded{}, fault.NoMember
	}
	out.Off = strings.Fields(off)
	// In order of id in every store, so that events name the same role.
	slices.SortFunc(out.Bindings, func(a, b access.Binding) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return loaded{h.db.policy.Load(out), version}, nil
}

// bindingsOf selects the bindings of a person that is found by a column, of her
// groups and of everyone, with the custom roles that they name: three walks
// through three indexes.
func bindingsOf(column string) string {
	const columns = "select b.id, b.membership_id, b.group_id, b.everyone, b.role, b.role_id, b.place, b.site_id, b.client_id, b.project_id, b.place_group_id, b.from_at, b.until_at," +
		" r.name, r.grants"
	const role = " left join stint_roles r on r.domain_id = b.domain_id and r.id = b.role_id"
	return columns + " from stint_memberships m join stint_bindings b on b.domain_id = m.domain_id and b.membership_id = m.id" + role +
		" where m.domain_id = ? and m." + column + " = ?" +
		" union all " + columns + " from stint_memberships m join stint_group_members g on g.domain_id = m.domain_id and g.membership_id = m.id" +
		" join stint_bindings b on b.domain_id = g.domain_id and b.group_id = g.group_id" + role +
		" where m.domain_id = ? and m." + column + " = ?" +
		" union all " + columns + " from stint_bindings b" + role + " where b.domain_id = ? and b.everyone"
}

func bindingsInto(out *access.Standing) func(Scan) error {
	known := map[access.CustomRoleID]bool{}
	return func(scan Scan) error {
		var b access.Binding
		var r access.CustomRole
		err := scan(b.ID.Raw(), b.Subject.Member.Raw(), b.Subject.Group.Raw(), &b.Subject.Everyone, &b.Role, b.Custom.Raw(), (*string)(&b.Place.Kind),
			b.Place.Site.Raw(), &b.Place.Client, &b.Place.Project, b.Place.Group.Raw(), &b.From, &b.Until, &r.Name, &r.Grants)
		out.Bindings = append(out.Bindings, b)
		if r.ID = b.Custom; !r.ID.IsZero() && !known[r.ID] {
			known[r.ID] = true
			out.Custom = append(out.Custom, r)
		}
		return err
	}
}

// memberBy returns by what a principal is found among the memberships.
func memberBy(id access.Identity) (column string, key any, err error) {
	switch {
	case !id.Account.IsZero():
		return "account_id", id.Account, nil
	case id.Ref != "" && storable(id.Ref):
		return "ref", id.Ref, nil
	case !id.Member.IsZero():
		return "id", id.Member, nil
	}
	return "", nil, fault.NoMember // nobody
}

// actors keeps what was loaded of principals, to be checked by the transaction
// that uses it.
type actors struct {
	mu  sync.Mutex
	all map[actorKey]loaded
}

type actorKey struct {
	domain tenancy.DomainID
	site   tenancy.SiteID
	id     access.Identity
}

// mostActors bounds the cache. A full one is emptied: loading again costs one
// round trip an actor, and keeping an order of use would cost every one.
const mostActors = 10_000

func (a *actors) get(in tenancy.Scope, as access.Principal) (loaded, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l, ok := a.all[actorKey{in.Domain(), in.Site(), as.Identity()}]
	return l, ok
}

func (a *actors) put(in tenancy.Scope, as access.Principal, l loaded) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil || len(a.all) >= mostActors {
		a.all = map[actorKey]loaded{}
	}
	a.all[actorKey{in.Domain(), in.Site(), as.Identity()}] = l
}

func (a *actors) drop(in tenancy.Scope, as access.Principal) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.all, actorKey{in.Domain(), in.Site(), as.Identity()})
}

// dropDomain forgets everybody of a domain whose roles this program has just
// changed. It only saves a second run: the transaction that uses an actor
// checks its version in any case.
func (a *actors) dropDomain(domain tenancy.DomainID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for k := range a.all {
		if k.domain == domain {
			delete(a.all, k)
		}
	}
}
