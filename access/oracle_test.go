package access_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
)

// relation is what there can be between a person and a thing, in the words of
// the sentences.
type relation struct{ own, team, manages, public, shared, noProject bool }

// relations returns every relation that can be: who manages a project is in
// its team, and where there is no project nothing is said of one.
func relations() (all []relation) {
	for n := range facts {
		bit := func(i int) bool { return n>>i&1 == 1 }
		r := relation{bit(0), bit(1), bit(2), bit(3), bit(4), bit(5)}
		if r.manages && !r.team || r.noProject && (r.team || r.public || r.shared) {
			continue
		}
		all = append(all, r)
	}
	return all
}

// The levels of the sentences.
const (
	guest       = "guest"
	regular     = "member" // a project manager is one, who manages a project
	siteAdmin   = "site_admin"
	domainAdmin = "domain_admin"
)

// sentence is one of the rules in words, with its row: who may do what, and
// when. What no sentence allows is not allowed.
type sentence struct {
	row, says string
	who       string
	does      []string
	when      func(r relation) bool
}

var (
	track  = []string{"entry.track", "entry.edit", "entry.remove"}
	look   = []string{"entry.view", "report.view"}
	reach  = []string{"project.view", "task.view", "team.view"}
	manage = []string{"project.edit", "team.add", "team.edit", "team.remove", "task.create", "task.edit"}
)

// sentences are seed C's, with the rows that settle what it leaves open.
func sentences() []sentence {
	at := func(r relation) bool { return true }
	return []sentence{
		{"G2", "several people can track time on one private project", regular, track, func(r relation) bool { return r.own && r.team && !r.public }},
		{"G3", "track time under projects they are members of", regular, track, func(r relation) bool { return r.own && r.team }},
		{"G4", "view their own time, also after leaving", regular, look, func(r relation) bool { return r.own }},
		{"G5", "view reports of public projects", regular, look, func(r relation) bool { return r.public }},
		{"G6", "add projects and clients", regular, []string{"project.create", "client.create"}, at},
		{"G7", "add tags", regular, []string{"tag.create"}, at},
		{"G12", "managers edit the project they manage", regular, manage, func(r relation) bool { return r.manages }},
		{"G13", "managers see all time on the project they manage", regular, look, func(r relation) bool { return r.manages }},
		{"G22", "private projects are accessible to their team", regular, reach, func(r relation) bool { return r.team }},
		{"G23", "with members_see=all, the team sees the team's time", regular, look, func(r relation) bool { return r.team && r.shared }},
		{"G25", "public projects are accessible to everybody on the site", regular, reach, func(r relation) bool { return r.public }},
		{"G25", "not to guests, who see the projects they are put on", guest, []string{"project.view", "task.view"}, func(r relation) bool { return r.team }},
		{"G26", "everybody can track time on public projects", regular, track, func(r relation) bool { return r.own && r.public }},
		{"G27", "everybody sees every entry on public projects", regular, look, func(r relation) bool { return r.public }},
		{"G45", "time needs no project", regular, track, func(r relation) bool { return r.own && r.noProject }},

		{"G16", "administrators do all that managers and regular users can, on every project", siteAdmin,
			slices.Concat(track, look, reach, manage, []string{"project.create", "client.create", "tag.create"}), at},
		{"G17", "change the settings", siteAdmin, []string{"site.edit", "tag.edit", "activity.create", "activity.edit"}, at},
		{"G18", "edit all projects and clients", siteAdmin, []string{"project.edit", "client.edit"}, at},
		{"G19", "edit team members: who they are on the site", siteAdmin, []string{"membership.create", "binding.create", "binding.remove"}, at},
		{"G20", "see the time tracked by all team members", siteAdmin, look, at},
		{"G19", "the person herself is the domain's", domainAdmin, []string{"membership.edit", "site.create"}, at},
	}
}

// includes says whose sentences hold for a level as well.
var includes = map[string][]string{
	guest: {guest}, regular: {regular}, siteAdmin: {siteAdmin}, domainAdmin: {siteAdmin, domainAdmin}, "root_admin": nil,
}

// oracle answers from the sentences alone.
func oracle(level, action string, r relation) bool {
	return slices.ContainsFunc(sentences(), func(s sentence) bool {
		return slices.Contains(includes[level], s.who) && slices.Contains(s.does, action) && s.when(r)
	})
}

