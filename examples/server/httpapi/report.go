package httpapi

import (
	"bytes"
	"context"
	"errors"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/exchange"
	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// ReportQuery is the part of an input that says what to report.
type ReportQuery struct {
	By   []report.Dimension `query:"by" doc:"What to group by, in order: site, client, project, task, activity, person, billable, day, week, month" example:"project,day"`
	From string             `query:"from" doc:"First day, as 2021-04-05; absent: without bound"`
	To   string             `query:"to" doc:"Last day, included"`
}

type reportInput struct {
	caller
	ReportQuery
	Amounts bool `query:"amounts" doc:"With the amounts that imports kept of these entries"`
}

type csvInput struct {
	caller
	ReportQuery
}

type reportOutput struct{ Body Report }

type csvOutput struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// Report is the answer of /api/report.
type Report struct {
	By    []report.Dimension `json:"by"`
	From  zone.Day           `json:"from,omitzero"`
	To    zone.Day           `json:"to,omitzero"`
	Rows  []ReportRow        `json:"rows"`
	Total ReportSum          `json:"total"`

	Amounts *ReportAmounts `json:"amounts,omitempty" doc:"If they were asked for"`
}

// ReportAmounts is what imports kept of money with the entries of a report.
type ReportAmounts struct {
	Sums     []AmountSum `json:"sums" doc:"By currency"`
	Partial  bool        `json:"partial" doc:"The sums cover fewer entries than there are, for you may not see every amount"`
	Withheld int64       `json:"withheld" doc:"How many entries with an amount are left out"`
}

// AmountSum is a sum in one currency.
type AmountSum struct {
	Amount
	Entries int64 `json:"entries" doc:"How many entries it is of"`
}

// ReportRow is one group.
type ReportRow struct {
	Keys []ReportKey `json:"keys" doc:"In the order of by"`
	ReportSum
}

// ReportKey is the value of one dimension; empty for time without it.
type ReportKey struct {
	ID       tenancy.ID[any] `json:"id,omitzero"`
	Name     string          `json:"name,omitempty"`
	Day      zone.Day        `json:"day,omitzero" doc:"The day, or the first one of the week or month"`
	Billable *bool           `json:"billable,omitempty"`
}

// ReportSum is how much time a group has.
type ReportSum struct {
	Seconds  int64 `json:"seconds"`
	Billable int64 `json:"billable_seconds"`
}

func (a *api) report(ctx context.Context, in *reportInput) (*reportOutput, error) {
	var money *ReportAmounts
	r, err := a.run(ctx, in.caller, in.ReportQuery, func(ctx context.Context, v storage.View, q report.Query) error {
		if !in.Amounts {
			return nil
		}
		sums, err := report.AmountsOf(ctx, v, q)
		money = newAmounts(sums)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &reportOutput{NewReport(r)}
	out.Body.Amounts = money
	return out, nil
}

func newAmounts(all report.Amounts) *ReportAmounts {
	out := &ReportAmounts{make([]AmountSum, len(all.Sums)), all.Partial(), all.Withheld}
	for i, sum := range all.Sums {
		out.Sums[i] = AmountSum{Amount{sum.Currency, sum.Minor}, sum.Entries}
	}
	return out
}

func (a *api) reportCSV(ctx context.Context, in *csvInput) (*csvOutput, error) {
	r, err := a.run(ctx, in.caller, in.ReportQuery, func(context.Context, storage.View, report.Query) error { return nil })
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := exchange.WriteCSV(&b, r); err != nil {
		return nil, err
	}
	return &csvOutput{"text/csv; charset=utf-8", `attachment; filename="report.csv"`, b.Bytes()}, nil
}

// run answers a report, and more in the same snapshot.
func (a *api) run(ctx context.Context, c caller, in ReportQuery, more func(context.Context, storage.View, report.Query) error) (r report.Report, err error) {
	q := report.Query{By: in.By}
	if err := parseDay(&q.From, "from", in.From); err != nil {
		return r, err
	}
	if err := parseDay(&q.To, "to", in.To); err != nil {
		return r, err
	}
	err = a.view(ctx, c, func(ctx context.Context, v storage.View) error {
		var err error
		if r, err = report.Run(ctx, v, q); err != nil {
			return err
		}
		return more(ctx, v, q)
	})
	return r, err
}

// NewReport returns a report as JSON has it.
func NewReport(r report.Report) Report {
	sum := func(row report.Row) ReportSum { return ReportSum{row.Seconds, row.Billable} }
	out := Report{By: append([]report.Dimension{}, r.Query.By...), From: r.Query.From, To: r.Query.To, Rows: make([]ReportRow, len(r.Rows)), Total: sum(r.Total)}
	for i, row := range r.Rows {
		keys := make([]ReportKey, len(row.Keys))
		for j, k := range row.Keys {
			keys[j] = ReportKey{ID: k.ID, Name: k.Name, Day: k.Day}
			if r.Query.By[j] == report.Billable {
				keys[j].Billable = &k.Billable
			}
		}
		out.Rows[i] = ReportRow{keys, sum(row)}
	}
	return out
}

// parseDay reads the day of a parameter that may be missing.
func parseDay(d *zone.Day, field, text string) error {
	err := d.UnmarshalText([]byte(text))
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.On(field, text)
	}
	return err
}
