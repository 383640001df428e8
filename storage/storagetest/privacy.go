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
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// Fields that not everybody sees who sees the row: the amounts that an import
// kept, and e-mail addresses.

func privacyTests() []test {
	return []test{
		in("T24 an amount is shown to who may see it, wherever it is read", amountsShown),
		in("T24 a sum of amounts says how many it leaves out", amountsSummed),
		in("T24 an amount that is not shown is not changed by an edit", amountsKept),
		in("T24 an address is shown to who may see it, wherever it is read", addressesShown),
		in("T24 an address that is not shown is neither changed nor set", addressesKept),
	}
}

// priced records an hour with an amount, in cents.
func (w *World) priced(t testing.TB, d *Domain, m tenancy.Membership, p timesheet.Project, key string, cents int64, currency string) timesheet.Entry {
	t.Helper()
	e := timed(later, time.Hour, p)
	e.Person, e.External = m.ID, timesheet.External{Source: "toggl", Key: key, Amount: cents, Currency: currency}
	return w.recorded(t, d.North, by(d.Admin), e)
}

// amountsShown reads entries with amounts as everybody: listed is as got, and
// the amount is there for who may see it and no other.
func amountsShown(t *testing.T, w *World) {
	d := w.A
	tom := w.hire(t, d, d.North, "Tom", access.Timekeeper)
	rita := w.hire(t, d, d.North, "Rita", access.Reporter)
	private := w.priced(t, d, d.Ben, d.Private, "1", 1250, "EUR")
	public := w.priced(t, d, d.Eve, d.Public, "2", -300, "USD")
	w.set(t, d, d.North, timesheet.LimitPublicData, timesheet.Off)
	for _, c := range []struct {
		m     tenancy.Membership
		shows []timesheet.EntryID // of those that she sees
	}{
		{d.Admin, []timesheet.EntryID{private.ID, public.ID}}, {d.Chief, []timesheet.EntryID{private.ID, public.ID}}, {rita, []timesheet.EntryID{private.ID, public.ID}},
		{d.Ann, []timesheet.EntryID{private.ID, public.ID}}, // she manages both
		{d.Ben, nil}, {d.Eve, nil}, {tom, nil},
	} {
		shown := map[timesheet.EntryID]bool{}
		for _, id := range c.shows {
			shown[id] = true
		}
		seen := 0
		for _, e := range w.entries(t, d.North, by(c.m), timesheet.EntryQuery{}) {
			require.Equal(t, e, w.entry(t, d.North, by(c.m), e.ID), "listed as it is got")
			for _, whole := range []timesheet.Entry{private, public} {
				if e.ID != whole.ID {
					continue
				}
				seen++
				want := whole
				if !shown[e.ID] {
					want.External.Amount, want.External.Currency, want.External.Withheld = 0, "", true
				}
				require.Equal(t, want, e, c.m.Name)
			}
			if e.External.Source == "" {
				require.Zero(t, e.External, "there is nothing to withhold")
			}
		}
		require.NotZero(t, seen, c.m.Name)
	}
}

