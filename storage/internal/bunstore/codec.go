package bunstore

import (
	"database/sql"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun/schema"

	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// arg returns a value as the driver takes it: zero ids and zero times are NULL.
func (d *Dialect) arg(v any) any {
	switch x := v.(type) {
	case nil, string, int64, int, bool, []byte:
		return x
	case [16]byte:
		if x == [16]byte{} {
			return nil
		}
		return d.ID(x)
	case time.Time:
		if x.IsZero() {
			return nil
		}
		return d.Time(x.UTC())
	case zone.Day:
		return d.Day(x)
	case Verbatim:
		return x.Value
	}
	r := reflect.ValueOf(v)
	switch {
	case r.Kind() == reflect.Array && r.Len() == 16:
		return d.arg(r.Convert(reflect.TypeFor[[16]byte]()).Interface())
	case r.Kind() == reflect.String:
		return r.String()
	}
	panic(fmt.Sprintf("bunstore: no way to pass a %T", v))
}

func (d *Dialect) args(values []any) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = d.arg(v)
	}
	return out
}

// Verbatim is an argument that a dialect has made for its own driver.
type Verbatim struct{ Value any }

// lit returns a value as bun puts it into the text.
func (d *Dialect) lit(v any) any {
	switch x := Plain(v).(type) {
	case [16]byte:
		if x == [16]byte{} {
			return nil
		}
		return schema.Safe(d.Lit(x))
	case time.Time:
		return d.arg(x)
	default:
		return x
	}
}

func (d *Dialect) lits(values []any) []any {
	if len(values) == 0 {
		return nil
	}
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = d.lit(v)
	}
	return out
}

// Plain strips the named types off a value.
func Plain(v any) any {
	r := reflect.ValueOf(v)
	switch {
	case v == nil:
		return nil
	case r.Kind() == reflect.Array && r.Len() == 16:
		return r.Convert(reflect.TypeFor[[16]byte]()).Interface()
	case r.Kind() == reflect.String:
		return r.String()
	}
	return v
}

// orNull is NULL for the empty string.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// fields returns the pointers of an entity as Scan wants them.
func fields(pointers []any) []any {
	out := make([]any, len(pointers))
	for i, p := range pointers {
		switch x := p.(type) {
		case interface{ Raw() *[16]byte }:
			out[i] = x.Raw()
		case *[16]byte, *time.Time, *int64, *bool, *zone.Day, *string:
			out[i] = x
		default:
			out[i] = reflect.ValueOf(p).Convert(reflect.TypeFor[*string]()).Interface()
		}
	}
	return out
}

// value returns what a pointer of fields points at, as NULL if it is zero and
// the column has such.
func value(pointer any, null bool) any {
	switch x := pointer.(type) {
	case *string:
		if null {
			return orNull(*x)
		}
		return *x
	case *[16]byte:
		return *x
	case *time.Time:
		return *x
	case *int64:
		return *x
	case *bool:
		return *x
	}
	panic(fmt.Sprintf("bunstore: no way to store a %T", pointer))
}

// scanners wraps the pointers for database/sql, whose drivers give what they
// have.
func scanners(dest []any) []any {
	out := make([]any, len(dest))
	for i, p := range dest {
		out[i] = scanner{p}
	}
	return out
}

type scanner struct{ to any }

var _ sql.Scanner = scanner{}

func (s scanner) Scan(src any) error {
	if b, ok := src.([]byte); ok && len(b) != 16 {
		src = string(b)
	}
	switch to := s.to.(type) {
	case *[16]byte:
		switch x := src.(type) {
		case nil:
			*to = [16]byte{}
			return nil
		case []byte:
			copy(to[:], x)
			return nil
		case string:
			id, err := uuid.Parse(x)
			*to = id
			return err
		}
	case *string:
		switch x := src.(type) {
		case nil:
			*to = ""
			return nil
		case string:
			*to = x
			return nil
		case []byte:
			*to = string(x)
			return nil
		}
	case *time.Time:
		switch x := src.(type) {
		case nil:
			*to = time.Time{}
			return nil
		case int64:
			*to = time.UnixMicro(x).UTC()
			return nil
		case time.Time:
			*to = x.UTC()
			return nil
		}
	case *zone.Day:
		switch x := src.(type) {
		case int64:
			*to = zone.Day(x)
			return nil
		case time.Time:
			*to = zone.DayOf(x, time.UTC)
			return nil
		}
	case *bool:
		switch x := src.(type) {
		case nil:
			*to = false
			return nil
		case bool:
			*to = x
			return nil
		case int64:
			*to = x != 0
			return nil
		}
	case *int64:
		switch x := src.(type) {
		case nil:
			*to = 0
			return nil
		case int64:
			*to = x
			return nil
		case string:
			n, err := strconv.ParseInt(x, 10, 64)
			*to = n
			return err
		}
	}
	return fmt.Errorf("bunstore: a column of type %T does not fit a %T", src, s.to)
}
