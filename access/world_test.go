package access_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
)

// facts is how many sets of facts there are.
const facts = 1 << 6

// The places of the tests: two of each, and who acts.
var (
	here, there     = tenancy.SiteID{1}, tenancy.SiteID{2}
	client, other   = [16]byte{3}, [16]byte{4}
	project, second = [16]byte{5}, [16]byte{6}
	me, somebody    = tenancy.MembershipID{7}, tenancy.MembershipID{8}
	anID            = [16]byte{9}

	everywhere = access.Place{Kind: access.Everywhere}
	atHere     = access.Place{Kind: access.AtSite, Site: here}
	atThere    = access.Place{Kind: access.AtSite, Site: there}
	atClient   = access.Place{Kind: access.AtClient, Client: client}
	atProject  = access.Place{Kind: access.AtProject, Project: project}
	places     = []access.Place{everywhere, atHere, atThere, atClient, atProject}
)

var roles = []string{access.RootAdmin, access.DomainAdmin, access.SiteAdmin, access.MemberRole, access.Guest}

func builtIn(t testing.TB) *access.Policy {
	t.Helper()
	p, err := storage.Policy()
	require.NoError(t, err)
	return p
}

// host knows one domain.
type host struct{ tenancy.Hosts }

func (host) DomainPlace(_ context.Context, id tenancy.DomainID) (tenancy.Place, error) {
	return tenancy.Place{Domain: id}, nil
}

// whole returns the scope of all of one domain.
func whole(t testing.TB) tenancy.Scope {
	t.Helper()
	in, err := tenancy.NewResolver(host{}).ByID(context.Background(), tenancy.DomainID{15: 9})
	require.NoError(t, err)
	return in
}

func bound(role string, at access.Place) access.Binding {
	return access.Binding{Member: me, Role: role, Place: at}
}

// begin opens a session for somebody with some bindings.
func begin(p *access.Policy, in tenancy.Scope, bindings ...access.Binding) *access.Session {
	return p.Begin(access.Standing{Scope: in, Member: me, Bindings: bindings})
}

// rowsOf returns rows of a kind at every combination of the places, and at
// none.
func rowsOf(kind access.Kind) (rows []access.Row) {
	for _, s := range []tenancy.SiteID{{}, here, there} {
		for _, c := range [][16]byte{{}, client, other} {
			for _, p := range [][16]byte{{}, project, second} {
				rows = append(rows, access.Row{Kind: kind, ID: anID, Version: 1, Site: s, Client: c, Project: p})
			}
		}
	}
	return rows
}
