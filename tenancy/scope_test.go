package tenancy_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// hosts is an installation in a slice.
type hosts struct {
	places []tenancy.Place // in order of id
	names  map[string]tenancy.Place
	refs   map[string]tenancy.Place
	err    error // of every call
	asked  []int // the limits of Places
}

func (h *hosts) HostPlace(_ context.Context, name string) (tenancy.Place, error) {
	if p, ok := h.names[name]; ok || h.err != nil {
		return p, h.err
	}
	return tenancy.Place{}, fault.UnknownHost
}

func (h *hosts) RefPlace(_ context.Context, ref string) (tenancy.Place, error) {
	if p, ok := h.refs[ref]; ok || h.err != nil {
		return p, h.err
	}
	return tenancy.Place{}, fault.NotFound
}

func (h *hosts) DomainPlace(_ context.Context, id tenancy.DomainID) (tenancy.Place, error) {
	for _, p := range h.places {
		if p.Domain == id {
			return p, h.err
		}
	}
	if h.err != nil {
		return tenancy.Place{}, h.err
	}
	return tenancy.Place{}, fault.NotFound
}

func (h *hosts) Places(_ context.Context, after tenancy.DomainID, limit int) (page []tenancy.Place, err error) {
	h.asked = append(h.asked, limit)
	for _, p := range h.places {
		if p.Domain.String() > after.String() && len(page) < limit {
			page = append(page, p)
		}
	}
	return page, h.err
}

func domain(n int) tenancy.DomainID { return tenancy.DomainID{1, byte(n >> 8), byte(n)} }
func site(n int) tenancy.SiteID     { return tenancy.SiteID{2, byte(n >> 8), byte(n)} }

// installation has n domains with one site each, the first with a hostname and
// a ref.
func installation(n int) *hosts {
	h := &hosts{names: map[string]tenancy.Place{}, refs: map[string]tenancy.Place{}}
	for i := range n {
		h.places = append(h.places, tenancy.Place{Domain: domain(i), Site: site(i)})
	}
	if n > 0 {
		h.names["time.acme.example"], h.refs["42"] = h.places[0], h.places[0]
	}
	return h
}

func TestScopeNarrowsAndNeverWidens(t *testing.T) {
	r := tenancy.NewResolver(installation(1))
	whole, err := r.Whole(t.Context(), domain(0))
	require.NoError(t, err)
	assert.True(t, whole.Site().IsZero())
	narrow := whole.At(site(1))
	assert.Equal(t, domain(0), narrow.Domain())
	assert.Equal(t, site(1), narrow.Site())
	assert.Equal(t, narrow, narrow.At(site(1)))
	for name, in := range map[string]tenancy.Scope{
		"to another site":          narrow.At(site(2)),
		"back to the whole":        narrow.At(tenancy.SiteID{}),
		"to no site":               whole.At(tenancy.SiteID{}),
		"from nowhere":             tenancy.Scope{}.At(site(1)),
		"back again after nowhere": narrow.At(site(2)).At(site(1)),
		"the zero scope":           {},
	} {
		assert.True(t, in.IsZero(), name)
		assert.Equal(t, tenancy.Scope{}, in, name)
	}
	assert.True(t, whole.Site().IsZero(), "the one it was made of stays")
	assert.Equal(t, tenancy.RootDomain, r.Root().Domain())
	assert.True(t, r.Root().Site().IsZero())
}

// T3: a hostname leads to its site, whatever its port and case; an unknown one
// to the only site while there is one, and nowhere afterwards.
func TestByHost(t *testing.T) {
	twoSites := installation(1)
	twoSites.places[0].Site = tenancy.SiteID{}
	for name, c := range map[string]struct {
		hosts    *hosts
		host     string
		known    bool
		fallback bool
	}{
		"known":                         {installation(3), "time.acme.example", true, false},
		"known, port and case":          {installation(3), "Time.ACME.example.:8080", true, false},
		"known, single site":            {installation(1), "time.acme.example", true, false},
		"unknown, single site":          {installation(1), "www.time.acme.example", true, true},
		"an address, single site":       {installation(1), "[::1]:8080", true, true},
		"no hostname, single site":      {installation(1), "", true, true},
		"a URL, single site":            {installation(1), "http://time.acme.example", true, true},
		"unknown, two domains":          {installation(2), "www.time.acme.example", false, false},
		"unknown, two sites":            {twoSites, "www.time.acme.example", false, false},
		"an address, two domains":       {installation(2), "[::1]:8080", false, false},
		"unknown, nothing there as yet": {installation(0), "time.acme.example", false, false},
	} {
		in, fallback, err := tenancy.NewResolver(c.hosts).ByHost(t.Context(), c.host)
		assert.Equal(t, c.fallback, fallback, name)
		if c.known {
			require.NoError(t, err, name)
			assert.Equal(t, domain(0), in.Domain(), name)
			assert.Equal(t, site(0), in.Site(), name)
			continue
		}
		require.ErrorIs(t, err, fault.UnknownHost, name)
		assert.Contains(t, err.Error(), c.host, name)
		assert.True(t, in.IsZero(), name)
	}
}

