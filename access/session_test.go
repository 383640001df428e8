package access_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

func granted(t *testing.T, p access.Permit, err error) access.Permit {
	t.Helper()
	require.NoError(t, err)
	return p
}

func TestZeroValuesMayDoNothing(t *testing.T) {
	p := compiled(t, doors())
	s := keeper(t, p)
	proof := func(err error, what string) { t.Helper(); assert.ErrorIs(t, err, fault.Proof, what) }

	var nobody access.Actor
	_, err := nobody.May("door.view", s.Resource(door()))
	proof(err, "zero actor")
	_, err = nobody.MayChange("door.open", s.Resource(door()), s.Prospect(door()))
	proof(err, "zero actor")
	assert.Empty(t, nobody.Allowed(s.Resource(door())))
	assert.Equal(t, access.Actions{}, nobody.AllowedActions(s.Resource(door())))
	assert.Empty(t, access.Actions{}.List())
	assert.False(t, access.Actions{}.Has("door.view"))
	assert.Nil(t, nobody.Policy())
	assert.Zero(t, access.Permit{}.Resource())
	assert.Equal(t, access.Filter{}, nobody.Sees("door.view"))
	assert.True(t, nobody.Member().IsZero())

	_, err = s.Plan(access.Filter{}, "door")
	proof(err, "zero filter")
	_, err = s.Write(access.Permit{}, door(), every)
	proof(err, "zero permit")
	_, err = s.Remove(access.Permit{}, door(), every)
	proof(err, "zero permit")
	assert.False(t, s.Holds(access.Permit{}))

	_, err = s.Actor().May("door.view", access.Resource{})
	proof(err, "zero resource")
	_, err = s.Actor().MayChange("door.open", access.Resource{}, access.Resource{})
	proof(err, "zero resource")
	assert.Empty(t, s.Actor().Allowed(access.Resource{}))
	assert.True(t, access.Resource{}.IsZero())
	assert.False(t, s.Resource(access.Row{}).IsZero())

	assert.Equal(t, access.Identity{}, access.Principal{}.Identity(), "nobody")
	assert.Empty(t, access.Plan{}.Branches)
	assert.False(t, access.Plan{}.Sees(door()))
	assert.False(t, access.Plan{Branches: make([]access.Branch, 1)}.Sees(door()))
	assert.Equal(t, access.Filter{}, s.Actor().Sees("door.melt"), "unknown action")
	assert.Zero(t, access.Resource{}.Row())
	assert.ErrorIs(t, s.Grants(access.Permit{}, bound("keeper", everywhere), access.CustomRole{}), fault.Proof)

	// Who is nobody, nowhere, without a binding, or under no policy.
	for name, s := range map[string]*access.Session{
		"zero standing": p.Begin(access.Standing{}),
		"zero policy":   (&access.Policy{}).Begin(access.Standing{Scope: whole(t), Bindings: []access.Binding{bound("keeper", everywhere)}}),
		"zero binding":  p.Begin(access.Standing{Scope: whole(t), Bindings: make([]access.Binding, 1)}),
	} {
		assert.Empty(t, s.Actor().Allowed(s.Resource(door())), name)
		_, err := s.Actor().May("door.view", s.Resource(door()))
		assert.ErrorIs(t, err, fault.Denied, name)
		if f := s.Actor().Sees("door.view"); f != (access.Filter{}) {
			plan, err := s.Plan(f, "door")
			require.NoError(t, err)
			assert.Empty(t, plan.Branches, name)
		}
	}
	for name, s := range map[string]*access.Session{"zero session": {}} {
		_, err := s.Actor().May("door.view", s.Resource(door()))
		proof(err, name)
		assert.Equal(t, access.Filter{}, s.Actor().Sees("door.view"), name)
		assert.Empty(t, s.Actor().Allowed(s.Resource(door())), name)
	}
}

// proofs are what a session gives out: each refused as fault.Proof by another
// session, and by its own once that is finished.
func TestProofsOfForeignAndFinishedSessionsAreRefused(t *testing.T) {
	p := compiled(t, doors())
	first, second := keeper(t, p), keeper(t, p)
	actor, row, next := first.Actor(), first.Resource(door()), first.Prospect(door())
	filter := actor.Sees("door.view")
	make_, err := actor.May("door.make", first.Prospect(newDoor()))
	require.NoError(t, err)
	drop, err := actor.May("door.drop", row)
	require.NoError(t, err)
	use := func(s *access.Session, want error) {
		t.Helper()
		_, err := s.Plan(filter, "door")
		assert.ErrorIs(t, err, want, "filter")
		_, err = s.Write(make_, newDoor(), every)
		assert.ErrorIs(t, err, want, "write")
		_, err = s.Remove(drop, door(), every)
		assert.ErrorIs(t, err, want, "remove")
		assert.Equal(t, want == nil, s.Holds(make_))
		_, err = s.Actor().May("door.view", row)
		assert.ErrorIs(t, err, want, "resource")
		_, err = s.Actor().MayChange("door.open", row, next)
		assert.ErrorIs(t, err, want, "resources")
		assert.Equal(t, want == nil, len(s.Actor().Allowed(row)) > 0)
	}
	use(first, nil)
	use(second, fault.Proof)
	_, err = second.Actor().MayChange("door.open", second.Resource(door()), next)
	require.ErrorIs(t, err, fault.Proof, "what it becomes is another's")

	first.End()
	use(first, fault.Proof)
	_, err = actor.May("door.view", row)
	require.ErrorIs(t, err, fault.Proof, "the actor that was kept")
	assert.Equal(t, access.Filter{}, actor.Sees("door.view"))
	first.End() // again changes nothing
	use(first, fault.Proof)
	_, err = second.Plan(second.Actor().Sees("door.view"), "door")
	require.NoError(t, err, "the other goes on")
}

