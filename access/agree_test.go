package access_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

// asker asks everything that there is to ask about rows of one kind, in every
// way there is, and compares the answers.
type asker struct {
	t        *testing.T
	s        *access.Session
	holdings *access.Holdings
	now      time.Time
	actions  []access.ActionSpec
	plans    []access.Plan
}

func asking(t *testing.T, h *access.Holdings, now time.Time, actions []access.ActionSpec) asker {
	t.Helper()
	a := asker{t, h.Begin(now), h, now, actions, nil}
	for _, spec := range actions {
		plan, err := a.s.Plan(a.s.Actor().Sees(spec.Name), spec.Kind)
		require.NoError(t, err)
		a.plans = append(a.plans, plan)
	}
	return a
}

// row compares, for one row, the decision on each action, the plan of its
// filter, the set of allowed actions, and both explanations.
func (a asker) row(row access.Row) {
	a.t.Helper()
	site := a.s.Standing().Scope.Site()
	fenced := !site.IsZero() && row.Site != site && row.Site != tenancy.SiteID{}
	r, who := a.s.Resource(row), a.s.Actor()
	set, list := who.AllowedActions(r), who.Allowed(r)
	n := 0
	for i, spec := range a.actions {
		_, err := who.May(spec.Name, r)
		allowed := err == nil
		why, explained := who.Explain(spec.Name, r)
		without, decided := a.holdings.Decide(a.now, spec.Name, row)
		if (explained == nil) == fenced || (decided == nil) == fenced {
			require.Failf(a.t, "the fence", "%s on %+v: %v, %v", spec.Name, row, explained, decided)
		}
		inList := n < len(list) && list[n] == spec.Name
		if inList {
			n++
		}
		if a.plans[i].Sees(row) && !fenced != allowed || set.Has(spec.Name) != allowed || why.Allowed != allowed || without.Allowed != allowed ||
			inList != (allowed && spec.Verb != access.Create) {
			require.Failf(a.t, "disagreement", "%s on %+v: decided %v, plan %v, set %v, list %v, explained %v, for others %v",
				spec.Name, row, err, a.plans[i], set.Has(spec.Name), list, why, without)
		}
	}
	require.Len(a.t, list, n)
}

// rows does so for rows at several places in every world that can be.
func (a asker) rows(kind access.KindSpec, rows []access.Row, states ...access.State) {
	a.t.Helper()
	for _, f := range worldsOf(kind, false) {
		for _, row := range rows {
			for _, row.State = range states {
				row.Facts = f
				a.row(row)
			}
		}
	}
}

// Check, filter, list and explanation are the same function (G56, G57, T26):
// every role × place × scope × setting × action × world that can be × place of
// the row. Each way to set the switches is once that of the domain and once
// that of each site, so that the sites of the whole domain differ.
func TestDecisionFilterListAndExplanationAgree(t *testing.T) {
	p := builtIn(t)
	actions := specs(p)
	for _, role := range append(roles, "no such role") {
		t.Run("G57 "+role, func(t *testing.T) {
			t.Parallel()
			for _, kind := range p.Kinds() {
				ways := choices(switchesOf(p, kind.Name))
				for i, way := range ways {
					settings := slices.Concat(under(tenancy.SiteID{}, way...),
						under(here, ways[(i+1)%len(ways)]...), under(there, ways[(i*3+len(ways)/2)%len(ways)]...))
					for _, at := range places {
						for _, in := range []tenancy.Scope{whole(t), whole(t).At(here)} {
							h := p.Load(access.Standing{Scope: in, Member: me, Bindings: []access.Binding{bound(role, at)}, Settings: settings})
							asking(t, h, time.Time{}, actions[kind.Name]).rows(kind, someRows(kind.Name), 0)
						}
					}
				}
			}
		})
	}
}

// The same with an archived resource: what the state denies is in no list.
func TestAgreementOnWhatIsArchived(t *testing.T) {
	p := builtIn(t)
	for _, role := range roles {
		for _, kind := range p.Kinds() {
			for _, at := range []access.Place{everywhere, atProject} {
				h := p.Load(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(role, at)}})
				asking(t, h, time.Time{}, specs(p)[kind.Name]).rows(kind, someRows(kind.Name)[5:], 0, access.Archived)
			}
		}
	}
}

