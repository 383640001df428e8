package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// installationCalls returns a valid call of every guarded method of the handle
// of the root.
func installationCalls() map[string]call[storage.Installation] {
	type in = storage.Installation
	enter := func(context.Context, admin.Store) error { return nil }
	newDomain := func(h in, p prover) (tenancy.Domain, access.Permit, error) {
		d := tenancy.Domain{ID: h.NewID(), CreatedAt: h.Now(), Zone: "UTC"}
		d.Name = "Swept " + d.ID.String()
		may, err := p.may(admin.CreateDomain, h.Draft(access.Row{Kind: admin.KindDomain, ID: d.ID}))
		return d, may, err
	}
	calls := map[string]call[in]{
		"PutDomain": {kind: admin.KindDomain, args: func(_ context.Context, _ *World, h in, p prover) ([]any, error) {
			d, may, err := newDomain(h, p)
			return []any{may, d}, err
		}},
		"PutModules": {kind: admin.KindDomain, args: func(ctx context.Context, w *World, h in, p prover) ([]any, error) {
			_, r, err := h.Domains().Get(ctx, h.Who().Sees(admin.ViewDomain), w.A.ID)
			if err != nil {
				return nil, err
			}
			may, err := p.may(admin.EditModules, r)
			return []any{may, w.A.ID, []string{"swept"}}, err
		}},
		"PutHostname": {kind: admin.KindHostname, args: func(_ context.Context, w *World, h in, p prover) ([]any, error) {
			e := tenancy.Hostname{ID: h.NewID(), CreatedAt: h.Now(), Name: "swept.example", Domain: w.A.ID, Site: w.A.North.Site()}
			may, err := p.may(admin.CreateHostname, h.Draft(access.Row{Kind: admin.KindHostname, ID: e.ID}))
			return []any{may, e}, err
		}},
		"PutAccount": {kind: admin.KindAccount, args: func(_ context.Context, _ *World, h in, p prover) ([]any, error) {
			e := tenancy.Account{ID: h.NewID(), CreatedAt: h.Now()}
			may, err := p.may(admin.CreateAccount, h.Draft(access.Row{Kind: admin.KindAccount, ID: e.ID}))
			return []any{may, e}, err
		}},
		"PutLogin": {kind: admin.KindLogin, args: func(_ context.Context, w *World, h in, p prover) ([]any, error) {
			e := tenancy.Login{ID: h.NewID(), CreatedAt: h.Now(), Account: w.A.Admin.Account, Domain: w.A.ID, PasswordHash: "$hash"}
			e.Name = "swept " + e.ID.String()
			may, err := p.may(admin.CreateLogin, h.Draft(access.Row{Kind: admin.KindLogin, ID: e.ID}))
			return []any{may, e}, err
		}},
		"PutEnrolment": {kind: admin.KindEnrolment, args: func(_ context.Context, w *World, h in, p prover) ([]any, error) {
			e := tenancy.Enrolment{ID: h.NewID(), CreatedAt: h.Now(), Account: w.A.Admin.Account, Domain: w.A.ID, ExpiresAt: h.Now().Add(admin.EnrolmentLife)}
			e.Name = "digest " + e.ID.String()
			may, err := p.may(admin.CreateEnrolment, h.Draft(access.Row{Kind: admin.KindEnrolment, ID: e.ID}))
			return []any{may, e}, err
		}},
		"Enter": {kind: admin.KindDomain,
			args: func(_ context.Context, w *World, h in, p prover) ([]any, error) {
				may, err := p.may(admin.CreateDomain, h.Draft(access.Row{Kind: admin.KindDomain, ID: w.A.ID}))
				return []any{may, w.A.ID, enter}, err
			},
			valid: func(ctx context.Context, _ *World, h in, p prover) ([]any, error) {
				d, may, err := newDomain(h, p)
				if err == nil {
					_, err = h.PutDomain(ctx, may, d)
				}
				return []any{may, d.ID, enter}, err
			}},
	}
	list := func(name string, kind access.Kind, view access.Action, first func(ctx context.Context, h in) ([16]byte, error)) {
		calls[name+".List"] = call[in]{kind: kind, args: func(_ context.Context, _ *World, _ in, p prover) ([]any, error) {
			return []any{p.sees(view), access.Query{}}, nil
		}}
		calls[name+".Get"] = call[in]{kind: kind, args: func(ctx context.Context, _ *World, h in, p prover) ([]any, error) {
			id, err := first(ctx, h)
			return []any{p.sees(view), id}, err
		}}
	}
	list("Domains", admin.KindDomain, admin.ViewDomain, func(ctx context.Context, h in) ([16]byte, error) {
		page, err := h.Domains().List(ctx, h.Who().Sees(admin.ViewDomain), access.Query{})
		return page.Rows[0].ID, err
	})
	list("Hostnames", admin.KindHostname, admin.ViewHostname, func(ctx context.Context, h in) ([16]byte, error) {
		page, err := h.Hostnames().List(ctx, h.Who().Sees(admin.ViewHostname), access.Query{})
		return page.Rows[0].ID, err
	})
	list("Logins", admin.KindLogin, admin.ViewLogin, func(ctx context.Context, h in) ([16]byte, error) {
		l, err := admin.FindLogin(ctx, h, "ada")
		return l.ID, err
	})
	list("Enrolments", admin.KindEnrolment, admin.ViewEnrolment, func(ctx context.Context, h in) ([16]byte, error) {
		page, err := h.Enrolments().List(ctx, h.Who().Sees(admin.ViewEnrolment), access.Query{})
		return page.Rows[0].ID, err
	})
	return calls
}

