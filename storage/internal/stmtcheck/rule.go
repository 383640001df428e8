package stmtcheck

import (
	"fmt"
	"slices"
)

// Check says why a statement must not be sent, if so: it names one of the tables
// and does not say of which domain.
//
// An insert says it in its columns. Everywhere else the table, under the name it
// has there, must have domain_id = something, as a condition that nothing can
// reach past: beside AND only, in the WHERE of the same query, in the ON of an inner
// join, or in the ON of the left join that brings this table. Something is a value, a column of a table that is not of a
// domain, or the domain_id of another one that is bound in the same way.
//
// It reads texts, and no more. It cannot tell whose domain a value is, nor see
// what a view, a function or a DO block names; row security and the tests of
// isolation are for that. Of the statements that define the schema it asks
// nothing.
func Check(text string, tables []string) error {
	items := parse(text)
	for len(items) > 0 {
		n := slices.IndexFunc(items, func(i item) bool { return i.is(";") })
		statement := items
		if items = nil; n >= 0 {
			statement, items = statement[:n], statement[n+1:]
		}
		if len(statement) == 0 || statement[0].is("create", "alter", "drop", "grant") {
			continue
		}
		if table := checkQuery(statement, tables, nil); table != "" {
			return fmt.Errorf("stmtcheck: %s without a domain_id of its own in: %s", table, text)
		}
	}
	return nil
}

// query is one SELECT, INSERT, UPDATE or DELETE, without those inside it.
type query struct {
	outer  *query
	tables []string // that are of a domain
	refs   []*ref
	equal  []equality
	inner  [][]item
}

// ref is one place where a query names a table of a domain.
type ref struct {
	table, alias string
	bound        bool
}

// equality is "left = right" as a condition of its own.
type equality struct {
	left, right item
	in          clause
}

// checkQuery returns the first table that is not bound.
func checkQuery(items []item, tables []string, outer *query) string {
	from := 0
	for i := 0; i <= len(items); i++ {
		if i < len(items) && !items[i].is("union", "except", "intersect") {
			continue
		}
		q := &query{outer: outer, tables: tables}
		q.read(items[from:i], clause{}, true)
		for q.bindMore() {
		}
		for _, r := range q.refs {
			if !r.bound {
				return r.table
			}
		}
		for _, sub := range q.inner {
			if table := checkQuery(sub, tables, q); table != "" {
				return table
			}
		}
		from = i + 1
	}
	return ""
}

// clause is where in a query a text stands.
type clause struct {
	where, on bool
	side      string // left, right or full: the ON of such a join
	joins     *ref   // the table that is joined, if it is of a domain
}

// binds reports whether a condition here holds for every row of a table.
func (c clause) binds(r *ref) bool {
	return c.where || c.on && (c.side == "" || c.side == "left" && c.joins == r)
}

// ends are the words at which a condition ends.
var ends = []string{"where", "on", "select", "from", "set", "group", "order", "having", "limit", "offset", "returning", "values",
	"join", "left", "right", "inner", "full", "cross", "natural", "for", "window", "into", "update", "insert", "delete", "with", ","}

// read notes the tables, the conditions and the inner queries of a text: all of
// the query, or what is in parentheses there. A WHERE in parentheses is of a
// FILTER.
func (q *query) read(items []item, c clause, whole bool) {
	from := 0
	for i := 0; i <= len(items); i++ {
		if i < len(items) {
			q.name(items, i, &c)
			if !items[i].is(ends...) {
				continue
			}
		}
		q.conditions(items[from:i], c)
		from = i + 1
		if i == len(items) {
			break
		}
		switch {
		case items[i].is("where"):
			c = clause{where: whole}
		case items[i].is("on"):
			c = clause{on: true, side: c.side, joins: c.joins}
		case items[i].is("join"):
			c = clause{side: side(items[:i])}
		default:
			c = clause{}
		}
	}
}

// side returns which join a JOIN after these words is.
func side(before []item) string {
	if n := len(before); n > 0 && before[n-1].is("outer") {
		before = before[:n-1]
	}
	if n := len(before); n > 0 && before[n-1].is("left", "right", "full") {
		return before[n-1].text
	}
	return ""
}

// name notes the table at i, if there is one.
func (q *query) name(items []item, i int, c *clause) {
	_, table := items[i].name()
	if !slices.Contains(q.tables, table) {
		return
	}
	r := &ref{table: table, alias: table}
	q.refs = append(q.refs, r)
	rest := items[i+1:]
	if len(rest) > 0 && rest[0].is("as") {
		rest = rest[1:]
	}
	if len(rest) > 0 && (rest[0].kind == quoted || rest[0].kind == word && !rest[0].is(ends...)) {
		_, r.alias = rest[0].name()
		rest = rest[1:]
	}
	if i > 0 && items[i-1].is("into") {
		r.bound = len(rest) > 0 && slices.ContainsFunc(rest[0].items, func(i item) bool { return i.text == "domain_id" })
		return
	}
	c.joins = r
}

// conditions notes the equalities of a text that nothing can reach past, and
// reads what is in its parentheses.
func (q *query) conditions(items []item, c clause) {
	past := !c.where && !c.on || slices.ContainsFunc(items, func(i item) bool { return i.is("or", "case", "between") })
	alone := func(from, to int) bool { // whether AND alone is beside it
		return (from == 0 || items[from-1].is("and")) && (to == len(items) || items[to].is("and"))
	}
	for i, it := range items {
		switch {
		case it.kind == group && len(it.items) > 0 && it.items[0].is("select", "with", "insert", "update", "delete", "values", "table"):
			q.inner = append(q.inner, it.items)
		case it.kind == group && !past && alone(i, i+1):
			q.read(it.items, c, false)
		case it.kind == group:
			q.read(it.items, clause{}, false)
		case it.is("=") && !past && i > 0 && i+1 < len(items) && alone(i-1, i+2):
			q.equal = append(q.equal, equality{items[i-1], items[i+1], c}, equality{items[i+1], items[i-1], c})
		}
	}
}

// bindMore binds the tables that an equality binds, and says whether there were
// any.
func (q *query) bindMore() (more bool) {
	for _, e := range q.equal {
		alias, column := e.left.name()
		if column != "domain_id" {
			continue
		}
		r := q.find(alias)
		if alias == "" && len(q.refs) == 1 {
			r = q.refs[0]
		}
		if r != nil && !r.bound && e.in.binds(r) && q.says(e.right) {
			r.bound, more = true, true
		}
	}
	return more
}

// says reports whether one side of an equality says a domain.
func (q *query) says(side item) bool {
	if side.kind == value {
		return true
	}
	alias, column := side.name()
	if alias == "" {
		return false
	}
	if r := q.find(alias); r != nil {
		return r.bound && column == "domain_id"
	}
	for o := q.outer; o != nil; o = o.outer {
		if o.find(alias) != nil {
			return column == "domain_id" // it is bound there
		}
	}
	return true // of an inner query, which is checked too, or of the installation
}

func (q *query) find(alias string) *ref {
	for _, r := range q.refs {
		if r.alias == alias {
			return r
		}
	}
	return nil
}
