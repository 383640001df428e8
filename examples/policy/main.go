// Command policy is a program that had expenses before it had Stint, and puts
// them under Stint's rules: a kind of its own, beside time and projects, in the
// same roles. It runs on one SQLite file and says what it does:
//
//	go run ./examples/policy
//
// Read its files in this order:
//
//   - rules.go declares the kind "expense": what can hold between an expense
//     and a person (facts, one of them the program's own), what can be done with
//     it (actions), who may (a role of the program's own, and grants to built-in
//     roles), and what must stay true whoever adds to it (claims). storage.Policy
//     compiles it together with Stint's own rules and proves all of it.
//   - expense.go keeps the program's own table. A list asks View.Where for the
//     predicate of the caller and puts it into a query with bun: the rows come
//     out filtered, and pages and sums are the database's. One row is placed
//     (Tx.Place: where it is, and so which facts hold), decided on (Actor.May,
//     MayChange) and written together with Stint's event (Tx.Log) in one
//     transaction of the program's, which Stint joins.
//   - office.go opens both on one file and lets people in.
//   - main.go is the tour: what each person sees, what is refused and why, what
//     the roles say as a table, which mistakes are found before they do harm,
//     and who would gain what by a change of a role.
//
// The facts of the program's own (here: that an expense is settled) only the
// program knows. It says them twice, as a condition in storage.Columns for lists
// and as a bit in access.Row for one row; everything else Stint finds by itself:
// who is in the team of the project, who manages it, whether it is public, which
// groups the person is in.
//
// What the table lacks, no rule shows: Columns that are left empty make a list
// shorter and never longer. Place answers "not found" for a project that the
// caller does not see. On PostgreSQL the same is written with postgres.Open and
// bun's pgdialect.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "stint-policy-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o, err := open(ctx, filepath.Join(dir, "office.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	t := tour{o, out}
	for _, stop := range []func(context.Context) error{t.spend, t.lists, t.refusals, t.table, t.mistakes, t.impact} {
		if err := stop(ctx); err != nil {
			return err
		}
	}
	return nil
}

// tour walks through what a program does with its own kind.
type tour struct {
	*office
	out io.Writer
}

func (t tour) say(format string, a ...any) { fmt.Fprintf(t.out, format+"\n", a...) }

