package bunstore

import (
	"context"
	"errors"
	"strings"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// explain puts a driver's error into the words of package fault, where there
// are such. Others are passed on: they are of the machinery and name no tenant,
// but may quote values, so they are wrapped and not shown by Error.
func (db *DB) explain(err error) error {
	if err == nil || err == errStale || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ours := errors.AsType[*fault.Error](err); ours {
		return err
	}
	t := db.d.Trouble(err)
	switch t.Kind {
	case Unique:
		return fault.Conflict.On(db.fieldOf(t.Name), "").Because(err)
	case Foreign:
		return fault.Reference.On(referenceOf(t.Name), "").Because(err)
	case Busy:
		return fault.New(fault.CodeBusy, "another program has been writing to this database for too long; try again").Because(err)
	case Missing:
		return fault.New(fault.CodeNotMigrated, "this database has no schema of Stint's, or an older one: call Migrate").Because(err)
	case Check:
		if strings.HasSuffix(t.Name, "_not_root") {
			return fault.Root.Because(err)
		}
		return fault.New("bad_row", "breaks a rule of the schema").On(strings.TrimPrefix(t.Name, prefix), "").Because(err)
	}
	if err.Error() == "sql: database is closed" { // database/sql exports no error for it
		return fault.New(fault.CodeClosed, "this store is closed").Because(err)
	}
	return fault.New(fault.CodeStorage, "the database refused; errors.Unwrap has its own error").Because(err)
}

// fieldOf returns the field of a unique index. Their names are
// stint_TABLE__FIELD; a driver that knows no names tells the columns instead.
func (db *DB) fieldOf(name string) string {
	if _, field, ok := strings.Cut(name, "__"); ok {
		field, _, _ = strings.Cut(field, "__")
		return field
	}
	table, columns, ok := strings.Cut(name, ": ")
	if !ok {
		return ""
	}
	for _, u := range db.byTable[table].Unique {
		if "domain_id,"+strings.Join(u.Columns, ",") == columns || strings.Join(u.Columns, ",") == columns {
			return u.Field
		}
	}
	if table == prefix+"entries" {
		return "running"
	}
	if table == prefix+"projects" {
		return "name" // of an internal project: the key without the client
	}
	return "id"
}

// referenceOf returns the field of a foreign key, whose names are
// stint_TABLE_domain_id_FIELD_id_fkey.
func referenceOf(name string) string {
	_, columns, _ := strings.Cut(name, "_domain_id_")
	columns = strings.TrimSuffix(strings.TrimSuffix(columns, "_fkey"), "_id")
	if i := strings.LastIndex(columns, "_id_"); i >= 0 {
		columns = columns[i+len("_id_"):]
	}
	if columns == "membership" {
		return "person"
	}
	return columns
}
