// Package tenancy holds who owns what: domains that cannot leak into each
// other, the sites inside them, and the people who belong to them.
//
// A [Domain] is the hard wall. Its id leads every key in the store; nothing
// crosses it and nothing moves across it. A [Site] is a soft separation inside
// a domain: a team or a department. A DNS name is a [Hostname], never a domain.
// An [Account] is somebody who can act; a [Membership] is that account inside
// one domain, with the name and e-mail address it has there.
//
// A [Scope] says where a call acts: in one live domain, on all of it or on one
// site. Only a [Resolver] makes one, from a hostname, the host program's own id
// of an organisation, a domain id, or because there is only one. There is no
// ambient tenant: nothing is read from a context, a goroutine or a global, and
// the zero Scope opens nothing.
//
// These types prevent mistakes. They do not defend against hostile code in the
// same process.
package tenancy
