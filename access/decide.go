package access

import (
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

var (
	errToken   = fault.Deny("token_scope", "this credential does not allow it, whatever your roles are")
	errModule  = fault.Deny("module_off", "the domain does not have this module")
	errNoGrant = fault.Deny("no_grant_in_scope", "no role of yours allows this here")
)

// nothing is what is said where no role says anything.
var nothing = answer{1 << MostFacts, errNoGrant}

// decide is the one place where a decision about one resource is made.
func (a Actor) decide(name Action, r Resource) (*action, grantor, error) {
	s := a.session
	if !s.live() || r.is == nil || r.is.session != s {
		return nil, grantor{}, fault.Proof
	}
	is, row := r.is.kind.action(name), &r.is.row
	if is == nil {
		return nil, grantor{}, fault.Deny("unknown_action", "no such action on this kind of thing").On("action", string(name))
	}
	if !s.fenced(row) {
		return nil, grantor{}, fault.NotFound
	}
	by, err := s.judge(is, row)
	if err != nil {
		return nil, grantor{}, s.refuse(is, row, err)
	}
	return is, by, nil
}

// fenced reports whether a row is inside the site that the scope is narrowed to.
// Nothing outside is ever allowed, or denied with a reason.
func (s *Session) fenced(r *Row) bool {
	h := s.holdings
	return !h.narrowed || r.Site.IsZero() || r.Site == h.who.Scope.Site()
}

// judge decides on an action of the row's kind: what denies comes first, in
// order, and then what grants.
func (s *Session) judge(a *action, r *Row) (grantor, *fault.Error) {
	h, k := s.holdings, a.of
	if h.barred[k.n]&a.bit != 0 {
		return grantor{}, errToken
	}
	if h.off[k.n]&a.bit != 0 {
		return grantor{}, errModule
	}
	if h.who.Narrowed && a.Verb != Read && r.Site.IsZero() {
		return grantor{}, errToken // it is of the domain, and the credential of a site
	}
	if r.State != 0 {
		for i := range s.policy.denials {
			if d := &s.policy.denials[i]; r.State&d.State != 0 && d.can[k.n]&a.bit != 0 {
				return grantor{}, d.err
			}
		}
	}
	if h.who.System != "" {
		return grantor{facts: r.Facts}, nil
	}
	// What is held everywhere needs no look at the places.
	at, facts, best := s.settings(&r.Site), r.Facts&^Bound, &nothing
	for _, n := range s.reach.wide {
		switch says := at.rules[n].answer(a, facts); {
		case says == yes:
			return grantor{at.rules[n], facts}, nil
		case says != nil && says.rank < best.rank:
			best = says
		}
	}
	if s.near(r, a.Verb) {
		for _, n := range s.reach.local {
			switch says := at.rules[n].answer(a, facts); {
			case says == yes:
				return grantor{at.rules[n], facts}, nil
			case says != nil && says.rank < best.rank:
				best = says
			}
		}
	}
	places := &h.places
	if x := &places[siteAt]; len(x.held) > 0 {
		if v := s.ask(a, facts, x.at((*[16]byte)(&r.Site)), at, &best); v != nil {
			return grantor{v, facts}, nil
		}
	}
	facts |= Bound
	if x := &places[clientAt]; len(x.held) > 0 {
		if v := s.ask(a, facts, x.at(&r.Client), at, &best); v != nil {
			return grantor{v, facts}, nil
		}
	}
	if x := &places[projectAt]; len(x.held) > 0 {
		if v := s.ask(a, facts, x.at(&r.Project), at, &best); v != nil {
			return grantor{v, facts}, nil
		}
	}
	for i := range r.Groups {
		if v := s.ask(a, facts, places[groupAt].at((*[16]byte)(&r.Groups[i])), at, &best); v != nil {
			return grantor{v, facts}, nil
		}
	}
	return grantor{}, best.err
}

// bars returns the actions on a row that the credential and the modules deny.
func (s *Session) bars(k *kind, r *Row) uint64 {
	bars := s.holdings.barred[k.n] | s.holdings.off[k.n]
	if s.holdings.who.Narrowed && r.Site.IsZero() {
		bars |= ^k.reads
	}
	return bars
}

// near reports whether what is held at the site of the scope covers a row. What
// is of the domain, as people and groups are, can be seen from a site, and is
// changed only by who may in the domain.
func (s *Session) near(r *Row, verb Verb) bool { return verb == Read || !r.Site.IsZero() }

// ask returns the rules of those roles at a place that allow an action, or else
// keeps what is said against it.
func (s *Session) ask(a *action, facts Facts, place []held, at *settings, best **answer) *rules {
	for i := range place {
		n, now := s.reach.role(place[i].what)
		if !now {
			continue
		}
		v := at.rules[n]
		switch says := v.answer(a, facts); {
		case says == yes:
			return v
		case says != nil && says.rank < (*best).rank:
			*best = says
		}
	}
	return nil
}

// settings returns the settings at a site.
func (s *Session) settings(site *tenancy.SiteID) *settings {
	h := s.holdings
	if len(h.sites.held) > 0 {
		if own := h.sites.at((*[16]byte)(site)); len(own) > 0 {
			return &h.masks[own[0].what]
		}
	}
	return &h.masks[0] // what says nothing of its own has the first
}

// can returns the actions on a kind that the roles which cover a row allow on
// it; could asks as if every setting had every value.
func (s *Session) can(k *kind, r *Row, could bool) (can uint64) {
	at, facts := s.settings(&r.Site), r.Facts&^Bound
	all := at.rules
	if could {
		all = at.could
	}
	for _, n := range s.reach.wide {
		can |= all[n].allows(k, facts)
	}
	local := uint64(0)
	for _, n := range s.reach.local {
		local |= all[n].allows(k, facts)
	}
	if !s.near(r, Change) {
		local &= k.reads
	}
	can |= local
	places := &s.holdings.places
	if x := &places[siteAt]; len(x.held) > 0 {
		can |= s.sum(k, facts, x.at((*[16]byte)(&r.Site)), all)
	}
	facts |= Bound
	if x := &places[clientAt]; len(x.held) > 0 {
		can |= s.sum(k, facts, x.at(&r.Client), all)
	}
	if x := &places[projectAt]; len(x.held) > 0 {
		can |= s.sum(k, facts, x.at(&r.Project), all)
	}
	for i := range r.Groups {
		can |= s.sum(k, facts, places[groupAt].at((*[16]byte)(&r.Groups[i])), all)
	}
	return can
}

// sum returns what the roles at a place allow.
func (s *Session) sum(k *kind, facts Facts, place []held, all []*rules) (can uint64) {
	for i := range place {
		if n, now := s.reach.role(place[i].what); now {
			can |= all[n].allows(k, facts)
		}
	}
	return can
}

// covering yields the rules that cover a row, and the facts that hold for each.
func (s *Session) covering(a *action, r *Row) func(func(*rules, Facts) bool) {
	return func(yield func(*rules, Facts) bool) {
		all := s.settings(&r.Site).rules
		for _, n := range s.reach.wide {
			if !yield(all[n], r.Facts&^Bound) {
				return
			}
		}
		if s.near(r, a.Verb) {
			for _, n := range s.reach.local {
				if !yield(all[n], r.Facts&^Bound) {
					return
				}
			}
		}
		for place, kind := range placeKinds {
			for _, id := range r.idsAt(place) {
				for _, held := range s.holdings.places[place].at(&id) {
					if n, now := s.reach.role(held.what); now && !yield(all[n], r.Facts&^Bound|boundAt(kind)) {
						return
					}
				}
			}
		}
	}
}

// idsAt returns the ids of a row at a kind of place.
func (r *Row) idsAt(place int) [][16]byte {
	switch place {
	case siteAt:
		return [][16]byte{r.Site}
	case clientAt:
		return [][16]byte{r.Client}
	case projectAt:
		return [][16]byte{r.Project}
	}
	ids := make([][16]byte, len(r.Groups))
	for i, g := range r.Groups {
		ids[i] = g
	}
	return ids
}
