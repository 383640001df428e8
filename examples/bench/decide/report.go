package decide

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
)

// Plan says what to measure and for how long.
type Plan struct {
	Populations []Population   // that are generated
	Stored      []Population   // that are built in stores, in memory and in SQLite
	Only        *regexp.Regexp // cases whose names match; nil: all
	Rounds      int            // in which everybody has a turn
	Slice       time.Duration  // about how long a turn is
}

// Populations are those of the table that is generated.
var Populations = []Population{
	{200, 1, 10_000}, {200, 50, 10_000}, {2_000, 1, 10_000}, {2_000, 50, 10_000}, {20_000, 1, 10_000}, {20_000, 50, 10_000}, {20_000, 5_000, 10_000},
}

// Stored are those that are built in stores.
var Stored = []Population{{200, 1, 10_000}, {200, 50, 10_000}, {200, 5_000, 10_000}}

// Report measures all cases of a plan and writes two tables.
func Report(ctx context.Context, out, progress io.Writer, p Plan) error {
	policy, err := Rules()
	if err != nil {
		return err
	}
	var rows []Row
	measure := func(c *Case) error {
		row, err := p.Of(policy, c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		rows = append(rows, row)
		fmt.Fprintf(progress, "%s: May %v, ÷ hand %v\n", c.Name, row.Own.Each(NameMay), row.Own.Ratio(NameMay, NameHand))
		return nil
	}
	for _, size := range p.Populations {
		if !p.measures(size.String()) {
			continue
		}
		c, err := Generate(policy, size)
		if err == nil {
			err = measure(c)
		}
		if err != nil {
			return err
		}
	}
	for _, s := range Stores {
		for _, size := range p.Stored {
			if !p.measures(s.Name + ", " + size.String()) {
				continue
			}
			if err := s.with(ctx, func(db storage.DB) error { return InStore(ctx, db, s.Name, size, measure) }); err != nil {
				return err
			}
		}
	}
	return Table(out, rows)
}

func (p Plan) measures(name string) bool { return p.Only == nil || p.Only.MatchString(name) }

// Engines returns the general engines, each with the rules of a case.
func Engines(c *Case) ([]Contender, error) {
	var all []Contender
	for _, make := range []func(*Case) (Contender, error){CEL, CELEach, Casbin, Cedar, OPA} {
		x, err := make(c)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}

// Row is a line of the report.
type Row struct {
	Case    string
	Own     Measured // the ways of the SDK, and the function by hand
	Engines Measured // May, and the engines
	Held    float64  // bytes a binding

	Bindings int
}

// Of measures a case, after all contenders have agreed on its questions. The
// engines have a run of their own with May: they leave nothing in the cache.
func (p Plan) Of(policy *access.Policy, c *Case) (Row, error) {
	engines, err := Engines(c)
	if err != nil {
		return Row{}, err
	}
	own := []Contender{Hand(c), May(c), Named(c), AllActions(c), Words(c)}
	if err := Agree(c, slices.Concat(own, engines)); err != nil {
		return Row{}, err
	}
	if c.Session != nil {
		own = append(own, Filters(c))
	}
	return Row{
		Case: c.Name, Held: Held(policy, c), Bindings: len(c.Bindings),
		Own:     Measure(own, len(c.Questions), p.Rounds, p.Slice),
		Engines: Measure(append(engines, May(c)), len(c.Questions), p.Rounds, p.Slice),
	}, nil
}

// Table writes rows: first what the SDK is compared with, then its own ways.
func Table(out io.Writer, rows []Row) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "case\tMay\tMay ÷ hand\tcel-go ÷ May\tone an action ÷ May\tCasbin cached ÷ May\tcedar-go ÷ May\tOPA ÷ May")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%v\t%v\t%v\t%v\t%v\t%v\t%v\n", r.Case, r.Own.Each(NameMay), r.Own.Ratio(NameMay, NameHand),
			r.Engines.Ratio(NameCEL, NameMay), r.Engines.Ratio(NameCELEach, NameMay), r.Engines.Ratio(NameCasbin, NameMay), r.Engines.Ratio(NameCedar, NameMay), r.Engines.Ratio(NameOPA, NameMay))
	}
	fmt.Fprintln(w, "\ncase\tall actions ÷ May\trule named ÷ May\tin words ÷ May\tfilter\theld a binding")
	for _, r := range rows {
		filter, held := "–", "–"
		if r.Bindings >= 1000 { // of fewer it is what an actor weighs at all
			held = fmt.Sprintf("%.1f B", r.Held)
		}
		if len(r.Own[NameFilter]) > 0 {
			filter = r.Own.Each(NameFilter).String()
		}
		fmt.Fprintf(w, "%s\t%v\t%v\t%v\t%s\t%s\n", r.Case, r.Own.Ratio(NameAll, NameMay), r.Own.Ratio(NameNamed, NameMay), r.Own.Ratio(NameWords, NameMay), filter, held)
	}
	return w.Flush()
}
