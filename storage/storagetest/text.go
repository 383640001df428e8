package storagetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func textTests() []test {
	return []test{
		in("T12 text comes back as it was written", textKept),
		in("T12 names are one when their keys are", nameKeys),
		in("T12 names may be the same where the model says so", sameNames),
		in("T12 text that no store could keep is refused", badText),
		in("T12 refs and e-mail addresses are compared byte by byte", refs),
	}
}

// awkward are texts that some layer of some database gets wrong.
func awkward() []string {
	return []string{
		"Ünïcödé", "e\u0301te\u0301", "日本語の名前", "𝒽𝒶𝓁𝓁ℴ 🕰️👩🏽‍💻", "עברית \u200f العربية", "a\u2028b\u2029c",
		`'single' "double" ` + "`back`", `back\slash \n \' \\`, "100 % _ done", "what? who? ?? ?0 ?1", "$1 $2 $$ :name @name", "; drop table clients; --", "/* no comment",
		"{}[]<>&amp;", "NULL", "true", "0", "0x00", "1e5", "tab\tin note", "\\x00", "\\u0000", "ﬃ ﬀ", "İstanbul ıı", "Straße", "\u200bzero width",
		strings.Repeat("ж", 255),
	}
}

func textKept(t *testing.T, w *World) {
	for _, text := range awkward() {
		name := strings.ReplaceAll(text, "\t", " ")
		c := write(t, w, w.A.North, by(w.A.Ann), func(ctx context.Context, s storage.Tx) (timesheet.Client, error) {
			return w.Book.AddClient(ctx, s, timesheet.Client{Name: name})
		})
		want, err := tenancy.CleanName("name", name, 255)
		require.NoError(t, err)
		require.Equal(t, want, c.Name)
		read(t, w, w.A.North, by(w.A.Ann), func(ctx context.Context, v storage.View) (bool, error) {
			got, _, err := v.Clients().Get(ctx, v.Who().Sees(timesheet.ViewClient), c.ID)
			require.NoError(t, err)
			require.Equal(t, c, got)
			page, err := v.Clients().List(ctx, v.Who().Sees(timesheet.ViewClient), access.Query{Name: name})
			require.NoError(t, err)
			require.Equal(t, []timesheet.Client{c}, page.Rows, "found by its name")
			return true, nil
		})

		e := timed(later, time.Hour, noProject)
		e.Note, e.External = text, timesheet.External{Source: text, Key: text, Amount: -12345678901, Currency: "EUR"}
		e = w.recorded(t, w.A.North, by(w.A.Ann), e)
		got := w.entry(t, w.A.North, by(w.A.Ann), e.ID)
		require.Equal(t, e, got)
		require.Equal(t, text, got.External.Key)
		require.Equal(t, int64(-12345678901), w.entry(t, w.A.North, by(w.A.Admin), e.ID).External.Amount, "of which she may not see the amount")
		keys := read(t, w, w.A.North, by(w.A.Ann), func(ctx context.Context, v storage.View) ([]string, error) {
			return v.Imported(ctx, v.Who().Sees(timesheet.ViewEntry), text, []string{text, text + "!", ""})
		})
		require.Equal(t, []string{text}, keys)
		require.NoError(t, w.remove(t, w.A.North, by(w.A.Ann), got))
	}
	long := timed(later, time.Hour, noProject)
	long.Note = strings.Repeat("🕰", 3000)
	e := w.recorded(t, w.A.North, by(w.A.Ann), long)
	require.Equal(t, long.Note, w.entry(t, w.A.North, by(w.A.Ann), e.ID).Note)
	lines := e
	lines.Note = "one\ntwo\r\nthree\tfour"
	lines, err := w.edit(t, w.A.North, by(w.A.Ann), lines)
	require.NoError(t, err)
	require.Equal(t, "one\ntwo\r\nthree\tfour", w.entry(t, w.A.North, by(w.A.Ann), lines.ID).Note)
}

