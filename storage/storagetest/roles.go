package storagetest

import (
	"context"
	"reflect"
	"slices"
	"strings"
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

func roleTests() []test {
	return []test{
		in("G1 a new domain has the three levels built in, and nobody changes them", builtIn),
		in("T24 a role allows each action by itself, under its condition", oneAction),
		in("T29 what actions there are is code, and nothing writes it", actionsAreCode),
		in("T28 nobody raises their own role, by any way there is", raisesNothing),
		in("T28 nobody makes a role of what they do not hold", roleExceeds),
	}
}

func (w *World) editRole(t testing.TB, d *Domain, m tenancy.Membership, r access.CustomRole, grants ...[]access.Grant) (access.CustomRole, error) {
	return Write(t.Context(), w.DB, d.Whole, by(m), func(ctx context.Context, s storage.Tx) (access.CustomRole, error) {
		return admin.EditRole(ctx, s, r.ID, r.Version, access.Role{Name: r.Name, Grants: slices.Concat(grants...)})
	})
}

// always allows actions whatever holds.
func always(actions ...access.Action) []access.Grant {
	return access.Allow(access.Unconditionally(), actions...)
}

func builtIn(t *testing.T, w *World) {
	c := w.Found(t, "Gamma")
	var names []string
	for _, r := range w.Policy.Roles() {
		names = append(names, r.Name)
	}
	require.Subset(t, names, []string{access.MemberRole, access.ProjectManager, access.SiteAdmin})
	for _, name := range names {
		for _, written := range []string{name, " " + strings.ToUpper(name)} {
			_, err := Write(t.Context(), w.DB, c.Whole, by(c.Admin), func(ctx context.Context, s storage.Tx) (access.CustomRole, error) {
				return admin.AddRole(ctx, s, access.Role{Name: written, Grants: always(timesheet.ViewTag)})
			})
			require.Equal(t, fault.Code("built_in_role"), fault.CodeOf(err), name)
			helper := c.Helper
			helper.Name = written
			_, err = w.editRole(t, c, c.Admin, helper, always(timesheet.ViewTag))
			require.Equal(t, fault.Code("built_in_role"), fault.CodeOf(err), name)
		}
	}
	rows := read(t, w, c.Whole, by(c.Admin), readerOf(admin.KindRole).all)
	require.Equal(t, [][16]byte{c.Helper.ID}, ids(rows), "they are no rows that could be written")
	nora := w.newcomer(t, c, "Nora")
	for _, role := range []string{access.MemberRole, access.ProjectManager, access.SiteAdmin} {
		w.give(t, c, access.Binding{Subject: to(nora), Role: role, Place: atSite(c.North)})
	}
}

// oneAction makes a role of each action of the kinds that a domain has, gives
// it to somebody alone, and asks what she may.
func oneAction(t *testing.T, w *World) {
	d := w.A
	nora := w.newcomer(t, d, "Nora")
	role := w.addRole(t, d, "One action", always(timesheet.ViewTag))
	w.give(t, d, access.Binding{Subject: to(nora), Custom: role.ID, Place: everywhere})
	n := 0
	for _, r := range readers() {
		for _, spec := range w.Policy.Actions() {
			if spec.Kind != r.kind.Name {
				continue
			}
			grants := always(r.view)
			if spec.Name != r.view {
				grants = append(grants, always(spec.Name)...)
			}
			var err error
			role, err = w.editRole(t, d, d.Admin, role, grants)
			require.NoError(t, err, spec.Name)
			rows := read(t, w, d.Whole, by(d.Admin), r.all)
			read(t, w, d.Whole, by(nora), func(ctx context.Context, v storage.View) (bool, error) {
				_, resource, err := r.get(ctx, v, v.Who().Sees(r.view), rows[0].id)
				require.NoError(t, err)
				want := []access.Action{r.view}
				if spec.Verb != access.Create && spec.Name != r.view {
					want = append(want, spec.Name)
				}
				require.ElementsMatch(t, want, v.Who().Allowed(resource), "a role of %s", spec.Name)
				return true, nil
			})
			n++
		}
	}
	require.Greater(t, n, 40)

	_, err := w.editRole(t, d, d.Admin, role, always(timesheet.ViewEntry), access.Allow(access.When(access.Own), timesheet.EditEntry))
	require.NoError(t, err)
	e := d.BensTime
	e.Note = "by Nora"
	_, err = w.edit(t, d.North, by(nora), e)
	denied(t, "condition_own", err)
	own := timed(later, time.Hour, noProject)
	own.Person = nora.ID
	own = w.recorded(t, d.North, by(d.Admin), own)
	own.Note = "by Nora"
	_, err = w.edit(t, d.North, by(nora), own)
	require.NoError(t, err)
	denied(t, "no_grant_in_scope", w.remove(t, d.North, by(nora), w.entry(t, d.North, by(nora), own.ID)))
}

// actionsAreCode looks for a way to write what the policy says.
func actionsAreCode(t *testing.T, w *World) {
	rules := []reflect.Type{
		reflect.TypeFor[access.ActionSpec](), reflect.TypeFor[access.KindSpec](), reflect.TypeFor[access.Role](), reflect.TypeFor[access.Catalogue](),
		reflect.TypeFor[access.Grant](), reflect.TypeFor[access.Denial](), reflect.TypeFor[access.Switch](), reflect.TypeFor[*access.Policy](), reflect.TypeFor[access.Action](),
	}
	for _, handle := range []reflect.Type{reflect.TypeFor[storage.DB](), reflect.TypeFor[storage.Tx](), reflect.TypeFor[storage.Installation](), reflect.TypeFor[admin.Store]()} {
		n := 0
		for m := range handle.Methods() {
			for in := range m.Type.Ins() {
				for in.Kind() == reflect.Slice || in.Kind() == reflect.Pointer && in.Elem().Kind() != reflect.Struct {
					in = in.Elem()
				}
				require.NotContains(t, rules, in, "%s takes a part of the rules", m.Name)
				n++
			}
		}
		require.NotZero(t, n)
	}
	_, err := w.editRole(t, w.A, w.A.Admin, w.A.Helper, always("entry.teleport"))
	require.Equal(t, fault.Code("unknown_action"), fault.CodeOf(err), "a role makes no action by naming it")

	before := w.Policy.Actions()
	w.Policy.Actions()[0].Privileged = !before[0].Privileged
	w.Policy.Roles()[0].Name = "changed"
	w.Policy.Kinds()[0].Facts = 0
	require.Equal(t, before, w.Policy.Actions(), "what a policy tells is a copy")
	require.NotEqual(t, "changed", w.Policy.Roles()[0].Name)
}

func raisesNothing(t *testing.T, w *World) {
	d := w.A
	held := w.bindingsOf(t, d, d.Eve)
	for name, try := range map[string]func(ctx context.Context, s storage.Tx) error{
		"a role": func(ctx context.Context, s storage.Tx) error {
			_, err := admin.GrantRole(ctx, s, d.Eve.ID, access.SiteAdmin)
			return err
		},
		"the role that she has, elsewhere": func(ctx context.Context, s storage.Tx) error {
			_, err := admin.Bind(ctx, s, access.Binding{Subject: to(d.Eve), Role: access.MemberRole, Place: atProject(d.Public)})
			return err
		},
		"to everyone": func(ctx context.Context, s storage.Tx) error {
			_, err := admin.Bind(ctx, s, access.Binding{Subject: access.Subject{Everyone: true}, Role: access.SiteAdmin, Place: atSite(d.North)})
			return err
		},
		"a role of her own making": func(ctx context.Context, s storage.Tx) error {
			_, err := admin.AddRole(ctx, s, access.Role{Name: "Mine", Grants: always(timesheet.EditEntry)})
			return err
		},
		"a group":   func(ctx context.Context, s storage.Tx) error { _, err := admin.AddGroup(ctx, s, "Mine"); return err },
		"a setting": func(ctx context.Context, s storage.Tx) error { return w.acts()[admin.SetSetting](ctx, s, [16]byte{}) },
		"her own membership": func(ctx context.Context, s storage.Tx) error {
			return w.acts()[admin.EditMember](ctx, s, d.Eve.ID)
		},
		"a team": func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddToTeam(ctx, s, d.Public.ID, d.Eve.ID, true)
			return err
		},
	} {
		for _, in := range []tenancy.Scope{d.North, d.Whole} {
			err := w.DB.Update(t.Context(), in, by(d.Eve), try)
			require.Error(t, err, name)
			require.Contains(t, []fault.Code{fault.CodeDenied, fault.CodeNotFound, "needs_domain"}, fault.CodeOf(err), "%s: %v", name, err)
			if in == d.North && name != "to everyone" && name != "the role that she has, elsewhere" {
				require.ErrorIs(t, err, fault.Denied, name)
			}
		}
	}
	require.Equal(t, held, w.bindingsOf(t, d, d.Eve))
}

