package storagetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func allowedTests() []test {
	return []test{
		in("G56 what is said to be allowed is what works, and nothing else does", allowedWorks),
		in("W6 the set of what is allowed, the decision and the explanation are one", allowedIsDecided),
		in("W9 what an explanation says is missing is what was missing", missingIsMissing),
	}
}

// allowedWorks tries, as everybody, every action that writes on what each of
// them sees, and compares with what the row says is allowed.
func allowedWorks(t *testing.T, w *World) {
	d := w.A
	w.crowd(t)
	w.spare(t)
	old := w.archivedTime(t, d)
	acts := w.acts()
	for _, spec := range w.writing() {
		require.Contains(t, acts, spec.Name, "an action that nobody tries")
	}
	answers := map[access.Action]map[bool]bool{}
	for _, m := range d.people() {
		for _, r := range readers() {
			rows := read(t, w, d.Whole, by(m), r.all)
			for i, row := range rows {
				if i%(1+len(rows)/4) != 0 && row.id != [16]byte(old.ID) {
					continue
				}
				allowed := read(t, w, d.Whole, by(m), func(ctx context.Context, v storage.View) ([]access.Action, error) {
					_, resource, err := r.get(ctx, v, v.Who().Sees(r.view), row.id)
					return v.Who().Allowed(resource), err
				})
				for _, spec := range w.writing() {
					if spec.Kind != r.kind.Name || spec.Verb == access.Create {
						continue
					}
					err := w.DB.Update(t.Context(), d.Whole, by(m), func(ctx context.Context, s storage.Tx) error {
						if err := acts[spec.Name](ctx, s, row.id); err != nil {
							return err
						}
						return errRollback
					})
					if fault.CodeOf(err) == "group_in_use" || fault.CodeOf(err) == "role_in_use" || errors.Is(err, fault.Conflict) {
						err = errRollback // allowed, and not possible
					}
					works := errors.Is(err, errRollback)
					require.True(t, works || errors.Is(err, fault.Denied), "%s of %s on %+v: %v", spec.Name, m.Name, row.entity, err)
					require.Equal(t, slices.Contains(allowed, spec.Name), works, "%s of %s on %+v: %v", spec.Name, m.Name, row.entity, err)
					if answers[spec.Name] == nil {
						answers[spec.Name] = map[bool]bool{}
					}
					answers[spec.Name][works] = true
				}
			}
		}
	}
	for _, spec := range w.writing() {
		if spec.Verb != access.Create {
			require.True(t, answers[spec.Name][true], "nobody may %s", spec.Name)
		}
	}
	for _, action := range []access.Action{timesheet.EditProject, timesheet.EditVisibility, timesheet.EditTeam, timesheet.RemoveTeam, timesheet.EditTask, timesheet.EditEntry, timesheet.RemoveEntry, timesheet.EditClient} {
		require.True(t, answers[action][false], "everybody may %s", action)
	}
}

// archivedTime adds an entry on a project that is archived.
func (w *World) archivedTime(t testing.TB, d *Domain) timesheet.Entry {
	t.Helper()
	p := write(t, w, d.North, by(d.Ann), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
		return w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Done"})
	})
	e := w.recorded(t, d.North, by(d.Ann), timed(later, time.Minute, p))
	p.ArchivedAt = Start
	_, err := w.editProject(t, d.North, by(d.Ann), p)
	require.NoError(t, err)
	return e
}

func allowedIsDecided(t *testing.T, w *World) {
	d := w.A
	w.archivedTime(t, d)
	for _, m := range w.spread(t) {
		if m.Status == tenancy.Active || m.Status == "" {
			w.listsWhatIsAllowed(t, d.Whole, by(m))
		}
	}
	for _, as := range []access.Principal{by(d.Admin).ReadOnly(), by(d.Ann).Only(timesheet.ViewProject, timesheet.EditProject), by(d.Admin).AtSite(d.South.Site())} {
		w.listsWhatIsAllowed(t, d.Whole, as)
	}
	w.modules(t, d, access.CustomRoles)
	w.listsWhatIsAllowed(t, d.Whole, by(d.Admin))
	w.listsWhatIsAllowed(t, d.North, by(d.Chief))
}

