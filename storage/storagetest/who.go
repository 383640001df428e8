package storagetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func whoTests() []test {
	return []test{
		in("W9 who may do something is who is let when asking", whoMayIsWhoIsLet),
		in("W9 it is said through what somebody may", waysAreAllThereAre),
		in("W9 who may do what is told to those who see everybody", whoIsToldWho),
	}
}

// bindAll grants bindings as the domain's administrator.
func (w *World) bindAll(t testing.TB, d *Domain, bindings ...access.Binding) (made []access.Binding) {
	t.Helper()
	for _, b := range bindings {
		made = append(made, write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.Binding, error) {
			b.ID, b.CreatedAt = s.NewID(), s.Now()
			return putBinding(ctx, s, b)
		}))
	}
	return made
}

// addRole makes a role of the domain's own.
func (w *World) addRole(t testing.TB, d *Domain, name string, grants ...[]access.Grant) access.CustomRole {
	t.Helper()
	return write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.CustomRole, error) {
		return admin.AddRole(ctx, s, access.Role{Name: name, Grants: slices.Concat(grants...)})
	})
}

// deed is an action on one thing.
type deed struct {
	action access.Action
	id     [16]byte
}

// let asks as each person, in the whole domain, what all actions are allowed on.
// Whoever is not active is asked too, and let do nothing.
func (w *World) let(t testing.TB, d *Domain, people []tenancy.Membership) map[tenancy.MembershipID]map[deed]bool {
	t.Helper()
	may := map[tenancy.MembershipID]map[deed]bool{}
	for _, m := range people {
		may[m.ID] = map[deed]bool{}
		err := w.DB.View(t.Context(), d.Whole, by(m), func(ctx context.Context, v storage.View) error {
			for _, r := range readers() {
				for _, spec := range w.Policy.Actions() {
					if spec.Kind != r.kind.Name || spec.Verb == access.Create {
						continue
					}
					rows, err := r.under(ctx, v, spec.Name)
					if err != nil {
						return err
					}
					for _, id := range ids(rows) {
						may[m.ID][deed{spec.Name, id}] = true
					}
				}
			}
			return nil
		})
		if m.Status != tenancy.Active && m.Status != "" {
			require.ErrorIs(t, err, fault.NoMember)
			continue
		}
		require.NoError(t, err)
	}
	return may
}

// spread gives roles in every way: through groups and to everyone, over groups,
// for a time, of the domain's own, to people who are not active, and under
// settings. It returns the people.
func (w *World) spread(t testing.TB) []tenancy.Membership {
	t.Helper()
	d, now := w.A, w.Clock.Now()
	w.crowd(t)
	people := d.people()
	for _, status := range []tenancy.Status{tenancy.Invited, tenancy.Deactivated} {
		people = append(people, write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (tenancy.Membership, error) {
			m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: string(status), Status: status})
			if err == nil {
				_, err = admin.PutInGroup(ctx, s, d.Crew.ID, m.ID)
			}
			return m, err
		}))
	}
	own := w.addRole(t, d, "Own",
		access.Allow(access.When(access.Public).But(access.Own), timesheet.ViewEntry),
		access.Allow(access.When(access.Bound), timesheet.EditEntry, timesheet.ViewClient))
	crew, everyone := access.Subject{Group: d.Crew.ID}, access.Subject{Everyone: true}
	person := func(m tenancy.Membership) access.Subject { return access.Subject{Member: m.ID} }
	whole := access.Place{Kind: access.Everywhere}
	south := access.Place{Kind: access.AtSite, Site: d.South.Site()}
	ofCrew := access.Place{Kind: access.OfGroup, Group: d.Crew.ID}
	w.bindAll(t, d,
		access.Binding{Subject: crew, Role: access.Approver, Place: south},
		access.Binding{Subject: everyone, Role: access.ProjectMember, Place: access.Place{Kind: access.AtProject, Project: d.Shared.ID}},
		access.Binding{Subject: person(d.Sue), Role: access.Timekeeper, Place: ofCrew},
		access.Binding{Subject: everyone, Custom: own.ID, Place: south},
		access.Binding{Subject: crew, Custom: own.ID, Place: access.Place{Kind: access.AtClient, Client: d.Client.ID}},
		access.Binding{Subject: person(people[7]), Role: access.SiteAdmin, Place: whole},
		access.Binding{Subject: person(people[8]), Role: access.SiteAdmin, Place: whole},
		access.Binding{Subject: person(d.Eve), Role: access.Reporter, Place: whole, From: now.Add(-time.Hour), Until: now.Add(time.Hour)},
		access.Binding{Subject: person(d.Ben), Role: access.SiteAdmin, Place: whole, Until: now},
		access.Binding{Subject: person(d.Gus), Role: access.SiteAdmin, Place: whole, From: now.Add(time.Minute)})
	require.NoError(t, w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
		if _, err := admin.Set(ctx, s, tenancy.SiteID{}, access.Setting{Key: timesheet.AdminsBypassPrivate, Value: timesheet.Off}); err != nil {
			return err
		}
		_, err := admin.Set(ctx, s, d.North.Site(), access.Setting{Key: timesheet.LimitPublicData, Value: timesheet.On})
		return err
	}))
	return people
}

