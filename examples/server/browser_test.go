package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/storage/memory"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
)

const password = "correct horse battery"

// browser sends what a person's browser would, but for one thing: its cookies
// go to every host of the server, so that it replays those of one at another.
type browser struct {
	t      *testing.T
	base   string
	host   string
	client *http.Client
}

type answer struct {
	status int
	header http.Header
	body   string
}

// jar keeps cookies by name, whatever host they are of.
type jar map[string]*http.Cookie

func (j jar) SetCookies(_ *url.URL, cookies []*http.Cookie) {
	for _, c := range cookies {
		if j[c.Name] = c; c.MaxAge < 0 {
			delete(j, c.Name)
		}
	}
}

func (j jar) Cookies(*url.URL) []*http.Cookie { return slices.Collect(maps.Values(j)) }

func newStore(t *testing.T) (storage.DB, admin.Bootstrapped) {
	t.Helper()
	db, err := memory.Open(memory.Config{})
	require.NoError(t, err)
	return db, begin(t, db)
}

// begin makes a new store ready to use.
func begin(t *testing.T, db storage.DB) admin.Bootstrapped {
	t.Helper()
	t.Cleanup(func() { _ = db.Close() })
	made, err := prepare(t.Context(), db, admin.Provision{Name: "Home", Zone: "Europe/Berlin", Admin: tenancy.Membership{Name: "Administrator"}})
	require.NoError(t, err)
	return made
}

func newServer(t *testing.T, db storage.DB) browser {
	t.Helper()
	h, err := newHandler(db, false, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return browser{t, s.URL, "localhost", &http.Client{Jar: jar{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// at returns the same browser, with the same cookies, at another host.
func (b browser) at(host string) browser {
	b.host = host
	return b
}

func (b browser) send(method, path, contentType string, body io.Reader, header ...string) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, b.base+path, body)
	require.NoError(b.t, err)
	r.Host = b.host
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := b.client.Do(r)
	require.NoError(b.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(b.t, err)
	return answer{res.StatusCode, res.Header, string(text)}
}

func (b browser) get(path string, header ...string) answer {
	b.t.Helper()
	return b.send(http.MethodGet, path, "", nil, header...)
}

func (b browser) post(path string, pairs ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.send(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (b browser) upload(file string, content []byte, pairs ...string) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", file)
	require.NoError(b.t, err)
	_, err = part.Write(content)
	require.NoError(b.t, err)
	for i := 0; i+1 < len(pairs); i += 2 {
		require.NoError(b.t, w.WriteField(pairs[i], pairs[i+1]))
	}
	require.NoError(b.t, w.Close())
	return b.send(http.MethodPost, "/import", w.FormDataContentType(), &body)
}

// enrol redeems a token and leaves the browser signed in.
func (b browser) enrol(token, login string) {
	b.t.Helper()
	a := b.post("/enrol", "token", token, "login", login, "password", password)
	require.Equal(b.t, http.StatusSeeOther, a.status, a.body)
	require.Equal(b.t, "/", a.header.Get("Location"))
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return content
}

// newBrowserBeside returns another browser, without cookies, for the same server.
func newBrowserBeside(b browser) browser {
	b.t.Helper()
	client := *b.client
	client.Jar = jar{}
	b.client = &client
	return b
}
