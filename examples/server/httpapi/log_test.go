package httpapi_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

func TestLog(t *testing.T) {
	onStores(t, func(t *testing.T, w *world) {
		ben := w.people["ben"]
		require.Error(t, w.db.Update(t.Context(), w.site, access.ByRef("ben"), func(ctx context.Context, s storage.Tx) error {
			_, err := admin.GrantRole(ctx, s, ben.ID, access.SiteAdmin)
			return err
		}))
		all := w.get(t, "ada", "/api/log?limit=1000")["events"].([]any)
		events := func(query string) []any { return w.get(t, "ada", "/api/log?limit=1000&"+query)["events"].([]any) }
		t.Run("G49 what was denied is shown as such, with the reason", func(t *testing.T) {
			found := events("actor=" + ben.ID.String())
			require.Len(t, found, 1)
			e := found[0].(map[string]any)
			assert.Equal(t, true, e["denied"])
			assert.Equal(t, "no_grant_in_scope", e["reason"])
			assert.Equal(t, string(admin.Grant), e["action"])
		})
		t.Run("G49 the log is filtered", func(t *testing.T) {
			assert.Len(t, events("action="+string(timesheet.Track)), 3)
			assert.Len(t, events("kind="+string(timesheet.KindEntry)), 3)
			assert.Len(t, events("kind="+string(timesheet.KindEntry)+"&actor="+w.people["eve"].ID.String()), 1)
			assert.Empty(t, events("kind=client"))
			soon := url.QueryEscape(time.Now().Add(time.Hour).Format(time.RFC3339))
			assert.Empty(t, events("from="+soon))
			assert.Len(t, events("to="+soon), len(all))
			here := events("site=" + w.site.Site().String())
			assert.NotEmpty(t, here)
			assert.Less(t, len(here), len(all), "people are of no site")
			for _, e := range here {
				assert.Equal(t, w.site.Site().String(), e.(map[string]any)["site"])
			}
		})
		t.Run("G49 pages miss nothing", func(t *testing.T) {
			var ids []any
			for after := ""; ; {
				page := w.get(t, "ada", "/api/log?limit=2&after="+after)
				ids = append(ids, each(page["events"], "id")...)
				next, more := page["next"]
				if !more {
					break
				}
				after = next.(string)
			}
			assert.Equal(t, each(all, "id"), ids)
		})
		t.Run("G49 it is for those who may read all of what they ask for", func(t *testing.T) {
			for _, ref := range []string{"ann", "ben", "eve"} {
				assert.Equal(t, "sees_in_part", w.refused(t, http.StatusForbidden, ref, "/api/log")["reason"])
			}
			w.hire(t, "sid", access.Binding{Custom: w.custom(t, "Site auditor", admin.ViewEvent).ID, Place: access.Place{Kind: access.AtSite, Site: w.site.Site()}})
			w.refused(t, http.StatusForbidden, "sid", "/api/log")
			assert.NotEmpty(t, w.get(t, "sid", "/api/log?site="+w.site.Site().String())["events"])
			w.refused(t, http.StatusUnauthorized, "", "/api/log")
		})
		t.Run("G49 a filter that makes no sense is refused", func(t *testing.T) {
			w.refused(t, http.StatusUnprocessableEntity, "ada", "/api/log?site=7")
			w.refused(t, http.StatusUnprocessableEntity, "ada", "/api/log?actor=7")
			w.refused(t, http.StatusNotFound, "ada", "/api/log?site="+tenancy.SiteID(tenancy.NewUUID()).String())
		})
		t.Run("G49 a change of a role says before and after", func(t *testing.T) {
			made := events("action=" + string(admin.MakeRole))
			require.Len(t, made, 1)
			assert.Equal(t, "Site auditor\nevent.view: always", made[0].(map[string]any)["after"])
		})
	})
}
