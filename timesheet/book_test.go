package timesheet_test

import (
	"context"
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
	"github.com/seed-5be203e9/stint/timesheet"
)

var monday = time.Date(2024, 3, 4, 8, 0, 0, 0, time.UTC)

// desk is a store with one site, where Ann administers and Eve works.
type desk struct {
	db   *memory.DB
	book timesheet.Book
	in   tenancy.Scope
	ann  access.Principal
	eve  tenancy.Membership
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db, err := memory.Open(memory.Config{Now: func() time.Time { return monday }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = admin.Bootstrap(t.Context(), db, admin.Provision{Name: "Acme", Admin: tenancy.Membership{Name: "Ann", Ref: "ann"}})
	require.NoError(t, err)
	d := &desk{db: db, ann: access.ByRef("ann")}
	d.in, err = tenancy.NewResolver(db).Single(t.Context())
	require.NoError(t, err)
	d.must(t, d.ann, func(ctx context.Context, s storage.Tx) error {
		if d.eve, err = admin.AddMember(ctx, s, tenancy.Membership{Name: "Eve", Ref: "eve"}); err != nil {
			return err
		}
		_, err = admin.GrantRole(ctx, s, d.eve.ID, access.MemberRole)
		return err
	})
	return d
}

func (d *desk) as(t *testing.T, who access.Principal, fn func(ctx context.Context, s storage.Tx) error) error {
	t.Helper()
	return d.db.Update(t.Context(), d.in, who, fn)
}

func (d *desk) must(t *testing.T, who access.Principal, fn func(ctx context.Context, s storage.Tx) error) {
	t.Helper()
	require.NoError(t, d.as(t, who, fn))
}

func (d *desk) worker() access.Principal { return access.ByMember(d.eve.ID) }

func (d *desk) record(t *testing.T, who access.Principal, e timesheet.Entry) (kept timesheet.Entry, err error) {
	t.Helper()
	err = d.as(t, who, func(ctx context.Context, s storage.Tx) error {
		kept, err = d.book.Record(ctx, s, e)
		return err
	})
	return kept, err
}

func (d *desk) project(t *testing.T, as timesheet.NewProject) (p timesheet.Project) {
	t.Helper()
	d.must(t, d.ann, func(ctx context.Context, s storage.Tx) (err error) {
		p, err = d.book.AddProject(ctx, s, as)
		return err
	})
	return p
}

func (d *desk) task(t *testing.T, p timesheet.Project) (k timesheet.Task) {
	t.Helper()
	d.must(t, d.ann, func(ctx context.Context, s storage.Tx) (err error) {
		k, err = d.book.AddTask(ctx, s, p.ID, "Task of "+p.Name)
		return err
	})
	return k
}

func hour() timesheet.Entry {
	return timesheet.Entry{Form: timesheet.Timed, Start: monday, End: monday.Add(time.Hour), Zone: "UTC"}
}

func TestRecordCompletesTheEntry(t *testing.T) {
	d := newDesk(t)
	e := hour()
	e.ID, e.Version, e.Overlaps, e.Recorder, e.Site = timesheet.EntryID{9}, 7, true, tenancy.MembershipID{9}, tenancy.SiteID{9}
	got, err := d.record(t, d.worker(), e)
	require.NoError(t, err)
	assert.NotEqual(t, e.ID, got.ID)
	assert.EqualValues(t, 1, got.Version)
	assert.Equal(t, d.in.Site(), got.Site, "T15: that of the scope")
	assert.Equal(t, d.eve.ID, got.Person)
	assert.Equal(t, d.eve.ID, got.Recorder)
	assert.Equal(t, monday, got.CreatedAt)
	assert.EqualValues(t, 3600, got.Seconds)
	assert.False(t, got.Overlaps)

	e = hour()
	e.Person = d.eve.ID
	got, err = d.record(t, d.ann, e)
	require.NoError(t, err)
	assert.Equal(t, d.eve.ID, got.Person)
	assert.NotEqual(t, d.eve.ID, got.Recorder, "T27: both are stored")

	_, err = d.record(t, system.Because("import"), hour())
	require.Equal(t, fault.Code("person_missing"), fault.CodeOf(err))
	whole, err := tenancy.NewResolver(d.db).Whole(t.Context(), d.in.Domain())
	require.NoError(t, err)
	require.ErrorIs(t, d.db.Update(t.Context(), whole, d.ann, func(ctx context.Context, s storage.Tx) error {
		_, err := d.book.Record(ctx, s, hour())
		return err
	}), fault.NoSite, "T15: nothing goes to a default site")
}

// What an entry names must be there for who names it, and fit.
func TestReferencesOfAnEntry(t *testing.T) {
	d := newDesk(t)
	open, hidden := d.project(t, timesheet.NewProject{Name: "Open", Visibility: timesheet.Public}), d.project(t, timesheet.NewProject{Name: "Hidden"})
	other := d.project(t, timesheet.NewProject{Name: "Other", Visibility: timesheet.Public})
	task, secret := d.task(t, open), d.task(t, hidden)
	var act timesheet.Activity
	var tag timesheet.Tag
	d.must(t, d.ann, func(ctx context.Context, s storage.Tx) (err error) {
		if act, err = d.book.AddActivity(ctx, s, "Travel"); err == nil {
			tag, err = d.book.AddTag(ctx, s, "urgent")
		}
		return err
	})
	for name, c := range map[string]struct {
		change func(e *timesheet.Entry)
		field  string // of fault.NotFound; "" if it is stored
	}{
		"all of them": {func(e *timesheet.Entry) {
			e.Project, e.Task, e.Activity, e.Tags = open.ID, task.ID, act.ID, []timesheet.TagID{tag.ID, tag.ID}
		}, ""},
		"G3 a project that is hidden":   {func(e *timesheet.Entry) { e.Project = hidden.ID }, "project"},
		"a project that is not":         {func(e *timesheet.Entry) { e.Project = timesheet.ProjectID{1} }, "project"},
		"a task of another project":     {func(e *timesheet.Entry) { e.Project, e.Task = other.ID, task.ID }, "task"},
		"a task of a hidden project":    {func(e *timesheet.Entry) { e.Project, e.Task = open.ID, secret.ID }, "task"},
		"a task that is not":            {func(e *timesheet.Entry) { e.Project, e.Task = open.ID, timesheet.TaskID{1} }, "task"},
		"an activity that is not":       {func(e *timesheet.Entry) { e.Activity = timesheet.ActivityID{1} }, "activity"},
		"one tag of two that is not":    {func(e *timesheet.Entry) { e.Tags = []timesheet.TagID{tag.ID, {1}} }, "tag"},
		"a tag's id as that of another": {func(e *timesheet.Entry) { e.Activity = timesheet.ActivityID(tag.ID) }, "activity"},
	} {
		e := hour()
		c.change(&e)
		_, err := d.record(t, d.worker(), e)
		if c.field == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, fault.NotFound, name)
		var f *fault.Error
		require.ErrorAs(t, err, &f)
		assert.Equal(t, c.field, f.Field, name)
	}
}

func TestRecordAllSaysWhichEntryIsWrong(t *testing.T) {
	d := newDesk(t)
	bad := hour()
	bad.End = bad.Start
	unknown := hour()
	unknown.Activity = timesheet.ActivityID{1}
	others := hour()
	others.Person = tenancy.MembershipID{}
	d.must(t, d.ann, func(ctx context.Context, s storage.Tx) (err error) {
		m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: "Bob"})
		others.Person = m.ID
		return err
	})
	for name, c := range map[string]struct {
		wrong timesheet.Entry
		want  error
	}{"a rule": {bad, fault.Invalid}, "a reference": {unknown, fault.NotFound}, "a right": {others, fault.Denied}} {
		for index := range 3 {
			all := []timesheet.Entry{hour(), hour(), hour()}
			all[index] = c.wrong
			err := d.as(t, d.worker(), func(ctx context.Context, s storage.Tx) error {
				kept, err := d.book.RecordAll(ctx, s, all)
				assert.Nil(t, kept)
				return err
			})
			var e *timesheet.EntryError
			require.ErrorAs(t, err, &e, name)
			assert.Equal(t, index, e.Index, name)
			require.ErrorIs(t, err, c.want, name)
			assert.Equal(t, e.Err.Error(), err.Error())
		}
	}
	d.must(t, d.worker(), func(ctx context.Context, s storage.Tx) error {
		page, err := s.Entries(ctx, s.Who().Sees(timesheet.ViewEntry), timesheet.EntryQuery{})
		require.Empty(t, page.Rows, "all or none")
		if err != nil {
			return err
		}
		kept, err := d.book.RecordAll(ctx, s, nil)
		require.NoError(t, err)
		assert.Empty(t, kept)
		first, second := hour(), hour()
		second.Note = "second"
		kept, err = d.book.RecordAll(ctx, s, []timesheet.Entry{first, second})
		require.Len(t, kept, 2)
		assert.Equal(t, "second", kept[1].Note, "in their order")
		assert.EqualValues(t, 1, kept[0].Version)
		return err
	})
}

