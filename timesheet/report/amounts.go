package report

import (
	"context"

	"github.com/seed-5be203e9/stint/timesheet"
)

// Amounts is what imports kept of money with the entries of a report. Each
// amount is counted by who may see it, under entry.amount.view; the others are
// told of and left out.
type Amounts struct {
	Sums     []Amount // by currency, in their order
	Withheld int64    // entries with an amount that the reader may not see
}

// Partial reports whether the sums cover fewer entries than there are.
func (a Amounts) Partial() bool { return a.Withheld > 0 }

// Amount is a sum in one currency.
type Amount struct {
	Currency string // ISO 4217
	Minor    int64  // in minor units of the currency
	Entries  int64  // how many entries it is of
}

// AmountsOf sums the imported amounts of the entries that have time in what a
// query asks for; By is not read. An entry is counted whole, also if
// only some of its days are asked for.
func AmountsOf(ctx context.Context, s Source, q Query) (Amounts, error) {
	if err := q.Validate(); err != nil {
		return Amounts{}, err
	}
	if q.asksNothing() {
		return Amounts{}, nil
	}
	q.By = nil
	return s.Amounts(ctx, s.Who().Sees(timesheet.ViewReport), q)
}

// asksNothing reports whether a list of the query came out empty, which asks for
// nothing and not for everything.
func (q Query) asksNothing() bool {
	return q.Projects != nil && len(q.Projects) == 0 || q.Persons != nil && len(q.Persons) == 0
}
