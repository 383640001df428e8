package decide

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkDecide times one question. For ratios use the command, which lets
// all take turns.
func BenchmarkDecide(b *testing.B) {
	policy, err := Rules()
	require.NoError(b, err)
	for _, size := range Populations {
		c, err := Generate(policy, size)
		require.NoError(b, err)
		engines, err := Engines(c)
		require.NoError(b, err)
		all := append([]Contender{Hand(c), May(c), Named(c), AllActions(c), Words(c), Filters(c)}, engines...)
		require.NoError(b, Agree(c, all[:5]))
		for _, x := range all {
			b.Run(size.String()+"/"+x.Name, func(b *testing.B) {
				x.Run(0, len(c.Questions)) // caches are filled
				b.ReportAllocs()
				b.ResetTimer()
				for left, n := b.N, 0; left > 0; left -= n {
					n = min(left, len(c.Questions))
					x.Run(0, n)
				}
			})
		}
	}
}
