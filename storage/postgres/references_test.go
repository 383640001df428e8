package postgres_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage/internal/stmtcheck"
	"github.com/seed-5be203e9/stint/storage/storagetest"
	"github.com/seed-5be203e9/stint/tenancy"
)

// references tests that the keys keep domains apart by themselves: it writes as a
// superuser, past row security and past the policy engine.
func references(t *testing.T, w *world) {
	super := connect(t, w.at.DSN)

	t.Run("J14 T48 an entry names nothing of another domain", func(t *testing.T) {
		entry := func(d *storagetest.Domain) map[string]any {
			var row map[string]any
			text := all[struct{ Row string }](t, super, "select to_jsonb(t)::text from stint_entries t where id = '"+d.BensTime.ID.String()+"'")[0].Row
			require.NoError(t, json.Unmarshal([]byte(text), &row))
			row["id"] = tenancy.ID[any](tenancy.NewUUID()).String()
			return row
		}
		const insert = "insert into stint_entries select * from jsonb_populate_record(null::stint_entries, $1)"
		inTx(t, super, func(tx pgx.Tx) {
			_, err := tx.Exec(t.Context(), insert, entry(w.A))
			require.NoError(t, err, "the row itself is good")
		})
		other := entry(w.B)
		for _, column := range []string{"domain_id", "site_id", "membership_id", "recorder_id", "project_id", "task_id", "activity_id"} {
			row := entry(w.A)
			row[column] = other[column]
			if column == "recorder_id" {
				row[column] = w.B.Ann.ID.String()
			}
			require.NotNil(t, row[column], column)
			inTx(t, super, func(tx pgx.Tx) {
				require.Equal(t, noReference, refused(t, tx, insert, row).Code, column)
			})
		}
	})

	t.Run("T12 T48 no reference of any table leads into another domain", func(t *testing.T) {
		tried := 0
		for _, table := range catalogue(t, super) {
			for _, f := range table.Foreign {
				if len(f.Columns) == 1 || !slices.Contains(stmtcheck.DomainTables(), f.Table) {
					continue // of the domain itself, or to the installation
				}
				column, ref := f.Columns[len(f.Columns)-1], f.Refs[len(f.Refs)-1]
				set := column + " = (select " + ref + " from " + f.Table + " where domain_id = $1 order by " + ref + " desc limit 1)"
				set += stmtcheck.Besides(table.Name, column)
				// The newest row: nothing refers to it that could be in the way.
				update := "update " + table.Name + " set " + set + " where ctid = (select ctid from " + table.Name +
					" where domain_id = $2 order by " + column + " is null, " + table.Primary[len(table.Primary)-1] + " desc limit 1)"
				inTx(t, super, func(tx pgx.Tx) {
					err := refused(t, tx, update, w.A.ID.String(), w.B.ID.String())
					require.Equal(t, noReference, err.Code, "%s: %v", update, err)
					require.Equal(t, table.Name, err.TableName, update)
				})
				tried++
			}
		}
		require.Greater(t, tried, 20)
	})
}
