package bunstore

import (
	"context"
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// stood returns what is to be known of a row before it is changed: its words
// for the event, if the kind has such, and the columns that stay as they are,
// because the actor does not see them. It refuses a change of what is not the
// actor's to change. The row is read once, and only if something asks for it.
func stood[E any](ctx context.Context, h *handle, k storage.Of[E], e *E, w access.Write) (before string, keep []string, err error) {
	for _, shy := range k.Shy {
		if *shy.Withheld(e) {
			keep = append(keep, shy.Columns...)
		}
	}
	hidden := hiddenFrom(h, k, e, w.Before)
	if k.Text == nil && len(k.Guarded) == 0 && len(hidden) == 0 {
		return "", keep, nil
	}
	was, row, err := rows[E]{h, k}.one(ctx, w.After.ID)
	if err != nil || row.ID == [16]byte{} {
		return "", keep, err // that it is gone the update finds
	}
	before = text(k, was)
	if err := guarded(h, k, &was, e, row); err != nil {
		return "", nil, err
	}
	for _, shy := range hidden {
		given := *e
		blank(k, shy.Field, &given)
		blank(k, shy.Field, &was)
		if *shy.Withheld(&was) || *shy.Withheld(&given) {
			return "", nil, fault.Deny("field_withheld", "you do not see this field, so you cannot set it").On(shy.Field, "")
		}
	}
	return before, keep, nil
}

// hiddenFrom returns the fields of a row that the actor does not see and does
// not hand back as withheld either.
func hiddenFrom[E any](h *handle, k storage.Of[E], e *E, at access.Row) (hidden []storage.ShyField[E]) {
	if len(k.Shy) == 0 {
		return nil
	}
	for _, withheld := range h.session.Withholds(k.Name) {
		for _, shy := range k.Shy {
			if shy.Field == withheld.Field && !withheld.Plan.Sees(at) && !*shy.Withheld(e) {
				hidden = append(hidden, shy)
			}
		}
	}
	return hidden
}

// guarded refuses a change of guarded columns by who may not do their action.
func guarded[E any](h *handle, k storage.Of[E], was, e *E, row access.Row) error {
	old, given := fields(k.Fields(was)), fields(k.Fields(e))
	for _, g := range k.Guarded {
		changes := slices.ContainsFunc(g.Columns, func(column string) bool {
			i := slices.Index(k.Columns, column)
			return value(old[i], false) != value(given[i], false)
		})
		if !changes {
			continue
		}
		if _, err := h.Who().May(g.Action, h.session.Resource(row)); err != nil {
			return err
		}
	}
	return nil
}
