package access_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

var eight = time.Date(2024, 3, 4, 8, 0, 0, 0, time.UTC)

// A role holds from its beginning until before its end: the same holdings, in
// whatever order the instants are asked for (W3).
func TestTimePassesInHoldings(t *testing.T) {
	p := compiled(t, doors())
	timed := func(role string, from, until time.Duration) access.Binding {
		b := bound(role, everywhere)
		if from >= 0 {
			b.From = eight.Add(from)
		}
		if until >= 0 {
			b.Until = eight.Add(until)
		}
		return b
	}
	const ever = -1
	for name, c := range map[string]struct {
		held []access.Binding
		open map[time.Duration]bool // whether a door of others is seen, at instants after eight
	}{
		"from eight": {[]access.Binding{timed("keeper", 0, ever)}, map[time.Duration]bool{-1: false, 0: true, 1: true, time.Hour: true}},
		"until nine": {[]access.Binding{timed("keeper", ever, time.Hour)}, map[time.Duration]bool{-time.Hour: true, time.Hour - 1: true, time.Hour: false, 2 * time.Hour: false}},
		"an hour":    {[]access.Binding{timed("keeper", 0, time.Hour)}, map[time.Duration]bool{-1: false, 0: true, time.Hour - 1: true, time.Hour: false}},
		"twice": {[]access.Binding{timed("keeper", 0, time.Hour), timed("keeper", 2*time.Hour, 3*time.Hour)},
			map[time.Duration]bool{-1: false, 0: true, time.Hour: false, 2*time.Hour - 1: false, 2 * time.Hour: true, 3 * time.Hour: false}},
		"without a gap": {[]access.Binding{timed("keeper", 0, time.Hour), timed("keeper", time.Hour, 2*time.Hour)},
			map[time.Duration]bool{-1: false, 0: true, time.Hour - 1: true, time.Hour: true, 2 * time.Hour: false}},
		"always, and an hour": {[]access.Binding{timed("keeper", ever, ever), timed("owner", 0, time.Hour)}, map[time.Duration]bool{-1: true, 0: true, time.Hour: true}},
		"the wrong way round": {[]access.Binding{timed("keeper", time.Hour, 0)}, map[time.Duration]bool{-1: false, 0: false, time.Minute: false, time.Hour: false}},
	} {
		t.Run("W3 "+name, func(t *testing.T) {
			h := p.Load(access.Standing{Scope: whole(t), Member: me, Bindings: c.held})
			for range 3 { // forwards and back, as maps go
				for at, want := range c.open {
					now := eight.Add(at)
					s := h.Begin(now.In(time.FixedZone("", 3600)))
					plan, err := s.Plan(s.Actor().Sees("door.view"), "door")
					require.NoError(t, err)
					assert.Equal(t, want, allows(s, "door.view", door()), "at eight + %s", at)
					assert.Equal(t, want, plan.Sees(door()), "at eight + %s", at)
					assert.Equal(t, want, s.Actor().AllowedActions(s.Resource(door())).Has("door.drop"), "at eight + %s", at)
					e, err := h.Decide(now, "door.view", door())
					require.NoError(t, err)
					assert.Equal(t, want, e.Allowed, "at eight + %s", at)
				}
			}
		})
	}
	s := p.Begin(access.Standing{Scope: whole(t), Bindings: []access.Binding{timed("keeper", ever, 0)}})
	assert.True(t, allows(s, "door.view", door()), "at the beginning of time nothing has ended")
	s = p.Begin(access.Standing{Scope: whole(t), Bindings: []access.Binding{timed("keeper", 0, ever)}})
	assert.False(t, allows(s, "door.view", door()), "and nothing begun")
}

// Holdings serve many goroutines and instants at once: each gets the answer of
// its own instant.
func TestHoldingsServeManyAtOnce(t *testing.T) {
	p := compiled(t, doors())
	b := bound("keeper", everywhere)
	b.From, b.Until = eight, eight.Add(time.Hour)
	h := p.Load(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{b, bound("owner", atHere)}, Settings: under(there, set("colours", "many"))})
	var group sync.WaitGroup
	wrong := make(chan string, 100)
	for n := range 8 {
		group.Go(func() {
			now := eight.Add(time.Duration(n-2) * 30 * time.Minute)
			want := b.HoldsAt(now)
			for range 200 {
				s := h.Begin(now)
				plan, err := s.Plan(s.Actor().Sees("door.view"), "door")
				if err != nil || allows(s, "door.view", door()) != want || plan.Sees(door()) != want || allows(s, "door.drop", door()) != want {
					select {
					case wrong <- fmt.Sprint(now, want, err):
					default:
					}
				}
			}
		})
	}
	group.Wait()
	close(wrong)
	for is := range wrong {
		assert.Fail(t, is)
	}
}

