package access_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// An explanation is true: the term that it names holds and is enough; what it
// says is missing would be enough, and nothing smaller would; and where it says
// that nothing would, nothing does (W9).
func TestExplanationsAreTrue(t *testing.T) {
	p := compiled(t, append(catalogues(), doors(), access.Catalogue{Roles: []access.Role{
		{Name: "odd", Grants: []access.Grant{ // nearest by being bound, which nothing brings about
			{Action: "door.view", When: access.When(access.Bound, access.Own|access.Member)},
			{Action: "door.drop", When: access.When(access.Own).But(access.Bound)},
			{Action: "entry.view", When: access.Condition{{All: access.Own, None: access.Public}, {All: access.Member, None: access.Own}}},
		}},
	}})...)
	for _, role := range append(roles, "keeper", "owner", "odd") {
		for _, at := range []access.Place{everywhere, atProject} {
			for _, way := range [][]access.Setting{nil, {set("who_may_change_visibility", "admins"), set("limit_public_data", "on"), set("admins_bypass_private", "off"), set("who_may_create_public_projects", "admins"), set("colours", "many")}} {
				s := p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(role, at)}, Settings: under(here, way...)})
				for _, k := range p.Kinds() {
					for _, spec := range specs(p)[k.Name] {
						truthful(t, s, k, spec.Name)
					}
				}
			}
		}
	}
}

func truthful(t *testing.T, s *access.Session, k access.KindSpec, action access.Action) {
	t.Helper()
	row := access.Row{Kind: k.Name, ID: anID, Version: 1, Site: here, Project: project}
	all := map[access.Facts]bool{}
	for f := range subsets(factsOf(k)) {
		row.Facts = f
		all[f] = allows(s, action, row)
	}
	for f, allowed := range all {
		row.Facts = f
		e, err := s.Actor().Explain(action, s.Resource(row))
		require.NoError(t, err)
		_, denied := s.Actor().May(action, s.Resource(row))
		require.Equal(t, fault.ReasonOf(denied), e.Reason)
		if allowed {
			term := termOf(t, e.Term)
			require.True(t, e.Allowed && e.Role != "" && (term.Holds(f) || term.Holds(f|access.Bound)), "%+v", e)
			require.Contains(t, e.String(), "allowed by "+e.Role)
			continue
		}
		var missing []access.Term
		for _, text := range e.Missing {
			away := termOf(t, text)
			require.True(t, all[f&^away.None|away.All], "%s would not be enough: %+v", text, e)
			missing = append(missing, away)
		}
		for other, would := range all {
			gained, lost := other&^f, f&^other
			enough := false
			for _, away := range missing {
				enough = enough || gained.Has(away.All) && lost.Has(away.None)
			}
			if would && !enough && !strings.HasPrefix(e.Reason, "restricted") {
				require.Failf(t, "something else would be enough", "%v instead of %v: %+v", other, f, e)
			}
		}
		switch {
		case e.Reason == "no_grant_in_scope":
			require.Empty(t, missing, "%+v", e)
		case strings.HasPrefix(e.Reason, "condition_"):
			require.NotEmpty(t, missing)
			best := termOf(t, strings.ReplaceAll(strings.TrimPrefix(e.Reason, "condition_"), "not_", "!"))
			require.Contains(t, missing, best, "the reason is one of the smallest: %+v", e)
			for _, away := range missing {
				require.LessOrEqual(t, len(strings.Split(best.String(), "+")), len(strings.Split(away.String(), "+")), "%+v", e)
			}
		default:
			require.Equal(t, "restricted_by_site_setting", e.Reason)
		}
	}
}

// What a setting restricts would be allowed under others, and what it does not
// would not.
func TestRestrictedIsWhatASettingWouldAllow(t *testing.T) {
	p := builtIn(t)
	for _, role := range roles {
		for _, k := range p.Kinds() {
			ways := choices(switchesOf(p, k.Name))
			for _, spec := range specs(p)[k.Name] {
				var sessions []*access.Session
				for _, way := range ways {
					sessions = append(sessions, p.Begin(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(role, atProject)}, Settings: under(tenancy.SiteID{}, way...)}))
				}
				for _, f := range worldsOf(k, true) {
					row := access.Row{Kind: k.Name, Project: project, Facts: f}
					allowed := slices.ContainsFunc(sessions, func(s *access.Session) bool { return allows(s, spec.Name, row) })
					for i, s := range sessions {
						_, err := s.Actor().May(spec.Name, s.Resource(row))
						if err != nil && (fault.ReasonOf(err) == "restricted_by_site_setting") != allowed {
							require.Failf(t, "G6 restricted", "%s %s %v under %v: %v, allowed under some: %v", role, spec.Name, f, ways[i], err, allowed)
						}
					}
				}
			}
		}
	}
}

