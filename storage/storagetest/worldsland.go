package storagetest

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// land is a domain as the steps of a random world made it: plain data, known
// without asking a store. People, sites and things are numbered in the order in
// which they came; none is the number of nothing.
type land struct {
	clock    time.Duration // since the beginning
	people   int
	out      map[int]bool // those who are not let in
	clients  []landClient
	projects []landProject
	tasks    []landTask
	words    map[string][]landWord // activities and tags, by their kind
	entries  []landEntry
	groups   []map[int]bool // the people of each
	roles    []landRole
	bindings []landBinding
	settings map[landSetting]string
	noCustom bool // the module of custom roles is off
}

const (
	none  = -1
	sites = 2
)

type landClient struct{ site int }

type landProject struct {
	site, client             int
	public, shared, archived bool
	team                     map[int]bool // by person, whether she manages it
}

type landTask struct{ project int }

type landWord struct{ site int }

type landEntry struct {
	site, person, project int
	seconds               int64
	amount                int64 // in minor units of the currency
	currency              string
	gone                  bool
}

// landRole is a role of the domain's own, as it was drawn.
type landRole []landGrant

type landGrant struct {
	Action string
	Terms  []landTerm // any one is enough
}

// landTerm holds where all of some words are true and none of others.
type landTerm struct{ All, None []string }

type landBinding struct {
	subject     string // "person", "group" or "everyone"
	who         int
	role        string // built-in; or
	custom      int    // one of the domain's own
	place       string // "domain", "site", "client", "project" or "group"
	at          int
	from, until time.Duration // since the beginning; none: without
	gone        bool
}

type landSetting struct {
	site int // none: of the domain
	key  string
}

// thing is one row of a kind, by its numbers, and where it is.
type thing struct {
	key
	site, client, project, person int
}

// key says which thing of a kind it is.
type key struct {
	Kind string
	N    int
	M    int    // the person, of a team or group
	Word string // the key, of a setting
}

// things returns everything there is, in an order of its own.
func (l *land) things() (all []thing) {
	add := func(k key, site, client, project, person int) {
		all = append(all, thing{k, site, client, project, person})
	}
	onProject := func(k key, n, person int) { add(k, l.projects[n].site, l.projects[n].client, n, person) }
	for n := range sites {
		add(key{Kind: "site", N: n}, n, none, none, none)
	}
	for n := range l.people {
		add(key{Kind: "membership", N: n}, none, none, none, n)
	}
	for n, c := range l.clients {
		add(key{Kind: "client", N: n}, c.site, n, none, none)
	}
	for n, p := range l.projects {
		onProject(key{Kind: "project", N: n}, n, none)
		for _, person := range slices.Sorted(maps.Keys(p.team)) {
			onProject(key{Kind: "team", N: n, M: person}, n, person)
		}
	}
	for n, t := range l.tasks {
		onProject(key{Kind: "task", N: n}, t.project, none)
	}
	for _, kind := range []string{"activity", "tag"} {
		for n, word := range l.words[kind] {
			add(key{Kind: kind, N: n}, word.site, none, none, none)
		}
	}
	for n, e := range l.entries {
		switch {
		case e.gone:
		case e.project == none:
			add(key{Kind: "entry", N: n}, e.site, none, none, e.person)
		default:
			onProject(key{Kind: "entry", N: n}, e.project, e.person)
		}
	}
	for n, people := range l.groups {
		add(key{Kind: "group", N: n}, none, none, none, none)
		for _, person := range slices.Sorted(maps.Keys(people)) {
			add(key{Kind: "group_member", N: n, M: person}, none, none, none, person)
		}
	}
	for n := range l.roles {
		add(key{Kind: "role", N: n}, none, none, none, none)
	}
	for n, b := range l.bindings {
		if b.gone {
			continue
		}
		t := thing{key{Kind: "binding", N: n}, none, none, none, none}
		switch b.place {
		case "site":
			t.site = b.at
		case "client":
			t.client = b.at
		case "project":
			t.project = b.at
		}
		if b.subject == "person" {
			t.person = b.who
		}
		all = append(all, t)
	}
	for _, s := range slices.SortedFunc(maps.Keys(l.settings), func(a, b landSetting) int {
		return cmp.Or(a.site-b.site, cmp.Compare(a.key, b.key))
	}) {
		add(key{Kind: "setting", N: s.site, Word: s.key}, s.site, none, none, none)
	}
	return all
}
