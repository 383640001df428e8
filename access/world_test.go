package access_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// The places of the tests, two of each, and who acts.
var (
	here, there     = tenancy.SiteID{1}, tenancy.SiteID{2}
	client, other   = [16]byte{3}, [16]byte{4}
	project, second = [16]byte{5}, [16]byte{6}
	me, somebody    = tenancy.MembershipID{7}, tenancy.MembershipID{8}
	anID            = [16]byte{9}
	people, others  = access.GroupID{10}, access.GroupID{11}

	everywhere = access.Place{Kind: access.Everywhere}
	atHere     = access.Place{Kind: access.AtSite, Site: here}
	atThere    = access.Place{Kind: access.AtSite, Site: there}
	atClient   = access.Place{Kind: access.AtClient, Client: client}
	atProject  = access.Place{Kind: access.AtProject, Project: project}
	ofPeople   = access.Place{Kind: access.OfGroup, Group: people}
	places     = []access.Place{everywhere, atHere, atThere, atClient, atProject, ofPeople}
)

// relations are the facts that a row says; Bound comes from the bindings.
const relations = access.Own | access.Member | access.Manager | access.Public | access.Shared | access.Loose

// roles are the built-in ones.
var roles = []string{
	access.RootAdmin, access.RootAuditor, access.DomainAdmin, access.DomainAuditor, access.MemberRole, access.SiteAdmin,
	access.Timekeeper, access.Reporter, access.Approver, access.Guest, access.ProjectManager, access.ProjectMember,
}

func catalogues() []access.Catalogue {
	return []access.Catalogue{admin.Catalogue(), timesheet.Catalogue()}
}

var theBuiltIn = sync.OnceValues(func() (*access.Policy, error) { return access.Compile(catalogues()...) })

func builtIn(t testing.TB) *access.Policy {
	t.Helper()
	p, err := theBuiltIn()
	require.NoError(t, err)
	return p
}

func compiled(t testing.TB, c ...access.Catalogue) *access.Policy {
	t.Helper()
	p, err := access.Compile(c...)
	require.NoError(t, err)
	return p
}

// host knows one domain.
type host struct{ tenancy.Hosts }

func (host) DomainPlace(_ context.Context, id tenancy.DomainID) (tenancy.Place, error) {
	return tenancy.Place{Domain: id}, nil
}

// whole returns the scope of all of one domain.
func whole(t testing.TB) tenancy.Scope {
	t.Helper()
	in, err := tenancy.NewResolver(host{}).ByID(context.Background(), tenancy.DomainID{15: 9})
	require.NoError(t, err)
	return in
}

func bound(role string, at access.Place) access.Binding {
	return access.Binding{Subject: access.Subject{Member: me}, Role: role, Place: at}
}

// begin opens a session for somebody with some bindings.
func begin(p *access.Policy, in tenancy.Scope, bindings ...access.Binding) *access.Session {
	return p.Begin(access.Standing{Scope: in, Member: me, Bindings: bindings})
}

// under returns the values of switches at a site, or in the domain.
func under(site tenancy.SiteID, sets ...access.Setting) (all []access.SiteSetting) {
	for _, s := range sets {
		all = append(all, access.SiteSetting{Site: site, Key: s.Key, Value: s.Value})
	}
	return all
}

func set(key, value string) access.Setting { return access.Setting{Key: key, Value: value} }

func allows(s *access.Session, action access.Action, row access.Row) bool {
	_, err := s.Actor().May(action, s.Resource(row))
	return err == nil
}

// specs returns the actions of a policy by kind.
func specs(p *access.Policy) map[access.Kind][]access.ActionSpec {
	all := map[access.Kind][]access.ActionSpec{}
	for _, a := range p.Actions() {
		all[a.Kind] = append(all[a.Kind], a)
	}
	return all
}

// subsets yields every set of some facts.
func subsets(of access.Facts) func(func(access.Facts) bool) {
	return func(yield func(access.Facts) bool) {
		for f := access.Facts(0); yield(f) && f != of; {
			f = (f - of) & of
		}
	}
}

// factsOf are the facts that rows of a kind can have.
func factsOf(k access.KindSpec) access.Facts {
	own := k.Facts &^ access.Bound
	for i := range k.Extra {
		own |= access.Extra1 << i
	}
	return own
}

// worldsOf are the sets of facts that can be of a kind, or all of them.
func worldsOf(k access.KindSpec, impossibleToo bool) (all []access.Facts) {
	for f := range subsets(factsOf(k)) {
		if impossibleToo || !slices.ContainsFunc(k.Impossible, func(t access.Term) bool { return t.Holds(f) }) {
			all = append(all, f)
		}
	}
	return all
}

