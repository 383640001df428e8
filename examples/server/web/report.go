package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/report"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

type reportView struct {
	Shell        shell
	Span         span
	Before, Next span
	Chart        chart
	CSV          string // where the same numbers are as CSV
	Empty        bool   // no time at all yet, so there is something to explain
	Error        string
}

// showReport is the first page: where time went.
func (p *Pages) showReport(w http.ResponseWriter, r *http.Request) error {
	view, status := reportView{}, http.StatusOK
	err := p.open(r, func(ctx context.Context, v storage.View) (err error) {
		view, status = reportView{}, http.StatusOK // the closure may run again
		if view.Shell, err = newShell(ctx, v, "report"); err != nil {
			return err
		}
		usual := func() (zone.Day, zone.Day, error) { return p.usualSpan(ctx, v, &view) }
		view.Span, err = readSpan(r.URL.Query(), usual)
		if err != nil {
			view.Error, status = message(err), http.StatusUnprocessableEntity
			if view.Span, err = readSpan(url.Values{}, usual); err != nil {
				return err
			}
		}
		by := []report.Dimension{report.Client, report.Project, view.Span.Group}
		answer, err := report.Run(ctx, v, report.Query{By: by, From: view.Span.From, To: view.Span.To})
		view.Chart = newChart(view.Span, answer)
		return err
	})
	if err != nil {
		return err
	}
	view.Before, view.Next = view.Span.beside(-1), view.Span.beside(+1)
	view.CSV = "/api/report.csv?" + url.Values{
		"by": {"project," + string(view.Span.Group)}, "from": {view.Span.From.String()}, "to": {view.Span.To.String()},
	}.Encode()
	return p.render(w, status, "report", view)
}

// usualSpan is the range when none is asked for: the last four weeks that have
// time, or the current month.
func (p *Pages) usualSpan(ctx context.Context, v storage.View, view *reportView) (from, to zone.Day, err error) {
	page, err := v.Entries(ctx, v.Who().Sees(timesheet.ViewEntry), timesheet.EntryQuery{Limit: 1})
	if err != nil {
		return 0, 0, err
	}
	if view.Empty = len(page.Rows) == 0; view.Empty {
		today := zone.DayOf(p.Now(), p.Now().Location())
		return today.StartOfMonth(), today.EndOfMonth(), nil
	}
	loc, err := p.zones.Load(page.Rows[0].Zone)
	if err != nil {
		return 0, 0, err
	}
	from, to = fourWeeks(zone.DayOf(page.Rows[0].Start, loc))
	return from, to, nil
}
