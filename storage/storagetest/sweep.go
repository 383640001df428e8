package storagetest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// The sweep finds every method of a handle that takes a filter or a permit by
// reflection, and calls it with proofs that must not pass. A method of which
// the table of calls knows no valid call fails the test.

func sweepTests() []test {
	return []test{
		in("T18 no method reads or writes under a wrong proof", func(t *testing.T, w *World) {
			w.stock(t)
			t.Run("View", func(t *testing.T) {
				sweep(t, w, viewCalls(), func(fn func(context.Context, storage.View) error) error {
					return w.DB.View(t.Context(), w.A.Whole, by(w.A.Admin), fn)
				})
			})
			t.Run("Tx", func(t *testing.T) {
				sweep(t, w, txCalls(), func(fn func(context.Context, storage.Tx) error) error {
					return w.DB.Update(t.Context(), w.A.Whole, by(w.A.Admin), fn)
				})
			})
			t.Run("Installation", func(t *testing.T) {
				sweep(t, w, installationCalls(), func(fn func(context.Context, storage.Installation) error) error {
					return w.DB.Installation(t.Context(), worker, fn)
				})
			})
		}),
		in("T18 a permit is for one row and one verb", permitsFit),
	}
}

// call is a valid call of one method.
type call[H any] struct {
	kind access.Kind // that its proof is about
	// args returns the arguments after the context, with proofs by p.
	args func(ctx context.Context, w *World, h H, p prover) ([]any, error)
	// valid replaces args for the call that must succeed.
	valid func(ctx context.Context, w *World, h H, p prover) ([]any, error)
}

// prover makes proofs: of the handle's own session, or, if session is set, of
// that one.
type prover struct {
	actor   access.Actor
	session *access.Session
}

func (p prover) sees(action access.Action) access.Filter { return p.actor.Sees(action) }

func (p prover) may(action access.Action, r access.Resource) (access.Permit, error) {
	if p.session != nil {
		r = p.session.Resource(r.Row())
	}
	return p.actor.May(action, r)
}

// elsewhere returns a prover of a live session that may do everything in a
// scope and was not begun by the store.
func elsewhere(w *World, in tenancy.Scope) prover {
	s := w.Policy.Begin(access.Standing{Scope: in, System: "a session of somebody else"})
	return prover{s.Actor(), s}
}

var (
	filterType  = reflect.TypeFor[access.Filter]()
	permitType  = reflect.TypeFor[access.Permit]()
	permitsType = reflect.TypeFor[[]access.Permit]()
)

func isProof(t reflect.Type) bool { return t == filterType || t == permitType || t == permitsType }

// guarded returns the methods of a handle that take a proof, and those of what
// its methods without arguments return: "PutClient", "Clients.Get".
func guarded(handle reflect.Type) []string {
	var names []string
	for m := range handle.Methods() {
		for in := range m.Type.Ins() {
			if isProof(in) {
				names = append(names, m.Name)
				break
			}
		}
		if m.Type.NumIn() == 0 && m.Type.NumOut() == 1 && m.Type.Out(0).Kind() == reflect.Interface {
			for _, name := range guarded(m.Type.Out(0)) {
				names = append(names, m.Name+"."+name)
			}
		}
	}
	return names
}

// unknown returns the guarded methods of a handle that a table does not name,
// and those that it names in vain.
func unknown[C any](handle reflect.Type, table map[string]C) (missing, extra []string) {
	names := guarded(handle)
	for _, name := range names {
		if _, known := table[name]; !known {
			missing = append(missing, name)
		}
	}
	for name := range table {
		if !slices.Contains(names, name) {
			extra = append(extra, name)
		}
	}
	return missing, extra
}

// method finds "PutClient" or "Clients.Get" on a handle.
func method(handle reflect.Value, name string) reflect.Value {
	for i := range len(name) {
		if name[i] == '.' {
			return handle.MethodByName(name[:i]).Call(nil)[0].MethodByName(name[i+1:])
		}
	}
	return handle.MethodByName(name)
}

// invoke calls a method and returns its results without the error, and that.
func invoke(ctx context.Context, handle any, name string, args []any) ([]reflect.Value, error) {
	in := []reflect.Value{reflect.ValueOf(ctx)}
	for _, a := range args {
		in = append(in, reflect.ValueOf(a))
	}
	m := method(reflect.ValueOf(handle), name)
	var out []reflect.Value
	if m.Type().IsVariadic() && len(in) == m.Type().NumIn() && in[len(in)-1].Kind() == reflect.Slice {
		out = m.CallSlice(in)
	} else {
		out = m.Call(in)
	}
	err, _ := out[len(out)-1].Interface().(error)
	return out[:len(out)-1], err
}

