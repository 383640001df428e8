package storagetest

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func impactTests() []test {
	return []test{
		in("J60 who gains and who loses by a change of a role is who did afterwards", impactIsWhatChanges),
		in("J60 who may already gains nothing", nothingIsGainedTwice),
		in("J60 what a site's own settings change is told of that site", impactBySettings),
	}
}

// impactIsWhatChanges changes a role and asks everybody before and after.
func impactIsWhatChanges(t *testing.T, w *World) {
	d := w.A
	people := w.spread(t)
	entries := []access.Action{timesheet.ViewEntry, timesheet.EditEntry}
	role := w.addRole(t, d, "Changing",
		access.Allow(access.When(access.Public, access.Member), entries...),
		access.Allow(access.Unconditionally(), timesheet.EditClient, timesheet.EditTag))
	next := access.Role{Name: "Changed", Grants: slices.Concat(
		access.Allow(access.When(access.Member, access.Own, access.Manager).But(access.Shared), entries...),
		access.Allow(access.Unconditionally(), timesheet.EditClient, admin.EditMember),
		access.Allow(access.When(access.Public).But(access.Bound), timesheet.EditProject))}
	person := func(m tenancy.Membership) access.Subject { return access.Subject{Member: m.ID} }
	w.bindAll(t, d,
		access.Binding{Subject: person(d.Eve), Custom: role.ID, Place: access.Place{Kind: access.Everywhere}},
		access.Binding{Subject: person(d.Gus), Custom: role.ID, Place: access.Place{Kind: access.AtProject, Project: d.Far.ID}},
		access.Binding{Subject: person(d.Sue), Custom: role.ID, Place: access.Place{Kind: access.AtSite, Site: d.North.Site()}},
		access.Binding{Subject: access.Subject{Group: d.Crew.ID}, Custom: role.ID, Place: access.Place{Kind: access.AtProject, Project: d.Public.ID}},
		access.Binding{Subject: person(d.Ann), Role: access.SiteAdmin, Place: access.Place{Kind: access.AtSite, Site: d.South.Site()}},
		access.Binding{Subject: access.Subject{Everyone: true}, Custom: role.ID, Place: access.Place{Kind: access.AtSite, Site: d.South.Site()}})
	before := w.let(t, d, people)
	var impacts []admin.Impact
	rows := map[[16]byte]access.Row{}
	read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) (_ bool, err error) {
		impacts, err = admin.RoleImpact(ctx, v, role.ID, next, timesheet.Within(v))
		require.NoError(t, err)
		for _, r := range readers() {
			all, err := r.all(ctx, v)
			require.NoError(t, err)
			for _, id := range ids(all) {
				_, resource, err := r.get(ctx, v, v.Who().Sees(r.view), id)
				require.NoError(t, err)
				rows[id] = resource.Row()
			}
		}
		return true, nil
	})
	// Administrators have been kept out of private projects: what they do not
	// hold they give nobody.
	write(t, w, d.Whole, worker, func(ctx context.Context, s storage.Tx) (access.CustomRole, error) {
		return admin.EditRole(ctx, s, role.ID, role.Version, next)
	})
	after := w.let(t, d, people)
	inCrew := []tenancy.MembershipID{d.Ann.ID, d.Ben.ID, people[7].ID, people[8].ID}
	gains, losses, told := 0, 0, 0
	for _, m := range people {
		for id, row := range rows {
			facts := w.factsOf(t, d, m, row)
			for _, spec := range w.Policy.Actions() {
				if spec.Kind != row.Kind || spec.Verb == access.Create {
					continue
				}
				was, is := before[m.ID][deed{spec.Name, id}], after[m.ID][deed{spec.Name, id}]
				for _, loses := range []bool{false, true} {
					want := was == loses && is != loses
					got := slices.ContainsFunc(narrowest(impacts, m, row), func(c access.Difference) bool {
						return c.Action == spec.Name && c.Loses == loses && c.When.Holds(facts)
					})
					// What lies at two places that have nothing to do with each
					// other changes no further than at each alone.
					if overlaps := row.Client == [16]byte(d.Client.ID) || slices.Contains(inCrew, row.Person); want && !got || got && !want && !overlaps {
						require.Fail(t, "differs", "%s: %s of %+v when %s: was %v, is %v\n%v", m.Name, spec.Name, row, facts, was, is, impacts)
					}
					switch {
					case got && loses:
						losses++
					case got:
						gains++
					}
				}
			}
		}
	}
	for _, i := range impacts {
		told += len(i.Changes)
	}
	require.Greater(t, min(gains, losses, told), 5, "all ways are met")
}

// narrowest returns the changes at the narrowest place that a row is at.
func narrowest(impacts []admin.Impact, m tenancy.Membership, row access.Row) (changes []access.Difference) {
	for _, i := range impacts {
		in := i.Place.Kind == access.Everywhere ||
			i.Place.Kind == access.AtSite && i.Place.Site == row.Site ||
			i.Place.Kind == access.AtProject && i.Place.Project == row.Project
		if in && i.Person.ID == m.ID {
			changes = i.Changes
		}
	}
	return changes
}

