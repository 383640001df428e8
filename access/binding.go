package access

import (
	"time"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// PlaceKind says what a binding is bound at.
type PlaceKind string

// The places, from wide to narrow.
const (
	Everywhere PlaceKind = "domain"
	AtSite     PlaceKind = "site"
	AtClient   PlaceKind = "client"
	AtProject  PlaceKind = "project"
)

// Place is where a role holds: the whole domain, or one site, client or
// project of it. Kind says which of the ids is meant; the others are zero. The
// zero Place is nowhere.
type Place struct {
	Kind    PlaceKind
	Site    tenancy.SiteID
	Client  [16]byte
	Project [16]byte
}

// BindingID is the identity of a Binding.
type BindingID = tenancy.ID[Binding]

// Binding gives a membership a role at a place, from an instant until another.
type Binding struct {
	ID        BindingID
	Version   int64
	CreatedAt time.Time
	Member    tenancy.MembershipID
	Role      string
	Place     Place
	From      time.Time // zero: from the beginning
	Until     time.Time // exclusive; zero: without end
}

// HoldsAt reports whether the binding holds at an instant.
func (b Binding) HoldsAt(t time.Time) bool {
	return !t.Before(b.From) && (b.Until.IsZero() || t.Before(b.Until))
}

// Validate refuses a place that is nowhere, or that names more or less than its
// kind means ("bad_place"). Stores call it before they keep a binding, so that
// the id that a permit was asked for is the id that counts.
func (p Place) Validate() error {
	want := Place{Kind: p.Kind}
	missing := false
	switch p.Kind {
	case Everywhere:
	case AtSite:
		want.Site, missing = p.Site, p.Site.IsZero()
	case AtClient:
		want.Client, missing = p.Client, p.Client == [16]byte{}
	case AtProject:
		want.Project, missing = p.Project, p.Project == [16]byte{}
	default:
		missing = true
	}
	if missing || p != want {
		return fault.Input("bad_place", "place", string(p.Kind), "must be the domain, or one site, client or project with its id and no other")
	}
	return nil
}

func (p Place) covers(r *Row) bool {
	none := [16]byte{}
	switch p.Kind {
	case Everywhere:
		return true
	case AtSite:
		return p.Site == r.Site && !p.Site.IsZero()
	case AtClient:
		return p.Client == r.Client && p.Client != none
	case AtProject:
		return p.Project == r.Project && p.Project != none
	}
	return false
}
