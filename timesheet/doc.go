// Package timesheet holds time: entries and their slices, and what they are
// recorded on: clients, projects with their teams, tasks, activities and tags.
//
// # The model
//
// An [Entry] belongs to one domain, one site and one person. It is timed (from
// one instant until another), untimed (a duration on a day), or running. Its
// seconds are whole; for a timed entry they follow from its instants. The
// entry keeps the IANA zone of the worker, and is cut at that zone's midnights
// into [Slice]s, one a local day. Reports read slices only, so a day of 23 or
// 25 hours adds up.
//
// # The use cases
//
// A [Book] holds the use cases. Each takes the handle of a transaction that is
// already open, asks the policy, and writes under a permit; none opens a
// transaction, so a host's own rows and ours commit together. What the actor
// may not see is fault.NotFound, what she sees and may not do is fault.Denied.
package timesheet
