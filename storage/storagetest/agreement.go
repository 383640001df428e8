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
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

func agreementTests() []test {
	return []test{
		in("G22 what is listed is what can be got, for everybody", listedIsGettable),
		in("G4 what a report counts is what is listed, for everybody", countedIsListed),
	}
}

// crowd makes a world in which every fact holds for somebody: time of
// everybody, on every project, and roles at a client and at a project.
func (w *World) crowd(t testing.TB) {
	t.Helper()
	d := w.A
	n := 0
	for _, site := range []tenancy.Scope{d.North, d.South} {
		for _, m := range d.people() {
			for _, p := range []timesheet.Project{noProject, d.Private, d.Shared, d.Public, d.Far} {
				if p.ID != noProject.ID && p.Site != site.Site() {
					continue
				}
				e := timed(Start.AddDate(0, 0, n%40).Add(time.Duration(n)*time.Minute), time.Duration(n+1)*time.Minute, p)
				e.Person, e.Billable = m.ID, n%2 == 0
				w.recorded(t, site, by(d.Admin), e)
				n++
			}
		}
	}
	w.leave(t, d, d.Shared, d.Ann)
	w.join(t, d, d.Far, d.Gus, false)
	w.bind(t, d, d.Eve, access.MemberRole, access.Place{Kind: access.AtClient, Client: d.Client.ID})
	w.bind(t, d, d.Sue, access.SiteAdmin, access.Place{Kind: access.AtProject, Project: d.Public.ID})
	w.bind(t, d, d.Gus, access.SiteAdmin, access.Place{Kind: access.AtClient, Client: d.Client.ID})
}

// bind gives a role at any place.
func (w *World) bind(t testing.TB, d *Domain, m tenancy.Membership, role string, at access.Place) access.Binding {
	t.Helper()
	return write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.Binding, error) {
		b := access.Binding{ID: s.NewID(), CreatedAt: s.Now(), Subject: access.Subject{Member: m.ID}, Role: role, Place: at}
		return putBinding(ctx, s, b)
	})
}

// putBinding grants a binding at any place, for which package admin has no use
// case yet.
func putBinding(ctx context.Context, s storage.Tx, b access.Binding) (access.Binding, error) {
	row := access.Row{Kind: admin.KindBinding, ID: b.ID, Site: b.Place.Site, Client: b.Place.Client, Project: b.Place.Project, Person: b.Subject.Member}
	r := s.Draft(row)
	if b.Place.Project != [16]byte{} {
		placed, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), row)
		if err != nil {
			return b, err
		}
		r = placed[0]
	}
	may, err := s.Who().May(admin.Grant, r)
	if err != nil {
		return b, err
	}
	return s.PutBinding(ctx, may, b)
}

// listedIsGettable compares, for every actor, scope, kind and action, the list
// under the action with getting and deciding on each row there is.
func listedIsGettable(t *testing.T, w *World) {
	w.crowd(t)
	exist := read(t, w, w.A.Whole, by(w.A.Admin), func(ctx context.Context, v storage.View) (map[access.Kind][][16]byte, error) {
		all := map[access.Kind][][16]byte{}
		for _, r := range readers() {
			rows, err := r.all(ctx, v)
			if err != nil {
				return nil, err
			}
			all[r.kind.Name] = ids(rows)
		}
		return all, nil
	})
	some := map[access.Action]bool{} // actions that somebody may do and somebody may not
	for _, m := range w.A.people() {
		for name, scope := range w.A.scopes() {
			read(t, w, scope, by(m), func(ctx context.Context, v storage.View) (bool, error) {
				for _, r := range readers() {
					for _, spec := range w.Policy.Actions() {
						if spec.Kind != r.kind.Name || spec.Verb == access.Create {
							continue
						}
						rows, err := r.under(ctx, v, spec.Name)
						require.NoError(t, err)
						listed := ids(rows)
						for _, id := range exist[r.kind.Name] {
							want := slices.Contains(listed, id)
							e, resource, err := r.get(ctx, v, v.Who().Sees(spec.Name), id)
							require.Equal(t, want, err == nil, "%s of %s in %s: listed %v, got %v", spec.Name, m.Name, name, want, err)
							if err == nil {
								require.Equal(t, rows[slices.Index(listed, id)], e)
								_, err = v.Who().May(spec.Name, resource)
								require.NoError(t, err, "%s of %s in %s: listed and not allowed", spec.Name, m.Name, name)
								require.Contains(t, v.Who().Allowed(resource), spec.Name)
							} else if _, seen, hidden := r.get(ctx, v, v.Who().Sees(r.view), id); hidden == nil {
								_, err = v.Who().May(spec.Name, seen)
								require.Error(t, err, "%s of %s in %s: allowed and not listed", spec.Name, m.Name, name)
								require.NotContains(t, v.Who().Allowed(seen), spec.Name)
								some[spec.Name] = true
							}
						}
						for _, id := range listed {
							require.Contains(t, exist[r.kind.Name], id)
						}
					}
				}
				return true, nil
			})
		}
	}
	for _, action := range []access.Action{timesheet.EditProject, timesheet.EditEntry, timesheet.RemoveTeam, timesheet.EditTask} {
		require.True(t, some[action], "the test means nothing for %s: whoever sees may", action)
	}
}

// countedIsListed compares every actor's totals with the sum over her list of
// entries, as a whole and by each dimension that an entry has.
func countedIsListed(t *testing.T, w *World) {
	w.crowd(t)
	totals := map[int64]bool{}
	for _, m := range w.A.people() {
		for name, scope := range w.A.scopes() {
			entries := w.entries(t, scope, by(m), timesheet.EntryQuery{})
			for dimension, key := range map[report.Dimension]func(timesheet.Entry) [16]byte{
				report.Project: func(e timesheet.Entry) [16]byte { return e.Project },
				report.Person:  func(e timesheet.Entry) [16]byte { return e.Person },
				report.Site:    func(e timesheet.Entry) [16]byte { return e.Site },
				report.Task:    func(e timesheet.Entry) [16]byte { return e.Task },
			} {
				want, billable, total := map[[16]byte]int64{}, map[[16]byte]int64{}, int64(0)
				for _, e := range entries {
					want[key(e)] += e.Seconds
					total += e.Seconds
					if e.Billable {
						billable[key(e)] += e.Seconds
					}
				}
				got := w.report(t, scope, by(m), report.Query{By: []report.Dimension{dimension}})
				require.Equal(t, total, got.Total.Seconds, "%s in %s", m.Name, name)
				require.Len(t, got.Rows, len(want), "%s in %s by %s", m.Name, name, dimension)
				for _, row := range got.Rows {
					require.Equal(t, want[row.Keys[0].ID], row.Seconds, "%s in %s by %s", m.Name, name, dimension)
					require.Equal(t, billable[row.Keys[0].ID], row.Billable, "%s in %s by %s", m.Name, name, dimension)
				}
				totals[total] = true
			}
		}
	}
	require.Greater(t, len(totals), 5, "the test means nothing if everybody sees the same")
}
