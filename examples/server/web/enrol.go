package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

type enrolView struct {
	Token, Login, Error string
	Least               int
}

func (p *Pages) showEnrol(w http.ResponseWriter, r *http.Request) error {
	if _, _, err := p.resolver.ByHost(r.Context(), r.Host); err != nil {
		return err
	}
	return p.render(w, http.StatusOK, "enrol", enrolView{Token: r.FormValue("token"), Least: passwordLeast})
}

// enrol redeems a one-time token: its holder chooses a login and a password and
// is signed in.
func (p *Pages) enrol(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, formMost)
	ctx := r.Context()
	in, _, err := p.resolver.ByHost(ctx, r.Host)
	if err != nil {
		return err
	}
	v := enrolView{Token: r.FormValue("token"), Login: strings.TrimSpace(r.FormValue("login")), Least: passwordLeast}
	made, err := p.redeem(ctx, in, v.Token, v.Login, r.FormValue("password"))
	switch {
	case errors.Is(err, fault.NotFound):
		v.Error = "This link has been used or has run out. The server prints a new one when it starts, as long as nobody has enrolled."
	case errors.Is(err, fault.Conflict):
		v.Error = "That login is taken. Choose another one."
	case errors.Is(err, fault.Invalid):
		v.Error = message(err)
	case err != nil:
		return err
	}
	if v.Error != "" {
		return p.render(w, http.StatusUnprocessableEntity, "enrol", v)
	}
	p.adoptEmail(ctx, in, made)
	if err := p.begin(ctx, made); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

func (p *Pages) redeem(ctx context.Context, at tenancy.Scope, token, login, password string) (made tenancy.Login, err error) {
	if err := p.passwords.check(password); err != nil {
		return made, err
	}
	hash, err := p.passwords.hash(ctx, password)
	if err != nil {
		return made, err
	}
	err = p.DB.Installation(ctx, system.Because("enrolment"), func(ctx context.Context, in storage.Installation) error {
		made, err = admin.Enrol(ctx, in, token, login, hash)
		if err == nil && made.Domain != at.Domain() {
			err = fault.NotFound.On("token", "") // good elsewhere, and so unknown here
		}
		return err
	})
	return made, err
}

// adoptEmail gives a person without an e-mail address the one she signs in
// with, so that an import finds her by it. It may fail: then an administrator
// can still do it.
func (p *Pages) adoptEmail(ctx context.Context, in tenancy.Scope, l tenancy.Login) {
	email, err := admin.CleanEmail(l.Name)
	if err != nil || email == "" {
		return
	}
	err = p.DB.Update(ctx, in, access.ByAccount(l.Account), func(ctx context.Context, tx storage.Tx) error {
		me, r, err := tx.Members().Get(ctx, tx.Who().Sees(admin.EditMember), tx.Who().Member())
		if err != nil || me.Email != "" {
			return err
		}
		may, err := tx.Who().May(admin.EditMember, r)
		if err != nil {
			return err
		}
		me.Email = email
		_, err = tx.PutMember(ctx, may, me)
		return err
	})
	if err != nil {
		p.Log.InfoContext(ctx, "the login's e-mail address was not taken over", "error", err)
	}
}