func whoMayIsWhoIsLet(t *testing.T, w *World) {
	people := w.spread(t)
	may, met := w.let(t, w.A, people), map[int]int{}
	read(t, w, w.A.Whole, by(w.A.Admin), func(ctx context.Context, v storage.View) (bool, error) {
		for _, r := range readers() {
			rows, err := r.all(ctx, v)
			require.NoError(t, err)
			for i, row := range rows {
				if i%(1+len(rows)/9) != 0 { // some of each kind, from all over
					continue
				}
				_, resource, err := r.get(ctx, v, v.Who().Sees(r.view), row.id)
				require.NoError(t, err)
				for _, spec := range w.Policy.Actions() {
					if spec.Kind != r.kind.Name || spec.Verb == access.Create {
						continue
					}
					told, err := w.Book.WhoMay(ctx, v, spec.Name, resource)
					require.NoError(t, err)
					var got, want []string
					for _, p := range told {
						require.Equal(t, tenancy.Active, p.Person.Status)
						got = append(got, p.Person.Name)
					}
					for _, m := range people {
						if may[m.ID][deed{spec.Name, row.id}] {
							want = append(want, m.Name)
						}
					}
					require.ElementsMatch(t, want, got, "%s of %+v", spec.Name, row.entity)
					met[len(want)]++
				}
			}
		}
		return true, nil
	})
	require.Greater(t, len(met), 5, "nobody, everybody, and many numbers between: %v", met)
}

func waysAreAllThereAre(t *testing.T, w *World) {
	d := w.A
	at := access.Place{Kind: access.AtProject, Project: d.Private.ID}
	write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.GroupMember, error) {
		return admin.PutInGroup(ctx, s, d.Crew.ID, d.Eve.ID)
	})
	readers := w.addRole(t, d, "Readers", access.Allow(access.When(access.Bound), timesheet.ViewEntry))
	made := w.bindAll(t, d,
		access.Binding{Subject: access.Subject{Member: d.Eve.ID}, Role: access.Reporter, Place: access.Place{Kind: access.AtSite, Site: d.North.Site()}},
		access.Binding{Subject: access.Subject{Group: d.Crew.ID}, Role: access.ProjectManager, Place: at},
		access.Binding{Subject: access.Subject{Everyone: true}, Custom: readers.ID, Place: at})
	ways := func(m tenancy.Membership) (out []string) {
		read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) (bool, error) {
			_, r, err := v.Entry(ctx, v.Who().Sees(timesheet.ViewEntry), d.AnnsTime.ID)
			require.NoError(t, err)
			told, err := w.Book.WhoMay(ctx, v, timesheet.ViewEntry, r)
			require.NoError(t, err)
			for _, p := range told {
				for _, way := range p.Ways {
					if p.Person.ID == m.ID {
						out = append(out, way.Origin()+": "+way.Why.Role+" ("+way.Why.Term+")")
					}
				}
			}
			return true, nil
		})
		return out
	}
	all := []string{"direct: reporter (always)", "Crew: project_manager (bound)", "everyone: custom role Readers (bound)"}
	require.Equal(t, all, ways(d.Eve))
	require.Equal(t, []string{"direct: member (own)", all[1], all[2]}, ways(d.Ann), "her own, and so on")
	require.Equal(t, all[2:], ways(d.Sue), "only as one of everyone")
	for i, b := range made {
		sees := slices.Contains(entryIDs(w.entries(t, d.Whole, by(d.Eve), timesheet.EntryQuery{})), d.AnnsTime.ID)
		require.True(t, sees, "by what is left")
		require.NoError(t, w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
			return admin.RevokeRole(ctx, s, b.ID)
		}))
		require.ElementsMatch(t, all[i+1:], ways(d.Eve))
	}
	require.NotContains(t, entryIDs(w.entries(t, d.Whole, by(d.Eve), timesheet.EntryQuery{})), d.AnnsTime.ID, "without them she does not")
}

func whoIsToldWho(t *testing.T, w *World) {
	d := w.A
	auditor := w.hire(t, d, d.Whole, "Otto Auditor", access.DomainAuditor)
	ask := func(in tenancy.Scope, as tenancy.Membership) error {
		return w.DB.View(t.Context(), in, by(as), func(ctx context.Context, v storage.View) error {
			_, r, err := v.Entry(ctx, v.Who().Sees(timesheet.ViewEntry), d.BensTime.ID)
			require.NoError(t, err, "she sees the entry itself")
			_, impact := admin.RoleImpact(ctx, v, d.Helper.ID, access.Role{}, timesheet.Within(v))
			_, err = w.Book.WhoMay(ctx, v, timesheet.ViewEntry, r)
			require.Equal(t, fault.CodeOf(err), fault.CodeOf(impact))
			require.Equal(t, fault.ReasonOf(err), fault.ReasonOf(impact))
			return err
		})
	}
	require.NoError(t, ask(d.Whole, d.Admin))
	require.NoError(t, ask(d.Whole, auditor))
	for _, m := range []tenancy.Membership{d.Ben, d.Ann, d.Chief} {
		denied(t, "sees_in_part", ask(d.Whole, m))
	}
	require.Equal(t, fault.Code("needs_domain"), fault.CodeOf(ask(d.North, d.Admin)))
}
