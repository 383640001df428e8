package access_test

import (
	"fmt"
	"slices"

	"github.com/seed-5be203e9/stint/access"
)

// mutant is the built-in policy with one thing wrong with it.
type mutant struct {
	name         string
	role, action string // whose; empty: everybody's
	wrong        func(all []access.Catalogue)
}

func (m mutant) catalogues() []access.Catalogue {
	all := catalogues()
	m.wrong(all)
	return all
}

// mutants returns the policies in which a term or a setting is left out, a fact
// is put into a term or left out of it, a setting is turned, or a role has an
// action on top.
func mutants() (all []mutant) {
	kinds, of := map[access.Kind]access.KindSpec{}, map[access.Action]access.Kind{}
	for _, c := range catalogues() {
		for _, k := range c.Kinds {
			kinds[k.Name] = k
		}
		for _, a := range c.Actions {
			of[a.Name] = a.Kind
		}
	}
	for c, catalogue := range catalogues() {
		for r, role := range catalogue.Roles {
			put := func(action access.Action, how string, change func(*access.Role)) {
				all = append(all, mutant{fmt.Sprintf("%s: %s %s", role.Name, action, how), role.Name, string(action), func(all []access.Catalogue) {
					roles := slices.Clone(all[c].Roles)
					roles[r].Grants = slices.Clone(roles[r].Grants)
					change(&roles[r])
					all[c].Roles = roles
				}})
			}
			for g, grant := range role.Grants {
				for i, term := range grant.When {
					with := func(how string, to ...access.Term) {
						put(grant.Action, term.String()+" "+how, func(r *access.Role) {
							if r.Grants[g].When = slices.Replace(slices.Clone(grant.When), i, i+1, to...); len(r.Grants[g].When) == 0 {
								r.Grants = slices.Delete(r.Grants, g, g+1)
							}
						})
					}
					with("is forgotten")
					for fact := range each(kinds[of[grant.Action]].Facts | access.Bound) {
						switch {
						case term.All.Has(fact):
							with("does not need "+fact.String(), access.Term{All: term.All &^ fact, None: term.None})
							with("must not be "+fact.String(), access.Term{All: term.All &^ fact, None: term.None | fact})
						case term.None.Has(fact):
							with("may be "+fact.String(), access.Term{All: term.All, None: term.None &^ fact})
							with("must be "+fact.String(), access.Term{All: term.All | fact, None: term.None &^ fact})
						default:
							with("needs "+fact.String()+" too", access.Term{All: term.All | fact, None: term.None})
							with("must not be "+fact.String(), access.Term{All: term.All, None: term.None | fact})
						}
					}
				}
				for i, is := range grant.If {
					put(grant.Action, grant.When.String()+" forgets "+is.Key, func(r *access.Role) { r.Grants[g].If = slices.Delete(slices.Clone(grant.If), i, i+1) })
					put(grant.Action, grant.When.String()+" turns "+is.Key, func(r *access.Role) {
						r.Grants[g].If = slices.Clone(grant.If)
						r.Grants[g].If[i].Value = opposite[is.Value]
					})
				}
			}
			for _, spec := range catalogue.Actions {
				unconditionally := func(g access.Grant) bool {
					return g.Action == spec.Name && len(g.If) == 0 && slices.Contains(g.When, access.Term{})
				}
				if !slices.ContainsFunc(role.Grants, unconditionally) {
					put(spec.Name, "on top", func(r *access.Role) {
						r.Grants = append(r.Grants, access.Grant{Action: spec.Name, When: access.Unconditionally()})
					})
				}
			}
		}
	}
	return all
}

// each yields the facts of a set one by one.
func each(of access.Facts) func(func(access.Facts) bool) {
	return func(yield func(access.Facts) bool) {
		for rest := of; rest != 0 && yield(rest&-rest); rest &= rest - 1 {
		}
	}
}

// carelessness returns the policies in which something else is forgotten: a
// denial, or what is said of an action.
func carelessness() (all []mutant) {
	for c, catalogue := range catalogues() {
		for d, denial := range catalogue.Denials {
			for i, action := range denial.Actions {
				all = append(all, mutant{name: denial.Reason + " forgets " + string(action), action: string(action), wrong: func(all []access.Catalogue) {
					all[c].Denials[d].Actions = slices.Delete(slices.Clone(denial.Actions), i, i+1)
				}})
			}
		}
		for a, spec := range catalogue.Actions {
			forget := func(what string, is bool, change func(*access.ActionSpec)) {
				if is {
					all = append(all, mutant{name: string(spec.Name) + " forgets " + what, action: string(spec.Name), wrong: func(all []access.Catalogue) { change(&all[c].Actions[a]) }})
				}
			}
			forget("that it is privileged", spec.Privileged, func(a *access.ActionSpec) { a.Privileged = false })
			forget("its guard", spec.Guards != 0, func(a *access.ActionSpec) { a.Guards = 0 })
			forget("its field", spec.Field != "", func(a *access.ActionSpec) { a.Field = "" })
			forget("its module", spec.Module != "", func(a *access.ActionSpec) { a.Module = "" })
		}
		for s, is := range catalogue.Switches {
			all = append(all, mutant{name: is.Key + " is turned at first", wrong: func(all []access.Catalogue) {
				all[c].Switches[s].Values = []string{is.Values[1], is.Values[0]}
			}})
		}
	}
	return all
}
