package access

import (
	"bytes"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/seed-5be203e9/stint/tenancy"
)

// Standing is what a store loaded of a principal: who it is in the domain of
// the scope, the bindings of it, of its groups and of everyone, also those that
// begin later or have ended, and what bears on them.
type Standing struct {
	Scope    tenancy.Scope
	Account  tenancy.AccountID
	Member   tenancy.MembershipID
	System   string   // the reason, when there is no person
	ReadOnly bool     // see Principal
	Narrowed bool     // to the site of the scope; see Principal
	Limited  bool     // to the actions Only
	Only     []Action // see Principal
	Bindings []Binding
	Custom   []CustomRole  // those that the bindings name
	Settings []SiteSetting // of the domain and its sites
	Off      []string      // modules that the domain has not
}

// Holdings is a standing made ready to decide. It never changes, holds few
// bytes a binding and may be kept between transactions and used by any number
// of goroutines, as long as what it was loaded from is unchanged; time passes
// in it by itself.
type Holdings struct {
	policy   *Policy
	who      Standing // without what the rest is made of
	narrowed bool     // to a site
	barred   []uint64 // by kind: the actions that the token or a module denies
	off      []uint64 // of them, by a module
	roles    []*role
	masks    []settings // the first is of the domain and of every site that says nothing else
	sites    index      // which of the masks others have
	groups   []GroupID  // the places of bindings, sorted

	// Where which roles are held, each by its number in roles, or by the number
	// of roles and its number in timed.
	wide   []uint32 // everywhere in the scope
	local  []uint32 // at the site that the scope is narrowed to
	places [4]index // by placeKinds
	timed  []timed
	now    atomic.Pointer[interval]
}

// settings are the values of the switches somewhere, and the rules of the roles
// there.
type settings struct {
	mask  uint64
	rules []*rules // by role
	could []*rules // as if every setting had every value
}

// timed is a role that is held for a time; see instant.
type timed struct {
	role        uint32
	from, until int64
}

// interval is a time in which nothing begins or ends.
type interval struct {
	from, until int64
	wide        []uint32 // the roles that are held everywhere then
	local       []uint32 // and those at the site that the scope is narrowed to
	roles       uint32   // how many roles there are
	timed       []uint32 // of each that is timed the role, or none
	plans       []atomic.Pointer[Plan]
}

// none stands for a role that is not held.
const none = ^uint32(0)

// role returns the role that a number stands for, and whether it is held.
func (in *interval) role(n uint32) (uint32, bool) {
	if n >= in.roles {
		n = in.timed[n-in.roles]
	}
	return n, n != none
}

const (
	siteAt = iota
	clientAt
	projectAt
	groupAt
)

var placeKinds = [4]PlaceKind{AtSite, AtClient, AtProject, OfGroup}

// Load makes a standing ready to decide.
func (p *Policy) Load(st Standing) *Holdings {
	h := &Holdings{policy: p, who: st, narrowed: !st.Scope.Site().IsZero()}
	h.who.Bindings, h.who.Custom, h.who.Settings = nil, nil, nil
	h.bar(st)
	custom := map[CustomRoleID]*role{}
	if !slices.Contains(st.Off, CustomRoles) {
		for _, c := range st.Custom {
			custom[c.ID] = p.compileCustom(c)
		}
	}
	roleOf := func(b *Binding) *role {
		if b.Custom.IsZero() {
			return p.roles[b.Role]
		}
		return custom[b.Custom]
	}
	numbers := h.number(st.Bindings, roleOf)
	var at [4][]held
	for i := range st.Bindings {
		b := &st.Bindings[i]
		r := roleOf(b)
		place, inside := h.inside(b.Place)
		if r == nil || !inside {
			continue
		}
		n := numbers[r]
		if !b.From.IsZero() || !b.Until.IsZero() {
			h.timed = append(h.timed, timed{n, instant(b.From), untilOf(b)})
			n = uint32(len(h.roles) + len(h.timed) - 1)
		}
		switch {
		case place.Kind == Everywhere:
			h.wide = append(h.wide, n)
			continue
		case place.Kind == AtSite && h.narrowed:
			h.local = append(h.local, n)
			continue
		}
		k := slices.Index(placeKinds[:], place.Kind)
		at[k] = append(at[k], held{place.ID(), n})
	}
	for i := range at {
		h.places[i] = newIndex(at[i])
	}
	for _, x := range h.places[groupAt].held {
		h.groups = append(h.groups, x.id)
	}
	slices.SortFunc(h.groups, func(a, b GroupID) int { return bytes.Compare(a[:], b[:]) })
	// As few bytes as it takes.
	h.groups = slices.Clone(slices.Compact(h.groups))
	h.wide, h.local, h.timed = slices.Clone(h.wide), slices.Clone(h.local), slices.Clone(h.timed)
	h.set(st)
	return h
}

// number numbers the roles in the order of the policy, and a domain's own after
// them, so that of several that allow the same it is always the same one that
// an event names.
func (h *Holdings) number(bindings []Binding, roleOf func(*Binding) *role) map[*role]uint32 {
	numbers := map[*role]uint32{}
	var own []*role
	for i := range bindings {
		r := roleOf(&bindings[i])
		if _, known := numbers[r]; r == nil || known {
			continue
		}
		numbers[r] = 0
		if r.custom {
			own = append(own, r)
		}
	}
	for _, r := range h.policy.order {
		if _, used := numbers[r]; used {
			h.roles = append(h.roles, r)
		}
	}
	h.roles = append(h.roles, own...)
	for i, r := range h.roles {
		numbers[r] = uint32(i)
	}
	return numbers
}