// otherDraft returns an action that creates something, of another kind than
// the given one, and the row of it: of the installation or of a domain,
// whichever the handle is.
func otherDraft(handle any, kind access.Kind) (access.Action, access.Row) {
	if _, root := handle.(storage.Installation); root {
		if kind == admin.KindAccount {
			return admin.CreateDomain, access.Row{Kind: admin.KindDomain}
		}
		return admin.CreateAccount, access.Row{Kind: admin.KindAccount}
	}
	if kind == timesheet.KindTag {
		return timesheet.CreateActivity, access.Row{Kind: timesheet.KindActivity}
	}
	return timesheet.CreateTag, access.Row{Kind: timesheet.KindTag}
}

// domains returns what the installation holds.
func (w *World) domains(t testing.TB) []any {
	t.Helper()
	var all []any
	require.NoError(t, w.DB.Installation(t.Context(), worker, func(ctx context.Context, h storage.Installation) error {
		all = nil
		for _, list := range []func() (any, error){
			func() (any, error) {
				return h.Domains().List(ctx, h.Who().Sees(admin.ViewDomain), access.Query{Limit: 1000})
			},
			func() (any, error) {
				return h.Hostnames().List(ctx, h.Who().Sees(admin.ViewHostname), access.Query{Limit: 1000})
			},
			func() (any, error) {
				return h.Logins().List(ctx, h.Who().Sees(admin.ViewLogin), access.Query{Limit: 1000})
			},
			func() (any, error) {
				return h.Enrolments().List(ctx, h.Who().Sees(admin.ViewEnrolment), access.Query{Limit: 1000})
			},
		} {
			rows, err := list()
			if err != nil {
				return err
			}
			all = append(all, rows)
		}
		return nil
	}))
	return all
}

// stock adds what a World lacks for every read to find something, also after
// every call has removed something: an imported entry, a login and an enrolment,
// and what is there to spare.
func (w *World) stock(t testing.TB) {
	t.Helper()
	e := timed(Start.AddDate(0, 0, 1), time.Hour, w.A.Private)
	e.External = timesheet.External{Source: "toggl", Key: "1", Amount: 100, Currency: "EUR"}
	w.recorded(t, w.A.North, by(w.A.Ann), e)
	w.spare(t)
	require.NoError(t, w.DB.Installation(t.Context(), worker, func(ctx context.Context, h storage.Installation) error {
		token, err := admin.IssueEnrolment(ctx, h, w.A.Admin.Account, w.A.ID)
		if err != nil {
			return err
		}
		_, err = admin.Enrol(ctx, h, token, "ada", "$hash")
		return err
	}))
}
