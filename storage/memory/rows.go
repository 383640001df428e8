package memory

import (
	"bytes"
	"context"
	"slices"
	"strconv"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// rows reads one uniform kind.
type rows[E any] struct {
	v      *view
	t      *table[E]
	hidden [16]byte // a row that is never shown; none for most kinds
}

func from[E any](v *view, t *table[E]) rows[E] { return rows[E]{v: v, t: t} }

// Get returns one row and the resource to decide on.
func (r rows[E]) Get(ctx context.Context, see access.Filter, id [16]byte) (E, access.Resource, error) {
	var none E
	plan, err := r.v.plan(ctx, see, r.t.Name)
	if err != nil {
		return none, access.Resource{}, err
	}
	e := r.t.rows[id]
	if e == nil || id == r.hidden {
		return none, access.Resource{}, fault.NotFound
	}
	row := r.v.relate(r.t.Kind, r.t.row(e))
	if !r.v.shows(plan, r.t.Kind, row) {
		return none, access.Resource{}, fault.NotFound
	}
	return show(r.v, r.t, *e, row), r.v.session.Resource(row), nil
}

// List returns a page of what the filter shows, in order of id.
func (r rows[E]) List(ctx context.Context, see access.Filter, q access.Query) (access.Page[E], error) {
	var page access.Page[E]
	plan, err := r.v.plan(ctx, see, r.t.Name)
	if err != nil {
		return page, err
	}
	limit, err := limitOf(q.Limit)
	if err != nil {
		return page, err
	}
	var after tenancy.ID[E]
	if q.After != "" {
		if after, err = tenancy.ParseID[E](q.After); err != nil {
			return page, badCursor(q.After)
		}
	}
	var ids [][16]byte
	for id, e := range r.t.rows {
		if id != r.hidden && bytes.Compare(id[:], after[:]) > 0 && r.matches(e, q) &&
			r.v.shows(plan, r.t.Kind, r.v.relate(r.t.Kind, r.t.row(e))) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) })
	if len(ids) > limit {
		ids = ids[:limit]
		page.Next = tenancy.ID[E](ids[limit-1]).String()
	}
	for _, id := range ids {
		e := r.t.rows[id]
		page.Rows = append(page.Rows, show(r.v, r.t, *e, r.v.relate(r.t.Kind, r.t.row(e))))
	}
	return page, nil
}

// matches compares a row with what a query narrows; what the kind has no column
// for narrows nothing.
func (r rows[E]) matches(e *E, q access.Query) bool {
	switch {
	case !q.All && r.t.archived(e),
		q.Name != "" && r.t.Named && tenancy.NameKey(r.t.column(e, "name").text()) != tenancy.NameKey(q.Name),
		q.Ref != "" && slices.Contains(r.t.Columns, "ref") && r.t.column(e, "ref").text() != q.Ref,
		q.Parent != [16]byte{} && len(r.t.Parents) > 0 && !r.t.child(e, q.Parent):
		return false
	}
	event, ok := any(e).(*access.Event)
	return !ok || logged(event, q)
}

// child reports whether a row belongs to a parent.
func (t *table[E]) child(e *E, parent [16]byte) bool {
	return slices.ContainsFunc(t.Parents, func(name string) bool { return t.idIn(e, name) == parent })
}

// logged compares a line of the log with what a query narrows of it.
func logged(e *access.Event, q access.Query) bool {
	return (q.Actor.IsZero() || e.Actor == q.Actor) && (q.Kind == "" || e.Kind == q.Kind) && (q.Action == "" || e.Action == q.Action) &&
		(q.From.IsZero() || !e.At.Before(q.From)) && (q.To.IsZero() || e.At.Before(q.To))
}

// plan opens a filter.
func (v *view) plan(ctx context.Context, see access.Filter, kind access.Kind) (access.Plan, error) {
	if err := v.ready(ctx); err != nil {
		return access.Plan{}, err
	}
	return v.session.Plan(see, kind)
}

func limitOf(limit int) (int, error) {
	switch {
	case limit < 0:
		return 0, fault.Input("bad_limit", "limit", strconv.Itoa(limit), "must not be negative")
	case limit == 0:
		return 50, nil
	}
	return min(limit, 1000), nil
}

func badCursor(after string) error {
	return fault.Input("bad_cursor", "after", after, "must be the Next of the page before")
}
