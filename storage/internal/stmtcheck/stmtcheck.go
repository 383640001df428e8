// Package stmtcheck holds the SQL stores to their rules, in tests.
//
// A [Log] sees every statement that leaves a store: put its Wrap into the
// store's Config. It refuses a statement that names a table of a domain without
// saying which domain (see [Check]), before the database sees it, and counts
// round trips. [Lint] holds the tables of a live database to the table of
// kinds.
package stmtcheck

import (
	"database/sql/driver"
	"maps"
	"slices"
	"sync"

	"github.com/seed-5be203e9/stint/storage"
)

// Prefix is put before the names of all tables.
const Prefix = "stint_"

// DomainTables returns the names of the tables whose rows belong to a domain.
func DomainTables() []string {
	var names []string
	for _, k := range storage.NewKinds().All() {
		if k.Level != storage.OfInstallation {
			names = append(names, Prefix+k.Table)
		}
	}
	for part := range storage.Parts() {
		names = append(names, Prefix+part)
	}
	slices.Sort(names)
	return names
}

// Log is what connections have sent. It may be used by many at once.
type Log struct {
	tables []string

	mu      sync.Mutex
	trips   int
	sent    map[string]int
	refused []error
}

// New returns a Log that refuses statements over these tables which do not say
// the domain.
func New(tables []string) *Log { return &Log{tables: tables, sent: map[string]int{}} }

// Wrap puts the log around a driver's connector. It is a Config.Wrap of the
// stores, and may be used for several pools.
func (l *Log) Wrap(to driver.Connector) driver.Connector { return connector{to, l} }

// Trips returns how often the database was asked and had to answer, since the
// last Reset: once for a statement or a batch, once for preparing one, for BEGIN
// and for COMMIT. It does not see what a driver sends by itself: pgx describes a
// statement when a connection meets it for the first time.
func (l *Log) Trips() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.trips
}

// Statements returns the different statements since the last Reset, sorted.
func (l *Log) Statements() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.sent))
}

// Refused returns the statements that were refused: an error of a store that was
// expected anyhow may hide one.
func (l *Log) Refused() []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.refused)
}

// Reset forgets what was sent, but not what was refused.
func (l *Log) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trips, l.sent = 0, map[string]int{}
}

// trip counts one round trip.
func (l *Log) trip() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trips++
}

// see notes statements that are about to leave together, or says why they must
// not.
func (l *Log) see(statements ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range statements {
		if l.sent[s] == 0 { // those that went before were checked
			if err := Check(s, l.tables); err != nil {
				l.refused = append(l.refused, err)
				return err
			}
		}
		l.sent[s]++
	}
	l.trips++
	return nil
}
