package storagetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// ask compares, for one person with one credential, everything that the store
// answers with the oracle.
type ask struct {
	Person, Scope int
	ReadOnly      bool
	Only          []string // nil: everything
	AtSite        int      // of the credential; none: any
	Pick          int      // of what is only tried in part
}

func (a ask) take(*land) *change {
	return &change{outside: func(in *settlement) error {
		who := asker{a.Person % in.people, a.Scope, a.AtSite != none, a.ReadOnly, a.Only}
		as := a.principal(in, in.person(who.person))
		elsewhere := a.AtSite != none && who.site != none && who.site != a.AtSite
		if elsewhere || in.out[who.person] {
			err := in.w.DB.View(in.ctx, in.at(a.Scope), as, func(context.Context, storage.View) error { return nil })
			if !elsewhere && !errors.Is(err, fault.NoMember) || elsewhere && !errors.Is(err, fault.Denied) {
				return fmt.Errorf("person %d opens it, who is not let in, or with a credential for another site: %w", who.person, err)
			}
			return nil
		}
		if a.AtSite != none {
			who.site = a.AtSite
		}
		err := in.w.DB.View(in.ctx, in.at(a.Scope), as, func(ctx context.Context, v storage.View) error {
			for _, compare := range []func(context.Context, storage.View, asker, int) error{in.compareKinds, in.compareFields, in.compareReports} {
				if err := compare(ctx, v, who, a.Pick); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		return in.try(who, as, a.Pick)
	}}
}

func (a ask) principal(in *settlement, id tenancy.MembershipID) access.Principal {
	as := access.ByMember(id)
	if a.ReadOnly {
		as = as.ReadOnly()
	}
	if a.Only != nil {
		var actions []access.Action
		for _, name := range a.Only {
			actions = append(actions, access.Action(name))
		}
		as = as.Only(actions...)
	}
	if a.AtSite != none {
		as = as.AtSite(in.sites[a.AtSite])
	}
	return as
}

// compareKinds compares what is listed under each action, what can be got, and
// what May, AllowedActions and Explain say of it.
func (in *settlement) compareKinds(ctx context.Context, v storage.View, who asker, pick int) error {
	things := map[string][]thing{}
	for _, t := range in.things() {
		things[t.Kind] = append(things[t.Kind], t)
	}
	for _, r := range in.readers {
		if r.kind.Name == admin.KindEvent { // the log is a list of what was done, and says so elsewhere
			continue
		}
		all := things[string(r.kind.Name)]
		var actions []access.ActionSpec
		for _, spec := range in.w.Policy.Actions() {
			if spec.Kind == r.kind.Name {
				actions = append(actions, spec)
			}
		}
		for _, spec := range actions {
			if err := in.compareList(ctx, v, r, who, spec, all); err != nil {
				return err
			}
		}
		for i, t := range all {
			for _, action := range []access.Action{r.view, actions[(pick+i)%len(actions)].Name} {
				_, resource, err := r.get(ctx, v, v.Who().Sees(action), in.ids[t.key])
				want := in.may(who, string(action), t)
				if want != (err == nil) || !want && !errors.Is(err, fault.NotFound) {
					return fmt.Errorf("person %d gets %+v under %s: the oracle says %v, the store %w", who.person, t.key, action, want, err)
				}
				if err == nil {
					if err := in.compareRow(v.Who(), who, t, resource, actions); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// compareList compares a list under an action, as a whole.
func (in *settlement) compareList(ctx context.Context, v storage.View, r reader, who asker, spec access.ActionSpec, all []thing) error {
	if spec.Verb == access.Create {
		return nil
	}
	rows, err := r.under(ctx, v, spec.Name)
	if err != nil {
		return err
	}
	listed := map[key]bool{}
	for _, row := range rows {
		k, known := in.keys[row.id]
		if !known || listed[k] {
			return fmt.Errorf("person %d lists under %s what there is not, or twice: %+v", who.person, spec.Name, row.entity)
		}
		listed[k] = true
	}
	for _, t := range all {
		if want := in.may(who, string(spec.Name), t); want != listed[t.key] {
			return fmt.Errorf("person %d lists %+v under %s: the oracle says %v, the list %v", who.person, t.key, spec.Name, want, listed[t.key])
		}
		in.met.count(string(spec.Name), listed[t.key])
		delete(listed, t.key)
	}
	if len(listed) > 0 {
		return fmt.Errorf("person %d lists under %s what is gone: %+v", who.person, spec.Name, slices.Collect(maps.Keys(listed)))
	}
	return nil
}

// compareRow compares the answers about one row.
func (in *settlement) compareRow(actor access.Actor, who asker, t thing, r access.Resource, actions []access.ActionSpec) error {
	allowed, list := actor.AllowedActions(r), actor.Allowed(r)
	for _, spec := range actions {
		_, may := actor.May(spec.Name, r)
		why, err := actor.Explain(spec.Name, r)
		if err != nil {
			return err
		}
		want := in.may(who, string(spec.Name), t)
		answers := []bool{may == nil, allowed.Has(spec.Name), why.Allowed, slices.Contains(list, spec.Name) || spec.Verb == access.Create && want}
		if slices.Contains(answers, !want) || why.Reason != fault.ReasonOf(may) {
			return fmt.Errorf("person %d and %s of %+v: the oracle says %v; May, AllowedActions, Explain and Allowed %v (%v, %v)", who.person, spec.Name, t.key, want, answers, may, why)
		}
	}
	return nil
}

// compareFields compares what is shown of e-mail addresses and amounts.
func (in *settlement) compareFields(ctx context.Context, v storage.View, who asker, _ int) error {
	for _, t := range in.things() {
		if t.Kind != "membership" && t.Kind != "entry" {
			continue
		}
		r := in.readers[slices.IndexFunc(in.readers, func(r reader) bool { return string(r.kind.Name) == t.Kind })]
		if !in.may(who, string(r.view), t) {
			continue
		}
		got, _, err := r.get(ctx, v, v.Who().Sees(r.view), in.ids[t.key])
		if err != nil {
			return err
		}
		var shown, want any
		switch e := got.entity.(type) {
		case tenancy.Membership:
			sees := in.may(who, "membership.email.view", t)
			shown, want = [2]any{e.Email, e.EmailWithheld}, [2]any{"", true}
			if sees {
				want = [2]any{emailOf(t.N), false}
			}
		case timesheet.Entry:
			is := in.entries[t.N]
			sees := is.amount == 0 || in.may(who, "entry.amount.view", t)
			shown, want = [3]any{e.External.Amount, e.External.Currency, e.External.Withheld}, [3]any{int64(0), "", true}
			if sees {
				want = [3]any{is.amount, is.currency, false}
			}
		}
		if shown != want {
			return fmt.Errorf("person %d is shown of %+v: %v, and not %v", who.person, t.key, shown, want)
		}
	}
	return nil
}

// compareReports compares the sums of reports with those over what the oracle
// lets the person report on.
func (in *settlement) compareReports(ctx context.Context, v storage.View, who asker, _ int) error {
	byProject, byPerson, amounts := map[[16]byte]int64{}, map[[16]byte]int64{}, map[string]report.Amount{}
	withheld := int64(0)
	for _, t := range in.things() {
		if t.Kind != "entry" || !in.may(who, "report.view", t) {
			continue
		}
		e := in.entries[t.N]
		byProject[in.ids[key{Kind: "project", N: t.project}]] += e.seconds
		byPerson[in.person(t.person)] += e.seconds
		switch {
		case e.amount == 0:
		case in.may(who, "entry.amount.view", t):
			a := amounts[e.currency]
			amounts[e.currency] = report.Amount{Currency: e.currency, Minor: a.Minor + e.amount, Entries: a.Entries + 1}
		default:
			withheld++
		}
	}
	for by, want := range map[report.Dimension]map[[16]byte]int64{report.Project: byProject, report.Person: byPerson} {
		got, err := report.Run(ctx, v, report.Query{By: []report.Dimension{by}})
		if err != nil {
			return err
		}
		sums := map[[16]byte]int64{}
		for _, row := range got.Rows {
			sums[row.Keys[0].ID] = row.Seconds
		}
		if !maps.Equal(want, sums) {
			return fmt.Errorf("person %d reports by %s: %v, and not %v", who.person, by, sums, want)
		}
	}
	got, err := report.AmountsOf(ctx, v, report.Query{})
	if err != nil {
		return err
	}
	sums := map[string]report.Amount{}
	for _, a := range got.Sums {
		sums[a.Currency] = a
	}
	if !maps.Equal(amounts, sums) || got.Withheld != withheld {
		return fmt.Errorf("person %d sums amounts: %v without %d, and not %v without %d", who.person, sums, got.Withheld, amounts, withheld)
	}
	return nil
}
