package access

import (
	"slices"
	"strings"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Term holds when all of the facts All hold and none of the facts None do. The
// zero Term always holds.
type Term struct{ All, None Facts }

// Holds reports whether the term holds for a set of facts.
func (t Term) Holds(f Facts) bool { return f&t.All == t.All && f&t.None == 0 }

// String writes the term as "own+!shared"; the zero term is "always".
func (t Term) String() string { return t.text(nil) }

func (t Term) text(k *kind) string {
	if t == (Term{}) {
		return "always"
	}
	return joinFacts(k, t.All, t.None, "!", "+")
}

// impossible reports whether the term can never hold.
func (t Term) impossible() bool { return t.All&t.None != 0 }

// covers reports whether t holds wherever other does.
func (t Term) covers(other Term) bool { return other.All.Has(t.All) && other.None.Has(t.None) }

// away returns the facts that have to change for the term to hold: All those to
// gain, None those to lose.
func (t Term) away(f Facts) Term { return Term{t.All &^ f, t.None & f} }

func (t Term) size() int { return (t.All | t.None).count() }

// Condition says under which facts a role allows an action: when at least one
// of its terms holds. The zero Condition never holds.
type Condition []Term

// When returns the condition that holds when all facts of any one of the terms
// do.
func When(terms ...Facts) Condition {
	c := make(Condition, len(terms))
	for i, t := range terms {
		c[i] = Term{All: t}
	}
	return c
}

// Unconditionally is the condition without conditions.
func Unconditionally() Condition { return Condition{{}} }

// But returns the condition with an exception: none of the facts may hold.
// When(Manager).But(Own) is what a manager may do with everything but her own.
func (c Condition) But(none Facts) Condition {
	out := slices.Clone(c)
	for i := range out {
		out[i].None |= none
	}
	return out
}

// Holds reports whether the condition holds for the facts.
func (c Condition) Holds(f Facts) bool {
	return slices.ContainsFunc(c, func(t Term) bool { return t.Holds(f) })
}

// String writes the terms with commas between: "own, manager+!own". The
// condition that never holds is "never".
func (c Condition) String() string { return c.text(nil) }

func (c Condition) text(k *kind) string {
	if len(c) == 0 {
		return "never"
	}
	texts := make([]string, len(c))
	for i, t := range c {
		texts[i] = t.text(k)
	}
	return strings.Join(texts, ", ")
}

// facts returns every fact that the condition asks for.
func (c Condition) facts() (f Facts) {
	for _, t := range c {
		f |= t.All | t.None
	}
	return f
}

// mostTerms bounds a condition: a longer one is no rule that anybody reads.
const mostTerms = 64

// parseCondition reads what text writes.
func parseCondition(k *kind, text string) (Condition, error) {
	var c Condition
	for part := range strings.SplitSeq(text, ",") {
		var t Term
		for word := range strings.SplitSeq(strings.TrimSpace(part), "+") {
			name, not := strings.CutPrefix(strings.TrimSpace(word), "!")
			if name == "always" && !not {
				continue
			}
			f, known := factOf(k, name)
			if !known {
				return nil, fault.Input("bad_condition", "condition", text, "names a fact that is none: "+name)
			}
			if not {
				t.None |= f
			} else {
				t.All |= f
			}
		}
		c = append(c, t)
	}
	return c, nil
}

// manyTerms is from how many on terms are not compared with each other: what two
// of them say together may be more than there was to begin with.
const manyTerms = 12

// briefly says the same with terms of which none can be left out, by trying
// every set of the facts that they speak of.
func briefly(terms []Term) []Term {
	all := Condition(terms)
	k := &kind{all: all.facts()}
	return cover(k, all.Holds, func(Facts) bool { return false })
}

// primes returns the shortest terms that say the same: those that no shorter
// term covers, with what two of them say together said as well (own, and shared
// or not, is own).
func primes(terms []Term) []Term {
	if len(terms) > manyTerms {
		return briefly(terms)
	}
	all := slices.DeleteFunc(slices.Clone(terms), Term.impossible)
	for grown := true; grown; {
		all = absorb(all)
		grown = false
		for i := 0; i < len(all) && !grown; i++ {
			for j := range i {
				if both, ok := consensus(all[i], all[j]); ok && !slices.ContainsFunc(all, func(t Term) bool { return t.covers(both) }) {
					all, grown = append(all, both), true
					break
				}
			}
		}
	}
	slices.SortFunc(all, compareTerms)
	return all
}

func compareTerms(a, b Term) int {
	if a.All != b.All {
		return int(a.All) - int(b.All)
	}
	return int(a.None) - int(b.None)
}

// consensus is what two terms say together that speak of exactly one fact in
// opposite ways.
func consensus(a, b Term) (Term, bool) {
	split := a.All&b.None | a.None&b.All
	both := Term{(a.All | b.All) &^ split, (a.None | b.None) &^ split}
	return both, split.count() == 1 && !both.impossible()
}

// absorb leaves out the terms that another covers.
func absorb(terms []Term) []Term {
	var kept []Term
	for i, t := range terms {
		covered := false
		for j, o := range terms {
			if o.covers(t) && (t != o || j < i) {
				covered = true
				break
			}
		}
		if !covered {
			kept = append(kept, t)
		}
	}
	return kept
}
