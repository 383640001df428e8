package exchange

import "strings"

// Format is a kind of file. It is also the External.Source of the entries that
// are imported from it.
type Format string

// The formats. The zero Format is told from the header.
const (
	Toggl     Format = "toggl"     // the detailed CSV export of Toggl Track
	Intervals Format = "intervals" // dt_start, dt_end and what the time went on
)

// column is what a column means, by its usual name.
type column string

const (
	colUser      column = "User"
	colEmail     column = "Email"
	colClient    column = "Client"
	colProject   column = "Project"
	colTask      column = "Task"
	colNote      column = "Description"
	colBillable  column = "Billable"
	colStartDate column = "Start date"
	colStartTime column = "Start time"
	colEndDate   column = "End date"
	colEndTime   column = "End time"
	colDuration  column = "Duration"
	colTags      column = "Tags"
	colAmount    column = "Amount"
	colStart     column = "dt_start"
	colEnd       column = "dt_end"
	colTool      column = "Tool"
	colIgnored   column = "ignored"
)

// names returns the columns of a format, for matching and for messages.
func (f Format) names() []column {
	if f == Intervals {
		return []column{colStart, colEnd, colProject, colTool, colTask, colDuration}
	}
	return []column{colUser, colEmail, colClient, colProject, colTask, colNote, colBillable, colStartDate, colStartTime,
		colEndDate, colEndTime, colDuration, colTags}
}

// column returns what a name in a header means, amounts aside.
func (f Format) column(name string) (column, bool) {
	for _, c := range f.names() {
		if strings.EqualFold(name, string(c)) {
			return c, true
		}
	}
	switch lower := strings.ToLower(name); {
	case f == Toggl && lower == "stop date":
		return colEndDate, true
	case f == Toggl && lower == "stop time":
		return colEndTime, true
	case f == Intervals && (lower == "weekday" || lower == "week_num"): // they follow from the start
		return colIgnored, true
	}
	return "", false
}

// required returns what a file must have: of each group, all columns of one of
// its alternatives.
func (f Format) required() [][][]column {
	if f == Intervals {
		return [][][]column{{{colStart}}, {{colEnd}, {colDuration}}, {{colProject}, {colTool}}}
	}
	return [][][]column{{{colEmail}, {colUser}}, {{colStartDate}}, {{colStartTime}}, {{colEndDate, colEndTime}, {colDuration}}}
}
