//go:build !unix

package pgtest

import (
	"context"
	"errors"
)

func startLocal(context.Context, func(string) string) (*server, error) {
	return nil, errors.New("local servers are started on Unix only")
}
