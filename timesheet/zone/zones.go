package zone

import (
	"strings"
	"sync"
	"time"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// CodeUnknownZone is the code of an error about a name that is no IANA time
// zone.
const CodeUnknownZone fault.Code = "unknown_zone"

// Zones loads time zones by name and remembers them, because package time reads
// and parses a file at every call. The zero value is ready to use; keep one for
// as long as the program runs. Zones is safe for concurrent use and must not be
// copied after first use.
type Zones struct {
	loaded sync.Map // name → *time.Location; only names that loaded
}

// Load returns the zone with an IANA name such as "Europe/Berlin" or "UTC". It
// returns the same pointer for the same name.
//
// The empty name and "Local" are refused, although package time knows them: a
// stored zone must mean the same on every machine. For the same reason so are
// names that only some file systems answer to, such as "posix/Europe/Berlin".
// The error has [CodeUnknownZone] and names the field "zone".
func (z *Zones) Load(name string) (*time.Location, error) {
	if loc, ok := z.loaded.Load(name); ok {
		return loc.(*time.Location), nil
	}
	unknown := fault.Input(CodeUnknownZone, "zone", name, `the name of an IANA time zone, such as "Europe/Berlin"`)
	if !portable(name) {
		return nil, unknown
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, unknown
	}
	kept, _ := z.loaded.LoadOrStore(name, loc)
	return kept.(*time.Location), nil
}

// portable reports whether a name has the form of an IANA name. Without this
// check a file system answers to "Europe//Berlin" and to what else is stored
// beside the zones, and input from outside could fill the cache with spellings.
func portable(name string) bool {
	const longest = 64 // twice the longest there is
	switch name {
	case "Local", "localtime", "posixrules", "Factory":
		return false
	}
	if len(name) > longest {
		return false
	}
	for i, part := range strings.Split(name, "/") {
		if part == "" || !letter(part[0]) {
			return false
		}
		if i == 0 && (part == "posix" || part == "right") {
			return false
		}
		for _, c := range []byte(part) {
			if !letter(c) && !digit(c) && c != '_' && c != '-' && c != '+' {
				return false
			}
		}
	}
	return true
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func digit(c byte) bool { return '0' <= c && c <= '9' }