func amountsSummed(t *testing.T, w *World) {
	d := w.A
	w.priced(t, d, d.Ben, d.Private, "1", 1250, "EUR")
	w.priced(t, d, d.Ben, d.Private, "2", 250, "USD")
	w.priced(t, d, d.Ben, d.Public, "3", 1000, "EUR")
	w.priced(t, d, d.Eve, d.Public, "4", 7, "EUR")
	w.priced(t, d, d.Eve, noProject, "5", 90, "EUR")
	all := report.Amounts{Sums: []report.Amount{{Currency: "EUR", Minor: 2347, Entries: 4}, {Currency: "USD", Minor: 250, Entries: 1}}}
	managed := report.Amounts{Sums: []report.Amount{{Currency: "EUR", Minor: 2257, Entries: 3}, {Currency: "USD", Minor: 250, Entries: 1}}}
	lead := w.hire(t, d, d.North, "Lea", access.MemberRole)
	w.join(t, d, d.Private, lead, true)
	for _, c := range []struct {
		m    tenancy.Membership
		q    report.Query
		want report.Amounts
	}{
		{d.Admin, report.Query{}, all}, {d.Chief, report.Query{}, all}, {d.Ann, report.Query{}, managed},
		{d.Ben, report.Query{}, report.Amounts{Withheld: 4}}, // his own, and Eve's on the public project
		{d.Eve, report.Query{}, report.Amounts{Withheld: 3}},
		{lead, report.Query{}, report.Amounts{Sums: []report.Amount{{Currency: "EUR", Minor: 1250, Entries: 1}, {Currency: "USD", Minor: 250, Entries: 1}}, Withheld: 2}},
		{d.Gus, report.Query{}, report.Amounts{}},
		{d.Admin, report.Query{Projects: []timesheet.ProjectID{d.Public.ID}}, report.Amounts{Sums: []report.Amount{{Currency: "EUR", Minor: 1007, Entries: 2}}}},
		{d.Admin, report.Query{Persons: []tenancy.MembershipID{d.Eve.ID}}, report.Amounts{Sums: []report.Amount{{Currency: "EUR", Minor: 97, Entries: 2}}}},
		{d.Admin, report.Query{Persons: []tenancy.MembershipID{}}, report.Amounts{}},
		{d.Admin, report.Query{To: day("2024-03-04")}, report.Amounts{}},
		{d.Ben, report.Query{From: day("2024-03-05"), Persons: []tenancy.MembershipID{d.Eve.ID}}, report.Amounts{Withheld: 1}},
	} {
		read(t, w, d.North, by(c.m), func(ctx context.Context, v storage.View) (bool, error) {
			got, err := report.AmountsOf(ctx, v, c.q)
			require.NoError(t, err)
			require.Equal(t, c.want, got, "%s: %+v", c.m.Name, c.q)
			require.Equal(t, c.want.Withheld > 0, got.Partial())
			count := got.Withheld
			for _, sum := range got.Sums {
				count += sum.Entries
			}
			listed := int64(0)
			for _, e := range w.entries(t, d.North, by(c.m), timesheet.EntryQuery{}) {
				if e.External.Currency != "" || e.External.Withheld {
					listed++
				}
			}
			if len(c.q.Projects) == 0 && c.q.Persons == nil && c.q.From.IsZero() && c.q.To.IsZero() {
				require.Equal(t, listed, count, "every entry with an amount is summed or said to be left out")
			}
			return true, nil
		})
	}
}

func amountsKept(t *testing.T, w *World) {
	d := w.A
	whole := w.priced(t, d, d.Ben, d.Private, "1", 1250, "EUR")
	e := w.entry(t, d.North, by(d.Ben), whole.ID)
	require.True(t, e.External.Withheld)
	e.Note = "his own words"
	e, err := w.edit(t, d.North, by(d.Ben), e)
	require.NoError(t, err)
	require.True(t, e.External.Withheld, "the answer shows no more than he sees")
	require.Zero(t, e.External.Amount)
	stored := w.entry(t, d.North, by(d.Admin), e.ID)
	require.Equal(t, whole.External, stored.External)
	require.Equal(t, "his own words", stored.Note)

	// A store that is handed an amount by who sees none refuses it.
	put := func(m tenancy.Membership, to timesheet.External) error {
		return w.DB.Update(t.Context(), d.North, by(m), func(ctx context.Context, s storage.Tx) error {
			e, r, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), whole.ID)
			if err != nil {
				return err
			}
			may, err := s.Who().May(timesheet.EditEntry, r)
			if err != nil {
				return err
			}
			e.External = to
			_, err = s.PutEntry(ctx, may, e, []timesheet.Slice{{Entry: e.ID, Day: day("2024-03-05"), Seconds: e.Seconds}})
			return err
		})
	}
	for _, to := range []timesheet.External{
		{Source: "toggl", Key: "1", Amount: 1, Currency: "EUR"}, {Source: "toggl", Key: "1"}, {Source: "toggl", Key: "1", Amount: 1250, Currency: "EUR"},
	} {
		err := put(d.Ben, to)
		denied(t, "field_withheld", err)
		require.Equal(t, "external_amount", err.(*fault.Error).Field)
	}
	require.Equal(t, whole.External, w.entry(t, d.North, by(d.Admin), e.ID).External)
	require.NoError(t, put(d.Admin, timesheet.External{Source: "toggl", Key: "1", Amount: 1, Currency: "EUR"}), "who sees it sets it")
}

