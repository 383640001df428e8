package postgres_test

import (
	"context"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/internal/stmtcheck"
	"github.com/seed-5be203e9/stint/storage/postgres"
	"github.com/seed-5be203e9/stint/tenancy"
)

// The SQLSTATEs that matter here.
const (
	noPrivilege = "42501"
	badText     = "22P02"
	noReference = "23503"
)

// asTenant takes on the role of tenants, and a domain unless it is empty.
func asTenant(t testing.TB, tx pgx.Tx, domain string) {
	t.Helper()
	_, err := tx.Exec(t.Context(), "set local role stint_tenant")
	require.NoError(t, err)
	if domain != "" {
		_, err = tx.Exec(t.Context(), "select set_config('stint.domain', $1, true)", domain)
		require.NoError(t, err)
	}
}

// domainsIn counts the rows of a table by domain, as far as they are visible.
func domainsIn(t testing.TB, on querier, table string) map[string]int {
	t.Helper()
	count := map[string]int{}
	for _, r := range all[struct {
		Domain string
		Rows   int
	}](t, on, "select t.domain_id::text, count(*) from (select * from "+table+") t group by 1") {
		count[r.Domain] = r.Rows
	}
	return count
}

// The two locks that are in the database itself; TestStatements is about the
// third.
func TestLocks(t *testing.T) {
	w := newWorld(t, nil)
	rowSecurity(t, w)
	references(t, w)
}

func rowSecurity(t *testing.T, w *world) {
	super, app := connect(t, w.at.DSN), connect(t, w.app)
	tables := withDomain(t, super)
	a, b := w.A.ID.String(), w.B.ID.String()
	rows := map[string]map[string]int{}
	for _, table := range tables {
		rows[table] = domainsIn(t, super, table)
		require.Positive(t, rows[table][a], "%s: fill it for both domains in newWorld, so that these tests mean something", table)
		require.Positive(t, rows[table][b], "%s: fill it for both domains in newWorld, so that these tests mean something", table)
	}

	t.Run("J2 it is on and forced, with a policy that is read once", func(t *testing.T) { policies(t, super, tables) })
	for name, conn := range map[string]*pgx.Conn{"a program's login": app, "a superuser": super} {
		t.Run("J2 T18 a select without filter, as "+name, func(t *testing.T) {
			for _, table := range stmtcheck.DomainTables() {
				for _, domain := range []string{a, b} {
					inTx(t, conn, func(tx pgx.Tx) {
						asTenant(t, tx, domain)
						require.Equal(t, map[string]int{domain: rows[table][domain]}, domainsIn(t, tx, table), table)
					})
				}
				inTx(t, conn, func(tx pgx.Tx) {
					asTenant(t, tx, "")
					require.Empty(t, domainsIn(t, tx, table), "%s: without a domain", table)
					_, err := tx.Exec(t.Context(), "set local stint.domain = ''")
					require.NoError(t, err)
					require.Empty(t, domainsIn(t, tx, table), "%s: as it is after a transaction", table)
					_, err = tx.Exec(t.Context(), "set local stint.domain = 'x'' or true'")
					require.NoError(t, err)
					require.Equal(t, badText, refused(t, tx, "select * from "+table).Code, "%s: a malformed domain", table)
				})
			}
		})
	}
	t.Run("J2 a row of another domain cannot be written", func(t *testing.T) {
		for _, table := range stmtcheck.DomainTables() {
			foreign := all[struct{ Row string }](t, super, "select to_jsonb(t)::text from "+table+" t where domain_id = '"+b+"' limit 1")[0].Row
			inTx(t, app, func(tx pgx.Tx) {
				asTenant(t, tx, a)
				if table != "stint_domain_state" { // it may not be inserted at all
					err := refused(t, tx, "insert into "+table+" select * from jsonb_populate_record(null::"+table+", $1)", foreign)
					require.Equal(t, noPrivilege, err.Code, table)
					require.Contains(t, err.Message, "row-level security", table)
				}
				if table != "stint_events" { // they may not be changed at all
					err := refused(t, tx, "update "+table+" set domain_id = $1", b)
					require.Equal(t, noPrivilege, err.Code, table)
					require.Contains(t, err.Message, "row-level security", table)
					done, e := tx.Exec(t.Context(), "update "+table+" set domain_id = domain_id where domain_id = $1", b)
					require.NoError(t, e)
					require.Zero(t, done.RowsAffected(), table)
				}
			})
		}
	})
	t.Run("J2 the owner of the tables is held too", func(t *testing.T) {
		for _, table := range tables {
			inTx(t, super, func(tx pgx.Tx) {
				// The login has both roles, and that of the installation sees more.
				for _, query := range []string{"revoke stint_installation from " + w.at.Role, "alter table " + table + " owner to " + w.at.Role, "set local role " + w.at.Role} {
					_, err := tx.Exec(t.Context(), query)
					require.NoError(t, err)
				}
				require.Empty(t, domainsIn(t, tx, table), table)
			})
		}
	})
	t.Run("J2 T18 a store that connects as superuser is held too", func(t *testing.T) {
		// Opened without the log, which would refuse the statement below.
		db, err := postgres.Open(t.Context(), postgres.Config{DSN: w.at.DSN, Conns: 1, Policy: w.Policy, Now: w.Clock.Now})
		require.NoError(t, err)
		defer db.Close()
		tx, err := db.SQL().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		defer func() { _ = tx.Rollback() }()
		require.NoError(t, db.Join(t.Context(), tx, w.A.Whole, access.ByMember(w.A.Admin.ID), func(ctx context.Context, _ storage.Tx) error {
			for _, table := range stmtcheck.DomainTables() {
				var mine, others int
				query := "select count(*) filter (where domain_id = $1), count(*) filter (where domain_id <> $1) from (table " + table + ") t"
				require.NoError(t, tx.QueryRowContext(ctx, query, a).Scan(&mine, &others))
				require.Equal(t, [2]int{rows[table][a], 0}, [2]int{mine, others}, table)
			}
			return nil
		}))
	})
}

