package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

func TestBindingHoldsFromItsBeginningUntilBeforeItsEnd(t *testing.T) {
	from := time.Date(2024, 3, 4, 8, 0, 0, 0, time.UTC)
	until := from.Add(time.Hour)
	for _, c := range []struct {
		name        string
		from, until time.Time
		at          time.Time
		want        bool
	}{
		{"without bounds", time.Time{}, time.Time{}, from, true},
		{"before from", from, time.Time{}, from.Add(-time.Nanosecond), false},
		{"at from", from, time.Time{}, from, true},
		{"at from, told in another zone", from, time.Time{}, from.In(time.FixedZone("", 3600)), true},
		{"after from", from, time.Time{}, until, true},
		{"before until", time.Time{}, until, until.Add(-time.Nanosecond), true},
		{"at until", time.Time{}, until, until, false},
		{"between both", from, until, from.Add(time.Minute), true},
		{"after both", from, until, until.Add(time.Minute), false},
		{"never", from, from, from, false},
		{"the wrong way round", until, from, from.Add(time.Minute), false},
	} {
		assert.Equal(t, c.want, access.Binding{From: c.from, Until: c.until}.HoldsAt(c.at), c.name)
	}
}

func TestPlaceNamesWhatItsKindMeansAndNoMore(t *testing.T) {
	for _, p := range places {
		assert.NoError(t, p.Validate(), "%v", p)
	}
	more := func(p access.Place, change func(*access.Place)) access.Place { change(&p); return p }
	withSite := func(p *access.Place) { p.Site = here }
	withClient := func(p *access.Place) { p.Client = client }
	withProject := func(p *access.Place) { p.Project = project }
	for name, p := range map[string]access.Place{
		"nowhere":               {},
		"no kind, with an id":   {Site: here},
		"unknown kind":          {Kind: "group"},
		"site without id":       {Kind: access.AtSite},
		"client without id":     {Kind: access.AtClient},
		"project without id":    {Kind: access.AtProject},
		"site, other id":        {Kind: access.AtSite, Project: project},
		"domain with site":      more(everywhere, withSite),
		"domain with client":    more(everywhere, withClient),
		"domain with project":   more(everywhere, withProject),
		"site with client":      more(atHere, withClient),
		"site with project":     more(atHere, withProject),
		"client with site":      more(atClient, withSite),
		"client with project":   more(atClient, withProject),
		"project with site":     more(atProject, withSite),
		"project with client":   more(atProject, withClient),
		"project with them all": {Kind: access.AtProject, Site: here, Client: client, Project: project},
	} {
		err := p.Validate()
		require.Error(t, err, name)
		assert.Equal(t, fault.Code("bad_place"), fault.CodeOf(err), name)
		assert.ErrorIs(t, err, fault.Invalid, name)
	}
}

// A place that got past the checks with an id missing covers nothing, not even
// rows that have no such id either.
func TestPlaceWithoutItsIDCoversNothing(t *testing.T) {
	p := builtIn(t)
	for _, at := range []access.Place{{}, {Kind: "group"}, {Kind: access.AtSite}, {Kind: access.AtClient}, {Kind: access.AtProject}} {
		s := begin(p, whole(t), bound(access.DomainAdmin, at))
		for _, row := range rowsOf("entry") {
			assert.Empty(t, s.Actor().Allowed(s.Resource(row)), "%v covers %v", at, row)
			plan, err := s.Plan(s.Actor().Sees("entry.view"), "entry")
			require.NoError(t, err)
			assert.False(t, plan.Sees(row))
		}
	}
}
