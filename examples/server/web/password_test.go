package web

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPasswords(t *testing.T) {
	p, err := newPasswords()
	require.NoError(t, err)
	hash, err := p.hash(t.Context(), "Zoë's horse battery") // ë in composed form
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(hash, "$argon2id$"))
	for password, want := range map[string]bool{
		"Zoë's horse battery":       true,
		"Zoe\u0308's horse battery": true, // the same, as another keyboard sends it
		"zoë's horse battery":       false,
		"":                          false,
	} {
		ok, err := p.matches(t.Context(), password, hash)
		require.NoError(t, err)
		assert.Equal(t, want, ok, password)
	}
	ok, err := p.matches(t.Context(), "nobody", "")
	require.NoError(t, err)
	assert.False(t, ok, "without a hash nothing matches, not even what the dummy is made of")

	assert.Error(t, p.check("eleven char"))
	assert.NoError(t, p.check("twelve chars"))
	assert.Error(t, p.check(strings.Repeat("x", 257)))

	p.slots <- struct{}{}
	p.slots <- struct{}{} // all are taken
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = p.hash(ctx, "twelve chars")
	assert.ErrorIs(t, err, context.Canceled, "who waits may give up")
}
