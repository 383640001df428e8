package storagetest

import (
	"context"
	"fmt"
	"sync"
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

func installationTests() []test {
	return []test{
		{"J1 ten domains, each through its own handle", tenDomains},
		{"J1 an installation is set up once", bootstrap},
		{"J1 a domain is made as a whole or not at all", wholeDomain},
		{"J1 hostnames and refs lead to their domain", hosts},
		{"J1 the root holds administration only", rootOnly},
		{"J1 an enrolment is good once and for a day", enrolment},
		in("J1 the store needs no second look at migration", func(t *testing.T, w *World) {
			before := w.dump(t, w.A.Whole, by(w.A.Admin))
			require.NoError(t, w.DB.Migrate(t.Context()))
			sameDump(t, before, w.dump(t, w.A.Whole, by(w.A.Admin)), "migrating again changed something")
		}),
	}
}

func tenDomains(t *testing.T, open Open) {
	w := emptyWorld(t, open, nil)
	var all []*Domain
	for i := range 10 {
		all = append(all, w.Found(t, fmt.Sprintf("Org%d", i)))
	}
	seen := map[tenancy.ID[any]]string{}
	for i, d := range all {
		p := write(t, w, d.North, by(d.Eve), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
			return w.Book.AddProject(ctx, s, timesheet.NewProject{Name: fmt.Sprintf("Only %d", i)})
		})
		w.recorded(t, d.North, by(d.Eve), timed(later, time.Duration(i+1)*time.Hour, p))
	}
	for i, d := range all {
		require.Equal(t, []string{fmt.Sprintf("Only %d", i)}, w.projects(t, d.Whole, by(d.Admin), access.Query{Name: fmt.Sprintf("only %d", i)}))
		for _, r := range readers() {
			for _, id := range ids(read(t, w, d.Whole, by(d.Admin), r.all)) {
				require.NotContains(t, seen, tenancy.ID[any](id), "a %s of domain %d is in another one too", r.kind.Name, i)
			}
		}
		for _, r := range readers() {
			for _, id := range ids(read(t, w, d.Whole, by(d.Admin), r.all)) {
				seen[id] = string(r.kind.Name)
			}
		}
		entries := w.entries(t, d.Whole, by(d.Admin), timesheet.EntryQuery{Person: d.Eve.ID})
		require.Len(t, entries, 1)
		require.Equal(t, int64(i+1)*3600, entries[0].Seconds)
	}
	count := 0
	require.NoError(t, tenancy.NewResolver(w.DB).Each(t.Context(), func(_ context.Context, in tenancy.Scope) error {
		require.NotEqual(t, tenancy.RootDomain, in.Domain())
		require.True(t, in.Site().IsZero())
		count++
		return nil
	}))
	require.Equal(t, 10, count)
}

// first is what an installation is set up with.
var first = admin.Provision{Name: "First", Admin: tenancy.Membership{Name: "Ada", Email: "Ada@Example.org"}}

func bootstrap(t *testing.T, open Open) {
	w := emptyWorld(t, open, nil)
	_, err := tenancy.NewResolver(w.DB).Single(t.Context())
	require.ErrorIs(t, err, fault.NotFound, "there is nothing yet")

	// Several programs start at once: one of them makes it.
	made := make([]admin.Bootstrapped, 4)
	errs := make([]error, len(made))
	var programs sync.WaitGroup
	for i := range made {
		programs.Go(func() { made[i], errs[i] = admin.Bootstrap(t.Context(), w.DB, first) })
	}
	programs.Wait()
	created := 0
	var one admin.Bootstrapped
	for i := range made {
		require.NoError(t, errs[i])
		if made[i].Created {
			created, one = created+1, made[i]
		} else {
			require.Zero(t, made[i])
		}
	}
	require.Equal(t, 1, created)
	require.NotEmpty(t, one.Enrolment)
	again, err := admin.Bootstrap(t.Context(), w.DB, admin.Provision{Name: "Second", Admin: tenancy.Membership{Name: "Eve"}})
	require.NoError(t, err)
	require.Zero(t, again, "called again, it changes nothing")

	in, err := tenancy.NewResolver(w.DB).Single(t.Context())
	require.NoError(t, err)
	require.Equal(t, one.Domain.ID, in.Domain())
	require.Equal(t, one.Site.ID, in.Site(), "one domain with one site never names it")
	e := w.recorded(t, in, by(one.Admin), timed(Start, time.Hour, noProject))
	require.Equal(t, one.Admin.ID, e.Person)
	require.Equal(t, "ada@example.org", one.Admin.Email)
}

