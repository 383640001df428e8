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
	"github.com/seed-5be203e9/stint/timesheet"
)

// worldStep is one step of a random world, as a value: a world that fails
// shrinks to a few of them, which print as they are. Numbers say which of the
// things that there are by then, and go around where there are fewer.
type worldStep interface {
	// take changes the land, and returns what does the same in the store, or
	// nil if there is nothing to do it to.
	take(l *land) *change
}

// change is a step in the store: in a transaction in the scope of a site, or of
// the whole domain; or outside of one.
type change struct {
	site    int
	do      func(ctx context.Context, s storage.Tx, in *settlement) error
	outside func(in *settlement) error
}

// which returns the number of one of some things.
func which(n, of int) (int, bool) {
	if of == 0 {
		return none, false
	}
	return n % of, true
}

// numberOf returns one of the numbers of things that a test picks, or none.
func numberOf(n, of int, pick func(int) bool) int {
	var some []int
	for i := range of {
		if pick(i) {
			some = append(some, i)
		}
	}
	if len(some) == 0 {
		return none
	}
	return some[n%len(some)]
}

// everywhereDo is a change in the whole domain.
func everywhereDo(do func(ctx context.Context, s storage.Tx, in *settlement) error) *change {
	return &change{site: none, do: do}
}

type addClient struct{ Site int }

func (a addClient) take(l *land) *change {
	k := key{Kind: "client", N: len(l.clients)}
	l.clients = append(l.clients, landClient{site: a.Site})
	return &change{site: a.Site, do: func(ctx context.Context, s storage.Tx, in *settlement) error {
		c, err := in.w.Book.AddClient(ctx, s, timesheet.Client{Name: fmt.Sprintf("Client %d", k.N)})
		return in.keep(k, c.ID, err)
	}}
}

type addProject struct {
	Site, Client   int
	Public, Shared bool
}

func (a addProject) take(l *land) *change {
	k := key{Kind: "project", N: len(l.projects)}
	client := none
	if a.Client != none {
		client = numberOf(a.Client, len(l.clients), func(n int) bool { return l.clients[n].site == a.Site })
	}
	l.projects = append(l.projects, landProject{site: a.Site, client: client, public: a.Public, shared: a.Shared, team: map[int]bool{}})
	return &change{site: a.Site, do: func(ctx context.Context, s storage.Tx, in *settlement) error {
		p := timesheet.NewProject{Name: fmt.Sprintf("Project %d", k.N), Visibility: timesheet.Private, Shared: a.Shared}
		if a.Public {
			p.Visibility = timesheet.Public
		}
		if client != none {
			p.Client = in.ids[key{Kind: "client", N: client}]
		}
		made, err := in.w.Book.AddProject(ctx, s, p)
		return in.keep(k, made.ID, err)
	}}
}

// alterProject publishes, shares or archives a project, or takes that back.
type alterProject struct {
	Project                  int
	Public, Shared, Archived bool
}

func (a alterProject) take(l *land) *change {
	n, some := which(a.Project, len(l.projects))
	if !some {
		return nil
	}
	p := &l.projects[n]
	p.public, p.shared, p.archived = a.Public, a.Shared, a.Archived
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		p, _, err := s.Projects().Get(ctx, s.Who().Sees(timesheet.ViewProject), in.ids[key{Kind: "project", N: n}])
		if err != nil {
			return err
		}
		p.Public, p.Shared, p.ArchivedAt = a.Public, a.Shared, time.Time{}
		if a.Archived {
			p.ArchivedAt = s.Now()
		}
		_, err = in.w.Book.EditProject(ctx, s, p)
		return err
	})
}

// open returns the number of a project that is not archived, or none.
func (l *land) open(n int) int {
	return numberOf(n, len(l.projects), func(i int) bool { return !l.projects[i].archived })
}

type addTask struct{ Project int }

func (a addTask) take(l *land) *change {
	n := l.open(a.Project)
	if n == none {
		return nil
	}
	k := key{Kind: "task", N: len(l.tasks)}
	l.tasks = append(l.tasks, landTask{n})
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		t, err := in.w.Book.AddTask(ctx, s, in.ids[key{Kind: "project", N: n}], fmt.Sprintf("Task %d", k.N))
		return in.keep(k, t.ID, err)
	})
}

// addWord adds an activity or a tag.
type addWord struct {
	Kind string
	Site int
}

func (a addWord) take(l *land) *change {
	k := key{Kind: a.Kind, N: len(l.words[a.Kind])}
	l.words[a.Kind] = append(l.words[a.Kind], landWord{a.Site})
	return &change{site: a.Site, do: func(ctx context.Context, s storage.Tx, in *settlement) error {
		if a.Kind == "tag" {
			t, err := in.w.Book.AddTag(ctx, s, fmt.Sprintf("Tag %d", k.N))
			return in.keep(k, t.ID, err)
		}
		t, err := in.w.Book.AddActivity(ctx, s, fmt.Sprintf("Activity %d", k.N))
		return in.keep(k, t.ID, err)
	}}
}

