package stmtcheck

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// tables are those of the examples; stint_domains is of the installation.
var tables = []string{"stint_a", "stint_b"}

func TestCheckPasses(t *testing.T) {
	for name, text := range map[string]string{
		"no table of a domain":       `select id from stint_domains where name = $1`,
		"no table at all":            `select set_config('stint.domain', $1, true), set_config('role', $2, true)`,
		"an argument":                `select t.id from stint_a t where t.domain_id = ? and t.id = ?`,
		"without alias":              `select id from stint_a where domain_id = $1 order by id for no key update`,
		"its own name":               `select stint_a.id from stint_a where stint_a.domain_id = $1`,
		"AS, a cast, quotes":         `SELECT "t"."id" FROM "stint_a" AS "t" WHERE ("t"."domain_id" = '00000000-0000'::uuid) AND ((1 = 1))`,
		"a blob":                     `SELECT t.id FROM stint_a AS t WHERE (t.domain_id = x'00ff') AND ((1 = 1) AND (t.id = x'01'))`,
		"the other way round":        `select 1 from stint_a t where ? = t.domain_id`,
		"a schema":                   `select 1 from host.stint_a t where t.domain_id = $1`,
		"an OR in its own group":     `select 1 from stint_a t where t.domain_id = $1 and (t.x = 1 or t.y = 2)`,
		"an OR among the columns":    `select max(x) over (partition by y) > 1 or z from stint_a where domain_id = $1`,
		"a join":                     `select 1 from stint_a t left join stint_b b on b.domain_id = t.domain_id and b.id = t.b_id where t.domain_id = ?`,
		"a join the other way":       `select 1 from stint_a t join stint_b b on t.domain_id = b.domain_id where b.domain_id = ?`,
		"a join with an argument":    `select 1 from (select x from stint_a where domain_id = ?) t left join stint_b b on b.domain_id = ? and b.id = t.x`,
		"NOT beside it":              `select 1 from stint_a t where t.domain_id = ? and not exists (select 1) and t.x is not null`,
		"a left join of a left join": `select 1 from stint_a t left outer join stint_b b on b.domain_id = t.domain_id left join stint_b c on c.domain_id = b.domain_id where t.domain_id = ?`,
		"an inner query":             `select 1 from stint_a t where t.domain_id = ? and exists (select 1 from stint_b b where b.domain_id = t.domain_id)`,
		"both sides of UNION":        `select 1 from stint_a where domain_id = ? union all select 1 from stint_b where domain_id = ?`,
		"WITH":                       `with w as (select domain_id from stint_a where domain_id = ?) select 1 from w join stint_b b on b.domain_id = w.domain_id`,
		"a domain of its own choice": `select d.id, (select s.id from stint_a s where s.domain_id = d.id) from stint_domains d`,
		"insert":                     `insert into stint_a (domain_id, id) values (?, ?)`,
		"insert, quoted":             `INSERT INTO "stint_a" ("id", "domain_id") VALUES ('x', 'y')`,
		"insert from a query":        `insert into stint_a (domain_id, id) select $1, u.* from unnest($2::uuid[], $3::text[]) as u(id)`,
		"update":                     `update stint_a set x = x + 1 where domain_id = ? and id = ?`,
		"update with others": `update stint_a as e set x = w.x from (select id from stint_b where domain_id = ? and y in (?,?)) w` +
			` where w.id > ? and e.domain_id = ? and e.id = w.id`,
		"delete":                     `delete from stint_a where domain_id = ? and id = ?`,
		"a name inside a literal":    `select 'it''s from stint_a' from stint_domains`,
		"a comment":                  "select 1 -- from stint_a\n/* stint_b */ from stint_domains",
		"a table with a longer name": `select 1 from stint_abc`,
		"the schema":                 `create table stint_a (domain_id uuid not null); create index stint_a_x on stint_a (domain_id); drop table stint_b`,
	} {
		require.NoError(t, Check(text, tables), name)
	}
}

func TestCheckRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                      `select * from stint_a`,
		"another condition":            `select * from stint_a t where t.id = $1`,
		"only read":                    `select domain_id from stint_a where id = $1`,
		"only ordered":                 `select 1 from stint_a order by domain_id = $1`,
		"quotes":                       `SELECT * FROM "stint_a" AS "t"`,
		"a schema":                     `select * from public.stint_a`,
		"upper case":                   `SELECT * FROM STINT_A`,
		"a comma":                      `select 1 from stint_domains d, stint_a t where d.id = $1`,
		"an OR":                        `select 1 from stint_a t where t.domain_id = ? or 1 = 1`,
		"an OR behind a group":         `select 1 from stint_a t where (t.domain_id = ? and t.x = 1) or t.public`,
		"NOT":                          `select 1 from stint_a t where not (t.domain_id = ?)`,
		"NOT without a group":          `select 1 from stint_a t where not t.domain_id = ?`,
		"inside a function":            `select 1 from stint_a t where coalesce(t.domain_id = ?, true)`,
		"a CASE":                       `select 1 from stint_a t where case when t.x and t.domain_id = ? and t.y then 1 else 1 end = 1`,
		"other than":                   `select 1 from stint_a t where t.domain_id <> ?`,
		"a cast of the column":         `select 1 from stint_a t where t.domain_id::text = ?`,
		"a list of domains":            `select 1 from stint_a t where t.domain_id in (?, ?)`,
		"itself":                       `select 1 from stint_a t where t.domain_id = t.domain_id`,
		"its own column":               `select 1 from stint_a t where t.domain_id = t.other_id`,
		"an expression":                `select 1 from stint_a t where t.domain_id = ? is null`,
		"one of two":                   `select 1 from stint_a t join stint_b b on b.id = t.b_id where t.domain_id = ?`,
		"two that only agree":          `select 1 from stint_a t join stint_b b on b.domain_id = t.domain_id`,
		"an ON of another table":       `select 1 from stint_a t left join stint_b b on t.domain_id = ? and b.domain_id = ?`,
		"an ON of a right join":        `select 1 from stint_a t right join stint_b b on b.domain_id = ? where t.domain_id = ?`,
		"an ON of a full join":         `select 1 from stint_a t full outer join stint_b b on b.domain_id = ? where t.domain_id = ?`,
		"an ON of an inner query":      `select 1 from stint_a t left join (select 1) w on t.domain_id = ?`,
		"the same table twice":         `select 1 from stint_a t join stint_a u on u.id = t.id where t.domain_id = ?`,
		"an inner query":               `select 1 from stint_a t where t.domain_id = ? and exists (select 1 from stint_b b where b.id = t.id)`,
		"only the inner query":         `select 1 from stint_a t where exists (select 1 from stint_b b where b.domain_id = t.domain_id)`,
		"one side of UNION":            `select 1 from stint_a where domain_id = ? union all select 1 from stint_b`,
		"WITH":                         `with w as (select * from stint_a) select 1 from w where w.domain_id = ?`,
		"insert without the column":    `insert into stint_a (id) values (?)`,
		"insert without columns":       `insert into stint_a values (?, ?)`,
		"insert from all":              `insert into stint_a (domain_id, id) select ?, b.id from stint_b b`,
		"update":                       `update stint_a set domain_id = ? where id = ?`,
		"delete":                       `delete from stint_a where id = ?`,
		"the second of two statements": `select 1; delete from stint_a`,
		"a FILTER":                     `select count(*) filter (where domain_id = ?) from stint_a`,
		"TABLE":                        `select 1 from (table stint_a) t where t.domain_id = ?`,
		"truncate":                     `truncate stint_a`,
		"copy":                         `copy stint_a to stdout`,
		"a parenthesis too many":       `select 1) from stint_a`,
	} {
		err := Check(text, tables)
		require.Error(t, err, name)
		require.ErrorContains(t, err, text, name)
	}
}

// What a text does not tell.
func TestCheckCannotTell(t *testing.T) {
	for name, text := range map[string]string{
		"another domain's id": `select 1 from stint_a t where t.domain_id = '00000000-0000-7000-8000-00000000dead'`,
		"a view":              `select 1 from all_of_stint_a`,
		"every domain":        `select s.id from stint_domains d join stint_a s on s.domain_id = d.id`,
	} {
		require.NoError(t, Check(text, tables), name)
	}
}

func TestDomainTables(t *testing.T) {
	all := DomainTables()
	require.Contains(t, all, "stint_entries")
	require.Contains(t, all, "stint_slices")
	require.Contains(t, all, "stint_domain_state")
	require.NotContains(t, all, "stint_domains")
	require.NotContains(t, all, "stint_logins")
}
