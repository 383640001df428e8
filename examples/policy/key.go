package main

import (
	"database/sql/driver"

	"github.com/seed-5be203e9/stint/tenancy"
)

// key is an id in the program's own table: a UUID as text, or NULL for none.
type key [16]byte

// Value implements driver.Valuer.
func (k key) Value() (driver.Value, error) {
	if k == (key{}) {
		return nil, nil
	}
	return tenancy.ID[key](k).String(), nil
}

// Scan implements sql.Scanner.
func (k *key) Scan(from any) error {
	text, _ := from.(string)
	return (*tenancy.ID[key])(k).UnmarshalText([]byte(text))
}
