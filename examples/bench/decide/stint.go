package decide

import (
	"runtime"

	"github.com/seed-5be203e9/stint/access"
)

// Names of contenders.
const (
	NameHand    = "by hand"
	NameMay     = "May"
	NameNamed   = "May, rule named"
	NameAll     = "AllowedActions"
	NameWords   = "Explain"
	NameFilter  = "Sees and Plan"
	NameCEL     = "cel-go"
	NameCELEach = "cel-go, a program an action"
	NameCasbin  = "Casbin, cached"
	NameCedar   = "cedar-go"
	NameOPA     = "OPA"
)

// May is the SDK: Actor.May on a resource that was loaded.
func May(c *Case) Contender {
	return Contender{
		Name: NameMay, Reasons: true,
		Ask: func(i int) (Answer, error) {
			_, err := c.Actor.May(c.Questions[i].Action, c.Questions[i].Resource)
			return answerOf(err)
		},
		Run: func(from, to int) (n int) {
			for i := from; i < to; i++ {
				q := &c.Questions[i]
				if _, err := c.Actor.May(q.Action, q.Resource); err == nil {
					n++
				}
			}
			return n
		},
	}
}

// Named is May with what decided: the role and the term, or the reason of the
// denial, which it has anyway.
func Named(c *Case) Contender {
	return contender(NameNamed, func(i int) (Answer, error) {
		q := &c.Questions[i]
		p, err := c.Actor.May(q.Action, q.Resource)
		if err != nil {
			return NoGrant, nil
		}
		if role, _ := p.By(); role == "" {
			return NoGrant, nil
		}
		return Allowed, nil
	})
}

// AllActions is Actor.AllowedActions: every action on the resource at once.
func AllActions(c *Case) Contender {
	return contender(NameAll, func(i int) (Answer, error) {
		q := &c.Questions[i]
		if c.Actor.AllowedActions(q.Resource).Has(q.Action) {
			return Allowed, nil
		}
		return NoGrant, nil
	})
}

// Words is Actor.Explain: the answer in words, with what it would take.
func Words(c *Case) Contender {
	return contender(NameWords, func(i int) (Answer, error) {
		q := &c.Questions[i]
		if e, err := c.Actor.Explain(q.Action, q.Resource); err == nil && e.Allowed {
			return Allowed, nil
		}
		return NoGrant, nil
	})
}

// Filters is Actor.Sees, opened as a store does. It answers whether anything
// may be seen at all, so it agrees with nobody.
func Filters(c *Case) Contender {
	return contender(NameFilter, func(i int) (Answer, error) {
		q := &c.Questions[i]
		plan, err := c.Session.Plan(c.Actor.Sees(q.Action), q.Resource.Row().Kind)
		if err != nil || len(plan.Branches) == 0 {
			return NoGrant, err
		}
		return Allowed, nil
	})
}

// Held returns the bytes that each binding of a case takes in memory once it is
// loaded: what the holdings weigh more than those of nobody.
func Held(policy *access.Policy, c *Case) float64 {
	const copies = 20
	weigh := func(st access.Standing) float64 {
		var before, after runtime.MemStats
		all := make([]*access.Holdings, copies)
		runtime.GC()
		runtime.GC() // what the first found to have finalizers
		runtime.ReadMemStats(&before)
		for i := range all {
			all[i] = policy.Load(st)
			all[i].Begin(c.Now)
		}
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(all)
		return float64(after.HeapAlloc) - float64(before.HeapAlloc)
	}
	weigh(access.Standing{Bindings: c.Bindings}) // what the policy compiles on the way is not of the actor
	none := weigh(access.Standing{Settings: c.Settings})
	return (weigh(access.Standing{Bindings: c.Bindings, Settings: c.Settings}) - none) / copies / float64(len(c.Bindings))
}
