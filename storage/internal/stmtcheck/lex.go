package stmtcheck

import (
	"strings"
	"unicode"
)

// item is a token, or what stands between two parentheses.
type item struct {
	kind  itemKind
	text  string // of a word: in lower case, with what is before its dots
	items []item // of a group
}

type itemKind uint8

const (
	word   itemKind = iota // an identifier or keyword: domain_id, t.domain_id, where
	quoted                 // an identifier in quotes: never a keyword
	value                  // an argument or literal
	sign                   // anything else
	group                  // what stands in parentheses
)

func (i item) is(words ...string) bool {
	for _, w := range words {
		if (i.kind == word || i.kind == sign) && i.text == w {
			return true
		}
	}
	return false
}

// name returns an identifier, with what is before its last dot.
func (i item) name() (before, last string) {
	if i.kind != word && i.kind != quoted {
		return "", ""
	}
	if dot := strings.LastIndexByte(i.text, '.'); dot >= 0 {
		return i.text[:dot], i.text[dot+1:]
	}
	return "", i.text
}

// parse takes a text apart. What it does not understand becomes a sign, which
// no rule accepts anything for.
func parse(text string) []item {
	s := &scanner{text: text}
	items := s.items()
	for s.at < len(s.text) { // a parenthesis too many
		s.at++
		items = append(items, s.items()...)
	}
	return items
}

type scanner struct {
	text string
	at   int
}

// items reads until a closing parenthesis or the end.
func (s *scanner) items() []item {
	var out []item
	for {
		s.skip()
		if s.at == len(s.text) || s.text[s.at] == ')' {
			return out
		}
		next := s.next()
		if next.kind == sign && next.text == "::" { // a cast changes nothing that matters here
			s.skip()
			s.identifier()
			for strings.HasPrefix(s.text[s.at:], "[]") {
				s.at += 2
			}
			if len(out) > 0 && out[len(out)-1].kind == value {
				continue
			}
		}
		out = append(out, next)
	}
}

func (s *scanner) skip() {
	for s.at < len(s.text) {
		rest := s.text[s.at:]
		switch {
		case unicode.IsSpace(rune(rest[0])):
			s.at++
		case strings.HasPrefix(rest, "--"):
			s.until("\n")
		case strings.HasPrefix(rest, "/*"):
			s.until("*/")
		default:
			return
		}
	}
}

// until moves behind the next end.
func (s *scanner) until(end string) {
	if i := strings.Index(s.text[s.at:], end); i >= 0 {
		s.at += i + len(end)
	} else {
		s.at = len(s.text)
	}
}

func (s *scanner) next() item {
	rest := s.text[s.at:]
	c := rest[0]
	switch {
	case c == '(':
		s.at++
		g := item{kind: group, items: s.items()}
		if s.at < len(s.text) {
			s.at++
		}
		return g
	case c == '\'', (c == 'x' || c == 'X' || c == 'e' || c == 'E') && strings.HasPrefix(rest[1:], "'"):
		s.literal()
		return item{kind: value}
	case c == '?', c == '$', c >= '0' && c <= '9':
		s.at++
		for s.at < len(s.text) && (s.text[s.at] >= '0' && s.text[s.at] <= '9' || s.text[s.at] == '.') {
			s.at++
		}
		return item{kind: value}
	case c == '"' || letter(c):
		return s.identifier()
	case strings.HasPrefix(rest, "::"):
		s.at += 2
		return item{kind: sign, text: "::"}
	case strings.IndexByte("<>=!|&", c) >= 0:
		n := 1
		for n < len(rest) && strings.IndexByte("<>=!|&", rest[n]) >= 0 {
			n++
		}
		s.at += n
		return item{kind: sign, text: rest[:n]}
	}
	s.at++
	return item{kind: sign, text: rest[:1]}
}

// literal moves behind a string, in which a quote is doubled.
func (s *scanner) literal() {
	s.at += strings.IndexByte(s.text[s.at:], '\'') + 1
	s.until("'")
	for s.at < len(s.text) && s.text[s.at] == '\'' {
		s.at++
		s.until("'")
	}
}

func letter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// identifier reads a name with its dots.
func (s *scanner) identifier() item {
	it := item{kind: word}
	for s.at < len(s.text) {
		from := s.at
		if s.text[s.at] == '"' {
			it.kind = quoted
			s.at++
			s.until(`"`)
			it.text += strings.Trim(s.text[from:s.at], `"`)
		} else {
			for s.at < len(s.text) && (letter(s.text[s.at]) || s.at > from && s.text[s.at] >= '0' && s.text[s.at] <= '9') {
				s.at++
			}
			it.text += strings.ToLower(s.text[from:s.at])
		}
		if s.at+1 >= len(s.text) || s.text[s.at] != '.' || s.text[s.at+1] != '"' && !letter(s.text[s.at+1]) {
			break
		}
		it.text += "."
		s.at++
	}
	return it
}
