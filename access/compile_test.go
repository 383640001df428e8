package access_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// bad checks that an error is about what was given: Invalid, with a code of its
// own and the field at fault.
func bad(t *testing.T, err error, code fault.Code, field, name string) {
	t.Helper()
	require.Error(t, err, name)
	var e *fault.Error
	require.ErrorAs(t, err, &e, name)
	assert.Equal(t, code, e.Code, name)
	assert.Equal(t, field, e.Field, name)
	assert.ErrorIs(t, err, fault.Invalid, name)
}

func TestCompileRefuses(t *testing.T) {
	always := access.Unconditionally()
	view := access.ActionSpec{Name: "door.view", Kind: "door", Verb: access.Read}
	kind := func(k access.KindSpec) access.Catalogue { return access.Catalogue{Kinds: []access.KindSpec{k}} }
	action := func(a access.ActionSpec) access.Catalogue {
		return access.Catalogue{Actions: []access.ActionSpec{a}}
	}
	role := func(name string, grants ...access.Grant) access.Catalogue {
		return access.Catalogue{Roles: []access.Role{{Name: name, Grants: grants}}}
	}
	grant := func(a access.Action, when access.Condition, sets ...access.Setting) access.Catalogue {
		return role("keeper", access.Grant{Action: a, When: when, If: sets})
	}
	denial := func(d access.Denial) access.Catalogue { return access.Catalogue{Denials: []access.Denial{d}} }
	toggle := func(s ...access.Switch) access.Catalogue { return access.Catalogue{Switches: s} }
	open := []access.Action{"door.open"}
	var many access.Catalogue
	for i := range 65 {
		many.Actions = append(many.Actions, access.ActionSpec{Name: access.Action(fmt.Sprint("wall.", i)), Kind: "wall", Verb: access.Read})
	}
	var wide access.Switch
	for i := range 65 {
		wide.Values = append(wide.Values, fmt.Sprint(i))
	}
	wide.Key = "wide"
	for name, c := range map[string]struct {
		add   access.Catalogue
		want  fault.Code
		field string
	}{
		"a kind declared twice":               {kind(access.KindSpec{Name: "door"}), "bad_kind", "kind"},
		"a kind without a name":               {kind(access.KindSpec{}), "bad_kind", "kind"},
		"a fact of its own named twice":       {kind(access.KindSpec{Name: "x", Extra: []string{"a", "a"}}), "bad_kind", "kind"},
		"a fact of its own without a name":    {kind(access.KindSpec{Name: "x", Extra: []string{"a", ""}}), "bad_kind", "kind"},
		"a fact of its own named as another":  {kind(access.KindSpec{Name: "x", Extra: []string{"own"}}), "bad_kind", "kind"},
		"a fact of its own in two words":      {kind(access.KindSpec{Name: "x", Extra: []string{"a b"}}), "bad_kind", "kind"},
		"a fact of its own that reads as two": {kind(access.KindSpec{Name: "x", Extra: []string{"a+b"}}), "bad_kind", "kind"},
		"a fact of its own named always":      {kind(access.KindSpec{Name: "x", Extra: []string{"always"}}), "bad_kind", "kind"},
		"a fact of its own that is a tab":     {kind(access.KindSpec{Name: "x", Extra: []string{"a\t"}}), "bad_kind", "kind"},
		"five facts of its own":               {kind(access.KindSpec{Name: "x", Extra: []string{"a", "b", "c", "d", "e"}}), "too_many_facts", "kind"},
		"more facts than there are":           {kind(access.KindSpec{Name: "x", Facts: 1 << access.MostFacts}), "too_many_facts", "kind"},
		"a fact that is none":                 {kind(access.KindSpec{Name: "x", Facts: 1 << 7}), "too_many_facts", "kind"},
		"a fact of its own without its name":  {kind(access.KindSpec{Name: "x", Facts: access.Extra1}), "too_many_facts", "kind"},

		"an action declared twice":               {action(view), "bad_action", "action"},
		"an action without a name":               {action(access.ActionSpec{Kind: "door", Verb: access.Read}), "bad_action", "action"},
		"an action in two words":                 {action(access.ActionSpec{Name: "door shut", Kind: "door", Verb: access.Read}), "bad_action", "action"},
		"an action without a kind":               {action(access.ActionSpec{Name: "x", Verb: access.Read}), "bad_action", "action"},
		"an action on an undeclared kind":        {action(access.ActionSpec{Name: "x", Kind: "roof", Verb: access.Read}), "bad_action", "action"},
		"an action without a verb":               {action(access.ActionSpec{Name: "x", Kind: "door"}), "bad_action", "action"},
		"an action with a verb there is not":     {action(access.ActionSpec{Name: "x", Kind: "door", Verb: access.Remove + 1}), "bad_action", "action"},
		"a guard of a fact that the kind cannot": {action(access.ActionSpec{Name: "x", Kind: "door", Verb: access.Change, Guards: access.Loose}), "bad_action", "action"},
		"more actions than a kind can have":      {many, "too_many_actions", "action"},

		"a role without a name":                  {role("", access.Grant{Action: "door.view", When: always}), "empty_role", "role"},
		"a role without grants":                  {role("idle"), "empty_role", "role"},
		"a grant of an unknown action":           {grant("door.melt", always), "unknown_action", "action"},
		"a grant that never holds":               {grant("door.view", nil), "bad_condition", "condition"},
		"a grant that contradicts itself":        {grant("door.view", access.When(access.Own).But(access.Own)), "bad_condition", "condition"},
		"one of two terms contradicts itself":    {grant("door.view", access.Condition{{All: access.Own}, {All: access.Own, None: access.Own}}), "bad_condition", "condition"},
		"a condition that the kind cannot have":  {grant("door.view", access.When(access.Own, access.Loose)), "bad_condition", "condition"},
		"an exception that the kind cannot have": {grant("wall.view", always.But(access.Own)), "bad_condition", "condition"},
		"a condition over no fact":               {grant("door.view", access.When(1<<7)), "bad_condition", "condition"},
		"a condition nobody reads":               {grant("door.view", make(access.Condition, 65)), "bad_condition", "condition"},
		"a grant under an unknown setting":       {grant("door.view", always, set("weather", "fair")), "unknown_setting", "setting"},
		"a grant under an unknown value":         {grant("door.view", always, set("colours", "none")), "unknown_setting", "setting"},

		"a denial of an unknown action":        {denial(access.Denial{State: access.Archived, Reason: "x", Actions: []access.Action{"door.melt"}}), "unknown_action", "action"},
		"a denial without a state":             {denial(access.Denial{Reason: "x", Actions: open}), "bad_denial", "denial"},
		"a denial without a reason":            {denial(access.Denial{State: access.Archived, Actions: open}), "bad_denial", "denial"},
		"a denial of nothing":                  {denial(access.Denial{State: access.Archived, Reason: "x"}), "bad_denial", "denial"},
		"the zero denial, which denies nobody": {denial(access.Denial{}), "bad_denial", "denial"},

		"a switch without a key":         {toggle(access.Switch{Values: []string{"a", "b"}}), "bad_switch", "switch"},
		"a switch with one value":        {toggle(access.Switch{Key: "x", Values: []string{"a"}}), "bad_switch", "switch"},
		"a switch with a value twice":    {toggle(access.Switch{Key: "x", Values: []string{"a", "a"}}), "bad_switch", "switch"},
		"a switch declared twice":        {toggle(access.Switch{Key: "colours", Values: []string{"one", "many"}}), "bad_switch", "switch"},
		"a switch declared in two parts": {toggle(access.Switch{Key: "colours", Values: []string{"red", "green"}}), "bad_switch", "switch"},
		"more values than a set holds":   {toggle(wide), "bad_switch", "switch"},
	} {
		t.Run("J60 "+name, func(t *testing.T) {
			p, err := access.Compile(doors(), c.add)
			assert.Nil(t, p)
			bad(t, err, c.want, c.field, name)
		})
	}
}

