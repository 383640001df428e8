package main

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
)

// addDomain adds a domain with a hostname and returns its administrator's
// enrolment token.
func addDomain(t *testing.T, db storage.DB, name, host string) (token string, made admin.Provisioned) {
	t.Helper()
	err := db.Installation(t.Context(), system.Because("test"), func(ctx context.Context, in storage.Installation) (err error) {
		made, err = admin.AddDomain(ctx, in, admin.Provision{Name: name, Hostname: host, Admin: tenancy.Membership{Name: name + " admin"}})
		if err != nil {
			return err
		}
		token, err = admin.IssueEnrolment(ctx, in, made.Admin.Account, made.Domain.ID)
		return err
	})
	require.NoError(t, err)
	return token, made
}

// Two domains on one store: nothing of one is seen at the hostname of the
// other, and a session of one is nobody at the other (T22).
func TestDomainsNeverSeeEachOther(t *testing.T) {
	db, made := newStore(t)
	require.NoError(t, db.Installation(t.Context(), system.Because("test"), func(ctx context.Context, in storage.Installation) error {
		_, err := admin.AddHostname(ctx, in, made.Domain.ID, made.Site.ID, "a.example.org")
		return err
	}))
	tokenB, _ := addDomain(t, db, "Other", "b.example.org")
	b := newServer(t, db)
	atA, atB := b.at("a.example.org"), b.at("b.example.org:8080")

	assert.Equal(t, http.StatusUnprocessableEntity, atB.post("/enrol", "token", made.Enrolment, "login", "ann", "password", password).status, "A's token is unknown at B")
	atA.enrol(made.Enrolment, "ann@example.org")
	require.Equal(t, http.StatusOK, atA.upload("toggl.csv", sample(t, "toggl.csv"), "zone", "UTC").status)
	require.Equal(t, http.StatusOK, atA.get("/").status)

	// The cookie of A, replayed at B.
	for _, path := range []string{"/api/me", "/api/projects", "/api/entries", "/api/report?by=project", "/api/report.csv?by=project", "/api/log", "/api/permissions"} {
		a := atB.get(path)
		assert.Equal(t, http.StatusUnauthorized, a.status, path)
		assert.NotContains(t, a.body, "Rocket", path)
	}
	for _, path := range []string{"/", "/import"} {
		assert.Equal(t, http.StatusSeeOther, atB.get(path).status, path)
	}
	assert.Equal(t, http.StatusUnauthorized, atB.post("/login", "login", "ann@example.org", "password", password).status, "a login of A is unknown at B")
	require.Equal(t, http.StatusOK, atA.get("/").status, "the cookie is still good at A")

	// Another browser, signed in at B.
	other := newBrowserBeside(b)
	other.at("b.example.org").enrol(tokenB, "ben@example.org")
	for _, path := range []string{"/", "/import", "/api/me", "/api/projects", "/api/entries", "/api/report?by=project,person,client", "/api/log"} {
		a := other.at("b.example.org").get(path)
		assert.Equal(t, http.StatusOK, a.status, path)
		assert.NotContains(t, a.body, "Rocket", path)
		assert.NotContains(t, a.body, "ann@example.org", path)
	}
	assert.Equal(t, http.StatusUnauthorized, other.at("a.example.org").get("/api/report?by=project").status)
	assert.Equal(t, http.StatusMisdirectedRequest, atA.at("c.example.org").get("/").status)
	assert.Equal(t, http.StatusMisdirectedRequest, atA.at("c.example.org").get("/login").status)
	assert.Equal(t, http.StatusMisdirectedRequest, atA.at("c.example.org").get("/enrol?token=x").status)
	assert.Equal(t, http.StatusMisdirectedRequest, atA.at("127.0.0.1:8080").get("/api/me").status)
}

// T22: membership counts on every request, not at the sign-in.
func TestRevocationEndsASession(t *testing.T) {
	db, made := newStore(t)
	b := newServer(t, db)
	b.enrol(made.Enrolment, "ann@example.org")
	require.Equal(t, http.StatusOK, b.upload("toggl.csv", sample(t, "toggl.csv"), "zone", "UTC").status)
	in, err := tenancy.NewResolver(db).Single(t.Context())
	require.NoError(t, err)
	require.NoError(t, db.Update(t.Context(), in, system.Because("test"), func(ctx context.Context, tx storage.Tx) error {
		m, r, err := tx.Members().Get(ctx, tx.Who().Sees(admin.EditMember), made.Admin.ID)
		if err != nil {
			return err
		}
		may, err := tx.Who().May(admin.EditMember, r)
		if err != nil {
			return err
		}
		m.Status = tenancy.Deactivated
		_, err = tx.PutMember(ctx, may, m)
		return err
	}))
	for _, path := range []string{"/", "/api/report?by=project", "/api/me", "/api/entries"} {
		a := b.get(path)
		assert.Equal(t, http.StatusForbidden, a.status, path)
		assert.NotContains(t, a.body, "Rocket", path)
	}
}

// A guest who is put on no project gets her own pages, and no more.
func TestGuestSeesNoTime(t *testing.T) {
	db, made := newStore(t)
	b := newServer(t, db)
	b.enrol(made.Enrolment, "ann@example.org")
	require.Equal(t, http.StatusOK, b.upload("toggl.csv", sample(t, "toggl.csv"), "zone", "UTC").status)
	in, err := tenancy.NewResolver(db).Single(t.Context())
	require.NoError(t, err)
	var token string
	require.NoError(t, db.Installation(t.Context(), system.Because("test"), func(ctx context.Context, i storage.Installation) error {
		a := tenancy.Account{ID: i.NewID(), CreatedAt: i.Now()}
		may, err := i.Who().May(admin.CreateAccount, i.Draft(access.Row{Kind: admin.KindAccount, ID: a.ID}))
		if err != nil {
			return err
		}
		if a, err = i.PutAccount(ctx, may, a); err != nil {
			return err
		}
		token, err = admin.IssueEnrolment(ctx, i, a.ID, in.Domain())
		made.Admin.Account = a.ID
		return err
	}))
	require.NoError(t, db.Update(t.Context(), in, system.Because("test"), func(ctx context.Context, tx storage.Tx) error {
		m, err := admin.AddMember(ctx, tx, tenancy.Membership{Account: made.Admin.Account, Name: "Gus"})
		if err == nil {
			_, err = admin.GrantRole(ctx, tx, m.ID, access.Guest)
		}
		return err
	}))
	guest := newBrowserBeside(b)
	guest.enrol(token, "gus")
	a := guest.get("/")
	assert.Equal(t, http.StatusOK, a.status, a.body)
	assert.NotContains(t, a.body, "Rocket")
	assert.Contains(t, guest.get("/api/me").body, `"allowed":["membership.view","membership.email.view","site.view"]`)
	assert.Equal(t, http.StatusOK, guest.get("/api/report?by=project").status)
	assert.NotContains(t, guest.get("/api/report?by=project").body, "Rocket")
}
