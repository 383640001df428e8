package access_test

import (
	"fmt"
	"math/bits"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

var janitors = access.CustomRoleID{42}

// custom opens a session for somebody who holds a role of the domain's own.
func custom(t testing.TB, p *access.Policy, grants string, at access.Place, off ...string) *access.Session {
	t.Helper()
	b := bound("", at)
	b.Custom = janitors
	return p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{b}, Off: off,
		Custom: []access.CustomRole{{ID: janitors, Name: "janitor", Grants: grants}}})
}

func TestWhatACustomRoleMayNotSay(t *testing.T) {
	p := compiled(t, append(catalogues(), doors())...)
	always := access.Unconditionally()
	for name, c := range map[string]struct {
		grants      []access.Grant
		code, field string
	}{
		"nothing at all":                  {nil, "empty_role", "grants"},
		"an unknown action":               {access.Allow(always, "door.view", "door.melt"), "unknown_action", "action"},
		"an action of the installation":   {access.Allow(always, "domain.create"), "root_action", "action"},
		"looking at the installation":     {access.Allow(always, "domain.view"), "root_action", "action"},
		"a condition that the kind lacks": {access.Allow(access.When(access.Loose), "door.view"), "bad_condition", "condition"},
		"an exception the kind lacks":     {access.Allow(always.But(access.Own), "wall.view"), "bad_condition", "condition"},
		"never":                           {access.Allow(nil, "door.view"), "bad_condition", "condition"},
		"own and not own":                 {access.Allow(access.When(access.Own).But(access.Own), "door.view"), "bad_condition", "condition"},
		"more than anybody reads":         {access.Allow(make(access.Condition, 65), "door.view"), "bad_condition", "condition"},
		"a setting":                       {access.Where(access.Allow(always, "door.view"), set("colours", "many")), "bad_grant", "action"},
	} {
		text, err := p.WriteGrants(c.grants)
		assert.Empty(t, text, "J60 %s", name)
		bad(t, err, fault.Code(c.code), c.field, "J60 "+name)
	}
	for text, c := range map[string]struct{ code, field string }{
		"":                              {"empty_role", "grants"},
		" \n\n":                         {"empty_role", "grants"},
		"door.view":                     {"bad_condition", "condition"},
		"door.view:":                    {"bad_condition", "condition"},
		"door.view: never":              {"bad_condition", "condition"},
		"door.view: tall":               {"bad_condition", "condition"},
		"door.view: own,":               {"bad_condition", "condition"},
		"door.view: own+":               {"bad_condition", "condition"},
		"door.view: !always":            {"bad_condition", "condition"},
		"door.view: !!own":              {"bad_condition", "condition"},
		"door.view: own+!own":           {"bad_condition", "condition"},
		"door.view: loose":              {"bad_condition", "condition"},
		"wall.view: open":               {"bad_condition", "condition"},
		"door.view: unknown":            {"bad_condition", "condition"},
		"door.melt: own":                {"unknown_action", "action"},
		": own":                         {"unknown_action", "action"},
		"door.view : own":               {"unknown_action", "action"},
		"domain.create: always":         {"root_action", "action"},
		"door.view: always\ndoor.melt:": {"unknown_action", "action"},
	} {
		grants, err := p.ReadGrants(text)
		assert.Nil(t, grants, text)
		bad(t, err, fault.Code(c.code), c.field, fmt.Sprintf("J60 %q", text))
	}
}

func TestCustomRolesAreWrittenInTheirShortestForm(t *testing.T) {
	p := compiled(t, append(catalogues(), doors())...)
	text, err := p.WriteGrants([]access.Grant{
		{Action: "door.drop", When: access.When(access.Extra1).But(access.Extra2)},
		{Action: "entry.view", When: access.Condition{{All: access.Manager}, {All: access.Own, None: access.Public}}},
		{Action: "door.view", When: access.When(access.Own | access.Member)},
		{Action: "door.view", When: access.When(access.Own)},
		{Action: "door.make", When: access.Condition{{All: access.Own}, {None: access.Own}}},
	})
	require.NoError(t, err)
	assert.Equal(t, "entry.view: own+!public, manager\ndoor.view: own\ndoor.make: always\ndoor.drop: open+!heavy", text)
	grants, err := p.ReadGrants("\n door.drop:open + !heavy,  own\n\n")
	require.NoError(t, err)
	assert.Equal(t, []access.Grant{{Action: "door.drop", When: access.Condition{{All: access.Extra1, None: access.Extra2}, {All: access.Own}}}}, grants)
}

