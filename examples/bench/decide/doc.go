// Package decide measures decisions: the same questions asked of Stint, of a
// function written by hand for these rules, and of general policy engines.
//
// A [Case] is an actor with the bindings, settings and resources that were
// loaded for it, and the questions. It comes from a generated population or from
// a store. Every [Contender] is built from the same Case; [Agree] shows that all
// give the same answers, and [Measure] lets them take turns.
package decide
