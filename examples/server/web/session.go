package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/examples/server/httpapi"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
)

// What a session holds: the account, and the one domain that it is good for.
const (
	sessionAccount = "account"
	sessionDomain  = "domain"
)

// newSessions keeps sessions in memory: they end when the server does.
func newSessions(secure bool, log *slog.Logger) *scs.SessionManager {
	s := scs.New()
	s.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		log.ErrorContext(r.Context(), "session failed", "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
	s.Lifetime = 7 * 24 * time.Hour
	s.IdleTimeout = 24 * time.Hour
	s.HashTokenInStore = true
	s.Cookie.Name = "stint"
	if s.Cookie.Secure = secure; secure {
		s.Cookie.Name = "__Host-stint"
	}
	return s
}

// Who says where a request acts and for whom. The hostname says where; a
// session that began in another domain is nobody there. Whether the account is
// still a member is checked by the store, each time.
func (p *Pages) Who(r *http.Request) (tenancy.Scope, access.Principal, error) {
	in, _, err := p.resolver.ByHost(r.Context(), r.Host)
	if err != nil {
		return tenancy.Scope{}, access.Principal{}, err
	}
	account, err := tenancy.ParseID[tenancy.Account](p.sessions.GetString(r.Context(), sessionAccount))
	if err != nil || p.sessions.GetString(r.Context(), sessionDomain) != in.Domain().String() {
		return tenancy.Scope{}, access.Principal{}, httpapi.ErrNobody
	}
	return in, access.ByAccount(account), nil
}

// begin signs an account in, under a new token.
func (p *Pages) begin(ctx context.Context, l tenancy.Login) error {
	if err := p.sessions.Clear(ctx); err != nil {
		return err
	}
	if err := p.sessions.RenewToken(ctx); err != nil {
		return err
	}
	p.sessions.Put(ctx, sessionAccount, l.Account.String())
	p.sessions.Put(ctx, sessionDomain, l.Domain.String())
	return nil
}

// open runs fn with a reading handle for whoever sent the request.
func (p *Pages) open(r *http.Request, fn func(context.Context, storage.View) error) error {
	in, as, err := p.Who(r)
	if err != nil {
		return err
	}
	return p.DB.View(r.Context(), in, as, fn)
}
