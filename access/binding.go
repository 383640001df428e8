package access

import (
	"fmt"
	"time"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// PlaceKind says what a binding is bound at.
type PlaceKind string

// The places.
const (
	Everywhere PlaceKind = "domain"
	AtSite     PlaceKind = "site"
	AtClient   PlaceKind = "client"
	AtProject  PlaceKind = "project"
	OfGroup    PlaceKind = "group" // what is of the people in a group: their time, their memberships
)

// Place is where a role holds: the whole domain, one site, client or project of
// it, or what belongs to the people of a group. Kind says which of the ids is
// meant; the others are zero. The zero Place is nowhere.
type Place struct {
	Kind    PlaceKind
	Site    tenancy.SiteID
	Client  [16]byte
	Project [16]byte
	Group   GroupID
}

// ID returns the id that the kind of place means, or none.
func (p Place) ID() [16]byte {
	switch p.Kind {
	case AtSite:
		return p.Site
	case AtClient:
		return p.Client
	case AtProject:
		return p.Project
	case OfGroup:
		return p.Group
	}
	return [16]byte{}
}

// Validate refuses a place that is nowhere, or that names more or less than its
// kind means ("bad_place"). Stores call it before they keep a binding, so that
// the id that a permit was asked for is the id that counts.
func (p Place) Validate() error {
	want := Place{Kind: p.Kind}
	missing := p.Kind != Everywhere && p.ID() == [16]byte{}
	switch p.Kind {
	case Everywhere:
	case AtSite:
		want.Site = p.Site
	case AtClient:
		want.Client = p.Client
	case AtProject:
		want.Project = p.Project
	case OfGroup:
		want.Group = p.Group
	default:
		missing = true
	}
	if missing || p != want {
		return fault.Input("bad_place", "place", string(p.Kind), "must be the domain, or one site, client, project or group with its id and no other")
	}
	return nil
}

// Subject is who holds a role: one person, the people of a group, or everyone
// who is active in the domain, also those who come later. The zero Subject is
// nobody.
type Subject struct {
	Member   tenancy.MembershipID
	Group    GroupID
	Everyone bool
}

// Validate refuses a subject that is nobody or several ("bad_subject").
func (s Subject) Validate() error {
	n := 0
	for _, given := range []bool{!s.Member.IsZero(), !s.Group.IsZero(), s.Everyone} {
		if given {
			n++
		}
	}
	if n != 1 {
		return fault.Input("bad_subject", "subject", "", "must be one person, one group or everyone")
	}
	return nil
}

// BindingID is the identity of a Binding.
type BindingID = tenancy.ID[Binding]

// Binding gives somebody a role at a place, from an instant until another.
type Binding struct {
	ID        BindingID
	Version   int64
	CreatedAt time.Time
	Subject   Subject
	Role      string       // a built-in role; empty if Custom is given
	Custom    CustomRoleID // a role of the domain's own
	Place     Place
	From      time.Time // zero: from the beginning
	Until     time.Time // exclusive; zero: without end
}

// HoldsAt reports whether the binding holds at an instant.
func (b Binding) HoldsAt(t time.Time) bool {
	return !t.Before(b.From) && (b.Until.IsZero() || t.Before(b.Until))
}

// Validate refuses a binding without exactly one subject ("bad_subject"), one
// role ("bad_role") and one place ("bad_place"), or that ends before it begins
// ("bad_period"). Stores call it before they keep one.
func (b Binding) Validate() error {
	if err := b.Subject.Validate(); err != nil {
		return err
	}
	if (b.Role == "") == b.Custom.IsZero() {
		return fault.Input("bad_role", "role", b.Role, "must be one built-in role or one custom role")
	}
	if !b.Until.IsZero() && !b.Until.After(b.From) {
		return fault.Input("bad_period", "until", b.Until.Format(time.RFC3339), "must be after the beginning")
	}
	return b.Place.Validate()
}

// GroupID is the identity of a Group.
type GroupID = tenancy.ID[Group]

// Group is a set of people of a domain. Roles can be given to it, and can hold
// over what is its people's.
type Group struct {
	ID        GroupID
	Version   int64
	CreatedAt time.Time
	Name      string // unique in the domain, compared by tenancy.NameKey
}

// GroupMember is one person in a group.
type GroupMember struct {
	ID        tenancy.ID[GroupMember]
	Version   int64
	CreatedAt time.Time
	Group     GroupID
	Member    tenancy.MembershipID // unique in the group
}

// SiteSetting is the value of a switch at a site, or in the whole domain where
// the site says nothing else.
type SiteSetting struct {
	ID        tenancy.ID[SiteSetting]
	Version   int64
	CreatedAt time.Time
	Site      tenancy.SiteID // none: the whole domain
	Key       string         // unique at its site
	Value     string
}

// The words of events. They name things by their ids, which stay the same.

// String says the binding in words.
func (b Binding) String() string {
	who, role := "everyone", b.Role
	switch {
	case !b.Subject.Member.IsZero():
		who = "person " + b.Subject.Member.String()
	case !b.Subject.Group.IsZero():
		who = "group " + b.Subject.Group.String()
	}
	if !b.Custom.IsZero() {
		role = "custom role " + b.Custom.String()
	}
	text := role + " to " + who + " in the " + string(b.Place.Kind)
	if id := b.Place.ID(); id != [16]byte{} {
		text += " " + tenancy.ID[Place](id).String()
	}
	if !b.From.IsZero() {
		text += " from " + b.From.UTC().Format(time.RFC3339)
	}
	if !b.Until.IsZero() {
		text += " until " + b.Until.UTC().Format(time.RFC3339)
	}
	return text
}

// String says who is in which group.
func (m GroupMember) String() string {
	return fmt.Sprintf("person %s in group %s", m.Member, m.Group)
}

// String says the setting, and of which site.
func (v SiteSetting) String() string {
	text := v.Key + "=" + v.Value
	if !v.Site.IsZero() {
		text += " at site " + v.Site.String()
	}
	return text
}

// String says the role with all it grants.
func (r CustomRole) String() string { return r.Name + "\n" + r.Grants }
