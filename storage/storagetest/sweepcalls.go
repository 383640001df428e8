package storagetest

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// viewCalls returns a valid call of every guarded method of a View.
func viewCalls() map[string]call[storage.View] {
	calls := map[string]call[storage.View]{
		"Entry": seeing(timesheet.KindEntry, timesheet.ViewEntry, func(w *World) []any { return []any{w.A.BensTime.ID} }),
		"Entries": seeing(timesheet.KindEntry, timesheet.ViewEntry, func(*World) []any {
			return []any{timesheet.EntryQuery{}}
		}),
		"Imported": seeing(timesheet.KindEntry, timesheet.ViewEntry, func(w *World) []any {
			return []any{"toggl", []string{"1"}}
		}),
		"Amounts": seeing(timesheet.KindEntry, timesheet.ViewReport, func(*World) []any { return []any{report.Query{}} }),
		"Where": seeing(kindExpense, viewExpense, func(*World) []any {
			return []any{kindExpense, storage.Columns{OneDomain: true, Site: "site_id", Project: "project_id", Person: "person_id"}}
		}),
		"Totals": seeing(timesheet.KindEntry, timesheet.ViewReport, func(*World) []any { return []any{report.Query{}} }),
	}
	for name, rows := range map[string]struct {
		kind access.Kind
		view access.Action
		id   func(w *World) [16]byte
	}{
		"Sites":        {admin.KindSite, admin.ViewSite, func(w *World) [16]byte { return w.A.North.Site() }},
		"Members":      {admin.KindMember, admin.ViewMember, func(w *World) [16]byte { return w.A.Ben.ID }},
		"Bindings":     {admin.KindBinding, admin.ViewBinding, nil},
		"Groups":       {admin.KindGroup, admin.ViewGroup, func(w *World) [16]byte { return w.A.Crew.ID }},
		"Roles":        {admin.KindRole, admin.ViewRole, func(w *World) [16]byte { return w.A.Helper.ID }},
		"Settings":     {admin.KindSetting, admin.ViewSetting, nil},
		"Events":       {admin.KindEvent, admin.ViewEvent, nil},
		"Clients":      {timesheet.KindClient, timesheet.ViewClient, func(w *World) [16]byte { return w.A.Client.ID }},
		"Projects":     {timesheet.KindProject, timesheet.ViewProject, func(w *World) [16]byte { return w.A.Private.ID }},
		"GroupMembers": {admin.KindGroupMember, admin.ViewGroupMember, nil},
		"Teams":        {timesheet.KindTeam, timesheet.ViewTeam, nil},
		"Tasks":        {timesheet.KindTask, timesheet.ViewTask, func(w *World) [16]byte { return w.A.Task.ID }},
		"Activities":   {timesheet.KindActivity, timesheet.ViewActivity, func(w *World) [16]byte { return w.A.Activity.ID }},
		"Tags":         {timesheet.KindTag, timesheet.ViewTag, func(w *World) [16]byte { return w.A.Tag.ID }},
	} {
		calls[name+".List"] = seeing(rows.kind, rows.view, func(*World) []any { return []any{access.Query{}} })
		calls[name+".Get"] = call[storage.View]{kind: rows.kind, args: func(ctx context.Context, w *World, v storage.View, p prover) ([]any, error) {
			if rows.id != nil {
				return []any{p.sees(rows.view), rows.id(w)}, nil
			}
			some, err := readerOf(rows.kind).all(ctx, v)
			return []any{p.sees(rows.view), some[0].id}, err
		}}
	}
	return calls
}

func seeing(kind access.Kind, view access.Action, rest func(w *World) []any) call[storage.View] {
	return call[storage.View]{kind: kind, args: func(_ context.Context, w *World, _ storage.View, p prover) ([]any, error) {
		return append([]any{p.sees(view)}, rest(w)...), nil
	}}
}

