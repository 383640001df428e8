package storage

import (
	"maps"
	"slices"
	"strings"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Columns says where a table of the host's own has what a filter asks for: SQL
// expressions such as "i.project_id", without question marks. Those that the
// table has not stay empty; what a rule says of them, be it that a fact holds or
// that it does not, is then not shown.
type Columns struct {
	Domain   string // the id of the domain
	Site     string // the id of the site, never NULL; empty: that of the project
	Client   string // the id of the client; empty: that of the project
	Project  string // the id of the project; it may be NULL
	Person   string // the id of the membership
	Archived string // a condition that holds when the row itself is archived; empty: only its project can be
	// Facts are conditions that hold when a fact of the host's own kind does:
	// access.Extra1, and so on.
	Facts map[access.Facts]string

	// OneDomain says that the table holds rows of one domain only and has no
	// column for it. Without either, nothing is printed.
	OneDomain bool

	// ID returns an id as the table has it. nil: text in the usual form of a
	// UUID, which PostgreSQL takes for uuid columns as well.
	ID func([16]byte) any
}

// Predicate is a condition for the WHERE of a host's query, with a ? for each
// argument. It stands by itself: it names no table of Stint's, so it holds on
// any connection, for as long as the transaction that it was made in is
// current. With bun: q.Where(p.SQL, p.Args...).
type Predicate struct {
	SQL  string
	Args []any
}

// Surroundings is what a store tells a predicate of the actor's.
type Surroundings struct {
	Scope    tenancy.Scope
	Member   tenancy.MembershipID
	Projects []access.Row                              // those of the scope, with the facts between each and the actor
	Groups   map[access.GroupID][]tenancy.MembershipID // who is in those that the actor holds roles over
}

// ofHost are the facts that a kind of the host's own names itself.
var ofHost = []access.Facts{access.Extra1, access.Extra2, access.Extra3, access.Extra4}

// validate refuses what cannot be printed as it is meant: a question mark would
// take the argument of another.
func (of Columns) validate() error {
	for fact, sql := range of.Facts {
		if !slices.Contains(ofHost, fact) || sql == "" {
			return fault.Input("bad_columns", "Facts", fact.String(), "must be Extra1 to Extra4, each with a condition")
		}
	}
	if of.Domain == "" && !of.OneDomain {
		return fault.Input("bad_columns", "Domain", "", "must be given, or OneDomain said: rows of other domains would be shown")
	}
	for _, sql := range append(slices.Collect(maps.Values(of.Facts)), of.Domain, of.Site, of.Client, of.Project, of.Person, of.Archived) {
		if strings.Contains(sql, "?") {
			return fault.Input("bad_columns", "Columns", sql, "must be without question marks, which stand for arguments")
		}
	}
	return nil
}

// Where prints a plan for a table of the host's own. Stores implement View.Where
// with it. Its error has the code "bad_columns".
func Where(plan access.Plan, of Columns, in Surroundings) (Predicate, error) {
	if err := of.validate(); err != nil {
		return Predicate{}, err
	}
	if of.ID == nil {
		of.ID = func(id [16]byte) any { return tenancy.ID[Columns](id).String() }
	}
	w := where{of, in}
	var branches []Predicate
	for _, b := range plan.Branches {
		for _, t := range b.Terms {
			branches = append(branches, both(w.at(b), w.term(t)))
		}
	}
	out := either(branches...)
	if plan.Not&access.Archived != 0 {
		out = both(out, w.live())
	}
	if site := in.Scope.Site(); !site.IsZero() {
		out = both(w.onSites([]tenancy.SiteID{site}), out)
	}
	if of.Domain != "" {
		out = both(w.among(of.Domain, [][16]byte{in.Scope.Domain()}), out)
	}
	return out, nil
}

type where struct {
	of Columns
	in Surroundings
}

var (
	everything = Predicate{SQL: "1 = 1"}
	nothing    = Predicate{SQL: "1 = 0"}
)

// at is the condition that a row is where a branch is.
func (w where) at(b access.Branch) Predicate {
	out := everything
	switch b.At {
	case access.Everywhere:
	case access.AtSite:
		out = w.onSites(as[tenancy.SiteID](b.IDs))
	case access.AtClient:
		if w.of.Client != "" {
			out = w.among(w.of.Client, b.IDs)
		} else {
			out = w.among(w.of.Project, w.projects(func(p access.Row) bool { return slices.Contains(b.IDs, p.Client) }))
		}
	case access.AtProject:
		out = w.among(w.of.Project, b.IDs)
	case access.OfGroup:
		var persons [][16]byte
		for _, group := range b.IDs {
			for _, m := range w.in.Groups[access.GroupID(group)] {
				persons = append(persons, m)
			}
		}
		out = w.among(w.of.Person, persons)
	default:
		return nothing
	}
	if len(b.Only) > 0 {
		out = both(out, w.onSites(b.Only))
	}
	if len(b.Except) > 0 {
		out = both(out, w.offSites(b.Except))
	}
	return out
}

// onSites is the condition that a row is on one of the sites; without a column
// for it, that its project is.
func (w where) onSites(sites []tenancy.SiteID) Predicate {
	if w.of.Site != "" {
		return w.among(w.of.Site, as[[16]byte](sites))
	}
	return w.among(w.of.Project, w.projects(func(p access.Row) bool { return slices.Contains(sites, p.Site) }))
}

// offSites is the condition that a row is on a site, and on none of these.
func (w where) offSites(sites []tenancy.SiteID) Predicate {
	if w.of.Site != "" {
		on := w.onSites(sites)
		return Predicate{"not (" + on.SQL + ")", on.Args}
	}
	return w.among(w.of.Project, w.projects(func(p access.Row) bool { return !slices.Contains(sites, p.Site) }))
}

// live is the condition that neither a row nor its project is archived.
func (w where) live() Predicate {
	if w.of.Archived == "" && w.of.Project == "" {
		return nothing
	}
	out := everything
	if w.of.Archived != "" {
		out = not(Predicate{SQL: w.of.Archived})
	}
	return both(out, not(w.among(w.of.Project, w.projects(func(p access.Row) bool { return p.State&access.Archived != 0 }))))
}

// ofProject are the facts that a row has from its project.
const ofProject = access.Member | access.Manager | access.Public | access.Shared

// term is the condition that the facts of a term hold.
func (w where) term(t access.Term) Predicate {
	out := everything
	for _, fact := range append(ofHost, access.Own, access.Loose) {
		if (t.All|t.None)&fact == 0 {
			continue
		}
		holds, known := w.holds(fact)
		switch {
		case !known:
			return nothing
		case t.None.Has(fact):
			holds = not(holds)
		}
		out = both(out, holds)
	}
	wanted := access.Term{All: t.All & ofProject, None: t.None & ofProject}
	switch {
	case wanted == access.Term{}:
	case w.of.Project == "":
		return nothing
	case wanted.All != 0:
		out = both(out, w.among(w.of.Project, w.projects(func(p access.Row) bool { return wanted.Holds(p.Facts) })))
	default: // without a project none of them holds
		out = both(out, not(w.among(w.of.Project, w.projects(func(p access.Row) bool { return !wanted.Holds(p.Facts) }))))
	}
	return out
}

// holds is the condition that a fact holds which is not of the project, and
// whether the table can say so.
func (w where) holds(fact access.Facts) (Predicate, bool) {
	switch fact {
	case access.Own:
		if w.in.Member.IsZero() {
			return nothing, true
		}
		return w.among(w.of.Person, [][16]byte{w.in.Member}), w.of.Person != ""
	case access.Loose:
		return Predicate{SQL: w.of.Project + " is null"}, w.of.Project != ""
	}
	sql, known := w.of.Facts[fact]
	return Predicate{SQL: "(" + sql + ")"}, known
}

// projects returns the ids of the projects for which fn holds.
func (w where) projects(fn func(access.Row) bool) (ids [][16]byte) {
	for _, p := range w.in.Projects {
		if fn(p) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func (w where) among(column string, ids [][16]byte) Predicate {
	if column == "" || len(ids) == 0 {
		return nothing
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = w.of.ID(id)
	}
	return Predicate{column + " in (" + strings.TrimSuffix(strings.Repeat("?, ", len(ids)), ", ") + ")", args}
}

// not is the opposite of a condition, also where that is NULL.
func not(p Predicate) Predicate {
	switch p.SQL {
	case nothing.SQL:
		return everything
	case everything.SQL:
		return nothing
	}
	return Predicate{"(" + p.SQL + ") is not true", p.Args}
}

func both(a, b Predicate) Predicate {
	switch {
	case a.SQL == nothing.SQL || b.SQL == everything.SQL:
		return a
	case b.SQL == nothing.SQL || a.SQL == everything.SQL:
		return b
	}
	return Predicate{a.SQL + " and " + b.SQL, slices.Concat(a.Args, b.Args)}
}

func either(all ...Predicate) Predicate {
	out := nothing
	for _, p := range all {
		switch {
		case p.SQL == nothing.SQL || out.SQL == everything.SQL:
		case p.SQL == everything.SQL || out.SQL == nothing.SQL:
			out = p
		default:
			out = Predicate{out.SQL + " or " + p.SQL, slices.Concat(out.Args, p.Args)}
		}
	}
	if strings.Contains(out.SQL, " or ") {
		out.SQL = "(" + out.SQL + ")"
	}
	return out
}

// as converts ids.
func as[To, From ~[16]byte](ids []From) []To {
	out := make([]To, len(ids))
	for i, id := range ids {
		out[i] = To(id)
	}
	return out
}