func TestByRefAndByID(t *testing.T) {
	r := tenancy.NewResolver(installation(2))
	in, err := r.ByRef(t.Context(), "42")
	require.NoError(t, err)
	assert.Equal(t, domain(0), in.Domain())
	assert.Equal(t, site(0), in.Site())
	in, err = r.ByID(t.Context(), domain(1))
	require.NoError(t, err)
	assert.Equal(t, site(1), in.Site())
	in, err = r.Whole(t.Context(), domain(1))
	require.NoError(t, err)
	assert.Equal(t, domain(1), in.Domain())
	assert.True(t, in.Site().IsZero())

	h := installation(1)
	h.refs[""] = h.places[0]
	for name, call := range map[string]func() (tenancy.Scope, error){
		"unknown ref":    func() (tenancy.Scope, error) { return r.ByRef(t.Context(), "43") },
		"no ref":         func() (tenancy.Scope, error) { return tenancy.NewResolver(h).ByRef(t.Context(), "") },
		"unknown id":     func() (tenancy.Scope, error) { return r.ByID(t.Context(), domain(9)) },
		"no id":          func() (tenancy.Scope, error) { return r.ByID(t.Context(), tenancy.DomainID{}) },
		"unknown, whole": func() (tenancy.Scope, error) { return r.Whole(t.Context(), domain(9)) },
	} {
		in, err := call()
		require.ErrorIs(t, err, fault.NotFound, name)
		assert.True(t, in.IsZero(), name)
	}
}

// T1: an installation with one site names none.
func TestSingle(t *testing.T) {
	h := installation(1)
	in, err := tenancy.NewResolver(h).Single(t.Context())
	require.NoError(t, err)
	assert.Equal(t, site(0), in.Site())
	assert.Equal(t, []int{2}, h.asked, "it asks for no more than it needs")

	_, err = tenancy.NewResolver(installation(0)).Single(t.Context())
	require.ErrorIs(t, err, fault.NotFound)
	_, err = tenancy.NewResolver(installation(2)).Single(t.Context())
	require.ErrorIs(t, err, fault.NoSite)
	h.places[0].Site = tenancy.SiteID{}
	in, err = tenancy.NewResolver(h).Single(t.Context())
	require.ErrorIs(t, err, fault.NoSite)
	assert.True(t, in.IsZero())
}

func TestEachComesToEveryDomainOnce(t *testing.T) {
	for _, n := range []int{0, 1, 99, 100, 101, 250} {
		h := installation(n)
		var seen []tenancy.DomainID
		require.NoError(t, tenancy.NewResolver(h).Each(t.Context(), func(_ context.Context, in tenancy.Scope) error {
			assert.True(t, in.Site().IsZero(), "the whole of it")
			seen = append(seen, in.Domain())
			return nil
		}))
		require.Len(t, seen, n)
		for i, id := range seen {
			require.Equal(t, domain(i), id)
		}
		assert.LessOrEqual(t, len(h.asked), n/100+2)
	}
	mine, calls := errors.New("mine"), 0
	err := tenancy.NewResolver(installation(250)).Each(t.Context(), func(context.Context, tenancy.Scope) error {
		if calls++; calls == 120 {
			return mine
		}
		return nil
	})
	require.Equal(t, mine, err, "it stops at the first error")
	assert.Equal(t, 120, calls)
}

// A store that fails is not an unknown tenant.
func TestErrorsOfTheStoreArePassedOn(t *testing.T) {
	h := installation(1)
	h.err = errors.New("connection lost")
	r := tenancy.NewResolver(h)
	for name, call := range map[string]func() (tenancy.Scope, error){
		"host":    func() (tenancy.Scope, error) { in, _, err := r.ByHost(t.Context(), "x.example"); return in, err },
		"address": func() (tenancy.Scope, error) { in, _, err := r.ByHost(t.Context(), "[::1]"); return in, err },
		"ref":     func() (tenancy.Scope, error) { return r.ByRef(t.Context(), "7") },
		"id":      func() (tenancy.Scope, error) { return r.ByID(t.Context(), domain(7)) },
		"single":  func() (tenancy.Scope, error) { return r.Single(t.Context()) },
		"each": func() (tenancy.Scope, error) {
			return tenancy.Scope{}, r.Each(t.Context(), func(context.Context, tenancy.Scope) error { return nil })
		},
	} {
		in, err := call()
		assert.Equal(t, h.err, err, name)
		assert.True(t, in.IsZero(), name)
	}
}
