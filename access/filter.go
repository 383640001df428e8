package access

import "slices"

// Plan is a filter as a store reads it: what may be seen is the union of the
// branches. A plan without branches sees nothing. The scope is not part of it:
// the store fences every statement by domain and site in any case.
type Plan struct {
	Branches []Branch
	Not      State // nothing in one of these states, whatever the branches say
}

// Branch is what one set of roles lets an actor see at one place: the
// resources there for which at least one term holds. The empty term always
// holds.
type Branch struct {
	Place Place // Everywhere means the whole scope
	Terms []Facts
}

// Everything reports whether the plan lets everything in scope be seen.
func (p Plan) Everything() bool {
	return p.Not == 0 && slices.ContainsFunc(p.Branches, func(b Branch) bool {
		return b.Place.Kind == Everywhere && slices.Contains(b.Terms, 0)
	})
}

// Sees decides on one row in memory, by the same branches that a store prints.
func (p Plan) Sees(r Row) bool {
	return r.State&p.Not == 0 && slices.ContainsFunc(p.Branches, func(b Branch) bool {
		return b.Place.covers(&r) && Condition(b.Terms).Holds(r.Facts)
	})
}

// plan folds the actor's roles into the smallest union of branches.
func (f Filter) plan() Plan {
	s := f.session
	var plan Plan
	if s.standing.ReadOnly && s.policy.actions[f.action].Verb != Read {
		return plan
	}
	for _, d := range s.policy.denials {
		if d.actions[f.action] {
			plan.Not |= d.State
		}
	}
	if s.standing.System != "" {
		plan.Branches = []Branch{{Place{Kind: Everywhere}, []Facts{0}}}
		return plan
	}
	var wide []Facts
	for _, role := range s.wide {
		wide = append(wide, role.terms[f.action]...)
	}
	wide = simplify(wide)
	if len(wide) > 0 {
		plan.Branches = append(plan.Branches, Branch{Place{Kind: Everywhere}, wide})
	}
	for _, b := range s.places {
		// What is seen everywhere need not be said again for a place.
		narrow := slices.DeleteFunc(slices.Clone(b.role.terms[f.action]), func(t Facts) bool { return Condition(wide).Holds(t) })
		if len(narrow) == 0 {
			continue
		}
		at := slices.IndexFunc(plan.Branches, func(o Branch) bool { return o.Place == b.place })
		if at < 0 {
			plan.Branches = append(plan.Branches, Branch{b.place, simplify(narrow)})
		} else {
			plan.Branches[at].Terms = simplify(append(plan.Branches[at].Terms, narrow...))
		}
	}
	return plan
}

// Facts returns every fact that a term of the plan asks for.
func (p Plan) Facts() Facts {
	var all Facts
	for _, b := range p.Branches {
		for _, t := range b.Terms {
			all |= t
		}
	}
	return all
}
