package access_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// A prospect of a stored row says nothing of where that row is now, so it needs
// MayChange.
func TestProspectOfAStoredRowIsNoReasonToAct(t *testing.T) {
	s := keeper(t, compiled(t, doors()))
	for _, action := range []access.Action{"door.view", "door.open", "door.drop"} {
		_, err := s.Actor().May(action, s.Prospect(door()))
		require.ErrorIs(t, err, fault.Proof, action)
	}
	_, err := s.Actor().MayChange("door.open", s.Prospect(door()), s.Prospect(door()))
	require.ErrorIs(t, err, fault.Proof, "before must be what was read")
	_, err = s.Actor().MayChange("door.open", s.Prospect(newDoor()), s.Resource(door()))
	require.ErrorIs(t, err, fault.Proof)
	_, err = s.Actor().MayChange("door.open", s.Resource(door()), s.Prospect(door()))
	require.NoError(t, err)
	_, err = s.Actor().MayChange("door.open", s.Resource(door()), s.Resource(door()))
	require.NoError(t, err, "what stays where it is")

	another, wall := door(), door()
	another.ID[15]++
	wall.Kind = "wall"
	_, err = s.Actor().MayChange("door.open", s.Resource(door()), s.Prospect(another))
	require.ErrorIs(t, err, fault.Proof, "it becomes itself")
	_, err = s.Actor().MayChange("door.open", s.Resource(door()), s.Prospect(wall))
	require.Error(t, err)
}

// A change is allowed if it is on both sides, for every pair of worlds.
func TestChangeNeedsTheRightBeforeAndAfter(t *testing.T) {
	p := builtIn(t)
	for _, role := range []string{access.MemberRole, access.SiteAdmin, access.ProjectMember} {
		s := begin(p, whole(t), bound(role, atHere), bound(role, atProject))
		row := func(f access.Facts) access.Row {
			return access.Row{Kind: "entry", ID: anID, Version: 1, Site: here, Project: project, Facts: f}
		}
		for before := range subsets(relations) {
			for after := range subsets(relations) {
				_, err := s.Actor().MayChange("entry.edit", s.Resource(row(before)), s.Prospect(row(after)))
				if want := allows(s, "entry.edit", row(before)) && allows(s, "entry.edit", row(after)); (err == nil) != want {
					require.Failf(t, "wrong", "%s from %v to %v: %v", role, before, after, err)
				}
			}
		}
		onto := row(access.Own | access.Member)
		onto.State = access.Archived
		_, err := s.Actor().MayChange("entry.edit", s.Resource(row(access.Own|access.Member)), s.Prospect(onto))
		reason(t, err, "archived", "nothing is moved onto an archived project")
		_, err = s.Actor().MayChange("entry.edit", s.Resource(onto), s.Prospect(row(access.Own|access.Member)))
		reason(t, err, "archived", "nor away from one")
		away := row(access.Own | access.Member)
		away.Site, away.Project = there, second
		_, err = s.Actor().MayChange("entry.edit", s.Resource(row(access.Own|access.Member)), s.Prospect(away))
		reason(t, err, "no_grant_in_scope", "T10 nor to a site where one has no role")
	}
}

