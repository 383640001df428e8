package access

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// index finds what is held at a place by its id. What is held is sorted by the
// hash of the id; a bucket is what begins with the same bits of it, two ids or
// fewer as a rule.
type index struct {
	held    []held
	buckets []uint32 // where each begins, and where the last ends; none for few
	shift   uint8    // what brings a hash to the number of its bucket
}

type held struct {
	id   [16]byte
	what uint32
}

// few is up to how many are searched one after the other.
const few = 4

func hash(id *[16]byte) uint64 {
	h := binary.LittleEndian.Uint64(id[:8])*0x9E3779B97F4A7C15 ^ binary.LittleEndian.Uint64(id[8:])
	return h * 0xD6E8FEB86659FD93
}

func newIndex(all []held) index {
	slices.SortFunc(all, func(a, b held) int {
		return cmp.Or(cmp.Compare(hash(&a.id), hash(&b.id)), bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.what, b.what))
	})
	x := index{held: slices.Clone(slices.Compact(all))} // as few bytes as it takes
	if len(x.held) <= few {
		return x
	}
	wide := bits.Len(uint(len(x.held)-1) / 2)
	x.shift, x.buckets = uint8(64-wide), make([]uint32, 1<<wide+1)
	for i := range x.held {
		x.buckets[hash(&x.held[i].id)>>x.shift+1] = uint32(i + 1)
	}
	for b := 1; b < len(x.buckets); b++ {
		x.buckets[b] = max(x.buckets[b], x.buckets[b-1]) // of those that are empty
	}
	return x
}

// at returns all that is held at an id.
func (x *index) at(id *[16]byte) []held {
	in := x.held
	if len(x.buckets) > 0 {
		b := hash(id) >> x.shift
		in = in[x.buckets[b]:x.buckets[b+1]]
	}
	for i := range in {
		if in[i].id == *id {
			n := i + 1
			for n < len(in) && in[n].id == *id {
				n++
			}
			return in[i:n]
		}
	}
	return nil
}
