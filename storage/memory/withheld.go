package memory

import (
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// unseen returns the fields of a row that the actor does not see.
func unseen[E any](v *view, t *table[E], row access.Row) map[string]bool {
	hidden := map[string]bool{}
	for _, w := range v.session.Withholds(t.Name) {
		if !w.Plan.Sees(row) {
			hidden[w.Field] = true
		}
	}
	return hidden
}

// show returns a row without what is withheld from the actor.
func show[E any](v *view, t *table[E], e E, row access.Row) E {
	hidden := unseen(v, t, row)
	for _, shy := range t.Shy {
		if hidden[shy.Field] && t.filled(shy, &e) {
			t.blank(shy, &e)
			*shy.Withheld(&e) = true
		}
	}
	return e
}

// retain gives a row that is about to be kept the values that were withheld from
// its writer. One who does not see a field of the stored row changes nothing in
// it, be it to what it holds already: the answer would say what that is.
func retain[E any](v *view, t *table[E], was, e *E) error {
	hidden := map[string]bool{}
	if was != nil {
		hidden = unseen(v, t, v.relate(t.Kind, t.row(was)))
	}
	for _, shy := range t.Shy {
		switch withheld := *shy.Withheld(e); {
		case withheld && was == nil:
			t.blank(shy, e)
		case withheld:
			for _, name := range shy.Columns {
				t.column(e, name).copy(t.column(was, name))
			}
		case hidden[shy.Field] && (t.filled(shy, e) || t.filled(shy, was)):
			return fault.Deny("field_withheld", "you do not see this field, so you cannot set it").On(shy.Field, "")
		}
		*shy.Withheld(e) = false
	}
	return nil
}

// filled reports whether there is anything in a field.
func (t *table[E]) filled(shy storage.ShyField[E], e *E) bool {
	return slices.ContainsFunc(shy.Columns, func(name string) bool { return !t.column(e, name).isZero() })
}

func (t *table[E]) blank(shy storage.ShyField[E], e *E) {
	for _, name := range shy.Columns {
		t.column(e, name).clear()
	}
}
