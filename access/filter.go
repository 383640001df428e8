package access

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/seed-5be203e9/stint/tenancy"
)

// Plan is a filter as a store reads it: what may be seen is the union of the
// branches. A plan without branches sees nothing. The scope is not part of it:
// the store fences every statement by domain and site in any case.
type Plan struct {
	Branches []Branch
	Not      State // nothing in one of these states, whatever the branches say
}

// Branch is what roles let an actor see at some places of one kind: the
// resources there for which at least one term holds. The empty term always
// holds.
type Branch struct {
	At     PlaceKind        // Everywhere means the whole scope
	IDs    [][16]byte       // the places, sorted; none for Everywhere
	Only   []tenancy.SiteID // of it, only what is on these sites, if there are any
	Except []tenancy.SiteID // of it, nothing that is on these sites
	Terms  []Term           // without Bound
}

// Everything reports whether the plan lets everything in scope be seen.
func (p Plan) Everything() bool {
	return p.Not == 0 && slices.ContainsFunc(p.Branches, func(b Branch) bool {
		return b.At == Everywhere && len(b.Only) == 0 && len(b.Except) == 0 && slices.Contains(b.Terms, Term{})
	})
}

// Sees decides on one row in memory, by the same branches that a store prints.
func (p Plan) Sees(r Row) bool {
	return r.State&p.Not == 0 && slices.ContainsFunc(p.Branches, func(b Branch) bool {
		return b.covers(&r) && Condition(b.Terms).Holds(r.Facts)
	})
}

func (b Branch) covers(r *Row) bool {
	if len(b.Only) > 0 && !slices.Contains(b.Only, r.Site) || slices.Contains(b.Except, r.Site) {
		return false
	}
	if b.At == Everywhere {
		return true
	}
	at := slices.Index(placeKinds[:], b.At)
	return at >= 0 && slices.ContainsFunc(r.idsAt(at), func(id [16]byte) bool {
		_, found := slices.BinarySearchFunc(b.IDs, id, func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) })
		return found && id != [16]byte{}
	})
}

// Facts returns every fact that a term of the plan asks for.
func (p Plan) Facts() Facts {
	var all Facts
	for _, b := range p.Branches {
		all |= Condition(b.Terms).facts()
	}
	return all
}

// plan returns the actor's roles folded into the smallest union of branches. It
// is made once for all sessions of an actor, as long as no binding begins or
// ends.
func (s *Session) plan(a *action) *Plan {
	made := &s.reach.plans[a.n]
	if p := made.Load(); p != nil {
		return p
	}
	p := s.fold(a)
	made.Store(p)
	return p
}

func (s *Session) fold(a *action) *Plan {
	h, plan := s.holdings, &Plan{}
	if (h.barred[a.of.n]|h.off[a.of.n])&a.bit != 0 {
		return plan
	}
	for _, d := range s.policy.denials {
		if d.can[a.of.n]&a.bit != 0 {
			plan.Not |= d.State
		}
	}
	if h.who.System != "" {
		plan.Branches = []Branch{{At: Everywhere, Terms: []Term{{}}}}
		return plan
	}
	// Where the settings of a site make a difference, it is left out of what
	// holds in general and has branches of its own.
	var different []tenancy.SiteID
	for _, x := range h.sites.held {
		for role := range h.roles {
			if !slices.Equal(h.masks[x.what].rules[role].terms[a.n], h.masks[0].rules[role].terms[a.n]) {
				different = append(different, x.id)
				break
			}
		}
	}
	slices.SortFunc(different, func(a, b tenancy.SiteID) int { return bytes.Compare(a[:], b[:]) })
	plan.Branches = s.branches(a, &h.masks[0], nil, different)
	for n := range h.masks { // sites with the same settings together
		var alike []tenancy.SiteID
		for _, site := range different {
			if s.settings(&site) == &h.masks[n] {
				alike = append(alike, site)
			}
		}
		if len(alike) > 0 {
			plan.Branches = append(plan.Branches, s.branches(a, &h.masks[n], alike, nil)...)
		}
	}
	return plan
}

// branches returns what the roles allow under the settings of some sites.
func (s *Session) branches(a *action, at *settings, only, except []tenancy.SiteID) []Branch {
	var wide, local []Term // local: of what is on the site of the scope, and not of the domain
	var placed []placeTerms
	for _, n := range s.reach.wide {
		wide = append(wide, folded(at.rules[n].terms[a.n], 0)...)
	}
	for _, n := range s.reach.local {
		local = append(local, folded(at.rules[n].terms[a.n], 0)...)
	}
	switch {
	case a.Verb == Read:
		wide, local = append(wide, local...), nil
	case s.holdings.who.Narrowed:
		wide, local = nil, append(local, wide...)
	}
	for i := range s.holdings.places {
		for _, x := range s.holdings.places[i].held {
			if n, now := s.reach.role(x.what); now {
				placed = append(placed, placeTerms{i, x.id, folded(at.rules[n].terms[a.n], boundAt(placeKinds[i]))})
			}
		}
	}
	var out []Branch
	if wide = primes(wide); len(wide) > 0 {
		out = append(out, Branch{At: Everywhere, Only: only, Except: except, Terms: wide})
	}
	local = slices.DeleteFunc(primes(local), func(t Term) bool {
		return slices.ContainsFunc(wide, func(w Term) bool { return w.covers(t) })
	})
	if len(local) > 0 {
		out = append(out, Branch{At: Everywhere, Only: []tenancy.SiteID{s.holdings.who.Scope.Site()}, Terms: local})
	}
	slices.SortStableFunc(placed, func(a, b placeTerms) int {
		return cmp.Or(a.at-b.at, bytes.Compare(a.id[:], b.id[:]))
	})
	for len(placed) > 0 {
		n := 1
		for n < len(placed) && placed[n].at == placed[0].at && placed[n].id == placed[0].id {
			n++
		}
		here := placed[0]
		var terms []Term
		for _, p := range placed[:n] {
			terms = append(terms, p.terms...)
		}
		placed = placed[n:]
		// What is seen everywhere need not be said again for a place.
		terms = slices.DeleteFunc(primes(terms), func(t Term) bool {
			return slices.ContainsFunc(wide, func(w Term) bool { return w.covers(t) })
		})
		if len(terms) == 0 || here.at == siteAt && (slices.Contains(except, tenancy.SiteID(here.id)) || len(only) > 0 && !slices.Contains(only, tenancy.SiteID(here.id))) {
			continue
		}
		// Places of a kind with the same terms are one branch.
		same := slices.IndexFunc(out, func(b Branch) bool { return b.At == placeKinds[here.at] && slices.Equal(b.Terms, terms) })
		if same < 0 {
			same = len(out)
			out = append(out, Branch{At: placeKinds[here.at], Only: only, Except: except, Terms: terms})
		}
		out[same].IDs = append(out[same].IDs, here.id)
	}
	return out
}

type placeTerms struct {
	at    int
	id    [16]byte
	terms []Term
}

// folded returns terms with Bound put in: it holds where bound is set, and
// nowhere else.
func folded(terms []Term, bound Facts) []Term {
	var out []Term
	for _, t := range terms {
		if t.All&Bound&^bound != 0 || t.None&bound != 0 {
			continue
		}
		out = append(out, Term{t.All &^ Bound, t.None &^ Bound})
	}
	return out
}
