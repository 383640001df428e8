package tenancy

import "time"

// Domain is a tenant: the hard wall. Its row is kept at the level of the
// installation.
type Domain struct {
	ID        DomainID
	Version   int64     // counts the changes; 0 before it is stored
	CreatedAt time.Time // UTC, microseconds
	Ref       string    // the host program's own id of this organisation, as text; unique when not empty
	Name      string    // unique in the installation, compared by NameKey
	Zone      string    // IANA zone that sites and people fall back to
}

// Site is a soft separation inside a domain: a team, a department, a Toggl
// workspace.
type Site struct {
	ID        SiteID
	Version   int64
	CreatedAt time.Time
	Name      string // unique in the domain, compared by NameKey
	Zone      string // IANA zone; empty means the domain's
}

// HostnameID is the identity of a Hostname.
type HostnameID = ID[Hostname]

// Hostname is a DNS name that a site answers to. It is unique in the
// installation, in the form that NormalHostname gives.
type Hostname struct {
	ID        HostnameID
	Version   int64
	CreatedAt time.Time
	Name      string
	Domain    DomainID
	Site      SiteID
}
