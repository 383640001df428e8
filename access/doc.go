// Package access decides who may do what, filters what is seen, and says why,
// from one set of rules.
//
// # The model
//
// A fact ([Facts]) is something that holds between an actor and a resource: she owns
// it, she manages its project, its project is public. A [Role] is a set of
// actions, each under a [Condition] over facts, and maybe only where a setting
// of the site has some value (a [Switch]). A [Binding] gives a role to a person,
// to a group or to everyone, at a place: the whole domain, a site, a client, a
// project, or what belongs to the people of a group; from an instant until
// another. [Compile] turns the catalogues of all packages, and the host's own,
// into one [Policy].
//
// An action is allowed when a binding that covers the resource has a role that
// allows it for the facts that hold, when the resource is inside the scope, when
// the credential and the domain's modules allow it, and when no state of the
// resource denies it. Everything else is denied: the zero value of every type
// here may do nothing and sees nothing.
//
// # One rule, four answers
//
// Actor.May decides on one resource, without allocating; Actor.AllowedActions
// gives all that may be done to it at once; Actor.Sees is the same function as a
// filter for lists, sums and exports, which a store prints into its own language
// (a [Plan]); Actor.Explain names the rule that decided, or the smallest changes
// that would change the answer. Facts are few, so Compile tries every set of
// them and refuses a policy of which the four do not agree, or that breaks a
// [Claim], with a counterexample.
//
// The same tables answer questions about the rules themselves: Policy.Lint finds
// what is shadowed, unreachable or too wide, Policy.Diff is the exact difference
// of two versions of a role, Policy.Matrix the permission matrix (see MATRIX.md).
//
// # Safety
//
//   - A [Session] is made by a store, for one attempt at one transaction.
//   - An [Actor] comes from the session, a [Filter] from Actor.Sees, a [Permit]
//     from Actor.May and Actor.MayChange.
//   - A store reads only under a filter and writes only under a permit, and the
//     session refuses those that are zero, foreign or finished. So nobody can
//     keep one past its transaction, and past a revocation.
//   - Nobody grants what they do not hold, and a credential never allows what
//     its person may not do.
//   - There is no cache of decisions. What is kept of an actor ([Holdings]) is
//     checked by the transaction that uses it.
//   - What is withheld of a row, such as an e-mail address, is absent from it
//     wherever the row is shown.
//
// A custom role that cannot be read grants nothing, and an unknown action, kind
// or role is denied.
package access
