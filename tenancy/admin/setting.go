package admin

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// Set gives a switch a value: at a site, or, without one, in the whole domain
// where sites say nothing else. A key or value that the policy does not know is
// refused ("unknown_setting"). It counts from the next transaction on.
func Set(ctx context.Context, s Store, site tenancy.SiteID, set access.Setting) (access.SiteSetting, error) {
	if !s.Who().Policy().HasSetting(set) {
		return access.SiteSetting{}, fault.Input("unknown_setting", set.Key, set.Value, "must be a value of a switch of this policy")
	}
	if err := reaches(s, site); err != nil {
		return access.SiteSetting{}, err
	}
	v, r, err := setting(ctx, s, site, set.Key)
	if err != nil {
		return access.SiteSetting{}, err
	}
	var may access.Permit
	if v.Version == 0 {
		v = access.SiteSetting{ID: s.NewID(), CreatedAt: s.Now(), Site: site, Key: set.Key}
		may, err = s.Who().May(SetSetting, s.Draft(access.Row{Kind: KindSetting, ID: v.ID, Site: site}))
	} else {
		may, err = s.Who().May(EditSetting, r)
	}
	if err != nil {
		return access.SiteSetting{}, err
	}
	v.Value = set.Value
	return s.PutSetting(ctx, may, v)
}

// Reset brings a switch back to the value of the level above: that of the
// domain, or its default. It is fault.NotFound if it has no value of its own.
func Reset(ctx context.Context, s Store, site tenancy.SiteID, key string) error {
	if err := reaches(s, site); err != nil {
		return err
	}
	v, r, err := setting(ctx, s, site, key)
	if err != nil {
		return err
	}
	if v.Version == 0 {
		return fault.NotFound.On("setting", key)
	}
	may, err := s.Who().May(ResetSetting, r)
	if err != nil {
		return err
	}
	return s.RemoveSetting(ctx, may, v.ID)
}

// setting returns the stored value of a switch, or the zero SiteSetting.
func setting(ctx context.Context, s Reader, site tenancy.SiteID, key string) (access.SiteSetting, access.Resource, error) {
	var id tenancy.ID[access.SiteSetting]
	err := each(ctx, s.Settings(), s.Who().Sees(ViewSetting), access.Query{}, func(v access.SiteSetting) {
		if v.Site == site && v.Key == key {
			id = v.ID
		}
	})
	if err != nil || id.IsZero() {
		return access.SiteSetting{}, access.Resource{}, err
	}
	return s.Settings().Get(ctx, s.Who().Sees(ViewSetting), id)
}

// reaches refuses what is of the whole domain in a scope that is narrowed to a
// site ("needs_domain").
func reaches(s Reader, site tenancy.SiteID) error {
	if site.IsZero() && !s.Scope().Site().IsZero() {
		return fault.Input("needs_domain", "scope", "", "it is of the whole domain: open that with Resolver.Whole")
	}
	return nil
}
