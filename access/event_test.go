package access_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// The event says who, by which right, and where the thing was and is (T16).
func TestEventSaysWhereThingsWereAndAre(t *testing.T) {
	p := compiled(t, doors())
	s := begin(p, whole(t), bound("owner", atHere), bound("keeper", everywhere))
	at := time.Date(2024, 3, 4, 8, 0, 0, 0, time.UTC)
	was, is := door(), door()
	was.Facts = access.Own | access.Public
	is.Client, is.Project, is.Person, is.Facts = other, second, somebody, access.Own

	permit, err := s.Actor().MayChange("door.open", s.Resource(was), s.Prospect(is))
	require.NoError(t, err)
	w, err := s.Write(permit, is, every)
	require.NoError(t, err)
	assert.Equal(t, access.Write{Action: "door.open", Verb: access.Change, Reason: "keeper: always", Before: was, After: is}, w)
	assert.Equal(t, access.Event{
		At: at, Actor: me, Action: "door.open", Reason: "keeper: always", Kind: "door", Object: anID, Version: 4,
		Site: here, Client: other, Project: second, Person: somebody, Public: false,
		Was: access.Whereabouts{Site: here, Client: client, Project: project, Person: me, Public: true},
	}, s.Event(w, 4, at))

	made, err := s.Actor().May("door.make", s.Prospect(newDoor()))
	require.NoError(t, err)
	w, err = s.Write(made, newDoor(), every)
	require.NoError(t, err)
	assert.Zero(t, w.Before, "a new thing was nowhere")
	assert.Zero(t, s.Event(w, 1, at).Was)

	dropped, err := s.Actor().May("door.drop", s.Resource(was))
	require.NoError(t, err)
	w, err = s.Remove(dropped, was, every)
	require.NoError(t, err)
	e := s.Event(w, 3, at)
	assert.Equal(t, access.Whereabouts{Site: e.Site, Client: e.Client, Project: e.Project, Person: e.Person, Public: true}, e.Was)

	owner := begin(p, whole(t), bound("owner", everywhere))
	opened, err := owner.Actor().May("door.open", owner.Resource(was))
	require.NoError(t, err)
	w, err = owner.Write(opened, was, every)
	require.NoError(t, err)
	assert.Equal(t, "owner: own", w.Reason, "the facts that were enough")

	job := p.Begin(access.Standing{Scope: whole(t), System: "nightly expiry"})
	opened, err = job.Actor().May("door.open", job.Resource(was))
	require.NoError(t, err)
	w, err = job.Write(opened, was, every)
	require.NoError(t, err)
	e = job.Event(w, 4, at)
	assert.Equal(t, "system: nightly expiry", e.Reason)
	assert.True(t, e.Actor.IsZero())
}

// A denial of a privileged action is an event to record, once; others are not,
// nor is what is allowed, or not there (G49).
func TestRefusedIsWhatWasPrivileged(t *testing.T) {
	p := builtIn(t)
	s := begin(p, whole(t).At(here), bound(access.MemberRole, everywhere))
	who, at := s.Actor(), time.Date(2024, 3, 4, 8, 0, 0, 0, time.UTC)
	person := access.Row{Kind: "membership", ID: anID, Version: 4, Site: here, Client: client, Project: project, Person: somebody}
	for range 3 {
		_, err := who.May("membership.edit", s.Resource(person))
		require.ErrorIs(t, err, fault.Denied)
	}
	_, err := who.May("membership.email.view", s.Resource(person))
	require.ErrorIs(t, err, fault.Denied, "denied, and not privileged")
	_, err = who.May("membership.view", s.Resource(person))
	require.NoError(t, err)
	project_ := access.Row{Kind: "project", ID: anID, Version: 2, Site: here, Project: anID, Facts: access.Public}
	_, err = who.MayChange("project.visibility.edit", s.Resource(project_), s.Prospect(project_))
	require.ErrorIs(t, err, fault.Denied)
	far := person
	far.Site = there
	_, err = who.May("membership.edit", s.Resource(far))
	require.ErrorIs(t, err, fault.NotFound, "it is not there, so nothing was denied")

	want := []access.Event{
		{At: at, Actor: me, Action: "membership.edit", Denied: true, Reason: "no_grant_in_scope", Kind: "membership", Object: anID, Version: 4, Site: here, Client: client, Project: project, Person: somebody},
		{At: at, Actor: me, Action: "project.visibility.edit", Denied: true, Reason: "condition_manager", Kind: "project", Object: anID, Version: 2, Site: here, Project: anID, Public: true},
	}
	assert.Equal(t, want, s.Refused(at), "G49")
	s.End()
	_, err = who.May("membership.edit", s.Resource(far))
	require.ErrorIs(t, err, fault.Proof)
	assert.Equal(t, want, s.Refused(at), "they are recorded when it is over")
}

func TestRefusalCarriesWhatWasDenied(t *testing.T) {
	events := []access.Event{{Action: "door.publish", Denied: true}}
	err := fmt.Errorf("in the host: %w", &access.Refusal{Events: events, Err: fault.Denied})
	assert.Equal(t, events, access.Refusals(err), "G49")
	require.ErrorIs(t, err, fault.Denied)
	assert.EqualError(t, errors.Unwrap(err), fault.Denied.Error())
	assert.Nil(t, access.Refusals(fault.Denied))
	assert.Nil(t, access.Refusals(nil))
}
