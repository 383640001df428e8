package httpapi_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// may asks for a permit for every action on an entry or project that does not
// create one, and returns those that are given; nil if she does not see it.
func (w *world) may(t *testing.T, ref string, kind access.Kind, id [16]byte) (given []string) {
	t.Helper()
	w.as(t, ref, func(ctx context.Context, s storage.Tx) error {
		var r access.Resource
		var err error
		if kind == timesheet.KindEntry {
			_, r, err = s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), id)
		} else {
			_, r, err = s.Projects().Get(ctx, s.Who().Sees(timesheet.ViewProject), id)
		}
		if err != nil {
			return nil
		}
		given = []string{}
		for _, spec := range s.Who().Policy().Actions() {
			if _, err := s.Who().May(spec.Name, r); err == nil && spec.Kind == kind && spec.Verb != access.Create {
				given = append(given, string(spec.Name))
			}
		}
		slices.Sort(given)
		return nil
	})
	return given
}

func TestAllowedActions(t *testing.T) {
	onStores(t, func(t *testing.T, w *world) {
		things := map[string]struct {
			kind access.Kind
			id   [16]byte
		}{
			"/api/entries/" + w.imported.ID.String(): {timesheet.KindEntry, w.imported.ID},
			"/api/entries/" + w.alone.ID.String():    {timesheet.KindEntry, w.alone.ID},
			"/api/projects/" + w.rocket.ID.String():  {timesheet.KindProject, w.rocket.ID},
		}
		t.Run("G56 W6 what is said to be allowed is what can be done", func(t *testing.T) {
			lists := map[int]bool{}
			for _, ref := range []string{"ada", "ann", "ben", "eve"} {
				for path, thing := range things {
					given := w.may(t, ref, thing.kind, thing.id)
					if given == nil {
						assert.Equal(t, "not_found", w.refused(t, http.StatusNotFound, ref, path)["code"])
						continue
					}
					assert.Equal(t, given, strs(w.get(t, ref, path)["allowed_actions"]), "%s for %s", path, ref)
					lists[len(given)] = true
				}
			}
			assert.Greater(t, len(lists), 2, "they differ")
		})
		t.Run("G56 an id that is none is refused", func(t *testing.T) {
			for _, path := range []string{"/api/entries/7", "/api/projects/7"} {
				assert.Equal(t, "bad_id", w.refused(t, http.StatusUnprocessableEntity, "ada", path)["code"])
			}
			w.refused(t, http.StatusNotFound, "ada", "/api/entries/"+w.rocket.ID.String())
			w.refused(t, http.StatusUnauthorized, "", "/api/entries/"+w.alone.ID.String())
		})
	})
}

func TestExplain(t *testing.T) {
	onStores(t, func(t *testing.T, w *world) {
		entry := "&kind=entry&id=" + w.imported.ID.String()
		project := "&kind=project&id=" + w.rocket.ID.String()
		t.Run("W9 a denial says what it would take", func(t *testing.T) {
			why := w.get(t, "ann", "/api/explain?action=entry.edit"+entry)
			assert.Equal(t, false, why["allowed"])
			assert.Equal(t, "condition_own", why["reason"])
			assert.Equal(t, []any{"own"}, why["missing"])
			assert.Equal(t, "member+manager", why["facts"])
			assert.NotContains(t, why, "role")
			assert.Equal(t, []any{"manager"}, w.get(t, "ben", "/api/explain?action=project.edit"+project)["missing"])
		})
		t.Run("W9 what is allowed says by which role", func(t *testing.T) {
			why := w.get(t, "ben", "/api/explain?action=entry.edit"+entry)
			assert.Equal(t, true, why["allowed"])
			assert.Equal(t, "member", why["role"])
			assert.Equal(t, "own+member", why["term"])
			assert.NotContains(t, why, "reason")
			assert.NotContains(t, why, "missing")
		})
		t.Run("W9 of what is not seen nothing is explained", func(t *testing.T) {
			for _, of := range []string{entry, project} {
				p := w.refused(t, http.StatusNotFound, "eve", "/api/explain?action=entry.view"+of)
				assert.Equal(t, "not_found", p["code"])
				assert.NotContains(t, p, "missing")
			}
		})
		t.Run("W9 a question that makes no sense is refused", func(t *testing.T) {
			assert.Equal(t, "unknown_action", w.refused(t, http.StatusUnprocessableEntity, "ada", "/api/explain?action=project.edit"+entry)["code"])
			w.refused(t, http.StatusUnprocessableEntity, "ada", "/api/explain?action=entry.view&kind=entry")
			w.refused(t, http.StatusUnprocessableEntity, "ada", "/api/explain?action=tag.view&kind=tag&id="+w.rocket.ID.String())
			w.refused(t, http.StatusUnprocessableEntity, "ada", "/api/explain?action=entry.view&kind=entry&id=7")
		})
		t.Run("W9 a refused write says it too", func(t *testing.T) {
			status, p := w.call(t, "eve", http.MethodPost, "/api/entries",
				`{"form":"timed","start":"2024-03-05T09:00:00Z","end":"2024-03-05T10:00:00Z","zone":"UTC","person":"`+w.people["ben"].ID.String()+`"}`)
			assert.Equal(t, http.StatusForbidden, status)
			assert.Equal(t, "denied", p["code"])
			assert.Equal(t, "condition_own", p["reason"])
			assert.Equal(t, []any{"own"}, p["missing"])
		})
	})
}

