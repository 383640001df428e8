// Package reason is the key to acting without a person. Only packages below
// access can import it, so access/system is the only door.
package reason

// Reason is why something is done without a person.
type Reason struct{ Text string }
