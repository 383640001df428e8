package admin_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/memory"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// office is a store with one domain and a clock that the test moves.
type office struct {
	db   *memory.DB
	now  time.Time
	made admin.Bootstrapped
}

func empty(t *testing.T) *office {
	t.Helper()
	o := &office{now: time.Date(2024, 3, 4, 8, 0, 0, 0, time.UTC)}
	db, err := memory.Open(memory.Config{Now: func() time.Time { return o.now }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	o.db = db
	return o
}

func bootstrapped(t *testing.T) *office {
	t.Helper()
	o := empty(t)
	var err error
	o.made, err = admin.Bootstrap(t.Context(), o.db, admin.Provision{
		Name: "Acme", Hostname: "time.acme.example", Zone: "Europe/Berlin", Admin: tenancy.Membership{Name: "Ann", Ref: "ann", Email: "Ann@Example.org"},
	})
	require.NoError(t, err)
	return o
}

// install runs fn with the handle of the root.
func (o *office) install(t *testing.T, fn func(ctx context.Context, in storage.Installation) error) error {
	t.Helper()
	return o.db.Installation(t.Context(), system.Because("test"), fn)
}

// as runs fn in the whole domain, or at its site, as somebody.
func (o *office) as(t *testing.T, who access.Principal, atSite bool, fn func(ctx context.Context, s storage.Tx) error) error {
	t.Helper()
	in, err := tenancy.NewResolver(o.db).Whole(t.Context(), o.made.Domain.ID)
	require.NoError(t, err)
	if atSite {
		in = in.At(o.made.Site.ID)
	}
	return o.db.Update(t.Context(), in, who, fn)
}

// hire adds a person with a role at the site.
func (o *office) hire(t *testing.T, ref, role string) tenancy.Membership {
	t.Helper()
	var m tenancy.Membership
	require.NoError(t, o.as(t, access.ByRef("ann"), true, func(ctx context.Context, s storage.Tx) (err error) {
		if m, err = admin.AddMember(ctx, s, tenancy.Membership{Name: ref, Ref: ref}); err == nil {
			_, err = admin.GrantRole(ctx, s, m.ID, role)
		}
		return err
	}))
	return m
}

// count returns how many domains, hostnames and enrolments there are.
func (o *office) count(t *testing.T) (n [3]int) {
	t.Helper()
	require.NoError(t, o.install(t, func(ctx context.Context, in storage.Installation) error {
		d, err := in.Domains().List(ctx, in.Who().Sees(admin.ViewDomain), access.Query{})
		require.NoError(t, err)
		h, err := in.Hostnames().List(ctx, in.Who().Sees(admin.ViewHostname), access.Query{})
		require.NoError(t, err)
		e, err := in.Enrolments().List(ctx, in.Who().Sees(admin.ViewEnrolment), access.Query{})
		n = [3]int{len(d.Rows), len(h.Rows), len(e.Rows)}
		return err
	}))
	return n
}

func TestCleanEmail(t *testing.T) {
	long := strings.Repeat("a", 64) + "@" + strings.Repeat("b", 250)
	for given, want := range map[string]string{
		"": "", "  ": "", "ann@example.org": "ann@example.org", " Ann@Example.ORG\n": "ann@example.org",
		"ann+time@example.org": "ann+time@example.org", "o'hara@example.org": "o'hara@example.org", "jürgen@bücher.example": "jürgen@bücher.example",
	} {
		got, err := admin.CleanEmail(given)
		require.NoError(t, err, given)
		assert.Equal(t, want, got)
	}
	for _, given := range []string{
		"ann", "ann@", "@example.org", "ann@@example.org", "ann example.org", "Ann <ann@example.org>", "<ann@example.org>",
		"ann@example.org, ben@example.org", "ann@example.org\nBcc: ben@example.org", "ann@exa mple.org", "ann@example.org\x00", "a\xff@example.org", long,
	} {
		_, err := admin.CleanEmail(given)
		require.ErrorIs(t, err, fault.Invalid, given)
		assert.Equal(t, fault.Code("bad_email"), fault.CodeOf(err), given)
	}
}

// T1, T2: bootstrapping twice leaves one domain with one site.
func TestBootstrapIsDoneOnce(t *testing.T) {
	o := bootstrapped(t)
	assert.True(t, o.made.Created)
	assert.NotEmpty(t, o.made.Enrolment)
	assert.Equal(t, "Acme", o.made.Site.Name, "the site has the domain's name if it is given none")
	assert.Equal(t, "ann@example.org", o.made.Admin.Email)
	before := o.count(t)
	assert.Equal(t, [3]int{1, 1, 1}, before)
	for _, p := range []admin.Provision{{}, {Name: "Other", Admin: tenancy.Membership{Name: "Bob"}}} {
		again, err := admin.Bootstrap(t.Context(), o.db, p)
		require.NoError(t, err)
		assert.Equal(t, admin.Bootstrapped{}, again)
	}
	assert.Equal(t, before, o.count(t))
}

func TestBootstrapAtOnceIsDoneOnce(t *testing.T) {
	o := empty(t)
	created := make(chan bool)
	for range 8 {
		go func() {
			made, err := admin.Bootstrap(t.Context(), o.db, admin.Provision{Name: "Acme", Admin: tenancy.Membership{Name: "Ann"}})
			assert.NoError(t, err)
			created <- made.Created
		}()
	}
	n := 0
	for range 8 {
		if <-created {
			n++
		}
	}
	assert.Equal(t, 1, n)
	assert.Equal(t, [3]int{1, 0, 1}, o.count(t))
}

func TestBootstrapWithBadInputLeavesAnEmptyInstallation(t *testing.T) {
	o := empty(t)
	made, err := admin.Bootstrap(t.Context(), o.db, admin.Provision{Name: "Acme", Admin: tenancy.Membership{Name: ""}})
	require.ErrorIs(t, err, fault.Invalid)
	assert.Equal(t, admin.Bootstrapped{}, made)
	assert.Equal(t, [3]int{}, o.count(t))
}

// Whatever is wrong with it, a domain is made whole or not at all.
func TestAddDomainWithBadInputLeavesNothing(t *testing.T) {
	o := bootstrapped(t)
	before := o.count(t)
	good := admin.Provision{Name: "Beta", Ref: "b", Site: "North", Hostname: "beta.example", Admin: tenancy.Membership{Name: "Bea"}}
	for name, c := range map[string]struct {
		change func(p *admin.Provision)
		want   fault.Code
	}{
		"no name":            {func(p *admin.Provision) { p.Name = " " }, "name_empty"},
		"a long name":        {func(p *admin.Provision) { p.Name = strings.Repeat("x", 256) }, "name_too_long"},
		"a name that is had": {func(p *admin.Provision) { p.Name = " ACME " }, fault.CodeConflict},
		"a ref with NUL":     {func(p *admin.Provision) { p.Ref = "a\x00" }, "name_control"},
		"an unknown zone":    {func(p *admin.Provision) { p.Zone = "Mars/Olympus" }, "unknown_zone"},
		"this machine's":     {func(p *admin.Provision) { p.Zone = "Local" }, "unknown_zone"},
		"a bad site":         {func(p *admin.Provision) { p.Site = "a\nb" }, "name_control"},
		"no administrator":   {func(p *admin.Provision) { p.Admin = tenancy.Membership{} }, "name_empty"},
		"a bad address":      {func(p *admin.Provision) { p.Admin.Email = "bea" }, "bad_email"},
		"a bad status":       {func(p *admin.Provision) { p.Admin.Status = "asleep" }, "bad_status"},
		"a bad zone of hers": {func(p *admin.Provision) { p.Admin.Zone = "Berlin" }, "unknown_zone"},
		"a URL as hostname":  {func(p *admin.Provision) { p.Hostname = "https://beta.example" }, "bad_hostname"},
		"a hostname in use":  {func(p *admin.Provision) { p.Hostname = "Time.Acme.example:80" }, fault.CodeConflict},
	} {
		p := good
		c.change(&p)
		err := o.install(t, func(ctx context.Context, in storage.Installation) error {
			_, err := admin.AddDomain(ctx, in, p)
			return err
		})
		assert.Equal(t, c.want, fault.CodeOf(err), name)
		assert.Equal(t, before, o.count(t), name)
	}
	require.NoError(t, o.install(t, func(ctx context.Context, in storage.Installation) error {
		made, err := admin.AddDomain(ctx, in, good)
		assert.Equal(t, "UTC", made.Domain.Zone)
		assert.Equal(t, "North", made.Site.Name)
		assert.False(t, made.Admin.Account.IsZero())
		return err
	}))
	assert.Equal(t, [3]int{2, 2, 1}, o.count(t))
}

func enrol(t *testing.T, o *office, token, name string) (l tenancy.Login, err error) {
	t.Helper()
	err = o.install(t, func(ctx context.Context, in storage.Installation) (err error) {
		l, err = admin.Enrol(ctx, in, token, name, "hash")
		return err
	})
	return l, err
}

func TestEnrolmentIsUsedOnceAndInTime(t *testing.T) {
	o := bootstrapped(t)
	_, unknown := enrol(t, o, "nonsense", "ann")
	require.ErrorIs(t, unknown, fault.NotFound)
	_, err := enrol(t, o, "", "ann")
	require.Equal(t, unknown, err)
	_, err = enrol(t, o, o.made.Enrolment, " ")
	require.Equal(t, fault.Code("name_empty"), fault.CodeOf(err), "a bad name costs no token")

	o.now = o.now.Add(admin.EnrolmentLife - time.Microsecond)
	l, err := enrol(t, o, o.made.Enrolment, " Ann ")
	require.NoError(t, err, "until the last instant")
	assert.Equal(t, o.made.Admin.Account, l.Account)
	assert.Equal(t, o.made.Domain.ID, l.Domain)
	assert.Equal(t, "Ann", l.Name)
	_, err = enrol(t, o, o.made.Enrolment, "again")
	require.Equal(t, unknown, err, "used: the same answer as unknown")

	late := bootstrapped(t)
	late.now = late.now.Add(admin.EnrolmentLife)
	_, err = enrol(t, late, late.made.Enrolment, "ann")
	require.Equal(t, unknown, err, "expired: the same answer")
}

func TestOnlyTheDigestOfATokenIsStored(t *testing.T) {
	o := bootstrapped(t)
	require.NoError(t, o.install(t, func(ctx context.Context, in storage.Installation) error {
		page, err := in.Enrolments().List(ctx, in.Who().Sees(admin.ViewEnrolment), access.Query{})
		require.NoError(t, err)
		require.Len(t, page.Rows, 1)
		e := page.Rows[0]
		assert.Regexp(t, "^[0-9a-f]{64}$", e.Name)
		assert.NotContains(t, strings.ToLower(e.Name), strings.ToLower(o.made.Enrolment))
		assert.Equal(t, o.now.Add(admin.EnrolmentLife), e.ExpiresAt)
		return nil
	}))
	_, err := enrol(t, o, "", "ann")
	require.ErrorIs(t, err, fault.NotFound)
}

func TestFindLoginFindsOnlyThatName(t *testing.T) {
	o := bootstrapped(t)
	made, err := enrol(t, o, o.made.Enrolment, "Ann")
	require.NoError(t, err)
	find := func(name string) (l tenancy.Login, err error) {
		err = o.install(t, func(ctx context.Context, in storage.Installation) error {
			l, err = admin.FindLogin(ctx, in, name)
			return err
		})
		return l, err
	}
	for _, name := range []string{"Ann", " ANN "} {
		l, err := find(name)
		require.NoError(t, err)
		assert.Equal(t, made, l)
	}
	for _, name := range []string{"", " ", "\t", "An", "Ann%", "Bob"} {
		l, err := find(name)
		require.ErrorIs(t, err, fault.NotFound, "%q", name)
		assert.Zero(t, l)
	}
}
