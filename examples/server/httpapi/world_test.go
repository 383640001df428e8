package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/examples/server/httpapi"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/memory"
	"github.com/seed-5be203e9/stint/storage/sqlite"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// world is the API over a domain with a few people. Who calls is the ref in the
// header As, or nobody.
type world struct {
	db          storage.DB
	api         http.Handler
	whole, site tenancy.Scope

	people   map[string]tenancy.Membership // by ref
	rocket   timesheet.Project             // private; ann manages it, ben is in its team
	imported timesheet.Entry               // ben's, on rocket, with an amount
	alone    timesheet.Entry               // eve's, on no project
}

var monday = time.Date(2024, time.March, 4, 9, 0, 0, 0, time.UTC)

// onStores runs a test on a store in memory and on one in a file.
func onStores(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("memory", func(t *testing.T) {
		db, err := memory.Open(memory.Config{})
		require.NoError(t, err)
		test(t, newWorld(t, db))
	})
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), sqlite.Config{Path: t.TempDir() + "/stint.db"})
		require.NoError(t, err)
		test(t, newWorld(t, db))
	})
}

func newWorld(t *testing.T, db storage.DB) *world {
	t.Helper()
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	_, err := admin.Bootstrap(t.Context(), db, admin.Provision{Name: "Acme", Ref: "acme", Admin: tenancy.Membership{Name: "Ada", Ref: "ada", Email: "ada@example.org"}})
	require.NoError(t, err)
	w := &world{db: db, people: map[string]tenancy.Membership{}}
	r := tenancy.NewResolver(db)
	w.site, err = r.ByRef(t.Context(), "acme")
	require.NoError(t, err)
	w.whole, err = r.Whole(t.Context(), w.site.Domain())
	require.NoError(t, err)
	w.api, err = httpapi.New(httpapi.Config{DB: db, Log: slog.New(slog.DiscardHandler), Who: func(r *http.Request) (tenancy.Scope, access.Principal, error) {
		ref := r.Header.Get("As")
		if ref == "" {
			return tenancy.Scope{}, access.Principal{}, httpapi.ErrNobody
		}
		return w.site, access.ByRef(ref), nil
	}})
	require.NoError(t, err)
	for _, ref := range []string{"ann", "ben", "eve"} {
		w.hire(t, ref, access.Binding{Role: access.MemberRole, Place: access.Place{Kind: access.AtSite, Site: w.site.Site()}})
	}
	book := timesheet.Book{}
	w.as(t, "ann", func(ctx context.Context, s storage.Tx) (err error) {
		if w.rocket, err = book.AddProject(ctx, s, timesheet.NewProject{Name: "Rocket"}); err == nil {
			_, err = book.AddToTeam(ctx, s, w.rocket.ID, w.people["ben"].ID, false)
		}
		return err
	})
	record := func(ref string, e timesheet.Entry) (made timesheet.Entry) {
		e.Form, e.Start, e.End, e.Zone = timesheet.Timed, monday, monday.Add(time.Hour), "UTC"
		w.as(t, ref, func(ctx context.Context, s storage.Tx) (err error) {
			made, err = book.Record(ctx, s, e)
			return err
		})
		return made
	}
	record("ann", timesheet.Entry{Project: w.rocket.ID})
	w.imported = record("ada", timesheet.Entry{Person: w.people["ben"].ID, Project: w.rocket.ID,
		External: timesheet.External{Source: "toggl", Key: "7", Amount: 12345, Currency: "EUR"}})
	w.alone = record("eve", timesheet.Entry{})
	return w
}

// as acts as somebody on the site.
func (w *world) as(t *testing.T, ref string, fn func(context.Context, storage.Tx) error) {
	t.Helper()
	require.NoError(t, w.db.Update(t.Context(), w.site, access.ByRef(ref), fn))
}

// hire adds a person with a role.
func (w *world) hire(t *testing.T, ref string, b access.Binding) {
	t.Helper()
	require.NoError(t, w.db.Update(t.Context(), w.whole, access.ByRef("ada"), func(ctx context.Context, s storage.Tx) error {
		m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: strings.ToUpper(ref[:1]) + ref[1:], Ref: ref, Email: ref + "@example.org"})
		if err != nil {
			return err
		}
		w.people[ref], b.Subject = m, access.Subject{Member: m.ID}
		_, err = admin.Bind(ctx, s, b)
		return err
	}))
}

// custom makes a role of the domain's own.
func (w *world) custom(t *testing.T, name string, actions ...access.Action) (made access.CustomRole) {
	t.Helper()
	require.NoError(t, w.db.Update(t.Context(), w.whole, access.ByRef("ada"), func(ctx context.Context, s storage.Tx) (err error) {
		made, err = admin.AddRole(ctx, s, access.Role{Name: name, Grants: access.Allow(access.Unconditionally(), actions...)})
		return err
	}))
	return made
}

// call sends a request as somebody and reads the answer into a map.
func (w *world) call(t *testing.T, ref, method, path, body string) (status int, answer map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("As", ref)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	text, err := io.ReadAll(rec.Body)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &answer), "%s", text)
	return rec.Code, answer
}

// get is a call that must succeed.
func (w *world) get(t *testing.T, ref, path string) map[string]any {
	t.Helper()
	status, answer := w.call(t, ref, http.MethodGet, path, "")
	require.Equal(t, http.StatusOK, status, "%s for %s: %v", path, ref, answer)
	return answer
}

// refused is a call that must fail. It returns the problem.
func (w *world) refused(t *testing.T, status int, ref, path string) map[string]any {
	t.Helper()
	got, answer := w.call(t, ref, http.MethodGet, path, "")
	require.Equal(t, status, got, "%s for %s: %v", path, ref, answer)
	return answer
}

// each returns one field of every object of a list.
func each(list any, field string) (out []any) {
	for _, object := range list.([]any) {
		out = append(out, object.(map[string]any)[field])
	}
	return out
}

// strs returns a list of text, sorted.
func strs(list any) []string {
	out := []string{}
	for _, text := range list.([]any) {
		out = append(out, text.(string))
	}
	slices.Sort(out)
	return out
}
