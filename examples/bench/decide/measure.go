package decide

import (
	"fmt"
	"slices"
	"time"
)

// Measured is what contenders cost: of each the time of one question, round by
// round.
type Measured map[string][]float64

// Each is the median time of one question.
func (m Measured) Each(name string) time.Duration {
	return time.Duration(spanOf(slices.Clone(m[name])).median)
}

// Ratio says how many times as long one contender takes as another.
func (m Measured) Ratio(name, to string) Span {
	ratios := make([]float64, len(m[name]))
	for round, t := range m[name] {
		ratios[round] = t / m[to][round]
	}
	return spanOf(ratios)
}

// Span is a median with the quartiles around it.
type Span struct{ low, median, high float64 }

func spanOf(values []float64) Span {
	slices.Sort(values)
	n := len(values)
	return Span{values[n/4], values[n/2], values[n*3/4]}
}

// String writes the median and, in brackets, the quartiles.
func (s Span) String() string {
	if s.median >= 20 {
		return fmt.Sprintf("%.0f [%.0f–%.0f]", s.median, s.low, s.high)
	}
	return fmt.Sprintf("%.2f [%.2f–%.2f]", s.median, s.low, s.high)
}

// block is how many questions are asked in a turn, before they are asked again:
// few enough that what was loaded stays in the cache, as it does after a read,
// and too many for a processor to learn the answers.
const block = 2000

// Measure lets contenders take turns in answering the questions of a case: in
// every round each goes through the next block of questions, first for itself
// and then, for about a slice of time, for the clock. Who begins changes.
func Measure(contenders []Contender, questions, rounds int, slice time.Duration) Measured {
	size, passes := make([]int, len(contenders)), make([]int, len(contenders))
	for i, c := range contenders {
		start := time.Now()
		c.Run(0, questions)
		fit := max(1, int(slice*time.Duration(questions)/max(time.Since(start), 1)))
		size[i] = min(fit, block, questions)
		passes[i] = fit / size[i]
	}
	m := Measured{}
	for round := range rounds {
		for k := range contenders {
			i := (round + k) % len(contenders)
			c, from := contenders[i], round%(questions/size[i])*size[i]
			c.Run(from, from+size[i])
			start := time.Now()
			for range passes[i] {
				c.Run(from, from+size[i])
			}
			m[c.Name] = append(m[c.Name], float64(time.Since(start))/float64(passes[i]*size[i]))
		}
	}
	return m
}
