package storagetest

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// The deny sweep calls every use case as everybody: who may is let, as the
// permission matrix says, and rolls back; who may not leaves nothing behind but
// what the log says of privileged actions. A use case that its table does not
// name fails a test of this package.

func denySweepTests() []test {
	return []test{
		in("G57 G49 T24 every use case answers everybody as the permission matrix says", func(t *testing.T, w *World) { denySweep(t, w) }),
		in("G57 G49 every use case of the installation answers as the permission matrix says", func(t *testing.T, w *World) { denySweepRoot(t, w) }),
	}
}

// need is an action that a use case asks for, and on what.
type need struct {
	action  access.Action
	project *timesheet.Project // that it is on, or is
	public  access.Facts       // of a new project: Public, if it will be; of an old one, its facts that change
	person  tenancy.MembershipID
	loose   bool
	hidden  bool // without it there is nothing to be found
	all     bool // it is asked for everything that there is
}

// useCase is a call of a use case, and what it needs in the order in which it
// asks.
type useCase struct {
	name  string
	whole bool // in the whole domain instead of the north
	needs []need
	call  func(ctx context.Context, s storage.Tx) error
}

// caller is somebody who calls, and what is known of her rights.
type caller struct {
	name    string
	as      access.Principal
	member  tenancy.MembershipID
	role    string // held everywhere, or
	at      *timesheet.Project
	team    *timesheet.Project // whose team she is in
	manages bool               // that project
	token   func(access.ActionSpec) bool
	barred  error // what opening anything answers
	south   bool  // what is done in the whole domain, she would do there
}

// judge says by the matrix what a need is answered with.
type judge struct {
	t      testing.TB
	matrix access.Matrix
}

func newJudge(t testing.TB, w *World) judge {
	t.Helper()
	m, err := w.Policy.Matrix()
	require.NoError(t, err)
	return judge{t, m}
}

func (j judge) row(action access.Action) access.MatrixRow {
	j.t.Helper()
	i := slices.IndexFunc(j.matrix.Rows, func(r access.MatrixRow) bool { return r.Action.Name == action })
	require.GreaterOrEqual(j.t, i, 0, action)
	return j.matrix.Rows[i]
}

// allows reports whether a cell of the matrix lets a caller do what is needed.
func (j judge) allows(c caller, n need) bool {
	j.t.Helper()
	row := j.row(n.action)
	if c.token != nil && !c.token(row.Action) {
		return false
	}
	facts, here := n.public, false
	if n.loose {
		facts |= access.Loose
	}
	if !n.person.IsZero() && n.person == c.member {
		facts |= access.Own
	}
	if p := n.project; p != nil {
		if n.public == 0 {
			facts |= factsOf(*p)
		}
		if c.team != nil && c.team.ID == p.ID {
			facts |= access.Member
			if c.manages {
				facts |= access.Manager
			}
		}
		here = c.at != nil && c.at.ID == p.ID
	}
	if here {
		facts |= access.Bound
	}
	column := slices.IndexFunc(j.matrix.Roles, func(r access.Role) bool { return r.Name == c.role })
	if column < 0 || c.at != nil && !here {
		return false
	}
	return slices.ContainsFunc(row.Cells[column], func(d access.Difference) bool {
		if slices.ContainsFunc(d.If, j.unusual) {
			return false
		}
		if n.all {
			return slices.Contains(d.When, access.Term{})
		}
		return d.When.Holds(facts)
	})
}

// unusual reports whether a setting is not as it is at first: nobody sets one.
func (j judge) unusual(s access.Setting) bool {
	return !slices.ContainsFunc(j.matrix.Switches, func(is access.Switch) bool { return is.Key == s.Key && is.Values[0] == s.Value })
}

func factsOf(p timesheet.Project) (f access.Facts) {
	if p.Public {
		f |= access.Public
	}
	if p.Shared {
		f |= access.Shared
	}
	return f
}

// verdict is how a call is answered, and what the log says of it.
type verdict struct {
	is  error // nil: it is done
	log access.Action
}

