package exchange

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// Store is what an import reads and writes. A handle of package storage that
// writes is one.
type Store interface {
	timesheet.Store
	admin.Store
}

// chunkRows is how many rows go to the store at a time.
const chunkRows = 2000

// Store stores the drafts of the file as the actor of the handle, and reports on
// every row. The scope must name a site (fault.NoSite).
//
// An error means that the transaction must be rolled back; refused rows are not
// errors. A *RowError says which rows caused it: a name of theirs is taken by
// something that the actor cannot see. [File.Without] then gives the file
// without these rows, to be stored in a new transaction.
//
// The number of statements grows with the distinct people, clients, projects,
// tasks and tags, and with the rows by a small number for every 1,000.
func (f File) Store(ctx context.Context, s Store) (Report, error) {
	r, err := f.begin(s)
	if err != nil {
		return Report{}, err
	}
	for _, step := range []func(context.Context) error{
		r.findPeople, r.skipImported, r.findNames, r.mayTrack, r.createNames, r.joinTeams, r.record, r.noteOverlaps,
	} {
		if err := step(ctx); err != nil {
			return Report{}, err
		}
		r.progress()
	}
	return r.finish(), nil
}

// Without returns the file with the rows of a *RowError refused for its reason,
// and false if err has none.
func (f File) Without(err error) (File, bool) {
	bad, ok := errors.AsType[*RowError](err)
	if !ok {
		return f, false
	}
	refusal, ok := errors.AsType[*fault.Error](bad.Err)
	if !ok {
		return f, false
	}
	f.Rows = slices.Clone(f.Rows)
	for i, row := range f.Rows {
		if _, found := slices.BinarySearch(bad.Lines, row.Line); found && row.Err == nil {
			f.Rows[i] = Row{Line: row.Line, Err: refusal}
		}
	}
	return f, true
}

// run is one attempt at storing a file.
type run struct {
	s       Store
	site    tenancy.SiteID
	opt     Options
	header  *header
	source  string
	all     []*item // the drafts, in order
	items   []*item // of these, the ones whose fate is open
	report  Report
	names   names
	entries map[timesheet.EntryID]*Result // what was stored
}

// item is a row on its way into the store.
type item struct {
	*Draft
	result  *Result
	person  tenancy.MembershipID
	project *project // nil: none
	task    *ref[timesheet.TaskID]
	tags    []*ref[timesheet.TagID] // in the order of Tags
}

func (f File) begin(s Store) (*run, error) {
	r := &run{s: s, site: s.Scope().Site(), opt: f.opt, header: &f.header, source: string(f.Format),
		names: newNames(), entries: map[timesheet.EntryID]*Result{}}
	if r.site.IsZero() {
		return nil, fault.NoSite
	}
	r.report.Rows = make([]Result, len(f.Rows))
	for i, row := range f.Rows {
		result := &r.report.Rows[i]
		*result = Result{Line: row.Line}
		if row.Err != nil {
			result.Status, result.Err = Refused, row.Err
			continue
		}
		result.Notes = slices.Clone(row.Notes)
		r.all = append(r.all, &item{Draft: row.Draft, result: result})
	}
	r.items = slices.Clone(r.all)
	r.progress()
	return r, nil
}

func (r *run) progress() {
	if r.opt.Progress != nil {
		done := 0
		for i := range r.report.Rows {
			if r.report.Rows[i].Status != "" {
				done++
			}
		}
		r.opt.Progress(done, len(r.report.Rows))
	}
}

// refuse refuses a row because of the value in a column.
func (it *item) refuse(col, value string, err *fault.Error) {
	it.result.Status, it.result.Err, it.result.Notes = Refused, err.On(col, value), nil
}

// settle takes the rows whose fate is known off the list.
func (r *run) settle() {
	r.items = slices.DeleteFunc(r.items, func(it *item) bool { return it.result.Status != "" })
}

// refusal returns an error of a use case as the reason to refuse a row, or nil
// if it is one that must end the transaction: of the store, or of a statement
// that was already sent.
func refusal(err error) *fault.Error {
	e, ok := errors.AsType[*fault.Error](err)
	if ok && (e.Code == fault.CodeDenied || e.Code == fault.CodeNotFound || errors.Is(e, fault.Invalid)) {
		return e
	}
	return nil
}

// skipImported sets aside the rows that an earlier import stored. It comes
// before names are looked up, for these may have been changed since.
func (r *run) skipImported(ctx context.Context) error {
	for chunk := range slices.Chunk(r.items, chunkRows) {
		keys := make([]string, len(chunk))
		for i, it := range chunk {
			keys[i] = it.key(r.site, it.person)
		}
		old, err := r.s.Imported(ctx, r.s.Who().Sees(timesheet.ViewEntry), r.source, keys)
		if err != nil {
			return err
		}
		known := make(map[string]bool, len(old))
		for _, k := range old {
			known[k] = true
		}
		for i, it := range chunk {
			if known[keys[i]] {
				it.result.Status, it.result.Notes = Unchanged, nil
			}
		}
		r.progress()
	}
	r.settle()
	return nil
}

// mayTrack asks, once for each person and project, whether the actor may record
// the time. The store locks the people of all rows here, in one order, so two
// imports never wait for each other crosswise.
func (r *run) mayTrack(ctx context.Context) error {
	type pair struct {
		person  tenancy.MembershipID
		project *project
	}
	at := map[pair]int{}
	var rows []access.Row
	for _, it := range r.items {
		p := pair{it.person, it.project}
		if _, asked := at[p]; asked {
			continue
		}
		at[p] = len(rows)
		row := access.Row{Kind: timesheet.KindEntry, ID: r.s.NewID(), Site: r.site, Person: it.person}
		if it.project != nil {
			row.Project = it.project.id
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil
	}
	placed, err := r.s.Place(ctx, r.s.Who().Sees(timesheet.ViewProject), rows...)
	if err != nil {
		return err
	}
	denied := make([]*fault.Error, len(placed))
	for i, resource := range placed {
		if _, err := r.s.Who().May(timesheet.Track, resource); err != nil {
			if denied[i] = refusal(err); denied[i] == nil {
				return err
			}
		}
	}
	for _, it := range r.items {
		if d := denied[at[pair{it.person, it.project}]]; d != nil {
			col, value := r.personCell(it)
			// Whose time it is is at fault if a fact is missing on somebody
			// else's: that it is her own.
			if it.project != nil && (it.person == r.s.Who().Member() || !strings.HasPrefix(d.Reason, "condition_")) {
				col, value = r.projectCell(it)
			}
			it.refuse(col, value, d)
		}
	}
	r.settle()
	return nil
}

// finish counts.
func (r *run) finish() Report {
	for _, row := range r.report.Rows {
		switch row.Status {
		case Stored:
			r.report.Stored++
		case Unchanged:
			r.report.Unchanged++
		default:
			r.report.Refused++
		}
	}
	at := map[projectKey]int{}
	for _, it := range r.all {
		if it.result.Status == Refused {
			continue
		}
		key := projectKey{r.names.key(it.Client), r.names.key(it.Project)}
		i, known := at[key]
		if !known {
			i = len(r.report.Projects)
			at[key] = i
			r.report.Projects = append(r.report.Projects, ProjectTime{Client: it.Client, Project: it.Project})
		}
		if it.result.Status == Stored {
			r.report.Projects[i].Stored += it.Seconds
		} else {
			r.report.Projects[i].Unchanged += it.Seconds
		}
	}
	return r.report
}
