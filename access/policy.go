package access

import (
	"fmt"
	"slices"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Policy is the compiled rules of all packages. It never changes after Compile
// and may be used by any number of goroutines.
type Policy struct {
	actions []ActionSpec
	index   map[Action]int
	roles   map[string]*compiledRole
	denials []compiledDenial
}

// compiledRole holds, by index of the action, the condition as a table and as
// its smallest terms.
type compiledRole struct {
	name   string
	tables []table
	terms  [][]Facts
}

type compiledDenial struct {
	Denial
	actions []bool
}

// Compile makes a policy of catalogues. It refuses an action that is declared
// twice or not at all, a role without grants, and a grant that can never hold.
func Compile(catalogues ...Catalogue) (*Policy, error) {
	p := &Policy{index: map[Action]int{}, roles: map[string]*compiledRole{}}
	for _, c := range catalogues {
		for _, spec := range c.Actions {
			if _, twice := p.index[spec.Name]; twice || spec.Name == "" || spec.Kind == "" || spec.Verb == 0 {
				return nil, fault.Input("bad_action", "action", string(spec.Name), "must be declared once, with a name, a kind and a verb")
			}
			p.index[spec.Name] = len(p.actions)
			p.actions = append(p.actions, spec)
		}
	}
	for _, c := range catalogues {
		for _, role := range c.Roles {
			if err := p.add(role); err != nil {
				return nil, err
			}
		}
		for _, d := range c.Denials {
			if len(d.Actions) == 0 {
				return nil, fault.Input("bad_denial", "denial", d.Reason, "must deny something")
			}
			cd := compiledDenial{Denial: d, actions: make([]bool, len(p.actions))}
			for _, a := range d.Actions {
				i, known := p.index[a]
				if !known || d.State == 0 || d.Reason == "" {
					return nil, fault.Input("bad_denial", "denial", d.Reason, "must have a state, a reason and known actions")
				}
				cd.actions[i] = true
			}
			p.denials = append(p.denials, cd)
		}
	}
	return p, nil
}

func (p *Policy) add(role Role) error {
	if role.Name == "" || len(role.Grants) == 0 {
		return fault.Input("empty_role", "role", role.Name, "must have a name and grant something")
	}
	cr := p.roles[role.Name]
	if cr == nil {
		cr = &compiledRole{role.Name, make([]table, len(p.actions)), make([][]Facts, len(p.actions))}
		p.roles[role.Name] = cr
	}
	for _, g := range role.Grants {
		i, known := p.index[g.Action]
		if !known {
			return fault.Input("unknown_action", "action", string(g.Action), fmt.Sprintf("role %s grants an action that no package declares", role.Name))
		}
		if len(g.When) == 0 || slices.ContainsFunc(g.When, func(f Facts) bool { return f >= factEnd }) {
			return fault.Input("bad_condition", "condition", string(g.Action), fmt.Sprintf("role %s grants it under a condition that never holds or has unknown facts", role.Name))
		}
		cr.terms[i] = simplify(append(cr.terms[i], g.When...))
		cr.tables[i] = Condition(cr.terms[i]).compile()
	}
	return nil
}

// Actions returns every action of the policy, in the order of declaration.
func (p *Policy) Actions() []ActionSpec { return slices.Clone(p.actions) }

// HasRole reports whether the policy knows a role of that name.
func (p *Policy) HasRole(name string) bool { return p.roles[name] != nil }
