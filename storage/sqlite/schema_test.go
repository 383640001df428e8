package sqlite_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/internal/stmtcheck"
	"github.com/seed-5be203e9/stint/storage/storagetest"
	"github.com/seed-5be203e9/stint/tenancy"
)

func TestSchema(t *testing.T) {
	t.Run("T12 T53 every table is a kind, and the domain leads its keys", func(t *testing.T) {
		db, _ := migrated(t, storagetest.Config{})
		require.Empty(t, stmtcheck.Lint(catalogue(t, db.SQL()), "blob"))
	})
	t.Run("J3 the schema refuses business rows in the root", rootHasNoBusiness)
	for name, c := range map[string]struct{ sql, want string }{
		"a table of no kind":         {"create table stint_new (domain_id blob not null, id blob not null, primary key (domain_id, id)) strict, without rowid", "stint_new: is in no table of kinds"},
		"a table that is lost":       {"drop table stint_slices", "stint_slices: is in the table of kinds and not in the database"},
		"a column of no kind":        {"alter table stint_tags add column colour text", "stint_tags: column colour is in the database and not in the table of kinds"},
		"an index over all domains":  {"create index x on stint_entries (started_at)", "stint_entries: index x (started_at) does not start with domain_id"},
		"an index of an expression":  {"create index x on stint_entries (lower(note))", "stint_entries: index x () does not start with domain_id"},
		"a unique key that is lost":  {"drop index stint_tags__name", "stint_tags: has no index stint_tags__name (domain_id, site_id, name_key)"},
		"a unique key of all rows":   {"drop index stint_tags__name; create unique index stint_tags__name on stint_tags (domain_id, site_id, name_key)", "only rows that are not archived: true"},
		"a trigger":                  {"create trigger x after insert on stint_tags begin select 1; end", "stint_tags: has the trigger x"},
		"neither strict nor rowless": {"drop table stint_entry_tags; create table stint_entry_tags (domain_id blob not null references stint_domains, entry_id blob, tag_id blob)", "stint_entry_tags: is not STRICT"},
		"a foreign key without the domain": {"create table x (id blob primary key); drop table stint_entry_tags; create table stint_entry_tags (domain_id blob not null, entry_id blob not null, tag_id blob not null references stint_tags (id) on delete cascade," +
			" primary key (domain_id, entry_id, tag_id)) strict, without rowid", "foreign key (tag_id) to stint_tags (id) does not start with domain_id"},
	} {
		t.Run("T53 the lint names "+name, func(t *testing.T) {
			db, _ := migrated(t, storagetest.Config{})
			_, err := db.SQL().ExecContext(t.Context(), "pragma foreign_keys = 0; "+c.sql)
			require.NoError(t, err)
			require.Contains(t, strings.Join(stmtcheck.Lint(catalogue(t, db.SQL()), "blob"), "\n"), c.want)
		})
	}
}

// catalogue reads the tables of a database.
func catalogue(t testing.TB, db *sql.DB) []stmtcheck.Table {
	t.Helper()
	var tables []stmtcheck.Table
	each(t, db, `select l.name, l.strict, l.wr, m.sql from pragma_table_list l join sqlite_master m on m.type = 'table' and m.name = l.name
		where l.schema = 'main' and l.name like 'stint\_%' escape '\'`, func(scan func(...any) error) error {
		var table stmtcheck.Table
		var strict, rowless bool
		var text string
		err := scan(&table.Name, &strict, &rowless, &text)
		if !strict || !rowless {
			table.Odd = append(table.Odd, "is not STRICT and WITHOUT ROWID")
		}
		for _, word := range []string{"deferr", "autoincrement", "generated"} {
			if strings.Contains(strings.ToLower(text), word) {
				table.Odd = append(table.Odd, "says "+word)
			}
		}
		tables = append(tables, table)
		return err
	})
	for i := range tables {
		describe(t, db, &tables[i])
	}
	return tables
}

