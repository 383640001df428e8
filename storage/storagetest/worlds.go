package storagetest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
)

// Random worlds: steps that nobody thought of make a domain, and what the store
// then answers to its people is what the sentences of the rules say. A world
// that is answered wrongly shrinks to the few steps that it takes.
//
// There are few by default. The flags of package rapid ask for more, or for one
// again: -rapid.checks=1000, -rapid.seed=…

// fewWorlds is how many random worlds a run of the contract makes if nobody
// says otherwise.
const fewWorlds = 4

func worldTests() []test {
	return []test{{"G56 J58 T25 T26 in random worlds all answers are those of the sentences", func(t *testing.T, open Open) {
		w := emptyWorld(t, open, nil)
		fewer(t, fewWorlds, func() {
			rapid.Check(t, func(rt *rapid.T) {
				steps := randomWorld().Draw(rt, "world")
				if err := live(t.Context(), w, steps, nil); err != nil {
					rt.Fatalf("%v\nin the world of\n%s", err, told(steps))
				}
			})
		})
	}}}
}

// oneCheck lets one test at a time change how many checks rapid makes.
var oneCheck sync.Mutex

// fewer runs a test with a number of checks, if none is asked for.
func fewer(t testing.TB, n int, run func()) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	asked := os.Getenv("RAPID_CHECKS") != ""
	flag.Visit(func(f *flag.Flag) { asked = asked || f == checks })
	if !asked {
		oneCheck.Lock()
		defer oneCheck.Unlock()
		if testing.Short() {
			n *= 5 // of which rapid leaves a fifth then
		}
		was := checks.Value.String()
		require.NoError(t, checks.Value.Set(fmt.Sprint(n)))
		defer func() { _ = checks.Value.Set(was) }() // it was read from there
	}
	run()
}

// told lists steps, one on a line.
func told(steps []worldStep) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "  %s%+v\n", strings.TrimPrefix(fmt.Sprintf("%T", s), "storagetest."), s)
	}
	return b.String()
}

// live takes steps in a new domain of a store, asks everybody everywhere
// afterwards, and returns what is answered wrongly.
func live(ctx context.Context, w *World, steps []worldStep, met tally) error {
	in, err := settle(ctx, w)
	if err != nil {
		return err
	}
	in.met = met
	for person := range in.people {
		for scope := none; scope < sites; scope++ {
			steps = append(slices.Clip(steps), ask{Person: person, Scope: scope, AtSite: none, Pick: len(steps)})
		}
	}
	for _, step := range steps {
		c := step.take(&in.land)
		if c == nil {
			continue
		}
		if c.outside != nil {
			err = c.outside(in)
		} else {
			err = w.DB.Update(ctx, in.at(c.site), worker, func(ctx context.Context, s storage.Tx) error { return c.do(ctx, s, in) })
		}
		if err != nil {
			return fmt.Errorf("%T%+v: %w", step, step, err)
		}
	}
	return nil
}

// settle makes a domain with its administrator, four people and two sites.
func settle(ctx context.Context, w *World) (*settlement, error) {
	in := &settlement{w: w, ctx: ctx, start: w.Clock.Now(), ids: map[key][16]byte{}, keys: map[[16]byte]key{}, readers: readers()}
	in.settings, in.words, in.out = map[landSetting]string{}, map[string][]landWord{}, map[int]bool{}
	var made admin.Provisioned
	err := w.DB.Installation(ctx, system.Because("storagetest settles a land"), func(ctx context.Context, h storage.Installation) (err error) {
		id := tenancy.ID[World](h.NewID()).String()
		made, err = admin.AddDomain(ctx, h, admin.Provision{Name: "Land " + id, Site: "Site 0", Admin: tenancy.Membership{Name: "Person 0", Email: emailOf(0)}})
		return err
	})
	if err != nil {
		return nil, err
	}
	if in.whole, err = tenancy.NewResolver(w.DB).Whole(ctx, made.Domain.ID); err != nil {
		return nil, err
	}
	in.bindings = []landBinding{{subject: "person", role: access.DomainAdmin, custom: none, place: "domain", from: none, until: none}}
	return in, w.DB.Update(ctx, in.whole, worker, func(ctx context.Context, s storage.Tx) error {
		in.people, in.sites[0] = 0, made.Site.ID
		held, err := admin.HeldBy(ctx, s, made.Admin.ID)
		if err != nil || len(held) != 1 {
			return fmt.Errorf("the administrator holds %d roles: %w", len(held), err)
		}
		_ = in.keep(key{Kind: "binding"}, held[0].Binding.ID, nil)
		for n := range sites {
			if n > 0 {
				site, err := admin.AddSite(ctx, s, tenancy.Site{Name: fmt.Sprintf("Site %d", n)})
				if err != nil {
					return err
				}
				in.sites[n] = site.ID
			}
			_ = in.keep(key{Kind: "site", N: n}, in.sites[n], nil)
		}
		for n := range 5 {
			m := made.Admin
			if n > 0 {
				if m, err = admin.AddMember(ctx, s, tenancy.Membership{Name: fmt.Sprintf("Person %d", n), Email: emailOf(n)}); err != nil {
					return err
				}
			}
			_ = in.keep(key{Kind: "membership", N: n}, m.ID, nil)
			in.people++
		}
		return nil
	})
}

func emailOf(person int) string { return fmt.Sprintf("person%d@example.org", person) }

// tally counts how often something was denied and how often it was allowed; nil
// does not.
type tally map[string][2]int

func (m tally) count(what string, allowed bool) {
	if m == nil {
		return
	}
	n := m[what]
	if allowed {
		n[1]++
	} else {
		n[0]++
	}
	m[what] = n
}