func nameKeys(t *testing.T, w *World) {
	for i, same := range [][]string{
		{"Dev", " dev ", "DEV", "dEv"},
		{"Two words", "two  words", "TWO\u00a0WORDS"},
		{"Straße", "STRASSE", "strasse"},
		{"Ülkü", "U\u0308lku\u0308", "ÜLKÜ"},
		{"ﬁrm", "firm", "FIRM"},
		{"№ 5", "No 5"},
	} {
		for j, name := range same {
			_, err := Write(t.Context(), w.DB, w.A.North, by(w.A.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Client, error) {
				return w.Book.AddClient(ctx, s, timesheet.Client{Name: name})
			})
			if j == 0 {
				require.NoError(t, err, name)
				continue
			}
			require.ErrorIs(t, err, fault.Conflict, "%q after %q (%d)", name, same[0], i)
			require.Equal(t, same[:1], w.clients(t, w.A, access.Query{Name: name}), "%q finds it", name)
		}
	}
	for _, different := range [][]string{{"cafe", "café"}, {"a b", "ab"}, {"O", "0"}, {"ı", "i"}} {
		for _, name := range different {
			write(t, w, w.A.North, by(w.A.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Client, error) {
				return w.Book.AddClient(ctx, s, timesheet.Client{Name: name})
			})
		}
	}
}

// clients returns the names of clients.
func (w *World) clients(t testing.TB, d *Domain, q access.Query) []string {
	t.Helper()
	return read(t, w, d.Whole, by(d.Admin), func(ctx context.Context, v storage.View) ([]string, error) {
		page, err := v.Clients().List(ctx, v.Who().Sees(timesheet.ViewClient), q)
		var names []string
		for _, c := range page.Rows {
			names = append(names, c.Name)
		}
		return names, err
	})
}

func sameNames(t *testing.T, w *World) {
	d := w.A
	try := func(in tenancy.Scope, fn func(ctx context.Context, s storage.Tx) error) error {
		return w.DB.Update(t.Context(), in, by(d.Admin), fn)
	}
	client := func(ctx context.Context, s storage.Tx) error {
		_, err := w.Book.AddClient(ctx, s, timesheet.Client{Name: d.Client.Name})
		return err
	}
	require.ErrorIs(t, try(d.South, client), fault.Conflict, "a client is one in the domain, also from another site")
	project := func(of timesheet.ClientID) func(context.Context, storage.Tx) error {
		return func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Private", Client: of})
			return err
		}
	}
	require.ErrorIs(t, try(d.North, project(d.Client.ID)), fault.Conflict, "a project is one for its client")
	require.NoError(t, try(d.North, project(timesheet.ClientID{})), "and may exist without one")
	require.ErrorIs(t, try(d.North, project(timesheet.ClientID{})), fault.Conflict, "once: no client is one client")
	tag := func(ctx context.Context, s storage.Tx) error { _, err := w.Book.AddTag(ctx, s, "Urgent"); return err }
	require.ErrorIs(t, try(d.North, tag), fault.Conflict, "a tag is one on its site")
	require.NoError(t, try(d.South, tag))
	task := func(of timesheet.ProjectID) func(context.Context, storage.Tx) error {
		return func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddTask(ctx, s, of, "design")
			return err
		}
	}
	require.ErrorIs(t, try(d.North, task(d.Private.ID)), fault.Conflict, "a task is one in its project")
	require.NoError(t, try(d.North, task(d.Public.ID)))
	person := func(ctx context.Context, s storage.Tx) error {
		_, err := admin.AddMember(ctx, s, tenancy.Membership{Name: "Ann"})
		return err
	}
	require.NoError(t, try(d.North, person), "people may be called the same")
	site := func(ctx context.Context, s storage.Tx) error {
		_, err := admin.AddSite(ctx, s, tenancy.Site{Name: "NORTH"})
		return err
	}
	require.ErrorIs(t, try(d.Whole, site), fault.Conflict)

	archive := func(at time.Time) func(ctx context.Context, s storage.Tx) error {
		return func(ctx context.Context, s storage.Tx) error {
			_, err := amend(ctx, s, s.Clients(), timesheet.ViewClient, timesheet.EditClient, d.Client.ID, s.PutClient, func(c *timesheet.Client) { c.ArchivedAt = at })
			return err
		}
	}
	require.NoError(t, try(d.North, archive(Start)))
	require.NoError(t, try(d.North, client), "the name of an archived client is free")
	err := try(d.North, archive(time.Time{}))
	require.ErrorIs(t, err, fault.Conflict, "until it is to be restored")
	require.Equal(t, []string{"Acme"}, w.clients(t, d, access.Query{Name: "acme"}))
	require.Equal(t, []string{"Acme", "Acme"}, w.clients(t, d, access.Query{Name: "acme", All: true}))
}

