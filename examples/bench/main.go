// Command bench measures the store operations of Stint beside the same logical
// statements written by hand, on PostgreSQL and SQLite, and its decisions beside
// a function written by hand and policy engines. See README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime/pprof"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/seed-5be203e9/stint/examples/bench/decide"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	s, p := size{}, plan{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.IntVar(&s.entries, "entries", 200_000, "entries of the domain that is measured")
	flags.IntVar(&s.people, "people", 200, "its people")
	flags.IntVar(&s.projects, "projects", 200, "its projects")
	flags.IntVar(&s.others, "others", 20, "other domains")
	flags.IntVar(&s.otherEntries, "other-entries", 2_000, "entries of each of them")
	flags.IntVar(&s.imported, "import", 100_000, "rows of an import")
	flags.IntVar(&p.rounds, "rounds", 60, "rounds of each operation")
	flags.IntVar(&p.bigRounds, "import-rounds", 3, "rounds of the import")
	flags.DurationVar(&p.slice, "slice", 10*time.Millisecond, "about how long each way has the machine in a round")
	flags.BoolVar(&s.analyze, "analyze", false, "on SQLite, ANALYZE what was built (without samples), which nobody does unasked")
	decisions := flags.Bool("decide", false, "measure decisions, and no store operations")
	only := flags.String("only", "", "measure only the operations, or with -decide the cases, that match this regular expression")
	stores := flags.String("stores", "postgres,sqlite", "the stores to measure")
	profile := flags.String("cpuprofile", "", "write a CPU profile to this file; the tag way says who spent it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	match, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	if *decisions {
		return decide.Report(ctx, out, progress, decide.Plan{Only: match, Rounds: p.rounds, Slice: p.slice, Populations: decide.Populations, Stored: decide.Stored})
	}
	var rows [][]string
	for _, open := range []struct {
		name string
		open func(context.Context, size) (*store, error)
	}{{"postgres", openPostgres}, {"sqlite", openSQLite}} {
		if !strings.Contains(*stores, open.name) {
			continue
		}
		start := time.Now()
		st, err := open.open(ctx, s)
		if errors.Is(err, errNoServer) {
			fmt.Fprintln(progress, "SKIPPED:", err)
			continue
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(progress, "%s: built in %v\n", st.name, time.Since(start).Round(time.Second))
		more, err := st.measureAll(ctx, match, p, *profile, progress)
		st.close()
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	return table(out, rows)
}

// measureAll measures the operations of a store that match.
func (s *store) measureAll(ctx context.Context, match *regexp.Regexp, p plan, profile string, progress io.Writer) (rows [][]string, err error) {
	all, err := s.world.ops(ctx)
	if err != nil {
		return nil, err
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return nil, err
		}
		defer pprof.StopCPUProfile()
	}
	for _, o := range all {
		if !match.MatchString(o.name) {
			continue
		}
		r, err := s.measure(ctx, o, p)
		if err != nil {
			return nil, err
		}
		rows = append(rows, r.row())
		fmt.Fprintln(progress, strings.Join(r.row(), " | "))
	}
	return rows, nil
}

func table(out io.Writer, rows [][]string) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, r := range append([][]string{header}, rows...) {
		fmt.Fprintln(w, strings.Join(r, "\t"))
	}
	return w.Flush()
}