func wholeDomain(t *testing.T, open Open) {
	w := emptyWorld(t, open, nil)
	w.A = w.Found(t, "Alpha")
	before := w.domains(t)
	for what, p := range map[string]admin.Provision{
		"a name that is taken":     {Name: " ALPHA ", Admin: tenancy.Membership{Name: "Ada"}},
		"a ref that is taken":      {Name: "New", Ref: "ref-Alpha", Admin: tenancy.Membership{Name: "Ada"}},
		"a hostname that is taken": {Name: "New", Hostname: "NORTH.alpha.example.", Admin: tenancy.Membership{Name: "Ada"}},
	} {
		err := w.DB.Installation(t.Context(), worker, func(ctx context.Context, h storage.Installation) error {
			_, err := admin.AddDomain(ctx, h, p)
			return err
		})
		require.ErrorIs(t, err, fault.Conflict, what)
		require.Equal(t, before, w.domains(t), what)
	}
	err := w.DB.Installation(t.Context(), worker, func(ctx context.Context, h storage.Installation) error {
		_, err := admin.AddDomain(ctx, h, admin.Provision{Name: "New", Admin: tenancy.Membership{Name: "Ada", Email: "not an address"}})
		return err
	})
	require.ErrorIs(t, err, fault.Invalid, "the last part is wrong")
	require.Equal(t, before, w.domains(t), "so there is no first part either")
	made := w.provision(t, admin.Provision{Name: "New", Admin: tenancy.Membership{Name: "Ada"}})
	require.Equal(t, "New", made.Site.Name)
	require.Len(t, w.bindingsOf(t, &Domain{Whole: w.whole(t, made.Domain.ID), Admin: made.Admin}, made.Admin), 1)
}

func hosts(t *testing.T, open Open) {
	w := emptyWorld(t, open, nil)
	r := tenancy.NewResolver(w.DB)
	made := w.provision(t, admin.Provision{Name: "Only", Ref: "42", Hostname: "time.example.org", Admin: tenancy.Membership{Name: "Ada"}})
	in, fallback, err := r.ByHost(t.Context(), "Time.Example.ORG:8080")
	require.NoError(t, err)
	require.False(t, fallback)
	require.Equal(t, made.Site.ID, in.Site())
	in, fallback, err = r.ByHost(t.Context(), "unknown.example.org")
	require.NoError(t, err)
	require.True(t, fallback, "there is only one site")
	require.Equal(t, made.Site.ID, in.Site())
	in, err = r.ByRef(t.Context(), "42")
	require.NoError(t, err)
	require.Equal(t, made.Domain.ID, in.Domain())
	require.Equal(t, made.Site.ID, in.Site(), "a domain of one site is at it")

	w.A = w.Found(t, "Alpha")
	_, _, err = r.ByHost(t.Context(), "unknown.example.org")
	require.ErrorIs(t, err, fault.UnknownHost)
	_, err = r.Single(t.Context())
	require.ErrorIs(t, err, fault.NoSite)
	for host, want := range map[string]tenancy.Scope{"north.alpha.example": w.A.North, "SOUTH.Alpha.example.": w.A.South} {
		in, _, err = r.ByHost(t.Context(), host)
		require.NoError(t, err)
		require.Equal(t, want, in)
	}
	in, err = r.ByRef(t.Context(), "ref-Alpha")
	require.NoError(t, err)
	require.Equal(t, w.A.Whole, in, "a domain of two sites is not at one of them")
	in, err = r.ByID(t.Context(), w.A.ID)
	require.NoError(t, err)
	require.Equal(t, w.A.Whole, in)
	for _, ref := range []string{"", "43", "ref-alpha", "ref-Alpha "} {
		_, err = r.ByRef(t.Context(), ref)
		require.ErrorIs(t, err, fault.NotFound, "ref %q", ref)
	}
	_, err = r.ByID(t.Context(), tenancy.NewUUID())
	require.ErrorIs(t, err, fault.NotFound)
	_, err = r.ByID(t.Context(), tenancy.DomainID{})
	require.ErrorIs(t, err, fault.NotFound)
}