func badText(t *testing.T, w *World) {
	before := w.dump(t, w.A.Whole, by(w.A.Admin))
	for _, bad := range []string{"nul\x00in it", "\x00", "\xff\xfe", "cut \xf0\x9f\x95", "bell\a", "\xed\xa0\x80", ""} {
		for what, fn := range map[string]func(ctx context.Context, s storage.Tx) error{
			"client": func(ctx context.Context, s storage.Tx) error {
				_, err := w.Book.AddClient(ctx, s, timesheet.Client{Name: bad})
				return err
			},
			"project": func(ctx context.Context, s storage.Tx) error {
				_, err := w.Book.AddProject(ctx, s, timesheet.NewProject{Name: bad})
				return err
			},
			"tag": func(ctx context.Context, s storage.Tx) error { _, err := w.Book.AddTag(ctx, s, bad); return err },
			"task": func(ctx context.Context, s storage.Tx) error {
				_, err := w.Book.AddTask(ctx, s, w.A.Private.ID, bad)
				return err
			},
			"person": func(ctx context.Context, s storage.Tx) error {
				_, err := admin.AddMember(ctx, s, tenancy.Membership{Name: bad})
				return err
			},
			"note": func(ctx context.Context, s storage.Tx) error {
				e := timed(later, time.Hour, noProject)
				e.Note = bad
				if bad == "" {
					e.Note = strings.Repeat("x", 3001)
				}
				_, err := w.Book.Record(ctx, s, e)
				return err
			},
		} {
			err := w.DB.Update(t.Context(), w.A.North, by(w.A.Admin), fn)
			require.ErrorIs(t, err, fault.Invalid, "%s named %q", what, bad)
		}
	}
	sameDump(t, before, w.dump(t, w.A.Whole, by(w.A.Admin)), "a refused text left something")
}

func refs(t *testing.T, w *World) {
	d := w.A
	add := func(m tenancy.Membership) error {
		m.Name = "Somebody"
		return w.DB.Update(t.Context(), d.North, by(d.Admin), func(ctx context.Context, s storage.Tx) error {
			_, err := admin.AddMember(ctx, s, m)
			return err
		})
	}
	require.NoError(t, add(tenancy.Membership{Ref: "user-1", Email: "One@Example.org"}))
	require.ErrorIs(t, add(tenancy.Membership{Ref: "user-1"}), fault.Conflict)
	require.NoError(t, add(tenancy.Membership{Ref: "USER-1"}), "a ref is the host's: case counts")
	require.ErrorIs(t, add(tenancy.Membership{Email: "one@example.ORG"}), fault.Conflict)
	require.NoError(t, add(tenancy.Membership{}), "no ref and no address")
	require.NoError(t, add(tenancy.Membership{}), "may be many")
	require.ErrorIs(t, add(tenancy.Membership{Account: d.Admin.Account}), fault.Conflict, "an account is one person in a domain")
}
