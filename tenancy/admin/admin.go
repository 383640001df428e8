package admin

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// nameMost is the longest name of anything, in characters.
const nameMost = 255

// AddSite adds a site to the domain of the scope. Name and Zone are read.
func AddSite(ctx context.Context, s Store, site tenancy.Site) (tenancy.Site, error) {
	name, err := tenancy.CleanName("name", site.Name, nameMost)
	if err != nil {
		return tenancy.Site{}, err
	}
	if err := checkZone(site.Zone); err != nil {
		return tenancy.Site{}, err
	}
	if !s.Scope().Site().IsZero() {
		return tenancy.Site{}, fault.Input("needs_domain", "scope", "", "a site is added in the whole domain: open it with Resolver.Whole")
	}
	site = tenancy.Site{ID: s.NewID(), CreatedAt: s.Now(), Name: name, Zone: site.Zone}
	may, err := s.Who().May(CreateSite, s.Draft(access.Row{Kind: KindSite, ID: site.ID, Site: site.ID}))
	if err != nil {
		return tenancy.Site{}, err
	}
	return s.PutSite(ctx, may, site)
}

// AddMember adds a person to the domain. Account, Ref, Name, Email, Zone and
// Status are read; a zero Status means Active. The person can do nothing until
// a role is granted.
func AddMember(ctx context.Context, s Store, m tenancy.Membership) (tenancy.Membership, error) {
	m, err := cleanMember(m)
	if err != nil {
		return tenancy.Membership{}, err
	}
	m.ID, m.Version, m.CreatedAt = s.NewID(), 0, s.Now()
	// A person belongs to the domain; the site of the scope is where she is
	// added from, so that a site's administrator may.
	may, err := s.Who().May(CreateMember, s.Draft(access.Row{Kind: KindMember, ID: m.ID, Site: s.Scope().Site(), Person: m.ID}))
	if err != nil {
		return tenancy.Membership{}, err
	}
	return s.PutMember(ctx, may, m)
}

// cleanMember returns a membership as it is stored, or what is wrong with it.
func cleanMember(m tenancy.Membership) (tenancy.Membership, error) {
	var err error
	if m.Name, err = tenancy.CleanName("name", m.Name, nameMost); err != nil {
		return tenancy.Membership{}, err
	}
	if m.Ref, err = tenancy.CleanText("ref", m.Ref, nameMost); err != nil {
		return tenancy.Membership{}, err
	}
	if m.Email, err = CleanEmail(m.Email); err != nil {
		return tenancy.Membership{}, err
	}
	if err := checkZone(m.Zone); err != nil {
		return tenancy.Membership{}, err
	}
	if m.Status == "" {
		m.Status = tenancy.Active
	}
	if !slices.Contains([]tenancy.Status{tenancy.Invited, tenancy.Active, tenancy.Deactivated}, m.Status) {
		return tenancy.Membership{}, fault.Input("bad_status", "status", string(m.Status), "must be invited, active or deactivated")
	}
	return m, nil
}

// checkZone refuses a name that is no IANA time zone ("unknown_zone"). None is
// one: that of the place above.
func checkZone(name string) error {
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		return fault.Input("unknown_zone", "zone", name, "must be an IANA time zone such as Europe/Berlin")
	}
	return nil
}

// MemberByRef returns the person that the host program knows by its own id of a
// user, or fault.NotFound.
func MemberByRef(ctx context.Context, s Reader, ref string) (tenancy.Membership, error) {
	if ref == "" { // to a query, no ref is any ref
		return tenancy.Membership{}, fault.NotFound.On("ref", ref)
	}
	page, err := s.Members().List(ctx, s.Who().Sees(ViewMember), access.Query{Ref: ref, Limit: 1})
	if err != nil {
		return tenancy.Membership{}, err
	}
	if len(page.Rows) == 0 {
		return tenancy.Membership{}, fault.NotFound.On("ref", ref)
	}
	return page.Rows[0], nil
}

// CleanEmail returns an e-mail address as it is stored and compared: the bare
// address in lower case. The empty address stays empty. Its error has the code
// "bad_email".
func CleanEmail(email string) (string, error) {
	valid := utf8.ValidString(email) // ToLower would mend it
	email = strings.ToLower(strings.TrimSpace(email))
	if email == "" {
		return "", nil
	}
	a, err := mail.ParseAddress(email)
	if err != nil || !valid || a.Address != email || len(email) > 254 {
		return "", fault.Input("bad_email", "email", email, "must be an address such as ann@example.org")
	}
	return tenancy.CleanText("email", email, 254)
}
