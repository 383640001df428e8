package access_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/tenancy"
)

func TestPrincipals(t *testing.T) {
	account, member := tenancy.AccountID{1}, tenancy.MembershipID{2}
	for _, c := range []struct {
		as   access.Principal
		want access.Identity
	}{
		{access.Principal{}, access.Identity{}},
		{access.ByAccount(account), access.Identity{Account: account}},
		{access.ByRef("42"), access.Identity{Ref: "42"}},
		{access.ByMember(member), access.Identity{Member: member}},
		{system.Because("nightly expiry"), access.Identity{System: "nightly expiry"}},
		{system.Because(""), access.Identity{}},
	} {
		assert.Equal(t, c.want, c.as.Identity())
		c.want.ReadOnly = true
		assert.Equal(t, c.want, c.as.ReadOnly().Identity())
		assert.Equal(t, c.want, c.as.ReadOnly().ReadOnly().Identity(), "there is no way back")
	}
	assert.Equal(t, access.ByRef("a").Identity(), access.ByRef("a").Identity(), "a key for a cache")
}

// A token takes rights away and never gives any (G68): whatever is left is less
// than without it, and exactly what it says of that.
func TestTokensTakeAndNeverGive(t *testing.T) {
	p := builtIn(t)
	random := rand.New(rand.NewPCG(5, 6))
	actions := p.Actions()
	for range 300 {
		var only []access.Action
		for range random.IntN(30) {
			only = append(only, actions[random.IntN(len(actions))].Name)
		}
		whom := access.ByMember(me)
		readOnly, limited, narrowed := random.IntN(2) == 0, random.IntN(2) == 0, random.IntN(2) == 0
		if readOnly {
			whom = whom.ReadOnly()
		}
		if limited {
			whom = whom.Only(only...)
		}
		if narrowed {
			whom = whom.AtSite(here)
		}
		id := whom.Identity()
		full := access.Standing{Scope: whole(t), Member: me}
		if random.IntN(10) == 0 {
			full = access.Standing{Scope: whole(t), System: "repair"}
		}
		for range 1 + random.IntN(3) {
			full.Bindings = append(full.Bindings, bound(roles[random.IntN(len(roles))], places[random.IntN(len(places))]))
		}
		part := full
		part.Scope, part.ReadOnly, part.Limited, part.Only = id.In(full.Scope), id.ReadOnly, id.Limited, id.Actions()
		some, wide := p.Load(part), p.Begin(full)
		full.Scope = part.Scope // whoever holds a role at a site may narrow the scope to it
		all := p.Begin(full)
		ask := asking(t, some, time.Time{}, actions)
		for _, k := range p.Kinds() {
			worlds := worldsOf(k, false)
			row := someRows(k.Name)[random.IntN(7)]
			row.Facts = worlds[random.IntN(len(worlds))]
			asking(t, some, time.Time{}, specs(p)[k.Name]).row(row)
			for i, spec := range actions {
				if spec.Kind != k.Name {
					continue
				}
				lets := (!readOnly || spec.Verb == access.Read) && (!limited || slices.Contains(only, spec.Name)) &&
					(!narrowed || row.Site == here || row.Site == tenancy.SiteID{})
				got := allows(ask.s, spec.Name, row)
				if got != (lets && allows(all, spec.Name, row)) {
					require.Failf(t, "G68 not what the token leaves", "%s on %+v with %+v: %v", spec.Name, row, id, got)
				}
				if row.Site == here && (ask.plans[i].Sees(row) || got) && !allows(wide, spec.Name, row) {
					require.Failf(t, "G68 the token gives", "%s on %+v with %+v", spec.Name, row, id)
				}
			}
		}
	}
}

func TestTokensOfTokens(t *testing.T) {
	p := access.ByRef("42")
	assert.Equal(t, p.Only("a", "b").Identity(), p.Only("b", "a", "b").Identity(), "a key for a cache")
	assert.Equal(t, []access.Action{"b"}, p.Only("a", "b").Only("c", "b").Identity().Actions(), "G68 what both say")
	assert.Empty(t, p.Only("a").Only("b").Only("a").Identity().Actions(), "G68 what is gone is gone")
	assert.True(t, p.Only().Identity().Limited)
	assert.Nil(t, p.Identity().Actions())
	assert.Equal(t, p.AtSite(here).Identity(), p.AtSite(here).AtSite(here).Identity())
	at := func(p access.Principal, in tenancy.Scope) tenancy.Scope { return p.Identity().In(in) }
	assert.Equal(t, whole(t), at(p, whole(t)))
	assert.Equal(t, whole(t).At(here), at(p.AtSite(here), whole(t)))
	assert.Equal(t, whole(t).At(here), at(p.AtSite(here), whole(t).At(here)))
	assert.True(t, at(p.AtSite(here), whole(t).At(there)).IsZero(), "G68 nothing in common")
	assert.True(t, at(p.AtSite(here).AtSite(there), whole(t)).IsZero(), "G68 of two sites nothing is left")
	assert.True(t, at(p.AtSite(here).AtSite(there).AtSite(here), whole(t)).IsZero(), "G68 and nothing comes back")
	assert.True(t, at(p.AtSite(tenancy.SiteID{}), whole(t)).IsZero(), "G68 no site is none")
}

// What a token does not allow is denied for that reason, also to those who have
// no role for it.
func TestTokenIsTheReason(t *testing.T) {
	p := compiled(t, doors())
	for name, st := range map[string]access.Standing{
		"person": {Member: me, Bindings: []access.Binding{bound("keeper", everywhere)}},
		"system": {System: "export"},
		"nobody": {},
	} {
		for _, limit := range []access.Standing{{ReadOnly: true}, {Limited: true, Only: []access.Action{"door.view", "door.price"}}} {
			st.Scope, st.ReadOnly, st.Limited, st.Only = whole(t), limit.ReadOnly, limit.Limited, limit.Only
			s := p.Begin(st)
			for action, row := range map[access.Action]access.Resource{"door.make": s.Prospect(newDoor()), "door.open": s.Resource(door()), "door.drop": s.Resource(door())} {
				_, err := s.Actor().May(action, row)
				reason(t, err, "token_scope", "G68 "+name)
			}
			_, err := s.Actor().MayChange("door.open", s.Resource(door()), s.Prospect(door()))
			reason(t, err, "token_scope", "G68 "+name)
			if name != "nobody" {
				assert.Equal(t, []access.Action{"door.view", "door.price"}, s.Actor().Allowed(s.Resource(door())), name)
			}
		}
	}
}
