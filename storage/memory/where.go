package memory

import (
	"bytes"
	"context"
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
)

// Where prints a filter for a table of the host's own.
func (v *view) Where(ctx context.Context, see access.Filter, kind access.Kind, of storage.Columns) (storage.Predicate, error) {
	plan, err := v.plan(ctx, see, kind)
	if err != nil {
		return storage.Predicate{}, err
	}
	st := v.session.Standing()
	in := storage.Surroundings{Scope: st.Scope, Member: st.Member, Groups: map[access.GroupID][]tenancy.MembershipID{}}
	projects := v.home.projects
	for _, p := range projects.rows {
		in.Projects = append(in.Projects, v.relate(projects.Kind, projects.row(p)))
	}
	slices.SortFunc(in.Projects, func(a, b access.Row) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	for _, m := range v.home.inGroups.rows {
		if slices.Contains(v.session.Groups(), m.Group) {
			in.Groups[m.Group] = append(in.Groups[m.Group], m.Member)
		}
	}
	return storage.Where(plan, of, in)
}