func TestExplanationsReadAloud(t *testing.T) {
	p := compiled(t, append(catalogues(), doors())...)
	entry := func(f access.Facts) access.Row {
		return access.Row{Kind: "entry", ID: anID, Version: 1, Site: here, Project: project, Facts: f}
	}
	archived := entry(access.Own | access.Member)
	archived.State = access.Archived
	for want, c := range map[string]struct {
		who    []access.Binding
		action access.Action
		row    access.Row
	}{
		"entry.view: allowed by member (own)":                                                          {[]access.Binding{bound("member", everywhere)}, "entry.view", entry(access.Own)},
		"entry.view: allowed by site_admin (always)":                                                   {[]access.Binding{bound("site_admin", atHere)}, "entry.view", entry(0)},
		"entry.track: allowed by project_member (own+bound)":                                           {[]access.Binding{bound("project_member", atProject)}, "entry.track", entry(access.Own)},
		"entry.track: denied, no_grant_in_scope":                                                       {[]access.Binding{bound("project_member", everywhere)}, "entry.track", entry(access.Own)},
		"entry.track: denied, archived":                                                                {[]access.Binding{bound("member", everywhere)}, "entry.track", archived},
		"report.view: denied, condition_own; would take own, or manager, or public, or shared":         {[]access.Binding{bound("member", everywhere)}, "report.view", entry(access.Member)},
		"door.drop: denied, condition_open+not_heavy; would take open+!heavy":                          {[]access.Binding{bound("owner", everywhere)}, "door.drop", door(access.Extra2)},
		"door.price: denied, condition_heavy; would take heavy":                                        {[]access.Binding{bound("owner", everywhere)}, "door.price", door(access.Own)},
		"door.paint: denied, restricted_by_site_setting":                                               {[]access.Binding{bound("owner", everywhere)}, "door.paint", door(access.Own)},
		"entry.edit: denied, condition_own; would take own":                                            {[]access.Binding{bound("member", everywhere), bound("project_manager", atProject)}, "entry.edit", entry(access.Member)},
		"door.view: denied, condition_own; would take own, or shared":                                  {[]access.Binding{bound("owner", everywhere)}, "door.view", door(access.Member)},
		"door.open: denied, condition_own; would take own, or member+shared":                           {[]access.Binding{bound("owner", everywhere)}, "door.open", door()},
		"entry.edit: denied, condition_own+member; would take own+member, or own+public, or own+loose": {[]access.Binding{bound("member", everywhere)}, "entry.edit", entry(0)},
	} {
		h := p.Load(access.Standing{Scope: whole(t), Member: me, Bindings: c.who})
		e, err := h.Decide(time.Time{}, c.action, c.row)
		require.NoError(t, err)
		assert.Equal(t, want, e.String())
	}
	e, err := p.Load(access.Standing{Scope: whole(t), System: "repair"}).Decide(time.Time{}, "entry.edit", entry(0))
	require.NoError(t, err)
	assert.Equal(t, "entry.edit: allowed to the system", e.String())
	assert.Equal(t, "none", e.Facts)
	e, err = p.Load(access.Standing{Scope: whole(t)}).Decide(time.Time{}, "door.drop", door(access.Extra1|access.Own))
	require.NoError(t, err)
	assert.Equal(t, "own+open", e.Facts)
	assert.NotEmpty(t, e.Rule)
}

// There is nothing to explain of what is not there, or under no proof.
func TestNothingToExplain(t *testing.T) {
	p := compiled(t, doors())
	s, another := begin(p, whole(t).At(here), bound("keeper", everywhere)), keeper(t, p)
	far := door()
	far.Site = there
	_, err := s.Actor().Explain("door.view", s.Resource(far))
	require.ErrorIs(t, err, fault.NotFound)
	_, err = s.Actor().Explain("door.melt", s.Resource(door()))
	bad(t, err, "unknown_action", "action", "unknown")
	_, err = s.Actor().Explain("wall.view", s.Resource(door()))
	bad(t, err, "unknown_action", "action", "of another kind")
	_, err = p.Load(access.Standing{Scope: whole(t)}).Decide(time.Time{}, "wall.view", door())
	bad(t, err, "unknown_action", "action", "of another kind")
	_, err = p.Load(access.Standing{Scope: whole(t).At(here)}).Decide(time.Time{}, "door.view", far)
	require.ErrorIs(t, err, fault.NotFound)
	for name, explain := range map[string]func() (access.Explanation, error){
		"foreign":    func() (access.Explanation, error) { return s.Actor().Explain("door.view", another.Resource(door())) },
		"zero":       func() (access.Explanation, error) { return s.Actor().Explain("door.view", access.Resource{}) },
		"zero actor": func() (access.Explanation, error) { return access.Actor{}.Explain("door.view", s.Resource(door())) },
		"finished":   func() (access.Explanation, error) { s.End(); return s.Actor().Explain("door.view", s.Resource(door())) },
	} {
		_, err := explain()
		require.ErrorIs(t, err, fault.Proof, name)
	}
	_, err = another.Actor().Explain("door.publish", another.Resource(door()))
	require.NoError(t, err)
	nobody := begin(p, whole(t))
	_, err = nobody.Actor().Explain("door.publish", nobody.Resource(door()))
	require.NoError(t, err)
	assert.Empty(t, nobody.Refused(time.Now()), "asking why is not trying")
}
