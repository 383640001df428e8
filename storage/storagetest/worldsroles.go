package storagetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
)

// The steps of a random world that give and take rights.

type addGroup struct{}

func (addGroup) take(l *land) *change {
	k := key{Kind: "group", N: len(l.groups)}
	l.groups = append(l.groups, map[int]bool{})
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		g, err := admin.AddGroup(ctx, s, fmt.Sprintf("Group %d", k.N))
		return in.keep(k, g.ID, err)
	})
}

type enterGroup struct{ Group, Person int }

func (e enterGroup) take(l *land) *change {
	n, some := which(e.Group, len(l.groups))
	person := e.Person % l.people
	if !some || l.groups[n][person] {
		return nil
	}
	l.groups[n][person] = true
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		m, err := admin.PutInGroup(ctx, s, in.ids[key{Kind: "group", N: n}], in.person(person))
		return in.keep(key{Kind: "group_member", N: n, M: person}, m.ID, err)
	})
}

type quitGroup struct{ Group, Nth int }

func (q quitGroup) take(l *land) *change {
	n := numberOf(q.Group, len(l.groups), func(i int) bool { return len(l.groups[i]) > 0 })
	if n == none {
		return nil
	}
	people := slices.Sorted(maps.Keys(l.groups[n]))
	person := people[q.Nth%len(people)]
	delete(l.groups[n], person)
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		return admin.TakeFromGroup(ctx, s, in.ids[key{Kind: "group_member", N: n, M: person}])
	})
}

type addOwnRole struct{ Grants landRole }

func (a addOwnRole) take(l *land) *change {
	if l.noCustom {
		return nil
	}
	k := key{Kind: "role", N: len(l.roles)}
	l.roles = append(l.roles, a.Grants)
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		r, err := admin.AddRole(ctx, s, access.Role{Name: fmt.Sprintf("Role %d", k.N), Grants: a.Grants.grants()})
		return in.keep(k, r.ID, err)
	})
}

// words are the facts as a land calls them.
var words = map[string]access.Facts{
	"own": access.Own, "member": access.Member, "manager": access.Manager, "public": access.Public,
	"shared": access.Shared, "loose": access.Loose, "bound": access.Bound,
}

// grants says a role of a land to the policy.
func (r landRole) grants() (all []access.Grant) {
	facts := func(names []string) (f access.Facts) {
		for _, name := range names {
			f |= words[name]
		}
		return f
	}
	for _, g := range r {
		var when access.Condition
		for _, t := range g.Terms {
			when = append(when, access.Term{All: facts(t.All), None: facts(t.None)})
		}
		all = append(all, access.Grant{Action: access.Action(g.Action), When: when})
	}
	return all
}

// give gives a person, a group or everyone a role at a place, perhaps for a
// time that is counted in hours from now. Custom is one of the domain's own
// roles, if there is any; none: Role.
type give struct {
	To          string
	Who         int
	Role        string
	Custom      int
	Place       string
	At          int
	From, Until int
}

func (g give) take(l *land) *change {
	b := landBinding{subject: g.To, role: g.Role, custom: none, place: g.Place, from: none, until: none}
	some := true
	switch g.To {
	case "person":
		b.who = g.Who % l.people
	case "group":
		b.who, some = which(g.Who, len(l.groups))
	}
	if g.Custom != none && len(l.roles) > 0 {
		b.role, b.custom = "", g.Custom%len(l.roles)
	}
	found := true
	switch g.Place {
	case "site":
		b.at = g.At % sites
	case "client":
		b.at, found = which(g.At, len(l.clients))
	case "project":
		b.at, found = which(g.At, len(l.projects))
	case "group":
		b.at, found = which(g.At, len(l.groups))
	}
	if !some || !found {
		return nil
	}
	if g.From != none {
		b.from = l.clock + time.Duration(g.From)*time.Hour
	}
	if g.Until != none {
		b.until = l.clock + time.Duration(max(g.Until, g.From+1))*time.Hour
	}
	k := key{Kind: "binding", N: len(l.bindings)}
	l.bindings = append(l.bindings, b)
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		made, err := putBinding(ctx, s, in.binding(b, s))
		return in.keep(k, made.ID, err)
	})
}

// binding says a binding of a land to the store.
func (in *settlement) binding(b landBinding, s storage.Tx) access.Binding {
	out := access.Binding{ID: s.NewID(), CreatedAt: s.Now(), Role: b.role, Place: access.Place{Kind: access.PlaceKind(b.place)}}
	switch b.subject {
	case "person":
		out.Subject.Member = in.person(b.who)
	case "group":
		out.Subject.Group = in.ids[key{Kind: "group", N: b.who}]
	default:
		out.Subject.Everyone = true
	}
	if b.custom != none {
		out.Custom = in.ids[key{Kind: "role", N: b.custom}]
	}
	switch b.place {
	case "site":
		out.Place.Site = in.sites[b.at]
	case "client":
		out.Place.Client = in.ids[key{Kind: "client", N: b.at}]
	case "project":
		out.Place.Project = in.ids[key{Kind: "project", N: b.at}]
	case "group":
		out.Place.Group = in.ids[key{Kind: "group", N: b.at}]
	}
	if b.from != none {
		out.From = in.start.Add(b.from)
	}
	if b.until != none {
		out.Until = in.start.Add(b.until)
	}
	return out
}

// takeBack takes a role away, but not the first: that of the domain's first
// administrator.
type takeBack struct{ Binding int }

func (r takeBack) take(l *land) *change {
	n := numberOf(r.Binding, len(l.bindings), func(i int) bool { return i > 0 && !l.bindings[i].gone })
	if n == none {
		return nil
	}
	l.bindings[n].gone = true
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		return admin.RevokeRole(ctx, s, in.ids[key{Kind: "binding", N: n}])
	})
}

// decideSetting gives a setting a value, at a site or in the whole domain.
type decideSetting struct {
	Site       int
	Key, Value string
}

func (d decideSetting) take(l *land) *change {
	l.settings[landSetting{d.Site, d.Key}] = d.Value
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		v, err := admin.Set(ctx, s, in.siteID(d.Site), access.Setting{Key: d.Key, Value: d.Value})
		return in.keep(key{Kind: "setting", N: d.Site, Word: d.Key}, v.ID, err)
	})
}

// resetSetting brings a setting back to that of the level above.
type resetSetting struct {
	Site int
	Key  string
}

func (r resetSetting) take(l *land) *change {
	if _, set := l.settings[r.at()]; !set {
		return nil
	}
	delete(l.settings, r.at())
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		return admin.Reset(ctx, s, in.siteID(r.Site), r.Key)
	})
}

func (r resetSetting) at() landSetting { return landSetting{r.Site, r.Key} }

func (in *settlement) siteID(site int) tenancy.SiteID {
	if site == none {
		return tenancy.SiteID{}
	}
	return in.sites[site]
}

// admit lets a person in, or no longer: not the first, who administers all.
type admit struct {
	Person int
	In     bool
}

func (a admit) take(l *land) *change {
	n := 1 + a.Person%(l.people-1)
	l.out[n] = !a.In
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		_, err := amend(ctx, s, s.Members(), admin.ViewMember, admin.EditMember, in.person(n), s.PutMember, func(m *tenancy.Membership) {
			if m.Status = tenancy.Deactivated; a.In {
				m.Status = tenancy.Active
			}
		})
		return err
	})
}
