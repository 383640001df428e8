package timesheet

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

// nameMost is the longest name of anything, in characters.
const nameMost = 255

// ClientID is the identity of a Client.
type ClientID = tenancy.ID[Client]

// Client is whom projects are done for.
type Client struct {
	ID         ClientID
	Version    int64
	CreatedAt  time.Time
	Site       tenancy.SiteID // its home
	Name       string         // unique in the domain among clients that are not archived, compared by tenancy.NameKey
	ArchivedAt time.Time      // zero: not archived
}

// AddClient adds a client on the site of the scope. Only Name is read.
func (b Book) AddClient(ctx context.Context, s Store, c Client) (Client, error) {
	var err error
	if c.Name, err = tenancy.CleanName("name", c.Name, nameMost); err != nil {
		return Client{}, err
	}
	site, err := siteOf(s)
	if err != nil {
		return Client{}, err
	}
	c = Client{ID: s.NewID(), CreatedAt: s.Now(), Site: site, Name: c.Name}
	may, err := mayAdd(ctx, s, CreateClient, access.Row{Kind: KindClient, ID: c.ID, Site: site, Client: c.ID})
	if err != nil {
		return Client{}, err
	}
	return s.PutClient(ctx, may, c)
}

// siteOf returns the site of the scope, or fault.NoSite: nothing is ever put on
// a default site.
func siteOf(s Reader) (tenancy.SiteID, error) {
	site := s.Scope().Site()
	if site.IsZero() {
		return site, errNoSite
	}
	return site, nil
}

// mayAdd asks for a permit to create what row describes.
func mayAdd(ctx context.Context, s Store, action access.Action, row access.Row) (access.Permit, error) {
	if row.Project == [16]byte{} || row.Project == row.ID {
		return s.Who().May(action, s.Draft(row))
	}
	placed, err := s.Place(ctx, s.Who().Sees(ViewProject), row)
	if err != nil {
		return access.Permit{}, err
	}
	return s.Who().May(action, placed[0])
}
