package storagetest

import (
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/timesheet"
)

// The kind of the tests of View.Where: an invoice, of a host that keeps them in a
// table of its own.
const (
	kindInvoice   access.Kind   = "invoice"
	viewInvoice   access.Action = "invoice.view"
	editInvoice   access.Action = "invoice.edit"
	removeInvoice access.Action = "invoice.remove"

	// nameProject shows every project to whoever decides on an invoice, so that
	// one on a project that she does not see is decided on too.
	nameProject access.Action = "project.name"
)

// namer is the role that may do that.
const namer = "namer"

// The facts that only the host knows.
const (
	sent = access.Extra1
	late = access.Extra2
)

// invoices has every fact and its opposite in some condition, what depends on a
// setting of the site, and an action that a state denies.
func invoices() access.Catalogue {
	always, actions := access.Unconditionally(), []access.Action{viewInvoice, editInvoice, removeInvoice}
	limited := func(value string, when access.Condition, actions ...access.Action) []access.Grant {
		return access.Where(access.Allow(when, actions...), access.Setting{Key: timesheet.LimitPublicData, Value: value})
	}
	grants := func(parts ...[]access.Grant) []access.Grant { return slices.Concat(parts...) }
	return access.Catalogue{
		Kinds: []access.KindSpec{{
			Name: kindInvoice, Doc: "an invoice", Extra: []string{"sent", "late"},
			Facts: access.Own | access.Loose | access.Member | access.Manager | access.Public | access.Shared,
		}},
		Actions: []access.ActionSpec{
			{Name: viewInvoice, Kind: kindInvoice, Verb: access.Read, Doc: "see an invoice"},
			{Name: editInvoice, Kind: kindInvoice, Verb: access.Change, Doc: "change an invoice"},
			{Name: removeInvoice, Kind: kindInvoice, Verb: access.Remove, Doc: "remove an invoice"},
			{Name: nameProject, Kind: timesheet.KindProject, Verb: access.Read, Doc: "name a project"},
		},
		Roles: []access.Role{
			{Name: namer, Doc: "names every project", Grants: access.Allow(always, nameProject)},
			{Name: access.DomainAdmin, Grants: access.Allow(always, append(actions, nameProject)...)},
			{Name: access.SiteAdmin, Grants: access.Allow(always, actions...)},
			{Name: access.MemberRole, Grants: grants(
				access.Allow(access.When(access.Own, access.Manager, access.Member|access.Shared, late), viewInvoice),
				limited(timesheet.Off, access.When(access.Public).But(access.Own|sent), viewInvoice),
				limited(timesheet.Off, access.When(access.Loose).But(sent), editInvoice),
				limited(timesheet.On, access.When(access.Loose|sent), removeInvoice),
				access.Allow(access.When(access.Own).But(sent), editInvoice),
				access.Allow(access.When(access.Loose, access.Member).But(access.Manager|late), removeInvoice))},
			{Name: access.Timekeeper, Grants: access.Allow(always.But(access.Own|access.Loose), actions...)},
			{Name: access.Reporter, Grants: access.Allow(always.But(access.Shared), viewInvoice)},
			{Name: access.Approver, Grants: access.Allow(access.When(sent|late).But(access.Public), viewInvoice, removeInvoice)},
			{Name: access.Guest, Grants: access.Allow(access.When(access.Member, access.Bound|sent), viewInvoice)},
			{Name: access.ProjectMember, Grants: access.Allow(access.When(access.Bound|access.Own, access.Bound|access.Shared), viewInvoice, editInvoice)},
		},
		Denials: []access.Denial{{State: access.Archived, Reason: "archived", Rule: "it is archived", Actions: []access.Action{editInvoice}}},
	}
}