// A site's setting comes before the domain's, and that before the default; a
// scope that is narrowed to the site has the same.
func TestSettingsOfSiteThenDomainThenDefault(t *testing.T) {
	p := compiled(t, append(catalogues(), doors())...)
	one, many := set("colours", "one"), set("colours", "many")
	for name, c := range map[string]struct {
		settings    []access.SiteSetting
		here, there string
	}{
		"J74 default":                 {nil, "one", "one"},
		"J74 domain":                  {under(tenancy.SiteID{}, many), "many", "many"},
		"J74 site":                    {under(here, many), "many", "one"},
		"J74 site against domain":     {append(under(here, one), under(tenancy.SiteID{}, many)...), "one", "many"},
		"J74 domain, then site":       {append(under(tenancy.SiteID{}, many), under(here, one)...), "one", "many"},
		"J74 site as domain":          {append(under(tenancy.SiteID{}, many), under(here, many)...), "many", "many"},
		"J74 unknown value":           {under(here, set("colours", "none")), "one", "one"},
		"J74 unknown switch":          {under(here, set("weather", "many")), "one", "one"},
		"J74 another switch of hers":  {append(under(tenancy.SiteID{}, many), under(here, set("limit_public_data", "on"))...), "many", "many"},
		"J74 unknown after the right": {append(under(here, many), under(here, set("colours", "none"))...), "many", "one"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, narrowed := range []bool{false, true} {
				for site, want := range map[tenancy.SiteID]string{here: c.here, there: c.there} {
					in := whole(t)
					if narrowed {
						in = in.At(site)
					}
					s := p.Begin(access.Standing{Scope: in, Member: me, Bindings: []access.Binding{bound("owner", everywhere)}, Settings: c.settings})
					row := door(access.Own)
					row.Site = site
					assert.Equal(t, want, s.Actor().Setting("colours", site), "narrowed: %v", narrowed)
					assert.Equal(t, want == "many", allows(s, "door.paint", row), "narrowed: %v", narrowed)
					plan, err := s.Plan(s.Actor().Sees("door.paint"), "door")
					require.NoError(t, err)
					assert.Equal(t, want == "many", plan.Sees(row))
				}
			}
		})
	}
	s := begin(p, whole(t))
	assert.Empty(t, s.Actor().Setting("weather", here))
	assert.Equal(t, "on", s.Actor().Setting("admins_bypass_private", tenancy.SiteID{}))
	s.End()
	assert.Empty(t, s.Actor().Setting("colours", here), "finished")
	assert.Empty(t, access.Actor{}.Setting("colours", here))
}

// Roles at very many places are found, and at no other.
func TestRolesAtManyPlaces(t *testing.T) {
	p := compiled(t, doors())
	at := func(n int) [16]byte { return [16]byte{0: byte(n), 7: byte(n >> 8), 15: 1} }
	for _, many := range []int{1, 3, 4, 5, 6, 7, 48, 49, 1000} {
		var held []access.Binding
		for n := range many {
			held = append(held, bound("owner", access.Place{Kind: access.AtProject, Project: at(n)}))
			if n%3 == 0 {
				held = append(held, bound("keeper", access.Place{Kind: access.AtProject, Project: at(n)}), held[len(held)-1])
			}
		}
		h := p.Load(access.Standing{Scope: whole(t), Member: me, Bindings: held})
		ask := asking(t, h, eight, specs(p)["door"])
		for n := range many + 50 {
			row := door()
			row.Project = at(n)
			ask.row(row)
			require.Equal(t, n < many && n%3 == 0, allows(ask.s, "door.view", row), "%d of %d", n, many)
			row.Facts = access.Own
			require.Equal(t, n < many, allows(ask.s, "door.view", row), "%d of %d", n, many)
		}
	}
}

// A module that the domain has not denies its actions to all, and so does the
// filter.
func TestModulesThatAreOff(t *testing.T) {
	p := compiled(t, doors())
	for _, off := range [][]string{nil, {"paint"}, {"glass"}} {
		for name, st := range map[string]access.Standing{"keeper": {Member: me, Bindings: []access.Binding{bound("keeper", everywhere)}}, "system": {System: "repair"}} {
			st.Scope, st.Off = whole(t), off
			h := p.Load(st)
			ask := asking(t, h, eight, specs(p)["door"])
			ask.row(door())
			_, err := ask.s.Actor().May("door.paint", ask.s.Resource(door()))
			if len(off) > 0 && off[0] == "paint" {
				reason(t, err, "module_off", name)
			} else {
				assert.NoError(t, err, "J48 %s", name)
			}
		}
	}
}
