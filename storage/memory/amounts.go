package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// Amounts sums the imported amounts of the entries that the filter shows, as
// far as the actor sees them.
func (v *view) Amounts(ctx context.Context, see access.Filter, q report.Query) (report.Amounts, error) {
	var all report.Amounts
	plan, err := v.plan(ctx, see, timesheet.KindEntry)
	if err != nil {
		return all, err
	}
	if err := q.Validate(); err != nil {
		return all, err
	}
	sums := map[string]report.Amount{}
	for e := range v.visible(plan) {
		if e.External.Currency == "" || len(v.counted(e, q)) == 0 {
			continue
		}
		shown := v.own(e).External
		if shown.Withheld {
			all.Withheld++
			continue
		}
		sum := sums[shown.Currency]
		sums[shown.Currency] = report.Amount{Currency: shown.Currency, Minor: sum.Minor + shown.Amount, Entries: sum.Entries + 1}
	}
	for _, sum := range sums {
		all.Sums = append(all.Sums, sum)
	}
	slices.SortFunc(all.Sums, func(a, b report.Amount) int { return cmp.Compare(a.Currency, b.Currency) })
	return all, nil
}
