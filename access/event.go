package access

import (
	"errors"
	"time"

	"github.com/seed-5be203e9/stint/tenancy"
)

// EventID is the identity of an Event.
type EventID = tenancy.ID[Event]

// Event is one line of a domain's log: who did what to which resource, when,
// and by which right; or who was denied it, and why. A store writes it in the
// transaction of the change, or of its own if there was none, and nothing can
// change it afterwards. It holds where the resource was before and
// is after, so that a reader's rights can be applied to both.
type Event struct {
	ID      EventID
	At      time.Time // UTC, microseconds: the transaction's now
	Actor   tenancy.MembershipID
	Action  Action
	Denied  bool   // it was not done
	Reason  string // the role and the facts that allowed it, the reason of the system, or that of the denial
	Kind    Kind
	Object  [16]byte
	Version int64 // of the object, after the change
	Site    tenancy.SiteID
	Client  [16]byte
	Project [16]byte
	Person  tenancy.MembershipID
	Public  bool // whether the resource's project is public
	Was     Whereabouts
	// Before and After say what a role, a binding or a setting was and became,
	// in words; empty for other kinds.
	Before, After string
}

// Whereabouts is where a resource was before a change. It is zero for a new
// one.
type Whereabouts struct {
	Site    tenancy.SiteID
	Client  [16]byte
	Project [16]byte
	Person  tenancy.MembershipID
	Public  bool
}

// Event returns the event of a write, without its id.
func (s *Session) Event(w Write, version int64, at time.Time) Event {
	b, a := w.Before, w.After
	return Event{
		At: at, Actor: s.holdings.who.Member, Action: w.Action, Reason: w.Reason,
		Kind: a.Kind, Object: a.ID, Version: version,
		Site: a.Site, Client: a.Client, Project: a.Project, Person: a.Person, Public: a.Facts.Has(Public),
		Was: Whereabouts{b.Site, b.Client, b.Project, b.Person, b.Facts.Has(Public)},
	}
}

// Refusal is an error of a transaction that joined a host's own, together with
// the denials of privileged actions in it. They can be recorded only once the
// host's transaction is over.
type Refusal struct {
	Events []Event
	Err    error
}

// Error says what the error within says.
func (r *Refusal) Error() string { return r.Err.Error() }

// Unwrap returns the error within.
func (r *Refusal) Unwrap() error { return r.Err }

// Refusals returns the denials that an error carries, if it is a Refusal.
func Refusals(err error) []Event {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Events
	}
	return nil
}
