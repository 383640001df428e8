package storagetest

import "github.com/seed-5be203e9/stint/access"

// The kind of a host program's own that the policy of every World declares: a
// store holds no rows of it, decides on it and keeps its log.
const (
	kindExpense access.Kind   = "expense"
	viewExpense access.Action = "expense.view"
	addExpense  access.Action = "expense.add"
	editExpense access.Action = "expense.edit"

	// paid is the fact that the host knows of an expense, and the store cannot.
	paid = access.Extra1
)

// expenses is what the host contributes: people see and add their own, and
// change it until it is paid; managers see those on their projects, and
// administrators do everything.
func expenses() access.Catalogue {
	const onProject = access.Member | access.Manager | access.Public | access.Shared
	always := access.Unconditionally()
	return access.Catalogue{
		Kinds: []access.KindSpec{{
			Name: kindExpense, Doc: "money that somebody spent", Facts: access.Own | access.Loose | onProject, Extra: []string{"paid"},
		}},
		Actions: []access.ActionSpec{
			{Name: viewExpense, Kind: kindExpense, Verb: access.Read, Doc: "see an expense"},
			{Name: addExpense, Kind: kindExpense, Verb: access.Create, Doc: "add an expense"},
			{Name: editExpense, Kind: kindExpense, Verb: access.Change, Doc: "change an expense"},
		},
		Roles: []access.Role{
			{Name: access.DomainAdmin, Grants: access.Allow(always, viewExpense, addExpense, editExpense)},
			{Name: access.SiteAdmin, Grants: access.Allow(always, viewExpense, addExpense, editExpense)},
			{Name: access.MemberRole, Grants: append(
				access.Allow(access.When(access.Own, access.Manager), viewExpense),
				append(access.Allow(access.When(access.Own), addExpense), access.Allow(access.When(access.Own).But(paid), editExpense)...)...)},
		},
	}
}
