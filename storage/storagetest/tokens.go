package storagetest

import (
	"context"
	"math/rand/v2"
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
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// Principals that carry less than the person may: credentials.

func tokenTests() []test {
	return []test{
		in("G68 a credential that only reads writes by no method", readOnlyToken),
		in("G68 a credential for one action does that and nothing else", oneActionToken),
		in("G68 a credential for a site is that site and no other", oneSiteToken),
		in("G68 no credential, however it is put together, exceeds the person", tokensTake),
	}
}

func readOnlyToken(t *testing.T, w *World) {
	d := w.A
	w.stock(t)
	before := w.dumpOf(t, readers()[:7], d.Whole, by(d.Admin))
	as := by(d.Admin).ReadOnly()
	for name, c := range txCalls() {
		err := w.DB.Update(t.Context(), d.Whole, as, func(ctx context.Context, s storage.Tx) error {
			args, err := c.args(ctx, w, s, prover{actor: s.Who()})
			if err == nil {
				_, err = invoke(ctx, s, name, args)
			}
			return err
		})
		if readsOnly(name) {
			require.NoError(t, err, name)
		} else {
			denied(t, "token_scope", err)
		}
	}
	for name, c := range installationCalls() {
		err := w.DB.Installation(t.Context(), worker.ReadOnly(), func(ctx context.Context, h storage.Installation) error {
			_, err := c.args(ctx, w, h, prover{actor: h.Who()})
			return err
		})
		if readsOnly(name) {
			require.NoError(t, err, name)
		} else {
			denied(t, "token_scope", err)
		}
	}
	sameDump(t, before, w.dumpOf(t, readers()[:7], d.Whole, by(d.Admin)), "it wrote")
}

// oneActionToken tries every action that writes with a credential for each.
func oneActionToken(t *testing.T, w *World) {
	d := w.A
	w.spare(t)
	var views []access.Action
	rows := map[access.Kind][16]byte{}
	for _, r := range readers() {
		views = append(views, r.view)
		all := read(t, w, d.Whole, by(d.Admin), r.all)
		rows[r.kind.Name] = all[len(all)-1].id // the newest: what is spare
	}
	try := func(as access.Principal, spec access.ActionSpec) error {
		err := w.DB.Update(t.Context(), d.Whole, as, func(ctx context.Context, s storage.Tx) error {
			if err := w.acts()[spec.Name](ctx, s, rows[spec.Kind]); err != nil {
				return err
			}
			return errRollback
		})
		if fault.CodeOf(err) == fault.CodeDenied && fault.ReasonOf(err) != "grant_exceeds_own" {
			require.Equal(t, "token_scope", fault.ReasonOf(err), "%s: %v", spec.Name, err)
		}
		return err
	}
	gives := []access.Action{admin.Grant, admin.JoinGroup, admin.MakeRole, admin.ChangeRole}
	for i, spec := range w.writing() {
		err := try(by(d.Admin).Only(append(views, spec.Name)...), spec)
		if !slices.Contains(gives, spec.Name) || fault.CodeOf(err) != fault.CodeDenied { // a credential gives no more than it holds
			require.ErrorIs(t, err, errRollback, spec.Name)
		}
		require.ErrorIs(t, try(by(d.Admin).Only(views...), spec), fault.Denied, spec.Name)
		other := w.writing()[(i+1)%len(w.writing())]
		require.ErrorIs(t, try(by(d.Admin).Only(append(views, other.Name)...), spec), fault.Denied, "%s with %s", spec.Name, other.Name)
	}
	for _, r := range readers() {
		as := by(d.Admin).Only(r.view)
		for _, other := range readers() {
			got := read(t, w, d.Whole, as, other.all)
			require.Equal(t, other.kind.Name == r.kind.Name, len(got) > 0, "%s with %s", other.kind.Name, r.view)
		}
		require.Zero(t, w.report(t, d.Whole, as, report.Query{}).Total)
	}
	e := w.priced(t, d, d.Ben, d.Private, "1", 100, "EUR")
	require.True(t, w.entry(t, d.Whole, by(d.Admin).Only(timesheet.ViewEntry), e.ID).External.Withheld, "nor a field that it does not name")
	require.Equal(t, e, w.entry(t, d.Whole, by(d.Admin).Only(timesheet.ViewEntry, timesheet.ViewAmount), e.ID))
}

func oneSiteToken(t *testing.T, w *World) {
	d := w.A
	as := by(d.Admin).AtSite(d.North.Site())
	want := w.dump(t, d.North, by(d.Admin))
	sameDump(t, want, w.dump(t, d.Whole, as), "in the whole domain")
	sameDump(t, want, w.dump(t, d.North, as), "and at its site")
	nothing := func(context.Context, storage.Tx) error { return nil }
	denied(t, "token_scope", w.DB.Update(t.Context(), d.South, as, nothing))
	for _, none := range []access.Principal{as.AtSite(d.South.Site()), as.AtSite(tenancy.SiteID{}), by(d.Admin).AtSite(tenancy.SiteID{})} {
		for _, in := range d.scopes() {
			denied(t, "token_scope", w.DB.Update(t.Context(), in, none, nothing))
			denied(t, "token_scope", w.DB.View(t.Context(), in, none, func(context.Context, storage.View) error { return nil }))
		}
	}
	require.ErrorIs(t, w.DB.Update(t.Context(), d.Whole, as, func(ctx context.Context, s storage.Tx) error {
		_, err := w.Book.EditProject(ctx, s, d.Far)
		return err
	}), fault.NotFound)
	e := w.recorded(t, d.Whole, as, timed(later, time.Hour, noProject))
	require.Equal(t, d.North.Site(), e.Site, "what it records is there")
	_, err := Write(t.Context(), w.DB, d.Whole, as, func(ctx context.Context, s storage.Tx) (access.Binding, error) {
		return admin.Bind(ctx, s, access.Binding{Subject: to(d.Eve), Role: access.MemberRole, Place: everywhere})
	})
	require.Equal(t, fault.Code("needs_domain"), fault.CodeOf(err))
}

// tokensTake compares what people may with credentials of all sorts with what
// they may without.
func tokensTake(t *testing.T, w *World) {
	d := w.A
	w.spread(t)
	random := rand.New(rand.NewPCG(11, 12))
	actions := w.Policy.Actions()
	askedIn := func(in tenancy.Scope, as access.Principal) map[deed]bool {
		may := map[deed]bool{}
		read(t, w, in, as, func(ctx context.Context, v storage.View) (bool, error) {
			for _, r := range readers() {
				for _, spec := range actions {
					if spec.Kind != r.kind.Name || spec.Verb == access.Create {
						continue
					}
					rows, err := r.under(ctx, v, spec.Name)
					require.NoError(t, err)
					for _, id := range ids(rows) {
						may[deed{spec.Name, id}] = true
					}
				}
			}
			return true, nil
		})
		return may
	}
	asked := func(as access.Principal) map[deed]bool { return askedIn(d.Whole, as) }
	verb := map[access.Action]access.Verb{}
	for _, spec := range actions {
		verb[spec.Name] = spec.Verb
	}
	some := 0
	for _, m := range []tenancy.Membership{d.Admin, d.Chief, d.Ann, d.Gus} {
		full, inNorth := asked(by(m)), askedIn(d.North, by(m))
		for range 4 {
			as, only := by(m), map[access.Action]bool{}
			readOnly, limited := random.IntN(2) == 0, random.IntN(2) == 0
			if readOnly {
				as = as.ReadOnly()
			}
			if limited {
				var some []access.Action
				for range 20 {
					a := actions[random.IntN(len(actions))].Name
					some, only[a] = append(some, a), true
				}
				as = as.Only(some...)
			}
			got := asked(as)
			want := map[deed]bool{}
			for is := range full {
				if (!readOnly || verb[is.action] == access.Read) && (!limited || only[is.action]) {
					want[is] = true
				}
			}
			require.Equal(t, want, got, "%s, only reading: %v, only %v", m.Name, readOnly, only)
			some += len(got)
			here := asked(as.AtSite(d.North.Site()))
			for is := range here {
				require.True(t, inNorth[is], "%s of %s, at the site", is.action, m.Name)
			}
			some += len(here)
		}
	}
	require.Greater(t, some, 100)
}
