// Package web serves the pages of the reference server: plain HTML that works
// without a script. Handlers are short; what is difficult is in the SDK.
package web

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// Config is what the pages need.
type Config struct {
	DB     storage.DB
	Book   timesheet.Book
	Secure bool             // requests arrive over TLS, here or at a proxy in front
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: slog.Default()
}

// Pages serves the pages and knows who is signed in.
type Pages struct {
	Config
	resolver  tenancy.Resolver
	sessions  *scs.SessionManager
	passwords *passwords
	zones     *zone.Zones
	views     map[string]*template.Template
	mux       *http.ServeMux
}

//go:embed pages static
var files embed.FS

// New returns the pages.
func New(c Config) (*Pages, error) {
	if c.DB == nil {
		return nil, fmt.Errorf("web: Config.DB must be given")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	views, err := parseViews()
	if err != nil {
		return nil, err
	}
	secrets, err := newPasswords()
	if err != nil {
		return nil, err
	}
	p := &Pages{
		Config: c, resolver: tenancy.NewResolver(c.DB), sessions: newSessions(c.Secure, c.Log),
		passwords: secrets, zones: &zone.Zones{}, views: views, mux: http.NewServeMux(),
	}
	static, err := fs.Sub(files, "static")
	if err != nil {
		return nil, err
	}
	p.mux.Handle("GET /static/", http.StripPrefix("/static/", cached(http.FileServerFS(static))))
	p.page("GET /{$}", p.showReport)
	p.page("GET /import", p.showImport)
	p.page("POST /import", p.runImport)
	p.page("GET /enrol", p.showEnrol)
	p.page("POST /enrol", p.enrol)
	p.page("GET /login", p.showLogin)
	p.page("POST /login", p.login)
	p.page("POST /logout", p.logout)
	p.page("/", p.missing)
	return p, nil
}

// Handler returns the pages together with other handlers that share their
// sessions, such as the API: next gets what is not a page.
func (p *Pages) Handler(next http.Handler, patterns ...string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", p.mux)
	for _, pattern := range patterns {
		mux.Handle(pattern, next)
	}
	return harden(http.NewCrossOriginProtection().Handler(p.sessions.LoadAndSave(mux)))
}

// page serves a handler that may fail.
func (p *Pages) page(pattern string, do func(http.ResponseWriter, *http.Request) error) {
	p.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := do(w, r); err != nil {
			p.fail(w, r, err)
		}
	})
}

// harden sets the headers of every answer. The policy allows this server's own
// style sheet and images, and no script at all.
func harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=300")
		next.ServeHTTP(w, r)
	})
}
