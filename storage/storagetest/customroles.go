package storagetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// Roles that a domain made for itself.

func customRoleTests() []test {
	return []test{
		in("J48 without the module own roles are not made, and grant nothing", moduleOff),
		in("J60 a role in use is not removed, and says by how many", roleInUse),
		in("J60 a role is never removed from under who is given it", roleRace),
		in("J60 a role is edited from the version that was read", roleVersions),
		in("J60 a role that cannot be said is refused, by field and value", badRoles),
	}
}

// modules says which modules a domain has not.
func (w *World) modules(t testing.TB, d *Domain, off ...string) {
	t.Helper()
	require.NoError(t, w.DB.Installation(t.Context(), worker, func(ctx context.Context, in storage.Installation) error {
		_, r, err := in.Domains().Get(ctx, in.Who().Sees(admin.ViewDomain), d.ID)
		if err != nil {
			return err
		}
		may, err := in.Who().May(admin.EditModules, r)
		if err != nil {
			return err
		}
		return in.PutModules(ctx, may, d.ID, off)
	}))
}

func moduleOff(t *testing.T, w *World) {
	d := w.A
	nora := w.newcomer(t, d, "Nora")
	b := w.give(t, d, access.Binding{Subject: to(nora), Custom: d.Helper.ID, Place: everywhere})
	tags := func() int { return len(read(t, w, d.Whole, by(nora), readerOf(timesheet.KindTag).all)) }
	try := func(d *Domain) map[string]string {
		return map[string]string{
			"make": w.attempt(t, d.Whole, d.Admin, func(ctx context.Context, s storage.Tx) error {
				_, err := admin.AddRole(ctx, s, access.Role{Name: "Another", Grants: always(timesheet.ViewTag)})
				return err
			}),
			"change": w.attempt(t, d.Whole, d.Admin, func(ctx context.Context, s storage.Tx) error { return w.acts()[admin.ChangeRole](ctx, s, d.Helper.ID) }),
		}
	}
	on, off := map[string]string{"make": "yes", "change": "yes"}, map[string]string{"make": "module_off", "change": "module_off"}
	for range 2 {
		require.Equal(t, 1, tags())
		require.Equal(t, on, try(d))
		w.modules(t, d, access.CustomRoles)
		require.Zero(t, tags(), "from the next transaction on")
		require.Equal(t, off, try(d))
		require.Equal(t, on, try(w.B), "another domain has its own")
		require.Len(t, w.bindingsOf(t, d, nora), 1, "it is kept")
		require.NotEmpty(t, w.projects(t, d.North, by(d.Ann), access.Query{}), "built-in roles go on")
		w.modules(t, d)
	}
	w.modules(t, d, access.CustomRoles)
	w.revoke(t, d, b)
	w.manage(t, d, func(ctx context.Context, s storage.Tx) error { return admin.RemoveRole(ctx, s, d.Helper.ID) })
}

func roleInUse(t *testing.T, w *World) {
	d := w.A
	drop := func() error {
		return w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) error { return admin.RemoveRole(ctx, s, d.Helper.ID) })
	}
	var made []access.Binding
	for _, b := range []access.Binding{
		{Subject: to(d.Eve), Place: everywhere}, {Subject: access.Subject{Group: d.Crew.ID}, Place: atProject(d.Private)},
		{Subject: access.Subject{Everyone: true}, Place: atSite(d.South), Until: Start.Add(time.Minute)},
	} {
		b.Custom = d.Helper.ID
		made = append(made, w.give(t, d, b))
	}
	w.Clock.Advance(time.Hour) // one of them has ended, and is still there
	for i, b := range made {
		err := drop()
		require.Equal(t, fault.Code("role_in_use"), fault.CodeOf(err))
		require.ErrorIs(t, err, fault.Invalid)
		require.Equal(t, fmt.Sprint(len(made)-i), err.(*fault.Error).Value)
		w.revoke(t, d, b)
	}
	require.NoError(t, drop())
	require.ErrorIs(t, drop(), fault.NotFound)
}

// roleRace removes a role while it is given to somebody: one of the two is
// refused.
func roleRace(t *testing.T, w *World) {
	d := w.A
	for round := range 8 {
		r := w.addRole(t, d, fmt.Sprint("Role ", round), always(timesheet.ViewTag))
		errs := together(2, func(i int) error {
			return w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
				if i == 0 {
					return admin.RemoveRole(ctx, s, r.ID)
				}
				_, err := admin.Bind(ctx, s, access.Binding{Subject: to(d.Eve), Custom: r.ID, Place: everywhere})
				return err
			})
		})
		bound := slices.ContainsFunc(w.bindingsOf(t, d, d.Eve), func(b access.Binding) bool { return b.Custom == r.ID })
		require.Equal(t, errs[1] == nil, bound)
		if errs[0] == nil {
			require.ErrorIs(t, errs[1], fault.Reference)
			continue
		}
		require.True(t, bound)
		require.Contains(t, []fault.Code{fault.CodeReference, "role_in_use"}, fault.CodeOf(errs[0]), "%v", errs[0])
	}
}

