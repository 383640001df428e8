package tenancy

import (
	"github.com/google/uuid"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// ID is the identity of a T: a UUID, version 7 when Stint makes it. The type
// parameter keeps the id of a project from being passed as that of a client
// (but for Rows.Get and Query.Parent, which take the bytes of any); it is never
// stored. The zero ID means "none".
type ID[T any] [16]byte

// The ids of this package's nouns.
type (
	DomainID     = ID[Domain]
	SiteID       = ID[Site]
	AccountID    = ID[Account]
	MembershipID = ID[Membership]
)

// IsZero reports whether id means "none".
func (id ID[T]) IsZero() bool { return id == ID[T]{} }

// String returns the canonical form of a UUID, and "" for the zero ID.
func (id ID[T]) String() string {
	if id.IsZero() {
		return ""
	}
	return uuid.UUID(id).String()
}

// MarshalText implements encoding.TextMarshaler with String's form.
func (id ID[T]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText accepts what ParseID accepts, and the empty text for none.
func (id *ID[T]) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID[T]{}
		return nil
	}
	parsed, err := ParseID[T](string(text))
	if err == nil {
		*id = parsed
	}
	return err
}

// Raw gives stores the sixteen bytes to read into.
func (id *ID[T]) Raw() *[16]byte { return (*[16]byte)(id) }

// ParseID reads the canonical form of a UUID. Its error has the code "bad_id".
func ParseID[T any](s string) (ID[T], error) {
	u, err := uuid.Parse(s)
	if err != nil || len(s) != 36 || u == (uuid.UUID{}) {
		return ID[T]{}, fault.Input("bad_id", "id", s, "must be a UUID such as 0190d2c4-7a3b-7c11-9f0e-2f1a6f3d5b10")
	}
	return ID[T](u), nil
}

// NewUUID makes a version 7 UUID from the machine's clock and randomness. It is
// the default of every configuration that takes a source of ids.
func NewUUID() [16]byte { return uuid.Must(uuid.NewV7()) }

// RootDomain is the id of the root domain in every installation. It is fixed
// so that the schema itself can refuse business rows in it.
var RootDomain = DomainID{6: 0x70, 8: 0x80, 15: 1}
