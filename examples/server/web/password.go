package web

import (
	"context"
	"strconv"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// The length of a password, in characters.
const (
	passwordLeast = 12
	passwordMost  = 256
)

// passwords hashes and compares, a few at a time: each takes 64 MiB for a
// moment, and strangers can ask for it.
type passwords struct {
	params argon2id.Params
	dummy  string // of a password that nobody knows
	slots  chan struct{}
}

func newPasswords() (*passwords, error) {
	p := &passwords{
		params: argon2id.Params{Memory: 64 * 1024, Iterations: 2, Parallelism: 2, SaltLength: 16, KeyLength: 32},
		slots:  make(chan struct{}, 2),
	}
	var err error
	p.dummy, err = argon2id.CreateHash("nobody", &p.params)
	return p, err
}

// check refuses a password that is too short or too long.
func (p *passwords) check(password string) error {
	if n := utf8.RuneCountInString(password); n < passwordLeast || n > passwordMost {
		return fault.Input("bad_password", "password", "", "must have "+strconv.Itoa(passwordLeast)+" characters or more")
	}
	return nil
}

func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	return argon2id.CreateHash(norm.NFKC.String(password), &p.params)
}

// matches compares a password with a hash. Without a hash it does the same work
// and says no, so that the answer to an unknown name takes as long.
func (p *passwords) matches(ctx context.Context, password, hash string) (bool, error) {
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer p.leave()
	against := hash
	if hash == "" {
		against = p.dummy
	}
	same, err := argon2id.ComparePasswordAndHash(norm.NFKC.String(password), against)
	return same && hash != "", err
}

func (p *passwords) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *passwords) leave() { <-p.slots }
