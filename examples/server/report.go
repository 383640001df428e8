package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"strings"

	"github.com/seed-5be203e9/stint/examples/server/httpapi"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/exchange"
	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// report prints where time went.
func (c console) report(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	var store database
	var who person
	var q report.Query
	store.flags(c, flags)
	who.flags(flags)
	by := flags.String("by", "project", "")
	flags.TextVar(&q.From, "from", zone.Day(0), "")
	flags.TextVar(&q.To, "to", zone.Day(0), "")
	asCSV, asJSON := flags.Bool("csv", false, ""), flags.Bool("json", false, "")
	if err := c.parse(flags, args); err != nil {
		return err
	}
	for d := range strings.SplitSeq(*by, ",") {
		if d = strings.TrimSpace(d); d != "" {
			q.By = append(q.By, report.Dimension(d))
		}
	}
	if err := q.Validate(); err != nil {
		return usage("report: %s", err)
	}
	if *asCSV && *asJSON {
		return usage("report: -csv and -json exclude each other")
	}
	if err := store.there(); err != nil {
		return err
	}
	db, err := store.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	in, as, err := who.find(ctx, db)
	if err != nil {
		return err
	}
	var answer report.Report
	err = db.View(ctx, in, as, func(ctx context.Context, v storage.View) error {
		var err error
		answer, err = report.Run(ctx, v, q)
		return err
	})
	switch {
	case errors.Is(err, fault.Invalid):
		return usage("report: %s", err)
	case err != nil:
		return err
	case *asCSV:
		return exchange.WriteCSV(c.out, answer)
	case *asJSON:
		e := json.NewEncoder(c.out)
		e.SetIndent("", "  ")
		return e.Encode(httpapi.NewReport(answer))
	}
	writeTable(c.out, reportRows(answer), max(1, len(q.By)))
	return nil
}

// reportRows lays a report out: its groups, a sum after each value of the first
// dimension if there are more, and the total.
func reportRows(r report.Report) [][]string {
	by := r.Query.By
	if len(by) == 0 { // one sum, without groups: the total says it
		by, r.Rows = []report.Dimension{""}, nil
	}
	head := make([]string, 0, len(by)+2)
	for _, d := range by {
		head = append(head, string(d))
	}
	rows := [][]string{append(head, "time", "billable")}
	line := func(keys []string, row report.Row) {
		for len(keys) < len(by) {
			keys = append(keys, "")
		}
		rows = append(rows, append(keys, zone.FormatDuration(row.Seconds), zone.FormatDuration(row.Billable)))
	}
	var sum report.Row
	for i, row := range r.Rows {
		keys := make([]string, len(row.Keys))
		for j, k := range row.Keys {
			keys[j] = keyText(by[j], k)
		}
		line(keys, row)
		sum.Seconds, sum.Billable = sum.Seconds+row.Seconds, sum.Billable+row.Billable
		if last := i == len(r.Rows)-1; len(by) > 1 && (last || r.Rows[i+1].Keys[0] != row.Keys[0]) {
			line([]string{keys[0], "sum"}, sum)
			sum = report.Row{}
		}
	}
	line([]string{"total"}, r.Total)
	return rows
}

func keyText(d report.Dimension, k report.Key) string {
	switch {
	case !k.Day.IsZero():
		return k.Day.String()
	case d == report.Billable && k.Billable:
		return "billable"
	case d == report.Billable:
		return "not billable"
	}
	return cmp.Or(k.Name, "no "+string(d))
}
