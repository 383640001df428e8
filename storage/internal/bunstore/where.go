package bunstore

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
)

// Where implements storage.View.
func (h *handle) Where(ctx context.Context, see access.Filter, kind access.Kind, of storage.Columns) (storage.Predicate, error) {
	plan, err := h.session.Plan(see, kind)
	if err != nil {
		return storage.Predicate{}, err
	}
	in := storage.Surroundings{Scope: h.scope, Member: h.me(), Groups: map[access.GroupID][]tenancy.MembershipID{}}
	k := h.db.kinds.Projects.Kind
	calls := []Call{{
		SQL:  "select t.id, t.site_id, t.client_id, t.public, t.shared, t.archived_at, m.id, m.manager from stint_projects t" + joins(k) + " where t.domain_id = ?",
		Args: []any{h.me(), h.domain},
		Each: func(scan Scan) error {
			var p place
			var archived time.Time
			err := scan(&p.project, &p.site, &p.client, &p.public, &p.shared, &archived, &p.team, &p.manager)
			p.archived = !archived.IsZero()
			in.Projects = append(in.Projects, p.row(k, p.project, 1, h.me()))
			return err
		},
	}}
	if groups := h.session.Groups(); len(groups) > 0 {
		of := among(h.db.d, "group_id", groups)
		calls = append(calls, Call{
			SQL:  "select group_id, membership_id from stint_group_members where domain_id = ? and " + of.sql + " order by group_id, membership_id",
			Args: append([]any{h.domain}, of.args...),
			Each: func(scan Scan) error {
				var group access.GroupID
				var person tenancy.MembershipID
				err := scan(group.Raw(), person.Raw())
				in.Groups[group] = append(in.Groups[group], person)
				return err
			},
		})
	}
	if err := h.run(ctx, calls...); err != nil {
		return storage.Predicate{}, err
	}
	return storage.Where(plan, of, in)
}
