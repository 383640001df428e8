package main

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func TestTour(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	for name, lines := range map[string][]string{
		"W3 a list of the program's own rows is filtered by the rules": {
			"Ada  sees [fuel gloves stamps train], may change [fuel stamps train]",
			"Ann  sees [fuel gloves], may change [fuel]",
			"Ben  sees [gloves train], may change [train]",
			"Eve  sees [stamps], may change [stamps]",
			"Bo   sees [fuel gloves stamps train], may change []",
		},
		"W9 a denial says why, and what it would take": {
			"Ben settles the fuel: no role of yours allows this here (no_grant_in_scope)",
			"expense.view: denied, condition_own; would take own, or manager",
			"expense.edit: denied, condition_not_settled; would take !settled",
			"expense.view: allowed by member (own)",
		},
		"G49 what was done and what was refused is in the log": {
			"Bo: denied false, bookkeeper: !own",
			"Ben: denied true, no_grant_in_scope",
		},
		"G57 the roles as a table": {
			"expense.view    always        own, manager  always\n",
			"expense.settle  !own          -             !own        privileged; guards settled\n",
		},
		"W9 mistakes are found before anybody holds them": {
			"nobody pays herself back: not so for member and expense.settle when: own",
			"Clerk, expense.view: own+manager says nothing that own does not say already (shadowed)",
			"Clerk, expense.edit: is allowed on everybody's, whatever holds: to change an expense (sweeping)",
		},
		"J60 who gains what by a change of a role": {
			"whoever holds it gains expense.settle when not own and not settled",
			"Eve (domain) gains expense.view when not member",
			"Eve (site) gains expense.view when not own and not member",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, line := range lines {
				assert.Contains(t, out.String(), line)
			}
		})
	}
}

// newOffice opens an office with the expenses of the tour.
func newOffice(t *testing.T) *office {
	t.Helper()
	o, err := open(t.Context(), t.TempDir()+"/office.db")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, o.close()) })
	require.NoError(t, tour{o, &bytes.Buffer{}}.spend(t.Context()))
	return o
}

// all returns every row of the table, and how many events there are of expenses.
func (o *office) all(t *testing.T) (rows []expense, events int) {
	t.Helper()
	require.NoError(t, o.db.NewSelect().Model(&rows).Order("e.id").Scan(t.Context()))
	require.NoError(t, o.stint.View(t.Context(), o.whole, access.ByMember(o.ada.ID), func(ctx context.Context, v storage.View) error {
		log, err := v.Events().List(ctx, v.Who().Sees(admin.ViewEvent), access.Query{Limit: 1000})
		for _, e := range log.Rows {
			if e.Kind == KindExpense && !e.Denied {
				events++
			}
		}
		return err
	}))
	return rows, events
}

func TestExpenses(t *testing.T) {
	o := newOffice(t)
	every, events := o.all(t)
	require.Len(t, every, 4)
	t.Run("W3 what is listed is what may be done", func(t *testing.T) {
		for _, who := range o.people() {
			as := access.ByMember(who.ID)
			for _, action := range []access.Action{ViewExpense, EditExpense, SettleExpense} {
				listed, err := o.list(t.Context(), as, action)
				require.NoError(t, err)
				for _, e := range every {
					why, err := o.explain(t.Context(), as, action, e)
					if fault.CodeOf(err) == fault.CodeNotFound {
						assert.NotEqual(t, key{}, e.Project, "only a project can be unseen")
					}
					assert.Equal(t, err == nil && why.Allowed, contains(listed, e), "%s of %s on %s: %v", action, who.Name, e.Note, why)
				}
			}
		}
	})
	t.Run("J2 an event for each write, and none without", func(t *testing.T) {
		assert.Equal(t, 5, events, "four were added and one was settled")
		_, err := o.add(t.Context(), access.ByMember(o.ben.ID), expense{Person: key(o.eve.ID), Note: "in Eve's name"})
		require.ErrorIs(t, err, fault.Denied)
		assert.Equal(t, "condition_own", fault.ReasonOf(err))
		broken := every[0]
		broken.Note = "never"
		require.Error(t, o.write(t.Context(), access.ByMember(o.ann.ID), func(ctx context.Context, s storage.Tx) error {
			placed, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), broken.row())
			require.NoError(t, err)
			may, err := s.Who().May(EditExpense, placed[0])
			require.NoError(t, err)
			return s.Log(ctx, may, broken.row())
		}, txFails))
		rows, after := o.all(t)
		assert.Equal(t, every, rows)
		assert.Equal(t, events, after)
	})
	t.Run("W3 who settles is not who spent", func(t *testing.T) {
		made, err := o.add(t.Context(), access.ByMember(o.ada.ID), expense{Person: key(o.ada.ID), Note: "desk"})
		require.NoError(t, err)
		_, err = o.settle(t.Context(), access.ByMember(o.ada.ID), made.ID)
		assert.Equal(t, "condition_not_own", fault.ReasonOf(err))
		settled, err := o.settle(t.Context(), access.ByMember(o.bo.ID), made.ID)
		require.NoError(t, err)
		assert.EqualValues(t, 2, settled.Version)
	})
	t.Run("W3 nothing is settled by the way", func(t *testing.T) {
		before := every[0]
		after := before
		after.Settled = true
		require.NoError(t, o.stint.Update(t.Context(), o.site, access.ByMember(tenancy.MembershipID(before.Person)), func(ctx context.Context, s storage.Tx) error {
			placed, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), before.row(), after.row())
			require.NoError(t, err)
			_, err = s.Who().MayChange(EditExpense, placed[0], placed[1])
			require.ErrorIs(t, err, fault.Denied)
			return nil
		}))
	})
}

// txFails stands for a statement of the program's own that fails.
func txFails(tx bun.Tx) error {
	_, err := tx.ExecContext(context.Background(), "insert into nowhere values (1)")
	return err
}

func contains(all []expense, e expense) bool {
	return slices.ContainsFunc(all, func(o expense) bool { return o.ID == e.ID })
}
