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
	"github.com/seed-5be203e9/stint/timesheet"
)

// Ways to get more than one was given, and where they end.
func limitTests() []test {
	return []test{
		in("T28 who may change a person may not say who she is", identityIsGuarded),
		in("T28 who may add to a team makes nobody a manager", managersAreMade),
		in("T28 nobody grants for longer than they hold", grantsEnd),
		in("T28 a credential grants no more than it is good for", tokenGrants),
		in("T28 nobody moves a project to where they may do more", projectsStay),
		in("T28 nobody widens by a group what they hold over it", groupsStay),
		in("T10 what is held at a site changes nothing of the domain", siteChangesSite),
	}
}

func identityIsGuarded(t *testing.T, w *World) {
	d := w.A
	nora := w.newcomer(t, d, "Nora")
	editor := w.addRole(t, d, "Editor", always(admin.ViewMember, admin.EditMember))
	w.give(t, d, access.Binding{Subject: to(nora), Custom: editor.ID, Place: access.Place{Kind: access.Everywhere}})
	edit := func(as tenancy.Membership, how func(*tenancy.Membership)) error {
		return w.DB.Update(t.Context(), d.Whole, by(as), func(ctx context.Context, s storage.Tx) error {
			_, err := amend(ctx, s, s.Members(), admin.ViewMember, admin.EditMember, d.Admin.ID, s.PutMember, how)
			return err
		})
	}
	denied(t, "no_grant_in_scope", edit(nora, func(m *tenancy.Membership) { m.Ref = "nora-signs-in-as-this" }))
	denied(t, "no_grant_in_scope", edit(nora, func(m *tenancy.Membership) { m.Account = tenancy.AccountID{} }))
	require.NoError(t, edit(nora, func(m *tenancy.Membership) { m.Name = "Ada A." }))
	require.NoError(t, edit(d.Admin, func(m *tenancy.Membership) { m.Ref = "ada-2" }), "an administrator may")
}

func managersAreMade(t *testing.T, w *World) {
	d := w.A
	adder := w.addRole(t, d, "Adder", always(timesheet.ViewProject, timesheet.ViewTeam, timesheet.AddTeam))
	w.give(t, d, access.Binding{Subject: to(d.Eve), Custom: adder.ID, Place: access.Place{Kind: access.Everywhere}})
	add := func(manager bool) error {
		return w.DB.Update(t.Context(), d.North, by(d.Eve), func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddToTeam(ctx, s, d.Private.ID, d.Eve.ID, manager)
			return err
		})
	}
	denied(t, "condition_manager", add(true))
	require.NoError(t, add(false))
}

func grantsEnd(t *testing.T, w *World) {
	d := w.A
	temp := w.newcomer(t, d, "Tim")
	end := w.Clock.Now().Add(time.Hour)
	w.give(t, d, access.Binding{Subject: to(temp), Role: access.DomainAdmin, Place: access.Place{Kind: access.Everywhere}, Until: end})
	grant := func(until time.Time) error {
		return w.DB.Update(t.Context(), d.Whole, by(temp), func(ctx context.Context, s storage.Tx) error {
			_, err := admin.Bind(ctx, s, access.Binding{Subject: to(d.Gus), Role: access.MemberRole, Place: access.Place{Kind: access.Everywhere}, Until: until})
			return err
		})
	}
	denied(t, "grant_exceeds_own", grant(time.Time{}))
	denied(t, "grant_exceeds_own", grant(end.Add(time.Microsecond)))
	require.NoError(t, grant(end))
}

func tokenGrants(t *testing.T, w *World) {
	d := w.A
	token := by(d.Admin).Only(admin.Grant, admin.MakeRole)
	denied(t, "grant_exceeds_own", w.DB.Update(t.Context(), d.Whole, token, func(ctx context.Context, s storage.Tx) error {
		_, err := admin.GrantRole(ctx, s, d.Eve.ID, access.DomainAdmin)
		return err
	}))
	denied(t, "grant_exceeds_own", w.DB.Update(t.Context(), d.Whole, token, func(ctx context.Context, s storage.Tx) error {
		_, err := admin.AddRole(ctx, s, access.Role{Name: "Back door", Grants: access.Allow(access.Unconditionally(), admin.EditMember)})
		return err
	}))
}

// siteChangesSite is somebody who may change people, at one site, and an
// administrator of the domain with a credential for that site.
func siteChangesSite(t *testing.T, w *World) {
	d := w.A
	editor := w.addRole(t, d, "Editor", always(admin.EditMember, admin.ChangeGroup))
	w.give(t, d, access.Binding{Subject: to(d.Eve), Custom: editor.ID, Place: access.Place{Kind: access.AtSite, Site: d.North.Site()}})
	edit := func(as access.Principal) error {
		return w.DB.Update(t.Context(), d.North, as, func(ctx context.Context, s storage.Tx) error {
			_, err := amend(ctx, s, s.Members(), admin.ViewMember, admin.EditMember, d.Sue.ID, s.PutMember, func(m *tenancy.Membership) { m.Status = tenancy.Deactivated })
			return err
		})
	}
	denied(t, "no_grant_in_scope", edit(by(d.Eve)))
	denied(t, "token_scope", edit(by(d.Admin).AtSite(d.North.Site())))
	read(t, w, d.North, by(d.Eve), func(ctx context.Context, v storage.View) (bool, error) {
		page, err := v.Members().List(ctx, v.Who().Sees(admin.EditMember), access.Query{})
		require.Empty(t, page.Rows, "nor is it in the list of what she may change")
		return true, err
	})
	require.NoError(t, edit(by(d.Admin)), "who administers the domain may, from any of its sites")
}

// projectsStay is a manager who records time for others at one client.
func projectsStay(t *testing.T, w *World) {
	d := w.A
	other := write(t, w, d.North, by(d.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Client, error) {
		return w.Book.AddClient(ctx, s, timesheet.Client{Name: "Hers"})
	})
	w.give(t, d, access.Binding{Subject: to(d.Ann), Role: access.Timekeeper, Place: access.Place{Kind: access.AtClient, Client: other.ID}})
	p := d.Private
	p.Client = other.ID
	_, err := w.editProject(t, d.North, by(d.Ann), p)
	denied(t, "grant_exceeds_own", err)
	p.Client = timesheet.ClientID{}
	p, err = w.editProject(t, d.North, by(d.Ann), p)
	require.NoError(t, err, "away from a client where she holds nothing")
	p.Client = other.ID
	_, err = w.editProject(t, d.North, by(d.Admin), p)
	require.NoError(t, err, "an administrator may")
}

// groupsStay is somebody who records time for a group and may add people to it.
func groupsStay(t *testing.T, w *World) {
	d := w.A
	keeper := w.newcomer(t, d, "Kim")
	adder := w.addRole(t, d, "Joiner", always(admin.ViewGroup, admin.ViewGroupMember, admin.JoinGroup))
	w.give(t, d, access.Binding{Subject: to(keeper), Custom: adder.ID, Place: access.Place{Kind: access.Everywhere}})
	w.give(t, d, access.Binding{Subject: to(keeper), Role: access.Timekeeper, Place: ofGroup(d.Crew)})
	join := func(as tenancy.Membership, who tenancy.Membership) error {
		return w.DB.Update(t.Context(), d.Whole, by(as), func(ctx context.Context, s storage.Tx) error {
			_, err := admin.PutInGroup(ctx, s, d.Crew.ID, who.ID)
			return err
		})
	}
	denied(t, "grant_exceeds_own", join(keeper, d.Eve))
	require.NoError(t, join(d.Admin, d.Eve), "who holds it everywhere may")
}
