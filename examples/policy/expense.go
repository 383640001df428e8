package main

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
)

// schema is the program's own table. Ids of Stint's stand in it as text; with
// bytes or another form, Columns.ID says so.
const schema = `create table if not exists expenses (id text primary key, version integer not null,
	site_id text not null, project_id text, person_id text not null,
	note text not null, cents integer not null, settled boolean not null)`

// expense is a row of it.
type expense struct {
	bun.BaseModel `bun:"table:expenses,alias:e"`

	ID      key `bun:",pk"`
	Version int64
	Site    key `bun:"site_id"`
	Project key `bun:"project_id"`
	Person  key `bun:"person_id"`
	Note    string
	Cents   int64
	Settled bool
}

// columns says where the table has what rules ask for.
var columns = storage.Columns{
	OneDomain: true, // a file of its own for each organisation
	Site:      "e.site_id", Project: "e.project_id", Person: "e.person_id",
	Facts: map[access.Facts]string{Settled: "e.settled"},
}

// row says of one expense what columns says of the table.
func (e expense) row() access.Row {
	r := access.Row{Kind: KindExpense, ID: e.ID, Version: e.Version, Site: tenancy.SiteID(e.Site), Project: e.Project, Person: tenancy.MembershipID(e.Person)}
	if e.Settled {
		r.Facts |= Settled
	}
	return r
}

// list returns the expenses on which an action is allowed.
func (o *office) list(ctx context.Context, as access.Principal, action access.Action) (all []expense, err error) {
	err = o.stint.View(ctx, o.site, as, func(ctx context.Context, v storage.View) error {
		may, err := v.Where(ctx, v.Who().Sees(action), KindExpense, columns)
		if err != nil {
			return err
		}
		all = nil // the closure may run again
		return o.db.NewSelect().Model(&all).Where(may.SQL, may.Args...).Order("e.id").Scan(ctx)
	})
	return all, err
}

// add adds an expense.
func (o *office) add(ctx context.Context, as access.Principal, e expense) (expense, error) {
	e.ID, e.Version, e.Site = tenancy.NewUUID(), 0, key(o.site.Site())
	err := o.write(ctx, as, func(ctx context.Context, s storage.Tx) error {
		placed, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), e.row())
		if err != nil {
			return err
		}
		may, err := s.Who().May(AddExpense, placed[0])
		if err != nil {
			return err
		}
		return s.Log(ctx, may, e.row())
	}, func(tx bun.Tx) error {
		e.Version = 1
		_, err := tx.NewInsert().Model(&e).Exec(ctx)
		return err
	})
	return e, err
}

// settle pays an expense back. The action must be allowed on it as it is and as
// it becomes.
func (o *office) settle(ctx context.Context, as access.Principal, id key) (e expense, err error) {
	if err := o.db.NewSelect().Model(&e).Where("e.id = ?", id).Scan(ctx); err != nil {
		return e, err
	}
	is := e
	e.Settled = true
	err = o.write(ctx, as, func(ctx context.Context, s storage.Tx) error {
		placed, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), is.row(), e.row())
		if err != nil {
			return err
		}
		may, err := s.Who().MayChange(SettleExpense, placed[0], placed[1])
		if err != nil {
			return err
		}
		return s.Log(ctx, may, e.row())
	}, func(tx bun.Tx) error {
		e.Version++
		// Of a row that has changed meanwhile nothing was decided.
		done, err := tx.NewUpdate().Model(&e).WherePK().Where("version = ?", is.Version).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, errors.New("the expense has changed meanwhile"))
		}
		return nil
	})
	return e, err
}

// explain says why somebody may or may not do something.
func (o *office) explain(ctx context.Context, as access.Principal, action access.Action, e expense) (why access.Explanation, err error) {
	err = o.stint.Update(ctx, o.site, as, func(ctx context.Context, s storage.Tx) error {
		placed, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), e.row())
		if err == nil {
			why, err = s.Who().Explain(action, placed[0])
		}
		return err
	})
	return why, err
}

// write runs a transaction of the program's own, which Stint joins: first what
// decides and logs, then what writes the program's table. Both commit, or
// neither does. Outside of decide the transaction is the program's again, with
// its own rights where the database knows such.
func (o *office) write(ctx context.Context, as access.Principal, decide func(context.Context, storage.Tx) error, do func(bun.Tx) error) error {
	tx, err := o.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err = o.stint.Join(ctx, tx.Tx, o.site, as, decide); err == nil {
		err = do(tx)
	}
	if err == nil {
		return tx.Commit()
	}
	// What was refused is recorded once the transaction is over, for nothing of
	// that one stays.
	return errors.Join(err, tx.Rollback(), o.stint.Note(ctx, o.site, access.Refusals(err)))
}
