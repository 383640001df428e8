package storagetest

import (
	"context"
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

func kindTests() []test {
	return []test{
		in("T53 every kind has a scope test", func(t *testing.T, w *World) {
			tested := scopeTests(w)
			for _, kind := range storage.NewKinds().All() {
				require.Contains(t, tested, kind.Name, "a kind without a scope test: add one to scopeTests")
			}
		}),
		in("T12 every kind stays in its domain", staysInDomain),
		in("T18 reads stay in their site", staysInSite),
		in("T15 an entry is on the site of the scope", siteOfScope),
		in("T15 no scope, no handle", noScope),
	}
}

// scopeTest says how a row of a kind is made in the site of a scope, and how
// the rows of a scope are listed.
type scopeTest struct {
	level  storage.Level
	sited  bool // rows are of a site: not seen from another
	create func(ctx context.Context, d *Domain, s storage.Tx, n string) ([16]byte, error)
	list   func(ctx context.Context, v storage.View) ([][16]byte, error)
}

// scopeTests is the table "kind → its scope test". Kinds of the installation
// are not in any handle of a domain, so there is nothing to create or list
// there; that no domain's principal opens the installation is a test of its
// own.
func scopeTests(w *World) map[access.Kind]scopeTest {
	above := scopeTest{level: storage.OfInstallation}
	listed := func(kind access.Kind) func(context.Context, storage.View) ([][16]byte, error) {
		return func(ctx context.Context, v storage.View) ([][16]byte, error) {
			rows, err := readerOf(kind).all(ctx, v)
			return ids(rows), err
		}
	}
	return map[access.Kind]scopeTest{
		admin.KindDomain: above, admin.KindHostname: above, admin.KindAccount: above, admin.KindLogin: above, admin.KindEnrolment: above,

		// A site is added in the whole domain, and is of no other site.
		admin.KindSite: {storage.OfBusiness, true, nil, listed(admin.KindSite)},
		// People are of the domain, on whichever site they were added.
		admin.KindMember: {storage.OfAnyDomain, false, func(ctx context.Context, _ *Domain, s storage.Tx, n string) ([16]byte, error) {
			m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: n})
			return m.ID, err
		}, listed(admin.KindMember)},
		admin.KindBinding: {storage.OfAnyDomain, true, func(ctx context.Context, d *Domain, s storage.Tx, _ string) ([16]byte, error) {
			b, err := admin.GrantRole(ctx, s, d.Gus.ID, access.MemberRole)
			return b.ID, err
		}, listed(admin.KindBinding)},
		admin.KindGroup: {storage.OfBusiness, false, func(ctx context.Context, _ *Domain, s storage.Tx, n string) ([16]byte, error) {
			g, err := admin.AddGroup(ctx, s, n)
			return g.ID, err
		}, listed(admin.KindGroup)},
		admin.KindGroupMember: {storage.OfBusiness, false, func(ctx context.Context, d *Domain, s storage.Tx, n string) ([16]byte, error) {
			m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: n})
			if err != nil {
				return m.ID, err
			}
			in, err := admin.PutInGroup(ctx, s, d.Crew.ID, m.ID)
			return in.ID, err
		}, listed(admin.KindGroupMember)},
		// A role is for the whole domain, and made there.
		admin.KindRole: {storage.OfBusiness, false, nil, listed(admin.KindRole)},
		admin.KindSetting: {storage.OfBusiness, true, func(ctx context.Context, _ *Domain, s storage.Tx, n string) ([16]byte, error) {
			sw := s.Who().Policy().Switches()[n[1]-'0'] // "N1" is the second; the world sets the first
			v, err := admin.Set(ctx, s, s.Scope().Site(), access.Setting{Key: sw.Key, Value: sw.Values[0]})
			return v.ID, err
		}, listed(admin.KindSetting)},
		// An event is known by what it is about.
		admin.KindEvent: {storage.OfAnyDomain, true, func(ctx context.Context, _ *Domain, s storage.Tx, n string) ([16]byte, error) {
			tag, err := w.Book.AddTag(ctx, s, "event "+n)
			return tag.ID, err
		}, func(ctx context.Context, v storage.View) ([][16]byte, error) {
			rows, err := readerOf(admin.KindEvent).all(ctx, v)
			var objects [][16]byte
			for _, row := range rows {
				objects = append(objects, row.entity.(access.Event).Object)
			}
			return objects, err
		}},
		timesheet.KindClient: {storage.OfBusiness, true, func(ctx context.Context, _ *Domain, s storage.Tx, n string) ([16]byte, error) {
			c, err := w.Book.AddClient(ctx, s, timesheet.Client{Name: n})
			return c.ID, err
		}, listed(timesheet.KindClient)},
		timesheet.KindProject: {storage.OfBusiness, true, func(ctx context.Context, _ *Domain, s storage.Tx, n string) ([16]byte, error) {
			p, err := w.Book.AddProject(ctx, s, timesheet.NewProject{Name: n})
			return p.ID, err
		}, listed(timesheet.KindProject)},
		timesheet.KindTeam: {storage.OfBusiness, true, func(ctx context.Context, d *Domain, s storage.Tx, n string) ([16]byte, error) {
			p, err := w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "team " + n})
			if err != nil {
				return p.ID, err
			}
			team, err := w.Book.AddToTeam(ctx, s, p.ID, d.Gus.ID, false)
			return team.ID, err
		}, listed(timesheet.KindTeam)},
		timesheet.KindTask: {storage.OfBusiness, true, func(ctx context.Context, d *Domain, s storage.Tx, n string) ([16]byte, error) {
			task, err := w.Book.AddTask(ctx, s, d.projectAt(s.Scope()), n)
			return task.ID, err
		}, listed(timesheet.KindTask)},
		timesheet.KindActivity: {storage.OfBusiness, true, func(ctx context.Context, _ *Domain, s storage.Tx, n string) ([16]byte, error) {
			a, err := w.Book.AddActivity(ctx, s, n)
			return a.ID, err
		}, listed(timesheet.KindActivity)},
		timesheet.KindTag: {storage.OfBusiness, true, func(ctx context.Context, _ *Domain, s storage.Tx, n string) ([16]byte, error) {
			tag, err := w.Book.AddTag(ctx, s, n)
			return tag.ID, err
		}, listed(timesheet.KindTag)},
		timesheet.KindEntry: {storage.OfBusiness, true, func(ctx context.Context, _ *Domain, s storage.Tx, _ string) ([16]byte, error) {
			e, err := w.Book.Record(ctx, s, timed(Start.AddDate(0, 1, 0), time.Hour, noProject))
			return e.ID, err
		}, listed(timesheet.KindEntry)},
	}
}