// Roles add up: with two of them all still agree, and what is allowed is what
// either alone allows.
func TestTwoRolesAllowWhatEitherAllows(t *testing.T) {
	p := builtIn(t)
	random := rand.New(rand.NewPCG(1, 2))
	var all []access.Binding
	for _, role := range roles[2:] {
		for _, at := range places {
			all = append(all, bound(role, at))
		}
	}
	load := func(settings []access.SiteSetting, b ...access.Binding) *access.Holdings {
		return p.Load(access.Standing{Scope: whole(t), Member: me, Bindings: b, Settings: settings})
	}
	for _, kind := range p.Kinds() {
		actions, ways := specs(p)[kind.Name], choices(switchesOf(p, kind.Name))
		for range 150 {
			a, b := all[random.IntN(len(all))], all[random.IntN(len(all))]
			settings := slices.Concat(under(tenancy.SiteID{}, ways[random.IntN(len(ways))]...), under(here, ways[random.IntN(len(ways))]...))
			one, two := asking(t, load(settings, a), time.Time{}, actions), asking(t, load(settings, b), time.Time{}, actions)
			both := asking(t, load(settings, a, b), time.Time{}, actions)
			rows := someRows(kind.Name)[3:]
			both.rows(kind, rows, 0)
			for _, f := range worldsOf(kind, false) {
				for _, row := range rows {
					row.Facts = f
					for i, spec := range actions {
						if want := one.plans[i].Sees(row) || two.plans[i].Sees(row); want != both.plans[i].Sees(row) {
							require.Failf(t, "roles do not add up", "%v and %v: %s on %+v: either alone says %v", a, b, spec.Name, row, want)
						}
					}
				}
			}
		}
	}
}

// Many roles, places, settings of several sites, edges of time, tokens and
// modules at once, on random rows in random worlds.
func TestRandomStandingsAgree(t *testing.T) {
	p := compiled(t, append(catalogues(), doors())...)
	kinds, actions, switches := p.Kinds(), specs(p), p.Switches()
	noon := time.Date(2024, 3, 4, 12, 0, 0, 0, time.UTC)
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 7))
		pick := func(n int) int { return random.IntN(n) }
		instant := func() time.Time {
			if pick(2) == 0 {
				return time.Time{}
			}
			return noon.Add(time.Duration(pick(5)-2) * time.Hour)
		}
		st := access.Standing{Scope: whole(t), Member: me, ReadOnly: pick(8) == 0}
		if pick(3) == 0 {
			st.Scope = whole(t).At(here)
		}
		for range pick(12) {
			b := bound(append(roles, "keeper", "owner")[pick(len(roles)+2)], places[pick(len(places))])
			b.From, b.Until = instant(), instant()
			st.Bindings = append(st.Bindings, b)
		}
		for range pick(10) {
			s := switches[pick(len(switches))]
			st.Settings = append(st.Settings, access.SiteSetting{Site: []tenancy.SiteID{{}, here, there}[pick(3)], Key: s.Key, Value: s.Values[pick(len(s.Values))]})
		}
		if pick(4) == 0 {
			st.Off = []string{"paint", access.CustomRoles}[:1+pick(2)]
		}
		if st.Limited = pick(6) == 0; st.Limited {
			for range pick(20) {
				st.Only = append(st.Only, p.Actions()[pick(len(p.Actions()))].Name)
			}
		}
		if pick(20) == 0 {
			st.System = "repair"
		}
		h := p.Load(st)
		for hour := range 5 { // in time, through every edge
			now := noon.Add(time.Duration(hour-2) * time.Hour)
			kind := kinds[pick(len(kinds))]
			worlds := worldsOf(kind, true)
			a := asking(t, h, now, actions[kind.Name])
			for range 20 {
				row := someRows(kind.Name)[pick(7)]
				row.Facts, row.State = worlds[pick(len(worlds))], access.State(pick(2))
				a.row(row)
			}
		}
	}
}