// switchesOf are the switches on which it depends what is allowed on a kind.
func switchesOf(p *access.Policy, kind access.Kind) (all []access.Switch) {
	of := map[access.Action]access.Kind{}
	for _, a := range p.Actions() {
		of[a.Name] = a.Kind
	}
	for _, s := range p.Switches() {
		uses := func(g access.Grant) bool {
			return of[g.Action] == kind && slices.ContainsFunc(g.If, func(is access.Setting) bool { return is.Key == s.Key })
		}
		if slices.ContainsFunc(p.Roles(), func(r access.Role) bool { return slices.ContainsFunc(r.Grants, uses) }) {
			all = append(all, s)
		}
	}
	return all
}

// choices returns every way to set some switches.
func choices(of []access.Switch) [][]access.Setting {
	all := [][]access.Setting{nil}
	for _, s := range of {
		var next [][]access.Setting
		for _, so := range all {
			for _, v := range s.Values {
				next = append(next, append(slices.Clone(so), set(s.Key, v)))
			}
		}
		all = next
	}
	return all
}

// termOf reads a term as it is written: "own+!shared".
func termOf(t testing.TB, text string) (term access.Term) {
	t.Helper()
	for word := range strings.SplitSeq(text, "+") {
		name, not := strings.CutPrefix(word, "!")
		f, known := factNamed[name]
		require.True(t, known || name == "always", "%q in %q", name, text)
		if not {
			term.None |= f
		} else {
			term.All |= f
		}
	}
	return term
}

var factNamed = map[string]access.Facts{
	"own": access.Own, "member": access.Member, "manager": access.Manager, "public": access.Public,
	"shared": access.Shared, "loose": access.Loose, "bound": access.Bound, "open": access.Extra1, "heavy": access.Extra2,
}

// someRows is rows at no place, at each of them alone, at other ones, and at
// all of them.
func someRows(kind access.Kind) []access.Row {
	row := access.Row{Kind: kind, ID: anID, Version: 1}
	rows := []access.Row{row, row, row, row, row, row, row}
	rows[1].Site, rows[2].Client, rows[3].Project, rows[4].Groups = here, client, project, []access.GroupID{people}
	rows[5].Site, rows[5].Client, rows[5].Project, rows[5].Groups = there, other, second, []access.GroupID{others}
	rows[6].Site, rows[6].Client, rows[6].Project, rows[6].Groups = here, client, project, []access.GroupID{others, people}
	return rows
}

// doors is a small catalogue of a host: doors have facts of their own, and
// there is a switch.
func doors() access.Catalogue {
	return access.Catalogue{
		Kinds: []access.KindSpec{
			{Name: "door", Facts: access.Own | access.Member | access.Public | access.Shared, Extra: []string{"open", "heavy"}},
			{Name: "wall"},
		},
		Actions: []access.ActionSpec{
			{Name: "door.view", Kind: "door", Verb: access.Read},
			{Name: "door.make", Kind: "door", Verb: access.Create},
			{Name: "door.open", Kind: "door", Verb: access.Change},
			{Name: "door.drop", Kind: "door", Verb: access.Remove},
			{Name: "door.paint", Kind: "door", Verb: access.Change, Module: "paint"},
			{Name: "door.publish", Kind: "door", Verb: access.Change, Privileged: true, Guards: access.Public},
			{Name: "door.price", Kind: "door", Verb: access.Read, Field: "price"},
			{Name: "wall.view", Kind: "wall", Verb: access.Read},
		},
		Roles: []access.Role{
			{Name: "keeper", Grants: access.Allow(access.Unconditionally(), "door.view", "door.make", "door.open", "door.drop", "door.paint", "door.publish", "door.price", "wall.view")},
			{Name: "owner", Grants: slices.Concat(
				access.Allow(access.When(access.Own, access.Member|access.Shared), "door.view", "door.open"),
				access.Allow(access.When(access.Extra1).But(access.Extra2), "door.drop"),
				access.Allow(access.When(access.Own|access.Extra2), "door.price"),
				access.Where(access.Allow(access.When(access.Own), "door.paint"), set("colours", "many")))},
		},
		Denials:  []access.Denial{{State: access.Archived, Reason: "walled_up", Rule: "it is walled up", Actions: []access.Action{"door.open"}}},
		Switches: []access.Switch{{Key: "colours", Values: []string{"one", "many"}}},
	}
}

// door is a stored row of the kind of doors.
func door(facts ...access.Facts) access.Row {
	r := access.Row{Kind: "door", ID: anID, Version: 3, Site: here, Client: client, Project: project, Person: me}
	for _, f := range facts {
		r.Facts |= f
	}
	return r
}

// newDoor is one that is not stored yet.
func newDoor(facts ...access.Facts) access.Row {
	r := door(facts...)
	r.Version = 0
	return r
}

// every is all the places a kind can have.
var every = access.Places{Site: true, Client: true, Project: true, Person: true}

func keeper(t testing.TB, p *access.Policy) *access.Session {
	t.Helper()
	return begin(p, whole(t), bound("keeper", everywhere))
}
