package httpapi

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
)

type entriesInput struct {
	caller
	Paging
	Person  string    `query:"person" doc:"Only this person's"`
	Project string    `query:"project" doc:"Only on this project"`
	From    time.Time `query:"from" doc:"Only those that start at or after this instant"`
	To      time.Time `query:"to" doc:"Only those that start before this instant"`
}

type entriesOutput struct {
	Body struct {
		Entries []Entry `json:"entries"`
		Next    string  `json:"next,omitempty" doc:"Where the next page begins; absent at the end"`
	}
}

// Entry is an entry as the API shows it.
type Entry struct {
	ID       timesheet.EntryID    `json:"id"`
	Version  int64                `json:"version"`
	Person   tenancy.MembershipID `json:"person"`
	Recorder tenancy.MembershipID `json:"recorder,omitzero"`
	NewEntry
	Seconds  int64     `json:"seconds"`
	Overlaps bool      `json:"overlaps" doc:"Shares time with another entry of the same person"`
	External *External `json:"external,omitempty" doc:"What an import kept of where it comes from"`
}

// External is the origin of an entry that was imported.
type External struct {
	Source string  `json:"source" example:"toggl"`
	Key    string  `json:"key" doc:"What the entry is called there"`
	Amount *Amount `json:"amount,omitempty" doc:"Absent if it has none, or if you may not do entry.amount.view"`
}

// Amount is money of one currency.
type Amount struct {
	Currency string `json:"currency" example:"EUR"`
	Minor    int64  `json:"minor" doc:"In minor units, such as cents"`
}

// NewEntry is what a caller says of an entry.
type NewEntry struct {
	Project  timesheet.ProjectID  `json:"project,omitzero"`
	Task     timesheet.TaskID     `json:"task,omitzero" doc:"A piece of the project"`
	Activity timesheet.ActivityID `json:"activity,omitzero"`
	Tags     []timesheet.TagID    `json:"tags,omitempty"`
	Form     timesheet.Form       `json:"form" enum:"timed,untimed,running" doc:"From start to end; so many seconds on the day of start; or from start on"`
	Start    time.Time            `json:"start"`
	End      time.Time            `json:"end,omitzero"`
	Zone     string               `json:"zone" example:"Europe/Berlin" doc:"IANA zone of the worker"`
	Note     string               `json:"note,omitempty"`
	Billable bool                 `json:"billable,omitempty"`
}

type recordInput struct {
	caller
	Body struct {
		NewEntry
		Person  tenancy.MembershipID `json:"person,omitzero" doc:"Whose time it is; absent: yours"`
		Seconds int64                `json:"seconds,omitempty" doc:"Of an untimed entry"`
	}
}

type recordOutput struct{ Body Entry }

func (a *api) entries(ctx context.Context, in *entriesInput) (*entriesOutput, error) {
	q := timesheet.EntryQuery{From: in.From, To: in.To, After: in.After, Limit: in.Limit}
	if err := parseID(&q.Person, "person", in.Person); err != nil {
		return nil, err
	}
	if err := parseID(&q.Project, "project", in.Project); err != nil {
		return nil, err
	}
	out := &entriesOutput{}
	return out, a.view(ctx, in.caller, func(ctx context.Context, v storage.View) error {
		page, err := v.Entries(ctx, v.Who().Sees(timesheet.ViewEntry), q)
		out.Body.Entries, out.Body.Next = make([]Entry, len(page.Rows)), page.Next
		for i, e := range page.Rows {
			out.Body.Entries[i] = newEntry(e)
		}
		return err
	})
}

type entryInput struct {
	caller
	ID string `path:"id"`
}

type entryOutput struct {
	Body struct {
		Entry
		Allowed []access.Action `json:"allowed_actions" doc:"What you may do to it"`
	}
}

func (a *api) entry(ctx context.Context, in *entryInput) (*entryOutput, error) {
	out := &entryOutput{}
	return out, a.view(ctx, in.caller, func(ctx context.Context, v storage.View) error {
		e, r, err := readEntry(ctx, v, "id", in.ID)
		out.Body.Entry, out.Body.Allowed = newEntry(e), v.Who().Allowed(r)
		return err
	})
}

// readEntry reads the entry that a parameter names, if the caller sees it.
func readEntry(ctx context.Context, v storage.View, field, text string) (timesheet.Entry, access.Resource, error) {
	var id timesheet.EntryID
	if err := parseID(&id, field, text); err != nil {
		return timesheet.Entry{}, access.Resource{}, err
	}
	return v.Entry(ctx, v.Who().Sees(timesheet.ViewEntry), id)
}

func (a *api) record(ctx context.Context, in *recordInput) (*recordOutput, error) {
	b, out := in.Body, &recordOutput{}
	return out, a.update(ctx, in.caller, func(ctx context.Context, tx storage.Tx) error {
		e, err := a.Book.Record(ctx, tx, timesheet.Entry{
			Person: b.Person, Project: b.Project, Task: b.Task, Activity: b.Activity, Tags: b.Tags,
			Form: b.Form, Start: b.Start, End: b.End, Seconds: b.Seconds, Zone: b.Zone, Note: b.Note, Billable: b.Billable,
		})
		out.Body = newEntry(e)
		return err
	})
}

func newEntry(e timesheet.Entry) Entry {
	out := Entry{
		ID: e.ID, Version: e.Version, Person: e.Person, Recorder: e.Recorder, Seconds: e.Seconds, Overlaps: e.Overlaps,
		NewEntry: NewEntry{e.Project, e.Task, e.Activity, e.Tags, e.Form, e.Start, e.End, e.Zone, e.Note, e.Billable},
	}
	if from := e.External; from.Key != "" || from.Source != "" {
		out.External = &External{Source: from.Source, Key: from.Key}
		if from.Currency != "" {
			out.External.Amount = &Amount{from.Currency, from.Amount}
		}
	}
	return out
}
