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

func revocationTests() []test {
	return []test{
		in("G38 what is taken away counts from the next call on", func(t *testing.T, w *World) { w.revocations(t, w.DB) }),
	}
}

// RunShared runs what is promised of several stores over one database, such as
// those of two programs: what one of them changes of anybody's rights counts in
// the other from its next call on. open makes two stores over a new database
// that is migrated, and closes them with t.Cleanup.
func RunShared(t *testing.T, open func(t testing.TB, cfg Config) (one, two storage.DB)) {
	t.Run("G38 what one store takes away counts in another from the next call on", func(t *testing.T) {
		var other storage.DB
		w := NewWorld(t, func(t testing.TB, cfg Config) (one storage.DB) {
			one, other = open(t, cfg)
			return one
		})
		w.revocations(t, other)
	})
}

// revocations gives somebody rights in every way and takes them away again,
// while another store, or the same, has her in mind.
func (w *World) revocations(t *testing.T, at storage.DB) {
	d := w.A
	nora := w.newcomer(t, d, "Nora")
	own := w.addRole(t, d, "Own", always(timesheet.ViewTag))
	var b access.Binding
	var in access.GroupMember
	bind := func(of access.Binding) func() { return func() { b = w.give(t, d, of) } }
	revoke := func() { w.revoke(t, d, b) }
	enter := func() { in = w.enter(t, d, d.Crew, nora) }
	leave := func() {
		w.manage(t, d, func(ctx context.Context, s storage.Tx) error { return admin.TakeFromGroup(ctx, s, in.ID) })
	}
	status := func(to tenancy.Status) func() {
		return func() {
			w.manage(t, d, func(ctx context.Context, s storage.Tx) error {
				_, err := amend(ctx, s, s.Members(), admin.ViewMember, admin.EditMember, nora.ID, s.PutMember, func(m *tenancy.Membership) { m.Status = to })
				return err
			})
		}
	}
	with, without := func() { w.modules(t, d) }, func() { w.modules(t, d, access.CustomRoles) }
	tagsFor := func(at tenancy.Scope, value string) func() {
		return func() { w.set(t, d, at, timesheet.WhoCreatesTags, value) }
	}
	both := func(all ...func()) func() {
		return func() {
			for _, fn := range all {
				fn()
			}
		}
	}
	edit := func(grants []access.Grant) {
		var err error
		own, err = w.editRole(t, d, d.Admin, own, grants)
		require.NoError(t, err)
	}
	tags := func(ctx context.Context, s storage.Tx) (bool, error) {
		rows, err := readerOf(timesheet.KindTag).all(ctx, s)
		return len(rows) > 0, err
	}
	adds := func(ctx context.Context, s storage.Tx) (bool, error) {
		_, err := s.Who().May(timesheet.CreateTag, s.Draft(access.Row{Kind: timesheet.KindTag, ID: s.NewID(), Site: d.North.Site()}))
		return err == nil, nil
	}
	records := func(ctx context.Context, s storage.Tx) (bool, error) {
		_, err := w.Book.Record(ctx, s, timed(Start.AddDate(0, 0, 1), time.Hour, d.Private))
		if fault.CodeOf(err) == fault.CodeNotFound {
			return false, nil
		}
		return err == nil, err
	}
	member := access.Binding{Subject: to(nora), Role: access.MemberRole, Place: atSite(d.North)}
	hers, crews := member, member
	hers.Role, hers.Custom = "", own.ID
	crews.Subject = access.Subject{Group: d.Crew.ID}
	later := member
	later.From, later.Until = w.Clock.Now().Add(time.Hour), w.Clock.Now().Add(2*time.Hour)
	may := func(ask func(ctx context.Context, s storage.Tx) (bool, error)) bool {
		got := false
		err := at.Update(t.Context(), d.North, by(nora), func(ctx context.Context, s storage.Tx) (err error) {
			if got, err = ask(ctx, s); err != nil {
				return err
			}
			return errRollback
		})
		if fault.CodeOf(err) == fault.CodeNoMember {
			return false
		}
		require.ErrorIs(t, err, errRollback)
		return got
	}
	for _, c := range []struct {
		what       string
		first      func() // what has to be before
		give, take func()
		ask        func(ctx context.Context, s storage.Tx) (bool, error)
		last       func() // and is undone afterwards
		once       bool   // time does not come back
	}{
		{"a role", nil, bind(member), revoke, adds, nil, false},
		{"a role, seen by what she lists", nil, bind(member), revoke, tags, nil, false},
		{"a role of a group", enter, bind(crews), revoke, adds, leave, false},
		{"a place in a group", bind(crews), enter, leave, adds, revoke, false},
		{"what a role of the domain's own says", bind(hers), func() { edit(always(timesheet.CreateTag)) }, func() { edit(always(timesheet.ViewClient)) }, adds, revoke, false},
		{"the module of it", both(bind(hers), func() { edit(always(timesheet.CreateTag)) }, without), with, without, adds, both(with, revoke), false},
		{"a setting of the site", both(bind(member), tagsFor(d.North, timesheet.Admins)), tagsFor(d.North, timesheet.Everyone), tagsFor(d.North, timesheet.Admins), adds,
			both(tagsFor(d.North, timesheet.Everyone), revoke), false},
		{"a setting of the domain", both(bind(member), func() { w.reset(t, d, d.North, timesheet.WhoCreatesTags) }, tagsFor(d.Whole, timesheet.Admins)),
			tagsFor(d.Whole, timesheet.Everyone), tagsFor(d.Whole, timesheet.Admins), adds, both(tagsFor(d.Whole, timesheet.Everyone), revoke), false},
		{"a place in a team", bind(member), func() { w.join(t, d, d.Private, nora, false) }, func() { w.leave(t, d, d.Private, nora) }, records, revoke, false},
		{"the membership", both(bind(member), status(tenancy.Deactivated)), status(tenancy.Active), status(tenancy.Deactivated), adds, both(status(tenancy.Active), revoke), false},
		{"time", bind(later), func() { w.Clock.Advance(time.Hour) }, func() { w.Clock.Advance(time.Hour) }, adds, revoke, true},
	} {
		if c.first != nil {
			c.first()
		}
		for round := range 2 {
			require.False(t, may(c.ask), "%s: not yet, round %d", c.what, round)
			c.give()
			require.True(t, may(c.ask), "%s: given, round %d", c.what, round)
			require.True(t, may(c.ask), "%s: and kept in mind", c.what)
			c.take()
			require.False(t, may(c.ask), "%s: taken, round %d", c.what, round)
			if c.once {
				break
			}
		}
		if c.last != nil {
			c.last()
		}
	}
}
