package memory_test

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
	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

func TestWithheldAddress(t *testing.T) {
	b := open(t)
	ben, eve := b.hire(t, "ben", access.MemberRole), b.hire(t, "eve", access.MemberRole)
	editor := b.role(t, "Editor", access.Allow(always, admin.EditMember)...)
	b.bind(t, access.Binding{Subject: access.Subject{Member: ben.ID}, Custom: editor.ID, Place: everywhere})
	as := access.ByMember(ben.ID)
	seen := func() map[string]string { // by Ben
		all := map[string]string{}
		require.NoError(t, b.db.View(t.Context(), b.in, as, func(ctx context.Context, v storage.View) error {
			page, err := v.Members().List(ctx, v.Who().Sees(admin.ViewMember), access.Query{})
			for _, m := range page.Rows {
				one, _, err := v.Members().Get(ctx, v.Who().Sees(admin.ViewMember), m.ID)
				require.NoError(t, err)
				require.Equal(t, one, m, "listed as it is read")
				require.Equal(t, m.ID == eve.ID, m.EmailWithheld, "Ben has his own to see, and Ann none to withhold")
				all[m.Name] = m.Email
			}
			return err
		}))
		return all
	}
	edit := func(how func(*tenancy.Membership)) (m tenancy.Membership, err error) {
		err = b.as(t, as, func(ctx context.Context, s storage.Tx) error {
			is, r, err := s.Members().Get(ctx, s.Who().Sees(admin.ViewMember), eve.ID)
			require.NoError(t, err)
			may, err := s.Who().May(admin.EditMember, r)
			require.NoError(t, err)
			how(&is)
			m, err = s.PutMember(ctx, may, is)
			return err
		})
		return m, err
	}
	t.Run("T24 an address is shown to whom it belongs and to administrators", func(t *testing.T) {
		require.Equal(t, "", seen()["eve"])
		require.Equal(t, "ben@example.org", seen()["ben"])
		m := b.member(t, eve.ID)
		require.Equal(t, "eve@example.org", m.Email)
		require.False(t, m.EmailWithheld)
	})
	t.Run("T24 what is written back withheld stays", func(t *testing.T) {
		m, err := edit(func(m *tenancy.Membership) { m.Name = "Eve B." })
		require.NoError(t, err)
		require.True(t, m.EmailWithheld, "the answer does not show it either")
		require.Empty(t, m.Email)
		require.Equal(t, "eve@example.org", b.member(t, eve.ID).Email)
	})
	t.Run("T24 who does not see it does not set it", func(t *testing.T) {
		for _, to := range []string{"", "mine@example.org", "eve@example.org"} {
			_, err := edit(func(m *tenancy.Membership) { m.Email, m.EmailWithheld = to, false })
			denied(t, "field_withheld", err)
			require.Equal(t, "email", err.(*fault.Error).Field)
		}
		require.Equal(t, "eve@example.org", b.member(t, eve.ID).Email)
	})
	t.Run("T24 of a new row nothing is withheld", func(t *testing.T) {
		var m tenancy.Membership
		b.write(t, func(ctx context.Context, s storage.Tx) (err error) {
			m, err = admin.AddMember(ctx, s, tenancy.Membership{Name: "Max", Email: "max@example.org", EmailWithheld: true})
			return err
		})
		require.Empty(t, m.Email)
		require.False(t, m.EmailWithheld)
		require.Equal(t, m, b.member(t, m.ID))
	})
}

// member returns a person as Ann sees her.
func (b *bench) member(t *testing.T, id tenancy.MembershipID) (m tenancy.Membership) {
	t.Helper()
	require.NoError(t, b.db.View(t.Context(), b.in, b.ann, func(ctx context.Context, v storage.View) (err error) {
		m, _, err = v.Members().Get(ctx, v.Who().Sees(admin.ViewMember), id)
		return err
	}))
	return m
}