// untilOf is when a binding ends.
func untilOf(b *Binding) int64 {
	if b.Until.IsZero() {
		return math.MaxInt64
	}
	return instant(b.Until)
}

// instant is a time in nanoseconds, in a third of the bytes. What is before 1678
// is the beginning, and what is after 2261 the last instant before the end.
func instant(t time.Time) int64 {
	switch year := t.Year(); {
	case year < 1678:
		return math.MinInt64
	case year > 2261:
		return math.MaxInt64 - 1
	}
	return t.UnixNano()
}

// bar finds which actions the token and the modules deny.
func (h *Holdings) bar(st Standing) {
	for _, k := range h.policy.kinds {
		barred, off := uint64(0), uint64(0)
		for _, a := range k.actions {
			if st.ReadOnly && a.Verb != Read || st.Limited && !slices.Contains(st.Only, a.Name) {
				barred |= a.bit
			}
			if a.Module != "" && slices.Contains(st.Off, a.Module) {
				off |= a.bit
			}
		}
		h.barred, h.off = append(h.barred, barred), append(h.off, off)
	}
}

// inside reports whether a place can cover anything in the scope: in one that is
// narrowed to a site, what is bound at another site does not.
func (h *Holdings) inside(at Place) (Place, bool) {
	return at, at.Validate() == nil && !(h.narrowed && at.Kind == AtSite && at.Site != h.who.Scope.Site())
}

// set finds the rules of the roles under the settings of the domain and its
// sites.
func (h *Holdings) set(st Standing) {
	base := h.policy.defaults()
	bySite := map[tenancy.SiteID]uint64{}
	for _, s := range st.Settings {
		if s.Site.IsZero() {
			base = h.policy.with(base, Setting{s.Key, s.Value})
		}
	}
	for _, s := range st.Settings {
		if !s.Site.IsZero() {
			mask, known := bySite[s.Site]
			if !known {
				mask = base
			}
			bySite[s.Site] = h.policy.with(mask, Setting{s.Key, s.Value})
		}
	}
	if site := h.who.Scope.Site(); !site.IsZero() {
		if mask, known := bySite[site]; known {
			base = mask
		}
		bySite = nil
	}
	h.addMask(base)
	var others []held
	for site, mask := range bySite {
		if n := h.addMask(mask); n != 0 {
			others = append(others, held{site, n})
		}
	}
	h.sites = newIndex(others)
}

// addMask returns the number of the settings with a mask.
func (h *Holdings) addMask(mask uint64) uint32 {
	n := slices.IndexFunc(h.masks, func(s settings) bool { return s.mask == mask })
	if n < 0 {
		n = len(h.masks)
		h.masks = append(h.masks, h.settingsOf(mask))
	}
	return uint32(n)
}

func (h *Holdings) settingsOf(mask uint64) settings {
	s := settings{mask: mask}
	for _, r := range h.roles {
		s.rules, s.could = append(s.rules, r.under(mask)), append(s.could, r.under(every))
	}
	return s
}

// at returns the interval of an instant.
func (h *Holdings) at(now time.Time) *interval {
	t := instant(now)
	if in := h.now.Load(); in != nil && in.from <= t && t < in.until {
		return in
	}
	in := &interval{from: math.MinInt64, until: math.MaxInt64, roles: uint32(len(h.roles)), plans: make([]atomic.Pointer[Plan], len(h.policy.actions))}
	for _, x := range h.timed {
		role := none
		if x.from <= t && t < x.until {
			role = x.role
		}
		in.timed = append(in.timed, role)
		for _, edge := range [...]int64{x.from, x.until} {
			if edge <= t {
				in.from = max(in.from, edge)
			} else {
				in.until = min(in.until, edge)
			}
		}
	}
	h.spread(in)
	h.now.Store(in)
	return in
}

// spread finds which roles are held everywhere and at the scope's site.
func (h *Holdings) spread(in *interval) {
	held := func(numbers []uint32) (roles []uint32) {
		for _, n := range numbers {
			if role, now := in.role(n); now {
				roles = append(roles, role)
			}
		}
		slices.Sort(roles)
		return slices.Compact(roles)
	}
	in.wide, in.local = held(h.wide), held(h.local)
}

// until returns the roles that are held in an interval and do not end before an
// instant.
func (h *Holdings) until(now *interval, end int64) *interval {
	in := *now
	in.timed = slices.Clone(now.timed)
	for i, x := range h.timed {
		if x.until < end {
			in.timed[i] = none
		}
	}
	h.spread(&in)
	return &in
}

// Begin opens a session at an instant: the bindings that hold then count.
func (h *Holdings) Begin(now time.Time) *Session {
	return &Session{policy: h.policy, holdings: h, reach: h.at(now)}
}

// Begin opens a session for a standing at the beginning of time, when only
// bindings without a beginning hold. A binding to a role that the policy does
// not know grants nothing.
func (p *Policy) Begin(st Standing) *Session { return p.Load(st).Begin(time.Time{}) }
