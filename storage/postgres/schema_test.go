package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/internal/stmtcheck"
	"github.com/seed-5be203e9/stint/tenancy"
)

func TestSchema(t *testing.T) {
	db, _ := migrated(t)
	super := connect(t, db.DSN)
	t.Run("T12 T53 every table is a kind, and the domain leads its keys", func(t *testing.T) {
		require.Empty(t, stmtcheck.Lint(catalogue(t, super), "uuid"))
	})
	t.Run("J3 the schema refuses business rows in the root", func(t *testing.T) { rootHasNoBusiness(t, super) })
	for name, c := range map[string]struct{ sql, want string }{
		"a table of no kind":               {"create table stint_new (domain_id uuid not null, id uuid not null, primary key (domain_id, id))", "stint_new: is in no table of kinds"},
		"a table that is lost":             {"drop table stint_slices", "stint_slices: is in the table of kinds and not in the database"},
		"a column of no kind":              {"alter table stint_tags add column colour text", "stint_tags: column colour is in the database and not in the table of kinds"},
		"a column that is lost":            {"alter table stint_tags drop column archived_at", "stint_tags: column archived_at is in the table of kinds and not in the database"},
		"a column that may be NULL":        {"alter table stint_tags alter column name drop not null", "stint_tags: column name: may be NULL is false"},
		"a primary key without the domain": {"alter table stint_events drop constraint stint_events_pkey; alter table stint_events add primary key (id)", "stint_events: primary key (id) is not (domain_id, id)"},
		"an index over all domains":        {"create index x on stint_entries (started_at)", "stint_entries: index x (started_at) does not start with domain_id"},
		"an index of an expression":        {"create index x on stint_entries (lower(note))", "stint_entries: index x () does not start with domain_id"},
		"a unique key that is lost":        {"drop index stint_tags__name", "stint_tags: has no index stint_tags__name (domain_id, site_id, name_key)"},
		"a reference that is lost":         {"alter table stint_tags drop constraint stint_tags_domain_id_site_id_fkey", "stint_tags: column site_id has no foreign key"},
		"a reference that cascades": {"alter table stint_tags add constraint x foreign key (domain_id, site_id) references stint_sites on delete cascade",
			"foreign key (domain_id, site_id) to stint_sites (domain_id, id) is on delete cascade"},
		"a reference without the domain": {"alter table stint_sites add constraint u unique (id); alter table stint_tags add constraint x foreign key (site_id) references stint_sites (id)",
			"foreign key (site_id) to stint_sites (id) does not start with domain_id"},
		"a trigger": {"create function f() returns trigger language plpgsql as 'begin return new; end'; create trigger x after insert on stint_tags execute function f()",
			"stint_tags: has a trigger x"},
		"a sequence":             {"alter table stint_tags add column n bigserial", "stint_tags: has a sequence stint_tags_n_seq"},
		"a deferrable key":       {"alter table stint_tags add constraint x unique (domain_id, id) deferrable", "stint_tags: has a deferrable constraint x"},
		"an exclusion":           {"alter table stint_tags add constraint x exclude using btree (domain_id with =, id with =)", "stint_tags: has an exclusion constraint x"},
		"an enum":                {"create type stint_mood as enum ('good'); alter table stint_tags add column mood stint_mood", "stint_tags: has a column of an enum type mood"},
		"a collation of the day": {"alter table stint_tags alter column name type text collate \"default\"", "stint_tags: has a text that is not compared byte by byte name"},
	} {
		t.Run("T53 the lint names "+name, func(t *testing.T) {
			tx, err := super.Begin(t.Context())
			require.NoError(t, err)
			defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
			_, err = tx.Exec(t.Context(), c.sql)
			require.NoError(t, err)
			require.Contains(t, strings.Join(stmtcheck.Lint(catalogue(t, tx), "uuid"), "\n"), c.want)
		})
	}
}

// querier is a connection or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// all returns the rows of a query as structs.
func all[T any](t testing.TB, on querier, query string) []T {
	t.Helper()
	rows, err := on.Query(t.Context(), query)
	require.NoError(t, err)
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
	require.NoError(t, err)
	return found
}

// ofTable ends a query over pg_class c: the rows of our tables.
const ofTable = ` c.relname like 'stint\_%' and c.relnamespace = current_schema()::regnamespace`

