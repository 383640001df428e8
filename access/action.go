package access

// Action is the name of something that can be done, such as "entry.view". The
// package whose noun it concerns owns it. Names are stable.
type Action string

// Verb is what an action does to a resource. A store accepts a permit only
// for what its verb says; a filter may be of any, and shows what the action is
// allowed on.
type Verb uint8

// The verbs. The zero Verb does nothing.
const (
	Read Verb = iota + 1
	Create
	Change
	Remove
)

// Kind names what a resource is: "entry", "project". It is the Kind of the
// table of kinds in package storage, or a host's own.
type Kind string

// KindSpec declares a kind: what can hold between it and an actor.
type KindSpec struct {
	Name  Kind
	Doc   string // one sentence for people
	Facts Facts  // those it can have
	// Extra names up to four facts of a host's own kind: Extra1, Extra2, … The
	// host says which of them hold when it asks for a decision.
	Extra []string
	// Impossible are the worlds that cannot be, such as a manager of a project
	// who is not in its team. Lint and differences leave them out; a decision
	// does not rely on them.
	Impossible []Term
	// Root says that it is of the installation: no role of a domain grants
	// anything on it.
	Root bool
}

// ActionSpec declares an action.
type ActionSpec struct {
	Name Action
	Kind Kind // what it acts on
	Verb Verb
	Doc  string // one sentence for the permission matrix

	// Privileged says that a denial is recorded in the log as well.
	Privileged bool
	// Module names the module that has to be on; empty: none.
	Module string
	// Field says that the action is to see some field of what one sees: an
	// amount, an e-mail address. Without it the field is withheld.
	Field string
	// Guards are facts that nobody changes without this action: a change of a
	// resource that turns one of them asks for it too, before and after.
	Guards Facts
}

// State is a set of conditions of a resource that deny actions whatever the
// roles say.
type State uint8

// The states.
const (
	Archived State = 1 << iota // the resource, or the project it belongs to, is archived
)

// Denial is a rule that a state denies some actions. It comes before every
// grant; the first that applies gives the reason.
type Denial struct {
	State   State
	Reason  string // stable reason code
	Rule    string // for people
	Actions []Action
}

// Setting is one value of a switch.
type Setting struct{ Key, Value string }

// Switch is a setting of a site that grants depend on; see Grant.If.
type Switch struct {
	Key    string
	Doc    string
	Values []string // the first is the default
}