// listsWhatIsAllowed asks, for every action there is on everything that somebody
// sees and on something new of each kind, whether the set of what is allowed,
// the decision and the explanation are one.
func (w *World) listsWhatIsAllowed(t testing.TB, in tenancy.Scope, as access.Principal) {
	t.Helper()
	write(t, w, in, as, func(ctx context.Context, s storage.Tx) (bool, error) {
		var all []access.Resource
		for _, r := range readers() {
			rows, err := r.all(ctx, s)
			if err != nil {
				return false, err
			}
			for _, id := range ids(rows) {
				_, resource, err := r.get(ctx, s, s.Who().Sees(r.view), id)
				require.NoError(t, err)
				all = append(all, resource)
			}
			for _, site := range []tenancy.SiteID{w.A.North.Site(), w.A.South.Site()} {
				row := access.Row{Kind: r.kind.Name, ID: s.NewID(), Site: site, Person: s.Who().Member()}
				if r.kind.Name == timesheet.KindProject {
					row.Project = row.ID
				}
				all = append(all, s.Draft(row))
			}
		}
		for _, r := range all {
			set := s.Who().AllowedActions(r)
			for _, spec := range w.Policy.Actions() {
				if spec.Kind != r.Row().Kind {
					require.False(t, set.Has(spec.Name))
					continue
				}
				_, err := s.Who().May(spec.Name, r)
				require.Equal(t, err == nil, set.Has(spec.Name), "%s of %+v: %v", spec.Name, r.Row(), err)
				why, err := s.Who().Explain(spec.Name, r)
				if fenced := fault.CodeOf(err) == fault.CodeNotFound; !fenced {
					require.NoError(t, err)
					require.Equal(t, why.Allowed, set.Has(spec.Name), "%s", why)
				}
			}
		}
		return true, nil
	})
}

// missingIsMissing asks why something is denied, makes what is said to be
// missing true, and asks again.
func missingIsMissing(t *testing.T, w *World) {
	d := w.A
	explain := func(m tenancy.Membership, action access.Action) access.Explanation {
		return read(t, w, d.North, by(m), func(ctx context.Context, v storage.View) (access.Explanation, error) {
			_, r, err := v.Projects().Get(ctx, v.Who().Sees(timesheet.ViewProject), d.Public.ID)
			require.NoError(t, err)
			return v.Who().Explain(action, r)
		})
	}
	why := explain(d.Eve, timesheet.EditProject)
	require.Equal(t, []any{false, "condition_manager", []string{"manager"}}, []any{why.Allowed, why.Reason, why.Missing}, "%s", why)
	w.join(t, d, d.Public, d.Eve, true)
	why = explain(d.Eve, timesheet.EditProject)
	require.Equal(t, []any{true, access.MemberRole, "manager"}, []any{why.Allowed, why.Role, why.Term}, "%s", why)
	_, err := w.editProject(t, d.North, by(d.Eve), d.Public)
	require.NoError(t, err)

	w.set(t, d, d.North, timesheet.WhoChangesVisibility, timesheet.Admins)
	why = explain(d.Eve, timesheet.EditVisibility)
	require.Equal(t, "restricted_by_site_setting", why.Reason)
	require.NotEmpty(t, why.Rule)
	require.Empty(t, why.Missing, "it is not a matter of facts")

	// It says no less than a denial does, and is no reason to record one.
	before := len(w.log(t, d))
	why = explain(d.Ben, timesheet.EditVisibility)
	_, err = Write(t.Context(), w.DB, d.North, by(d.Ben), func(ctx context.Context, s storage.Tx) (bool, error) {
		return true, w.acts()[timesheet.EditVisibility](ctx, s, d.Public.ID)
	})
	denied(t, why.Reason, err)
	require.True(t, strings.Contains(err.Error(), why.Rule), "%v", err)
	require.Len(t, w.log(t, d), before+1, "of the try alone")
}
