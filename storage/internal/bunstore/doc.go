// Package bunstore is every SQL statement of Stint, once, for all dialects.
//
// Two kinds of statement leave it. Those of the uniform kinds are built with
// bun from the table of kinds (rows.go, put.go). The few hot ones are written
// by hand and run through one verb, handle.run, which sends a list of calls as
// one pipeline where the driver can. Both kinds begin in scope.go, which is
// where the domain is put into a statement.
//
// A handle begins lazily: nothing is sent until the first call, and then BEGIN,
// the tenant setting, the check of the actor's version and that call leave
// together. Events wait for COMMIT and leave with it.
//
// The hot statements use "?" for arguments in every dialect.
package bunstore