// spoken returns the actions that the sentences speak of.
func spoken() (all []string) {
	for _, s := range sentences() {
		all = append(all, s.does...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (r relation) facts() (f access.Facts) {
	for fact, holds := range map[access.Facts]bool{
		access.Own: r.own, access.Member: r.team, access.Manager: r.manages,
		access.Public: r.public, access.Shared: r.shared, access.Loose: r.noProject,
	} {
		if holds {
			f |= fact
		}
	}
	return f
}

// row returns a thing at the site, in a relation to the actor.
func (r relation) row(kind access.Kind) access.Row {
	row := access.Row{Kind: kind, ID: anID, Version: 1, Site: here, Client: client, Project: project, Person: somebody, Facts: r.facts()}
	if r.own {
		row.Person = me
	}
	if r.noProject {
		row.Client, row.Project = [16]byte{}, [16]byte{}
	}
	return row
}

// kindOf is the kind of each action.
func kindOf(p *access.Policy) map[string]access.Kind {
	kinds := map[string]access.Kind{}
	for _, spec := range p.Actions() {
		kinds[string(spec.Name)] = spec.Kind
	}
	return kinds
}

func allows(s *access.Session, action string, row access.Row) bool {
	_, err := s.Actor().May(access.Action(action), s.Resource(row))
	return err == nil
}

// Each sentence is kept.
func TestSentences(t *testing.T) {
	p := builtIn(t)
	kinds := kindOf(p)
	for _, c := range sentences() {
		t.Run(c.row+" "+c.says, func(t *testing.T) {
			s := begin(p, whole(t), bound(c.who, atHere))
			some := false
			for _, action := range c.does {
				require.NotEmpty(t, kinds[action], "%s is no action", action)
				for _, r := range relations() {
					if !c.when(r) {
						continue
					}
					some = true
					assert.True(t, allows(s, action, r.row(kinds[action])), "%s %+v", action, r)
					elsewhere := r.row(kinds[action])
					elsewhere.Site = there
					assert.False(t, allows(s, action, elsewhere), "%s on another site, %+v", action, r)
				}
			}
			assert.True(t, some)
		})
	}
}

// Nothing else is allowed: for every level, action and relation that the
// sentences speak of, check and filter answer as the sentences do (G57).
func TestSentencesAreAllThatIsAllowed(t *testing.T) {
	p := builtIn(t)
	kinds := kindOf(p)
	for level := range includes {
		t.Run(level, func(t *testing.T) {
			s := begin(p, whole(t), bound(level, atHere))
			for _, action := range spoken() {
				plan, err := s.Plan(s.Actor().Sees(access.Action(action)), kinds[action])
				require.NoError(t, err)
				for _, r := range relations() {
					want, row := oracle(level, action, r), r.row(kinds[action])
					assert.Equal(t, want, allows(s, action, row), "check: %s %+v", action, r)
					assert.Equal(t, want, plan.Sees(row), "filter: %s %+v", action, r)
				}
			}
		})
	}
}

// What the rows say in their own words.
func TestRows(t *testing.T) {
	p := builtIn(t)
	s := begin(p, whole(t), bound(access.MemberRole, atHere))
	on := func(action string, r relation) bool { return allows(s, action, r.row(kindOf(p)[action])) }

	t.Run("G3 no time on a private project without being in its team", func(t *testing.T) {
		assert.False(t, on("entry.track", relation{own: true}))
		assert.True(t, on("entry.track", relation{own: true, team: true}))
	})
	t.Run("G4 G29 own time stays visible after leaving, new time is denied", func(t *testing.T) {
		assert.True(t, on("report.view", relation{own: true}))
		assert.False(t, on("entry.track", relation{own: true}))
		assert.False(t, on("entry.edit", relation{own: true}))
	})
	t.Run("G12 a manager edits no other project", func(t *testing.T) {
		assert.True(t, on("project.edit", relation{team: true, manages: true}))
		assert.False(t, on("project.edit", relation{team: true}))
		assert.False(t, on("project.edit", relation{public: true}))
	})
	t.Run("G13 a manager sees others' time and does not edit it", func(t *testing.T) {
		assert.True(t, on("entry.view", relation{team: true, manages: true}))
		assert.False(t, on("entry.edit", relation{team: true, manages: true}))
		assert.False(t, on("entry.remove", relation{team: true, manages: true, public: true, shared: true}))
	})
	t.Run("G22 a private project is hidden from others", func(t *testing.T) {
		assert.False(t, on("project.view", relation{}))
		assert.False(t, on("project.view", relation{shared: true}))
		assert.Empty(t, s.Actor().Allowed(s.Resource(relation{}.row("project"))))
	})
	t.Run("G23 in a private project each sees her own time", func(t *testing.T) {
		assert.False(t, on("entry.view", relation{team: true}))
		assert.True(t, on("entry.view", relation{team: true, own: true}))
		assert.True(t, on("entry.view", relation{team: true, shared: true}))
		assert.False(t, on("entry.view", relation{shared: true}), "sharing is for the team")
	})
	t.Run("G25 a public project is hidden from guests", func(t *testing.T) {
		g := begin(p, whole(t), bound(access.Guest, atHere))
		assert.False(t, allows(g, "project.view", relation{public: true}.row("project")))
		assert.True(t, allows(g, "project.view", relation{team: true}.row("project")))
		assert.False(t, allows(g, "entry.track", relation{own: true, team: true, public: true}.row("entry")))
	})
	t.Run("G27 all time on a public project, and none of the rest", func(t *testing.T) {
		assert.True(t, on("entry.view", relation{public: true}))
		assert.False(t, on("entry.view", relation{noProject: true}))
	})
	t.Run("T27 no time for others", func(t *testing.T) {
		assert.False(t, on("entry.track", relation{team: true, public: true}))
		assert.False(t, on("entry.track", relation{noProject: true}))
	})
}
