package tenancy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Names that people take for the same have the same key (G50).
func TestNameKey(t *testing.T) {
	for _, same := range [][]string{
		{"Dev", "dev", "DEV", " dev ", "\tDev\n", "ｄｅｖ", "ＤＥＶ"},
		{"Web Site", "web  site", "WEB\u00a0SITE", "web\u3000site", "web\t\nsite"},
		{"Straße", "STRASSE", "strasse", "ſtraße"},
		{"Café", "cafe\u0301", "CAFE\u0301", "CAFÉ"},
		{"ﬁne", "FINE"},
		{"Å", "\u212b", "A\u030a", "å"},
		{"ΣΊΣΥΦΟΣ", "σίσυφος"},
		{"J\u030c", "\u01f0"},
		{"", " ", "\t\u00a0\u3000"},
	} {
		for _, name := range same {
			assert.Equal(t, tenancy.NameKey(same[0]), tenancy.NameKey(name), "%q and %q", same[0], name)
		}
	}
	for _, different := range [][2]string{{"Dev", "Devs"}, {"Web Site", "WebSite"}, {"Café", "Cafe"}, {"I", "ı"}, {"0", "O"}, {"a-b", "a b"}} {
		assert.NotEqual(t, tenancy.NameKey(different[0]), tenancy.NameKey(different[1]), "%q", different)
	}
}

func TestCleanName(t *testing.T) {
	for given, want := range map[string]string{
		"Dev":                   "Dev",
		"  Dev \n":              "Dev",
		"De  v":                 "De  v", // as it was written; only the key folds
		"cafe\u0301":            "café",
		"日本語":                   "日本語",
		strings.Repeat("ü", 10): strings.Repeat("ü", 10),
		" " + strings.Repeat("e\u0301", 10) + " ": strings.Repeat("é", 10), // counted as it is stored
	} {
		got, err := tenancy.CleanName("name", given, 10)
		require.NoError(t, err, given)
		assert.Equal(t, want, got)
		again, err := tenancy.CleanName("name", got, 10)
		require.NoError(t, err)
		assert.Equal(t, got, again)
	}
	for given, want := range map[string]fault.Code{
		"":                      "name_empty",
		" \t\u3000":             "name_empty",
		strings.Repeat("ü", 11): "name_too_long",
		"a\nb":                  "name_control",
		"a\tb":                  "name_control",
		"a\x00b":                "name_control",
		"\x00":                  "name_control",
		"a\x1bb":                "name_control",
		"a\u0085b":              "name_control",
		"a\xff":                 "not_utf8",
		"\xed\xa0\x80":          "not_utf8", // half of a surrogate pair
	} {
		got, err := tenancy.CleanName("title", given, 10)
		assert.Empty(t, got)
		refused(t, err, want, "title", given)
	}
}

func TestCleanText(t *testing.T) {
	for given, want := range map[string]string{"": "", " \n ": "", "a\r\n\tb\n": "a\r\n\tb", "e\u0301": "é"} {
		got, err := tenancy.CleanText("note", given, 10)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for given, want := range map[string]fault.Code{
		"a\x00b": "name_control", "a\x7f": "name_control", "\x1b[31m": "name_control", "a\xff": "not_utf8", strings.Repeat("a", 11): "name_too_long",
	} {
		_, err := tenancy.CleanText("note", given, 10)
		refused(t, err, want, "note", given)
	}
}

// refused checks that an error names its rule, the field and the value.
func refused(t *testing.T, err error, code fault.Code, field, value string) {
	t.Helper()
	var e *fault.Error
	require.ErrorAs(t, err, &e, "%q", value)
	assert.Equal(t, code, e.Code, "%q", value)
	assert.Equal(t, field, e.Field)
	assert.Equal(t, strings.ToValidUTF8(value, "\uFFFD"), e.Value)
	assert.NotEmpty(t, e.Rule)
	assert.ErrorIs(t, err, fault.Invalid)
}

// A hostname has one form, whatever a request or an administrator writes (T3,
// T11).
func TestNormalHostname(t *testing.T) {
	label := strings.Repeat("a", 63)
	for given, want := range map[string]string{
		"acme.example":          "acme.example",
		"Acme.Example":          "acme.example",
		"ACME.EXAMPLE.":         "acme.example",
		"acme.example:8080":     "acme.example",
		"acme.example.:443":     "acme.example",
		"acme.example:":         "acme.example", // an empty port is one, as in a URL
		"localhost:8080":        "localhost",
		"127.0.0.1:80":          "127.0.0.1",
		"Bücher.example":        "xn--bcher-kva.example",
		"bu\u0308cher.example":  "xn--bcher-kva.example",
		"xn--bcher-kva.example": "xn--bcher-kva.example",
		"XN--BCHER-KVA.example": "xn--bcher-kva.example",
		"acme。example":          "acme.example",
		"ａｃｍｅ.example":          "acme.example",
		label + ".example":      label + ".example",
	} {
		got, err := tenancy.NormalHostname(given)
		require.NoError(t, err, given)
		assert.Equal(t, want, got)
		again, err := tenancy.NormalHostname(got)
		require.NoError(t, err)
		assert.Equal(t, got, again)
	}
	for _, given := range []string{
		"", ".", ":80", "..", "a..b", ".example", "example..", label + "a.example", strings.Repeat("a.", 127) + "example",
		"http://acme.example", "https://acme.example:443/", "acme.example/path", "acme.example:80/path", "acme.example:http", "acme.example:80:80",
		"[::1]", "[::1]:8080", "::1", "2001:db8::1", "user@acme.example", "acme example", " acme.example", "*.example", "my_host.example",
		"-acme.example", "acme-.example", "xn--zz--.example", "acme\x00.example", "acme.example\n",
	} {
		_, err := tenancy.NormalHostname(given)
		refused(t, err, "bad_hostname", "hostname", clipped(given))
	}
}

func clipped(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
