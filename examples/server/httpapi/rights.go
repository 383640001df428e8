package httpapi

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
)

type explainInput struct {
	caller
	Action access.Action `query:"action" required:"true" example:"entry.edit"`
	Kind   access.Kind   `query:"kind" required:"true" enum:"entry,project"`
	ID     string        `query:"id" required:"true"`
}

type explainOutput struct{ Body Explanation }

// Explanation is the answer of /api/explain.
type Explanation struct {
	Action  access.Action `json:"action"`
	Allowed bool          `json:"allowed"`
	Reason  string        `json:"reason,omitempty" doc:"Of a denial: its stable code"`
	Rule    string        `json:"rule,omitempty" doc:"Of a denial: in words"`
	Role    string        `json:"role,omitempty" doc:"Of what is allowed: the role that decided"`
	Term    string        `json:"term,omitempty" doc:"Of what is allowed: the facts by which it did"`
	Facts   string        `json:"facts" doc:"The facts that hold between you and it"`
	Missing []string      `json:"missing,omitempty" doc:"Of a denial for want of facts: each of these would be enough"`
}

// explain answers about what the caller sees; anything else is not found.
func (a *api) explain(ctx context.Context, in *explainInput) (*explainOutput, error) {
	out := &explainOutput{}
	return out, a.view(ctx, in.caller, func(ctx context.Context, v storage.View) (err error) {
		var r access.Resource
		if in.Kind == "entry" {
			_, r, err = readEntry(ctx, v, "id", in.ID)
		} else {
			_, r, err = readProject(ctx, v, "id", in.ID)
		}
		if err != nil {
			return err
		}
		why, err := v.Who().Explain(in.Action, r)
		out.Body = Explanation{why.Action, why.Allowed, why.Reason, why.Rule, why.Role, why.Term, why.Facts, why.Missing}
		return err
	})
}

type whoInput struct {
	caller
	Action access.Action `query:"action" required:"true" example:"entry.view"`
	Entry  string        `query:"entry" required:"true"`
}

type whoOutput struct {
	Body struct {
		People []Permitted `json:"people"`
	}
}

// Permitted is somebody who may do something.
type Permitted struct {
	Person tenancy.MembershipID `json:"person"`
	Name   string               `json:"name"`
	Email  string               `json:"email,omitempty" doc:"Absent if there is none, or if you may not do membership.email.view"`
	Ways   []Way                `json:"ways" doc:"One at least: whoever loses all of them may no longer"`
}

// Way is one role by which somebody may do something.
type Way struct {
	Role    string           `json:"role"`
	Term    string           `json:"term" doc:"The facts by which it allows it"`
	Origin  string           `json:"origin" doc:"direct, everyone or the name of a group"`
	Binding access.BindingID `json:"binding"`
}

// who answers those who see everybody and all roles, for the whole domain.
func (a *api) who(ctx context.Context, in *whoInput) (*whoOutput, error) {
	out := &whoOutput{}
	return out, a.whole(ctx, in.caller, func(ctx context.Context, v storage.View) error {
		_, r, err := readEntry(ctx, v, "entry", in.Entry)
		if err != nil {
			return err
		}
		all, err := a.Book.WhoMay(ctx, v, in.Action, r)
		out.Body.People = make([]Permitted, len(all))
		for i, p := range all {
			out.Body.People[i] = Permitted{Person: p.Person.ID, Name: p.Person.Name, Email: p.Person.Email}
			for _, way := range p.Ways {
				out.Body.People[i].Ways = append(out.Body.People[i].Ways, Way{way.Why.Role, way.Why.Term, way.Origin(), way.Binding.ID})
			}
		}
		return err
	})
}

type permissionsInput struct{ caller }

type permissionsOutput struct{ Body Permissions }

// Permissions is the answer of /api/permissions: the matrix of the compiled
// rules.
type Permissions struct {
	Roles    []Role       `json:"roles"`
	Settings []Setting    `json:"settings" doc:"What grants may depend on"`
	Actions  []Permission `json:"actions"`
}

// Role is a role of the program, which no domain can change.
type Role struct {
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
}

// Setting is a setting of a site.
type Setting struct {
	Key    string   `json:"key"`
	Values []string `json:"values" doc:"The first is the default"`
	Doc    string   `json:"doc,omitempty"`
}

// Permission is what roles may do of one action.
type Permission struct {
	Action access.Action `json:"action"`
	Kind   access.Kind   `json:"kind"`
	Doc    string        `json:"doc,omitempty"`
	// Roles has those that may at all.
	Roles map[string]string `json:"roles" doc:"For each role that may, when: always, or sets of facts of which one is enough, with the settings they need"`
	Notes string            `json:"notes,omitempty" doc:"What denies it whatever the role, and what else there is to know"`
}

func (a *api) permissions(ctx context.Context, in *permissionsInput) (*permissionsOutput, error) {
	out := &permissionsOutput{}
	return out, a.view(ctx, in.caller, func(_ context.Context, v storage.View) error {
		m, err := v.Who().Policy().Matrix()
		if err != nil {
			return err
		}
		out.Body = newPermissions(m)
		return nil
	})
}

func newPermissions(m access.Matrix) Permissions {
	out := Permissions{make([]Role, len(m.Roles)), make([]Setting, len(m.Switches)), make([]Permission, len(m.Rows))}
	for i, r := range m.Roles {
		out.Roles[i] = Role{r.Name, r.Doc}
	}
	for i, s := range m.Switches {
		out.Settings[i] = Setting{s.Key, s.Values, s.Doc}
	}
	for i, row := range m.Rows {
		p := Permission{row.Action.Name, row.Kind.Name, row.Action.Doc, map[string]string{}, row.Notes()}
		for column, r := range m.Roles {
			if len(row.Cells[column]) > 0 {
				p.Roles[r.Name] = row.Cell(column)
			}
		}
		out.Actions[i] = p
	}
	return out
}
