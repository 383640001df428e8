// Package httpapi is a JSON API over a Stint store, as a handler that a host
// program mounts beside its own: the host says who calls, everything else is
// here. Its description is at /openapi.json.
package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
)

// Config is what the API needs of its host.
type Config struct {
	DB storage.DB

	// Who says where a request acts and for whom: the host's own
	// authentication. ErrNobody is the answer for a request that nobody is
	// signed in for. Whether the principal belongs to the place is the store's
	// to check, on every request. Questions about rights and the log are
	// answered in the whole domain: a credential that is for one site says so in
	// the principal (AtSite).
	Who func(*http.Request) (tenancy.Scope, access.Principal, error)

	Book timesheet.Book
	Log  *slog.Logger // nil: slog.Default()
}

type api struct {
	Config
	huma huma.API
}

// New returns the handler of the API: everything below /api/, and
// /openapi.json.
func New(c Config) (http.Handler, error) {
	if c.DB == nil || c.Who == nil {
		return nil, fmt.Errorf("httpapi: Config.DB and Config.Who must be given")
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	mux := http.NewServeMux()
	a := &api{Config: c, huma: humago.New(mux, settings())}

	get(a, "/api/me", "me", "Who you are here and what you may do", a.me)
	get(a, "/api/projects", "projects", "The projects you can see", a.projects)
	get(a, "/api/entries", "entries", "Time entries, newest first", a.entries)
	get(a, "/api/projects/{id}", "project", "One project, and what you may do to it", a.project)
	get(a, "/api/entries/{id}", "entry", "One time entry, and what you may do to it", a.entry)
	get(a, "/api/explain", "explain", "Why you may do something to an entry or a project, or why not", a.explain)
	get(a, "/api/who", "who", "Everybody who may do something to an entry, and through which role", a.who)
	get(a, "/api/permissions", "permissions", "What roles may do, as the rules say it", a.permissions)
	get(a, "/api/log", "log", "What was done and what was denied, oldest first", a.log)
	get(a, "/api/report", "report", "Time, summed and grouped", a.report)
	get(a, "/api/report.csv", "report-csv", "The same as CSV", a.reportCSV)
	register(a, http.MethodPost, http.StatusCreated, "/api/entries", "record", "Record time", a.record)

	spec, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return nil, err
	}
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(spec)
	})
	mux.HandleFunc("/api/", a.unknown)
	return harden(csvByAccept(mux)), nil
}

// settings turns off what needs another site's scripts or writes absolute URLs:
// the documentation page and the $schema links.
func settings() huma.Config {
	c := huma.DefaultConfig("Stint", "0.1.0")
	c.Info.Description = "Multi-tenant time tracking. The hostname says which site; who you are says what you see."
	c.DocsPath, c.SchemasPath, c.OpenAPIPath, c.CreateHooks = "", "", "", nil
	c.RejectUnknownQueryParameters = true
	c.Transformers = []huma.Transformer{ownProblem}
	return c
}

// caller is the part of every input that says who asks.
type caller struct{ request *http.Request }

// Resolve keeps the request for Config.Who.
func (c *caller) Resolve(ctx huma.Context) []error {
	c.request, _ = humago.Unwrap(ctx)
	return nil
}

// view runs fn with a handle for the caller.
func (a *api) view(ctx context.Context, c caller, fn func(context.Context, storage.View) error) error {
	in, as, err := a.Who(c.request)
	if err != nil {
		return err
	}
	return a.DB.View(ctx, in, as, fn)
}

// whole is view for what concerns the whole domain, wherever the caller is.
func (a *api) whole(ctx context.Context, c caller, fn func(context.Context, storage.View) error) error {
	return a.at(ctx, c, tenancy.SiteID{}, fn)
}

// at is view for one site of the caller's domain, or none for the whole domain.
func (a *api) at(ctx context.Context, c caller, site tenancy.SiteID, fn func(context.Context, storage.View) error) error {
	in, as, err := a.Who(c.request)
	if err != nil {
		return err
	}
	if in, err = tenancy.NewResolver(a.DB).Whole(ctx, in.Domain()); err != nil {
		return err
	}
	if !site.IsZero() {
		in = in.At(site)
	}
	return a.DB.View(ctx, in, as, fn)
}

// update is view for handlers that write.
func (a *api) update(ctx context.Context, c caller, fn func(context.Context, storage.Tx) error) error {
	in, as, err := a.Who(c.request)
	if err != nil {
		return err
	}
	return a.DB.Update(ctx, in, as, fn)
}

func get[I, O any](a *api, path, id, summary string, do func(context.Context, *I) (*O, error)) {
	register(a, http.MethodGet, http.StatusOK, path, id, summary, do)
}

func register[I, O any](a *api, method string, status int, path, id, summary string, do func(context.Context, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: status,
		Responses: map[string]*huma.Response{"default": problemResponse(a.huma.OpenAPI().Components.Schemas)},
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, op.OperationID, err)
		}
		return out, nil
	})
}

// csvByAccept leads a report that is asked for as CSV to its own address.
func csvByAccept(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/report" {
			w.Header().Add("Vary", "Accept")
			if strings.HasPrefix(r.Header.Get("Accept"), "text/csv") {
				r = r.Clone(r.Context())
				r.URL.Path = "/api/report.csv"
			}
		}
		next.ServeHTTP(w, r)
	})
}

// harden sets the headers of every answer: what it holds is for one person.
func harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}
