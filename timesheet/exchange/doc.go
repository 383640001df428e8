// Package exchange brings time in from the files of other trackers, and writes
// reports out as CSV.
//
// # Importing
//
// [Parse] reads a whole file and touches no store: each row becomes a draft or
// a refusal. [File.Store] then writes the drafts through the use cases of
// packages timesheet and admin, as the actor of the handle: it can do nothing
// that the actor could not do by hand. One file is one transaction, the
// caller's:
//
//	file, err := exchange.Parse(r, exchange.Options{Zone: "Europe/Berlin"})
//	…
//	err = db.Update(ctx, site, who, func(ctx context.Context, tx storage.Tx) (err error) {
//		report, err = file.Store(ctx, tx)
//		return err
//	})
//
// A dry run is the same with a closure that returns an error of the caller's in
// the end: everything is checked and reported by the very code that would
// store it, and the store keeps nothing. In the same way a caller who wants all
// rows or none returns an error when Report.Refused is not 0.
//
// Every row of the file is in the report, once: stored, unchanged because an
// earlier import stored it, or refused with the column, the value and the rule.
// A refused row does not stop the others. What is wrong with the file as a
// whole (its columns, its encoding, the zone of the options) is the error of
// Parse.
//
// # The two formats
//
// [Toggl] is the detailed export of Toggl Track, its columns in any order and
// case: User, Email, Client, Project, Task, Description, Billable, Start date,
// Start time, End date, End time, Duration, Tags, and any number of amounts
// such as "Amount (USD)". "Stop date" and "Stop time" are known for the end,
// and an "Amount ()" without currency as long as it is empty or 0. Required are
// User or Email, Start date, Start time, and an end or a Duration.
//
// [Intervals] is a plain list of intervals: dt_start, dt_end, Project or Tool,
// and optionally Task and Duration (as "0 days 00:50:30"); weekday and week_num
// are ignored. All of it is one person's time.
//
// Any other column is refused, so that nothing is left behind unseen. Files are
// UTF-8, or UTF-16 with a byte order mark, separated by comma, semicolon or
// tab, whichever the header has most of. Blank lines, and lines of nothing but
// separators, are not rows. Parse holds all rows in memory: bound the reader
// where files come from strangers.
//
// # Rules
//
//   - Dates are written 2006-01-02. Any other form is refused, 01/02/2021 among
//     them, unless Options.DateFormat says how to read it; then that form alone
//     is read. Times are 15:04:05 or 15:04, or have AM or PM.
//   - Local times are of Options.Zone. One that the clock skipped is shifted
//     forward by the gap, one that it showed twice is taken as the first, unless
//     only the second fits the row's end and Duration. Both are noted.
//   - The interval from start to end counts. A Duration that differs from it by
//     one second is accepted and noted, for exports round; one that differs by
//     more is refused ("duration_mismatch"). Without an end the Duration counts,
//     from the start. So a file's sums are those of its Duration column but for
//     the seconds that are noted.
//   - An end that is not after the start, a Duration of 0 or below, and one
//     longer than Book.MostSeconds are refused.
//   - Tags are separated by a comma and a space. Billable is Yes, No or empty.
//   - An amount is kept with the entry as it was exported, in minor units, and
//     never computed with. A row has at most one that is not 0.
//   - A person is matched by Email; where that is empty, by User, if exactly one
//     person has that name. Others are refused, or with Options.CreatePeople
//     invited and made members of the site.
//   - Clients, projects (by client and name), tasks and tags are matched by
//     tenancy.NameKey, those not archived first, and created where there are
//     none. New projects are private. Whoever gets time on a private project
//     joins its team, so that she sees what her time is on.
//   - Whether the actor may record the time is asked before anything is created
//     for it, as if on time without a project where the project is new.
//   - A row is known by person, client, project, task, description, start, and
//     end or duration as written, and by its ordinal among rows that are alike
//     in all of these. So importing a file again, or one that reaches further,
//     stores only what is new, also when projects were renamed here. Changes of
//     tags, billable and amount are not carried over to time imported before.
//     The key (External.Key) is one site's and one person's.
//
// Two imports of the same rows at the same moment end with fault.Conflict for
// one of them; run again, it finds everything unchanged.
package exchange
