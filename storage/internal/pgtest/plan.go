package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
)

// The environment variables that choose the server.
const (
	envDSN   = "STINT_TEST_POSTGRES"
	envWay   = "STINT_TEST_POSTGRES_WAY"
	envImage = "STINT_TEST_POSTGRES_IMAGE"
)

// errNone means that there is no PostgreSQL and none is required.
var errNone = errors.New("tests with PostgreSQL are SKIPPED")

// running starts the server of this process. It is the package's one global:
// tests share nothing but their process, and a server for each of them would
// cost 0.4 s each.
var running = sync.OnceValues(func() (*server, error) {
	s, err := start(context.Background(), os.Getenv, starters)
	// Once, and not through a testing.TB: the line belongs to no test.
	if err != nil {
		fmt.Fprintf(os.Stderr, "pgtest: !!! %v\n", err)
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "pgtest: PostgreSQL %s, way %s\n", s.version, s.way)
	return s, nil
})

type starter func(ctx context.Context, getenv func(string) string) (*server, error)

var starters = map[string]starter{"dsn": startDSN, "local": startLocal, "docker": startDocker}

// plan is what the environment asks for.
type plan struct {
	ways []string // tried in this order
	must bool     // one of them has to work
}

func planFrom(getenv func(string) string) (plan, error) {
	switch way := getenv(envWay); way {
	case "dsn", "local", "docker":
		return plan{ways: []string{way}, must: true}, nil
	case "":
	default:
		return plan{}, fmt.Errorf("%s is %q: use dsn, local or docker, or unset it", envWay, way)
	}
	if getenv(envDSN) != "" {
		return plan{ways: []string{"dsn"}, must: true}, nil
	}
	ci, _ := strconv.ParseBool(getenv("CI"))
	return plan{ways: []string{"local", "docker"}, must: ci}, nil
}

func start(ctx context.Context, getenv func(string) string, starters map[string]starter) (*server, error) {
	p, err := planFrom(getenv)
	if err != nil {
		return nil, err
	}
	var reasons []string
	for _, way := range p.ways {
		s, err := starters[way](ctx, getenv)
		if err == nil {
			s.way = way
			return s, nil
		}
		reasons = append(reasons, way+": "+err.Error())
	}
	reason := strings.Join(reasons, "; ")
	if p.must {
		return nil, fmt.Errorf("PostgreSQL is required for these tests and there is none: %s", reason)
	}
	return nil, fmt.Errorf("%w: install PostgreSQL's server or set %s (%s)", errNone, envDSN, reason)
}
