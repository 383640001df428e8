package access

import "slices"

// cover returns a condition that holds in every world of a kind where want
// does, and in no other that is not free: no term and no fact of a term can be
// left out of it.
func cover(k *kind, want, free func(Facts) bool) Condition {
	low, high := make(table, k.size()), make(table, k.size())
	for i := range low {
		f := Facts(i)
		none := f&^k.all != 0 // a bit that is no fact of the kind
		low[f] = !none && want(f)
		high[f] = none || low[f] || free(f)
	}
	terms, _ := irredundant(low, high)
	slices.SortFunc(terms, compareTerms)
	return terms
}

// table says of each set of facts whether something holds. Its length is a
// power of two: a fact for each bit of the index.
type table []bool

// irredundant returns terms that hold wherever low does and only where high
// does, and the table of what they say. No term and no fact of a term can be
// left out (Minato and Morreale's irredundant sum of products): what needs the
// last fact to hold, or not to hold, is covered first, and what is left over is
// covered without speaking of it.
func irredundant(low, high table) ([]Term, table) {
	switch {
	case !slices.Contains(low, true):
		return nil, make(table, len(low))
	case !slices.Contains(high, false):
		return []Term{{}}, slices.Clone(high)
	}
	half := len(low) / 2
	fact := Facts(half)
	without, with := low[:half], low[half:]
	mayWithout, mayWith := high[:half], high[half:]

	none, saidWithout := irredundant(without.but(mayWith), mayWithout)
	all, saidWith := irredundant(with.but(mayWithout), mayWith)
	either, said := irredundant(without.but(saidWithout).or(with.but(saidWith)), mayWithout.and(mayWith))

	for _, t := range none {
		either = append(either, Term{t.All, t.None | fact})
	}
	for _, t := range all {
		either = append(either, Term{t.All | fact, t.None})
	}
	return either, append(saidWithout.or(said), saidWith.or(said)...)
}

func (t table) but(o table) table { return t.with(o, func(a, b bool) bool { return a && !b }) }
func (t table) and(o table) table { return t.with(o, func(a, b bool) bool { return a && b }) }
func (t table) or(o table) table  { return t.with(o, func(a, b bool) bool { return a || b }) }

func (t table) with(o table, of func(a, b bool) bool) table {
	out := make(table, len(t))
	for i := range t {
		out[i] = of(t[i], o[i])
	}
	return out
}