// policies holds the policies to the one text that is fast and closed.
func policies(t *testing.T, super *pgx.Conn, tables []string) {
	const text = `(domain_id = ( SELECT (NULLIF(current_setting('stint.domain'::text, true), ''::text))::uuid AS "nullif"))`
	on := all[struct{ Table string }](t, super, "select relname::text from pg_class where relrowsecurity and relforcerowsecurity order by relname")
	require.Len(t, on, len(tables))
	for i, table := range tables {
		require.Equal(t, table, on[i].Table)
	}
	held := map[string]bool{}
	for _, p := range all[struct {
		Table, Name, Kind, Command, Using, Check string
		Roles                                    []string
	}](t, super, `select tablename::text, policyname::text, permissive, cmd, qual, coalesce(with_check, ''), roles::text[] from pg_policies`) {
		if p.Name == "domain" {
			require.Equal(t, text, p.Using, p.Table)
			require.Equal(t, []string{"PERMISSIVE", "ALL", "", "public"}, []string{p.Kind, p.Command, p.Check, p.Roles[0]}, p.Table)
			held[p.Table] = true
			continue
		}
		// Whatever else lets rows through is for the installation alone.
		require.Equal(t, []string{"stint_installation"}, p.Roles, "%s: policy %s", p.Table, p.Name)
		allowed := []string{"stint_domain_state", "stint_enrolments", "stint_hostnames", "stint_logins", "stint_sites"}
		require.Contains(t, allowed, p.Table)
	}
	require.Len(t, held, len(tables))
}

// The rights of the role of tenants follow from the table of kinds.
func TestPrivileges(t *testing.T) {
	at, _ := migrated(t)
	super := connect(t, at.DSN)
	want := map[string][]string{"stint_domain_state": {"SELECT", "UPDATE"}}
	for _, part := range []string{"stint_slices", "stint_entry_tags"} {
		want[part] = []string{"SELECT", "INSERT", "UPDATE", "DELETE"}
	}
	for _, k := range storage.NewKinds().All() {
		rights := []string{"SELECT", "INSERT"}
		if !k.Append {
			rights = append(rights, "UPDATE")
		}
		if k.Removable {
			rights = append(rights, "DELETE")
		}
		if k.Level == storage.OfInstallation {
			rights = nil
		}
		want[stmtcheck.Prefix+k.Table] = rights
	}
	granted := all[struct {
		Table  string
		Rights []string
	}](t, super, `select relname::text, array(select p from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
		where has_table_privilege('stint_tenant', c.oid, p)) from pg_class c where c.relkind = 'r' and`+ofTable)
	seen := map[string]bool{}
	for _, g := range granted {
		seen[g.Table] = true
		if slices.Contains(stmtcheck.Migrations, g.Table) {
			continue
		}
		rights, known := want[g.Table]
		require.True(t, known, "%s: say in the table of kinds what it is", g.Table)
		require.ElementsMatch(t, rights, g.Rights, "J2 %s", g.Table)
	}
	for table := range want {
		require.True(t, seen[table], table)
	}
	// The role of the installation has no sight of business.
	for _, k := range storage.NewKinds().All() {
		if k.Level == storage.OfBusiness && k.Table != "sites" {
			inTx(t, super, func(tx pgx.Tx) {
				_, err := tx.Exec(t.Context(), "set local role stint_installation")
				require.NoError(t, err)
				require.Equal(t, noPrivilege, refused(t, tx, "table stint_"+k.Table).Code, k.Table)
			})
		}
	}
	inTx(t, super, func(tx pgx.Tx) {
		asTenant(t, tx, tenancy.RootDomain.String())
		for _, query := range []string{
			"table stint_logins", "table stint_enrolments", "table stint_accounts", "table stint_hostnames", "table stint_domains",
			"update stint_events set reason = ''", "delete from stint_events", "truncate stint_events",
			"delete from stint_memberships", "drop table stint_tags", "alter table stint_tags disable row level security", "drop policy domain on stint_tags",
			"create table mine (x int)",
		} {
			require.Equal(t, noPrivilege, refused(t, tx, query).Code, query)
		}
	})
}