// What several grants of one action say together can take more terms than
// anybody reads: that is refused when it is written, not when it is to grant
// something.
func TestWhatIsWrittenIsRead(t *testing.T) {
	p := builtIn(t)
	entry := relations | access.Bound
	three, four := access.Condition{}, access.Condition{} // of seven facts, so many hold
	for f := range subsets(entry) {
		switch n := bits.OnesCount16(uint16(f)); n {
		case 3:
			three = append(three, access.Term{All: f, None: entry &^ f})
		case 4:
			four = append(four, access.Term{All: f, None: entry &^ f})
		}
	}
	for name, grants := range map[string][]access.Grant{
		"three": access.Allow(three, "entry.view"), "four": access.Allow(four, "entry.view"),
		"more": append(access.Allow(three, "entry.view"), access.Allow(access.When(access.Own), "entry.view")...),
		"both": append(access.Allow(three, "entry.view"), access.Allow(four, "entry.view")...),
	} {
		text, err := p.WriteGrants(grants)
		require.NoError(t, err, name)
		_, err = p.ReadGrants(text)
		require.NoError(t, err, name)
	}
}

// A custom role grants what it says and nothing else, at its place; and nothing
// while the module is off (J48), or when it says what the policy does not know.
func TestCustomRolesGrantWhatTheySay(t *testing.T) {
	p := compiled(t, append(catalogues(), doors())...)
	const says = "door.view: own+!public, open\ndoor.drop: bound"
	own := door(access.Own)
	for name, c := range map[string]struct {
		s     *access.Session
		views bool
	}{
		"J48 it grants":                          {custom(t, p, says, everywhere), true},
		"J48 another module is off":              {custom(t, p, says, everywhere, "paint"), true},
		"J48 the module is off":                  {custom(t, p, says, everywhere, "paint", access.CustomRoles), false},
		"J48 it says what is no longer known":    {custom(t, p, says+"\ndoor.melt: always", everywhere), false},
		"J48 it cannot be read":                  {custom(t, p, "door.view: own+", everywhere), false},
		"J48 it says what no domain may":         {custom(t, p, says+"\ndomain.view: always", everywhere), false},
		"J48 it is at another place":             {custom(t, p, says, atThere), false},
		"J48 it is empty":                        {custom(t, p, "", everywhere), false},
		"J60 nobody loaded it":                   {p.Begin(access.Standing{Scope: whole(t), Bindings: []access.Binding{{Custom: janitors, Place: everywhere}}}), false},
		"J60 the role of another id":             {p.Begin(access.Standing{Scope: whole(t), Bindings: []access.Binding{{Custom: access.CustomRoleID{1}, Place: everywhere}}, Custom: []access.CustomRole{{ID: janitors, Grants: says}}}), false},
		"J60 it has the name of a built-in role": {p.Begin(access.Standing{Scope: whole(t), Bindings: []access.Binding{{Role: "janitor", Place: everywhere}}, Custom: []access.CustomRole{{ID: janitors, Name: "janitor", Grants: says}}}), false},
	} {
		assert.Equal(t, c.views, allows(c.s, "door.view", own), name)
		assert.False(t, allows(c.s, "door.view", door(access.Own, access.Public)), name)
		assert.Equal(t, c.views, allows(c.s, "door.view", door(access.Public, access.Extra1)), name)
		assert.False(t, allows(c.s, "door.drop", own) || allows(c.s, "domain.view", access.Row{Kind: "domain"}), name)
	}
	s := custom(t, p, says, atProject)
	require.True(t, allows(s, "door.drop", own))
	permit, err := s.Actor().May("door.drop", s.Resource(own))
	require.NoError(t, err)
	w, err := s.Remove(permit, own, every)
	require.NoError(t, err)
	assert.Equal(t, "custom role janitor: bound", w.Reason, "G49 the log names it")
}

