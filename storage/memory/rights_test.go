package memory_test

import (
	"context"
	"slices"
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

// write does something as Ann, who administers the domain, in all of it.
func (b *bench) write(t *testing.T, fn func(ctx context.Context, s storage.Tx) error) {
	t.Helper()
	require.NoError(t, b.as(t, b.ann, fn))
}

// as does something as somebody in the whole domain.
func (b *bench) as(t *testing.T, who access.Principal, fn func(ctx context.Context, s storage.Tx) error) error {
	t.Helper()
	return b.db.Update(t.Context(), b.whole(t), who, fn)
}

func (b *bench) whole(t *testing.T) (in tenancy.Scope) {
	t.Helper()
	require.NoError(t, tenancy.NewResolver(b.db).Each(t.Context(), func(_ context.Context, each tenancy.Scope) error {
		if each.Domain() == b.in.Domain() {
			in = each
		}
		return nil
	}))
	return in
}

// hire adds a person with an address and, if it is given, a role everywhere.
func (b *bench) hire(t *testing.T, name, role string) (m tenancy.Membership) {
	t.Helper()
	b.write(t, func(ctx context.Context, s storage.Tx) (err error) {
		m, err = admin.AddMember(ctx, s, tenancy.Membership{Name: name, Ref: name, Email: name + "@example.org"})
		if err == nil && role != "" {
			_, err = admin.GrantRole(ctx, s, m.ID, role)
		}
		return err
	})
	return m
}

// group adds a group with people.
func (b *bench) group(t *testing.T, name string, people ...tenancy.Membership) (g access.Group) {
	t.Helper()
	b.write(t, func(ctx context.Context, s storage.Tx) (err error) {
		g, err = admin.AddGroup(ctx, s, name)
		for _, m := range people {
			if err == nil {
				_, err = admin.PutInGroup(ctx, s, g.ID, m.ID)
			}
		}
		return err
	})
	return g
}

func (b *bench) bind(t *testing.T, binding access.Binding) (got access.Binding) {
	t.Helper()
	b.write(t, func(ctx context.Context, s storage.Tx) (err error) {
		got, err = admin.Bind(ctx, s, binding)
		return err
	})
	return got
}

// role makes a role of the domain's own.
func (b *bench) role(t *testing.T, name string, grants ...access.Grant) (r access.CustomRole) {
	t.Helper()
	b.write(t, func(ctx context.Context, s storage.Tx) (err error) {
		r, err = admin.AddRole(ctx, s, access.Role{Name: name, Grants: grants})
		return err
	})
	return r
}

func (b *bench) set(t *testing.T, key, value string) {
	t.Helper()
	b.write(t, func(ctx context.Context, s storage.Tx) error {
		_, err := admin.Set(ctx, s, b.in.Site(), access.Setting{Key: key, Value: value})
		return err
	})
}

var (
	everywhere = access.Place{Kind: access.Everywhere}
	always     = access.Unconditionally()
)

// denied checks the reason of a denial.
func denied(t *testing.T, reason string, err error) {
	t.Helper()
	require.ErrorIs(t, err, fault.Denied)
	require.Equal(t, reason, fault.ReasonOf(err))
}

func TestWhereRolesComeFrom(t *testing.T) {
	b := open(t)
	ben, eve := b.hire(t, "ben", ""), b.hire(t, "eve", "")
	addTag := func(who tenancy.Membership, name string) error {
		return b.db.Update(t.Context(), b.in, access.ByMember(who.ID), func(ctx context.Context, s storage.Tx) error {
			_, err := b.book.AddTag(ctx, s, name)
			return err
		})
	}
	crew := b.group(t, "Crew", ben)
	held := b.bind(t, access.Binding{Subject: access.Subject{Group: crew.ID}, Role: access.MemberRole, Place: everywhere})

	t.Run("T26 a role of a group is its people's", func(t *testing.T) {
		require.NoError(t, addTag(ben, "one"))
		denied(t, "no_grant_in_scope", addTag(eve, "two"))
	})
	t.Run("J62 a role of everyone needs no write when somebody joins", func(t *testing.T) {
		b.bind(t, access.Binding{Subject: access.Subject{Everyone: true}, Role: access.MemberRole, Place: everywhere, From: monday.Add(time.Hour)})
		denied(t, "no_grant_in_scope", addTag(eve, "three"))
		b.now = monday.Add(time.Hour)
		require.NoError(t, addTag(b.hire(t, "new", ""), "three"))
	})
	t.Run("J60 a group or role in use is not removed", func(t *testing.T) {
		helper := b.role(t, "Helper", access.Allow(always, timesheet.ViewTag)...)
		custom := b.bind(t, access.Binding{Subject: access.Subject{Member: eve.ID}, Custom: helper.ID, Place: everywhere})
		over := b.group(t, "Over")
		b.bind(t, access.Binding{Subject: access.Subject{Member: eve.ID}, Role: access.Timekeeper, Place: access.Place{Kind: access.OfGroup, Group: over.ID}})
		drop := func(id access.GroupID) error {
			return b.as(t, b.ann, func(ctx context.Context, s storage.Tx) error {
				_, r, err := s.Groups().Get(ctx, s.Who().Sees(admin.ViewGroup), id)
				require.NoError(t, err)
				may, err := s.Who().May(admin.DropGroup, r)
				require.NoError(t, err)
				return s.RemoveGroup(ctx, may, id)
			})
		}
		require.ErrorIs(t, drop(b.group(t, "Peopled", eve).ID), fault.Reference, "somebody is in it")
		require.ErrorIs(t, drop(over.ID), fault.Reference, "a role holds over it")
		empty := b.group(t, "Empty")
		b.bind(t, access.Binding{Subject: access.Subject{Group: empty.ID}, Role: access.MemberRole, Place: everywhere})
		require.ErrorIs(t, drop(empty.ID), fault.Reference, "it holds a role")
		require.NoError(t, drop(b.group(t, "Unused").ID))
		dropRole := func(ctx context.Context, s storage.Tx) error {
			_, r, err := s.Roles().Get(ctx, s.Who().Sees(admin.ViewRole), helper.ID)
			require.NoError(t, err)
			may, err := s.Who().May(admin.DropRole, r)
			require.NoError(t, err)
			return s.RemoveRole(ctx, may, helper.ID)
		}
		require.ErrorIs(t, b.as(t, b.ann, dropRole), fault.Reference)
		b.write(t, func(ctx context.Context, s storage.Tx) error { return admin.RevokeRole(ctx, s, custom.ID) })
		b.write(t, dropRole)
	})
	t.Run("G38 a role of a group is taken from its people with it", func(t *testing.T) {
		b.now = monday
		b.write(t, func(ctx context.Context, s storage.Tx) error { return admin.RevokeRole(ctx, s, held.ID) })
		denied(t, "no_grant_in_scope", addTag(ben, "four"))
	})
	t.Run("G38 what names a group is found by it", func(t *testing.T) {
		g := b.group(t, "Found", ben)
		b.bind(t, access.Binding{Subject: access.Subject{Member: eve.ID}, Role: access.Timekeeper, Place: access.Place{Kind: access.OfGroup, Group: g.ID}})
		b.write(t, func(ctx context.Context, s storage.Tx) error {
			for _, parent := range [][16]byte{g.ID, ben.ID} {
				in, err := s.GroupMembers().List(ctx, s.Who().Sees(admin.ViewGroupMember), access.Query{Parent: parent})
				require.NoError(t, err)
				require.True(t, slices.ContainsFunc(in.Rows, func(m access.GroupMember) bool { return m.Group == g.ID && m.Member == ben.ID }))
			}
			page, err := s.Bindings().List(ctx, s.Who().Sees(admin.ViewBinding), access.Query{Parent: g.ID})
			require.Len(t, page.Rows, 1)
			return err
		})
	})
	t.Run("T24 a binding that says nothing", func(t *testing.T) {
		for code, spoil := range map[fault.Code]func(*access.Binding){
			"bad_subject": func(x *access.Binding) { x.Subject.Everyone = true },
			"bad_role":    func(x *access.Binding) { x.Custom = tenancy.NewUUID() },
			"bad_period":  func(x *access.Binding) { x.From, x.Until = monday, monday },
		} {
			err := b.as(t, b.ann, func(ctx context.Context, s storage.Tx) error {
				x := access.Binding{ID: s.NewID(), Subject: access.Subject{Member: eve.ID}, Role: access.MemberRole, Place: everywhere}
				spoil(&x)
				may, err := s.Who().May(admin.Grant, s.Draft(access.Row{Kind: admin.KindBinding, ID: x.ID, Person: eve.ID}))
				require.NoError(t, err)
				_, err = s.PutBinding(ctx, may, x)
				return err
			})
			require.Equal(t, code, fault.CodeOf(err))
		}
	})
	t.Run("T24 a binding to a role that is not there", func(t *testing.T) {
		err := b.as(t, b.ann, func(ctx context.Context, s storage.Tx) error {
			_, err := admin.Bind(ctx, s, access.Binding{Subject: access.Subject{Member: eve.ID}, Custom: tenancy.NewUUID(), Place: everywhere})
			return err
		})
		require.ErrorIs(t, err, fault.Reference)
	})
}

func TestTimekeeperOfGroup(t *testing.T) {
	b := open(t)
	tom, ben, eve := b.hire(t, "tom", ""), b.hire(t, "ben", ""), b.hire(t, "eve", "")
	crew := b.group(t, "Crew", ben)
	b.bind(t, access.Binding{Subject: access.Subject{Member: tom.ID}, Role: access.Timekeeper, Place: access.Place{Kind: access.OfGroup, Group: crew.ID}})
	record := func(m tenancy.Membership) error {
		return b.db.Update(t.Context(), b.in, access.ByMember(tom.ID), func(ctx context.Context, s storage.Tx) error {
			e := timed(0, time.Hour)
			e.Person = m.ID
			_, err := b.book.Record(ctx, s, e)
			return err
		})
	}
	t.Run("J61 a timekeeper records for the people of the group, and for no others", func(t *testing.T) {
		require.NoError(t, record(ben))
		denied(t, "no_grant_in_scope", record(eve))
		b.record(t, 0, time.Hour)
		require.NoError(t, b.db.View(t.Context(), b.in, access.ByMember(tom.ID), func(ctx context.Context, v storage.View) error {
			page, err := v.Entries(ctx, v.Who().Sees(timesheet.ViewEntry), timesheet.EntryQuery{})
			require.NoError(t, err)
			require.Len(t, page.Rows, 1)
			require.Equal(t, ben.ID, page.Rows[0].Person)
			return nil
		}))
	})
}

func TestNobodyGivesMore(t *testing.T) {
	b := open(t)
	hana, ben := b.hire(t, "hana", ""), b.hire(t, "ben", "")
	people := b.role(t, "People", append(access.Allow(always, admin.JoinGroup, admin.ViewGroup, admin.MakeRole, admin.ChangeRole, admin.ViewRole), access.Allow(always, timesheet.ViewTag)...)...)
	b.bind(t, access.Binding{Subject: access.Subject{Member: hana.ID}, Custom: people.ID, Place: everywhere})
	helper := b.role(t, "Helper", access.Allow(always, timesheet.ViewTag)...)
	bosses, helpers := b.group(t, "Bosses"), b.group(t, "Helpers")
	b.bind(t, access.Binding{Subject: access.Subject{Group: bosses.ID}, Role: access.DomainAdmin, Place: everywhere, Until: monday.Add(time.Hour)})
	b.bind(t, access.Binding{Subject: access.Subject{Group: helpers.ID}, Custom: helper.ID, Place: everywhere})
	as := access.ByMember(hana.ID)

	t.Run("T28 by putting somebody into a group", func(t *testing.T) {
		join := func(g access.Group) error {
			return b.as(t, as, func(ctx context.Context, s storage.Tx) error {
				_, err := admin.PutInGroup(ctx, s, g.ID, ben.ID)
				return err
			})
		}
		denied(t, "grant_exceeds_own", join(bosses))
		require.NoError(t, join(helpers), "what she holds herself")
	})
	t.Run("T28 by making or changing a role", func(t *testing.T) {
		describe := func(actions ...access.Action) access.Role {
			return access.Role{Name: "Helper too", Grants: access.Allow(always, actions...)}
		}
		add := func(r access.Role) error {
			return b.as(t, as, func(ctx context.Context, s storage.Tx) error { _, err := admin.AddRole(ctx, s, r); return err })
		}
		edit := func(r access.Role) error {
			return b.as(t, as, func(ctx context.Context, s storage.Tx) error {
				_, err := admin.EditRole(ctx, s, helper.ID, helper.Version, r)
				return err
			})
		}
		denied(t, "grant_exceeds_own", add(describe(admin.Grant)))
		denied(t, "grant_exceeds_own", edit(describe(timesheet.ViewTag, admin.Grant)))
		require.NoError(t, edit(describe(timesheet.ViewTag)))
		helper.Version++
		var c timesheet.Client
		require.NoError(t, b.update(t, func(ctx context.Context, s storage.Tx) (err error) {
			c, err = b.book.AddClient(ctx, s, timesheet.Client{Name: "Acme"})
			return err
		}))
		b.bind(t, access.Binding{Subject: access.Subject{Member: ben.ID}, Custom: helper.ID, Place: access.Place{Kind: access.AtClient, Client: c.ID}})
		atClient := access.Role{Name: "Helper too", Grants: access.Allow(access.When(access.Bound), timesheet.ViewProject)}
		denied(t, "grant_exceeds_own", edit(atClient))
	})
	t.Run("G35 grants that the policy does not read are not kept", func(t *testing.T) {
		err := b.as(t, b.ann, func(ctx context.Context, s storage.Tx) error {
			r := access.CustomRole{ID: s.NewID(), Name: "Broken", Grants: "entry.view: sometimes"}
			may, err := s.Who().May(admin.MakeRole, s.Draft(access.Row{Kind: admin.KindRole, ID: r.ID}))
			require.NoError(t, err)
			_, err = s.PutRole(ctx, may, r)
			return err
		})
		require.Equal(t, fault.Code("bad_condition"), fault.CodeOf(err))
	})
}
