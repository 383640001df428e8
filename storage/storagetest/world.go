package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// Start is where the clock of a World stands at first: a Monday morning.
var Start = time.Date(2024, time.March, 4, 9, 0, 0, 123456000, time.UTC)

// worker is the principal that builds a World.
var worker = system.Because("storagetest builds a world")

// World is a store with two domains of the same shape.
type World struct {
	DB     storage.DB
	Policy *access.Policy
	Clock  *Clock
	Book   timesheet.Book
	A, B   *Domain
}

// Domain is one domain of a World, with two sites. What is not said to be in
// the south is in the north.
type Domain struct {
	ID                  tenancy.DomainID
	Whole, North, South tenancy.Scope

	Admin tenancy.Membership // of the domain
	Chief tenancy.Membership // administers the north
	Ann   tenancy.Membership // a member; manages Private, Shared and Public
	Ben   tenancy.Membership // a member; in the teams of Private and Shared
	Eve   tenancy.Membership // a member; in no team
	Gus   tenancy.Membership // a guest; in no team
	Sue   tenancy.Membership // a member in the south; in no team

	Client   timesheet.Client
	Private  timesheet.Project // of Client
	Shared   timesheet.Project // private, and its team sees each other's time
	Public   timesheet.Project
	Far      timesheet.Project // private, in the south; Admin manages it
	Task     timesheet.Task    // of Private
	Tag      timesheet.Tag
	Activity timesheet.Activity
	Crew     access.Group      // Ann and Ben; nothing is bound to it or at it
	Helper   access.CustomRole // of the domain's own; nobody holds it

	AnnsTime, BensTime timesheet.Entry // on Private, an hour each
}

// NewWorld opens a store and builds two domains in it.
func NewWorld(t testing.TB, open Open) *World {
	t.Helper()
	w := emptyWorld(t, open, nil)
	w.A, w.B = w.Found(t, "Alpha"), w.Found(t, "Beta")
	return w
}

// emptyWorld opens a store without any domain in it.
func emptyWorld(t testing.TB, open Open, newID func() [16]byte) *World {
	t.Helper()
	policy, err := storage.Policy(expenses())
	require.NoError(t, err)
	clock := NewClock(Start)
	return &World{DB: open(t, Config{Policy: policy, Now: clock.Now, NewID: newID}), Policy: policy, Clock: clock}
}

// Found adds a domain of the usual shape. Its ref and hostnames come from its
// name.
func (w *World) Found(t testing.TB, name string) *Domain {
	t.Helper()
	d := &Domain{}
	made := w.provision(t, admin.Provision{
		Name: name, Ref: "ref-" + name, Zone: "Europe/Berlin", Site: "North", Hostname: "north." + name + ".example",
		Admin: tenancy.Membership{Name: "Ada Admin", Ref: "ada", Email: "ada@example.org"},
	})
	d.ID, d.Admin = made.Domain.ID, made.Admin
	d.Whole = w.whole(t, d.ID)
	d.North = d.Whole.At(made.Site.ID)
	south := write(t, w, d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (tenancy.Site, error) {
		return admin.AddSite(ctx, s, tenancy.Site{Name: "South", Zone: "America/New_York"})
	})
	d.South = d.Whole.At(south.ID)
	require.NoError(t, w.DB.Installation(t.Context(), worker, func(ctx context.Context, in storage.Installation) error {
		_, err := admin.AddHostname(ctx, in, d.ID, south.ID, "south."+name+".example")
		return err
	}))

	d.Chief = w.hire(t, d, d.North, "Cleo Chief", access.SiteAdmin)
	d.Ann = w.hire(t, d, d.North, "Ann", access.MemberRole)
	d.Ben = w.hire(t, d, d.North, "Ben", access.MemberRole)
	d.Eve = w.hire(t, d, d.North, "Eve", access.MemberRole)
	d.Gus = w.hire(t, d, d.North, "Gus Guest", access.Guest)
	d.Sue = w.hire(t, d, d.South, "Sue", access.MemberRole)
	w.furnish(t, d)
	return d
}

