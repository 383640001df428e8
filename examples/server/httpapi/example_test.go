package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/examples/server/httpapi"
	"github.com/seed-5be203e9/stint/storage/memory"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
)

// A host mounts the API beside its own handlers. Its own authentication says
// which of its users calls, for which of its organisations.
func ExampleNew() {
	db, err := memory.Open(memory.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = admin.Bootstrap(context.Background(), db, admin.Provision{Name: "Acme", Ref: "41", Admin: tenancy.Membership{Name: "Ann", Ref: "7"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	api, err := httpapi.New(httpapi.Config{DB: db, Who: func(r *http.Request) (tenancy.Scope, access.Principal, error) {
		if r.Header.Get("Authorization") != "Bearer ann-key" { // whatever the host does
			return tenancy.Scope{}, access.Principal{}, httpapi.ErrNobody
		}
		in, err := tenancy.NewResolver(db).ByRef(r.Context(), "41")
		return in, access.ByRef("7"), err
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/time/", http.StripPrefix("/time", api))

	for _, key := range []string{"ann-key", "guess"} {
		r := httptest.NewRequest(http.MethodGet, "/time/api/report", nil)
		r.Header.Set("Authorization", "Bearer "+key)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 {"by":[],"rows":[],"total":{"seconds":0,"billable_seconds":0}}
	// 401 {"title":"Unauthorized","status":401,"detail":"sign in first (not_signed_in)","code":"not_signed_in"}
}
