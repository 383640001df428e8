package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// giver is a catalogue by which every built-in role may be held by somebody who
// may also give roles.
func giver() access.Catalogue {
	return access.Catalogue{Roles: []access.Role{{Name: "giver", Grants: access.Allow(access.Unconditionally(), "binding.create")}}}
}

// give asks whether somebody may give a role.
func give(t *testing.T, s *access.Session, b access.Binding, role access.CustomRole) error {
	t.Helper()
	permit, err := s.Actor().May("binding.create", s.Prospect(access.Row{Kind: "binding", ID: anID, Person: somebody}))
	require.NoError(t, err)
	return s.Grants(permit, b, role)
}

// Nobody grants what they do not hold there (T28): for every pair of roles and
// places, whoever may give a role may do all that it allows at its place, under
// whatever settings.
func TestNobodyGrantsWhatTheyDoNotHold(t *testing.T) {
	p := compiled(t, append(catalogues(), giver())...)
	given, refused := 0, 0
	for _, mine := range roles {
		for _, at := range places {
			s := begin(p, whole(t), bound(mine, at), bound("giver", everywhere))
			for _, role := range append(roles, "giver") {
				for _, to := range places {
					err := give(t, s, bound(role, to), access.CustomRole{})
					if err != nil {
						reason(t, err, "grant_exceeds_own", "T28")
						refused++
						continue
					}
					given++
					holdsAll(t, p, []access.Binding{bound(mine, at), bound("giver", everywhere)}, bound(role, to))
				}
			}
			own := give(t, s, bound(mine, at), access.CustomRole{})
			assert.NoError(t, own, "T28 what one holds oneself: %s at the %s", mine, at.Kind)
		}
	}
	t.Logf("%d given, %d refused", given, refused)
	assert.Greater(t, given, 200)
	assert.Greater(t, refused, 1000)
}

// holdsAll fails if a binding allows anything, anywhere, that others do not.
func holdsAll(t *testing.T, p *access.Policy, mine []access.Binding, given access.Binding) {
	t.Helper()
	for _, k := range p.Kinds() {
		for _, way := range [][]access.Setting{nil, {set("who_may_create_projects", "admins"), set("who_may_create_clients", "admins"), set("limit_public_data", "on")}} {
			settings := under(tenancy.SiteID{}, way...)
			theirs := p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{given}, Settings: settings})
			ours := p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: mine, Settings: settings})
			for _, row := range someRows(k.Name) {
				for _, row.Facts = range worldsOf(k, false) {
					for _, action := range theirs.Actor().AllowedActions(theirs.Resource(row)).List() {
						if !allows(ours, action, row) {
							require.Failf(t, "T28 more than is held", "%v gives %v: %s on %+v", mine[0], given, action, row)
						}
					}
				}
			}
		}
	}
}

// What administrators may give, and others may not (G8, T28, J60).
func TestWhoMayGiveWhat(t *testing.T) {
	p := compiled(t, append(catalogues(), giver())...)
	for name, c := range map[string]struct {
		mine  []access.Binding
		in    tenancy.Scope
		given access.Binding
		want  string
	}{
		"T28 a domain administrator gives everything":        {[]access.Binding{bound("domain_admin", everywhere)}, whole(t), bound("domain_admin", everywhere), ""},
		"T28 also at a place":                                {[]access.Binding{bound("domain_admin", everywhere)}, whole(t), bound("project_manager", atProject), ""},
		"T28 and for a group":                                {[]access.Binding{bound("domain_admin", everywhere)}, whole(t), bound("timekeeper", ofPeople), ""},
		"T28 but nothing of the installation":                {[]access.Binding{bound("domain_admin", everywhere)}, whole(t), bound("root_auditor", everywhere), "grant_exceeds_own"},
		"T28 a site administrator gives on the site":         {[]access.Binding{bound("site_admin", atHere)}, whole(t), bound("member", atHere), ""},
		"T28 and not on another":                             {[]access.Binding{bound("site_admin", atHere), bound("giver", everywhere)}, whole(t), bound("member", atThere), "grant_exceeds_own"},
		"T28 nor in the domain":                              {[]access.Binding{bound("site_admin", atHere), bound("giver", everywhere)}, whole(t), bound("member", everywhere), "grant_exceeds_own"},
		"T28 nor, from the site, in the domain":              {[]access.Binding{bound("site_admin", atHere)}, whole(t).At(here), bound("member", everywhere), "grant_exceeds_own"},
		"T28 nor, from the site, for a group":                {[]access.Binding{bound("site_admin", atHere)}, whole(t).At(here), bound("guest", ofPeople), "grant_exceeds_own"},
		"T28 but from the site, there":                       {[]access.Binding{bound("site_admin", atHere)}, whole(t).At(here), bound("member", atHere), ""},
		"T28 a site administrator makes no domain's":         {[]access.Binding{bound("site_admin", everywhere)}, whole(t), bound("domain_admin", everywhere), "grant_exceeds_own"},
		"G8 a member makes no administrator":                 {[]access.Binding{bound("member", everywhere), bound("giver", everywhere)}, whole(t), bound("site_admin", atHere), "grant_exceeds_own"},
		"G8 a member makes a member":                         {[]access.Binding{bound("member", everywhere), bound("giver", everywhere)}, whole(t), bound("member", everywhere), ""},
		"T28 two roles together hold what neither does":      {[]access.Binding{bound("timekeeper", everywhere), bound("reporter", everywhere), bound("giver", everywhere)}, whole(t), bound("project_member", atProject), ""},
		"T28 one of them alone does not":                     {[]access.Binding{bound("timekeeper", everywhere), bound("giver", everywhere)}, whole(t), bound("project_member", atProject), "grant_exceeds_own"},
		"T28 a manager of the project gives it to others":    {[]access.Binding{bound("project_manager", atProject), bound("giver", everywhere)}, whole(t), bound("project_member", atProject), ""},
		"T28 and no other project":                           {[]access.Binding{bound("project_manager", atProject), bound("giver", everywhere)}, whole(t), bound("project_member", access.Place{Kind: access.AtProject, Project: second}), "grant_exceeds_own"},
		"T28 what is bound at a project is nothing wider":    {[]access.Binding{bound("project_manager", atProject), bound("giver", everywhere)}, whole(t), bound("reporter", everywhere), "grant_exceeds_own"},
		"T28 a role that holds nothing everywhere is no use": {[]access.Binding{bound("project_manager", everywhere), bound("giver", everywhere)}, whole(t), bound("project_manager", atProject), "grant_exceeds_own"},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(p, c.in, c.mine...)
			permit, err := s.Actor().May("binding.create", s.Prospect(access.Row{Kind: "binding", ID: anID, Person: somebody, Site: here}))
			require.NoError(t, err)
			err = s.Grants(permit, c.given, access.CustomRole{})
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			reason(t, err, c.want, name)
			require.Len(t, s.Refused(eight), 1)
			assert.Equal(t, access.Event{At: eight, Actor: me, Action: "binding.create", Denied: true, Reason: c.want, Kind: "binding", Object: anID, Site: here, Person: somebody}, s.Refused(eight)[0])
		})
	}
}