func describe(t testing.TB, db *sql.DB, table *stmtcheck.Table) {
	t.Helper()
	each(t, db, "select name, type, \"notnull\", pk, coalesce(dflt_value, '') from pragma_table_info(?) order by pk, cid", func(scan func(...any) error) error {
		var c stmtcheck.Column
		var key int
		var value string
		err := scan(&c.Name, &c.Type, &c.NotNull, &key, &value)
		c.Type = strings.ToLower(c.Type)
		table.Columns = append(table.Columns, c)
		if key > 0 {
			table.Primary = append(table.Primary, c.Name)
		}
		if value != "" {
			table.Odd = append(table.Odd, "column "+c.Name+" has a default")
		}
		return err
	}, table.Name)
	each(t, db, `select l.name, l."unique", coalesce(m.sql, ''), (select coalesce(group_concat(c.name, ','), '') from (select name from pragma_index_info(l.name) order by seqno) c)
		from pragma_index_list(?) l left join sqlite_master m on m.type = 'index' and m.name = l.name`, func(scan func(...any) error) error {
		var index stmtcheck.Index
		var text, columns string
		err := scan(&index.Name, &index.Unique, &text, &columns)
		if columns != "" {
			index.Columns = strings.Split(columns, ",")
		}
		_, index.Where, _ = strings.Cut(strings.ToLower(text), " where ")
		table.Indexes = append(table.Indexes, index)
		return err
	}, table.Name)
	last := -1
	each(t, db, `select id, "table", "from", coalesce("to", ''), lower(on_delete) from pragma_foreign_key_list(?) order by id, seq`, func(scan func(...any) error) error {
		var f stmtcheck.Foreign
		var id int
		var from, to string
		err := scan(&id, &f.Table, &from, &to, &f.OnDelete)
		if id != last {
			table.Foreign = append(table.Foreign, f)
		}
		last = id
		now := &table.Foreign[len(table.Foreign)-1]
		now.Columns, now.Refs = append(now.Columns, from), append(now.Refs, to)
		return err
	}, table.Name)
	each(t, db, "select type, name from sqlite_master where tbl_name = ? and type not in ('table', 'index')", func(scan func(...any) error) error {
		var what, name string
		err := scan(&what, &name)
		table.Odd = append(table.Odd, "has the "+what+" "+name)
		return err
	}, table.Name)
}

// each reads the rows of a query.
func each(t testing.TB, db *sql.DB, query string, fn func(scan func(...any) error) error, args ...any) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		require.NoError(t, fn(rows.Scan))
	}
	require.NoError(t, rows.Err())
}

// rootHasNoBusiness inserts a row of the root into every table of business.
func rootHasNoBusiness(t *testing.T) {
	db, _ := migrated(t, storagetest.Config{})
	business := map[string]bool{"stint_slices": true, "stint_entry_tags": true}
	for _, k := range storage.NewKinds().All() {
		business[stmtcheck.Prefix+k.Table] = k.Level == storage.OfBusiness
	}
	root := tenancy.RootDomain
	for _, table := range catalogue(t, db.SQL()) {
		if !business[table.Name] {
			continue
		}
		var names, marks []string
		var args []any
		for _, c := range table.Columns {
			if !c.NotNull {
				continue
			}
			var v any = root[:] // an id
			switch {
			case c.Name == "form":
				v = "untimed"
			case c.Type == "integer":
				v = 1
			case c.Type == "text":
				v = "x"
			}
			names, marks, args = append(names, c.Name), append(marks, "?"), append(args, v)
		}
		_, err := db.SQL().ExecContext(t.Context(), "insert into "+table.Name+" ("+strings.Join(names, ", ")+") values ("+strings.Join(marks, ", ")+")", args...)
		require.ErrorContains(t, err, table.Name+"_not_root", "%s takes rows of the root", table.Name)
	}
}