// spend adds expenses and settles one.
func (t tour) spend(ctx context.Context) error {
	for _, e := range []expense{
		{Person: key(t.ann.ID), Project: key(t.rocket.ID), Note: "fuel", Cents: 9900},
		{Person: key(t.ben.ID), Project: key(t.rocket.ID), Note: "gloves", Cents: 1250},
		{Person: key(t.ben.ID), Note: "train", Cents: 3400},
		{Person: key(t.eve.ID), Note: "stamps", Cents: 700},
	} {
		made, err := t.add(ctx, access.ByMember(tenancy.MembershipID(e.Person)), e)
		if err != nil {
			return err
		}
		if made.Note == "gloves" {
			if _, err := t.settle(ctx, access.ByMember(t.bo.ID), made.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// lists shows what each sees and may change: the same query under two filters.
func (t tour) lists(ctx context.Context) error {
	t.say("Who sees which expenses, and may change which")
	for _, who := range t.people() {
		seen, err := t.list(ctx, access.ByMember(who.ID), ViewExpense)
		if err != nil {
			return err
		}
		own, err := t.list(ctx, access.ByMember(who.ID), EditExpense)
		if err != nil {
			return err
		}
		t.say("  %-4s sees %v, may change %v", who.Name, notes(seen), notes(own))
	}
	return nil
}

// refusals asks for what is refused, and why.
func (t tour) refusals(ctx context.Context) error {
	gloves, err := t.find(ctx, "gloves")
	if err != nil {
		return err
	}
	fuel, err := t.find(ctx, "fuel")
	if err != nil {
		return err
	}
	t.say("\nWhat is refused, and why")
	_, err = t.settle(ctx, access.ByMember(t.ben.ID), fuel.ID)
	t.say("  Ben settles the fuel: %v", err)
	stamps := expense{Person: key(t.eve.ID), Project: key(t.rocket.ID), Note: "more stamps", Cents: 100}
	_, err = t.add(ctx, access.ByMember(t.eve.ID), stamps)
	t.say("  Eve adds an expense to a project that she does not see: %v", err)
	for _, question := range []struct {
		of     expense
		action access.Action
	}{{fuel, ViewExpense}, {gloves, ViewExpense}, {gloves, EditExpense}, {gloves, SettleExpense}} {
		why, err := t.explain(ctx, access.ByMember(t.ben.ID), question.action, question.of)
		if err != nil {
			return err
		}
		t.say("  Ben and the %s: %s", question.of.Note, why)
	}
	return t.stint.View(ctx, t.whole, access.ByMember(t.ada.ID), func(ctx context.Context, v storage.View) error {
		log, err := v.Events().List(ctx, v.Who().Sees(admin.ViewEvent), access.Query{Action: SettleExpense})
		t.say("\nThe log of %s", SettleExpense)
		for _, e := range log.Rows {
			t.say("  %s: denied %v, %s", t.name(e.Actor), e.Denied, e.Reason)
		}
		return err
	})
}

// table prints what the roles may do with expenses, as the compiled rules say
// it. Markdown writes a whole document.
func (t tour) table(context.Context) error {
	var roles []access.Role
	for _, r := range t.policy.Roles() {
		if r.Name == Bookkeeper || r.Name == access.MemberRole || r.Name == access.DomainAdmin {
			roles = append(roles, r)
		}
	}
	m, err := t.policy.Matrix(roles...)
	if err != nil {
		return err
	}
	m.Rows = slices.DeleteFunc(m.Rows, func(r access.MatrixRow) bool { return r.Kind.Name != KindExpense })
	t.say("\nWhat roles may do\n%s", m.Text())
	return nil
}

// mistakes are found before anybody holds them: a grant that breaks a claim is
// refused, and what is odd about the draft of a role is said.
func (t tour) mistakes(context.Context) error {
	_, err := storage.Policy(catalogue(), access.Catalogue{Roles: []access.Role{
		{Name: access.MemberRole, Grants: access.Allow(access.When(access.Own), SettleExpense)},
	}})
	t.say("A grant that breaks a claim\n  %v\n", err)
	t.say("What is odd about a draft of a role")
	for _, f := range t.policy.Lint(access.Role{Name: "Clerk", Grants: slices.Concat(
		access.Allow(access.When(access.Own, access.Own|access.Manager), ViewExpense),
		access.Allow(access.Unconditionally(), EditExpense),
	)}) {
		t.say("  %s", f)
	}
	return nil
}

// impact makes a role of the domain's own, gives it to Eve, and asks what a
// change of it would bring to whom. Nothing is changed by asking.
func (t tour) impact(ctx context.Context) error {
	before := access.Role{Name: "Clerk", Grants: access.Allow(access.When(access.Member), ViewExpense)}
	after := access.Role{Name: "Clerk", Grants: slices.Concat(
		access.Allow(access.Unconditionally(), ViewExpense),
		access.Allow(access.Unconditionally().But(access.Own|Settled), SettleExpense))}
	changes, err := t.policy.Diff(before, after)
	if err != nil {
		return err
	}
	t.say("\nA change of a role, as the rules say it")
	for _, c := range changes {
		t.say("  whoever holds it %s", c)
	}
	return t.stint.Update(ctx, t.whole, access.ByMember(t.ada.ID), func(ctx context.Context, s storage.Tx) error {
		clerk, err := admin.AddRole(ctx, s, before)
		if err != nil {
			return err
		}
		if _, err := admin.Bind(ctx, s, access.Binding{
			Subject: access.Subject{Member: t.eve.ID}, Custom: clerk.ID, Place: access.Place{Kind: access.Everywhere},
		}); err != nil {
			return err
		}
		impacts, err := admin.RoleImpact(ctx, s, clerk.ID, after, timesheet.Within(s))
		t.say("and as people feel it")
		for _, i := range impacts {
			for _, c := range i.Changes {
				t.say("  %s (%s) %s", i.Person.Name, i.Place.Kind, c)
			}
		}
		return err
	})
}

// name returns the name of a person.
func (t tour) name(id tenancy.MembershipID) string {
	for _, m := range t.people() {
		if m.ID == id {
			return m.Name
		}
	}
	return "nobody"
}

// notes returns what expenses are for, in order.
func notes(all []expense) []string {
	out := make([]string, len(all))
	for i, e := range all {
		out[i] = e.Note
	}
	slices.SortFunc(out, cmp.Compare)
	return out
}
