package admin

import (
	"context"
	"strconv"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// AddRole makes a role of the domain's own. Name, Doc and Grants are read. The
// module custom_roles has to be on, the name may not be that of a built-in role
// ("built_in_role"), and nobody makes a role of what they do not hold
// ("grant_exceeds_own"). For what else is wrong with grants see
// access.Policy.WriteGrants.
func AddRole(ctx context.Context, s Store, role access.Role) (access.CustomRole, error) {
	r := access.CustomRole{ID: s.NewID(), CreatedAt: s.Now()}
	may, err := s.Who().May(MakeRole, s.Draft(access.Row{Kind: KindRole, ID: r.ID}))
	if err != nil {
		return access.CustomRole{}, err
	}
	if r, err = described(s, r, role); err != nil {
		return access.CustomRole{}, err
	}
	return s.PutRole(ctx, may, r)
}

// EditRole changes what a role of the domain's own is called and allows. It
// counts for all who hold it, from the next transaction on. Version must be the
// one that was read, else fault.Stale.
func EditRole(ctx context.Context, s Store, id access.CustomRoleID, version int64, role access.Role) (access.CustomRole, error) {
	r, is, err := s.Roles().Get(ctx, s.Who().Sees(ViewRole), id)
	if err != nil {
		return access.CustomRole{}, err
	}
	if r.Version != version {
		return access.CustomRole{}, fault.Stale
	}
	may, err := s.Who().May(ChangeRole, is)
	if err != nil {
		return access.CustomRole{}, err
	}
	if r, err = described(s, r, role); err != nil {
		return access.CustomRole{}, err
	}
	return s.PutRole(ctx, may, r)
}

// described returns a stored role as a role says it.
func described(s Reader, r access.CustomRole, role access.Role) (access.CustomRole, error) {
	var err error
	if r.Name, err = tenancy.CleanName("name", role.Name, nameMost); err != nil {
		return r, err
	}
	policy := s.Who().Policy()
	if policy.BuiltIn(r.Name) {
		return r, fault.Input("built_in_role", "name", r.Name, "is the name of a built-in role, which cannot be changed")
	}
	if r.Doc, err = tenancy.CleanText("doc", role.Doc, 1000); err != nil {
		return r, err
	}
	r.Grants, err = policy.WriteGrants(role.Grants)
	return r, err
}

// RemoveRole removes a role of the domain's own that nobody holds. Else it
// says how many bindings there are: "role_in_use".
func RemoveRole(ctx context.Context, s Store, id access.CustomRoleID) error {
	_, r, err := s.Roles().Get(ctx, s.Who().Sees(ViewRole), id)
	if err != nil {
		return err
	}
	may, err := s.Who().May(DropRole, r)
	if err != nil {
		return err
	}
	uses := 0
	if err := each(ctx, s.Bindings(), s.Who().Sees(ViewBinding), access.Query{Parent: id}, func(access.Binding) { uses++ }); err != nil {
		return err
	}
	if uses > 0 {
		return fault.Input("role_in_use", "role", strconv.Itoa(uses), "bindings are to be revoked first")
	}
	return s.RemoveRole(ctx, may, id)
}