func TestWithheldAmounts(t *testing.T) {
	b := open(t)
	tom := b.hire(t, "tom", access.Timekeeper)
	e := timed(0, time.Hour)
	e.External = timesheet.External{Source: "toggl", Key: "1", Amount: 1250, Currency: "EUR"}
	require.NoError(t, b.update(t, func(ctx context.Context, s storage.Tx) (err error) {
		e, err = b.book.Record(ctx, s, e)
		return err
	}))
	require.Equal(t, int64(1250), e.External.Amount)
	b.record(t, 2*time.Hour, 3*time.Hour) // without an amount
	as := access.ByMember(tom.ID)
	hidden := timesheet.External{Source: "toggl", Key: "1", Withheld: true}

	t.Run("T24 an amount is for who may see it, and an edit by others keeps it", func(t *testing.T) {
		require.NoError(t, b.db.Update(t.Context(), b.in, as, func(ctx context.Context, s storage.Tx) error {
			page, err := s.Entries(ctx, s.Who().Sees(timesheet.ViewEntry), timesheet.EntryQuery{To: monday.Add(time.Minute)})
			require.NoError(t, err)
			require.Equal(t, hidden, page.Rows[0].External)
			next := page.Rows[0]
			next.Note = "checked"
			next, err = b.book.Edit(ctx, s, next)
			require.Equal(t, hidden, next.External)
			return err
		}))
		entries := b.entries(t)
		require.Equal(t, "checked", entries[1].Note)
		require.Equal(t, e.External, entries[1].External)
	})
	t.Run("T24 a sum says what it leaves out", func(t *testing.T) {
		rita := b.hire(t, "rita", "")
		r := b.role(t, "Reports only", access.Allow(always, timesheet.ViewReport)...)
		b.bind(t, access.Binding{Subject: access.Subject{Member: rita.ID}, Custom: r.ID, Place: everywhere})
		for who, want := range map[access.Principal]report.Amounts{
			b.ann:                    {Sums: []report.Amount{{Currency: "EUR", Minor: 1250, Entries: 1}}},
			access.ByMember(rita.ID): {Withheld: 1},
		} {
			require.NoError(t, b.db.View(t.Context(), b.in, who, func(ctx context.Context, v storage.View) error {
				got, err := report.AmountsOf(ctx, v, report.Query{})
				require.NoError(t, err)
				require.Equal(t, want, got)
				got, err = report.AmountsOf(ctx, v, report.Query{From: zone.DayOf(monday.AddDate(0, 0, 1), time.UTC)})
				require.Zero(t, got, "no day of it is asked for")
				return err
			}))
		}
	})
}

// trips is a kind of the host's own.
func trips() access.Catalogue {
	return access.Catalogue{
		Kinds: []access.KindSpec{{Name: "trip", Doc: "a journey", Facts: access.Own | access.Member | access.Loose, Extra: []string{"paid"}}},
		Actions: []access.ActionSpec{
			{Name: "trip.add", Kind: "trip", Verb: access.Create, Doc: "add a journey"},
			{Name: "trip.edit", Kind: "trip", Verb: access.Change, Doc: "change a journey"},
		},
		Roles: []access.Role{
			{Name: access.DomainAdmin, Grants: access.Allow(always, "trip.add", "trip.edit")}, // or they could make nobody a member
			{Name: access.MemberRole, Grants: append(
				access.Allow(access.When(access.Own), "trip.add"), access.Allow(access.When(access.Own).But(access.Extra1), "trip.edit")...)},
		},
	}
}

func TestHostKind(t *testing.T) {
	b := open(t)
	ben := b.hire(t, "ben", access.MemberRole)
	as := access.ByMember(ben.ID)
	trip := access.Row{Kind: "trip", ID: tenancy.NewUUID(), Site: b.in.Site(), Person: ben.ID}
	log := func(action access.Action, row, logged access.Row) error {
		return b.db.Update(t.Context(), b.in, as, func(ctx context.Context, s storage.Tx) error {
			placed, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), row)
			require.NoError(t, err)
			may, err := s.Who().May(action, placed[0])
			if err != nil {
				return err
			}
			return s.Log(ctx, may, logged)
		})
	}
	t.Run("T24 a host's write has its event", func(t *testing.T) {
		require.NoError(t, log("trip.add", trip, trip))
		events := b.log(t, b.whole(t), access.Query{Parent: trip.ID})
		require.Len(t, events, 1)
		require.Equal(t, access.Event{
			ID: events[0].ID, At: monday, Actor: ben.ID, Action: "trip.add", Reason: "member: own",
			Kind: "trip", Object: trip.ID, Version: 1, Site: b.in.Site(), Person: ben.ID,
		}, events[0])
	})
	t.Run("T24 the host says what it knows of its rows, and the store the rest", func(t *testing.T) {
		stored := trip
		stored.Version = 1
		require.NoError(t, log("trip.edit", stored, stored))
		stored.Facts = access.Extra1
		denied(t, "condition_not_paid", log("trip.edit", stored, stored))
		others := trip
		others.Person, others.Facts = b.made.Admin.ID, access.Own
		denied(t, "condition_own", log("trip.add", others, others))
	})
	t.Run("T24 an event is of the row that was permitted", func(t *testing.T) {
		moved, other := trip, trip
		moved.Person, other.ID = b.made.Admin.ID, tenancy.NewUUID()
		require.ErrorIs(t, log("trip.add", trip, moved), fault.Proof)
		require.ErrorIs(t, log("trip.add", trip, other), fault.Proof)
		tag := access.Row{Kind: timesheet.KindTag, ID: tenancy.NewUUID(), Site: b.in.Site()}
		require.ErrorIs(t, log(timesheet.CreateTag, tag, tag), fault.Proof, "what the store keeps, it writes itself")
	})
}
