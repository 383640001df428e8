package access

import (
	"slices"
	"strings"
	"time"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Explanation says why an action is allowed or denied on one resource. It is
// for people and logs; only a Permit lets a store write.
type Explanation struct {
	Action  Action
	Allowed bool
	Reason  string // of a denial: its stable code; see Actor.May
	Rule    string // of a denial: in words
	Role    string // of an allowed action: the role that decided; empty for the system
	Term    string // of an allowed action: the facts by which it did
	Facts   string // those that held
	// Missing are, for a denial for want of facts, the smallest changes that
	// would each be enough, as "manager" or "!own".
	Missing []string
}

// String says it in a line.
func (e Explanation) String() string {
	switch {
	case e.Allowed && e.Role == "":
		return string(e.Action) + ": allowed to the system"
	case e.Allowed:
		return string(e.Action) + ": allowed by " + e.Role + " (" + e.Term + ")"
	case len(e.Missing) > 0:
		return string(e.Action) + ": denied, " + e.Reason + "; would take " + strings.Join(e.Missing, ", or ")
	}
	return string(e.Action) + ": denied, " + e.Reason
}

// Explain says what May would answer, and why. It records nothing.
func (a Actor) Explain(name Action, r Resource) (Explanation, error) {
	s := a.session
	if !s.live() || r.is == nil || r.is.session != s {
		return Explanation{}, fault.Proof
	}
	is, row := s.policy.index[name], &r.is.row
	if is == nil || is.Kind != row.Kind {
		return Explanation{}, fault.Input("unknown_action", "action", string(name), "is no action on this kind of thing")
	}
	if !s.fenced(row) {
		return Explanation{}, fault.NotFound
	}
	return s.explain(is, row), nil
}

func (s *Session) explain(a *action, r *Row) Explanation {
	e := Explanation{Action: a.Name, Facts: Term{All: r.Facts}.text(a.of)}
	if r.Facts == 0 {
		e.Facts = "none"
	}
	by, err := s.judge(a, r)
	if err == nil {
		e.Allowed = true
		if by.rules != nil {
			term, _ := by.rules.why(a, by.facts)
			e.Role, e.Term = by.rules.role.title(), term.text(a.of)
		}
		return e
	}
	e.Reason, e.Rule = err.Reason, err.Rule
	if !strings.HasPrefix(err.Reason, "condition_") {
		return e
	}
	var all []Term
	for v, facts := range s.covering(a, r) {
		for _, t := range v.terms[a.n] {
			if away := t.away(facts); (away.All|away.None)&Bound == 0 {
				all = append(all, away)
			}
		}
	}
	all = absorb(all)
	slices.SortStableFunc(all, func(a, b Term) int {
		if a.size() != b.size() {
			return a.size() - b.size()
		}
		return compareTerms(a, b)
	})
	for _, t := range all {
		e.Missing = append(e.Missing, t.text(a.of))
	}
	return e
}

// Decide answers for anybody, from what is known of a standing and a row: who
// else may see this, what a change would bring. It gives no permit.
func (h *Holdings) Decide(now time.Time, action Action, r Row) (Explanation, error) {
	is := h.policy.index[action]
	if is == nil || is.Kind != r.Kind {
		return Explanation{}, fault.Input("unknown_action", "action", string(action), "is no action on this kind of thing")
	}
	s := &Session{policy: h.policy, holdings: h, reach: h.at(now)}
	if !s.fenced(&r) {
		return Explanation{}, fault.NotFound
	}
	return s.explain(is, &r), nil
}
