package httpapi

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
)

type logInput struct {
	caller
	Paging
	Site   string        `query:"site" doc:"Only what was done on this site"`
	Kind   access.Kind   `query:"kind" doc:"Only what was done to things of this kind"`
	Action access.Action `query:"action" doc:"Only this action"`
	Actor  string        `query:"actor" doc:"Only what this person did or was denied"`
	From   time.Time     `query:"from" doc:"Only what happened at or after this instant"`
	To     time.Time     `query:"to" doc:"Only what happened before this instant"`
}

type logOutput struct {
	Body struct {
		Events []Event `json:"events"`
		Next   string  `json:"next,omitempty" doc:"Where the next page begins; absent at the end"`
	}
}

// Event is a line of the log.
type Event struct {
	ID      access.EventID       `json:"id"`
	At      time.Time            `json:"at"`
	Actor   tenancy.MembershipID `json:"actor,omitzero" doc:"Absent: the system"`
	Action  access.Action        `json:"action"`
	Denied  bool                 `json:"denied" doc:"It was not done"`
	Reason  string               `json:"reason" doc:"The role and the facts that allowed it, or the reason of the denial"`
	Kind    access.Kind          `json:"kind"`
	Object  tenancy.ID[any]      `json:"object"`
	Version int64                `json:"version" doc:"Of the object, afterwards"`
	Whereabouts
	Was    *Whereabouts `json:"was,omitempty" doc:"Where it was before, if that was elsewhere"`
	Before string       `json:"before,omitempty" doc:"What a role, a binding or a setting said"`
	After  string       `json:"after,omitempty" doc:"What it says now"`
}

// Whereabouts is where the object of an event is.
type Whereabouts struct {
	Site    tenancy.SiteID       `json:"site,omitzero"`
	Client  tenancy.ID[any]      `json:"client,omitzero"`
	Project tenancy.ID[any]      `json:"project,omitzero"`
	Person  tenancy.MembershipID `json:"person,omitzero"`
	Public  bool                 `json:"public,omitempty"`
}

// log answers those who may read all of what they ask for: the log of the
// domain, or that of one site.
func (a *api) log(ctx context.Context, in *logInput) (*logOutput, error) {
	q := access.Query{Kind: in.Kind, Action: in.Action, From: in.From, To: in.To, After: in.After, Limit: in.Limit}
	var site tenancy.SiteID
	if err := parseID(&site, "site", in.Site); err != nil {
		return nil, err
	}
	if err := parseID(&q.Actor, "actor", in.Actor); err != nil {
		return nil, err
	}
	out := &logOutput{}
	return out, a.at(ctx, in.caller, site, func(ctx context.Context, v storage.View) error {
		if err := v.Who().Oversees(admin.ViewEvent); err != nil {
			return err
		}
		page, err := v.Events().List(ctx, v.Who().Sees(admin.ViewEvent), q)
		out.Body.Events, out.Body.Next = []Event{}, page.Next
		for _, e := range page.Rows {
			out.Body.Events = append(out.Body.Events, newEvent(e))
		}
		return err
	})
}

func newEvent(e access.Event) Event {
	out := Event{
		ID: e.ID, At: e.At, Actor: e.Actor, Action: e.Action, Denied: e.Denied, Reason: e.Reason,
		Kind: e.Kind, Object: e.Object, Version: e.Version, Before: e.Before, After: e.After,
		Whereabouts: Whereabouts{e.Site, e.Client, e.Project, e.Person, e.Public},
	}
	was := Whereabouts{e.Was.Site, e.Was.Client, e.Was.Project, e.Was.Person, e.Was.Public}
	if was != (Whereabouts{}) && was != out.Whereabouts {
		out.Was = &was
	}
	return out
}