// txCalls returns a valid call of every guarded method of a Tx: those of a View
// and those that write.
func txCalls() map[string]call[storage.Tx] {
	calls := map[string]call[storage.Tx]{
		"Place": {kind: timesheet.KindProject, args: func(_ context.Context, w *World, _ storage.Tx, p prover) ([]any, error) {
			return []any{p.sees(timesheet.ViewProject), []access.Row{{Kind: timesheet.KindTask, ID: tenancy.NewUUID(), Project: w.A.Private.ID}}}, nil
		}},
		"PutSite": {kind: admin.KindSite, args: func(_ context.Context, _ *World, s storage.Tx, p prover) ([]any, error) {
			e := tenancy.Site{ID: s.NewID(), CreatedAt: s.Now(), Name: "West"}
			may, err := p.may(admin.CreateSite, s.Draft(access.Row{Kind: admin.KindSite, ID: e.ID, Site: e.ID}))
			return []any{may, e}, err
		}},
		"PutMember": {kind: admin.KindMember, args: func(_ context.Context, _ *World, s storage.Tx, p prover) ([]any, error) {
			e := tenancy.Membership{ID: s.NewID(), CreatedAt: s.Now(), Name: "Mia", Status: tenancy.Active}
			may, err := p.may(admin.CreateMember, s.Draft(access.Row{Kind: admin.KindMember, ID: e.ID, Person: e.ID}))
			return []any{may, e}, err
		}},
		"PutBinding": {kind: admin.KindBinding, args: func(_ context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			e := access.Binding{ID: s.NewID(), CreatedAt: s.Now(), Subject: access.Subject{Member: w.A.Gus.ID}, Role: access.MemberRole, Place: access.Place{Kind: access.Everywhere}}
			may, err := p.may(admin.Grant, s.Draft(access.Row{Kind: admin.KindBinding, ID: e.ID, Person: e.Subject.Member}))
			return []any{may, e}, err
		}},
		"RemoveBinding": {kind: admin.KindBinding, args: func(ctx context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			page, err := s.Bindings().List(ctx, s.Who().Sees(admin.ViewBinding), access.Query{Parent: w.A.Sue.ID})
			if err != nil || len(page.Rows) == 0 {
				return nil, fault.NotFound.Because(err)
			}
			_, r, err := s.Bindings().Get(ctx, s.Who().Sees(admin.ViewBinding), page.Rows[0].ID)
			if err != nil {
				return nil, err
			}
			may, err := p.may(admin.Revoke, r)
			return []any{may, page.Rows[0].ID}, err
		}},
		"PutClient": {kind: timesheet.KindClient, args: func(_ context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			e := timesheet.Client{ID: s.NewID(), CreatedAt: s.Now(), Site: w.A.North.Site(), Name: "Swept"}
			may, err := p.may(timesheet.CreateClient, s.Draft(access.Row{Kind: timesheet.KindClient, ID: e.ID, Site: e.Site, Client: e.ID}))
			return []any{may, e}, err
		}},
		"PutProject": {kind: timesheet.KindProject, args: func(_ context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			e := timesheet.Project{ID: s.NewID(), CreatedAt: s.Now(), Site: w.A.North.Site(), Name: "Swept"}
			may, err := p.may(timesheet.CreateProject, s.Draft(access.Row{Kind: timesheet.KindProject, ID: e.ID, Site: e.Site, Project: e.ID}))
			return []any{may, e}, err
		}},
		"PutTeam": {kind: timesheet.KindTeam, args: func(ctx context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			e := timesheet.Team{ID: s.NewID(), CreatedAt: s.Now(), Project: w.A.Private.ID, Person: w.A.Eve.ID}
			may, err := placed(ctx, s, p, timesheet.AddTeam, access.Row{Kind: timesheet.KindTeam, ID: e.ID, Project: e.Project, Person: e.Person})
			return []any{may, e}, err
		}},
		"RemoveTeam": {kind: timesheet.KindTeam, args: func(ctx context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			page, err := s.Teams().List(ctx, s.Who().Sees(timesheet.ViewTeam), access.Query{Parent: w.A.Public.ID})
			if err != nil || len(page.Rows) == 0 {
				return nil, fault.NotFound.Because(err)
			}
			_, r, err := s.Teams().Get(ctx, s.Who().Sees(timesheet.ViewTeam), page.Rows[0].ID)
			if err != nil {
				return nil, err
			}
			may, err := p.may(timesheet.RemoveTeam, r)
			return []any{may, page.Rows[0].ID}, err
		}},
		"PutTask": {kind: timesheet.KindTask, args: func(ctx context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			e := timesheet.Task{ID: s.NewID(), CreatedAt: s.Now(), Project: w.A.Private.ID, Name: "Swept"}
			may, err := placed(ctx, s, p, timesheet.CreateTask, access.Row{Kind: timesheet.KindTask, ID: e.ID, Project: e.Project})
			return []any{may, e}, err
		}},
		"PutActivity": {kind: timesheet.KindActivity, args: func(_ context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			e := timesheet.Activity{ID: s.NewID(), CreatedAt: s.Now(), Site: w.A.North.Site(), Name: "Swept"}
			may, err := p.may(timesheet.CreateActivity, s.Draft(access.Row{Kind: timesheet.KindActivity, ID: e.ID, Site: e.Site}))
			return []any{may, e}, err
		}},
		"PutTag": {kind: timesheet.KindTag, args: func(_ context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			e := timesheet.Tag{ID: s.NewID(), CreatedAt: s.Now(), Site: w.A.North.Site(), Name: "Swept"}
			may, err := p.may(timesheet.CreateTag, s.Draft(access.Row{Kind: timesheet.KindTag, ID: e.ID, Site: e.Site}))
			return []any{may, e}, err
		}},
		"PutEntry": {kind: timesheet.KindEntry, args: func(ctx context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			e := rawEntry(w, s)
			may, err := placed(ctx, s, p, timesheet.Track, entryRow(e))
			return []any{may, e, rawSlices(e)}, err
		}},
		"AddEntries": {kind: timesheet.KindEntry, args: func(ctx context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			e, f := rawEntry(w, s), rawEntry(w, s)
			one, err := placed(ctx, s, p, timesheet.Track, entryRow(e))
			if err != nil {
				return nil, err
			}
			two, err := placed(ctx, s, p, timesheet.Track, entryRow(f))
			return []any{[]access.Permit{one, two}, []timesheet.Entry{e, f}, append(rawSlices(e), rawSlices(f)...)}, err
		}},
		"RemoveEntry": {kind: timesheet.KindEntry, args: func(ctx context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			_, r, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), w.A.AnnsTime.ID)
			if err != nil {
				return nil, err
			}
			may, err := p.may(timesheet.RemoveEntry, r)
			return []any{may, w.A.AnnsTime.ID}, err
		}},
	}
	maps.Copy(calls, roleCalls())
	for name, read := range viewCalls() {
		calls[name] = call[storage.Tx]{kind: read.kind, args: func(ctx context.Context, w *World, s storage.Tx, p prover) ([]any, error) {
			return read.args(ctx, w, s, p)
		}}
	}
	return calls
}