func (d *desk) edit(t *testing.T, who access.Principal, e timesheet.Entry) (kept timesheet.Entry, err error) {
	t.Helper()
	err = d.as(t, who, func(ctx context.Context, s storage.Tx) error {
		kept, err = d.book.Edit(ctx, s, e)
		return err
	})
	return kept, err
}

func (d *desk) remove(t *testing.T, who access.Principal, id timesheet.EntryID, version int64) error {
	t.Helper()
	return d.as(t, who, func(ctx context.Context, s storage.Tx) error { return d.book.Remove(ctx, s, id, version) })
}

func TestStaleEditsAndRemovalsAreRefused(t *testing.T) {
	d := newDesk(t)
	first, err := d.record(t, d.worker(), hour())
	require.NoError(t, err)
	next := first
	next.Note = "changed"
	second, err := d.edit(t, d.worker(), next)
	require.NoError(t, err)
	assert.EqualValues(t, 2, second.Version)
	assert.Equal(t, "changed", second.Note)
	for _, version := range []int64{0, 1, 3, -1} {
		next.Version = version
		_, err = d.edit(t, d.worker(), next)
		require.ErrorIs(t, err, fault.Stale)
		require.ErrorIs(t, d.remove(t, d.worker(), first.ID, version), fault.Stale)
	}
	require.NoError(t, d.remove(t, d.worker(), first.ID, 2))
	require.ErrorIs(t, d.remove(t, d.worker(), first.ID, 2), fault.NotFound)
	_, err = d.edit(t, d.worker(), second)
	require.ErrorIs(t, err, fault.NotFound)
}

