package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime/pprof"
	"slices"
	"time"

	"github.com/seed-5be203e9/stint/storage"
)

// way is one way to do an operation.
type way struct {
	name string
	do   func(ctx context.Context, i int) error
}

// result is what one operation cost.
type result struct {
	op, store    string
	rounds, each int
	sdk, hand    time.Duration // medians
	ratio        span          // SDK / hand, of the rounds
	tuned        span          // SDK / tuned hand; zero: there is none
	trips        [2]int        // SDK, hand; zero: not counted
}

// span is a median with the least and the most.
type span struct{ median, least, most float64 }

func spanOf(values []float64) span {
	slices.Sort(values)
	return span{values[len(values)/2], values[0], values[len(values)-1]}
}

func (s span) String() string {
	if s.median == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f [%.2f–%.2f]", s.median, s.least, s.most)
}

// plan says how long to measure.
type plan struct {
	rounds    int           // of each operation
	bigRounds int           // of those that are big
	slice     time.Duration // about how long one way has the machine at a time
}

// measure does an operation in each way, turn by turn.
func (s *store) measure(ctx context.Context, o op, p plan) (result, error) {
	ways := []way{
		{"sdk", func(ctx context.Context, i int) error { _, err := o.sdk(ctx, s.world.db, i); return err }},
		{"hand", func(ctx context.Context, i int) error { _, err := o.hand(ctx, s.hand, i); return err }},
	}
	if s.tuned != nil {
		ways = append(ways, way{"tuned", func(ctx context.Context, i int) error { _, err := o.hand(ctx, s.tuned, i); return err }})
	}
	r := result{op: o.name, store: s.name, rounds: p.rounds, each: 1}
	if o.big {
		r.rounds = p.bigRounds
	} else {
		// Warm up: every actor and every statement, beyond the five runs after
		// which the server settles on a plan.
		slowest := time.Duration(0)
		for _, w := range ways {
			for i := range 2 * actors {
				if err := w.do(ctx, i); err != nil {
					return r, fmt.Errorf("%s, %s, %s: %w", s.name, o.name, w.name, err)
				}
			}
			start := time.Now()
			for i := range 10 {
				if err := w.do(ctx, i); err != nil {
					return r, err
				}
			}
			slowest = max(slowest, time.Since(start)/10)
		}
		r.each = max(1, int(p.slice/max(slowest, 1)))
	}
	times := map[string][]float64{}
	for round := range r.rounds {
		for k := range ways {
			w := ways[(round+k)%len(ways)]
			var took time.Duration
			var err error
			pprof.Do(ctx, pprof.Labels("way", w.name), func(ctx context.Context) {
				start := time.Now()
				for i := range r.each {
					if err = w.do(ctx, round*r.each+i); err != nil {
						return
					}
				}
				took = time.Since(start)
			})
			if err != nil {
				return r, fmt.Errorf("%s, %s, %s: %w", s.name, o.name, w.name, err)
			}
			times[w.name] = append(times[w.name], float64(took)/float64(r.each))
			if o.big {
				if _, err := s.clean(ctx); err != nil {
					return r, err
				}
			}
		}
	}
	against := func(name string) (out []float64) {
		for i, t := range times["sdk"] {
			out = append(out, t/times[name][i])
		}
		return out
	}
	r.ratio = spanOf(against("hand"))
	if s.tuned != nil {
		r.tuned = spanOf(against("tuned"))
	}
	r.sdk, r.hand = time.Duration(spanOf(times["sdk"]).median), time.Duration(spanOf(times["hand"]).median)
	if s.trips != nil && !o.big {
		var err error
		r.trips, err = s.countTrips(ctx, o)
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// countTrips counts the round trips of both ways.
func (s *store) countTrips(ctx context.Context, o op) (out [2]int, err error) {
	out[0], err = s.trips(ctx, func(db storage.DB, _ hand) error { _, err := o.sdk(ctx, db, 0); return err })
	if err == nil {
		out[1], err = s.trips(ctx, func(_ storage.DB, h hand) error { _, err := o.hand(ctx, h, 0); return err })
	}
	return out, err
}

// row returns the result as cells of a table.
func (r result) row() []string {
	trips := "–"
	if r.trips[0] != 0 {
		trips = fmt.Sprintf("%d / %d", r.trips[0], r.trips[1])
	}
	return []string{r.op, r.store, short(r.sdk), short(r.hand), r.ratio.String(), r.tuned.String(), trips, fmt.Sprintf("%d × %d", r.rounds, r.each)}
}

var header = []string{"operation", "store", "SDK", "hand", "ratio", "ratio to one pipeline", "round trips SDK / hand", "rounds"}

func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%.0f ms", float64(d)/1e6)
	case d >= time.Millisecond:
		return fmt.Sprintf("%.2f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.0f µs", float64(d)/1e3)
}

// sortTotals puts totals whose order is free into one.
func sortTotals(t []total) {
	slices.SortFunc(t, func(a, b total) int {
		return cmp.Or(slices.Compare(a.project[:], b.project[:]), cmp.Compare(a.day, b.day))
	})
}