func TestAsMuchAsTablesHoldIsFine(t *testing.T) {
	c := access.Catalogue{Kinds: []access.KindSpec{{Name: "x", Facts: 1<<7 - 1, Extra: []string{"a", "b", "c", "d"}}}}
	var all []access.Action
	for i := range 64 {
		all = append(all, access.Action(fmt.Sprint("x.", i)))
		c.Actions = append(c.Actions, access.ActionSpec{Name: all[i], Kind: "x", Verb: access.Change})
	}
	c.Roles = []access.Role{{Name: "r", Grants: access.Allow(access.When(access.Extra4|access.Own), all...)}}
	p := compiled(t, c)
	row := access.Row{Kind: "x", Facts: access.Extra4 | access.Own}
	s, system := begin(p, whole(t), bound("r", everywhere)), p.Begin(access.Standing{Scope: whole(t), System: "x"})
	assert.Equal(t, all, s.Actor().Allowed(s.Resource(row)))
	assert.Equal(t, all, system.Actor().Allowed(system.Resource(row)), "the last bit as well")
	row.Facts = access.Own
	assert.Empty(t, s.Actor().Allowed(s.Resource(row)))
}

func TestCatalogueMayGrantWhatALaterOneDeclares(t *testing.T) {
	c := doors()
	p := compiled(t, access.Catalogue{Roles: c.Roles, Denials: c.Denials}, access.Catalogue{Actions: c.Actions, Switches: c.Switches}, access.Catalogue{Kinds: c.Kinds})
	assert.True(t, allows(keeper(t, p), "door.view", door()))
}

