package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

func reason(t *testing.T, err error, want string, name string) {
	t.Helper()
	assert.ErrorIs(t, err, fault.Denied, name)
	assert.Equal(t, want, fault.ReasonOf(err), name)
}

func TestBindingHoldsFromItsBeginningUntilBeforeItsEnd(t *testing.T) {
	until := eight.Add(time.Hour)
	for _, c := range []struct {
		name        string
		from, until time.Time
		at          time.Time
		want        bool
	}{
		{"without bounds", time.Time{}, time.Time{}, eight, true},
		{"before from", eight, time.Time{}, eight.Add(-time.Nanosecond), false},
		{"at from", eight, time.Time{}, eight, true},
		{"at from, told in another zone", eight, time.Time{}, eight.In(time.FixedZone("", 3600)), true},
		{"after from", eight, time.Time{}, until, true},
		{"before until", time.Time{}, until, until.Add(-time.Nanosecond), true},
		{"at until", time.Time{}, until, until, false},
		{"between both", eight, until, eight.Add(time.Minute), true},
		{"after both", eight, until, until.Add(time.Minute), false},
		{"never", eight, eight, eight, false},
		{"the wrong way round", until, eight, eight.Add(time.Minute), false},
	} {
		b := bound("keeper", everywhere)
		b.From, b.Until = c.from, c.until
		assert.Equal(t, c.want, b.HoldsAt(c.at), c.name)
		s := compiled(t, doors()).Load(access.Standing{Scope: whole(t), Bindings: []access.Binding{b}}).Begin(c.at)
		assert.Equal(t, c.want, allows(s, "door.view", door()), c.name)
	}
}

func TestBindingsThatMakeNoSense(t *testing.T) {
	with := func(change func(*access.Binding)) access.Binding {
		b := bound("keeper", everywhere)
		change(&b)
		return b
	}
	at := func(p access.Place) access.Binding { return with(func(b *access.Binding) { b.Place = p }) }
	for name, b := range map[string]access.Binding{
		"a person":   bound("keeper", atHere),
		"a group":    with(func(b *access.Binding) { b.Subject = access.Subject{Group: people} }),
		"everyone":   with(func(b *access.Binding) { b.Subject = access.Subject{Everyone: true} }),
		"own role":   with(func(b *access.Binding) { b.Role, b.Custom = "", access.CustomRoleID{1} }),
		"a while":    with(func(b *access.Binding) { b.From, b.Until = eight, eight.Add(1) }),
		"until":      with(func(b *access.Binding) { b.Until = eight }),
		"everywhere": at(everywhere), "site": at(atHere), "client": at(atClient), "project": at(atProject), "group place": at(ofPeople),
	} {
		assert.NoError(t, b.Validate(), name)
	}
	for name, c := range map[string]struct {
		b           access.Binding
		code, field string
	}{
		"nobody":                   {with(func(b *access.Binding) { b.Subject = access.Subject{} }), "bad_subject", "subject"},
		"a person and a group":     {with(func(b *access.Binding) { b.Subject.Group = people }), "bad_subject", "subject"},
		"a person and everyone":    {with(func(b *access.Binding) { b.Subject.Everyone = true }), "bad_subject", "subject"},
		"a group and everyone":     {with(func(b *access.Binding) { b.Subject = access.Subject{Group: people, Everyone: true} }), "bad_subject", "subject"},
		"no role":                  {with(func(b *access.Binding) { b.Role = "" }), "bad_role", "role"},
		"two roles":                {with(func(b *access.Binding) { b.Custom = access.CustomRoleID{1} }), "bad_role", "role"},
		"ends as it begins":        {with(func(b *access.Binding) { b.From, b.Until = eight, eight }), "bad_period", "until"},
		"ends before it begins":    {with(func(b *access.Binding) { b.From, b.Until = eight, eight.Add(-1) }), "bad_period", "until"},
		"nowhere":                  {at(access.Place{}), "bad_place", "place"},
		"no kind, with an id":      {at(access.Place{Site: here}), "bad_place", "place"},
		"unknown kind":             {at(access.Place{Kind: "planet"}), "bad_place", "place"},
		"unknown kind, with an id": {at(access.Place{Kind: "planet", Site: here}), "bad_place", "place"},
		"site without id":          {at(access.Place{Kind: access.AtSite}), "bad_place", "place"},
		"client without id":        {at(access.Place{Kind: access.AtClient}), "bad_place", "place"},
		"project without id":       {at(access.Place{Kind: access.AtProject}), "bad_place", "place"},
		"group without id":         {at(access.Place{Kind: access.OfGroup}), "bad_place", "place"},
		"site, other id":           {at(access.Place{Kind: access.AtSite, Project: project}), "bad_place", "place"},
		"domain with site":         {at(access.Place{Kind: access.Everywhere, Site: here}), "bad_place", "place"},
		"domain with group":        {at(access.Place{Kind: access.Everywhere, Group: people}), "bad_place", "place"},
		"site with client":         {at(access.Place{Kind: access.AtSite, Site: here, Client: client}), "bad_place", "place"},
		"client with project":      {at(access.Place{Kind: access.AtClient, Client: client, Project: project}), "bad_place", "place"},
		"project with site":        {at(access.Place{Kind: access.AtProject, Project: project, Site: here}), "bad_place", "place"},
		"group with site":          {at(access.Place{Kind: access.OfGroup, Group: people, Site: here}), "bad_place", "place"},
	} {
		bad(t, c.b.Validate(), fault.Code(c.code), c.field, name)
	}
}