// Who edits a project may not by that make it public or private: it takes the
// right to that too, on both sides, and a denial of it is recorded (G28).
func TestTurningAGuardedFactTakesTheGuard(t *testing.T) {
	p := builtIn(t)
	strict := under(here, set("who_may_change_visibility", "admins"))
	project_ := func(f access.Facts) access.Row {
		return access.Row{Kind: "project", ID: anID, Version: 3, Site: here, Project: anID, Facts: access.Member | access.Manager | f}
	}
	for name, c := range map[string]struct {
		role     string
		settings []access.SiteSetting
		want     string
	}{
		"G28 a manager": {access.MemberRole, nil, ""},
		"G28 a manager, where it is administrators'": {access.MemberRole, strict, "restricted_by_site_setting"},
		"G28 an administrator":                       {access.SiteAdmin, strict, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, turn := range [][2]access.Facts{{0, access.Public}, {access.Public, 0}} {
				s := p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(c.role, atHere)}, Settings: c.settings})
				was, is := project_(turn[0]), project_(turn[1])
				assert.Equal(t, c.want == "", s.Actor().AllowedActions(s.Resource(was)).Has("project.visibility.edit"), "what is listed is what works")
				permit, err := s.Actor().MayChange("project.edit", s.Resource(was), s.Prospect(is))
				if c.want != "" {
					reason(t, err, c.want, name)
					require.Len(t, s.Refused(eight), 1)
					assert.Equal(t, access.Action("project.visibility.edit"), s.Refused(eight)[0].Action)
					_, err = s.Actor().MayChange("project.edit", s.Resource(was), s.Prospect(was))
					assert.NoError(t, err, "renaming is another matter")
					continue
				}
				require.NoError(t, err)
				_, err = s.Write(permit, is, every)
				require.NoError(t, err)
				_, err = s.Write(permit, was, every)
				require.ErrorIs(t, err, fault.Proof, "asked to turn it, and did not")
			}
		})
	}
	// Sharing within the team is no visibility: nobody guards it.
	s := p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(access.MemberRole, atHere)}, Settings: strict})
	_, err := s.Actor().MayChange("project.edit", s.Resource(project_(0)), s.Prospect(project_(access.Shared)))
	assert.NoError(t, err)
}

// The guard is asked on both sides: of the two worlds of every change.
func TestGuardsAreAskedBeforeAndAfter(t *testing.T) {
	c := doors()
	c.Roles = append(c.Roles, access.Role{Name: "half", Grants: append(access.Allow(access.Unconditionally(), "door.open"),
		access.Allow(access.When(access.Public|access.Own), "door.publish")...)})
	s := begin(compiled(t, c), whole(t), bound("half", everywhere))
	for before := range subsets(access.Own | access.Public | access.Shared) {
		for after := range subsets(access.Own | access.Public | access.Shared) {
			_, err := s.Actor().MayChange("door.open", s.Resource(door(before)), s.Prospect(door(after)))
			turned := (before ^ after).Has(access.Public)
			publish := allows(s, "door.publish", door(before)) && allows(s, "door.publish", door(after))
			assert.Equal(t, !turned || publish, err == nil, "from %v to %v", before, after)
		}
	}
}

// A store that writes another visibility than the permit was given for is
// refused, whether the row is new or stored; what nobody guards is its own.
func TestWriteRefusesAGuardedFactThatNobodyAskedFor(t *testing.T) {
	s := keeper(t, compiled(t, doors()))
	made, err := s.Actor().May("door.make", s.Prospect(newDoor()))
	require.NoError(t, err)
	opened, err := s.Actor().May("door.open", s.Resource(door(access.Public)))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		permit access.Permit
		row    access.Row
		fits   bool
	}{
		"G28 new, as asked":              {made, newDoor(), true},
		"G28 new, and public":            {made, newDoor(access.Public), false},
		"G28 new, with another fact":     {made, newDoor(access.Shared), true},
		"G28 stored, as asked":           {opened, door(access.Public), true},
		"G28 stored, and private":        {opened, door(), false},
		"G28 stored, with another fact":  {opened, door(access.Public | access.Own), true},
		"G28 stored, private and shared": {opened, door(access.Shared), false},
	} {
		_, err := s.Write(c.permit, c.row, every)
		if c.fits {
			assert.NoError(t, err, name)
		} else {
			assert.ErrorIs(t, err, fault.Proof, name)
		}
	}
	dropped, err := s.Actor().May("door.drop", s.Resource(door(access.Public)))
	require.NoError(t, err)
	_, err = s.Remove(dropped, door(), every)
	assert.NoError(t, err, "what goes is not public any more")
}