func TestGrantsOfOneRoleAddUp(t *testing.T) {
	more := access.Catalogue{Roles: []access.Role{{Name: "owner", Grants: []access.Grant{
		{Action: "door.view", When: access.When(access.Public, access.Own|access.Public)},
		{Action: "door.view", When: access.When(access.Member)},
		{Action: "door.make", When: access.When(access.Own)},
	}}}}
	s := begin(compiled(t, doors(), more), whole(t), bound("owner", everywhere))
	plan, err := s.Plan(s.Actor().Sees("door.view"), "door")
	require.NoError(t, err)
	require.Len(t, plan.Branches, 1)
	assert.ElementsMatch(t, access.When(access.Own, access.Public, access.Member), plan.Branches[0].Terms, "in their smallest form")
	assert.True(t, allows(s, "door.make", door(access.Own)))
	assert.False(t, allows(s, "door.make", door()))
}

func TestPolicyDoesNotChangeWithWhatItWasMadeOf(t *testing.T) {
	c := doors()
	p := compiled(t, c)
	c.Roles[1].Grants[0].When[0] = access.Term{}
	c.Denials[0].Actions[0] = "door.view"
	p.Actions()[0].Name = "gone"
	p.Kinds()[0].Name = "gone"
	p.Roles()[1].Grants[0].When[0] = access.Term{}
	p.Switches()[0].Key = "gone"
	assert.Equal(t, access.Action("door.view"), p.Actions()[0].Name)
	assert.Equal(t, access.Kind("door"), p.Kinds()[0].Name)
	assert.Equal(t, "colours", p.Switches()[0].Key)
	s := begin(p, whole(t), bound("owner", everywhere))
	assert.False(t, allows(s, "door.view", door()))
	archived := door(access.Own)
	archived.State = access.Archived
	assert.True(t, allows(s, "door.view", archived))
	assert.False(t, allows(s, "door.open", archived))
}

// The levels, and the roles that later systems have beside them, are built in
// (G1); a host adds its own.
func TestBuiltInRoles(t *testing.T) {
	p := compiled(t, append(catalogues(), doors())...)
	var names []string
	for _, r := range p.Roles() {
		names = append(names, r.Name)
		assert.NotEmpty(t, r.Grants, r.Name)
	}
	assert.ElementsMatch(t, append(roles, "keeper", "owner"), names)
	for _, name := range names {
		assert.True(t, p.HasRole(name) && p.BuiltIn(name), name)
	}
	assert.True(t, p.BuiltIn(" MEMBER "), "G1 names are compared as people do")
	assert.True(t, p.BuiltIn("mem\u200bber") && p.BuiltIn("domain_admin\u00ad"), "G1 also with what nobody sees")
	assert.False(t, p.HasRole("Member") || p.HasRole("") || p.BuiltIn("janitor"))
	assert.True(t, p.HasSetting(set("colours", "many")))
	assert.False(t, p.HasSetting(set("colours", "")) || p.HasSetting(access.Setting{}))
	for _, a := range p.Actions()[:len(p.Actions())-len(doors().Actions)] {
		assert.NotEmpty(t, a.Doc, a.Name)
	}
}
