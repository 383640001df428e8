package access

import "slices"

// FindingKind says what is odd about a role or binding.
type FindingKind string

// The kinds of findings.
const (
	// Shadowed is a term that the rest of the role says already, under all
	// settings under which it counts.
	Shadowed FindingKind = "shadowed"
	// Unreachable is a term that holds in no world that can be, or that asks for
	// two values of one setting.
	Unreachable FindingKind = "unreachable"
	// GrantsNothing is a role, or a role bound at a place, that allows nothing
	// at all.
	GrantsNothing FindingKind = "grants_nothing"
	// Sweeping is an action that changes or removes what is somebody's, or
	// makes it in another's name, and that a role allows whatever holds.
	Sweeping FindingKind = "sweeping"
	// ToEveryone is a sweeping or privileged action that a binding gives to
	// everyone, whatever holds.
	ToEveryone FindingKind = "to_everyone"
	// Malformed is a role that Compile or WriteGrants refuses.
	Malformed FindingKind = "malformed"
)

// Finding is something about a role or binding that is probably not meant. It is
// advice: nothing refuses a role for it.
type Finding struct {
	Kind   FindingKind
	Role   string
	Action Action // none if it is about the role as a whole
	Term   Term   // of the condition, where it is about one
	Text   string // a sentence for people
}

// String says it in a line.
func (f Finding) String() string {
	text := f.Role
	if f.Action != "" {
		text += ", " + string(f.Action)
	}
	return text + ": " + f.Text + " (" + string(f.Kind) + ")"
}

// Lint looks for what is probably not meant in roles: of a host or domain, if
// any are given, else those of the policy itself. Of those it does not report
// what is sweeping, which an administrator's role is meant to be. The order is
// that of the roles and of the policy's actions.
func (p *Policy) Lint(roles ...Role) (all []Finding) {
	if len(roles) == 0 {
		for _, r := range p.order {
			all = append(all, p.lint(r)...)
		}
		return all
	}
	for _, given := range roles {
		r, err := p.draftRole(given)
		if err != nil {
			all = append(all, Finding{Kind: Malformed, Role: given.Name, Text: err.Error()})
			continue
		}
		all = append(all, p.lint(r)...)
		for _, a := range p.actions {
			if a.sweeps() && r.under(every).unconditional(a, 0) {
				all = append(all, Finding{Kind: Sweeping, Role: r.name, Action: a.Name, Text: "is allowed on everybody's, whatever holds: to " + a.Doc})
			}
		}
	}
	return all
}

// LintBinding looks for what is probably not meant in a binding: that it gives
// nothing at its place, or gives everyone what should be for a few. custom is
// the role if it is one of the domain's own.
func (p *Policy) LintBinding(b Binding, custom CustomRole) (all []Finding) {
	r := p.roles[b.Role]
	if !b.Custom.IsZero() {
		r = p.compileCustom(custom)
	}
	if r == nil {
		return []Finding{{Kind: GrantsNothing, Role: b.Role, Text: "is no role of this policy"}}
	}
	v, bound, some := r.under(every), boundAt(b.Place.Kind), false
	for _, a := range p.actions {
		for f := range (a.of.all &^ Bound).sets {
			some = some || a.of.possible(f|bound) && v.allows(a.of, f|bound)&a.bit != 0
		}
		if b.Subject.Everyone && (a.sweeps() || a.Privileged && a.Verb != Read) && v.unconditional(a, bound) {
			all = append(all, Finding{Kind: ToEveryone, Role: r.name, Action: a.Name, Text: "is given to everyone, whatever holds: to " + a.Doc})
		}
	}
	if !some {
		return []Finding{{Kind: GrantsNothing, Role: r.name, Text: "allows nothing where it is bound in the " + string(b.Place.Kind)}}
	}
	return all
}

// sweeps reports whether it should depend on something that the action is
// allowed: where one thing of the kind is told from another, what changes or
// removes it, and what makes it in somebody's name.
func (a *action) sweeps() bool {
	switch a.Verb {
	case Change, Remove:
		return a.of.all != Bound
	case Create:
		return a.of.all.Has(Own)
	}
	return false
}

// unconditional reports whether the rules allow an action in every world that
// can be, where they are bound so.
func (v *rules) unconditional(a *action, bound Facts) bool {
	for f := range (a.of.all &^ Bound).sets {
		if a.of.possible(f|bound) && v.allows(a.of, f|bound)&a.bit == 0 {
			return false
		}
	}
	return true
}

// stated is one term of a role for an action, and where it holds.
type stated struct {
	term  Term
	sets  []Setting
	where table // by settings and facts; worlds that cannot be are left out
}

func (p *Policy) lint(r *role) (all []Finding) {
	nothing := true
	for _, a := range p.actions {
		var left, kept []stated
		find := func(kind FindingKind, t stated, text string) {
			all = append(all, Finding{kind, r.name, a.Name, t.term, t.text(a.of) + text})
		}
		for _, t := range p.stated(r, a) {
			if slices.Contains(t.where, true) {
				left = append(left, t)
				continue
			}
			find(Unreachable, t, " can never hold")
		}
		nothing = nothing && len(left) == 0
		// What one other term covers goes before what only several do together,
		// and the later before the earlier.
		kept = slices.Clone(left)
		for _, together := range []bool{false, true} {
			for i := len(kept) - 1; i >= 0; i-- {
				if by, is := kept[i].shadowed(slices.Concat(kept[:i], kept[i+1:]), together, a.of); is {
					find(Shadowed, kept[i], " says nothing that "+by+" not say already")
					kept = slices.Delete(kept, i, i+1)
				}
			}
		}
	}
	if nothing {
		all = append(all, Finding{Kind: GrantsNothing, Role: r.name, Text: "allows nothing, whatever holds"})
	}
	return all
}

// stated returns the terms of a role for an action, with the worlds and settings
// in which each holds.
func (p *Policy) stated(r *role, a *action) (all []stated) {
	choices := full(p.switchesOf(r.usesFor(a)))
	for _, l := range r.lines[a.n] {
		for _, t := range l.when {
			s := stated{t, l.sets, nil}
			for _, sets := range choices {
				mask := p.maskOf(sets)
				for f := range a.of.all.sets {
					s.where = append(s.where, l.needs&^mask == 0 && a.of.possible(f) && t.Holds(f))
				}
			}
			all = append(all, s)
		}
	}
	return all
}

// shadowed reports whether others hold wherever the term does, each by itself or
// all together, and says which.
func (s stated) shadowed(others []stated, together bool, k *kind) (string, bool) {
	said := make(table, len(s.where))
	for _, o := range others {
		if !together && !slices.Contains(s.where.but(o.where), true) {
			return o.text(k) + " does", true
		}
		said = said.or(o.where)
	}
	return "the others do", together && !slices.Contains(s.where.but(said), true)
}

func (s stated) text(k *kind) string {
	text := s.term.text(k)
	if len(s.sets) > 0 {
		text += " [" + settingsText(s.sets, ", ") + "]"
	}
	return text
}