func TestEditKeepsWhatIsNotItsToChange(t *testing.T) {
	d := newDesk(t)
	e := hour()
	e.External = timesheet.External{Source: "toggl", Key: "1"}
	was, err := d.record(t, d.worker(), e)
	require.NoError(t, err)
	e = was
	e.Site, e.Recorder, e.External, e.CreatedAt, e.Person = tenancy.SiteID{1}, tenancy.MembershipID{1}, timesheet.External{}, monday.Add(1), tenancy.MembershipID{}
	e.Note, e.Seconds, e.End = "longer", 0, e.End.Add(time.Hour)
	got, err := d.edit(t, d.ann, e)
	require.NoError(t, err)
	want := was
	want.Version, want.Note, want.Seconds, want.End = 2, "longer", 7200, e.End
	assert.Equal(t, want, got)
}

// G29: who has left a project keeps sight of her time on it, and changes it no
// more; G13: nobody changes what she only sees.
func TestEditNeedsTheRightOnBothSides(t *testing.T) {
	d := newDesk(t)
	open, hidden := d.project(t, timesheet.NewProject{Name: "Open", Visibility: timesheet.Public}), d.project(t, timesheet.NewProject{Name: "Hidden"})
	e := hour()
	e.Project = open.ID
	mine, err := d.record(t, d.worker(), e)
	require.NoError(t, err)
	anns, err := d.record(t, d.ann, e)
	require.NoError(t, err)

	moved := mine
	moved.Project = hidden.ID
	_, err = d.edit(t, d.worker(), moved)
	require.ErrorIs(t, err, fault.NotFound, "onto what she does not see")
	_, err = d.edit(t, d.worker(), anns)
	require.ErrorIs(t, err, fault.Denied)
	assert.Equal(t, "condition_own", fault.ReasonOf(err))
	require.ErrorIs(t, d.remove(t, d.worker(), anns.ID, anns.Version), fault.Denied)
	given := mine
	given.Person = anns.Person
	_, err = d.edit(t, d.worker(), given)
	require.ErrorIs(t, err, fault.Denied, "her time to somebody else")

	open.Public = false
	d.must(t, d.ann, func(ctx context.Context, s storage.Tx) error { _, err := d.book.EditProject(ctx, s, open); return err })
	_, err = d.edit(t, d.worker(), mine)
	require.ErrorIs(t, err, fault.Denied, "seen, and not hers to change")
	require.ErrorIs(t, d.remove(t, d.worker(), anns.ID, anns.Version), fault.NotFound, "no longer seen")
	_, err = d.record(t, d.worker(), e)
	require.ErrorIs(t, err, fault.NotFound, "no new time")
	_, err = d.edit(t, d.ann, mine)
	require.NoError(t, err)
}
