package decide

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// Population says how big a domain is, and how many bindings the actor has.
type Population struct {
	People    int // with 2.5 projects, a tenth of a client and a twentieth of a group for each
	Bindings  int
	Questions int
}

// String names the population.
func (p Population) String() string {
	return fmt.Sprintf("%d people, %d bindings", p.People, p.Bindings)
}

// people is the population of one domain, from which one actor and its
// questions are drawn.
type people struct {
	r        *rand.Rand
	now      time.Time
	domain   tenancy.DomainID
	actor    tenancy.MembershipID
	sites    []tenancy.SiteID
	clients  [][16]byte
	groups   []access.GroupID
	others   []person
	projects []project
	team     []int // the projects in whose team the actor is
	bound    []int // those at which it is bound
}

type person struct {
	id     tenancy.MembershipID
	groups []access.GroupID
}

type project struct {
	id, client [16]byte
	site       tenancy.SiteID
	facts      access.Facts // of the actor, and the project's own
	state      access.State
}

// Generate makes up a domain, an actor and its questions. The same population
// is the same every time.
func Generate(policy *access.Policy, size Population) (*Case, error) {
	p := &people{r: rand.New(rand.NewPCG(uint64(size.People), uint64(size.Bindings))), now: time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)}
	p.settle(size.People)
	c := &Case{Name: size.String(), Domain: p.domain, Now: p.now, Bindings: p.bindings(size.Bindings), Settings: p.settings()}
	open := func(domain tenancy.DomainID, bindings []access.Binding, settings []access.SiteSetting) (*access.Session, error) {
		scope, err := tenancy.NewResolver(anyDomain{}).Whole(context.Background(), domain)
		return policy.Load(access.Standing{Scope: scope, Member: p.actor, Bindings: bindings, Settings: settings}).Begin(p.now), err
	}
	var err error
	if c.Session, err = open(p.domain, c.Bindings, c.Settings); err != nil {
		return nil, err
	}
	c.Actor = c.Session.Actor()
	other := tenancy.DomainID(p.id())
	elsewhere, err := open(other, nil, nil)
	if err != nil {
		return nil, err
	}
	for range size.Questions {
		q := pick(p.r, func() Question {
			action := actions[p.r.IntN(len(actions))]
			return Question{action, c.Session.Resource(p.row(action, c.Session.Groups())), p.domain}
		}, c.Actor)
		if p.r.IntN(100) < 3 {
			q.Domain, q.Resource = other, elsewhere.Resource(q.Resource.Row())
		}
		c.Questions = append(c.Questions, q)
	}
	return c, nil
}

// pick draws questions until the answer is what it is to be: two in five are to
// be allowed.
func pick(r *rand.Rand, draw func() Question, actor access.Actor) (q Question) {
	want := r.IntN(5) < 2
	for range 20 {
		q = draw()
		if e, err := actor.Explain(q.Action, q.Resource); err == nil && e.Allowed == want {
			break
		}
	}
	return q
}

// actions are those that are asked about, each as often as it stands here.
var actions = slices.Concat(
	slices.Repeat([]access.Action{timesheet.ViewEntry}, 5), slices.Repeat([]access.Action{timesheet.ViewReport, timesheet.Track, timesheet.EditEntry}, 3),
	slices.Repeat([]access.Action{timesheet.ViewProject, timesheet.EditProject}, 2), []access.Action{timesheet.ViewAmount, timesheet.EditVisibility})

// id makes an id as version 7 does: a clock, then chance.
func (p *people) id() (id [16]byte) {
	binary.BigEndian.PutUint64(id[:8], uint64(p.now.UnixMilli()+p.r.Int64N(1e9))<<16|7<<12|p.r.Uint64N(1<<12))
	binary.BigEndian.PutUint64(id[8:], p.r.Uint64()>>2|1<<63)
	return id
}

// settle fills the domain: every fifth project is public, half of all share
// their time, few are archived; the actor is in twenty teams and manages five.
func (p *people) settle(n int) {
	p.domain, p.actor = p.id(), p.id()
	for range 4 {
		p.sites = append(p.sites, p.id())
	}
	for range n / 10 {
		p.clients = append(p.clients, p.id())
	}
	for range n / 20 {
		p.groups = append(p.groups, p.id())
	}
	for i := range n {
		who := person{id: p.id(), groups: []access.GroupID{p.groups[p.r.IntN(len(p.groups))]}}
		if i%3 == 0 {
			who.groups = append(who.groups, p.groups[p.r.IntN(len(p.groups))])
		}
		p.others = append(p.others, who)
	}
	for i := range n * 5 / 2 {
		at := project{id: p.id(), client: p.clients[p.r.IntN(len(p.clients))], site: p.sites[p.r.IntN(len(p.sites))]}
		if i%5 == 0 {
			at.facts |= access.Public
		}
		if p.r.IntN(2) == 0 {
			at.facts |= access.Shared
		}
		if p.r.IntN(30) == 0 {
			at.state = access.Archived
		}
		p.projects = append(p.projects, at)
	}
	for i := range 20 {
		at := p.r.IntN(len(p.projects))
		p.team = append(p.team, at)
		p.projects[at].facts |= access.Member
		if i < 5 {
			p.projects[at].facts |= access.Manager
		}
	}
}