// withProofs returns args with the proofs of other in their places, or zero
// proofs if other is nil.
func withProofs(args, other []any) []any {
	swapped := slices.Clone(args)
	for i, a := range args {
		switch {
		case !isProof(reflect.TypeOf(a)):
		case other != nil:
			swapped[i] = other[i]
		case reflect.TypeOf(a) == permitsType:
			swapped[i] = make([]access.Permit, len(a.([]access.Permit)))
		default:
			swapped[i] = reflect.Zero(reflect.TypeOf(a)).Interface()
		}
	}
	return swapped
}

var errRollback = errors.New("roll back")

// sweep attacks every guarded method of a handle, then calls each as it should
// be called.
func sweep[H any](t *testing.T, w *World, table map[string]call[H], open func(func(context.Context, H) error) error) {
	missing, extra := unknown(reflect.TypeFor[H](), table)
	require.Empty(t, missing, "methods that take a proof and have no call in the table")
	require.Empty(t, extra, "calls of methods that do not exist")

	beforeA, beforeB := w.dump(t, w.A.Whole, by(w.A.Admin)), w.dump(t, w.B.Whole, by(w.B.Admin))
	domains := w.domains(t)
	for name, c := range table {
		var old []any
		err := open(func(ctx context.Context, h H) (err error) {
			old, err = c.args(ctx, w, h, prover{actor: who(h)})
			require.NoError(t, err, name)
			return errRollback
		})
		require.ErrorIs(t, err, errRollback)
		require.NoError(t, open(func(ctx context.Context, h H) error {
			args := func(p prover) []any {
				a, err := c.args(ctx, w, h, p)
				require.NoError(t, err, name)
				return a
			}
			good := args(prover{actor: who(h)})
			for attack, proofs := range map[string][]any{
				"zero":                      nil,
				"of a finished transaction": old,
				"of another transaction":    args(elsewhere(w, w.A.Whole)),
				"of another domain":         args(elsewhere(w, w.B.Whole)),
				"of another kind":           otherKind(t, h, c.kind, good),
			} {
				out, err := invoke(ctx, h, name, withProofs(good, proofs))
				require.ErrorIs(t, err, fault.Proof, "%s with a proof that is %s", name, attack)
				for _, o := range out {
					require.True(t, empty(o), "%s with a proof that is %s returns something", name, attack)
				}
			}
			return nil
		}))
	}
	sameDump(t, beforeA, w.dump(t, w.A.Whole, by(w.A.Admin)), "a wrong proof wrote in its own domain")
	sameDump(t, beforeB, w.dump(t, w.B.Whole, by(w.B.Admin)), "a wrong proof wrote in the other domain")
	require.Equal(t, domains, w.domains(t), "a wrong proof wrote in the installation")

	for name, c := range table {
		require.NoError(t, open(func(ctx context.Context, h H) error {
			args := c.args
			if c.valid != nil {
				args = c.valid
			}
			good, err := args(ctx, w, h, prover{actor: who(h)})
			require.NoError(t, err, name)
			out, err := invoke(ctx, h, name, good)
			require.NoError(t, err, "%s as it should be called", name)
			for _, o := range out {
				require.False(t, empty(o), "%s as it should be called returns nothing", name)
			}
			return nil
		}), name)
	}
}

// empty reports whether a result of a call holds nothing.
func empty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice {
		return v.Len() == 0
	}
	return v.IsZero()
}

func who(handle any) access.Actor { return handle.(interface{ Who() access.Actor }).Who() }

// otherKind returns live proofs of the handle's own transaction, about another
// kind than the call's, in the places where args has proofs.
func otherKind(t testing.TB, handle any, kind access.Kind, args []any) []any {
	h := handle.(interface{ Who() access.Actor })
	filter := h.Who().Sees(timesheet.ViewTag)
	if kind == timesheet.KindTag {
		filter = h.Who().Sees(timesheet.ViewClient)
	}
	permit := func() access.Permit {
		d := handle.(interface {
			NewID() [16]byte
			Draft(access.Row) access.Resource
		})
		action, row := otherDraft(handle, kind)
		row.ID = d.NewID()
		may, err := h.Who().May(action, d.Draft(row))
		require.NoError(t, err)
		return may
	}
	proofs := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case access.Filter:
			proofs[i] = filter
		case access.Permit:
			proofs[i] = permit()
		case []access.Permit:
			many := make([]access.Permit, len(a))
			for j := range many {
				many[j] = permit()
			}
			proofs[i] = many
		}
	}
	return proofs
}