// projectAt is a project on the site of a scope.
func (d *Domain) projectAt(in tenancy.Scope) timesheet.ProjectID {
	if in.Site() == d.South.Site() {
		return d.Far.ID
	}
	return d.Private.ID
}

// staysInDomain lists every kind in both domains: no row is in both, and each
// has some.
func staysInDomain(t *testing.T, w *World) {
	for kind, test := range scopeTests(w) {
		if test.level == storage.OfInstallation {
			continue
		}
		a := read(t, w, w.A.Whole, by(w.A.Admin), test.list)
		b := read(t, w, w.B.Whole, by(w.B.Admin), test.list)
		require.NotEmpty(t, a, "%s", kind)
		require.Len(t, b, len(a), "%s: both domains are of one shape", kind)
		for _, id := range a {
			require.NotContains(t, b, id, "%s", kind)
		}
	}
	for _, p := range append(w.A.people(), w.B.people()...) {
		err := w.DB.Installation(t.Context(), by(p), func(context.Context, storage.Installation) error { return nil })
		require.ErrorIs(t, err, fault.NoMember, "%s of a domain does not open the installation", p.Name)
	}
}

// staysInSite adds rows of every kind on two sites: each listing has exactly
// those of its scope, nothing foreign and nothing missing.
func staysInSite(t *testing.T, w *World) {
	d := w.A
	for kind, test := range scopeTests(w) {
		if test.level == storage.OfInstallation || test.create == nil {
			continue
		}
		before := map[string][][16]byte{}
		for name, scope := range d.scopes() {
			before[name] = read(t, w, scope, by(d.Admin), test.list)
		}
		add := func(in tenancy.Scope, names ...string) (added [][16]byte) {
			for _, n := range names {
				added = append(added, write(t, w, in, by(d.Admin), func(ctx context.Context, s storage.Tx) ([16]byte, error) {
					return test.create(ctx, d, s, n+" "+string(kind))
				}))
			}
			return added
		}
		north, south := add(d.North, "N1", "N2"), add(d.South, "S1", "S2", "S3")
		both := append(append([][16]byte{}, north...), south...)
		want := map[string][][16]byte{"whole": both, "north": north, "south": south}
		if !test.sited {
			want = map[string][][16]byte{"whole": both, "north": both, "south": both}
		}
		for name, scope := range d.scopes() {
			after := read(t, w, scope, by(d.Admin), test.list)
			var added [][16]byte
			for _, id := range after {
				// Rows that came along, such as the team of a new project,
				// are counted with the kind they are of, by their place.
				if contains(both, id) {
					added = append(added, id)
				}
			}
			require.ElementsMatch(t, want[name], added, "%s listed in %s", kind, name)
			require.Subset(t, after, before[name], "%s listed in %s", kind, name)
		}
	}
	// What the world was built with stays apart as well, and the whole domain
	// is made of its sites and of what belongs to no site.
	for kind, test := range scopeTests(w) {
		if test.level == storage.OfInstallation || !test.sited {
			continue
		}
		whole := read(t, w, d.Whole, by(d.Admin), test.list)
		north := read(t, w, d.North, by(d.Admin), test.list)
		south := read(t, w, d.South, by(d.Admin), test.list)
		for _, id := range north {
			require.NotContains(t, south, id, "%s", kind)
			require.Contains(t, whole, id, "%s", kind)
		}
		require.Subset(t, whole, south, "%s", kind)
		if kind != admin.KindBinding && kind != admin.KindEvent {
			require.Len(t, whole, len(north)+len(south), "%s", kind)
		}
	}
}

