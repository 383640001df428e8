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
// table of kinds in package storage.
type Kind string

// ActionSpec declares an action.
type ActionSpec struct {
	Name Action
	Kind Kind // what it acts on
	Verb Verb
	Doc  string // one sentence for the permission matrix
}

// State is a set of conditions of a resource that deny actions whatever the
// roles say.
type State uint8

// The states.
const (
	Archived State = 1 << iota // the resource, or the project it belongs to, is archived
)

// Denial is a rule that a state denies some actions. It comes before every
// grant.
type Denial struct {
	State   State
	Reason  string // stable reason code
	Rule    string // for people
	Actions []Action
}
