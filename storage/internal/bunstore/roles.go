package bunstore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// What decides who may do what. Every change makes all actors of the domain be
// loaded anew, and nobody grants what they do not hold.

// PutBinding implements admin.Store.
func (h *handle) PutBinding(ctx context.Context, may access.Permit, b access.Binding) (access.Binding, error) {
	if err := b.Validate(); err != nil {
		return access.Binding{}, err
	}
	// Who joins the group or changes the role meanwhile waits, or is seen.
	if h.session.Holds(may) {
		if err := h.lockRow(ctx, "groups", b.Subject.Group); err != nil {
			return access.Binding{}, err
		}
		if err := h.lockRow(ctx, "roles", b.Custom); err != nil {
			return access.Binding{}, err
		}
	}
	var custom access.CustomRole
	if !b.Custom.IsZero() && h.session.Holds(may) {
		found, row, err := rows[access.CustomRole]{h, h.db.kinds.Roles}.one(ctx, b.Custom)
		if err != nil {
			return access.Binding{}, err
		}
		if row.ID == [16]byte{} {
			return access.Binding{}, fault.Reference.On("role", "")
		}
		custom = found
	}
	if err := h.session.Grants(may, b, custom); err != nil {
		return access.Binding{}, err
	}
	b, err := put(ctx, h, h.db.kinds.Bindings, may, b)
	return b, h.rolesChanged(ctx, err)
}

// RemoveBinding implements admin.Store.
func (h *handle) RemoveBinding(ctx context.Context, may access.Permit, id access.BindingID) error {
	_, err := removeRow(ctx, h, h.db.kinds.Bindings, may, id)
	return h.rolesChanged(ctx, err)
}

// PutGroup implements admin.Store.
func (h *handle) PutGroup(ctx context.Context, may access.Permit, g access.Group) (access.Group, error) {
	return put(ctx, h, h.db.kinds.Groups, may, g)
}

// RemoveGroup implements admin.Store.
func (h *handle) RemoveGroup(ctx context.Context, may access.Permit, id access.GroupID) error {
	_, err := removeRow(ctx, h, h.db.kinds.Groups, may, id)
	return err
}

// PutGroupMember implements admin.Store.
func (h *handle) PutGroupMember(ctx context.Context, may access.Permit, m access.GroupMember) (access.GroupMember, error) {
	if h.session.Holds(may) {
		if err := h.lockRow(ctx, "groups", m.Group); err != nil {
			return access.GroupMember{}, err
		}
		if err := h.grantsAll(ctx, may, "group_id", m.Group, nil); err != nil {
			return access.GroupMember{}, err
		}
		// Who holds a role over the group comes to hold it over her as well.
		if err := h.grantsAll(ctx, may, "place_group_id", m.Group, nil); err != nil {
			return access.GroupMember{}, err
		}
	}
	m, err := put(ctx, h, h.db.kinds.InGroups, may, m)
	return m, h.rolesChanged(ctx, err)
}

// RemoveGroupMember implements admin.Store.
func (h *handle) RemoveGroupMember(ctx context.Context, may access.Permit, id tenancy.ID[access.GroupMember]) error {
	_, err := removeRow(ctx, h, h.db.kinds.InGroups, may, id)
	return h.rolesChanged(ctx, err)
}

// PutRole implements admin.Store.
func (h *handle) PutRole(ctx context.Context, may access.Permit, r access.CustomRole) (access.CustomRole, error) {
	if _, err := h.db.policy.ReadGrants(r.Grants); err != nil {
		return access.CustomRole{}, err
	}
	if h.session.Holds(may) {
		if err := h.lockRow(ctx, "roles", r.ID); err != nil {
			return access.CustomRole{}, err
		}
	}
	if err := h.session.Grants(may, access.Binding{Custom: r.ID, Place: access.Place{Kind: access.Everywhere}}, r); err != nil {
		return access.CustomRole{}, err
	}
	if err := h.grantsAll(ctx, may, "role_id", r.ID, &r); err != nil {
		return access.CustomRole{}, err
	}
	r, err := put(ctx, h, h.db.kinds.Roles, may, r)
	return r, h.rolesChanged(ctx, err)
}

// RemoveRole implements admin.Store.
func (h *handle) RemoveRole(ctx context.Context, may access.Permit, id access.CustomRoleID) error {
	_, err := removeRow(ctx, h, h.db.kinds.Roles, may, id)
	return err
}

// PutSetting implements admin.Store.
func (h *handle) PutSetting(ctx context.Context, may access.Permit, v access.SiteSetting) (access.SiteSetting, error) {
	v, err := put(ctx, h, h.db.kinds.Settings, may, v)
	return v, h.rolesChanged(ctx, err)
}

// RemoveSetting implements admin.Store.
func (h *handle) RemoveSetting(ctx context.Context, may access.Permit, id tenancy.ID[access.SiteSetting]) error {
	_, err := removeRow(ctx, h, h.db.kinds.Settings, may, id)
	return h.rolesChanged(ctx, err)
}

// grantsAll refuses what would give somebody more than the actor holds by one of
// the bindings that have an id in a column. role is the custom role that they
// are of; nil: what is stored.
func (h *handle) grantsAll(ctx context.Context, may access.Permit, column string, id [16]byte, role *access.CustomRole) error {
	var bindings []access.Binding
	k := h.db.kinds.Bindings
	err := rows[access.Binding]{h, k}.each(ctx,
		func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("t.? = ?", bun.Ident(column), h.lit(id)) },
		func(q *bun.SelectQuery) *bun.SelectQuery { return q.OrderExpr("t.id") },
		func(b access.Binding, _ access.Row) { bindings = append(bindings, b) })
	if err != nil {
		return err
	}
	for _, b := range bindings {
		if column == "place_group_id" {
			b.Place.Group = access.GroupID{} // what is held over the group is not yet held over who joins
		}
		custom := access.CustomRole{}
		if role != nil {
			custom = *role
		} else if !b.Custom.IsZero() {
			if custom, _, err = (rows[access.CustomRole]{h, h.db.kinds.Roles}).one(ctx, b.Custom); err != nil {
				return err
			}
		}
		if err := h.session.Grants(may, b, custom); err != nil {
			return err
		}
	}
	return nil
}

// lockRow keeps a row from changing until the transaction ends, if it is there.
func (h *handle) lockRow(ctx context.Context, table string, id [16]byte) error {
	if h.db.d.Lock == "" || id == [16]byte{} {
		return nil
	}
	return h.run(ctx, Call{
		SQL: "select id from " + prefix + table + " where domain_id = ? and id = ?" + h.db.d.Lock, Args: []any{h.domain, id},
		Each: func(scan Scan) error { return scan(new([16]byte)) },
	})
}
