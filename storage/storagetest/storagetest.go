// Package storagetest is the contract of package storage as tests. The stores
// of Stint run it, and so can a host program against a store of its own:
//
//	func TestStore(t *testing.T) {
//		storagetest.Run(t, func(t testing.TB, cfg storagetest.Config) storage.DB {
//			db, err := mystore.Open(…)
//			require.NoError(t, err)
//			t.Cleanup(func() { db.Close() })
//			require.NoError(t, db.Migrate(t.Context()))
//			return db
//		})
//	}
//
// Every test gets a store of its own, and most of them a [World] in it: two
// domains of the same shape, with sites, people, projects and a little time.
// No test can be left out: a store keeps the whole contract or it does not.
//
// The names of tests begin with the row of FEATURES.md that they prove.
package storagetest

import (
	"slices"
	"testing"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
)

// Config is what a test wants of a store. The zero Config is the policy of
// storage.Policy, the machine's clock and ids of version 7.
type Config struct {
	Policy *access.Policy
	Now    func() time.Time
	NewID  func() [16]byte
}

// Open makes an empty store that is migrated, and closes it with t.Cleanup.
type Open = func(t testing.TB, cfg Config) storage.DB

// Run runs the whole contract against the stores that open makes.
func Run(t *testing.T, open func(t testing.TB, cfg Config) storage.DB) {
	for _, test := range all() {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
}

// test is one promise of the contract.
type test struct {
	name string
	run  func(t *testing.T, open Open)
}

// in makes a test that begins with a World.
func in(name string, run func(t *testing.T, w *World)) test {
	return test{name, func(t *testing.T, open Open) { run(t, NewWorld(t, open)) }}
}

func all() []test {
	return slices.Concat(
		installationTests(),
		isolationTests(),
		sweepTests(),
		kindTests(),
		referenceTests(),
		rightsTests(),
		agreementTests(),
		reasonTests(),
		grantTests(),
		limitTests(),
		pageTests(),
		textTests(),
		clockTests(),
		transactionTests(),
		raceTests(),
		entryTests(),
		overlapTests(),
		eventTests(),
		reportTests(),
		whoTests(),
		impactTests(),
		worldTests(),
		denySweepTests(),
		whereTests(),
		groupTests(),
		overGroupTests(),
		allowedTests(),
		settingTests(),
		switchTests(),
		visibilityTests(),
		levelTests(),
		roleTests(),
		customRoleTests(),
		auditTests(),
		privacyTests(),
		bothSidesTests(),
		tokenTests(),
		revocationTests(),
	)
}