// addresses are what somebody sees of everybody's, by name; "-" is withheld.
func (w *World) addresses(t testing.TB, in tenancy.Scope, m tenancy.Membership) map[string]string {
	t.Helper()
	return read(t, w, in, by(m), func(ctx context.Context, v storage.View) (map[string]string, error) {
		all := map[string]string{}
		see := v.Who().Sees(admin.ViewMember)
		page, err := v.Members().List(ctx, see, access.Query{Limit: 1000})
		for _, one := range page.Rows {
			got, _, err := v.Members().Get(ctx, see, one.ID)
			require.NoError(t, err)
			require.Equal(t, one, got, "listed as it is got")
			switch {
			case one.EmailWithheld:
				require.Empty(t, one.Email)
				all[one.Name] = "-"
			case one.Email != "":
				all[one.Name] = one.Email
			}
		}
		return all, err
	})
}

func addressesShown(t *testing.T, w *World) {
	d := w.A
	for _, m := range []tenancy.Membership{d.Eve, d.Gus} {
		w.manage(t, d, func(ctx context.Context, s storage.Tx) error {
			_, err := amend(ctx, s, s.Members(), admin.ViewMember, admin.EditMember, m.ID, s.PutMember, func(m *tenancy.Membership) { m.Email = m.ID.String() + "@example.org" })
			return err
		})
	}
	const ada = "ada@example.org"
	eve, gus := d.Eve.ID.String()+"@example.org", d.Gus.ID.String()+"@example.org"
	all := map[string]string{"Ada Admin": ada, "Eve": eve, "Gus Guest": gus}
	otto := w.hire(t, d, d.Whole, "Otto", access.DomainAuditor)
	for _, c := range []struct {
		in   tenancy.Scope
		m    tenancy.Membership
		want map[string]string
	}{
		{d.Whole, d.Admin, all}, {d.Whole, otto, all}, {d.North, d.Chief, all},
		{d.North, d.Eve, map[string]string{"Ada Admin": "-", "Eve": eve, "Gus Guest": "-"}},
		{d.North, d.Ann, map[string]string{"Ada Admin": "-", "Eve": "-", "Gus Guest": "-"}},
		{d.North, d.Gus, map[string]string{"Gus Guest": gus}},
		{d.Whole, d.Eve, map[string]string{}}, // she holds nothing there
	} {
		require.Equal(t, c.want, w.addresses(t, c.in, c.m), c.m.Name)
	}
	// Nobody is found by an address or a name that tells more than the list.
	for q, want := range map[string]int{"Eve": 1, eve: 0} {
		require.Len(t, read(t, w, d.North, by(d.Ann), func(ctx context.Context, v storage.View) ([]tenancy.Membership, error) {
			page, err := v.Members().List(ctx, v.Who().Sees(admin.ViewMember), access.Query{Name: q})
			return page.Rows, err
		}), want, q)
	}
}

func addressesKept(t *testing.T, w *World) {
	d := w.A
	editors := w.addRole(t, d, "Editors", always(admin.EditMember))
	w.give(t, d, access.Binding{Subject: to(d.Eve), Custom: editors.ID, Place: everywhere})
	edit := func(how func(*tenancy.Membership)) (tenancy.Membership, error) {
		return Write(t.Context(), w.DB, d.North, by(d.Eve), func(ctx context.Context, s storage.Tx) (tenancy.Membership, error) {
			return amend(ctx, s, s.Members(), admin.ViewMember, admin.EditMember, d.Admin.ID, s.PutMember, how)
		})
	}
	m, err := edit(func(m *tenancy.Membership) { m.Name = "Ada A." })
	require.NoError(t, err)
	require.True(t, m.EmailWithheld)
	require.Empty(t, m.Email)
	for _, email := range []string{"", "eve@example.org", "ada@example.org"} {
		_, err = edit(func(m *tenancy.Membership) { m.Email, m.EmailWithheld = email, false })
		denied(t, "field_withheld", err)
		require.Equal(t, "email", err.(*fault.Error).Field)
	}
	require.Equal(t, map[string]string{"Ada A.": "ada@example.org"}, w.addresses(t, d.Whole, d.Admin))
	m, err = edit(func(m *tenancy.Membership) { m.Email = "eve@example.org" })
	require.NoError(t, err, "what is said to be withheld is not read")
	require.Empty(t, m.Email)
	require.Equal(t, map[string]string{"Ada A.": "ada@example.org"}, w.addresses(t, d.Whole, d.Admin))
}
