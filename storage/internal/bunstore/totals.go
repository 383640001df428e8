package bunstore

import (
	"context"
	"strings"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// dimension says how a report groups by a column of the slices, and where its
// names are.
type dimension struct {
	column string // of the slices s, or of their projects p
	table  string // whose rows have the name; empty: none
}

func dimensionOf(d report.Dimension) (dimension, bool) {
	switch d {
	case report.Site:
		return dimension{"s.site_id", "stint_sites"}, true
	case report.Client:
		return dimension{"p.client_id", "stint_clients"}, true
	case report.Project:
		return dimension{"s.project_id", "stint_projects"}, true
	case report.Task:
		return dimension{"s.task_id", "stint_tasks"}, true
	case report.Activity:
		return dimension{"s.activity_id", "stint_activities"}, true
	case report.Person:
		return dimension{"s.membership_id", "stint_memberships"}, true
	case report.Billable:
		return dimension{"s.billable", ""}, true
	case report.Day:
		return dimension{"s.day", ""}, true
	}
	return dimension{}, false
}

// slicePlaces places slices s, whose kind for the policy is the entry.
var slicePlaces = columns{
	of: "s", site: "s.site_id", client: "p.client_id", project: "s.project_id", person: "s.membership_id",
	public: "p.public", shared: "p.shared", archived: "p.archived_at", team: "m.id", manager: "m.manager",
}

// Totals implements report.Source: the slices are gathered and summed first, and
// names are looked up for the sums.
func (h *handle) Totals(ctx context.Context, see access.Filter, q report.Query) ([]report.Row, error) {
	plan, err := h.session.Plan(see, timesheet.KindEntry)
	if err != nil {
		return nil, err
	}
	var keys, groups, names, nameJoins []string
	withClient := false
	for i, by := range q.By {
		d, ok := dimensionOf(by)
		if !ok {
			return nil, fault.Input("bad_dimension", "by", string(by), "is not one that totals are grouped by")
		}
		key := "k" + itoa(i)
		keys = append(keys, d.column+" as "+key)
		groups = append(groups, d.column)
		withClient = withClient || by == report.Client
		if d.table != "" {
			names = append(names, "a."+key+", n"+itoa(i)+".name")
			nameJoins = append(nameJoins, " left join "+d.table+" n"+itoa(i)+" on n"+itoa(i)+".domain_id = ? and n"+itoa(i)+".id = a."+key)
		} else {
			names = append(names, "a."+key)
		}
	}
	from, args := h.gather(plan, q, withClient)
	sums := append(keys, "cast(sum(s.seconds) as bigint) as seconds", "cast(sum(case when s.billable then s.seconds else 0 end) as bigint) as billable")
	text := "select " + strings.Join(sums, ", ") + from
	if len(groups) > 0 {
		text += " group by " + strings.Join(groups, ", ")
	}
	text = "select " + strings.Join(append(names, "a.seconds", "a.billable"), ", ") + " from (" + text + ") a" + strings.Join(nameJoins, "")
	for range nameJoins {
		args = append(args, h.domain)
	}
	var out []report.Row
	var calls []Call
	if h.db.d.Anew != "" {
		// How many days and people it covers decides how to sum: unlike a page,
		// a report is worth a plan of its own.
		calls = append(calls, Call{SQL: h.db.d.Anew})
	}
	err = h.run(ctx, append(calls, Call{SQL: text, Args: args, Each: func(scan Scan) error {
		row := report.Row{Keys: make([]report.Key, len(q.By))}
		dest := make([]any, 0, 2*len(q.By)+2)
		for i, by := range q.By {
			key := &row.Keys[i]
			switch by {
			case report.Day:
				dest = append(dest, &key.Day)
			case report.Billable:
				dest = append(dest, &key.Billable)
			default:
				dest = append(dest, &key.ID, &key.Name)
			}
		}
		err := scan(append(dest, &row.Seconds, &row.Billable)...)
		out = append(out, row)
		return err
	}})...)
	if err != nil {
		return nil, err
	}
	if len(q.By) == 0 && len(out) == 1 && out[0].Seconds == 0 {
		return nil, nil // the sum over nothing is one row of NULLs
	}
	return out, nil
}

// gather returns " from … where …" over the slices s that the plan shows, with
// their projects p if asked for or needed. When a plan is her own time or that
// of some projects, the two are gathered apart, each through its index, and put
// together without overlap: an OR of both would read everybody's.
func (h *handle) gather(plan access.Plan, q report.Query, withProject bool) (string, []any) {
	base := []condition{{"s.domain_id = ?", []any{h.domain}}, h.inScope(slicePlaces)}
	if !q.From.IsZero() {
		base = append(base, condition{"s.day >= ?", []any{q.From}})
	}
	if !q.To.IsZero() {
		base = append(base, condition{"s.day <= ?", []any{q.To}})
	}
	if len(q.Projects) > 0 {
		base = append(base, among(h.db.d, "s.project_id", q.Projects))
	}
	if len(q.Persons) > 0 {
		base = append(base, among(h.db.d, "s.membership_id", q.Persons))
	}
	const project = " left join stint_projects p on p.domain_id = s.domain_id and p.id = s.project_id"
	const team = " left join stint_teams m on m.domain_id = s.domain_id and m.project_id = s.project_id and m.membership_id = ?"
	all := allOf(base...)
	if plan.Everything() {
		if withProject {
			return " from stint_slices s" + project + " where " + all.sql, all.args
		}
		return " from stint_slices s where " + all.sql, all.args
	}
	own, rest, apart := split(plan)
	if !apart {
		shown := allOf(append(base, slicePlaces.print(h.db.d, plan, h.me()))...)
		return " from stint_slices s" + project + team + " where " + shown.sql, append([]any{h.me()}, shown.args...)
	}
	some := h.wholeProjects(rest)
	projects := "select p.id from stint_projects p left join stint_teams m on m.domain_id = p.domain_id and m.project_id = p.id and m.membership_id = ?" +
		" where p.domain_id = ? and " + some.sql
	columns := needed(q)
	text := "select " + columns + " from stint_slices s where " + all.sql + " and s.project_id " + strings.ReplaceAll(h.db.d.InArray, "%s", projects)
	args := append(append([]any{}, all.args...), append([]any{h.me(), h.domain}, some.args...)...)
	if own {
		text += " and s.membership_id <> ? union all select " + columns + " from stint_slices s where " + all.sql + " and s.membership_id = ?"
		args = append(append(append(args, h.me()), all.args...), h.me())
	}
	text = " from (" + text + ") s"
	if withProject {
		text += project
	}
	return text, args
}

// needed returns the columns of the slices that a query is answered from. Not
// one more: an index may hold just these.
func needed(q report.Query) string {
	columns := "s.domain_id, s.project_id, s.seconds, s.billable"
	for _, by := range q.By {
		if d, _ := dimensionOf(by); strings.HasPrefix(d.column, "s.") && !strings.Contains(columns, d.column) {
			columns += ", " + d.column
		}
	}
	return columns
}
