package main

import (
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/timesheet"
)

// The kind, its actions, and the role that the program adds. Names are stable:
// they are stored in roles and in the log.
const (
	KindExpense access.Kind = "expense"

	ViewExpense   access.Action = "expense.view"
	AddExpense    access.Action = "expense.add"
	EditExpense   access.Action = "expense.edit"
	SettleExpense access.Action = "expense.settle"

	Bookkeeper = "bookkeeper"
)

// Settled is the fact that only the program knows: the money has been paid
// back. It is the first that the kind names in Extra.
const Settled = access.Extra1

// catalogue is what the program adds to the rules. Grants to a built-in role add
// to those that it has.
func catalogue() access.Catalogue {
	always, own := access.Unconditionally(), access.When(access.Own)
	sees := access.Allow(always, ViewExpense)
	settles := access.Allow(always.But(access.Own), SettleExpense)
	admin := slices.Concat(sees, settles, access.Allow(always, AddExpense), access.Allow(always.But(Settled), EditExpense))
	member := slices.Concat(access.Allow(access.When(access.Own, access.Manager), ViewExpense),
		access.Allow(own, AddExpense), access.Allow(own.But(Settled), EditExpense))
	return access.Catalogue{
		Kinds: []access.KindSpec{{
			Name: KindExpense, Doc: "money that somebody spent, on a project or without",
			Facts: access.Own | access.Member | access.Manager,
			Extra: []string{"settled"},
			// Who manages a project is in its team.
			Impossible: []access.Term{{All: access.Manager, None: access.Member}},
		}},
		Actions: []access.ActionSpec{
			{Name: ViewExpense, Kind: KindExpense, Verb: access.Read, Doc: "see an expense"},
			{Name: AddExpense, Kind: KindExpense, Verb: access.Create, Doc: "add an expense"},
			{Name: EditExpense, Kind: KindExpense, Verb: access.Change, Doc: "change an expense"},
			// Nobody turns "settled" without this action, whatever else allows a
			// change; and whoever is refused it is in the log.
			{Name: SettleExpense, Kind: KindExpense, Verb: access.Change, Guards: Settled, Privileged: true, Doc: "pay an expense back"},
		},
		Roles: []access.Role{
			{Name: access.DomainAdmin, Grants: admin},
			{Name: access.SiteAdmin, Grants: admin},
			{Name: access.DomainAuditor, Grants: sees},
			{Name: access.MemberRole, Grants: member},
			// It sees projects too, to say which one an expense is on.
			{Name: Bookkeeper, Doc: "sees all expenses and pays them back", Grants: slices.Concat(sees, settles, access.Allow(always, timesheet.ViewProject))},
		},
		Claims: []access.Claim{
			access.Always("everybody sees her own expenses", ViewExpense, access.Own, 0, access.MemberRole),
			access.Never("colleagues' expenses are for those who manage the project", ViewExpense, 0, access.Own|access.Manager, access.MemberRole),
			access.Never("what is settled is not changed any more", EditExpense, Settled, 0),
			access.Never("nobody pays herself back", SettleExpense, access.Own, 0),
		},
	}
}