// catalogue reads the tables of a database.
func catalogue(t testing.TB, on querier) []stmtcheck.Table {
	t.Helper()
	tables := map[string]*stmtcheck.Table{}
	for _, r := range all[struct{ Table string }](t, on, `select relname::text from pg_class c where relkind in ('r', 'p', 'f', 'v', 'm') and`+ofTable) {
		tables[r.Table] = &stmtcheck.Table{Name: r.Table}
	}
	for _, r := range all[struct {
		Table string
		stmtcheck.Column
	}](t, on, `select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull
		from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and`+ofTable) {
		tables[r.Table].Columns = append(tables[r.Table].Columns, r.Column)
	}
	for _, r := range all[struct {
		Table string
		stmtcheck.Index
	}](t, on, `select c.relname::text, i.relname::text, x.indisunique,
			coalesce((select array_agg(a.attname::text order by k.n) from unnest(x.indkey[0:x.indnkeyatts - 1]) with ordinality k(col, n)
				join pg_attribute a on a.attrelid = c.oid and a.attnum = k.col), '{}'), coalesce(pg_get_expr(x.indpred, c.oid), '')
		from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid where`+ofTable) {
		tables[r.Table].Indexes = append(tables[r.Table].Indexes, r.Index)
	}
	for _, r := range all[struct {
		Table string
		stmtcheck.Foreign
	}](t, on, `select c.relname::text, `+columnsOf("conkey", "conrelid")+`, f.relname::text, `+columnsOf("confkey", "confrelid")+`,
			case k.confdeltype when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' else 'set default' end
		from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid where k.contype = 'f' and`+ofTable) {
		tables[r.Table].Foreign = append(tables[r.Table].Foreign, r.Foreign)
	}
	for _, r := range all[struct {
		Table   string
		Columns []string
	}](t, on, `select c.relname::text, `+columnsOf("conkey", "conrelid")+`
		from pg_constraint k join pg_class c on c.oid = k.conrelid where k.contype = 'p' and`+ofTable) {
		tables[r.Table].Primary = r.Columns
	}
	for _, r := range all[struct{ Table, What, Name string }](t, on, `
		select c.relname::text, 'has a trigger', g.tgname::text from pg_trigger g join pg_class c on c.oid = g.tgrelid where not g.tgisinternal and`+ofTable+`
		union all select c.relname::text, 'has a rule', r.rulename::text from pg_rewrite r join pg_class c on c.oid = r.ev_class where`+ofTable+`
		union all select c.relname::text, 'has a sequence', s.relname::text from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
			join pg_class c on c.oid = d.refobjid where d.classid = 'pg_class'::regclass and`+ofTable+`
		union all select c.relname::text, case k.contype when 'x' then 'has an exclusion constraint' else 'has a deferrable constraint' end, k.conname::text
			from pg_constraint k join pg_class c on c.oid = k.conrelid where (k.contype = 'x' or k.condeferrable) and`+ofTable+`
		union all select c.relname::text, case when y.typtype = 'e' then 'has a column of an enum type' when a.atthasdef or a.attidentity <> '' then 'has a default for'
				else 'has a text that is not compared byte by byte' end, a.attname::text
			from pg_attribute a join pg_type y on y.oid = a.atttypid join pg_class c on c.oid = a.attrelid
			where (y.typtype = 'e' or a.atthasdef or a.attidentity <> '' or a.attcollation not in (0, 'pg_catalog."C"'::regcollation))
				and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and`+ofTable+`
		union all select c.relname::text, 'is no plain table but a', c.relkind::text from pg_class c where c.relkind in ('p', 'f', 'v', 'm') and`+ofTable) {
		tables[r.Table].Odd = append(tables[r.Table].Odd, r.What+" "+r.Name)
	}
	out := make([]stmtcheck.Table, 0, len(tables))
	for _, table := range tables {
		out = append(out, *table)
	}
	return out
}

// columnsOf prints the names of the columns of a constraint k.
func columnsOf(numbers, table string) string {
	return "(select array_agg(a.attname::text order by n.at) from unnest(k." + numbers + ") with ordinality n(col, at)" +
		" join pg_attribute a on a.attrelid = k." + table + " and a.attnum = n.col)"
}

// rootHasNoBusiness inserts, past row security, a row of the root into every
// table of business.
func rootHasNoBusiness(t *testing.T, super *pgx.Conn) {
	business := map[string]bool{"stint_slices": true, "stint_entry_tags": true}
	for _, k := range storage.NewKinds().All() {
		business[stmtcheck.Prefix+k.Table] = k.Level == storage.OfBusiness
	}
	for _, table := range catalogue(t, super) {
		if !business[table.Name] {
			continue
		}
		var names, values []string
		for _, c := range table.Columns {
			if !c.NotNull {
				continue
			}
			v := "'" + tenancy.RootDomain.String() + "'" // an id
			switch {
			case c.Name == "form":
				v = "'untimed'"
			case c.Type == "bigint":
				v = "1"
			case c.Type == "boolean":
				v = "false"
			case c.Type == "text":
				v = "'x'"
			case c.Type != "uuid":
				v = "now()"
			}
			names, values = append(names, c.Name), append(values, v)
		}
		_, err := super.Exec(t.Context(), "insert into "+table.Name+" ("+strings.Join(names, ", ")+") values ("+strings.Join(values, ", ")+")")
		refused, ok := errors.AsType[*pgconn.PgError](err)
		require.True(t, ok, "%s takes rows of the root: %v", table.Name, err)
		require.Equal(t, table.Name+"_not_root", refused.ConstraintName)
	}
}
