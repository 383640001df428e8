// Package access decides who may do what, and says why, from one set of rules.
//
// A [Fact] is something that holds between an actor and a resource: she owns
// it, she manages its project, its project is public. A [Role] is a set of
// actions, each under a condition over facts. A [Binding] gives a membership a
// role at a place: the whole domain, a site, a client or a project. [Compile]
// turns the roles of all packages into one [Policy].
//
// An action is allowed when a binding that covers the resource has a role that
// allows it for the facts that hold, when the resource is inside the scope,
// and when no state denies it. Everything else is denied: the zero value of
// every type here may do nothing and sees nothing.
//
// The four values that carry safety are made in one place each:
//
//   - a [Session] is made by a store, for one attempt at one transaction;
//   - an [Actor] comes from the session, a [Filter] from Actor.Sees, a [Permit]
//     from Actor.May and Actor.MayChange;
//   - a store reads only under a filter and writes only under a permit, and the
//     session refuses those that are zero, foreign or finished. So nobody can
//     keep one past its transaction, and past a revocation.
//
// The same policy decides on one resource and prints the filter of a list; the
// store turns the filter's [Plan] into its own language.
package access