// A place that got past the checks with an id missing covers nothing, not even
// rows that have no such id either.
func TestPlaceWithoutItsIDCoversNothing(t *testing.T) {
	p := builtIn(t)
	for _, at := range []access.Place{{}, {Kind: "planet"}, {Kind: access.AtSite}, {Kind: access.AtClient}, {Kind: access.AtProject}, {Kind: access.OfGroup}} {
		for _, in := range []access.Standing{{Scope: whole(t)}, {Scope: whole(t).At(here)}} {
			in.Member, in.Bindings = me, []access.Binding{bound(access.DomainAdmin, at)}
			s := p.Begin(in)
			for _, row := range append(someRows("entry"), access.Row{Kind: "entry", Groups: []access.GroupID{{}}}) {
				assert.Empty(t, s.Actor().Allowed(s.Resource(row)), "%v covers %v", at, row)
				plan, err := s.Plan(s.Actor().Sees("entry.view"), "entry")
				require.NoError(t, err)
				assert.False(t, plan.Sees(row))
			}
		}
	}
}

// A role for a group counts for what is of its people, in the groups that the
// session asks about (J58), and no group that no role is bound at is asked for.
func TestGroupsAsPlaces(t *testing.T) {
	p := builtIn(t)
	later := bound(access.Timekeeper, access.Place{Kind: access.OfGroup, Group: others})
	later.From = eight
	h := p.Load(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(access.Reporter, ofPeople), bound(access.Reporter, ofPeople), later, bound(access.MemberRole, everywhere)}})
	s := h.Begin(eight.Add(-1))
	assert.Equal(t, []access.GroupID{people, others}, s.Groups())
	row := func(groups ...access.GroupID) access.Row {
		return access.Row{Kind: "entry", ID: anID, Version: 1, Site: here, Person: somebody, Groups: groups}
	}
	for name, c := range map[string]struct {
		row  access.Row
		want bool
	}{
		"J58 of the group": {row(people), true}, "J58 of another": {row(others), false}, "J58 of none": {row(), false},
		"J58 of both": {row(others, people), true},
	} {
		assert.Equal(t, c.want, allows(s, "report.view", c.row), name)
		assert.False(t, allows(s, "entry.track", c.row), name)
		assert.Equal(t, c.row.Groups != nil && c.row.Groups[0] == others, allows(h.Begin(eight), "entry.track", c.row), "J61 and, from eight on, %s", name)
	}
}

func TestBindingsReadAloud(t *testing.T) {
	b := bound("keeper", atProject)
	assert.Equal(t, "keeper to person "+me.String()+" in the project "+access.BindingID(project).String(), b.String())
	b.Subject, b.Place, b.From, b.Until = access.Subject{Everyone: true}, everywhere, eight, eight.Add(time.Hour)
	assert.Equal(t, "keeper to everyone in the domain from 2024-03-04T08:00:00Z until 2024-03-04T09:00:00Z", b.String())
	b = access.Binding{Subject: access.Subject{Group: people}, Custom: access.CustomRoleID{1}, Place: ofPeople}
	assert.Equal(t, "custom role "+access.CustomRoleID{1}.String()+" to group "+people.String()+" in the group "+people.String(), b.String())
	assert.Equal(t, "person "+me.String()+" in group "+people.String(), access.GroupMember{Group: people, Member: me}.String())
	assert.Equal(t, "colours=many", access.SiteSetting{Key: "colours", Value: "many"}.String())
	assert.Equal(t, "colours=many at site "+here.String(), access.SiteSetting{Key: "colours", Value: "many", Site: here}.String())
	assert.Equal(t, "janitor\ndoor.view: always", access.CustomRole{Name: "janitor", Grants: "door.view: always"}.String())
}
