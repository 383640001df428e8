package timesheet

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

// ActivityID is the identity of an Activity.
type ActivityID = tenancy.ID[Activity]

// Activity is a kind of work in the catalogue, such as design or travel.
type Activity struct {
	ID         ActivityID
	Version    int64
	CreatedAt  time.Time
	Site       tenancy.SiteID
	Name       string // unique on the site among activities that are not archived, compared by tenancy.NameKey
	ArchivedAt time.Time
}

// AddActivity adds an activity on the site of the scope.
func (b Book) AddActivity(ctx context.Context, s Store, name string) (Activity, error) {
	name, err := tenancy.CleanName("name", name, nameMost)
	if err != nil {
		return Activity{}, err
	}
	site, err := siteOf(s)
	if err != nil {
		return Activity{}, err
	}
	t := Activity{ID: s.NewID(), CreatedAt: s.Now(), Site: site, Name: name}
	may, err := mayAdd(ctx, s, CreateActivity, access.Row{Kind: KindActivity, ID: t.ID, Site: site})
	if err != nil {
		return Activity{}, err
	}
	return s.PutActivity(ctx, may, t)
}