func (j judge) verdict(c caller, u []need) verdict {
	j.t.Helper()
	if c.barred != nil {
		return verdict{is: c.barred}
	}
	for _, n := range u {
		switch spec := j.row(n.action).Action; {
		case j.allows(c, n):
		case n.hidden:
			return verdict{is: fault.NotFound}
		case spec.Privileged && !n.all:
			return verdict{fault.Denied, n.action}
		default:
			return verdict{is: fault.Denied}
		}
	}
	return verdict{}
}

// denialLine is what a line of the log has to say of a denial.
type denialLine struct {
	actor  tenancy.MembershipID
	action access.Action
	denied bool
	reason string
}

func denialLines(events []access.Event) (all []denialLine) {
	for _, e := range events {
		all = append(all, denialLine{e.Actor, e.Action, e.Denied, e.Reason})
	}
	return all
}

// check compares the answer of a call with the verdict, and returns the line
// that the log must have.
func (j judge) check(c caller, name string, want verdict, err error) []denialLine {
	j.t.Helper()
	if want.is == nil {
		require.ErrorIs(j.t, err, errRollback, "%s by %s: the matrix allows it", name, c.name)
		return nil
	}
	require.ErrorIs(j.t, err, want.is, "%s by %s: the matrix does not allow it", name, c.name)
	if want.log == "" {
		return nil
	}
	require.NotEmpty(j.t, fault.ReasonOf(err), "%s by %s", name, c.name)
	if c.token != nil && c.role == access.DomainAdmin {
		require.Equal(j.t, "token_scope", fault.ReasonOf(err), "%s by %s", name, c.name)
	}
	return []denialLine{{c.member, want.log, true, fault.ReasonOf(err)}}
}

func denySweep(t testing.TB, w *World) {
	w.spare(t)
	callers, cases, j := w.callers(t), w.useCases(t), newJudge(t, w)
	b := w.B.North
	var kinds []reader
	for _, r := range readers() {
		if r.kind.Name != admin.KindEvent {
			kinds = append(kinds, r)
		}
	}
	before, other, log := w.dumpOf(t, kinds, w.A.Whole, by(w.A.Admin)), w.dump(t, b, by(w.B.Admin)), w.log(t, w.A)
	var want []denialLine
	let := map[bool]int{}
	for _, c := range callers {
		for _, u := range cases {
			scope := w.A.North
			if u.whole {
				scope = w.A.Whole
			}
			if u.whole && c.south {
				continue
			}
			err := w.DB.Update(t.Context(), scope, c.as, func(ctx context.Context, s storage.Tx) error {
				if err := u.call(ctx, s); err != nil {
					return err
				}
				return errRollback
			})
			verdict := j.verdict(c, u.needs)
			want = append(want, j.check(c, u.name, verdict, err)...)
			let[verdict.is == nil]++
		}
	}
	require.Greater(t, let[true], len(cases), "administrators may")
	require.Greater(t, let[false], 5*len(cases), "others may not")
	sameDump(t, before, w.dumpOf(t, kinds, w.A.Whole, by(w.A.Admin)), "a denied call wrote")
	sameDump(t, other, w.dump(t, b, by(w.B.Admin)), "a denied call wrote in the other domain")
	require.ElementsMatch(t, want, denialLines(since(log, w.log(t, w.A), "")), "one line for each denial of a privileged action, and no other")
}