// settings are those of two of the four sites.
func (p *people) settings() []access.SiteSetting {
	return []access.SiteSetting{
		{Site: p.sites[1], Key: timesheet.LimitPublicData, Value: timesheet.On},
		{Site: p.sites[1], Key: timesheet.WhoChangesVisibility, Value: timesheet.Admins},
		{Site: p.sites[2], Key: timesheet.AdminsBypassPrivate, Value: timesheet.Off},
	}
}

// bindings are the roles of the actor: a regular user everywhere; then an
// administrator of a site, and the rest at projects, groups and clients. Every
// tenth is bound for a time, and half of these do not hold now.
func (p *people) bindings(n int) []access.Binding {
	all := []access.Binding{{Role: access.MemberRole, Place: access.Place{Kind: access.Everywhere}}}
	if n > 1 {
		all = append(all, access.Binding{Role: access.SiteAdmin, Place: access.Place{Kind: access.AtSite, Site: p.sites[2]}})
	}
	seen := map[access.Binding]bool{}
	for len(all) < n {
		b := access.Binding{}
		switch k := p.r.IntN(100); {
		case k < 50:
			at := p.r.IntN(len(p.projects))
			p.bound = append(p.bound, at)
			b.Role, b.Place = access.ProjectMember, access.Place{Kind: access.AtProject, Project: p.projects[at].id}
			if k < 10 {
				b.Role = access.ProjectManager
			}
		case k < 60:
			b.Role, b.Place = access.Guest, access.Place{Kind: access.AtClient, Client: p.clients[p.r.IntN(len(p.clients))]}
			if k < 55 {
				b.Role = access.Reporter
			}
		default:
			b.Role, b.Place = access.Timekeeper, access.Place{Kind: access.OfGroup, Group: p.groups[p.r.IntN(len(p.groups))]}
			if k < 80 {
				b.Role = access.Approver
			}
		}
		if seen[b] {
			continue
		}
		seen[b] = true
		switch len(all) % 20 {
		case 7:
			b.From, b.Until = p.now.AddDate(0, -1, 0), p.now.AddDate(0, 1, 0)
		case 17:
			b.From, b.Until = p.now.AddDate(0, -2, 0), p.now.AddDate(0, -1, 0)
		}
		b.Subject.Member = p.actor
		all = append(all, b)
	}
	return all
}

// row makes up what an action is asked on, as a store reads it for the actor.
func (p *people) row(action access.Action, groups []access.GroupID) access.Row {
	at := p.projects[p.r.IntN(len(p.projects))]
	switch k := p.r.IntN(100); {
	case k < 30:
		at = p.projects[p.team[p.r.IntN(len(p.team))]]
	case k < 50 && len(p.bound) > 0:
		at = p.projects[p.bound[p.r.IntN(len(p.bound))]]
	}
	row := access.Row{Kind: timesheet.KindProject, ID: at.id, Version: 1, Site: at.site, Client: at.client, Project: at.id, Facts: at.facts, State: at.state}
	switch action {
	case timesheet.ViewProject, timesheet.EditProject, timesheet.EditVisibility:
		return row
	}
	row.Kind, row.ID = timesheet.KindEntry, p.id()
	if p.r.IntN(10) == 0 {
		row.Client, row.Project, row.Facts, row.State = [16]byte{}, [16]byte{}, access.Loose, 0
	}
	if p.r.IntN(100) < 35 {
		row.Person = p.actor
		row.Facts |= access.Own
		return row
	}
	who := p.others[p.r.IntN(len(p.others))]
	row.Person = who.id
	for _, g := range who.groups {
		if _, is := slices.BinarySearchFunc(groups, g, func(a, b access.GroupID) int { return bytes.Compare(a[:], b[:]) }); is && !slices.Contains(row.Groups, g) {
			row.Groups = append(row.Groups, g)
		}
	}
	return row
}

// anyDomain is an installation in which every domain exists.
type anyDomain struct{ tenancy.Hosts }

// DomainPlace implements tenancy.Hosts.
func (anyDomain) DomainPlace(_ context.Context, id tenancy.DomainID) (tenancy.Place, error) {
	if id.IsZero() {
		return tenancy.Place{}, fault.NotFound
	}
	return tenancy.Place{Domain: id}, nil
}