// placed asks for a permit to create a row that names a project.
func placed(ctx context.Context, s storage.Tx, p prover, action access.Action, row access.Row) (access.Permit, error) {
	r, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), row)
	if err != nil {
		return access.Permit{}, err
	}
	return p.may(action, r[0])
}

// rawEntry is an hour of Ben's on Private, as a store is given it.
func rawEntry(w *World, s storage.Tx) timesheet.Entry {
	return timesheet.Entry{
		ID: s.NewID(), CreatedAt: s.Now(), Site: w.A.North.Site(), Person: w.A.Ben.ID, Recorder: s.Who().Member(), Project: w.A.Private.ID,
		Form: timesheet.Timed, Start: Start, End: Start.Add(time.Hour), Seconds: 3600, Zone: "UTC",
	}
}

func entryRow(e timesheet.Entry) access.Row {
	return access.Row{Kind: timesheet.KindEntry, ID: e.ID, Version: e.Version, Site: e.Site, Project: e.Project, Person: e.Person}
}

func rawSlices(e timesheet.Entry) []timesheet.Slice {
	return []timesheet.Slice{{Entry: e.ID, Day: day("2024-03-04"), Seconds: e.Seconds}}
}

// permitsFit asks for a permit and uses it for something else.
func permitsFit(t *testing.T, w *World) {
	before := w.dump(t, w.A.Whole, by(w.A.Admin))
	write(t, w, w.A.North, by(w.A.Admin), func(ctx context.Context, s storage.Tx) (bool, error) {
		own := prover{actor: s.Who()}
		may := func(p access.Permit, err error) access.Permit {
			require.NoError(t, err)
			return p
		}
		refused := func(what string, err error) {
			require.ErrorIs(t, err, fault.Proof, what)
		}
		draft := func(e timesheet.Client) access.Resource {
			return s.Draft(access.Row{Kind: timesheet.KindClient, ID: e.ID, Site: e.Site, Client: e.ID})
		}
		one := timesheet.Client{ID: s.NewID(), CreatedAt: s.Now(), Site: w.A.North.Site(), Name: "One"}
		two := timesheet.Client{ID: s.NewID(), CreatedAt: s.Now(), Site: w.A.North.Site(), Name: "Two"}
		_, err := s.PutClient(ctx, may(own.may(timesheet.CreateClient, draft(one))), two)
		refused("a permit for another row", err)
		_, err = s.PutClient(ctx, may(own.may(timesheet.ViewClient, draft(one))), one)
		refused("a permit to read", err)
		south := one
		south.Site = w.A.South.Site()
		_, err = s.PutClient(ctx, may(own.may(timesheet.CreateClient, draft(one))), south)
		refused("a permit for another site", err)

		see := s.Who().Sees(timesheet.ViewClient)
		old, r, err := s.Clients().Get(ctx, see, w.A.Client.ID)
		require.NoError(t, err)
		_, err = s.PutClient(ctx, may(own.may(timesheet.CreateClient, draft(one))), old)
		refused("a permit to create, for a row that is there", err)
		_, err = s.PutClient(ctx, may(own.may(timesheet.EditClient, r)), one)
		refused("a permit to change, for a new row", err)

		e, er, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), w.A.BensTime.ID)
		require.NoError(t, err)
		refused("a permit to change, for removing", s.RemoveEntry(ctx, may(own.may(timesheet.EditEntry, er)), e.ID))
		_, err = s.PutEntry(ctx, may(own.may(timesheet.RemoveEntry, er)), e, rawSlices(e))
		refused("a permit to remove, for changing", err)
		refused("a permit to remove another", s.RemoveEntry(ctx, may(own.may(timesheet.RemoveEntry, er)), w.A.AnnsTime.ID))
		moved := e
		moved.Project, moved.Task = w.A.Public.ID, timesheet.TaskID{}
		_, err = s.PutEntry(ctx, may(own.may(timesheet.EditEntry, er)), moved, rawSlices(e))
		refused("a permit for another project", err)
		given := e
		given.Person = w.A.Ann.ID
		_, err = s.PutEntry(ctx, may(own.may(timesheet.EditEntry, er)), given, rawSlices(e))
		refused("a permit for another person", err)
		f, g := rawEntry(w, s), rawEntry(w, s)
		only := may(placed(ctx, s, own, timesheet.Track, entryRow(f)))
		refused("fewer permits than entries", s.AddEntries(ctx, []access.Permit{only}, []timesheet.Entry{f, g}, append(rawSlices(f), rawSlices(g)...)))
		refused("permits in another order", s.AddEntries(ctx, []access.Permit{may(placed(ctx, s, own, timesheet.Track, entryRow(g))), only},
			[]timesheet.Entry{f, g}, append(rawSlices(f), rawSlices(g)...)))
		require.True(t, s.Draft(access.Row{Kind: timesheet.KindTask, ID: s.NewID(), Project: w.A.Private.ID}).IsZero(), "a draft cannot name a project")
		return true, nil
	})
	sameDump(t, before, w.dump(t, w.A.Whole, by(w.A.Admin)), "a permit that does not fit wrote")
}
