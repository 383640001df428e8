// Package admin holds the use cases of those who administer: an installation
// (domains, hostnames, enrolments) or a domain (sites, people, roles).
//
// Like all use cases they take the handle of an open transaction and write
// under a permit. [Bootstrap] is the exception: it opens the installation
// itself, so that a new one is ready to use after one call.
package admin
