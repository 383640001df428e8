package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/seed-5be203e9/stint/examples/server/httpapi"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// parseViews reads the templates: each page inside the layout.
func parseViews() (map[string]*template.Template, error) {
	funcs := template.FuncMap{"clock": clock, "hours": zone.FormatDuration}
	layout, err := template.New("layout.html").Funcs(funcs).ParseFS(files, "pages/layout.html")
	if err != nil {
		return nil, err
	}
	views := map[string]*template.Template{}
	for _, name := range []string{"report", "import", "enrol", "login", "failure"} {
		t, err := layout.Clone()
		if err != nil {
			return nil, err
		}
		if views[name], err = t.ParseFS(files, "pages/"+name+".html"); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// render writes a page. It is made in full first, so that one that fails is
// never half sent.
func (p *Pages) render(w http.ResponseWriter, status int, name string, data any) error {
	var b bytes.Buffer
	if err := p.views[name].Execute(&b, data); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w)
	return nil
}

// shell is what the head of a page says to somebody who is signed in.
type shell struct {
	Site, Person, Email string
	At                  string // the page that is shown
}

// newShell reads who is signed in, as far as she may know herself: a guest has
// no sight of people.
func newShell(ctx context.Context, v storage.View, at string) (shell, error) {
	s := shell{At: at}
	who := v.Who()
	me, _, err := v.Members().Get(ctx, who.Sees(admin.ViewMember), who.Member())
	if err != nil && !errors.Is(err, fault.NotFound) {
		return s, err
	}
	s.Person, s.Email = me.Name, me.Email
	if !v.Scope().Site().IsZero() {
		site, _, err := v.Sites().Get(ctx, who.Sees(admin.ViewSite), v.Scope().Site())
		if err != nil {
			return s, err
		}
		s.Site = site.Name
	}
	return s, nil
}

type failureView struct {
	Title, Text string
	SignOut     bool
}

// fail answers an error: whoever is not signed in is asked to, everything else
// is told in words, and what is the server's own is only logged.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, httpapi.ErrNobody) {
		to := "/login"
		if r.Method == http.MethodGet && r.URL.Path != "/" {
			to += "?to=" + url.QueryEscape(r.URL.RequestURI())
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	status := httpapi.Status(err)
	v := failureView{Title: http.StatusText(status), Text: message(err), SignOut: errors.Is(err, fault.NoMember)}
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		status = http.StatusRequestEntityTooLarge
		v.Title, v.Text = "That is too much", "The upload is larger than this server takes."
	}
	if status == http.StatusInternalServerError {
		if r.Context().Err() != nil {
			return // nobody is waiting any more
		}
		p.Log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		v.Title, v.Text = "Something went wrong", "This was our fault, and it has been noted."
	}
	if err := p.render(w, status, "failure", v); err != nil {
		p.Log.ErrorContext(r.Context(), "the page of an error failed", "error", err)
	}
}

func (p *Pages) missing(_ http.ResponseWriter, r *http.Request) error {
	return fault.NotFound.On("page", r.URL.Path)
}

// message says an error as a sentence, without its codes.
func message(err error) string {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err.Error()
	}
	switch {
	case e.Field != "" && e.Value != "":
		return fmt.Sprintf("%s “%s”: %s.", title(e.Field), e.Value, e.Rule)
	case e.Field != "":
		return title(e.Field) + " " + e.Rule + "."
	}
	return title(e.Rule) + "."
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// clock writes seconds as hours and minutes, to the nearest minute.
func clock(seconds int64) string {
	minutes := (seconds + 30) / 60
	return fmt.Sprintf("%d:%02d", minutes/60, minutes%60)
}
