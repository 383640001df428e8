package exchange

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// table reads the lines of a delimited file.
type table struct {
	csv *csv.Reader
}

// headPeek is how far the end of the first line is looked for to tell the
// separator, in bytes.
const headPeek = 64 << 10

func newTable(r io.Reader) table {
	buf := bufio.NewReaderSize(transform.NewReader(r, unicode.BOMOverride(transform.Nop)), headPeek)
	head, _ := buf.Peek(headPeek) // an error comes again when reading
	head = bytes.TrimLeft(head, "\r\n")
	if i := bytes.IndexByte(head, '\n'); i >= 0 {
		head = head[:i]
	}
	c := csv.NewReader(buf)
	c.Comma = separator(head)
	c.FieldsPerRecord = -1 // a row with too few or too many is refused, not the file
	return table{c}
}

// separator returns what a header is separated by: that of comma, semicolon and
// tab which it has most of outside of quotes.
func separator(head []byte) rune {
	var commas, semicolons, tabs int
	quoted := false
	for _, b := range head {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == ',':
			commas++
		case b == ';':
			semicolons++
		case b == '\t':
			tabs++
		}
	}
	switch {
	case semicolons > commas && semicolons >= tabs:
		return ';'
	case tabs > commas:
		return '\t'
	}
	return ','
}

// next returns the fields of the next line that is not blank, and the number of
// the line on which it begins. An error of that line alone is a refusal; err is
// io.EOF or an error of the reader below.
func (t table) next() (line int, fields []string, refusal *fault.Error, err error) {
	for {
		fields, err = t.csv.Read()
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			rule := fmt.Sprintf("must be CSV: a quote stands around a whole field, and twice inside it; see line %d, byte %d", bad.Line, bad.Column)
			refusal = fault.Input("bad_csv", "row", strconv.Itoa(bad.StartLine), rule)
			return bad.StartLine, nil, refusal, nil
		}
		if err != nil {
			return 0, nil, nil, err
		}
		for _, f := range fields {
			if strings.TrimSpace(f) != "" {
				line, _ = t.csv.FieldPos(0)
				return line, fields, nil, nil
			}
		}
	}
}

// cells is one row of a file whose header is known.
type cells struct {
	*header
	fields []string
}

// check refuses a row that does not fit the header, and text that no store
// keeps.
func (c cells) check() *fault.Error {
	if len(c.fields) != len(c.names) {
		return fault.Input("field_count", "row", strconv.Itoa(len(c.fields))+" fields", "must have "+strconv.Itoa(len(c.names))+" fields, as the header has")
	}
	for i, f := range c.fields {
		switch {
		case !utf8.ValidString(f):
			return fault.Input("not_utf8", c.names[i], f, "must be valid UTF-8")
		case strings.IndexByte(f, 0) >= 0:
			return fault.Input("name_control", c.names[i], f, "must not hold NUL")
		}
	}
	return nil
}

// get returns the text of a column without space at its ends, and "" for a
// column that the file does not have.
func (c cells) get(col column) string {
	if i, ok := c.at[col]; ok {
		return strings.TrimSpace(c.fields[i])
	}
	return ""
}

// refuse returns a refusal of the value in a column.
func (c cells) refuse(code fault.Code, col column, rule string) *fault.Error {
	return fault.Input(code, c.name(col), c.get(col), rule)
}

// on makes an error of another package one about a column.
func (c cells) on(col column, err error) *fault.Error {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.On(c.name(col), c.get(col))
	}
	return c.refuse(fault.CodeInvalid, col, err.Error())
}
