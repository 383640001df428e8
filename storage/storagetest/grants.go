package storagetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func grantTests() []test {
	return []test{
		in("T28 nobody grants what they do not hold", grantExceeds),
		in("T28 a site's administrator does not reach beyond the site", grantBeyondSite),
		in("T18 a site that is claimed for a team or task is not believed", claimedSite),
		in("T15 an entry and what it names are on one site", oneSite),
	}
}

// grant writes a binding for the permit that row asks for.
func (w *World) grant(t testing.TB, scope tenancy.Scope, as tenancy.Membership, row access.Row, b access.Binding) error {
	t.Helper()
	_, err := Write(t.Context(), w.DB, scope, by(as), func(ctx context.Context, s storage.Tx) (access.Binding, error) {
		b.ID, b.CreatedAt = s.NewID(), s.Now()
		row.Kind, row.ID, row.Person = admin.KindBinding, b.ID, b.Subject.Member
		may, err := s.Who().May(admin.Grant, s.Draft(row))
		if err != nil {
			return b, err
		}
		return s.PutBinding(ctx, may, b)
	})
	return err
}

func grantExceeds(t *testing.T, w *World) {
	d := w.A
	here := access.Place{Kind: access.AtSite, Site: d.North.Site()}
	row := access.Row{Site: here.Site}
	denied(t, "grant_exceeds_own", w.grant(t, d.North, d.Chief, row, access.Binding{Subject: access.Subject{Member: d.Chief.ID}, Role: access.DomainAdmin, Place: here}))
	require.NoError(t, w.grant(t, d.North, d.Chief, row, access.Binding{Subject: access.Subject{Member: d.Gus.ID}, Role: access.SiteAdmin, Place: here}), "what she holds herself")
	require.NoError(t, w.grant(t, d.North, d.Chief, row, access.Binding{Subject: access.Subject{Member: d.Sue.ID}, Role: access.MemberRole, Place: here}), "and less")
	require.ErrorIs(t, w.grant(t, d.North, d.Chief, row, access.Binding{Subject: access.Subject{Member: d.Sue.ID}, Role: "no such role", Place: here}), fault.Invalid)
	require.NoError(t, w.grant(t, d.Whole, d.Admin, access.Row{}, access.Binding{Subject: access.Subject{Member: d.Sue.ID}, Role: access.DomainAdmin, Place: access.Place{Kind: access.Everywhere}}))
}

func grantBeyondSite(t *testing.T, w *World) {
	d := w.A
	for _, scope := range []tenancy.Scope{d.North, d.Whole} {
		for _, role := range []string{access.MemberRole, access.SiteAdmin, access.DomainAdmin} {
			for _, site := range []tenancy.SiteID{{}, d.North.Site(), d.South.Site()} {
				for _, place := range []access.Place{{Kind: access.Everywhere}, {Kind: access.AtSite, Site: d.South.Site()}, {Kind: access.AtClient, Client: d.Client.ID}} {
					err := w.grant(t, scope, d.Chief, access.Row{Site: site, Client: place.Client}, access.Binding{Subject: access.Subject{Member: d.Chief.ID}, Role: role, Place: place})
					require.Error(t, err, "%s at %s, asked for at %s", role, place.Kind, site)
				}
			}
		}
	}
	require.Len(t, read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) ([]access.Binding, error) {
		page, err := v.Bindings().List(ctx, v.Who().Sees(admin.ViewBinding), access.Query{Parent: d.Chief.ID})
		return page.Rows, err
	}), 1, "she holds what she held")
}

// claimedSite is an administrator of the north who is a plain member in the
// south, where a project is public.
func claimedSite(t *testing.T, w *World) {
	d := w.A
	write(t, w, d.South, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.Binding, error) {
		return admin.GrantRole(ctx, s, d.Chief.ID, access.MemberRole)
	})
	far := d.Far
	far.Public = true
	far, err := w.editProject(t, d.South, by(d.Admin), far)
	require.NoError(t, err)
	for kind, action := range map[access.Kind]access.Action{timesheet.KindTeam: timesheet.AddTeam, timesheet.KindTask: timesheet.CreateTask} {
		err := w.DB.Update(t.Context(), d.Whole, by(d.Chief), func(ctx context.Context, s storage.Tx) error {
			placed, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject),
				access.Row{Kind: kind, ID: s.NewID(), Site: d.North.Site(), Project: far.ID, Person: d.Chief.ID})
			if err != nil {
				return err
			}
			_, err = s.Who().May(action, placed[0])
			return err
		})
		denied(t, "condition_manager", err)
	}
}

func oneSite(t *testing.T, w *World) {
	d := w.A
	w.join(t, d, d.Far, d.Ann, false)
	write(t, w, d.South, by(d.Admin), func(ctx context.Context, s storage.Tx) (access.Binding, error) {
		return admin.GrantRole(ctx, s, d.Ann.ID, access.MemberRole)
	})
	southern := write(t, w, d.South, by(d.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Tag, error) {
		return w.Book.AddTag(ctx, s, "Southern")
	})
	before := w.dump(t, d.Whole, by(d.Admin))
	e := d.AnnsTime
	e.Project, e.Task = d.Far.ID, timesheet.TaskID{}
	_, err := w.edit(t, d.Whole, by(d.Ann), e)
	require.ErrorIs(t, err, fault.Reference, "a project of another site")
	e = d.AnnsTime
	e.Tags = append(e.Tags[:len(e.Tags):len(e.Tags)], southern.ID)
	_, err = w.edit(t, d.Whole, by(d.Ann), e)
	require.ErrorIs(t, err, fault.Reference, "a tag of another site")
	sameDump(t, before, w.dump(t, d.Whole, by(d.Admin)), "a refused edit wrote")
}
