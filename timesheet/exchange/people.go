package exchange

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// people finds persons of the domain.
type people struct {
	byEmail map[string]tenancy.MembershipID
	byName  map[string][]tenancy.MembershipID // by NameKey; names are not unique
	refused map[string]*fault.Error           // by what identifies a row's person
}

// findPeople finds whose time each row is, and invites the unknown if that is
// wanted.
func (r *run) findPeople(ctx context.Context) error {
	if r.source == string(Intervals) {
		person := r.opt.Person
		if person.IsZero() {
			person = r.s.Who().Member()
		}
		if person.IsZero() && len(r.items) > 0 {
			return fault.Input("person_missing", "person", "", "must be given when nobody is signed in")
		}
		for _, it := range r.items {
			it.person = person
		}
		return nil
	}
	if len(r.items) == 0 {
		return nil
	}
	p, err := r.loadPeople(ctx)
	if err != nil {
		return err
	}
	for _, it := range r.items {
		col, value := r.personCell(it)
		if err := p.refused[value]; err != nil {
			it.refuse(col, value, err)
			continue
		}
		person, reason := p.find(it.Draft)
		if person.IsZero() && reason == nil {
			if person, reason, err = r.invite(ctx, it); err != nil {
				return err
			}
			p.add(tenancy.Membership{ID: person, Email: it.Email, Name: it.User})
		}
		if reason != nil {
			p.refused[value] = reason
			it.refuse(col, value, reason)
			continue
		}
		it.person = person
	}
	r.settle()
	return nil
}

// loadPeople reads everybody whom the actor sees, for a store finds people by
// name and not by address.
func (r *run) loadPeople(ctx context.Context) (*people, error) {
	p := &people{map[string]tenancy.MembershipID{}, map[string][]tenancy.MembershipID{}, map[string]*fault.Error{}}
	for m, err := range pages(ctx, r.s.Members(), r.s.Who().Sees(admin.ViewMember), access.Query{All: true}) {
		if err != nil {
			return nil, err
		}
		p.add(m)
	}
	return p, nil
}

func (p *people) add(m tenancy.Membership) {
	if m.ID.IsZero() {
		return
	}
	if m.Email != "" {
		p.byEmail[m.Email] = m.ID
	}
	name := tenancy.NameKey(m.Name)
	p.byName[name] = append(p.byName[name], m.ID)
}

// find returns the person of a row, none if nobody fits, or why it cannot be
// told.
func (p *people) find(d *Draft) (tenancy.MembershipID, *fault.Error) {
	if d.Email != "" {
		return p.byEmail[d.Email], nil
	}
	switch same := p.byName[tenancy.NameKey(d.User)]; len(same) {
	case 0:
		return tenancy.MembershipID{}, nil
	case 1:
		return same[0], nil
	}
	return tenancy.MembershipID{}, fault.New("person_ambiguous", "is the name of several people here: add the column Email").Because(fault.Invalid)
}

// invite adds the unknown person of a row as a member of the site.
func (r *run) invite(ctx context.Context, it *item) (person tenancy.MembershipID, reason *fault.Error, err error) {
	if !r.opt.CreatePeople {
		return person, fault.New("unknown_person", "is nobody here: add the person first, or let the import create people").Because(fault.Invalid), nil
	}
	name := it.User
	if name == "" {
		name = it.Email
	}
	m, err := admin.AddMember(ctx, r.s, tenancy.Membership{Name: name, Email: it.Email, Status: tenancy.Invited})
	if err == nil {
		_, err = admin.GrantRole(ctx, r.s, m.ID, access.MemberRole)
	}
	if err != nil {
		return person, refusal(err), r.fatal(err, func(other *item) bool { return other.Email == it.Email && other.User == it.User })
	}
	r.report.Created.People++
	return m.ID, nil, nil
}

// personCell returns the column and the text by which a row names its person.
func (r *run) personCell(it *item) (col, name string) {
	switch {
	case it.Email != "":
		return r.header.name(colEmail), it.Email
	case it.User != "":
		return r.header.name(colUser), it.User
	}
	return "person", "" // the file names nobody
}
