package admin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Provision says what a new domain begins with.
type Provision struct {
	Name     string // of the domain; required
	Ref      string // the host program's own id of the organisation; optional
	Zone     string // IANA zone; "" means UTC
	Site     string // name of its first site; "" means the domain's name
	Hostname string // of the site; optional

	// Admin is its first administrator: Name is required, Ref and Email are
	// optional. Without an Account it gets a new one.
	Admin tenancy.Membership
}

// Provisioned is what AddDomain made.
type Provisioned struct {
	Domain tenancy.Domain
	Site   tenancy.Site
	Admin  tenancy.Membership
}

// AddDomain creates a domain with its first site and its first administrator,
// all or nothing.
func AddDomain(ctx context.Context, in Installation, p Provision) (Provisioned, error) {
	var made Provisioned
	p, err := p.clean()
	if err != nil {
		return made, err
	}
	d := tenancy.Domain{ID: in.NewID(), CreatedAt: in.Now(), Ref: p.Ref, Name: p.Name, Zone: p.Zone}
	may, err := in.Who().May(CreateDomain, in.Draft(access.Row{Kind: KindDomain, ID: d.ID}))
	if err != nil {
		return made, err
	}
	if p.Admin.Account.IsZero() {
		a := tenancy.Account{ID: in.NewID(), CreatedAt: in.Now()}
		mayAccount, err := in.Who().May(CreateAccount, in.Draft(access.Row{Kind: KindAccount, ID: a.ID}))
		if err != nil {
			return made, err
		}
		if a, err = in.PutAccount(ctx, mayAccount, a); err != nil {
			return made, err
		}
		p.Admin.Account = a.ID
	}
	if made.Domain, err = in.PutDomain(ctx, may, d); err != nil {
		return made, err
	}
	err = in.Enter(ctx, may, d.ID, func(ctx context.Context, s Store) error {
		if made.Site, err = AddSite(ctx, s, tenancy.Site{Name: p.Site}); err != nil {
			return err
		}
		if made.Admin, err = AddMember(ctx, s, p.Admin); err != nil {
			return err
		}
		_, err = GrantRole(ctx, s, made.Admin.ID, access.DomainAdmin)
		return err
	})
	if err == nil && p.Hostname != "" {
		_, err = AddHostname(ctx, in, made.Domain.ID, made.Site.ID, p.Hostname)
	}
	return made, err
}

// clean returns what is stored, or what is wrong with it: everything that can be
// refused is refused before the first row is written.
func (p Provision) clean() (Provision, error) {
	var err error
	if p.Name, err = tenancy.CleanName("name", p.Name, nameMost); err != nil {
		return p, err
	}
	if p.Ref, err = tenancy.CleanText("ref", p.Ref, nameMost); err != nil {
		return p, err
	}
	if p.Site == "" {
		p.Site = p.Name
	}
	if p.Site, err = tenancy.CleanName("site", p.Site, nameMost); err != nil {
		return p, err
	}
	if p.Hostname != "" {
		if p.Hostname, err = tenancy.NormalHostname(p.Hostname); err != nil {
			return p, err
		}
	}
	if p.Zone == "" {
		p.Zone = "UTC"
	}
	if err = checkZone(p.Zone); err != nil {
		return p, err
	}
	p.Admin, err = cleanMember(p.Admin)
	return p, err
}

// AddHostname lets a site answer to a DNS name.
func AddHostname(ctx context.Context, in Installation, domain tenancy.DomainID, site tenancy.SiteID, hostname string) (tenancy.Hostname, error) {
	name, err := tenancy.NormalHostname(hostname)
	if err != nil {
		return tenancy.Hostname{}, err
	}
	h := tenancy.Hostname{ID: in.NewID(), CreatedAt: in.Now(), Name: name, Domain: domain, Site: site}
	may, err := in.Who().May(CreateHostname, in.Draft(access.Row{Kind: KindHostname, ID: h.ID}))
	if err != nil {
		return tenancy.Hostname{}, err
	}
	return in.PutHostname(ctx, may, h)
}

// Opener opens the installation. A storage.DB is one.
type Opener interface {
	Installation(ctx context.Context, as access.Principal, fn func(context.Context, Installation) error) error
}

// Bootstrapped is what Bootstrap made or found.
type Bootstrapped struct {
	Provisioned        // zero if the installation was already in use
	Created     bool   // whether this call created it
	Enrolment   string // the one-time token with which the first administrator chooses a password; empty unless Created
}

