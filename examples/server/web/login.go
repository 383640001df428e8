package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/examples/server/httpapi"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// formMost bounds the body of a form without a file.
const formMost = 64 << 10

type loginView struct{ Login, To, Error string }

func (p *Pages) showLogin(w http.ResponseWriter, r *http.Request) error {
	_, _, err := p.Who(r)
	switch {
	case err == nil:
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	case !errors.Is(err, httpapi.ErrNobody):
		return err
	}
	return p.render(w, http.StatusOK, "login", loginView{To: r.FormValue("to")})
}

// login signs somebody in. An unknown name, a wrong password and a login of
// another domain get the same answer after the same work.
func (p *Pages) login(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, formMost)
	ctx := r.Context()
	in, _, err := p.resolver.ByHost(ctx, r.Host)
	if err != nil {
		return err
	}
	name := strings.TrimSpace(r.FormValue("login"))
	found, err := p.findLogin(ctx, name)
	if err != nil {
		return err
	}
	ok, err := p.passwords.matches(ctx, r.FormValue("password"), found.PasswordHash)
	if err != nil {
		return err
	}
	if !ok || found.Domain != in.Domain() {
		p.Log.InfoContext(ctx, "sign-in refused", "host", r.Host)
		return p.render(w, http.StatusUnauthorized, "login", loginView{Login: name, To: r.FormValue("to"), Error: "That login and password do not go together."})
	}
	if err := p.begin(ctx, found); err != nil {
		return err
	}
	http.Redirect(w, r, localPath(r.FormValue("to")), http.StatusSeeOther)
	return nil
}

func (p *Pages) logout(w http.ResponseWriter, r *http.Request) error {
	if err := p.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

// findLogin returns the login of a name, or none.
func (p *Pages) findLogin(ctx context.Context, name string) (l tenancy.Login, err error) {
	if name, err = tenancy.CleanName("login", name, 255); err != nil {
		return l, nil // no login has such a name
	}
	err = p.DB.Installation(ctx, system.Because("sign-in"), func(ctx context.Context, in storage.Installation) error {
		l, err = admin.FindLogin(ctx, in, name)
		return err
	})
	if errors.Is(err, fault.NotFound) {
		return tenancy.Login{}, nil
	}
	return l, err
}

// localPath returns where to go after signing in: a path of this server, never
// another one.
func localPath(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}