func TestFilterIsForItsKind(t *testing.T) {
	s := keeper(t, compiled(t, doors()))
	_, err := s.Plan(s.Actor().Sees("door.view"), "wall")
	require.ErrorIs(t, err, fault.Proof)
	_, err = s.Plan(s.Actor().Sees("wall.view"), "wall")
	require.NoError(t, err)
}

// A permit writes the row that it was asked for and no other.
func TestWriteTakesOnlyWhatThePermitIsFor(t *testing.T) {
	p := compiled(t, doors())
	s := keeper(t, p)
	moved := door()
	moved.Site, moved.Client, moved.Project, moved.Person = there, other, second, somebody
	viewed, err := s.Actor().May("door.view", s.Resource(door()))
	viewed = granted(t, viewed, err)
	created, err := s.Actor().May("door.make", s.Prospect(newDoor()))
	created = granted(t, created, err)
	opened, err := s.Actor().May("door.open", s.Resource(door()))
	opened = granted(t, opened, err)
	changed, err := s.Actor().MayChange("door.open", s.Resource(door()), s.Prospect(moved))
	changed = granted(t, changed, err)
	dropped, err := s.Actor().May("door.drop", s.Resource(door()))
	dropped = granted(t, dropped, err)

	verbs := map[string]access.Permit{"view": viewed, "create": created, "change": opened, "move": changed, "remove": dropped}
	fits := map[string]map[string]access.Row{ // permit → what it writes
		"view": {}, "create": {"create": newDoor()}, "change": {"change": door()}, "move": {"change": moved}, "remove": {"remove": door()},
	}
	open := func(permit access.Permit, how string, row access.Row, has access.Places) (access.Write, error) {
		if how == "remove" {
			return s.Remove(permit, row, has)
		}
		return s.Write(permit, row, has)
	}
	for name, permit := range verbs {
		for how, row := range map[string]access.Row{"create": newDoor(), "change": door(), "remove": door()} {
			if _, right := fits[name][how]; right {
				row = fits[name][how]
			}
			_, err := open(permit, how, row, every)
			if _, right := fits[name][how]; right {
				assert.NoError(t, err, "a permit to %s", name)
			} else {
				assert.ErrorIs(t, err, fault.Proof, "a permit to %s used to %s", name, how)
			}
		}
		for how, row := range fits[name] {
			for what, change := range map[string]func(*access.Row){
				"kind":    func(r *access.Row) { r.Kind = "wall" },
				"id":      func(r *access.Row) { r.ID[15]++ },
				"version": func(r *access.Row) { r.Version++ },
				"site":    func(r *access.Row) { r.Site[15]++ },
				"client":  func(r *access.Row) { r.Client[15]++ },
				"project": func(r *access.Row) { r.Project[15]++ },
				"person":  func(r *access.Row) { r.Person[15]++ },
				"no site": func(r *access.Row) { r.Site = tenancy.SiteID{} },
			} {
				wrong := row
				change(&wrong)
				_, err := open(permit, how, wrong, every)
				assert.ErrorIs(t, err, fault.Proof, "%s with another %s", name, what)
			}
			// A kind has no such column, so it says nothing of it.
			bare := row
			bare.Site, bare.Client, bare.Project, bare.Person = tenancy.SiteID{}, [16]byte{}, [16]byte{}, tenancy.MembershipID{}
			_, err := open(permit, how, bare, access.Places{})
			assert.NoError(t, err, name)
			for what, has := range map[string]access.Places{"site": {Site: true}, "client": {Client: true}, "project": {Project: true}, "person": {Person: true}} {
				_, err := open(permit, how, bare, has)
				assert.ErrorIs(t, err, fault.Proof, "%s without its %s", name, what)
			}
		}
	}
	// The move is only for where it goes, not for where it was.
	_, err = s.Write(changed, door(), every)
	require.ErrorIs(t, err, fault.Proof)
}
