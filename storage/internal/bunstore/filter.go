package bunstore

import (
	"strings"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/timesheet"
)

// condition is a piece of SQL with its arguments.
type condition struct {
	sql  string
	args []any
}

var never = condition{sql: "1 = 0"}

func allOf(parts ...condition) condition { return join(" and ", "1 = 1", parts) }
func anyOf(parts ...condition) condition { return join(" or ", "1 = 0", parts) }

func join(word, empty string, parts []condition) condition {
	var out condition
	var texts []string
	for _, p := range parts {
		if p.sql != "" {
			texts = append(texts, p.sql)
			out.args = append(out.args, p.args...)
		}
	}
	switch len(texts) {
	case 0:
		out.sql = empty
	case 1:
		out.sql = texts[0]
	default:
		out.sql = "(" + strings.Join(texts, word) + ")"
	}
	return out
}

// columns are the expressions that place a row in a statement. They are empty
// where the kind has none.
type columns struct {
	site, client, project, person string
	public, shared, archived      string // of the project
	closed                        string // when the row itself was archived
	team, manager                 string // of the actor's row in its team
}

// joined are the columns of a kind selected as t, with its project as p and the
// actor's row in the team as m; see joins.
func joined(k storage.Kind) columns {
	t := func(column string) string {
		if column == "" {
			return ""
		}
		return "t." + column
	}
	c := columns{site: t(k.Site), client: t(k.Client), project: t(k.Project), person: t(k.Person)}
	if k.Columns[len(k.Columns)-1] == "archived_at" {
		c.closed = "t.archived_at"
	}
	if k.Project != "" {
		c.public, c.shared, c.archived = "p.public", "p.shared", "p.archived_at"
		c.team, c.manager = "m.id", "m.manager"
		if k.Name == timesheet.KindProject {
			c.public, c.shared, c.archived = "t.public", "t.shared", "t.archived_at"
		}
		if c.site == "" {
			c.site = "p.site_id"
		}
		if c.client == "" {
			c.client = "p.client_id"
		}
	}
	return c
}

// joins returns the joins that joined speaks of; the argument is the actor.
func joins(k storage.Kind) string {
	if k.Project == "" {
		return ""
	}
	s := ""
	if k.Name != timesheet.KindProject {
		s = " left join stint_projects p on p.domain_id = t.domain_id and p.id = t." + k.Project
	}
	return s + " left join stint_teams m on m.domain_id = t.domain_id and m.project_id = t." + k.Project + " and m.membership_id = ?"
}

// print turns a plan into a condition over the columns.
func (c columns) print(plan access.Plan, me [16]byte) condition {
	var branches []condition
	for _, b := range plan.Branches {
		var terms []condition
		for _, t := range b.Terms {
			terms = append(terms, c.term(t, me))
		}
		branches = append(branches, allOf(c.at(b.Place), anyOf(terms...)))
	}
	shown := []condition{anyOf(branches...)}
	if plan.Not&access.Archived != 0 {
		for _, column := range []string{c.closed, c.archived} {
			if column != "" {
				shown = append(shown, condition{sql: column + " is null"})
			}
		}
	}
	return allOf(shown...)
}

func (c columns) at(p access.Place) condition {
	switch p.Kind {
	case access.Everywhere:
		return condition{}
	case access.AtSite:
		return equals(c.site, p.Site)
	case access.AtClient:
		return equals(c.client, p.Client)
	case access.AtProject:
		return equals(c.project, p.Project)
	}
	return never
}

// term is one conjunction of facts; a fact that the kind cannot have does not
// hold.
func (c columns) term(f access.Facts, me [16]byte) condition {
	parts := []condition{}
	add := func(fact access.Facts, column, sql string, args ...any) {
		switch {
		case !f.Has(fact):
		case column == "":
			parts = append(parts, never)
		default:
			parts = append(parts, condition{sql, args})
		}
	}
	if me == [16]byte{} && f.Has(access.Own) {
		return never
	}
	add(access.Own, c.person, c.person+" = ?", me)
	add(access.Member, c.team, c.team+" is not null")
	add(access.Manager, c.manager, c.manager)
	add(access.Public, c.public, c.public)
	add(access.Shared, c.shared, c.shared)
	add(access.Loose, c.project, c.project+" is null")
	return allOf(parts...)
}

func equals(column string, id any) condition {
	if column == "" {
		return never
	}
	return condition{column + " = ?", []any{id}}
}

// inScope fences a kind by the site that the scope is narrowed to. Kinds
// without a site are of the domain and there on every site.
func (h *handle) inScope(c columns) condition {
	if h.scope.Site().IsZero() || c.site == "" {
		return condition{}
	}
	return equals(c.site, h.scope.Site())
}

// place is where a row stands and what holds of it, as read with these columns.
type place struct {
	site, client, project, person [16]byte
	public, shared, manager       bool
	archived                      bool
	team                          [16]byte
}

// row returns what the policy needs to know.
func (p place) row(k storage.Kind, id [16]byte, version int64, me [16]byte) access.Row {
	r := access.Row{Kind: k.Name, ID: id, Version: version, Client: p.client, Project: p.project}
	r.Site, r.Person = p.site, p.person
	set := func(fact access.Facts, holds bool) {
		if holds {
			r.Facts |= fact
		}
	}
	none := [16]byte{}
	set(access.Own, p.person == me && me != none)
	set(access.Member, p.team != none)
	set(access.Manager, p.manager)
	set(access.Public, p.public)
	set(access.Shared, p.shared)
	set(access.Loose, k.Project != "" && p.project == none)
	if p.archived {
		r.State |= access.Archived
	}
	return r
}

// me is the person that acts, or none for the system.
func (h *handle) me() [16]byte { return h.session.Standing().Member }

// wholeProjects is the condition on projects p, with the actor's row in the team
// as m, under which their time is seen as a whole; see split.
func (h *handle) wholeProjects(terms []access.Facts) condition {
	c := columns{project: "p.id", public: "p.public", shared: "p.shared", team: "m.id", manager: "m.manager"}
	var parts []condition
	for _, t := range terms {
		parts = append(parts, c.term(t, h.me()))
	}
	return anyOf(parts...)
}

// split takes a plan apart into her own time and that of whole projects, if it
// is nothing else.
func split(plan access.Plan) (own bool, projects []access.Facts, ok bool) {
	if plan.Not != 0 || len(plan.Branches) != 1 || plan.Branches[0].Place.Kind != access.Everywhere {
		return false, nil, false
	}
	for _, t := range plan.Branches[0].Terms {
		switch {
		case t == access.Own:
			own = true
		case t.Has(access.Own) || t.Has(access.Loose):
			return false, nil, false
		default:
			projects = append(projects, t)
		}
	}
	return own, projects, true
}
