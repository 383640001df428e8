package bunstore

import (
	"context"
	"sync"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// loaded is what is known of a principal in a scope, and the access_version of
// the domain at which it was so. It holds all bindings, also those that begin
// later or have ended, so that it stays true as time passes.
type loaded struct {
	standing access.Standing
	version  int64
}

// at returns the standing with the bindings that hold at an instant.
func (l loaded) at(now time.Time) access.Standing {
	s := l.standing
	s.Bindings = make([]access.Binding, 0, len(l.standing.Bindings))
	for _, b := range l.standing.Bindings {
		if b.HoldsAt(now) {
			s.Bindings = append(s.Bindings, b)
		}
	}
	return s
}

// load reads who the principal is, in the transaction that acts, in one round
// trip with its beginning.
func (h *handle) load(ctx context.Context, as access.Principal) (loaded, error) {
	id := as.Identity()
	out := loaded{standing: access.Standing{Scope: h.scope, System: id.System, ReadOnly: id.ReadOnly}}
	calls := []Call{{
		SQL: "select access_version from stint_domain_state where domain_id = ?", Args: []any{h.domain},
		Each: func(scan Scan) error { return scan(&out.version) },
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
				return scan(out.standing.Member.Raw(), out.standing.Account.Raw(), &status)
			},
		}, Call{
			SQL: "select b.role, b.place, b.site_id, b.client_id, b.project_id, b.from_at, b.until_at from stint_bindings b" +
				" join stint_memberships m on m.domain_id = b.domain_id and m.id = b.membership_id" +
				" where b.domain_id = ? and m." + column + " = ? order by b.id",
			Args: []any{h.domain, key},
			Each: func(scan Scan) error {
				var b access.Binding
				err := scan(&b.Role, (*string)(&b.Place.Kind), b.Place.Site.Raw(), &b.Place.Client, &b.Place.Project, &b.From, &b.Until)
				out.standing.Bindings = append(out.standing.Bindings, b)
				return err
			},
		})
	}
	if err := h.run(ctx, calls...); err != nil {
		return loaded{}, err
	}
	switch {
	case out.version == 0:
		return loaded{}, fault.NotFound.On("domain", "")
	case !siteFound:
		return loaded{}, fault.NotFound.On("site", h.scope.Site().String())
	case id.System == "" && status != string(tenancy.Active):
		return loaded{}, fault.NoMember
	}
	return out, nil
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