// Every custom role is the same function four times over, as built-in ones are.
func TestCustomRolesAgree(t *testing.T) {
	p := compiled(t, append(catalogues(), doors())...)
	for _, says := range []string{"door.view: own+!public, open+heavy\ndoor.open: !bound", "entry.view: manager+!own, bound+shared\nproject.create: !public", "door.drop: always"} {
		for _, at := range places {
			b := bound("", at)
			b.Custom = janitors
			h := p.Load(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{b, bound(access.MemberRole, atHere)}, Custom: []access.CustomRole{{ID: janitors, Name: "janitor", Grants: says}}})
			for _, k := range p.Kinds() {
				if strings.Contains(says, string(k.Name)+".") {
					asking(t, h, eight, specs(p)[k.Name]).rows(k, someRows(k.Name), 0, access.Archived)
				}
			}
		}
	}
}

// What a domain changed about its role counts at once: roles are told apart by
// what they say, not by their name, and very many do not get mixed up.
func TestCustomRolesOfOneNameAreToldApart(t *testing.T) {
	p := compiled(t, doors())
	for range 2 {
		assert.True(t, allows(custom(t, p, "door.view: own", everywhere), "door.view", door(access.Own)))
		assert.False(t, allows(custom(t, p, "door.view: public", everywhere), "door.view", door(access.Own)))
	}
	for n := range 1_100 { // more than are remembered
		says := "door.view: own"
		if n%2 == 1 {
			says = "door.drop: own"
		}
		s := p.Begin(access.Standing{Scope: whole(t), Bindings: []access.Binding{{Custom: janitors, Place: everywhere}}, Custom: []access.CustomRole{{ID: janitors, Name: fmt.Sprint(n), Grants: says}}})
		require.Equal(t, n%2 == 0, allows(s, "door.view", door(access.Own)))
	}
}

// Whatever text is given: it is refused with a typed error, or means the same
// once it is written and read again.
func FuzzGrants(f *testing.F) {
	for _, seed := range []string{
		"", "door.view: own", "door.view: own+!public, open\ndoor.drop: bound", "door.view: always", "door.view:own,own+member\n\ndoor.view: !heavy", "domain.create: always",
		"door.view: extra1", "door.view: own+", "door.melt: own", "door.view: always+own", "\u00a0door.view: own\u0085", "door.view: never", "wall.view: bound, !bound",
	} {
		f.Add(seed)
	}
	p, err := access.Compile(append(catalogues(), doors())...)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		grants, err := p.ReadGrants(text)
		if err != nil {
			require.ErrorIs(t, err, fault.Invalid)
			return
		}
		written, err := p.WriteGrants(grants)
		require.NoError(t, err)
		again, err := p.ReadGrants(written)
		require.NoError(t, err, written)
		rewritten, err := p.WriteGrants(again)
		require.NoError(t, err)
		require.Equal(t, written, rewritten)
		for _, g := range grants {
			for set := range subsets(relations | access.Bound | access.Extra1 | access.Extra2) {
				if g.When.Holds(set) {
					require.True(t, said(again, g.Action, set), "%q lost %s for %v", written, g.Action, set)
				}
			}
		}
		for _, g := range again {
			for set := range subsets(relations | access.Bound | access.Extra1 | access.Extra2) {
				require.Equal(t, said(grants, g.Action, set), g.When.Holds(set), "%q of %q", written, text)
			}
		}
	})
}

func said(grants []access.Grant, action access.Action, f access.Facts) bool {
	for _, g := range grants {
		if g.Action == action && g.When.Holds(f) {
			return true
		}
	}
	return false
}
