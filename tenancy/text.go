package tenancy

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// CleanName returns s as it is stored: valid UTF-8 in composed form (NFC),
// without space at its ends. It refuses an empty name ("name_empty"), one of
// more than most runes ("name_too_long"), and control characters, NUL among
// them ("name_control").
func CleanName(field, s string, most int) (string, error) {
	c, err := CleanText(field, s, most)
	if err != nil {
		return "", err
	}
	if c == "" {
		return "", fault.Input("name_empty", field, s, "must not be empty")
	}
	if strings.ContainsFunc(c, unicode.IsControl) {
		return "", fault.Input("name_control", field, s, "must not hold control characters or line breaks")
	}
	return c, nil
}

// CleanText is CleanName for free text: it may be empty and may hold line
// breaks and tabs, but no other control characters. Its codes are the same.
func CleanText(field, s string, most int) (string, error) {
	if !utf8.ValidString(s) {
		return "", fault.Input("not_utf8", field, s, "must be valid UTF-8")
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }); i >= 0 {
		return "", fault.Input("name_control", field, s, "must not hold control characters such as NUL")
	}
	c := norm.NFC.String(strings.TrimSpace(s))
	if utf8.RuneCountInString(c) > most {
		return "", fault.Input("name_too_long", field, s, "must have at most "+strconv.Itoa(most)+" characters")
	}
	return c, nil
}

// NameKey is what two names are compared by: case-folded and in compatibility
// form, with inner runs of space as one. "Dev" and " dev " have the same key.
func NameKey(name string) string {
	return cases.Fold().String(norm.NFKC.String(strings.Join(strings.Fields(name), " ")))
}

// NormalHostname returns the form in which a hostname is stored and looked up:
// without port and final dot, in lower case, in ASCII (IDNA). Its error has the
// code "bad_hostname".
func NormalHostname(host string) (string, error) {
	name := host
	if before, port, found := strings.Cut(name, ":"); found && strings.Trim(port, "0123456789") == "" {
		name = before
	}
	name = strings.TrimSuffix(name, ".")
	ascii, err := idna.Lookup.ToASCII(name)
	noLabel := func(s string) bool { return s == "" || len(s) > 63 }
	if err != nil || len(ascii) > 253 || slices.ContainsFunc(strings.Split(ascii, "."), noLabel) {
		return "", fault.Input("bad_hostname", "hostname", host, "must be a DNS name such as time.example.org, without scheme, port or path")
	}
	return ascii, nil
}
