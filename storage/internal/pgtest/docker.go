package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"time"

	"github.com/ory/dockertest/v3"
	dc "github.com/ory/dockertest/v3/docker"
)

// pullTimeout is what an image may take to arrive.
const pullTimeout = 3 * time.Minute

// startDocker runs a container.
func startDocker(ctx context.Context, getenv func(string) string) (*server, error) {
	pool, err := ping(ctx)
	if err != nil {
		return nil, err
	}
	repository, tag, err := image(ctx, pool, getenv)
	if err != nil {
		return nil, err
	}

	password := random()
	resource, err := pool.RunWithOptions(&dockertest.RunOptions{
		Repository: repository,
		Tag:        tag,
		Env:        []string{"POSTGRES_PASSWORD=" + password, "POSTGRES_INITDB_ARGS=--no-sync --encoding=UTF8 --locale=C"},
		Cmd:        append([]string{"postgres"}, settings...),
	}, func(h *dc.HostConfig) { h.AutoRemove = true })
	if err != nil {
		return nil, err
	}
	stop, ended := tie(resource)

	dsn := (&url.URL{
		Scheme: "postgres", User: url.UserPassword("postgres", password),
		Host: net.JoinHostPort(host(pool), resource.GetPort("5432/tcp")),
		Path: "/postgres", RawQuery: "sslmode=disable",
	}).String()
	if err := await(ctx, dsn, ended); err != nil {
		stop()
		return nil, fmt.Errorf("image %s:%s: %w", repository, tag, err)
	}
	s, err := connect(ctx, dsn, random(), stop)
	if err != nil {
		stop()
	}
	return s, err
}

// ping connects to the daemon, if there is one.
func ping(ctx context.Context) (*dockertest.Pool, error) {
	pool, err := dockertest.NewPool("") // connects to nothing
	if err == nil {
		err = pool.Client.PingWithContext(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("no Docker daemon answers: %w", err)
	}
	return pool, nil
}

// image returns the name of an image that is on the daemon's machine.
func image(ctx context.Context, pool *dockertest.Pool, getenv func(string) string) (repository, tag string, err error) {
	name := getenv(envImage)
	if name == "" {
		name = "postgres:15"
	}
	if repository, tag = dc.ParseRepositoryTag(name); tag == "" {
		tag = "latest"
	}
	if _, err = pool.Client.InspectImage(repository + ":" + tag); !errors.Is(err, dc.ErrNoSuchImage) {
		return repository, tag, err
	}
	ctx, cancel := context.WithTimeout(ctx, pullTimeout)
	defer cancel()
	err = pool.Client.PullImage(dc.PullImageOptions{Context: ctx, Repository: repository, Tag: tag}, dc.AuthConfiguration{})
	if err != nil {
		err = fmt.Errorf("image %[1]s is not here and cannot be pulled: run .ci/postgres-image %[1]s (%[2]w)", name, err)
	}
	return repository, tag, err
}

// tie ties the container to this process, as keeper.sh ties a local server:
// a shell in the container reads from us, and stops the container when the
// connection is gone. A signal is sent again and again, because the image's
// entry script ignores it until PostgreSQL runs.
func tie(resource *dockertest.Resource) (stop func(), ended <-chan struct{}) {
	reader, lifeline := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = resource.Exec(
			[]string{"sh", "-c", "cat; while kill -INT 1; do sleep 0.2; done"},
			dockertest.ExecOptions{StdIn: reader})
	}()
	return func() {
		lifeline.Close()
		<-done
	}, done
}

// host is where the daemon publishes ports: on its own machine.
func host(pool *dockertest.Pool) string {
	u, err := url.Parse(pool.Client.Endpoint())
	if err != nil || u.Hostname() == "" {
		return "127.0.0.1"
	}
	return u.Hostname()
}