// The same holds for roles of the domain's own, and what nobody knows is
// refused.
func TestGivingCustomRoles(t *testing.T) {
	p := compiled(t, append(catalogues(), giver())...)
	s := begin(p, whole(t), bound("member", everywhere), bound("giver", everywhere))
	b := bound("", everywhere)
	b.Custom = janitors
	for grants, want := range map[string]string{
		"entry.view: own":                    "",
		"entry.view: own, public+member":     "",
		"entry.view: own\nproject.edit: own": "", // projects are nobody's own: it cannot be read, so it gives nothing
		"entry.view: own, loose":             "grant_exceeds_own",
		"entry.view: !own":                   "grant_exceeds_own",
		"project.edit: manager":              "",
		"project.edit: always":               "grant_exceeds_own",
		"binding.create: always":             "",
		"group.view: always":                 "grant_exceeds_own",
	} {
		err := give(t, s, b, access.CustomRole{ID: janitors, Name: "janitor", Grants: grants})
		if want == "" {
			assert.NoError(t, err, "T28 %s", grants)
		} else {
			reason(t, err, want, "T28 "+grants)
		}
	}
	bad(t, give(t, s, bound("janitor", everywhere), access.CustomRole{}), "unknown_role", "role", "a role nobody knows")
	job := p.Begin(access.Standing{Scope: whole(t), System: "provision"})
	assert.NoError(t, give(t, job, bound(access.DomainAdmin, everywhere), access.CustomRole{}), "the system gives what it is told to")
}

// A binding that has ended, or has not begun, gives nobody anything to give.
func TestOnlyWhatIsHeldNowIsGiven(t *testing.T) {
	p := compiled(t, append(catalogues(), giver())...)
	admin := bound(access.DomainAdmin, everywhere)
	admin.From, admin.Until = eight, eight.Add(time.Microsecond)
	h := p.Load(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{admin, bound("giver", everywhere)}})
	given := bound(access.SiteAdmin, atHere)
	given.Until = admin.Until
	require.NoError(t, give(t, h.Begin(eight), given, access.CustomRole{}))
	longer := given
	longer.Until = longer.Until.Add(time.Microsecond)
	reason(t, give(t, h.Begin(eight), longer, access.CustomRole{}), "grant_exceeds_own", "T28 for longer than it is held")
	longer.Until = time.Time{}
	reason(t, give(t, h.Begin(eight), longer, access.CustomRole{}), "grant_exceeds_own", "T28 without end")
	reason(t, give(t, h.Begin(eight.Add(-time.Microsecond)), given, access.CustomRole{}), "grant_exceeds_own", "T28 before")
	reason(t, give(t, h.Begin(eight.Add(time.Microsecond)), given, access.CustomRole{}), "grant_exceeds_own", "T28 after")
	s := h.Begin(eight)
	permit, err := s.Actor().May("binding.create", s.Prospect(access.Row{Kind: "binding", ID: anID}))
	require.NoError(t, err)
	s.End()
	require.ErrorIs(t, s.Grants(permit, given, access.CustomRole{}), fault.Proof, "finished")
	require.ErrorIs(t, h.Begin(eight).Grants(permit, given, access.CustomRole{}), fault.Proof, "foreign")
}

// A setting that takes something from administrators leaves them no way around
// it: what they do not hold under it they do not grant either.
func TestGrantsUnderTheSettingsInForce(t *testing.T) {
	p := builtIn(t)
	off := under(tenancy.SiteID{}, access.Setting{Key: timesheet.AdminsBypassPrivate, Value: timesheet.Off})
	for _, role := range []string{access.DomainAdmin, access.SiteAdmin} {
		for _, given := range []string{access.Timekeeper, access.MemberRole, access.SiteAdmin} {
			for _, settings := range [][]access.SiteSetting{nil, off} {
				s := p.Load(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(role, atHere)}, Settings: settings}).Begin(time.Time{})
				may, err := s.Actor().May("binding.create", s.Prospect(access.Row{Kind: "binding", ID: anID, Site: here}))
				require.NoError(t, err)
				err = s.Grants(may, access.Binding{Subject: access.Subject{Member: somebody}, Role: given, Place: atHere}, access.CustomRole{})
				assert.Equal(t, given == access.Timekeeper && settings != nil, err != nil, "T28 %s gives %s with %v: %v", role, given, settings, err)
			}
		}
	}
}