// furnish adds the catalogue, the projects and a little time.
func (w *World) furnish(t testing.TB, d *Domain) {
	t.Helper()
	require.NoError(t, w.DB.Update(t.Context(), d.North, by(d.Ann), func(ctx context.Context, s storage.Tx) (err error) {
		if d.Client, err = w.Book.AddClient(ctx, s, timesheet.Client{Name: "Acme"}); err != nil {
			return err
		}
		if d.Private, err = w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Private", Client: d.Client.ID}); err != nil {
			return err
		}
		if d.Shared, err = w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Shared", Shared: true}); err != nil {
			return err
		}
		if d.Public, err = w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Public", Visibility: timesheet.Public}); err != nil {
			return err
		}
		d.Tag, err = w.Book.AddTag(ctx, s, "urgent")
		return err
	}))
	// Rights on a new project count from the next transaction on, as the roles
	// do; facts are read when they are asked for.
	require.NoError(t, w.DB.Update(t.Context(), d.North, by(d.Ann), func(ctx context.Context, s storage.Tx) (err error) {
		if d.Task, err = w.Book.AddTask(ctx, s, d.Private.ID, "Design"); err != nil {
			return err
		}
		if _, err = w.Book.AddToTeam(ctx, s, d.Private.ID, d.Ben.ID, false); err != nil {
			return err
		}
		_, err = w.Book.AddToTeam(ctx, s, d.Shared.ID, d.Ben.ID, false)
		return err
	}))
	d.Activity = write(t, w, d.North, by(d.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Activity, error) {
		return w.Book.AddActivity(ctx, s, "Travel")
	})
	require.NoError(t, w.DB.Update(t.Context(), d.Whole, by(d.Admin), func(ctx context.Context, s storage.Tx) (err error) {
		if d.Crew, err = admin.AddGroup(ctx, s, "Crew"); err != nil {
			return err
		}
		for _, m := range []tenancy.Membership{d.Ann, d.Ben} {
			if _, err = admin.PutInGroup(ctx, s, d.Crew.ID, m.ID); err != nil {
				return err
			}
		}
		d.Helper, err = admin.AddRole(ctx, s, access.Role{Name: "Helper", Grants: access.Allow(access.Unconditionally(), timesheet.ViewTag)})
		if err != nil {
			return err
		}
		// The value that it has anyhow.
		_, err = admin.Set(ctx, s, d.North.Site(), access.Setting{Key: timesheet.LimitPublicData, Value: timesheet.Off})
		return err
	}))
	d.Far = write(t, w, d.South, by(d.Admin), func(ctx context.Context, s storage.Tx) (timesheet.Project, error) {
		return w.Book.AddProject(ctx, s, timesheet.NewProject{Name: "Far"})
	})
	d.AnnsTime = w.recorded(t, d.North, by(d.Ann), timed(Start, time.Hour, d.Private))
	e := timed(Start, time.Hour, d.Private)
	e.Task, e.Activity, e.Tags, e.Billable, e.Note = d.Task.ID, d.Activity.ID, []timesheet.TagID{d.Tag.ID}, true, "first draft"
	d.BensTime = w.recorded(t, d.North, by(d.Ben), e)
}

// provision adds a domain with one site.
func (w *World) provision(t testing.TB, p admin.Provision) admin.Provisioned {
	t.Helper()
	var made admin.Provisioned
	require.NoError(t, w.DB.Installation(t.Context(), worker, func(ctx context.Context, in storage.Installation) (err error) {
		made, err = admin.AddDomain(ctx, in, p)
		return err
	}))
	return made
}

// whole returns the scope of a whole domain, however many sites it has.
func (w *World) whole(t testing.TB, id tenancy.DomainID) tenancy.Scope {
	t.Helper()
	var whole tenancy.Scope
	require.NoError(t, tenancy.NewResolver(w.DB).Each(t.Context(), func(_ context.Context, in tenancy.Scope) error {
		if in.Domain() == id {
			whole = in
		}
		return nil
	}))
	require.Equal(t, id, whole.Domain(), "Each comes to every domain")
	return whole
}

// hire adds a person and gives her a role where the scope is. Her ref is her
// name.
func (w *World) hire(t testing.TB, d *Domain, in tenancy.Scope, name, role string) tenancy.Membership {
	t.Helper()
	return write(t, w, in, by(d.Admin), func(ctx context.Context, s storage.Tx) (tenancy.Membership, error) {
		m, err := admin.AddMember(ctx, s, tenancy.Membership{Name: name, Ref: name})
		if err == nil {
			_, err = admin.GrantRole(ctx, s, m.ID, role)
		}
		return m, err
	})
}

// people returns everybody of the domain.
func (d *Domain) people() []tenancy.Membership {
	return []tenancy.Membership{d.Admin, d.Chief, d.Ann, d.Ben, d.Eve, d.Gus, d.Sue}
}

// scopes returns the scopes of the domain, by name.
func (d *Domain) scopes() map[string]tenancy.Scope {
	return map[string]tenancy.Scope{"whole": d.Whole, "north": d.North, "south": d.South}
}