func contains(all [][16]byte, id [16]byte) bool {
	for _, one := range all {
		if one == id {
			return true
		}
	}
	return false
}

// siteOfScope records in two sites: an entry is where the scope is, never on a
// default site.
func siteOfScope(t *testing.T, w *World) {
	for _, scope := range []tenancy.Scope{w.A.North, w.A.South} {
		e := w.recorded(t, scope, by(w.A.Admin), timesheet.Entry{Form: timesheet.Untimed, Start: Start, Seconds: 60, Zone: "UTC", Site: w.A.North.Site()})
		require.Equal(t, scope.Site(), e.Site)
		require.Equal(t, scope.Site(), w.entry(t, w.A.Whole, by(w.A.Admin), e.ID).Site)
	}
	_, err := w.Record(t, w.A.Whole, by(w.A.Admin), timed(Start, time.Hour, noProject))
	require.ErrorIs(t, err, fault.NoSite, "a domain of several sites has no default one")
	_, err = w.Record(t, w.A.North, by(w.A.Admin), timed(Start, time.Hour, w.A.Far))
	require.ErrorIs(t, err, fault.NotFound, "a project of another site")
}

// noScope opens handles without a scope or a person.
func noScope(t *testing.T, w *World) {
	view := func(context.Context, storage.View) error { t.Error("the closure runs"); return nil }
	update := func(context.Context, storage.Tx) error { t.Error("the closure runs"); return nil }
	install := func(context.Context, storage.Installation) error { t.Error("the closure runs"); return nil }
	open := func(in tenancy.Scope, as access.Principal) []error {
		return []error{w.DB.View(t.Context(), in, as, view), w.DB.Update(t.Context(), in, as, update)}
	}
	for what, errs := range map[string]struct {
		want error
		got  []error
	}{
		"the zero scope":                 {fault.NoScope, open(tenancy.Scope{}, by(w.A.Ann))},
		"a scope narrowed twice":         {fault.NoScope, open(w.A.North.At(w.A.South.Site()), by(w.A.Ann))},
		"a site that is nowhere":         {fault.NotFound, open(w.A.Whole.At(tenancy.NewUUID()), by(w.A.Ann))},
		"nobody":                         {fault.NoMember, append(open(w.A.North, access.Principal{}), w.DB.Installation(t.Context(), access.Principal{}, install))},
		"a person of another domain":     {fault.NoMember, open(w.A.North, by(w.B.Ann))},
		"an account of another domain":   {fault.NoMember, open(w.A.North, access.ByAccount(w.B.Admin.Account))},
		"an unknown ref":                 {fault.NoMember, open(w.A.North, access.ByRef("nobody"))},
		"the empty ref":                  {fault.NoMember, open(w.A.North, access.ByRef(""))},
		"the zero account":               {fault.NoMember, open(w.A.North, access.ByAccount(tenancy.AccountID{}))},
		"an installation for a member":   {fault.NoMember, []error{w.DB.Installation(t.Context(), by(w.A.Admin), install)}},
		"an installation for an unknown": {fault.NoMember, []error{w.DB.Installation(t.Context(), access.ByRef("ada"), install)}},
	} {
		for _, err := range errs.got {
			require.ErrorIs(t, err, errs.want, what)
		}
	}
}
