package bunstore

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// Amounts implements report.Source: one sum over the entries, in which those
// whose amount the actor does not see fall into a group of their own.
func (h *handle) Amounts(ctx context.Context, see access.Filter, q report.Query) (report.Amounts, error) {
	var out report.Amounts
	plan, err := h.session.Plan(see, timesheet.KindEntry)
	if err != nil {
		return out, err
	}
	cols := joined(h.db.kinds.Entries.Kind)
	where := []condition{{"t.domain_id = ?", []any{h.domain}}, h.inScope(cols), {sql: "t.external_currency is not null"}}
	if len(q.Projects) > 0 {
		where = append(where, among(h.db.d, "t.project_id", q.Projects))
	}
	if len(q.Persons) > 0 {
		where = append(where, among(h.db.d, "t.membership_id", q.Persons))
	}
	days := condition{sql: "exists (select 1 from stint_slices s where s.domain_id = t.domain_id and s.entry_id = t.id"}
	if !q.From.IsZero() {
		days.sql, days.args = days.sql+" and s.day >= ?", append(days.args, q.From)
	}
	if !q.To.IsZero() {
		days.sql, days.args = days.sql+" and s.day <= ?", append(days.args, q.To)
	}
	days.sql += ")"
	where = append(where, days)
	if !plan.Everything() {
		where = append(where, h.shown(plan, cols, tenancy.MembershipID{}))
	}
	currency := condition{sql: "t.external_currency"}
	for _, field := range h.session.Withholds(timesheet.KindEntry) {
		if field.Field == amountField {
			may := h.shown(field.Plan, cols, tenancy.MembershipID{})
			currency = condition{"case when " + may.sql + " then t.external_currency end", may.args}
		}
	}
	all := allOf(where...)
	err = h.run(ctx, Call{
		SQL: "select a.currency, cast(sum(a.amount) as bigint), count(*) from (select " + currency.sql + " as currency, t.external_amount as amount from stint_entries t where " + all.sql +
			") a group by a.currency order by a.currency",
		Args: append(currency.args, all.args...),
		Each: func(scan Scan) error {
			var a report.Amount
			err := scan(&a.Currency, &a.Minor, &a.Entries)
			if a.Currency == "" {
				out.Withheld = a.Entries
			} else {
				out.Sums = append(out.Sums, a)
			}
			return err
		},
	})
	if err != nil {
		return report.Amounts{}, err
	}
	return out, nil
}
