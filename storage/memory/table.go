package memory

import (
	"slices"
	"strings"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// table holds the rows of one kind in one place: a domain, or the installation.
// A row that is stored is never changed, only replaced, so it may be shared
// with the journal and with pages that are being made.
type table[E any] struct {
	storage.Of[E]
	rows map[[16]byte]*E
	keys []map[string][16]byte // for each unique key, who has which value
}

func newTable[E any](of storage.Of[E]) *table[E] {
	t := &table[E]{Of: of, rows: map[[16]byte]*E{}}
	for range of.Unique {
		t.keys = append(t.keys, map[string][16]byte{})
	}
	return t
}

func (t *table[E]) has(id [16]byte) bool { return t.rows[id] != nil }

// swap replaces the row of an id, where nil is no row, and keeps the keys
// right.
func (t *table[E]) swap(id [16]byte, next *E) (was *E) {
	was = t.rows[id]
	for i, u := range t.Unique {
		if was != nil {
			if k, ok := t.key(u, was); ok {
				delete(t.keys[i], k)
			}
		}
		if next != nil {
			if k, ok := t.key(u, next); ok {
				t.keys[i][k] = id
			}
		}
	}
	delete(t.rows, id)
	if next != nil {
		t.rows[id] = next
	}
	return was
}

// set is swap in a transaction.
func (t *table[E]) set(j *journal, id [16]byte, next *E) {
	was := t.swap(id, next)
	j.did(func() { t.swap(id, was) })
}

// key returns what a unique key compares, and whether the row takes part.
// Columns that are not set compare equal. Ids have a fixed length and text
// holds no NUL, so different values never give the same key.
func (t *table[E]) key(u storage.Unique, e *E) (string, bool) {
	if u.Live && t.archived(e) || u.NotNull != "" && t.column(e, u.NotNull).isZero() {
		return "", false
	}
	var b strings.Builder
	for _, name := range u.Columns {
		if name == "name_key" {
			b.WriteString(tenancy.NameKey(t.column(e, "name").text()))
			b.WriteByte(0)
			continue
		}
		c := t.column(e, name)
		if id, ok := c.id(); ok {
			b.Write(id[:])
			continue
		}
		b.WriteString(c.text())
		b.WriteByte(0)
	}
	return b.String(), true
}

// like returns the row that has the same unique key as an example, or nil. The
// key is named by its field.
func (t *table[E]) like(field string, example E) *E {
	i := slices.IndexFunc(t.Unique, func(u storage.Unique) bool { return u.Field == field })
	if k, ok := t.key(t.Unique[i], &example); ok {
		if id, taken := t.keys[i][k]; taken {
			return t.rows[id]
		}
	}
	return nil
}

// conflict refuses a row that has a unique value of another one.
func (t *table[E]) conflict(id [16]byte, e *E) error {
	for i, u := range t.Unique {
		if k, ok := t.key(u, e); ok {
			if other, taken := t.keys[i][k]; taken && other != id {
				return fault.Conflict.On(u.Field, "")
			}
		}
	}
	return nil
}

// column returns one column of a row.
func (t *table[E]) column(e *E, name string) column {
	return column{t.Fields(e)[slices.Index(t.Columns, name)]}
}

// idIn returns the id in a column, and none if the kind has no such column.
func (t *table[E]) idIn(e *E, name string) (id [16]byte) {
	if name != "" {
		id, _ = t.column(e, name).id()
	}
	return id
}

// row returns the row as far as its own columns say.
func (t *table[E]) row(e *E) access.Row {
	row := access.Row{
		Kind: t.Name, ID: t.idIn(e, "id"), Version: *t.version(e),
		Site: t.idIn(e, t.Site), Client: t.idIn(e, t.Client), Project: t.idIn(e, t.Project), Person: t.idIn(e, t.Person),
	}
	for fact, name := range t.Says {
		if !t.column(e, name).isZero() {
			row.Facts |= fact
		}
	}
	if t.archived(e) {
		row.State |= access.Archived
	}
	return row
}

// words says a row in words, and nothing of no row or a kind that has none.
func (t *table[E]) words(e *E) string {
	if e == nil || t.Text == nil {
		return ""
	}
	return t.Text(*e)
}

func (t *table[E]) version(e *E) *int64       { return t.Fields(e)[1].(*int64) }
func (t *table[E]) createdAt(e *E) *time.Time { return t.Fields(e)[2].(*time.Time) }

func (t *table[E]) archived(e *E) bool {
	return slices.Contains(t.Columns, "archived_at") && !t.column(e, "archived_at").isZero()
}
