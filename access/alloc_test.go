package access_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/seed-5be203e9/stint/access"
)

// A decision allocates nothing, whether it allows or denies and however many
// roles are asked; nor does a set of all actions, or a filter once it has been
// made for anybody with these holdings.
func TestDecidingAllocatesNothing(t *testing.T) {
	p := compiled(t, append(catalogues(), doors())...)
	entry := func(f access.Facts) access.Row {
		return access.Row{Kind: "entry", ID: anID, Version: 1, Site: here, Client: client, Project: project, Person: somebody, Groups: []access.GroupID{people, others}, Facts: f}
	}
	archived := entry(access.Own)
	archived.State = access.Archived
	later := bound(access.Timekeeper, ofPeople)
	later.From = eight
	var many []access.Binding
	for n := range 500 {
		many = append(many, bound(access.ProjectManager, access.Place{Kind: access.AtProject, Project: [16]byte{1: byte(n), 2: byte(n >> 8), 15: 1}}))
	}
	strict := under(here, set("limit_public_data", "on"), set("colours", "one"))
	for name, c := range map[string]struct {
		st      access.Standing
		row     access.Row
		action  access.Action
		allowed bool
	}{
		"everywhere":                {access.Standing{Bindings: []access.Binding{bound(access.DomainAdmin, everywhere)}}, entry(0), "entry.edit", true},
		"at the site":               {access.Standing{Bindings: []access.Binding{bound(access.Guest, everywhere), bound(access.MemberRole, atThere), bound(access.MemberRole, atHere)}}, entry(access.Own | access.Member), "entry.edit", true},
		"for a group, for a while":  {access.Standing{Bindings: []access.Binding{later, bound(access.MemberRole, atHere)}}, entry(0), "entry.edit", true},
		"at one of many projects":   {access.Standing{Bindings: slices.Concat(many, []access.Binding{bound(access.ProjectManager, atProject)})}, entry(0), "report.view", true},
		"the system":                {access.Standing{System: "count"}, entry(0), "entry.edit", true},
		"no role":                   {access.Standing{}, entry(0), "entry.edit", false},
		"no grant":                  {access.Standing{Bindings: []access.Binding{bound(access.Guest, everywhere)}}, entry(0), "entry.edit", false},
		"a condition":               {access.Standing{Bindings: []access.Binding{bound(access.MemberRole, atHere), later}}, entry(0), "report.view", false},
		"at none of many projects":  {access.Standing{Bindings: slices.Concat(many, []access.Binding{bound(access.MemberRole, everywhere)})}, entry(0), "entry.edit", false},
		"a setting":                 {access.Standing{Bindings: []access.Binding{bound(access.MemberRole, everywhere)}, Settings: strict}, entry(access.Public), "report.view", false},
		"a state":                   {access.Standing{Bindings: []access.Binding{bound(access.DomainAdmin, everywhere)}}, archived, "entry.edit", false},
		"a token":                   {access.Standing{Bindings: []access.Binding{bound(access.DomainAdmin, everywhere)}, ReadOnly: true}, entry(0), "entry.edit", false},
		"a module":                  {access.Standing{Bindings: []access.Binding{bound("keeper", everywhere)}, Off: []string{"paint"}}, door(), "door.paint", false},
		"a host's own facts":        {access.Standing{Bindings: []access.Binding{bound("owner", everywhere)}}, door(access.Extra1), "door.drop", true},
		"a want of a host's facts":  {access.Standing{Bindings: []access.Binding{bound("owner", everywhere)}}, door(), "door.drop", false},
		"something privileged, too": {access.Standing{Bindings: []access.Binding{bound("owner", everywhere)}}, door(), "door.publish", false},
	} {
		t.Run(name, func(t *testing.T) {
			c.st.Scope, c.st.Member = whole(t), me
			h := p.Load(c.st)
			s := h.Begin(eight.Add(time.Hour))
			a, r, next := s.Actor(), s.Resource(c.row), s.Prospect(c.row)
			ask := func(want bool, what string, fn func() bool) {
				t.Helper()
				wrong := false
				assert.Zero(t, testing.AllocsPerRun(50, func() { wrong = wrong || fn() != want }), what)
				assert.False(t, wrong, what)
			}
			ask(c.allowed, "May", func() bool { _, err := a.May(c.action, r); return err == nil })
			ask(c.allowed, "MayChange", func() bool { _, err := a.MayChange(c.action, r, next); return err == nil })
			ask(c.allowed, "AllowedActions", func() bool { return a.AllowedActions(r).Has(c.action) })
			ask(true, "Sees", func() bool {
				_, err := s.Plan(a.Sees(c.action), c.row.Kind)
				return err == nil
			})
			another := h.Begin(eight.Add(2 * time.Hour))
			ask(true, "Sees, in another session", func() bool {
				_, err := another.Plan(another.Actor().Sees(c.action), c.row.Kind)
				return err == nil
			})
		})
	}
}