func roleExceeds(t *testing.T, w *World) {
	d := w.A
	hana := w.newcomer(t, d, "Hana")
	hers := always(admin.ViewRole, admin.MakeRole, admin.ChangeRole, admin.Grant, admin.ViewBinding, timesheet.ViewTag)
	maker := w.addRole(t, d, "Maker", hers, access.Allow(access.When(access.Own), timesheet.ViewEntry))
	w.give(t, d, access.Binding{Subject: to(hana), Custom: maker.ID, Place: everywhere})
	add := func(grants ...[]access.Grant) error {
		return w.DB.Update(t.Context(), d.Whole, by(hana), func(ctx context.Context, s storage.Tx) error {
			if _, err := admin.AddRole(ctx, s, access.Role{Name: "Made", Grants: slices.Concat(grants...)}); err != nil {
				return err
			}
			return errRollback
		})
	}
	require.ErrorIs(t, add(always(timesheet.ViewTag)), errRollback)
	require.ErrorIs(t, add(access.Allow(access.When(access.Own), timesheet.ViewEntry)), errRollback, "under the condition that is hers")
	denied(t, "grant_exceeds_own", add(always(timesheet.ViewEntry)))
	denied(t, "grant_exceeds_own", add(always(timesheet.EditTag)))
	denied(t, "grant_exceeds_own", add(always(timesheet.ViewTag), always(admin.Revoke)))
	_, err := w.editRole(t, d, hana, d.Helper, always(timesheet.ViewTag, timesheet.EditTag))
	denied(t, "grant_exceeds_own", err)
	_, err = w.editRole(t, d, hana, maker, hers, always(timesheet.ViewEntry))
	denied(t, "grant_exceeds_own", err)
	bind := func(b access.Binding) error {
		return w.DB.Update(t.Context(), d.Whole, by(hana), func(ctx context.Context, s storage.Tx) error { _, err := admin.Bind(ctx, s, b); return err })
	}
	editors := w.addRole(t, d, "Editors", always(timesheet.EditTag))
	for _, subject := range []access.Subject{to(hana), to(d.Eve), {Group: d.Crew.ID}, {Everyone: true}} {
		denied(t, "grant_exceeds_own", bind(access.Binding{Subject: subject, Custom: editors.ID, Place: everywhere}))
		denied(t, "grant_exceeds_own", bind(access.Binding{Subject: subject, Role: access.MemberRole, Place: atSite(d.North)}))
		require.NoError(t, bind(access.Binding{Subject: subject, Custom: d.Helper.ID, Place: atSite(d.North)}))
	}
	// A role that is bound at a project may not come to say what she does not
	// hold there.
	w.give(t, d, access.Binding{Subject: to(d.Eve), Custom: d.Helper.ID, Place: atProject(d.Private)})
	_, err = w.editRole(t, d, hana, d.Helper, access.Allow(access.When(access.Bound), timesheet.ViewProject))
	denied(t, "grant_exceeds_own", err)
}
