package access_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

func TestClaims(t *testing.T) {
	p := compiled(t, doors())
	for name, c := range map[string]struct {
		claim access.Claim
		says  string // what is wrong with it; empty: it holds
	}{
		"never, and so":                 {access.Never("x", "door.drop", 0, access.Extra1, "owner"), ""},
		"never where something holds":   {access.Never("x", "door.drop", access.Extra2, 0, "owner"), ""},
		"always, and so":                {access.Always("x", "door.view", access.Own, 0, "owner", "keeper"), ""},
		"always, for all roles":         {access.Always("x", "door.view", access.Own, 0), ""},
		"never what no role may":        {access.Never("x", "wall.view", 0, 0, "owner"), ""},
		"never, and yet":                {access.Never("owners take no doors", "door.drop", 0, 0, "owner"), "owners take no doors: not so for owner and door.drop when: open (claim_broken)"},
		"never, for whoever it is":      {access.Never("nobody takes doors", "door.drop", 0, 0), "nobody takes doors: not so for keeper and door.drop when: always (claim_broken)"},
		"always, and yet":               {access.Always("owners see doors", "door.view", access.Public, 0, "owner"), "owners see doors: not so for owner and door.view when: public (claim_broken)"},
		"always, but a setting says no": {access.Always("owners paint", "door.paint", access.Own, 0, "owner"), "owners paint: not so for owner and door.paint when: own (claim_broken)"},
		"never, but a setting says yes": {access.Never("owners do not paint", "door.paint", 0, 0, "owner"), "owners do not paint: not so for owner and door.paint when: own, with colours=many (claim_broken)"},
		"never, where any one of the exceptions holds is left out": {access.Never("x", "door.view", 0, access.Own|access.Member, "owner"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := p.Check(c.claim)
			catalogue := doors()
			catalogue.Claims = []access.Claim{c.claim}
			_, refused := access.Compile(catalogue)
			if c.says == "" {
				require.NoError(t, err)
				require.NoError(t, refused)
				return
			}
			assert.EqualError(t, err, c.says)
			assert.Equal(t, fault.Code("claim_broken"), fault.CodeOf(err))
			assert.EqualError(t, refused, c.says, "Compile refuses it as well")
		})
	}
	require.NoError(t, p.Check())
	bad(t, p.Check(access.Never("x", "door.melt", 0, 0)), "unknown_action", "action", "an unknown action")
	bad(t, p.Check(access.Never("x", "door.drop", 0, 0, "janitor")), "unknown_role", "role", "an unknown role")
	bad(t, p.Check(access.Never("x", "wall.view", access.Own, 0, "owner")), "bad_claim", "claim", "about no world: walls are nobody's own")
	bad(t, p.Check(access.Always("x", "door.view", access.Own, access.Own, "owner")), "bad_claim", "claim", "about no world: own and not own")
}

// A world that cannot be breaks no claim; one that can does.
func TestClaimsAreAboutWorldsThatCanBe(t *testing.T) {
	c := doors()
	claim := access.Never("who owns a heavy door does not take it", "door.drop", access.Extra1, access.Extra2, "owner")
	require.Error(t, compiled(t, c).Check(claim))
	c.Kinds[0].Impossible = []access.Term{{All: access.Extra1, None: access.Extra2}}
	bad(t, compiled(t, c).Check(claim), "bad_claim", "claim", "about no world that can be")
	claim.With = 0
	require.NoError(t, compiled(t, c).Check(claim))
}

// A host's role may not break the claims of the built-in policy when it names
// none in particular, and adds nothing to the built-in roles that they forbid.
func TestClaimsHoldForTheHostsRolesToo(t *testing.T) {
	with := func(role string, action access.Action) error {
		_, err := access.Compile(append(catalogues(), access.Catalogue{Roles: []access.Role{{Name: role, Grants: access.Allow(access.Unconditionally(), action)}}})...)
		return err
	}
	assert.Equal(t, fault.Code("claim_broken"), fault.CodeOf(with("janitor", "login.view")))
	assert.Equal(t, fault.Code("claim_broken"), fault.CodeOf(with(access.Guest, "project.view")))
	assert.Equal(t, fault.Code("claim_broken"), fault.CodeOf(with(access.Timekeeper, "report.view")))
	assert.NoError(t, with("janitor", "project.view"))
	assert.NoError(t, with(access.Timekeeper, "client.create"))
}
