package storagetest

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

// reader reads one kind of a domain, whatever its entity.
type reader struct {
	kind storage.Kind
	view access.Action
	list func(ctx context.Context, v storage.View, see access.Filter, q access.Query) (access.Page[item], error)
	get  func(ctx context.Context, v storage.View, see access.Filter, id [16]byte) (item, access.Resource, error)
}

// item is an entity of any kind.
type item struct {
	id     [16]byte
	entity any
}

// readers returns a reader for every kind that a View reads.
func readers() []reader {
	k := storage.NewKinds()
	return []reader{
		rowsOf(k.Sites, admin.ViewSite, storage.View.Sites),
		rowsOf(k.Members, admin.ViewMember, storage.View.Members),
		rowsOf(k.Bindings, admin.ViewBinding, storage.View.Bindings),
		rowsOf(k.Groups, admin.ViewGroup, storage.View.Groups),
		rowsOf(k.InGroups, admin.ViewGroupMember, storage.View.GroupMembers),
		rowsOf(k.Roles, admin.ViewRole, storage.View.Roles),
		rowsOf(k.Settings, admin.ViewSetting, storage.View.Settings),
		rowsOf(k.Events, admin.ViewEvent, storage.View.Events),
		rowsOf(k.Clients, timesheet.ViewClient, storage.View.Clients),
		rowsOf(k.Projects, timesheet.ViewProject, storage.View.Projects),
		rowsOf(k.Teams, timesheet.ViewTeam, storage.View.Teams),
		rowsOf(k.Tasks, timesheet.ViewTask, storage.View.Tasks),
		rowsOf(k.Activities, timesheet.ViewActivity, storage.View.Activities),
		rowsOf(k.Tags, timesheet.ViewTag, storage.View.Tags),
		{
			k.Entries.Kind, timesheet.ViewEntry,
			func(ctx context.Context, v storage.View, see access.Filter, q access.Query) (access.Page[item], error) {
				page, err := v.Entries(ctx, see, timesheet.EntryQuery{After: q.After, Limit: q.Limit})
				return items(k.Entries, page), err
			},
			func(ctx context.Context, v storage.View, see access.Filter, id [16]byte) (item, access.Resource, error) {
				e, r, err := v.Entry(ctx, see, id)
				return item{e.ID, e}, r, err
			},
		},
	}
}

// readerOf returns the reader of a kind.
func readerOf(kind access.Kind) reader {
	all := readers()
	return all[slices.IndexFunc(all, func(r reader) bool { return r.kind.Name == kind })]
}

func rowsOf[E any](of storage.Of[E], view access.Action, rows func(storage.View) access.Rows[E]) reader {
	return reader{
		of.Kind, view,
		func(ctx context.Context, v storage.View, see access.Filter, q access.Query) (access.Page[item], error) {
			page, err := rows(v).List(ctx, see, q)
			return items(of, page), err
		},
		func(ctx context.Context, v storage.View, see access.Filter, id [16]byte) (item, access.Resource, error) {
			e, r, err := rows(v).Get(ctx, see, id)
			return item{idOf(of, e), e}, r, err
		},
	}
}

func items[E any](of storage.Of[E], page access.Page[E]) access.Page[item] {
	out := access.Page[item]{Next: page.Next}
	for _, e := range page.Rows {
		out.Rows = append(out.Rows, item{idOf(of, e), e})
	}
	return out
}

// idOf returns the id of an entity: the first of its fields.
func idOf[E any](of storage.Of[E], e E) [16]byte {
	return *of.Fields(&e)[0].(interface{ Raw() *[16]byte }).Raw()
}

// all lists everything that the actor sees of the kind, archived or not.
func (r reader) all(ctx context.Context, v storage.View) ([]item, error) {
	return r.under(ctx, v, r.view)
}

// under lists everything that an action is allowed on.
func (r reader) under(ctx context.Context, v storage.View, action access.Action) ([]item, error) {
	return follow(func(after string) (access.Page[item], error) {
		return r.list(ctx, v, v.Who().Sees(action), access.Query{All: true, After: after, Limit: 1000})
	})
}

// follow reads page after page.
func follow[E any](page func(after string) (access.Page[E], error)) ([]E, error) {
	var rows []E
	for after := ""; ; {
		p, err := page(after)
		rows, after = append(rows, p.Rows...), p.Next
		if err != nil || after == "" {
			return rows, err
		}
	}
}

func ids(rows []item) [][16]byte {
	out := make([][16]byte, len(rows))
	for i, row := range rows {
		out[i] = row.id
	}
	return out
}

// dump is everything that somebody sees in a scope: every kind in full, and the
// totals by every dimension.
func (w *World) dump(t testing.TB, in tenancy.Scope, as access.Principal) string {
	t.Helper()
	return w.dumpOf(t, readers(), in, as)
}

// dumpOf is a dump of some kinds.
func (w *World) dumpOf(t testing.TB, kinds []reader, in tenancy.Scope, as access.Principal) string {
	t.Helper()
	return read(t, w, in, as, func(ctx context.Context, v storage.View) (string, error) { return dump(ctx, v, kinds) })
}

func dump(ctx context.Context, v storage.View, kinds []reader) (string, error) {
	all := map[string]any{}
	for _, r := range kinds {
		rows, err := r.all(ctx, v)
		if err != nil {
			return "", err
		}
		var entities []any
		for _, row := range rows {
			entities = append(entities, row.entity)
		}
		all[string(r.kind.Name)] = entities
	}
	for _, d := range append(report.Dimensions(), "") {
		q := report.Query{}
		if d != "" {
			q.By = []report.Dimension{d}
		}
		sum, err := report.Run(ctx, v, q)
		if err != nil {
			return "", err
		}
		all["report by "+string(d)] = sum
	}
	text, err := json.MarshalIndent(all, "", " ")
	return string(text), err
}

// sameDump fails with the first difference.
func sameDump(t testing.TB, want, got string, why string) {
	t.Helper()
	if want != got {
		require.Equal(t, want, got, why)
	}
}