type joinTeam struct {
	Project, Person int
	Manager         bool
}

func (j joinTeam) take(l *land) *change {
	n, person := l.open(j.Project), j.Person%l.people
	if n == none {
		return nil
	}
	if _, in := l.projects[n].team[person]; in {
		return nil
	}
	l.projects[n].team[person] = j.Manager
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		t, err := in.w.Book.AddToTeam(ctx, s, in.ids[key{Kind: "project", N: n}], in.person(person), j.Manager)
		return in.keep(key{Kind: "team", N: n, M: person}, t.ID, err)
	})
}

type leaveTeam struct{ Project, Nth int }

func (j leaveTeam) take(l *land) *change {
	n := numberOf(j.Project, len(l.projects), func(i int) bool { return len(l.projects[i].team) > 0 })
	if n == none {
		return nil
	}
	team := slices.Sorted(maps.Keys(l.projects[n].team))
	person := team[j.Nth%len(team)]
	delete(l.projects[n].team, person)
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		return in.w.Book.RemoveFromTeam(ctx, s, in.ids[key{Kind: "team", N: n, M: person}])
	})
}

// recordTime records time of a person: on a project, or without one on a site.
type recordTime struct {
	Person, Site, Project int
	Amount                int64
}

func (r recordTime) take(l *land) *change {
	e := landEntry{site: r.Site, person: r.Person % l.people, project: none, seconds: int64(60 * (len(l.entries) + 1)), amount: r.Amount}
	if r.Project != none {
		if e.project = l.open(r.Project); e.project != none {
			e.site = l.projects[e.project].site
		}
	}
	if e.amount != 0 {
		e.currency = []string{"EUR", "USD"}[len(l.entries)%2]
	}
	k := key{Kind: "entry", N: len(l.entries)}
	l.entries = append(l.entries, e)
	return &change{site: e.site, do: func(ctx context.Context, s storage.Tx, in *settlement) error {
		entry := timed(Start.Add(time.Duration(k.N)*20*time.Hour), time.Duration(e.seconds)*time.Second, noProject)
		entry.Person = in.person(e.person)
		if e.project != none {
			entry.Project = in.ids[key{Kind: "project", N: e.project}]
		}
		if e.amount != 0 {
			entry.External = timesheet.External{Source: "elsewhere", Key: fmt.Sprint(k.N), Amount: e.amount, Currency: e.currency}
		}
		entry, err := in.w.Book.Record(ctx, s, entry)
		return in.keep(k, entry.ID, err)
	}}
}

type removeTime struct{ Entry int }

func (r removeTime) take(l *land) *change {
	n := numberOf(r.Entry, len(l.entries), func(i int) bool {
		e := l.entries[i]
		return !e.gone && (e.project == none || !l.projects[e.project].archived)
	})
	if n == none {
		return nil
	}
	l.entries[n].gone = true
	return everywhereDo(func(ctx context.Context, s storage.Tx, in *settlement) error {
		return in.w.Book.Remove(ctx, s, in.ids[key{Kind: "entry", N: n}], 1)
	})
}

// laterOn moves the clock.
type laterOn struct{ Hours int }

func (a laterOn) take(l *land) *change {
	d := time.Duration(a.Hours) * time.Hour
	l.clock += d
	return &change{outside: func(in *settlement) error {
		in.w.Clock.Advance(d)
		return nil
	}}
}

// customRoles turns the module of custom roles on or off.
type customRoles struct{ Off bool }

func (c customRoles) take(l *land) *change {
	l.noCustom = c.Off
	return &change{outside: func(in *settlement) error {
		return in.w.DB.Installation(in.ctx, worker, func(ctx context.Context, h storage.Installation) error {
			_, r, err := h.Domains().Get(ctx, h.Who().Sees(admin.ViewDomain), in.whole.Domain())
			if err != nil {
				return err
			}
			may, err := h.Who().May(admin.EditModules, r)
			if err != nil {
				return err
			}
			var off []string
			if c.Off {
				off = []string{access.CustomRoles}
			}
			return h.PutModules(ctx, may, in.whole.Domain(), off)
		})
	}}
}

// settlement is a land in a store.
type settlement struct {
	land
	w     *World
	ctx   context.Context
	whole tenancy.Scope
	sites [sites]tenancy.SiteID
	start time.Time // the clock at the beginning
	met   tally

	readers []reader
	ids     map[key][16]byte
	keys    map[[16]byte]key
}

// keep remembers the id of a thing. A closure that runs again has another.
func (in *settlement) keep(k key, id [16]byte, err error) error {
	if err == nil {
		delete(in.keys, in.ids[k])
		in.ids[k], in.keys[id] = id, k
	}
	return err
}

// person returns the id of a person.
func (in *settlement) person(n int) tenancy.MembershipID {
	return in.ids[key{Kind: "membership", N: n}]
}

// at returns the scope of a site, or of the whole domain.
func (in *settlement) at(site int) tenancy.Scope {
	if site == none {
		return in.whole
	}
	return in.whole.At(in.sites[site])
}
