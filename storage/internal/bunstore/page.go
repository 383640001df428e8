package bunstore

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// Entries implements timesheet.Reader. It walks the index of the narrowest
// condition, newest first, and tests each row against the filter until the page
// is full.
func (h *handle) Entries(ctx context.Context, see access.Filter, q timesheet.EntryQuery) (access.Page[timesheet.Entry], error) {
	var page access.Page[timesheet.Entry]
	k := h.db.kinds.Entries.Kind
	plan, err := h.session.Plan(see, k.Name)
	if err != nil {
		return page, err
	}
	limit, err := pageLimit(q.Limit)
	if err != nil {
		return page, err
	}
	cols := joined(k)
	site := h.inScope(cols)
	if site.sql != "" && (!q.Person.IsZero() || !q.Project.IsZero()) {
		site.sql = h.db.d.Unindexed + site.sql // the index of the person or project is the narrower
	}
	where := []condition{{"t.domain_id = ?", []any{h.domain}}, site}
	if !q.Person.IsZero() {
		where = append(where, equals(cols.person, q.Person))
	}
	if !q.Project.IsZero() {
		where = append(where, equals(cols.project, q.Project))
	}
	if q.Overlaps {
		where = append(where, condition{sql: "t.overlapping"})
	}
	if !q.From.IsZero() {
		where = append(where, condition{"t.started_at >= ?", []any{within(q.From)}})
	}
	if !q.To.IsZero() {
		where = append(where, condition{"t.started_at < ?", []any{within(q.To)}})
	}
	if q.After != "" {
		at, id, err := entryCursor(q.After)
		if err != nil {
			return page, err
		}
		where = append(where, condition{"(t.started_at, t.id) < (?, ?)", []any{at, id}})
	}
	if !plan.Everything() {
		where = append(where, h.shown(plan, cols, q.Person))
	}
	all := allOf(where...)
	r := h.entryRow(false)
	amount := h.amountShown(cols, q.Person)
	shown := true
	if amount.sql != "" {
		r.dest = append(r.dest, &shown)
	}
	err = h.run(ctx, Call{
		SQL:  "select " + h.db.entryText + amount.sql + " from stint_entries t where " + all.sql + " order by t.started_at desc, t.id desc limit ?",
		Args: append(append(amount.args, all.args...), limit+1),
		Each: func(scan Scan) error {
			if err := scan(r.dest...); err != nil {
				return err
			}
			e, err := r.get()
			if len(page.Rows) == limit {
				last := page.Rows[limit-1]
				page.Next = cursorOf(last.Start, last.ID)
				return err
			}
			if !shown {
				blank(h.db.kinds.Entries, amountField, &e)
			}
			page.Rows = append(page.Rows, e)
			return err
		},
	})
	if err != nil {
		return access.Page[timesheet.Entry]{}, err
	}
	return page, nil
}

// within brings an instant that no database knows to the nearest that all do;
// nothing starts beyond either.
func within(t time.Time) time.Time {
	first, last := time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case t.Before(first):
		return first
	case t.After(last):
		return last
	}
	return t
}

// cursorOf says after which entry the next page begins.
func cursorOf(start time.Time, id timesheet.EntryID) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(start.UnixMicro()))
	return hex.EncodeToString(append(b, id[:]...))
}

func entryCursor(s string) (at time.Time, id timesheet.EntryID, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 24 {
		return at, id, fault.Input("bad_cursor", "after", s, "must be the next of a page of the same list")
	}
	copy(id[:], b[8:])
	return time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC(), id, nil
}

// shown is the condition under which the plan shows a row: her own time, or a
// project for which a term holds. Asking for the project only of the rows that
// are not her own, one by one, costs half of joining it to all.
func (h *handle) shown(plan access.Plan, cols columns, person tenancy.MembershipID) condition {
	own, projects, apart := split(plan)
	if apart && own && !person.IsZero() && person == tenancy.MembershipID(h.me()) {
		return condition{}
	}
	if !apart {
		// An entry without a project has to be found as well: hence a row that
		// is always there to join to.
		c := cols.print(h.db.d, plan, h.me())
		return condition{"exists (select 1 from (select 1) x left join stint_projects p on p.domain_id = t.domain_id and p.id = t.project_id" +
			" left join stint_teams m on m.domain_id = t.domain_id and m.project_id = t.project_id and m.membership_id = ? where " + c.sql + ")", append([]any{h.me()}, c.args...)}
	}
	some := h.wholeProjects(projects)
	seen := condition{"exists (select 1 from stint_projects p left join stint_teams m on m.domain_id = p.domain_id and m.project_id = p.id and m.membership_id = ?" +
		" where p.domain_id = t.domain_id and p.id = t.project_id and " + some.sql + ")", append([]any{h.me()}, some.args...)}
	if !own {
		return seen
	}
	return anyOf(equals(cols.person, h.me()), seen)
}

// amountField is the field of an entry that not everybody sees.
const amountField = "external_amount"

// amountShown returns one more column that says of which entries the amount is
// shown, or nothing if it is of all. It asks only where there is an amount.
func (h *handle) amountShown(cols columns, person tenancy.MembershipID) condition {
	for _, field := range h.session.Withholds(timesheet.KindEntry) {
		if field.Field == amountField {
			is := h.shown(field.Plan, cols, person)
			if is.sql == "" {
				return condition{}
			}
			return condition{", case when t.external_amount = 0 and t.external_currency is null then true else " + is.sql + " end", is.args}
		}
	}
	return condition{}
}
