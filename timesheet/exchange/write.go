package exchange

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// WriteCSV writes a report as CSV in UTF-8: a column for each dimension of its
// query, named as the dimension, and then seconds, hours (decimal, with a point
// and up to four places) and billable_seconds. A row is a group; the total is
// not among them. A day is written 2006-01-02, a week and a month by their
// first day; billable is yes or no; time without a key, such as time without a
// project, has an empty cell.
//
// Spreadsheets take a cell that begins with = + - @, a tab or a carriage return
// for a formula, and run it. A name that begins so is written with an
// apostrophe before it.
//
// The error is that of the writer.
func WriteCSV(w io.Writer, r report.Report) error {
	out := csv.NewWriter(w)
	var line []string
	for _, d := range r.Query.By {
		line = append(line, string(d))
	}
	if err := out.Write(append(line, "seconds", "hours", "billable_seconds")); err != nil {
		return err
	}
	for _, row := range r.Rows {
		line = line[:0]
		for i, key := range row.Keys {
			line = append(line, keyText(r.Query.By[i], key))
		}
		line = append(line, strconv.FormatInt(row.Seconds, 10), zone.Hours(row.Seconds), strconv.FormatInt(row.Billable, 10))
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func keyText(d report.Dimension, k report.Key) string {
	switch {
	case d == report.Day || d == report.Week || d == report.Month:
		return k.Day.String()
	case d == report.Billable && k.Billable:
		return "yes"
	case d == report.Billable:
		return "no"
	case strings.IndexAny(k.Name, "=+-@\t\r") == 0:
		return "'" + k.Name
	}
	return k.Name
}
