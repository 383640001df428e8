package tenancy

import "time"

// LoginID is the identity of a Login.
type LoginID = ID[Login]

// Login is how an account signs in where the host program has no sign-in of
// its own. Logins live at the level of the installation; no handle of a domain
// can read them.
type Login struct {
	ID           LoginID
	Version      int64
	CreatedAt    time.Time
	Account      AccountID
	Domain       DomainID // where a session begins
	Name         string   // unique in the installation, compared by NameKey
	PasswordHash string   // as the host's password library encodes it; never a password
}

// EnrolmentID is the identity of an Enrolment.
type EnrolmentID = ID[Enrolment]

// Enrolment lets somebody choose the name and password of a login once. Only a
// digest of its token is kept.
type Enrolment struct {
	ID        EnrolmentID
	Version   int64
	CreatedAt time.Time
	Account   AccountID
	Domain    DomainID
	Name      string    // the token's digest, SHA-256 in hexadecimal
	ExpiresAt time.Time // exclusive
	UsedAt    time.Time // zero: not used yet
}
