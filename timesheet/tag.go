package timesheet

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

// TagID is the identity of a Tag.
type TagID = tenancy.ID[Tag]

// Tag is a free label on entries.
type Tag struct {
	ID         TagID
	Version    int64
	CreatedAt  time.Time
	Site       tenancy.SiteID
	Name       string // unique on the site among tags that are not archived, compared by tenancy.NameKey
	ArchivedAt time.Time
}

// AddTag adds a tag on the site of the scope.
func (b Book) AddTag(ctx context.Context, s Store, name string) (Tag, error) {
	name, err := tenancy.CleanName("name", name, nameMost)
	if err != nil {
		return Tag{}, err
	}
	site, err := siteOf(s)
	if err != nil {
		return Tag{}, err
	}
	t := Tag{ID: s.NewID(), CreatedAt: s.Now(), Site: site, Name: name}
	may, err := mayAdd(ctx, s, CreateTag, access.Row{Kind: KindTag, ID: t.ID, Site: site})
	if err != nil {
		return Tag{}, err
	}
	return s.PutTag(ctx, may, t)
}
