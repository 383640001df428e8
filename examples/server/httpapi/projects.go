package httpapi

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
)

// Paging is the part of an input that asks for a page of a list.
type Paging struct {
	After string `query:"after" doc:"The next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type projectsInput struct {
	caller
	Paging
	Name     string `query:"name" doc:"Only projects of this name"`
	Archived bool   `query:"archived" doc:"Archived ones as well"`
}

type projectsOutput struct {
	Body struct {
		Projects []Project `json:"projects"`
		Next     string    `json:"next,omitempty" doc:"Where the next page begins; absent at the end"`
	}
}

// Project is a project as the API shows it.
type Project struct {
	ID       timesheet.ProjectID `json:"id"`
	Version  int64               `json:"version"`
	Name     string              `json:"name"`
	Client   timesheet.ClientID  `json:"client,omitzero"`
	Site     tenancy.SiteID      `json:"site"`
	Public   bool                `json:"public"`
	Shared   bool                `json:"shared"`
	Archived bool                `json:"archived"`
}

func (a *api) projects(ctx context.Context, in *projectsInput) (*projectsOutput, error) {
	out := &projectsOutput{}
	return out, a.view(ctx, in.caller, func(ctx context.Context, v storage.View) error {
		page, err := v.Projects().List(ctx, v.Who().Sees(timesheet.ViewProject), access.Query{Name: in.Name, All: in.Archived, After: in.After, Limit: in.Limit})
		out.Body.Projects, out.Body.Next = make([]Project, len(page.Rows)), page.Next
		for i, p := range page.Rows {
			out.Body.Projects[i] = newProject(p)
		}
		return err
	})
}

type projectInput struct {
	caller
	ID string `path:"id"`
}

type projectOutput struct {
	Body struct {
		Project
		Allowed []access.Action `json:"allowed_actions" doc:"What you may do to it"`
	}
}

func (a *api) project(ctx context.Context, in *projectInput) (*projectOutput, error) {
	out := &projectOutput{}
	return out, a.view(ctx, in.caller, func(ctx context.Context, v storage.View) error {
		p, r, err := readProject(ctx, v, "id", in.ID)
		out.Body.Project, out.Body.Allowed = newProject(p), v.Who().Allowed(r)
		return err
	})
}

// readProject reads the project that a parameter names, if the caller sees it.
func readProject(ctx context.Context, v storage.View, field, text string) (timesheet.Project, access.Resource, error) {
	var id timesheet.ProjectID
	if err := parseID(&id, field, text); err != nil {
		return timesheet.Project{}, access.Resource{}, err
	}
	return v.Projects().Get(ctx, v.Who().Sees(timesheet.ViewProject), id)
}

func newProject(p timesheet.Project) Project {
	return Project{p.ID, p.Version, p.Name, p.Client, p.Site, p.Public, p.Shared, !p.ArchivedAt.IsZero()}
}
