package exchange

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/currency"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// header is the first line of a file: where each column is, and what the file
// calls it.
type header struct {
	format  Format
	names   []string
	at      map[column]int
	amounts []amountColumn
}

// amountColumn is a column of amounts in one currency.
type amountColumn struct {
	index    int
	currency string // ISO 4217; empty if the file names none
	digits   int    // of the minor unit
}

// parseHeader reads a header for a format, or for the one that it tells. Its
// errors have the codes not_utf8, unknown_format, unknown_column, column_twice,
// unknown_currency and column_missing.
func parseHeader(names []string, format Format) (header, error) {
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
		if !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
			return header{}, fault.Input("not_utf8", "header", name, "must be UTF-8 text, or UTF-16 with a byte order mark")
		}
	}
	switch format {
	case Toggl, Intervals:
	case "":
		format = Toggl
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, string(colStart)) }) {
			format = Intervals
		}
	default:
		return header{}, fault.Input("unknown_format", "format", string(format), "must be toggl or intervals, or left out to be told from the header")
	}
	h := header{format: format, names: names, at: map[column]int{}}
	for i, name := range names {
		if err := h.add(i, name); err != nil {
			return header{}, err
		}
	}
	return h, h.complete()
}

func (h *header) add(i int, name string) error {
	if h.format == Toggl {
		if amount, is, err := parseAmountColumn(i, name); is {
			if err == nil && slices.ContainsFunc(h.amounts, func(a amountColumn) bool { return a.currency == amount.currency }) {
				err = columnTwice(name)
			}
			h.amounts = append(h.amounts, amount)
			return err
		}
	}
	c, known := h.format.column(name)
	if !known {
		known := make([]string, 0, 16)
		for _, c := range h.format.names() {
			known = append(known, string(c))
		}
		if h.format == Toggl {
			known = append(known, "Amount (USD)")
		}
		return fault.Input("unknown_column", "header", name, "is not a column of this format: remove it, or name it one of "+strings.Join(known, ", "))
	}
	if _, twice := h.at[c]; twice && c != colIgnored {
		return columnTwice(name)
	}
	h.at[c] = i
	return nil
}

func columnTwice(name string) error {
	return fault.Input("column_twice", "header", name, "is there twice: remove one of the columns")
}

// parseAmountColumn reads a name such as "Amount (USD)", and says whether it is
// one of an amount at all.
func parseAmountColumn(i int, name string) (a amountColumn, is bool, err error) {
	if len(name) < len(colAmount) || !strings.EqualFold(name[:len(colAmount)], string(colAmount)) {
		return a, false, nil
	}
	a.index = i
	rest := strings.TrimSpace(name[len(colAmount):])
	if rest == "" || rest == "()" {
		return a, true, nil
	}
	code, opened := strings.CutPrefix(rest, "(")
	code, closed := strings.CutSuffix(code, ")")
	if !opened || !closed {
		return a, false, nil
	}
	unit, err := currency.ParseISO(strings.ToUpper(strings.TrimSpace(code)))
	if err != nil {
		return a, true, fault.Input("unknown_currency", "header", name, "must name a currency by its ISO 4217 code, such as Amount (USD)")
	}
	a.currency = unit.String()
	a.digits, _ = currency.Standard.Rounding(unit)
	return a, true, nil
}

// complete refuses a header that lacks a column which is required, or that has
// one half of an end.
func (h *header) complete() error {
	has := func(c column) bool { _, ok := h.at[c]; return ok }
	lacks := func(c column) bool { return !has(c) }
	var missing []string
	for _, group := range h.format.required() {
		if slices.ContainsFunc(group, func(all []column) bool { return !slices.ContainsFunc(all, lacks) }) {
			continue
		}
		var choice []string
		for _, all := range group {
			var names []string
			for _, c := range all {
				names = append(names, string(c))
			}
			choice = append(choice, strings.Join(names, " and "))
		}
		missing = append(missing, strings.Join(choice, " or "))
	}
	if len(missing) == 0 && has(colEndDate) != has(colEndTime) {
		missing = append(missing, "End date and End time, both or neither")
	}
	if len(missing) > 0 {
		return fault.Input("column_missing", "header", strings.Join(h.names, ","), "must have these columns too: "+strings.Join(missing, "; "))
	}
	return nil
}

// name returns how the file spells a column, and the usual name of one that it
// does not have.
func (h *header) name(c column) string {
	if i, ok := h.at[c]; ok {
		return h.names[i]
	}
	return string(c)
}
