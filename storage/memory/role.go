package memory

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// PutBinding writes a binding by which nobody comes to hold more than the actor
// does.
func (t *tx) PutBinding(ctx context.Context, may access.Permit, b access.Binding) (access.Binding, error) {
	w, err := permitted(ctx, t, t.home.bindings, may, &b)
	if err != nil {
		return access.Binding{}, err
	}
	if err := b.Validate(); err != nil {
		return access.Binding{}, err
	}
	if err := t.grants(may, b); err != nil {
		return access.Binding{}, err
	}
	return keep(t, t.home.bindings, w, b)
}

// grants refuses bindings that give more than the actor holds.
func (t *tx) grants(may access.Permit, all ...access.Binding) error {
	for _, b := range all {
		var custom access.CustomRole
		if r := t.home.roles.rows[b.Custom]; r != nil { // if there is none, keep refuses the binding
			custom = *r
		}
		if err := t.session.Grants(may, b, custom); err != nil {
			return err
		}
	}
	return nil
}

// RemoveBinding removes a binding.
func (t *tx) RemoveBinding(ctx context.Context, may access.Permit, id access.BindingID) error {
	return remove(ctx, t, t.home.bindings, may, id)
}

// PutGroup writes a group.
func (t *tx) PutGroup(ctx context.Context, may access.Permit, g access.Group) (access.Group, error) {
	return put(ctx, t, t.home.groups, may, g)
}

// RemoveGroup removes a group that nobody is in and no binding names.
func (t *tx) RemoveGroup(ctx context.Context, may access.Permit, id access.GroupID) error {
	return t.journal.whole(func() error {
		if err := remove(ctx, t, t.home.groups, may, id); err != nil {
			return err
		}
		for _, m := range t.home.inGroups.rows {
			if m.Group == id {
				return fault.Reference.On("group", "")
			}
		}
		if len(t.home.bound(func(b access.Binding) bool { return b.Subject.Group == id || b.Place.Group == id })) > 0 {
			return fault.Reference.On("group", "")
		}
		return nil
	})
}

// PutGroupMember puts a person into a group, who comes to hold what the group
// does.
func (t *tx) PutGroupMember(ctx context.Context, may access.Permit, m access.GroupMember) (access.GroupMember, error) {
	w, err := permitted(ctx, t, t.home.inGroups, may, &m)
	if err != nil {
		return access.GroupMember{}, err
	}
	gained := t.home.bound(func(b access.Binding) bool { return !m.Group.IsZero() && b.Subject.Group == m.Group })
	// Who holds a role over the group comes to hold it over her as well: what
	// counts is what the actor holds without the group.
	for _, b := range t.home.bound(func(b access.Binding) bool { return !m.Group.IsZero() && b.Place.Group == m.Group }) {
		b.Place.Group = access.GroupID{}
		gained = append(gained, b)
	}
	if err := t.grants(may, gained...); err != nil {
		return access.GroupMember{}, err
	}
	return keep(t, t.home.inGroups, w, m)
}

// RemoveGroupMember takes a person out of a group.
func (t *tx) RemoveGroupMember(ctx context.Context, may access.Permit, id tenancy.ID[access.GroupMember]) error {
	return remove(ctx, t, t.home.inGroups, may, id)
}

// PutRole writes a role of the domain's own. All who are bound to it hold what
// it says from the next transaction on, so the actor must hold that there too.
func (t *tx) PutRole(ctx context.Context, may access.Permit, r access.CustomRole) (access.CustomRole, error) {
	w, err := permitted(ctx, t, t.home.roles, may, &r)
	if err != nil {
		return access.CustomRole{}, err
	}
	if _, err := t.db.policy.ReadGrants(r.Grants); err != nil {
		return access.CustomRole{}, err
	}
	places := []access.Binding{{Custom: r.ID, Place: access.Place{Kind: access.Everywhere}}}
	for _, b := range append(places, t.home.bound(func(b access.Binding) bool { return b.Custom == r.ID })...) {
		if err := t.session.Grants(may, b, r); err != nil {
			return access.CustomRole{}, err
		}
	}
	return keep(t, t.home.roles, w, r)
}

// RemoveRole removes a role that no binding names.
func (t *tx) RemoveRole(ctx context.Context, may access.Permit, id access.CustomRoleID) error {
	return t.journal.whole(func() error {
		if err := remove(ctx, t, t.home.roles, may, id); err != nil {
			return err
		}
		if len(t.home.bound(func(b access.Binding) bool { return b.Custom == id })) > 0 {
			return fault.Reference.On("role", "")
		}
		return nil
	})
}

// PutSetting writes a setting.
func (t *tx) PutSetting(ctx context.Context, may access.Permit, v access.SiteSetting) (access.SiteSetting, error) {
	return put(ctx, t, t.home.settings, may, v)
}

// RemoveSetting removes a setting.
func (t *tx) RemoveSetting(ctx context.Context, may access.Permit, id tenancy.ID[access.SiteSetting]) error {
	return remove(ctx, t, t.home.settings, may, id)
}