func roleVersions(t *testing.T, w *World) {
	d := w.A
	nora := w.newcomer(t, d, "Nora")
	w.enter(t, d, d.Crew, nora)
	w.give(t, d, access.Binding{Subject: access.Subject{Group: d.Crew.ID}, Custom: d.Helper.ID, Place: everywhere})
	sees := func() (n [2]int) {
		n[0] = len(read(t, w, d.Whole, by(nora), readerOf(timesheet.KindTag).all))
		n[1] = len(read(t, w, d.Whole, by(nora), readerOf(timesheet.KindActivity).all))
		return n
	}
	require.Equal(t, [2]int{1, 0}, sees())
	next, err := w.editRole(t, d, d.Admin, d.Helper, always(timesheet.ViewActivity))
	require.NoError(t, err)
	require.Equal(t, d.Helper.Version+1, next.Version)
	require.Equal(t, [2]int{0, 1}, sees(), "for all who hold it, at once")
	_, err = w.editRole(t, d, d.Admin, d.Helper, always(timesheet.ViewTag))
	require.ErrorIs(t, err, fault.Stale)
	require.Equal(t, [2]int{0, 1}, sees())
	for round := range 5 {
		errs := together(2, func(int) error { _, err := w.editRole(t, d, d.Admin, next, always(timesheet.ViewTag)); return err })
		won, lost := sorted(t, errs, fault.Stale)
		require.Equal(t, [2]int{1, 1}, [2]int{won, lost}, "round %d", round)
		next.Version++
	}
}

func badRoles(t *testing.T, w *World) {
	d := w.A
	for what, c := range map[string]struct {
		role         access.Role
		code         fault.Code
		field, value string
	}{
		"no name":                       {access.Role{Grants: always(timesheet.ViewTag)}, "", "name", ""},
		"a name that is taken":          {access.Role{Name: "HELPER", Grants: always(timesheet.ViewTag)}, fault.CodeConflict, "name", ""},
		"no grants":                     {access.Role{Name: "New"}, "empty_role", "grants", ""},
		"an action that there is not":   {access.Role{Name: "New", Grants: always("entry.fly")}, "unknown_action", "action", "entry.fly"},
		"one of the installation":       {access.Role{Name: "New", Grants: always(admin.CreateDomain)}, "root_action", "action", "domain.create"},
		"a fact that tags have not":     {access.Role{Name: "New", Grants: access.Allow(access.When(access.Own), timesheet.ViewTag)}, "bad_condition", "condition", "own"},
		"what never holds":              {access.Role{Name: "New", Grants: access.Allow(access.When(access.Own).But(access.Own), timesheet.ViewEntry)}, "bad_condition", "condition", ""},
		"no condition at all":           {access.Role{Name: "New", Grants: []access.Grant{{Action: timesheet.ViewTag}}}, "bad_condition", "condition", ""},
		"what depends on a setting":     {access.Role{Name: "New", Grants: access.Where(always(timesheet.ViewTag), access.Setting{Key: timesheet.LimitPublicData, Value: timesheet.On})}, "bad_grant", "action", "tag.view"},
		"a word that is no description": {access.Role{Name: "New", Doc: "\x00", Grants: always(timesheet.ViewTag)}, "", "doc", ""},
	} {
		_, err := Write(t.Context(), w.DB, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.CustomRole, error) {
			return admin.AddRole(ctx, s, c.role)
		})
		require.Error(t, err, what)
		e, is := err.(*fault.Error)
		require.True(t, is, "%s: %v", what, err)
		require.Equal(t, c.field, e.Field, "%s: %v", what, err)
		if c.code != "" {
			require.Equal(t, c.code, e.Code, "%s: %v", what, err)
		}
		if c.value != "" {
			require.Equal(t, c.value, e.Value, what)
		}
	}
	for text, code := range map[string]fault.Code{
		"":                        "empty_role",
		"tag.view":                "bad_condition",
		"tag.view: sometimes":     "bad_condition",
		"entry.fly: always":       "unknown_action",
		"domain.create: always":   "root_action",
		"tag.view: always\nhello": "unknown_action",
	} {
		err := w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
			r := access.CustomRole{ID: s.NewID(), CreatedAt: s.Now(), Name: "New", Grants: text}
			may, err := s.Who().May(admin.MakeRole, s.Draft(access.Row{Kind: admin.KindRole, ID: r.ID}))
			require.NoError(t, err)
			_, err = s.PutRole(ctx, may, r)
			return err
		})
		require.Equal(t, code, fault.CodeOf(err), "a store that is given %q: %v", text, err)
	}
	require.Len(t, read(t, w, d.Whole, by(d.Admin), readerOf(admin.KindRole).all), 1)
}
