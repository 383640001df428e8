package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/seed-5be203e9/stint/examples/server/httpapi"
	"github.com/seed-5be203e9/stint/examples/server/intake"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet/exchange"
)

// uploadMost bounds an uploaded file, and uploadMemory what is held of it in
// memory while it is received.
const (
	uploadMost   = 16 << 20
	uploadMemory = 1 << 20
)

type importView struct {
	Shell        shell
	Form         importForm
	Error        string
	Report       *exchange.Report // nil before a file was sent
	Refused      []exchange.Result
	Noted        []exchange.Result
	More         int // refused or noted rows that are not shown
	StoredTime   int64
	ExistingTime int64
}

type importForm struct {
	Name         string // of the file
	Format       exchange.Format
	Zone, Dates  string
	CreatePeople bool
	Dry          bool
}

// mostShown bounds the rows that a page lists.
const mostShown = 200

func (p *Pages) showImport(w http.ResponseWriter, r *http.Request) error {
	view := importView{Form: importForm{CreatePeople: true}}
	if err := p.prepare(r, &view); err != nil {
		return err
	}
	return p.render(w, http.StatusOK, "import", view)
}

// runImport brings an uploaded file in and shows what became of its rows.
func (p *Pages) runImport(w http.ResponseWriter, r *http.Request) error {
	in, as, err := p.Who(r) // before the body is read
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, uploadMost)
	if err := r.ParseMultipartForm(uploadMemory); err != nil {
		if _, big := errors.AsType[*http.MaxBytesError](err); big {
			return err
		}
		return fault.Input("bad_form", "file", "", "must be sent by the form of the import page")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	view := importView{Form: importForm{
		Format: exchange.Format(r.FormValue("format")), Zone: r.FormValue("zone"), Dates: r.FormValue("dates"),
		CreatePeople: r.FormValue("create_people") != "", Dry: r.FormValue("dry") != "",
	}}
	file, head, err := r.FormFile("file")
	if err == nil {
		defer file.Close()
		view.Form.Name = head.Filename
		var report exchange.Report
		report, err = intake.Import(r.Context(), p.DB, in, as, file, exchange.Options{
			Book: p.Book, Format: view.Form.Format, Zone: view.Form.Zone, DateFormat: view.Form.Dates, CreatePeople: view.Form.CreatePeople,
		}, view.Form.Dry)
		view.tell(report)
	} else {
		err = fault.Input("file_missing", "file", "", "must be chosen")
	}
	status := http.StatusOK
	if err != nil {
		if status = httpapi.Status(err); status == http.StatusInternalServerError {
			return err
		}
		view.Report, view.Error = nil, message(err)
	}
	if err := p.prepare(r, &view); err != nil {
		return err
	}
	return p.render(w, status, "import", view)
}

// prepare reads what the page shows besides a result.
func (p *Pages) prepare(r *http.Request, view *importView) error {
	return p.open(r, func(ctx context.Context, v storage.View) (err error) {
		view.Shell, err = newShell(ctx, v, "import")
		return err
	})
}

// tell sorts a report for the page.
func (v *importView) tell(r exchange.Report) {
	v.Report = &r
	for _, x := range r.Projects {
		v.StoredTime += x.Stored
		v.ExistingTime += x.Unchanged
	}
	for _, row := range r.Rows {
		list := &v.Refused
		switch {
		case row.Err == nil && len(row.Notes) == 0:
			continue
		case row.Err == nil:
			list = &v.Noted
		}
		if len(*list) >= mostShown {
			v.More++
			continue
		}
		*list = append(*list, row)
	}
}
