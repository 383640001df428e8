package admin

import (
	"context"
	"strconv"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// AddGroup adds a group without people. Name is read.
func AddGroup(ctx context.Context, s Store, name string) (access.Group, error) {
	name, err := tenancy.CleanName("name", name, nameMost)
	if err != nil {
		return access.Group{}, err
	}
	g := access.Group{ID: s.NewID(), CreatedAt: s.Now(), Name: name}
	may, err := s.Who().May(MakeGroup, s.Draft(access.Row{Kind: KindGroup, ID: g.ID}))
	if err != nil {
		return access.Group{}, err
	}
	return s.PutGroup(ctx, may, g)
}

// RenameGroup gives a group another name. Version must be the one that was
// read, else fault.Stale.
func RenameGroup(ctx context.Context, s Store, id access.GroupID, version int64, name string) (access.Group, error) {
	name, err := tenancy.CleanName("name", name, nameMost)
	if err != nil {
		return access.Group{}, err
	}
	g, r, err := s.Groups().Get(ctx, s.Who().Sees(ViewGroup), id)
	if err != nil {
		return access.Group{}, err
	}
	if g.Version != version {
		return access.Group{}, fault.Stale
	}
	may, err := s.Who().May(ChangeGroup, r)
	if err != nil {
		return access.Group{}, err
	}
	g.Name = name
	return s.PutGroup(ctx, may, g)
}

// RemoveGroup removes a group that nobody is in and no binding names. Else it
// says how many do: "group_in_use".
func RemoveGroup(ctx context.Context, s Store, id access.GroupID) error {
	_, r, err := s.Groups().Get(ctx, s.Who().Sees(ViewGroup), id)
	if err != nil {
		return err
	}
	may, err := s.Who().May(DropGroup, r)
	if err != nil {
		return err
	}
	uses := 0
	if err := each(ctx, s.GroupMembers(), s.Who().Sees(ViewGroupMember), access.Query{Parent: id}, func(access.GroupMember) { uses++ }); err != nil {
		return err
	}
	if err := each(ctx, s.Bindings(), s.Who().Sees(ViewBinding), access.Query{Parent: id}, func(access.Binding) { uses++ }); err != nil {
		return err
	}
	if uses > 0 {
		return fault.Input("group_in_use", "group", strconv.Itoa(uses), "people and bindings are to be taken out first")
	}
	return s.RemoveGroup(ctx, may, id)
}

// PutInGroup puts a person into a group, with all that the group may do, and
// under all who hold a role over it. Nobody gives by it what they do not hold
// ("grant_exceeds_own").
func PutInGroup(ctx context.Context, s Store, group access.GroupID, person tenancy.MembershipID) (access.GroupMember, error) {
	if _, _, err := s.Groups().Get(ctx, s.Who().Sees(ViewGroup), group); err != nil {
		return access.GroupMember{}, err
	}
	m := access.GroupMember{ID: s.NewID(), CreatedAt: s.Now(), Group: group, Member: person}
	may, err := s.Who().May(JoinGroup, s.Draft(access.Row{Kind: KindGroupMember, ID: m.ID, Person: person}))
	if err != nil {
		return access.GroupMember{}, err
	}
	return s.PutGroupMember(ctx, may, m)
}

// TakeFromGroup takes a person out of a group. It counts from the next
// transaction on.
func TakeFromGroup(ctx context.Context, s Store, id tenancy.ID[access.GroupMember]) error {
	_, r, err := s.GroupMembers().Get(ctx, s.Who().Sees(ViewGroupMember), id)
	if err != nil {
		return err
	}
	may, err := s.Who().May(LeaveGroup, r)
	if err != nil {
		return err
	}
	return s.RemoveGroupMember(ctx, may, id)
}
