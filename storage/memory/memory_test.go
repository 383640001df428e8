package memory_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/memory"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

var monday = time.Date(2024, 3, 4, 8, 0, 0, 0, time.UTC)

// bench is a store with one domain, at its one site, and its administrator.
type bench struct {
	db   *memory.DB
	book timesheet.Book
	in   tenancy.Scope
	ann  access.Principal
	made admin.Provisioned
	now  time.Time // the clock
}

// worker is the principal that acts without a person.
var worker = system.Because("test")

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{now: monday, ann: access.ByRef("ann")}
	policy, err := storage.Policy(trips())
	require.NoError(t, err)
	db, err := memory.Open(memory.Config{Policy: policy, Now: func() time.Time { return b.now }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	made, err := admin.Bootstrap(t.Context(), db, admin.Provision{
		Name: "Acme", Hostname: "time.acme.example", Admin: tenancy.Membership{Name: "Ann", Ref: "ann"},
	})
	require.NoError(t, err)
	require.True(t, made.Created)
	in, err := tenancy.NewResolver(db).Single(t.Context())
	require.NoError(t, err)
	b.db, b.in, b.made = db, in, made.Provisioned
	return b
}

func (b *bench) update(t *testing.T, fn func(ctx context.Context, s storage.Tx) error) error {
	t.Helper()
	return b.db.Update(t.Context(), b.in, b.ann, fn)
}

func (b *bench) entries(t *testing.T) (all []timesheet.Entry) {
	t.Helper()
	require.NoError(t, b.db.View(t.Context(), b.in, b.ann, func(ctx context.Context, v storage.View) error {
		page, err := v.Entries(ctx, v.Who().Sees(timesheet.ViewEntry), timesheet.EntryQuery{})
		all = page.Rows
		return err
	}))
	return all
}

func (b *bench) events(t *testing.T) (all []access.Event) {
	t.Helper()
	require.NoError(t, b.db.View(t.Context(), b.in, b.ann, func(ctx context.Context, v storage.View) error {
		page, err := v.Events().List(ctx, v.Who().Sees(admin.ViewEvent), access.Query{Limit: 1000})
		all = page.Rows
		return err
	}))
	return all
}

func (b *bench) record(t *testing.T, start, end time.Duration) timesheet.Entry {
	t.Helper()
	var e timesheet.Entry
	require.NoError(t, b.update(t, func(ctx context.Context, s storage.Tx) (err error) {
		e, err = b.book.Record(ctx, s, timed(start, end))
		return err
	}))
	return e
}

func timed(start, end time.Duration) timesheet.Entry {
	return timesheet.Entry{Form: timesheet.Timed, Start: monday.Add(start), End: monday.Add(end), Zone: "UTC"}
}

func TestBootstrapIsIdempotent(t *testing.T) {
	b := open(t)
	again, err := admin.Bootstrap(t.Context(), b.db, admin.Provision{Name: "Other", Admin: tenancy.Membership{Name: "Bob"}})
	require.NoError(t, err)
	require.False(t, again.Created)
	p, err := b.db.HostPlace(t.Context(), "time.acme.example")
	require.NoError(t, err)
	require.Equal(t, tenancy.Place{Domain: b.made.Domain.ID, Site: b.made.Site.ID}, p)
	_, err = b.db.HostPlace(t.Context(), "no.example")
	require.ErrorIs(t, err, fault.UnknownHost)
}

func TestEnter(t *testing.T) {
	b := open(t)
	err := b.db.Installation(t.Context(), system.Because("test"), func(ctx context.Context, in storage.Installation) error {
		may, err := in.Who().May(admin.CreateDomain, in.Draft(access.Row{Kind: admin.KindDomain, ID: b.made.Domain.ID}))
		require.NoError(t, err)
		return in.Enter(ctx, may, b.made.Domain.ID, func(context.Context, admin.Store) error {
			t.Error("entered a domain that another transaction created")
			return nil
		})
	})
	require.ErrorIs(t, err, fault.Proof)
}

func TestWhoOpens(t *testing.T) {
	b := open(t)
	nothing := func(context.Context, storage.View) error { return nil }
	for _, c := range []struct {
		in   tenancy.Scope
		as   access.Principal
		want error
	}{
		{tenancy.Scope{}, b.ann, fault.NoScope},
		{b.in, access.Principal{}, fault.NoMember},
		{b.in, access.ByRef("nobody"), fault.NoMember},
		{b.in, access.ByAccount(tenancy.NewUUID()), fault.NoMember},
		{tenancy.NewResolver(b.db).Root(), b.ann, fault.NoMember},
		{tenancy.NewResolver(b.db).Root().At(b.in.Site()), b.ann, fault.NotFound},
		{b.in, access.ByAccount(b.made.Admin.Account), nil},
		{b.in, access.ByMember(b.made.Admin.ID), nil},
	} {
		require.ErrorIs(t, b.db.View(t.Context(), c.in, c.as, nothing), c.want)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, b.db.View(done, b.in, b.ann, nothing), context.Canceled)
	require.NoError(t, b.db.Close())
	require.Error(t, b.db.View(t.Context(), b.in, b.ann, nothing))
}

func TestWorkAndReport(t *testing.T) {
	b := open(t)
	var p timesheet.Project
	require.NoError(t, b.update(t, func(ctx context.Context, s storage.Tx) error {
		c, err := b.book.AddClient(ctx, s, timesheet.Client{Name: "Zeta"})
		require.NoError(t, err)
		p, err = b.book.AddProject(ctx, s, timesheet.NewProject{Name: "Site", Client: c.ID, Visibility: timesheet.Public})
		require.NoError(t, err)
		require.EqualValues(t, 1, p.Version)
		e := timed(15*time.Hour, 18*time.Hour) // an hour before midnight, two after
		e.Project, e.Billable = p.ID, true
		_, err = b.book.RecordAll(ctx, s, []timesheet.Entry{e, timed(time.Hour, 2*time.Hour)})
		return err
	}))
	require.NoError(t, b.db.View(t.Context(), b.in, b.ann, func(ctx context.Context, v storage.View) error {
		r, err := report.Run(ctx, v, report.Query{By: []report.Dimension{report.Client, report.Day}})
		require.NoError(t, err)
		require.Len(t, r.Rows, 3)
		require.Equal(t, "Zeta", r.Rows[0].Keys[0].Name)
		require.EqualValues(t, 3600, r.Rows[0].Seconds)
		require.EqualValues(t, 7200, r.Rows[1].Billable)
		require.Equal(t, report.Row{Seconds: 4 * 3600, Billable: 3 * 3600}, r.Total)
		return nil
	}))
	var public int
	for _, e := range b.events(t) {
		if e.Project == p.ID && e.Public {
			public++
		}
	}
	require.Equal(t, 3, public, "the project, its team and its entry")
}

func TestFailureLeavesNothing(t *testing.T) {
	b := open(t)
	b.record(t, 0, time.Hour)
	entries, events := b.entries(t), b.events(t)
	write := func(ctx context.Context, s storage.Tx) {
		_, err := b.book.AddProject(ctx, s, timesheet.NewProject{Name: "Gone"})
		require.NoError(t, err)
		_, err = b.book.Record(ctx, s, timed(0, 2*time.Hour))
		require.NoError(t, err)
		require.NoError(t, b.book.Remove(ctx, s, entries[0].ID, entries[0].Version))
	}
	mine := errors.New("mine")
	require.Equal(t, mine, b.update(t, func(ctx context.Context, s storage.Tx) error { write(ctx, s); return mine }))
	require.Panics(t, func() {
		_ = b.update(t, func(ctx context.Context, s storage.Tx) error { write(ctx, s); panic("mine") })
	})
	ctx, cancel := context.WithCancel(t.Context())
	require.ErrorIs(t, b.db.Update(ctx, b.in, b.ann, func(ctx context.Context, s storage.Tx) error { write(ctx, s); cancel(); return nil }), context.Canceled)
	require.Equal(t, entries, b.entries(t))
	require.Equal(t, events, b.events(t))
	require.NoError(t, b.update(t, func(ctx context.Context, s storage.Tx) error {
		_, err := b.book.AddProject(ctx, s, timesheet.NewProject{Name: "Gone"})
		return err
	}), "the name is free again")
}

func TestSwallowedErrorLeavesNoHalf(t *testing.T) {
	b := open(t)
	require.NoError(t, b.update(t, func(ctx context.Context, s storage.Tx) error {
		a, c := timed(0, time.Hour), timed(time.Hour, 2*time.Hour)
		a.External = timesheet.External{Source: "toggl", Key: "1"}
		c.External = a.External
		_, err := b.book.RecordAll(ctx, s, []timesheet.Entry{a, c})
		require.ErrorIs(t, err, fault.Conflict)
		at, ok := errors.AsType[*timesheet.EntryError](err)
		require.True(t, ok)
		require.Equal(t, 1, at.Index)
		return nil
	}))
	require.Empty(t, b.entries(t))
}

func TestFinishedHandle(t *testing.T) {
	b := open(t)
	var kept storage.Tx
	var see access.Filter
	require.NoError(t, b.update(t, func(_ context.Context, s storage.Tx) error {
		kept, see = s, s.Who().Sees(timesheet.ViewEntry)
		return nil
	}))
	_, err := kept.Entries(t.Context(), see, timesheet.EntryQuery{})
	require.ErrorIs(t, err, fault.Proof)
	_, err = kept.PutTag(t.Context(), access.Permit{}, timesheet.Tag{})
	require.ErrorIs(t, err, fault.Proof)
}

func TestConflictsAndVersions(t *testing.T) {
	b := open(t)
	var p timesheet.Project
	require.NoError(t, b.update(t, func(ctx context.Context, s storage.Tx) (err error) {
		p, err = b.book.AddProject(ctx, s, timesheet.NewProject{Name: "Dev"})
		return err
	}))
	add := func(name string) error {
		return b.update(t, func(ctx context.Context, s storage.Tx) error {
			_, err := b.book.AddProject(ctx, s, timesheet.NewProject{Name: name})
			return err
		})
	}
	edit := func(p timesheet.Project) error {
		return b.update(t, func(ctx context.Context, s storage.Tx) error {
			_, err := b.book.EditProject(ctx, s, p)
			return err
		})
	}
	require.ErrorIs(t, add(" DEV "), fault.Conflict)
	p.ArchivedAt = monday
	require.NoError(t, edit(p))
	require.NoError(t, add("dev"), "the name of an archived project is free")
	require.ErrorIs(t, edit(p), fault.Stale)
	p.Version, p.ArchivedAt = 2, time.Time{}
	require.ErrorIs(t, edit(p), fault.Conflict)
	require.ErrorIs(t, b.update(t, func(ctx context.Context, s storage.Tx) error {
		was, r, err := s.Projects().Get(ctx, s.Who().Sees(timesheet.ViewProject), p.ID)
		require.NoError(t, err)
		may, err := s.Who().May(timesheet.EditProject, r)
		require.NoError(t, err)
		was.Shared = true
		next, err := s.PutProject(ctx, may, was)
		require.NoError(t, err)
		require.EqualValues(t, 3, next.Version)
		_, err = s.PutProject(ctx, may, was)
		return err
	}), fault.Stale)
}

func TestOverlapFlags(t *testing.T) {
	b := open(t)
	flags := func() (f []bool) {
		for _, e := range b.entries(t) {
			f = append(f, e.Overlaps)
		}
		return f
	}
	first := b.record(t, 0, 2*time.Hour)
	b.record(t, 2*time.Hour, 4*time.Hour)
	require.Equal(t, []bool{false, false}, flags(), "touching is fine")
	middle := b.record(t, time.Hour, 3*time.Hour)
	require.True(t, middle.Overlaps)
	require.Equal(t, []bool{true, true, true}, flags())
	middle.Start = monday.Add(2 * time.Hour)
	middle.Seconds = 0
	require.NoError(t, b.update(t, func(ctx context.Context, s storage.Tx) (err error) {
		middle, err = b.book.Edit(ctx, s, middle)
		return err
	}))
	require.ElementsMatch(t, []bool{true, true, false}, flags())
	require.NoError(t, b.update(t, func(ctx context.Context, s storage.Tx) error {
		return b.book.Remove(ctx, s, middle.ID, middle.Version)
	}))
	require.Equal(t, []bool{false, false}, flags())
	for _, e := range b.entries(t) {
		require.EqualValues(t, 1, e.Version)
	}
	require.NotZero(t, first.ID)
}

func TestOneTimer(t *testing.T) {
	b := open(t)
	run := timesheet.Entry{Form: timesheet.Running, Start: monday, Zone: "UTC"}
	start := func(ctx context.Context, s storage.Tx) error {
		_, err := b.book.Record(ctx, s, run)
		return err
	}
	require.NoError(t, b.update(t, start))
	err := b.update(t, start)
	require.ErrorIs(t, err, fault.Conflict)
	require.Equal(t, "running", err.(*fault.Error).Field)
}

func TestPages(t *testing.T) {
	b := open(t)
	for i := range 5 {
		b.record(t, time.Duration(i/2)*time.Hour, time.Duration(i/2)*time.Hour+time.Minute)
	}
	whole := b.entries(t)
	var paged []timesheet.Entry
	require.NoError(t, b.db.View(t.Context(), b.in, b.ann, func(ctx context.Context, v storage.View) error {
		see := v.Who().Sees(timesheet.ViewEntry)
		q := timesheet.EntryQuery{Limit: 2}
		for {
			page, err := v.Entries(ctx, see, q)
			require.NoError(t, err)
			paged = append(paged, page.Rows...)
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		_, err := v.Entries(ctx, see, timesheet.EntryQuery{After: "x"})
		require.Equal(t, fault.Code("bad_cursor"), fault.CodeOf(err))
		_, err = v.Sites().List(ctx, v.Who().Sees(admin.ViewSite), access.Query{Limit: -1})
		require.Equal(t, fault.Code("bad_limit"), fault.CodeOf(err))
		return nil
	}))
	require.Equal(t, whole, paged)
}