func rootOnly(t *testing.T, open Open) {
	w := emptyWorld(t, open, nil)
	w.A = w.Found(t, "Alpha")
	root := tenancy.NewResolver(w.DB).Root()
	boss := write(t, w, root, worker, func(ctx context.Context, s storage.Tx) (tenancy.Membership, error) {
		m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: "Boss"})
		if err == nil {
			_, err = admin.GrantRole(ctx, s, m.ID, access.RootAdmin)
		}
		return m, err
	})
	_, err := Write(t.Context(), w.DB, root, worker, func(ctx context.Context, s storage.Tx) (tenancy.Site, error) {
		return admin.AddSite(ctx, s, tenancy.Site{Name: "Nowhere"})
	})
	require.ErrorIs(t, err, fault.Root, "a site is business")
	_, err = Write(t.Context(), w.DB, root, worker, func(ctx context.Context, s storage.Tx) (timesheet.Client, error) {
		c := timesheet.Client{ID: s.NewID(), CreatedAt: s.Now(), Site: w.A.North.Site(), Name: "Nowhere"}
		may, err := s.Who().May(timesheet.CreateClient, s.Draft(access.Row{Kind: timesheet.KindClient, ID: c.ID, Site: c.Site, Client: c.ID}))
		require.NoError(t, err)
		return s.PutClient(ctx, may, c)
	})
	require.ErrorIs(t, err, fault.Root, "a client too")
	_, err = Write(t.Context(), w.DB, w.A.Whole, by(w.A.Admin), func(ctx context.Context, s storage.Tx) (access.Binding, error) {
		return admin.GrantRole(ctx, s, w.A.Ann.ID, access.RootAdmin)
	})
	require.ErrorIs(t, err, fault.Invalid, "nobody becomes root from a domain")

	require.NoError(t, w.DB.Installation(t.Context(), by(boss), func(ctx context.Context, h storage.Installation) error {
		page, err := h.Domains().List(ctx, h.Who().Sees(admin.ViewDomain), access.Query{})
		require.NoError(t, err)
		require.Len(t, page.Rows, 1, "the root itself is not among the domains")
		require.Equal(t, w.A.ID, page.Rows[0].ID)
		_, _, err = h.Domains().Get(ctx, h.Who().Sees(admin.ViewDomain), tenancy.RootDomain)
		require.ErrorIs(t, err, fault.NotFound)
		logins, err := h.Logins().List(ctx, h.Who().Sees(admin.ViewLogin), access.Query{})
		require.NoError(t, err)
		require.Empty(t, logins.Rows, "who signs in how is not for people")
		_, err = admin.AddDomain(ctx, h, admin.Provision{Name: "Made by Boss", Admin: tenancy.Membership{Name: "Ada"}})
		return err
	}))
	require.ErrorIs(t, w.DB.Installation(t.Context(), by(boss), func(ctx context.Context, h storage.Installation) error {
		may, err := h.Who().May(admin.CreateDomain, h.Draft(access.Row{Kind: admin.KindDomain, ID: w.A.ID}))
		require.NoError(t, err)
		return h.Enter(ctx, may, w.A.ID, func(context.Context, admin.Store) error { return nil })
	}), fault.Proof, "a permit to create opens no domain that is there")
	require.NoError(t, w.DB.Installation(t.Context(), by(boss), func(ctx context.Context, h storage.Installation) error {
		d := tenancy.Domain{ID: h.NewID(), Name: "Also made by Boss", Zone: "UTC"}
		may, err := h.Who().May(admin.CreateDomain, h.Draft(access.Row{Kind: admin.KindDomain, ID: d.ID}))
		require.NoError(t, err)
		_, err = h.PutDomain(ctx, may, d)
		require.NoError(t, err)
		return h.Enter(ctx, may, d.ID, func(_ context.Context, s admin.Store) error {
			_, more := s.(storage.View)
			require.False(t, more, "who enters administers, and reads no time")
			return nil
		})
	}))
	require.ErrorIs(t, w.DB.View(t.Context(), w.A.Whole, by(boss), func(context.Context, storage.View) error { return nil }),
		fault.NoMember, "and is nobody in a domain")
}

func enrolment(t *testing.T, open Open) {
	w := emptyWorld(t, open, nil)
	made, err := admin.Bootstrap(t.Context(), w.DB, first)
	require.NoError(t, err)
	enrol := func(token, name string) (login tenancy.Login, err error) {
		err = w.DB.Installation(t.Context(), worker, func(ctx context.Context, h storage.Installation) (err error) {
			login, err = admin.Enrol(ctx, h, token, name, "$argon2id$…")
			return err
		})
		return login, err
	}
	_, err = enrol("not the token", "ada")
	require.ErrorIs(t, err, fault.NotFound)
	login, err := enrol(made.Enrolment, "ada")
	require.NoError(t, err)
	require.Equal(t, made.Admin.Account, login.Account)
	_, err = enrol(made.Enrolment, "ada2")
	require.ErrorIs(t, err, fault.NotFound, "used")

	issue := func() (token string) {
		require.NoError(t, w.DB.Installation(t.Context(), worker, func(ctx context.Context, h storage.Installation) (err error) {
			token, err = admin.IssueEnrolment(ctx, h, made.Admin.Account, made.Domain.ID)
			return err
		}))
		return token
	}
	token := issue()
	_, err = enrol(token, " ADA ")
	require.ErrorIs(t, err, fault.Conflict, "the login's name is taken")
	_, err = enrol(token, "ada2")
	require.NoError(t, err, "and the token was not used up by that")
	token = issue()
	w.Clock.Advance(admin.EnrolmentLife)
	_, err = enrol(token, "ada3")
	require.ErrorIs(t, err, fault.NotFound, "expired")
	require.NoError(t, w.DB.Installation(t.Context(), worker, func(ctx context.Context, h storage.Installation) error {
		found, err := admin.FindLogin(ctx, h, "ADA")
		require.NoError(t, err)
		require.Equal(t, login, found)
		_, err = admin.FindLogin(ctx, h, "ada3")
		require.ErrorIs(t, err, fault.NotFound)
		return nil
	}))
}