// overseer sees all that a question about rights is answered from, and no
// addresses.
var overseer = []access.Action{
	admin.ViewSite, admin.ViewMember, admin.ViewBinding, admin.ViewGroup, admin.ViewGroupMember, admin.ViewRole, admin.ViewSetting,
	timesheet.ViewProject, timesheet.ViewTeam, timesheet.ViewEntry,
}

func TestWho(t *testing.T) {
	onStores(t, func(t *testing.T, w *world) {
		w.hire(t, "otto", access.Binding{Custom: w.custom(t, "Overseer", overseer...).ID, Place: access.Place{Kind: access.Everywhere}})
		path := "/api/who?action=entry.view&entry=" + w.imported.ID.String()
		t.Run("W9 who may see an entry, and through which role", func(t *testing.T) {
			people := w.get(t, "ada", path)["people"]
			assert.Equal(t, []string{"Ada", "Ann", "Ben", "Otto"}, strs(each(people, "name")))
			ways := map[any]any{}
			for _, p := range people.([]any) {
				p := p.(map[string]any)
				ways[p["name"]] = each(p["ways"], "term")
			}
			assert.Equal(t, []any{"manager"}, ways["Ann"])
			assert.Equal(t, []any{"own"}, ways["Ben"])
			assert.Equal(t, []string{"Ada", "Ben"}, strs(each(w.get(t, "ada", "/api/who?action=entry.edit&entry="+w.imported.ID.String())["people"], "name")))
		})
		t.Run("W9 it is answered to those who see everybody", func(t *testing.T) {
			p := w.refused(t, http.StatusForbidden, "ben", path)
			assert.Equal(t, "sees_in_part", p["reason"])
			w.refused(t, http.StatusNotFound, "eve", path)
			assert.Equal(t, "unknown_action", w.refused(t, http.StatusUnprocessableEntity, "ada", "/api/who?action=no.such&entry="+w.imported.ID.String())["code"])
		})
		t.Run("T24 an address that is withheld is absent", func(t *testing.T) {
			assert.Contains(t, each(w.get(t, "ada", path)["people"], "email"), "ben@example.org")
			for _, p := range w.get(t, "otto", path)["people"].([]any) {
				assert.NotContains(t, p, "email")
			}
			assert.NotContains(t, w.get(t, "otto", "/api/me"), "email", "though he has one")
			assert.Equal(t, "eve@example.org", w.get(t, "eve", "/api/me")["email"])
		})
	})
}

func TestPermissions(t *testing.T) {
	onStores(t, func(t *testing.T, w *world) {
		t.Run("G57 the matrix is that of the rules, cell by cell", func(t *testing.T) {
			policy, err := storage.Policy()
			require.NoError(t, err)
			m, err := policy.Matrix()
			require.NoError(t, err)
			got := w.get(t, "eve", "/api/permissions")
			assert.Len(t, got["roles"], len(m.Roles))
			assert.Len(t, got["settings"], len(m.Switches))
			actions := got["actions"].([]any)
			require.Len(t, actions, len(m.Rows))
			for i, row := range m.Rows {
				said := actions[i].(map[string]any)
				assert.Equal(t, string(row.Action.Name), said["action"])
				for column, r := range m.Roles {
					cell, may := said["roles"].(map[string]any)[r.Name]
					assert.Equal(t, row.Cell(column) != "-", may, "%s for %s", row.Action.Name, r.Name)
					if may {
						assert.Equal(t, row.Cell(column), cell)
					}
				}
			}
			w.refused(t, http.StatusUnauthorized, "", "/api/permissions")
		})
	})
}

func TestAmounts(t *testing.T) {
	onStores(t, func(t *testing.T, w *world) {
		path := "/api/entries/" + w.imported.ID.String()
		external := func(ref string) map[string]any { return w.get(t, ref, path)["external"].(map[string]any) }
		t.Run("T24 an amount that is withheld is absent", func(t *testing.T) {
			for _, ref := range []string{"ada", "ann"} {
				assert.Equal(t, map[string]any{"currency": "EUR", "minor": 12345.0}, external(ref)["amount"], ref)
			}
			assert.Equal(t, map[string]any{"source": "toggl", "key": "7"}, external("ben"), "it is his time, and not his to see")
			for _, e := range w.get(t, "ben", "/api/entries")["entries"].([]any) {
				if from, imported := e.(map[string]any)["external"]; imported {
					assert.NotContains(t, from, "amount")
				}
			}
			assert.NotContains(t, w.get(t, "eve", "/api/entries/"+w.alone.ID.String()), "external")
		})
		t.Run("T24 a sum that leaves some out says so", func(t *testing.T) {
			assert.Equal(t, map[string]any{"partial": false, "withheld": 0.0, "sums": []any{map[string]any{"currency": "EUR", "minor": 12345.0, "entries": 1.0}}},
				w.get(t, "ada", "/api/report?amounts=true")["amounts"])
			assert.Equal(t, map[string]any{"partial": true, "withheld": 1.0, "sums": []any{}}, w.get(t, "ben", "/api/report?amounts=true")["amounts"])
			assert.Equal(t, map[string]any{"partial": false, "withheld": 0.0, "sums": []any{}}, w.get(t, "ada", "/api/report?amounts=true&from=2024-03-05")["amounts"])
			assert.NotContains(t, w.get(t, "ada", "/api/report"), "amounts", "nobody asked")
		})
	})
}