// EnrolmentLife is how long an enrolment token is good for.
const EnrolmentLife = 24 * time.Hour

// Bootstrap makes a new installation ready to use: a first domain with one site
// and one administrator, who has no password but a one-time token to choose
// one. Called again, or by several programs at once, it changes nothing.
func Bootstrap(ctx context.Context, db Opener, p Provision) (Bootstrapped, error) {
	var made Bootstrapped
	err := db.Installation(ctx, system.Because("bootstrap"), func(ctx context.Context, in Installation) error {
		made = Bootstrapped{} // the closure may run again
		page, err := in.Domains().List(ctx, in.Who().Sees(ViewDomain), access.Query{Limit: 1})
		if err != nil || len(page.Rows) > 0 {
			return err
		}
		if made.Provisioned, err = AddDomain(ctx, in, p); err != nil {
			return err
		}
		made.Enrolment, err = IssueEnrolment(ctx, in, made.Admin.Account, made.Domain.ID)
		made.Created = err == nil
		return err
	})
	if err != nil {
		return Bootstrapped{}, err
	}
	return made, nil
}

// IssueEnrolment returns a new one-time token with which an account chooses a
// login. Only its digest is stored.
func IssueEnrolment(ctx context.Context, in Installation, account tenancy.AccountID, domain tenancy.DomainID) (string, error) {
	token := rand.Text()
	e := tenancy.Enrolment{
		ID: in.NewID(), CreatedAt: in.Now(), Account: account, Domain: domain,
		Name: digest(token), ExpiresAt: in.Now().Add(EnrolmentLife),
	}
	may, err := in.Who().May(CreateEnrolment, in.Draft(access.Row{Kind: KindEnrolment, ID: e.ID}))
	if err != nil {
		return "", err
	}
	if _, err = in.PutEnrolment(ctx, may, e); err != nil {
		return "", err
	}
	return token, nil
}

// Enrol redeems a token: it creates the account's login with a password that
// the caller has hashed. A token that is unknown, used or expired is
// fault.NotFound in each case.
func Enrol(ctx context.Context, in Installation, token, name, passwordHash string) (tenancy.Login, error) {
	name, err := tenancy.CleanName("name", name, nameMost)
	if err != nil {
		return tenancy.Login{}, err
	}
	page, err := in.Enrolments().List(ctx, in.Who().Sees(ViewEnrolment), access.Query{Name: digest(token), Limit: 1})
	if err != nil {
		return tenancy.Login{}, err
	}
	if len(page.Rows) == 0 || !page.Rows[0].UsedAt.IsZero() || !in.Now().Before(page.Rows[0].ExpiresAt) {
		return tenancy.Login{}, fault.NotFound.On("token", "")
	}
	e, r, err := in.Enrolments().Get(ctx, in.Who().Sees(UseEnrolment), page.Rows[0].ID)
	if err != nil {
		return tenancy.Login{}, err
	}
	may, err := in.Who().May(UseEnrolment, r)
	if err != nil {
		return tenancy.Login{}, err
	}
	e.UsedAt = in.Now()
	if _, err := in.PutEnrolment(ctx, may, e); err != nil {
		return tenancy.Login{}, err
	}
	l := tenancy.Login{ID: in.NewID(), CreatedAt: in.Now(), Account: e.Account, Domain: e.Domain, Name: name, PasswordHash: passwordHash}
	if may, err = in.Who().May(CreateLogin, in.Draft(access.Row{Kind: KindLogin, ID: l.ID})); err != nil {
		return tenancy.Login{}, err
	}
	return in.PutLogin(ctx, may, l)
}

// FindLogin returns the login of a name, or fault.NotFound. Comparing the
// password is the caller's.
func FindLogin(ctx context.Context, in Installation, name string) (tenancy.Login, error) {
	if tenancy.NameKey(name) == "" { // to a query, no name is any name
		return tenancy.Login{}, fault.NotFound.On("login", "")
	}
	page, err := in.Logins().List(ctx, in.Who().Sees(ViewLogin), access.Query{Name: name, Limit: 1})
	if err != nil {
		return tenancy.Login{}, err
	}
	if len(page.Rows) == 0 {
		return tenancy.Login{}, fault.NotFound.On("login", "")
	}
	return page.Rows[0], nil
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
