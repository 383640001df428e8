package access

import (
	"slices"
	"strings"
	"time"
)

// Difference is one thing that somebody gains or loses.
type Difference struct {
	Action Action
	Loses  bool      // else it is gained
	When   Condition // in which worlds: the smallest terms
	If     []Setting // only where the site's settings have these values; none: wherever
	kind   *kind
}

// String reads aloud: "gains entry.view when member and shared, or manager,
// with limit_public_data=on".
func (d Difference) String() string {
	verb := "gains "
	if d.Loses {
		verb = "loses "
	}
	text := verb + string(d.Action)
	if !slices.Equal(d.When, Unconditionally()) {
		terms := make([]string, len(d.When))
		for i, t := range d.When {
			terms[i] = joinFacts(d.kind, t.All, t.None, "not ", " and ")
		}
		text += " when " + strings.Join(terms, ", or ")
	}
	if len(d.If) > 0 {
		text += ", with " + settingsText(d.If, " and ")
	}
	return text
}

func settingsText(sets []Setting, word string) string {
	texts := make([]string, len(sets))
	for i, s := range sets {
		texts[i] = s.Key + "=" + s.Value
	}
	return strings.Join(texts, word)
}

// Diff returns exactly what whoever holds a role gains and loses when it
// becomes another: for each action the worlds in which it was not allowed and
// now is, and those in which it was and is no longer, as the smallest terms, and
// with the settings on which it depends, if it does. Worlds that cannot be are
// left out. The zero Role grants nothing, so Diff(Role{}, r) is all that r
// grants. The order is that of the policy's actions, gains first.
//
// It refuses a role that Compile or WriteGrants would refuse, but for one
// without grants: "unknown_action", "bad_condition", "unknown_setting".
func (p *Policy) Diff(before, after Role) ([]Difference, error) {
	was, err := p.draftRole(before)
	if err != nil {
		return nil, err
	}
	is, err := p.draftRole(after)
	if err != nil {
		return nil, err
	}
	var all []Difference
	for _, a := range p.actions {
		all = append(all, p.changes(a, was, is)...)
		all = append(all, inverse(p.changes(a, is, was))...)
	}
	return all, nil
}

// draftRole compiles a role that is not part of the policy.
func (p *Policy) draftRole(r Role) (*role, error) {
	out := &role{policy: p, name: r.Name, doc: r.Doc, lines: make([][]line, len(p.actions))}
	return out, out.add(r.Grants)
}

// inverse turns gains into losses.
func inverse(all []Difference) []Difference {
	for i := range all {
		all[i].Loses = true
	}
	return all
}

// changes returns what one role allows of an action and the other did not:
// first what holds whatever the settings, then what is left under one of them,
// then under two together.
func (p *Policy) changes(a *action, before, after *role) (all []Difference) {
	said := map[uint64][]Difference{} // by the settings under which they hold
	depends := p.switchesOf(before.usesFor(a) | after.usesFor(a))
	for _, sets := range partial(depends) {
		mask := p.maskOf(sets)
		gained := make(table, a.of.size())
		for i := range gained {
			gained[i] = true
		}
		for _, rest := range full(without(depends, sets)) {
			at := mask | p.maskOf(rest)
			was, is := before.under(at), after.under(at)
			for i := range gained {
				f := Facts(i)
				gained[i] = gained[i] && is.allows(a.of, f)&a.bit != 0 && was.allows(a.of, f)&a.bit == 0
			}
		}
		known := func(f Facts) bool {
			for under, changes := range said {
				if under&^mask == 0 && slices.ContainsFunc(changes, func(d Difference) bool { return d.When.Holds(f) }) {
					return true
				}
			}
			return false
		}
		when := cover(a.of,
			func(f Facts) bool { return gained[f] && a.of.possible(f) && !known(f) },
			func(f Facts) bool { return gained[f] || !a.of.possible(f) })
		if len(when) > 0 {
			d := Difference{Action: a.Name, When: when, If: sets, kind: a.of}
			said[mask] = append(said[mask], d)
			all = append(all, d)
		}
	}
	return all
}

// switchesOf returns the switches that settings are of.
func (p *Policy) switchesOf(settings uint64) (of []Switch) {
	for _, s := range p.switches {
		if slices.ContainsFunc(s.Values, func(v string) bool { return settings&p.settings[Setting{s.Key, v}] != 0 }) {
			of = append(of, s)
		}
	}
	return of
}

// maskOf returns the bits of settings.
func (p *Policy) maskOf(sets []Setting) (mask uint64) {
	for _, s := range sets {
		mask |= p.settings[s]
	}
	return mask
}

// full returns every way to give each of the switches a value.
func full(of []Switch) [][]Setting {
	all := [][]Setting{nil}
	for _, s := range of {
		var next [][]Setting
		for _, sets := range all {
			for _, v := range s.Values {
				next = append(next, append(slices.Clip(sets), Setting{s.Key, v}))
			}
		}
		all = next
	}
	return all
}

// partial returns every way to give some of the switches a value, the fewest
// first.
func partial(of []Switch) [][]Setting {
	all := [][]Setting{nil}
	for _, s := range of {
		for _, sets := range slices.Clip(all) {
			for _, v := range s.Values {
				all = append(all, append(slices.Clip(sets), Setting{s.Key, v}))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b []Setting) int { return len(a) - len(b) })
	return all
}

// without returns the switches that settings say nothing of.
func without(of []Switch, sets []Setting) []Switch {
	return slices.DeleteFunc(slices.Clone(of), func(s Switch) bool {
		return slices.ContainsFunc(sets, func(set Setting) bool { return set.Key == s.Key })
	})
}

// Compare returns exactly what somebody with these holdings gains and loses by
// having others instead, at one place: on whatever is where a row is (of its
// Site, Client, Project and Groups; the rest is not read), under the settings
// there. Credentials and modules count as they do in a decision. The order is
// that of the policy's actions, gains first. Both must be of one policy.
func (h *Holdings) Compare(now time.Time, others *Holdings, at Row) (all []Difference) {
	was := &Session{policy: h.policy, holdings: h, reach: h.at(now)}
	is := &Session{policy: h.policy, holdings: others, reach: others.at(now)}
	for _, k := range h.policy.kinds {
		// Whether a role is bound here is known, so it is no fact that is left
		// open: what it changes is put in, and worlds with it are free.
		before, after := make([]uint64, k.size()), make([]uint64, k.size())
		open := func(f Facts) bool { return f&Bound == 0 && (k.possible(f) || k.possible(f|Bound)) }
		for f := range (k.all &^ Bound).sets {
			at.Facts = f
			before[f], after[f] = was.allowed(k, &at), is.allowed(k, &at)
		}
		for _, a := range k.actions {
			for _, loses := range []bool{false, true} {
				when := cover(k, func(f Facts) bool {
					return open(f) && (before[f]&a.bit != 0) == loses && (after[f]&a.bit != 0) != loses
				}, func(f Facts) bool { return !open(f) })
				if len(when) > 0 {
					all = append(all, Difference{Action: a.Name, Loses: loses, When: when, kind: k})
				}
			}
		}
	}
	return all
}

// allowed returns the actions on a kind that a session allows on a row, states
// aside.
func (s *Session) allowed(k *kind, r *Row) uint64 {
	if !s.fenced(r) {
		return 0
	}
	return s.can(k, r, false) &^ s.bars(k, r)
}