// factsOf returns the facts between a person and a row.
func (w *World) factsOf(t testing.TB, d *Domain, m tenancy.Membership, row access.Row) access.Facts {
	t.Helper()
	facts := row.Facts &^ (access.Own | access.Member | access.Manager)
	if row.Person == m.ID {
		facts |= access.Own
	}
	if row.Project != [16]byte{} {
		for _, of := range w.team(t, d, row.Project) {
			if of.Person == m.ID {
				facts |= access.Member
				if of.Manager {
					facts |= access.Manager
				}
			}
		}
	}
	return facts
}

func nothingIsGainedTwice(t *testing.T, w *World) {
	d := w.A
	role := w.addRole(t, d, "Tidy", access.Allow(access.Unconditionally(), timesheet.EditTag))
	dora := w.hire(t, d, d.South, "Dora", access.MemberRole)
	north := access.Place{Kind: access.AtSite, Site: d.North.Site()}
	south := access.Place{Kind: access.AtSite, Site: d.South.Site()}
	private := access.Place{Kind: access.AtProject, Project: d.Private.ID}
	w.bindAll(t, d,
		access.Binding{Subject: access.Subject{Everyone: true}, Custom: role.ID, Place: north},
		access.Binding{Subject: access.Subject{Member: d.Eve.ID}, Role: access.ProjectManager, Place: private},
		access.Binding{Subject: access.Subject{Member: d.Sue.ID}, Custom: role.ID, Place: south},
		access.Binding{Subject: access.Subject{Member: dora.ID}, Custom: role.ID, Place: south, Until: w.Clock.Now()})
	next := access.Role{Grants: access.Allow(access.When(access.Member, access.Own), timesheet.ViewReport)}
	impacts := func(after access.Role) map[string][]string { return w.impacts(t, role.ID, after) }
	const gainsTeam = "gains report.view when member and not own and not manager and not public and not shared;"
	member := []string{"site: loses tag.edit; " + gainsTeam}
	guest := []string{"site: loses tag.edit; gains report.view when own and not member;"}
	stranger := "site: loses tag.edit; gains report.view when own, or member;"
	require.Equal(t, map[string][]string{
		"Ann": member, "Ben": member,
		// A member in the south, where Dora holds it no longer.
		"Sue": {stranger, member[0]}, "Dora": {stranger},
		// What she manages she sees anyhow.
		"Eve":       {member[0], "project: loses tag.edit;"},
		"Gus Guest": guest,
		// Cleo administers the north, and Ada everything: they may all that already.
	}, impacts(next))
	// The zero Role: what if nobody held it?
	for name, lines := range impacts(access.Role{}) {
		require.Equal(t, "site: loses tag.edit;", lines[0], name)
	}
	require.Len(t, impacts(access.Role{}), 6)
	err := w.DB.View(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) error {
		_, err := admin.RoleImpact(ctx, v, role.ID, access.Role{Grants: access.Allow(access.Unconditionally(), "no.such")}, nil)
		return err
	})
	require.Equal(t, fault.Code("unknown_action"), fault.CodeOf(err))
}

func impactBySettings(t *testing.T, w *World) {
	d := w.A
	everywhere := access.Place{Kind: access.Everywhere}
	role := w.addRole(t, d, "Readers", access.Allow(access.Unconditionally(), timesheet.ViewTag))
	w.bindAll(t, d,
		access.Binding{Subject: access.Subject{Member: d.Eve.ID}, Custom: role.ID, Place: everywhere},
		access.Binding{Subject: access.Subject{Member: d.Eve.ID}, Role: access.MemberRole, Place: everywhere})
	write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.SiteSetting, error) {
		return admin.Set(ctx, s, d.South.Site(), access.Setting{Key: timesheet.LimitPublicData, Value: timesheet.On})
	})
	// Members see the time on public projects, but not in the south.
	require.Equal(t, map[string][]string{"Eve": {"site: gains report.view when public and not own and not member, or public and not own and not manager and not shared;"}},
		w.impacts(t, role.ID, access.Role{Grants: access.Allow(access.When(access.Public), timesheet.ViewReport)}))
}

// impacts says in words who gains and loses what by a change of a role of the
// first domain.
func (w *World) impacts(t testing.TB, id access.CustomRoleID, after access.Role) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, i := range read(t, w, w.A.Whole, by(w.A.Admin), func(ctx context.Context, v storage.View) ([]admin.Impact, error) {
		return admin.RoleImpact(ctx, v, id, after, timesheet.Within(v))
	}) {
		line := string(i.Place.Kind) + ":"
		for _, c := range i.Changes {
			line += " " + c.String() + ";"
		}
		out[i.Person.Name] = append(out[i.Person.Name], line)
	}
	return out
}
