package memory

import (
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// column is a pointer to one field of an entity, as storage.Of hands it out.
type column struct{ field any }

// id returns the id in the column, and whether it holds ids at all.
func (c column) id() ([16]byte, bool) {
	switch f := c.field.(type) {
	case *[16]byte:
		return *f, true
	case interface{ Raw() *[16]byte }: // every tenancy.ID
		return *f.Raw(), true
	}
	return [16]byte{}, false
}

// text returns the text in the column, and "" if it holds something else.
// Reflection, because statuses, forms and the like are types of their own.
func (c column) text() string {
	if v := reflect.ValueOf(c.field).Elem(); v.Kind() == reflect.String {
		return v.String()
	}
	return ""
}

// clear makes the column empty.
func (c column) clear() { reflect.ValueOf(c.field).Elem().SetZero() }

// copy takes the value of the same column of another row.
func (c column) copy(from column) {
	reflect.ValueOf(c.field).Elem().Set(reflect.ValueOf(from.field).Elem())
}

func (c column) isZero() bool { return reflect.ValueOf(c.field).Elem().IsZero() }

// stored returns an instant as it is kept: UTC, microseconds.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// normalise gives the fields of an entity the form in which they are kept, and
// refuses text that not every store can keep.
func normalise(kind storage.Kind, fields []any) error {
	for i, f := range fields {
		if t, ok := f.(*time.Time); ok {
			*t = stored(*t)
		}
		if s := (column{f}).text(); strings.ContainsRune(s, 0) || !utf8.ValidString(s) {
			return fault.Input("bad_text", kind.Columns[i], s, "must be valid UTF-8 without NUL")
		}
	}
	return nil
}