// callers are one person for each built-in role, a manager, a member of a team,
// somebody with the rights of each at the project only, credentials, and
// strangers.
func (w *World) callers(t testing.TB) []caller {
	t.Helper()
	d := w.A
	var all []caller
	hire := func(name, role string) caller {
		m := w.hire(t, d, d.Whole, name, role)
		return caller{name: name, as: by(m), member: m.ID, role: role}
	}
	for _, r := range w.Policy.Roles() {
		if r.Name != access.RootAdmin && r.Name != access.RootAuditor { // no domain takes them
			all = append(all, hire("a "+r.Name, r.Name))
		}
	}
	for _, manages := range []bool{false, true} {
		name, role := "one of the team", access.ProjectMember
		if manages {
			name, role = "a manager", access.ProjectManager
		}
		c := hire(name, access.MemberRole)
		c.team, c.manages = &d.Private, manages
		w.join(t, d, d.Private, tenancy.Membership{ID: c.member}, manages)
		m := write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (tenancy.Membership, error) {
			return admin.AddMember(ctx, s, tenancy.Membership{Name: name + " by role"})
		})
		w.bind(t, d, m, role, access.Place{Kind: access.AtProject, Project: d.Private.ID})
		all = append(all, c, caller{name: m.Name, as: by(m), member: m.ID, role: role, at: &d.Private})
	}
	ada := caller{member: d.Admin.ID, role: access.DomainAdmin}
	reads, some := ada, ada
	reads.name, reads.as, reads.token = "a read-only administrator", by(d.Admin).ReadOnly(), func(a access.ActionSpec) bool { return a.Verb == access.Read }
	only := []access.Action{timesheet.ViewProject, timesheet.CreateTask, timesheet.AddTeam, admin.ViewGroup}
	some.name, some.as = "an administrator for a few things", by(d.Admin).Only(only...)
	some.token = func(a access.ActionSpec) bool { return slices.Contains(only, a.Name) }
	return append(all, reads, some,
		caller{name: "an administrator at another site", as: by(d.Admin).AtSite(d.South.Site()), barred: fault.Denied, south: true},
		caller{name: "nobody", barred: fault.NoMember},
		caller{name: "somebody of another domain", as: by(w.B.Admin), barred: fault.NoMember},
	)
}

// rootCase is a use case of the installation.
type rootCase struct {
	name  string
	needs []need
	call  func(ctx context.Context, h storage.Installation) error
}

func denySweepRoot(t testing.TB, w *World) {
	w.stock(t)
	root := tenancy.NewResolver(w.DB).Root()
	rooted := func(role string) caller {
		m := write(t, w, root, worker, func(ctx context.Context, s storage.Tx) (tenancy.Membership, error) {
			m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: role})
			if err == nil {
				_, err = admin.GrantRole(ctx, s, m.ID, role)
			}
			return m, err
		})
		return caller{name: role, as: by(m), member: m.ID, role: role}
	}
	head := rooted(access.RootAdmin)
	reads := head
	reads.name, reads.as, reads.token = "a read-only administrator", head.as.ReadOnly(), func(a access.ActionSpec) bool { return a.Verb == access.Read }
	callers := []caller{head, reads, rooted(access.RootAuditor),
		{name: "an administrator of a domain", as: by(w.A.Admin), barred: fault.NoMember},
		{name: "nobody", barred: fault.NoMember},
	}
	rootLog := func() []access.Event {
		var all []access.Event
		for _, row := range read(t, w, root, worker, readerOf(admin.KindEvent).all) {
			all = append(all, row.entity.(access.Event))
		}
		return all
	}
	j := newJudge(t, w)
	before, domains, log := w.dump(t, w.A.Whole, by(w.A.Admin)), w.domains(t), rootLog()
	var want []denialLine
	for _, c := range callers {
		for _, u := range w.rootCases() {
			err := w.DB.Installation(t.Context(), c.as, func(ctx context.Context, h storage.Installation) error {
				if err := u.call(ctx, h); err != nil {
					return err
				}
				return errRollback
			})
			want = append(want, j.check(c, u.name, j.verdict(c, u.needs), err)...)
		}
	}
	_, err := admin.Bootstrap(t.Context(), w.DB, admin.Provision{Name: "Swept", Admin: tenancy.Membership{Name: "Swept"}})
	require.NoError(t, err, "it is for everybody, and does nothing in an installation that is in use")
	sameDump(t, before, w.dump(t, w.A.Whole, by(w.A.Admin)), "a denied call wrote in a domain")
	require.Equal(t, domains, w.domains(t), "a denied call wrote in the installation")
	require.NotEmpty(t, want)
	require.ElementsMatch(t, want, denialLines(since(log, rootLog(), "")), "one line for each denial of a privileged action, and no other")
}

// ran turns the result of a use case into whether it was done.
func ran[T any](_ T, err error) error { return err }
