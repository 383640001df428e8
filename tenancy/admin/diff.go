package admin

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

// Impact is what changes for one person at one place.
type Impact struct {
	Person tenancy.Membership
	Place  access.Place
	// Changes are what she gains and loses there. None means that nothing
	// changes here, although it does for her in what is around it.
	Changes []access.Difference
}

// Within says where a project is: the Site, Client and Project of the row.
// Package timesheet has one. nil is for domains that bind roles at no project;
// without it a role at a project and one at its site or client are taken to have
// nothing to do with each other.
type Within func(ctx context.Context, project [16]byte) (access.Row, error)

// RoleImpact returns who gains and who loses what, and where, if a role of the
// domain's own became another: for everybody who is active and holds the role
// now, directly, through a group or as one of everyone. What somebody may
// through another role anyhow, she neither gains nor loses. The zero Role grants
// nothing: what would be if nobody held it. What cannot be granted is refused
// as by EditRole.
//
// Changes are told for the places that a person holds roles at, and for sites
// with settings of their own; of several places around something the narrowest
// counts, where it differs. What is at two places of which neither lies in the
// other (of a client, and on a site; on a project, and of the people of a group)
// is told at each alone: it changes no further than that, and less where
// one of the roles there allows it anyhow.
//
// The order is that of the people's ids, and of places from wide to narrow. It
// is for those who may ask WhoMay.
func RoleImpact(ctx context.Context, s Reader, id access.CustomRoleID, after access.Role, within Within) ([]Impact, error) {
	all, err := readRoster(ctx, s)
	if err != nil {
		return nil, err
	}
	role, _, err := s.Roles().Get(ctx, s.Who().Sees(ViewRole), id)
	if err != nil {
		return nil, err
	}
	role.Grants = ""
	if len(after.Grants) > 0 {
		if role.Grants, err = s.Who().Policy().WriteGrants(after.Grants); err != nil {
			return nil, err
		}
	}
	next := slices.Clone(all.custom)
	for i := range next {
		if next[i].ID == id {
			next[i] = role
		}
	}
	holds, bindings := map[tenancy.MembershipID]bool{}, map[tenancy.MembershipID][]access.Binding{}
	for _, b := range all.bindings {
		for _, person := range all.subjects(b.Subject) {
			bindings[person] = append(bindings[person], b)
			holds[person] = holds[person] || b.Custom == id
		}
	}
	var impacts []Impact
	known := map[string][]Impact{} // by what is held: many people hold the same
	for _, m := range all.members {
		if !holds[m.ID] {
			continue
		}
		key := standing(bindings[m.ID])
		told, made := known[key]
		if !made {
			if told, err = impactOf(ctx, s, all, bindings[m.ID], next, within); err != nil {
				return nil, err
			}
			known[key] = told
		}
		for _, impact := range told {
			impact.Person = m
			impacts = append(impacts, impact)
		}
	}
	return impacts, nil
}

// standing says which roles some bindings give where.
func standing(bindings []access.Binding) string {
	var parts []string
	for _, b := range bindings {
		parts = append(parts, fmt.Sprintf("%s %s %s %s", b.Role, b.Custom, b.Place.Kind, tenancy.ID[access.Place](b.Place.ID())))
	}
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), "\n")
}

// impactOf returns what changes for whoever has some bindings.
func impactOf(ctx context.Context, s Reader, all *roster, bindings []access.Binding, next []access.CustomRole, within Within) ([]Impact, error) {
	was, err := s.Who().Suppose(bindings, all.custom, all.settings)
	if err != nil {
		return nil, err
	}
	is, err := s.Who().Suppose(bindings, next, all.settings)
	if err != nil {
		return nil, err
	}
	type told struct {
		Impact
		at access.Row
	}
	var here []told
	for _, place := range placesOf(bindings, all.settings) {
		row := access.Row{Site: place.Site, Client: place.Client, Project: place.Project}
		switch place.Kind {
		case access.OfGroup:
			row.Groups = []access.GroupID{place.Group}
		case access.AtProject:
			if within != nil {
				if row, err = within(ctx, place.Project); err != nil {
					return nil, err
				}
			}
		}
		here = append(here, told{Impact{Place: place, Changes: was.Compare(s.Now(), is, row)}, row})
	}
	var out []Impact
	for i, t := range here {
		var around []access.Difference
		for _, wider := range here[:i] { // the last that it is in is the narrowest
			if covers(wider.Place, t.at) {
				around = wider.Changes
			}
		}
		if !slices.EqualFunc(t.Changes, around, func(a, b access.Difference) bool { return a.String() == b.String() }) {
			out = append(out, t.Impact)
		}
	}
	return out, nil
}

// wideFirst is the kinds of places, from wide to narrow.
var wideFirst = []access.PlaceKind{access.Everywhere, access.AtSite, access.AtClient, access.AtProject, access.OfGroup}

// placesOf returns where something may change, from wide to narrow: where roles
// are bound, and sites with settings of their own if one is bound everywhere.
func placesOf(bindings []access.Binding, settings []access.SiteSetting) (places []access.Place) {
	for _, b := range bindings {
		places = append(places, b.Place)
	}
	if slices.ContainsFunc(places, func(p access.Place) bool { return p.Kind == access.Everywhere }) {
		for _, v := range settings {
			if !v.Site.IsZero() {
				places = append(places, access.Place{Kind: access.AtSite, Site: v.Site})
			}
		}
	}
	slices.SortFunc(places, func(a, b access.Place) int {
		x, y := a.ID(), b.ID()
		return cmp.Or(slices.Index(wideFirst, a.Kind)-slices.Index(wideFirst, b.Kind), bytes.Compare(x[:], y[:]))
	})
	return slices.Compact(places)
}

// covers reports whether what is where a row is, is at a place.
func covers(place access.Place, r access.Row) bool {
	switch place.Kind {
	case access.AtSite:
		return place.Site == r.Site
	case access.AtClient:
		return place.Client == r.Client
	case access.AtProject:
		return place.Project == r.Project
	case access.OfGroup:
		return slices.Contains(r.Groups, place.Group)
	}
	return true
}
