package main

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5"
)

// trips stands between a client and the server and counts round trips on the
// wire: how often the client speaks again after the server has spoken.
type trips struct {
	dir      string // of its socket
	listener net.Listener
	network  string
	address  string

	mu       sync.Mutex
	count    int
	answered bool
}

func newTrips(dsn string) (*trips, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	t := &trips{answered: true, network: "tcp", address: net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))}
	if filepath.IsAbs(config.Host) {
		t.network, t.address = "unix", filepath.Join(config.Host, ".s.PGSQL."+strconv.Itoa(int(config.Port)))
	}
	if t.dir, err = os.MkdirTemp("/tmp", "stint-trips-"); err != nil {
		return nil, err
	}
	if t.listener, err = net.Listen("unix", filepath.Join(t.dir, ".s.PGSQL.5432")); err != nil {
		_ = os.RemoveAll(t.dir)
		return nil, err
	}
	go t.accept()
	return t, nil
}

func (t *trips) accept() {
	for {
		client, err := t.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(t.network, t.address)
		if err != nil {
			_ = client.Close()
			return
		}
		go t.pass(server, client, func() {
			if t.answered {
				t.count++
			}
			t.answered = false
		})
		go t.pass(client, server, func() { t.answered = true })
	}
}

func (t *trips) pass(to, from net.Conn, note func()) {
	defer to.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			t.mu.Lock()
			note()
			t.mu.Unlock()
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// during returns the round trips of what fn does.
func (t *trips) during(fn func() error) (int, error) {
	t.mu.Lock()
	before := t.count
	t.mu.Unlock()
	err := fn()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count - before, err
}

// dsn returns the way to the same database through here.
func (t *trips) dsn(of string) (string, error) {
	config, err := pgx.ParseConfig(of)
	if err != nil {
		return "", err
	}
	q := url.Values{"host": {t.dir}, "port": {"5432"}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Path: "/" + config.Database, RawQuery: q.Encode()}
	return u.String(), nil
}

func (t *trips) close() {
	_ = t.listener.Close()
	_ = os.RemoveAll(t.dir)
}
