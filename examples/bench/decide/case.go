package decide

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Case is what all contenders are built from.
type Case struct {
	Name      string
	Domain    tenancy.DomainID
	Actor     access.Actor
	Session   *access.Session // of the actor; nil if a store keeps it to itself
	Now       time.Time
	Bindings  []access.Binding // of the actor, also those that do not hold now
	Settings  []access.SiteSetting
	Questions []Question
}

// Question is whether the actor may do something to a resource.
type Question struct {
	Action   access.Action
	Resource access.Resource
	Domain   tenancy.DomainID // of the resource
}

// Answer is what a question is answered with: allowed, or why not.
type Answer uint8

// The answers. Engines that do not say why deny with NoGrant.
const (
	NoGrant    Answer = iota // no role of the actor's allows it here
	Allowed                  //
	Foreign                  // the resource is of another domain
	Archived                 // it is archived
	Restricted               // a setting of the site keeps it to others
	Condition                // a role would allow it, were the resource another
)

var answerNames = [...]string{"no grant", "allowed", "foreign", "archived", "restricted", "condition"}

// String names the answer.
func (a Answer) String() string { return answerNames[a] }

// answerOf reads what Actor.May returned.
func answerOf(err error) (Answer, error) {
	reason := fault.ReasonOf(err)
	switch {
	case err == nil:
		return Allowed, nil
	case errors.Is(err, fault.Proof):
		return Foreign, nil
	case reason == "archived":
		return Archived, nil
	case reason == "restricted_by_site_setting":
		return Restricted, nil
	case reason == "no_grant_in_scope":
		return NoGrant, nil
	case strings.HasPrefix(reason, "condition_"):
		return Condition, nil
	}
	return NoGrant, err
}

// Contender answers the questions of a case.
type Contender struct {
	Name string
	// Reasons says that it tells why it denies, and not only that it does.
	Reasons bool
	// Ask answers question i.
	Ask func(i int) (Answer, error)
	// Run answers the questions from one to another and counts those that are
	// allowed: what is timed.
	Run func(from, to int) (allowed int)
}

// contender makes one of an engine that does not say why it denies. A question
// that fails is not allowed.
func contender(name string, ask func(i int) (Answer, error)) Contender {
	return Contender{Name: name, Ask: ask, Run: func(from, to int) (n int) {
		for i := from; i < to; i++ {
			if answer, err := ask(i); err == nil && answer == Allowed {
				n++
			}
		}
		return n
	}}
}

// Agree asks every contender every question and returns the first answer that
// differs from that of the first contender.
func Agree(c *Case, contenders []Contender) error {
	for i, q := range c.Questions {
		want, err := contenders[0].Ask(i)
		if err != nil {
			return fmt.Errorf("question %d, %s, of %s: %w", i, q.Action, contenders[0].Name, err)
		}
		for _, other := range contenders[1:] {
			got, err := other.Ask(i)
			if err != nil {
				return fmt.Errorf("question %d, %s, of %s: %w", i, q.Action, other.Name, err)
			}
			if other.Reasons && got != want || (got == Allowed) != (want == Allowed) {
				return fmt.Errorf("question %d, %s on %+v: %s says %v, %s says %v", i, q.Action, q.Resource.Row(), contenders[0].Name, want, other.Name, got)
			}
		}
	}
	return nil
}
