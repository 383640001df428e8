package httpapi

import (
	"errors"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// parseID reads the id of a parameter that may be missing.
func parseID[T any](id *tenancy.ID[T], field, text string) error {
	err := id.UnmarshalText([]byte(text))
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.On(field, text)
	}
	return err
}
