package storagetest

import (
	"encoding/binary"
	"sync"
	"time"
)

// Clock is a clock that a test moves. Its Now is a Config.Now.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at an instant.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now returns where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Counter is a source of ids that can be set back, so that rows of two domains
// get the same ids. Its Next is a Config.NewID. The ids look like version 7.
type Counter struct {
	mu   sync.Mutex
	next uint64
}

// Next returns the next id.
func (c *Counter) Next() [16]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	id := [16]byte{5: 1, 6: 0x70, 8: 0x80}
	binary.BigEndian.PutUint32(id[:4], uint32(c.next>>32))
	binary.BigEndian.PutUint32(id[12:], uint32(c.next))
	return id
}

// Set makes n the number before the next id's.
func (c *Counter) Set(n uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = n
}
