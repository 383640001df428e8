package bunstore

import (
	"context"
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
	of                            string // the alias of the table, which has the domain
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
	c := columns{of: "t", site: t(k.Site), client: t(k.Client), project: t(k.Project), person: t(k.Person)}
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
func (c columns) print(d *Dialect, plan access.Plan, me [16]byte) condition {
	var branches []condition
	for _, b := range plan.Branches {
		parts := []condition{c.at(d, b)}
		if len(b.Only) > 0 {
			parts = append(parts, among(d, c.site, b.Only))
		}
		if len(b.Except) > 0 && c.site != "" {
			parts = append(parts, not(among(d, c.site, b.Except)))
		}
		branches = append(branches, allOf(append(parts, c.anyTerm(b.Terms, me))...))
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

// at is the condition that a row is at one of the places of a branch.
func (c columns) at(d *Dialect, b access.Branch) condition {
	switch b.At {
	case access.Everywhere:
		return condition{}
	case access.AtSite:
		return among(d, c.site, b.IDs)
	case access.AtClient:
		return among(d, c.client, b.IDs)
	case access.AtProject:
		return among(d, c.project, b.IDs)
	case access.OfGroup:
		if c.person == "" {
			return never
		}
		in := among(d, "gm.group_id", b.IDs)
		return condition{"exists (select 1 from stint_group_members gm where gm.domain_id = " + c.of + ".domain_id and gm.membership_id = " + c.person + " and " + in.sql + ")", in.args}
	}
	return never
}

func (c columns) anyTerm(terms []access.Term, me [16]byte) condition {
	var all []condition
	for _, t := range terms {
		all = append(all, c.term(t, me))
	}
	return anyOf(all...)
}

// term is one conjunction of facts and their opposites; a fact that the kind
// cannot have does not hold.
func (c columns) term(t access.Term, me [16]byte) condition {
	var parts []condition
	for _, atom := range c.atoms(me) {
		if t.All.Has(atom.fact) {
			parts = append(parts, atom.holds)
		}
		if t.None.Has(atom.fact) {
			parts = append(parts, not(atom.holds))
		}
	}
	if t.All&^known != 0 {
		return never // facts of a host's own, which no table of ours knows
	}
	return allOf(parts...)
}

// known are the facts that our tables know.
const known = access.Own | access.Member | access.Manager | access.Public | access.Shared | access.Loose

type atom struct {
	fact  access.Facts
	holds condition // NULL is no
}

// atoms says when each fact holds.
func (c columns) atoms(me [16]byte) []atom {
	is := func(fact access.Facts, column, sql string, args ...any) atom {
		if column == "" {
			return atom{fact, never}
		}
		return atom{fact, condition{sql, args}}
	}
	own := is(access.Own, c.person, c.person+" = ?", me)
	if me == [16]byte{} {
		own.holds = never
	}
	return []atom{
		own,
		is(access.Member, c.team, c.team+" is not null"),
		is(access.Manager, c.manager, c.manager),
		is(access.Public, c.public, c.public),
		is(access.Shared, c.shared, c.shared),
		is(access.Loose, c.project, c.project+" is null"),
	}
}

// not is the opposite of a condition, also where that is NULL.
func not(c condition) condition {
	return condition{"coalesce(not (" + c.sql + "), true)", c.args}
}

// fewIDs is up to how many ids stand in the text of a statement.
const fewIDs = 8

// among is the condition that a column is one of some ids.
func among[ID ~[16]byte](d *Dialect, column string, ids []ID) condition {
	if column == "" || len(ids) == 0 {
		return never
	}
	if len(ids) == 1 {
		return equals(column, ids[0])
	}
	raw := make([][16]byte, len(ids))
	for i, id := range ids {
		raw[i] = id
	}
	if len(ids) > fewIDs {
		return condition{strings.ReplaceAll(d.Among, "%s", column), []any{d.IDs(raw)}}
	}
	list, args := in(raw)
	return condition{column + " in (" + list + ")", args}
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
	said                          access.Facts // by the row itself
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
	r.Facts |= p.said
	if p.archived {
		r.State |= access.Archived
	}
	return r
}

// me is the person that acts, or none for the system.
func (h *handle) me() [16]byte { return h.session.Standing().Member }

// wholeProjects is the condition on projects p, with the actor's row in the team
// as m, under which their time is seen as a whole; see split.
func (h *handle) wholeProjects(terms []access.Term) condition {
	c := columns{of: "p", project: "p.id", public: "p.public", shared: "p.shared", team: "m.id", manager: "m.manager"}
	return c.anyTerm(terms, h.me())
}

// split takes a plan apart into her own time and that of whole projects, if it
// is nothing else.
func split(plan access.Plan) (own bool, projects []access.Term, ok bool) {
	if plan.Not != 0 || len(plan.Branches) != 1 {
		return false, nil, false
	}
	b := plan.Branches[0]
	if b.At != access.Everywhere || len(b.Only) > 0 || len(b.Except) > 0 {
		return false, nil, false
	}
	for _, t := range b.Terms {
		switch {
		case t == access.Term{All: access.Own}:
			own = true
		case t.None != 0 || t.All&(access.Own|access.Loose) != 0:
			return false, nil, false
		default:
			projects = append(projects, t)
		}
	}
	return own, projects, true
}

// grouped says of rows with a person in which of the groups that the actor
// holds roles over that person is. Most actors hold none, and nothing is asked.
func (h *handle) grouped(ctx context.Context, rows ...*access.Row) error {
	groups := h.session.Groups()
	if len(groups) == 0 {
		return nil
	}
	of := map[[16]byte][]*access.Row{}
	var persons [][16]byte
	for _, r := range rows {
		if !r.Person.IsZero() {
			of[r.Person] = append(of[r.Person], r)
			persons = append(persons, r.Person)
		}
	}
	if len(persons) == 0 {
		return nil
	}
	are, within := among(h.db.d, "membership_id", set(persons)), among(h.db.d, "group_id", groups)
	return h.run(ctx, Call{
		SQL:  "select membership_id, group_id from stint_group_members where domain_id = ? and " + are.sql + " and " + within.sql + " order by membership_id, group_id",
		Args: append(append([]any{h.domain}, are.args...), within.args...),
		Each: func(scan Scan) error {
			var person [16]byte
			var group access.GroupID
			err := scan(&person, group.Raw())
			for _, r := range of[person] {
				r.Groups = append(r.Groups, group)
			}
			return err
		},
	})
}
