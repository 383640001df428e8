package pgtest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// env is an environment without the real one.
func env(pairs ...string) func(string) string {
	return func(name string) string {
		for _, pair := range pairs {
			if key, value, _ := strings.Cut(pair, "="); key == name {
				return value
			}
		}
		return ""
	}
}

func TestPlan(t *testing.T) {
	for name, c := range map[string]struct {
		env  []string
		want plan
	}{
		"nothing set":      {nil, plan{[]string{"local", "docker"}, false}},
		"CI":               {[]string{"CI=true"}, plan{[]string{"local", "docker"}, true}},
		"CI=false":         {[]string{"CI=false"}, plan{[]string{"local", "docker"}, false}},
		"DSN":              {[]string{envDSN + "=x"}, plan{[]string{"dsn"}, true}},
		"forced":           {[]string{envWay + "=docker"}, plan{[]string{"docker"}, true}},
		"forced, with DSN": {[]string{envWay + "=local", envDSN + "=x"}, plan{[]string{"local"}, true}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := planFrom(env(c.env...))
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
	_, err := planFrom(env(envWay + "=sqlite"))
	assert.ErrorContains(t, err, "use dsn, local or docker")
}

func TestStart(t *testing.T) {
	broken := func(why string) starter {
		return func(context.Context, func(string) string) (*server, error) { return nil, errors.New(why) }
	}
	works := func(context.Context, func(string) string) (*server, error) { return &server{}, nil }
	none := map[string]starter{"dsn": broken("refused"), "local": broken("no binaries"), "docker": broken("no daemon")}

	_, err := start(t.Context(), env(), none)
	assert.ErrorIs(t, err, errNone, "a skip")
	assert.ErrorContains(t, err, "local: no binaries; docker: no daemon")
	assert.NotContains(t, err.Error(), "\n", "one line")

	for _, must := range []string{"CI=true", envWay + "=local", envWay + "=docker", envWay + "=dsn", envDSN + "=x"} {
		_, err := start(t.Context(), env(must), none)
		require.Error(t, err, must)
		assert.NotErrorIs(t, err, errNone, "%s: a failure", must)
	}

	s, err := start(t.Context(), env("CI=true"), map[string]starter{"local": broken(""), "docker": works})
	require.NoError(t, err)
	assert.Equal(t, "docker", s.way)

	_, err = start(t.Context(), env(envWay+"=dsn"), starters)
	assert.ErrorContains(t, err, "set STINT_TEST_POSTGRES to the DSN of a superuser")
}

func TestRedirect(t *testing.T) {
	for _, dsn := range []string{
		"postgres://root:secret@db.example:5433/main?sslmode=disable",
		"postgresql://db.example:5433/?user=root&password=secret&dbname=main&sslmode=disable",
		"postgresql://db.example:5433?user=root&password=secret&database=main&sslmode=disable",
		"host=db.example port=5433 user=root password=secret dbname=main sslmode=disable",
	} {
		config, err := pgx.ParseConfig(redirect(dsn, "other", "", ""))
		require.NoError(t, err)
		assert.Equal(t, []any{"db.example", uint16(5433), "other", "root", "secret"},
			[]any{config.Host, config.Port, config.Database, config.User, config.Password}, dsn)

		config, err = pgx.ParseConfig(redirect(dsn, "other", "app", "123"))
		require.NoError(t, err)
		assert.Equal(t, []any{"db.example", uint16(5433), "other", "app", "123"},
			[]any{config.Host, config.Port, config.Database, config.User, config.Password}, dsn)
	}
}
