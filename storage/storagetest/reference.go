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
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

func referenceTests() []test {
	return []test{
		in("T48 the store refuses an entry that names another domain's rows", foreignReferences),
		in("T48 the store refuses other rows that name another domain's", foreignOwners),
		in("J14 an entry's person is of the entry's domain", foreignPerson),
		in("T48 the installation refuses a hostname or login that names what is not there", foreignPlaces),
	}
}

// lawless may do everything: with it the policy decides nothing, and only the
// store is left to refuse.
var lawless = system.Because("a test of the store without the policy")

// refusedAlone runs one write in a transaction of its own, as lawless, and
// checks that the store refuses it as a reference.
func (w *World) refusedAlone(t *testing.T, in tenancy.Scope, what string, fn func(ctx context.Context, s storage.Tx) error) {
	t.Helper()
	err := w.DB.Update(t.Context(), in, lawless, fn)
	require.Contains(t, []fault.Code{fault.CodeReference, fault.CodeNotFound}, fault.CodeOf(err), "%s: %v", what, err)
}

func foreignReferences(t *testing.T, w *World) {
	beforeA, beforeB := w.dump(t, w.A.Whole, by(w.A.Admin)), w.dump(t, w.B.Whole, by(w.B.Admin))
	w.refusedAlone(t, w.A.Whole, "placing on a project", func(ctx context.Context, s storage.Tx) error {
		e := rawEntry(w, s)
		e.Project = w.B.Private.ID
		_, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), entryRow(e))
		require.ErrorIs(t, err, fault.NotFound)
		return err
	})
	w.refusedAlone(t, w.A.North, "recording on a project", func(ctx context.Context, s storage.Tx) error {
		e := timed(Start, time.Hour, w.B.Private)
		e.Person = w.A.Ben.ID
		_, err := w.Book.Record(ctx, s, e)
		return err
	})
	// A permit speaks of site, project and person. What else an entry names is
	// between the entry and the store.
	unknown := tenancy.NewUUID()
	for what, spoil := range map[string]func(*timesheet.Entry){
		"a task of B":            func(e *timesheet.Entry) { e.Task = w.B.Task.ID },
		"a task that is not":     func(e *timesheet.Entry) { e.Task = unknown },
		"an activity of B":       func(e *timesheet.Entry) { e.Activity = w.B.Activity.ID },
		"an activity that isn't": func(e *timesheet.Entry) { e.Activity = unknown },
		"a tag of B":             func(e *timesheet.Entry) { e.Tags = []timesheet.TagID{w.B.Tag.ID} },
		"a tag that is not":      func(e *timesheet.Entry) { e.Tags = []timesheet.TagID{unknown} },
		"a recorder of B":        func(e *timesheet.Entry) { e.Recorder = w.B.Ann.ID },
	} {
		w.refusedAlone(t, w.A.Whole, "PutEntry with "+what, func(ctx context.Context, s storage.Tx) error {
			e := rawEntry(w, s)
			may, err := placed(ctx, s, prover{actor: s.Who()}, timesheet.Track, entryRow(e))
			require.NoError(t, err)
			spoil(&e)
			_, err = s.PutEntry(ctx, may, e, rawSlices(e))
			require.Error(t, err, what)
			return err
		})
		w.refusedAlone(t, w.A.Whole, "AddEntries with "+what, func(ctx context.Context, s storage.Tx) error {
			good, e := rawEntry(w, s), rawEntry(w, s)
			one, err := placed(ctx, s, prover{actor: s.Who()}, timesheet.Track, entryRow(good))
			require.NoError(t, err)
			two, err := placed(ctx, s, prover{actor: s.Who()}, timesheet.Track, entryRow(e))
			require.NoError(t, err)
			spoil(&e)
			err = s.AddEntries(ctx, []access.Permit{one, two}, []timesheet.Entry{good, e}, append(rawSlices(good), rawSlices(e)...))
			require.Error(t, err, what)
			return err
		})
		w.refusedAlone(t, w.A.Whole, "an edit to "+what, func(ctx context.Context, s storage.Tx) error {
			e, r, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), w.A.BensTime.ID)
			require.NoError(t, err)
			may, err := s.Who().May(timesheet.EditEntry, r)
			require.NoError(t, err)
			spoil(&e)
			_, err = s.PutEntry(ctx, may, e, rawSlices(e))
			require.Error(t, err, what)
			return err
		})
	}
	sameDump(t, beforeA, w.dump(t, w.A.Whole, by(w.A.Admin)), "a refused write left something")
	sameDump(t, beforeB, w.dump(t, w.B.Whole, by(w.B.Admin)), "a refused write touched the other domain")
}

func foreignPerson(t *testing.T, w *World) {
	for what, person := range map[string]tenancy.MembershipID{"of B": w.B.Ann.ID, "that is not": tenancy.NewUUID()} {
		w.refusedAlone(t, w.A.Whole, "an entry of a person "+what, func(ctx context.Context, s storage.Tx) error {
			e := rawEntry(w, s)
			e.Person = person
			_, err := s.Place(ctx, s.Who().Sees(timesheet.ViewProject), entryRow(e))
			require.ErrorIs(t, err, fault.Reference)
			return err
		})
		w.refusedAlone(t, w.A.North, "recording for a person "+what, func(ctx context.Context, s storage.Tx) error {
			e := timed(Start, time.Hour, noProject)
			e.Person = person
			_, err := w.Book.Record(ctx, s, e)
			return err
		})
		w.refusedAlone(t, w.A.North, "giving an entry to a person "+what, func(ctx context.Context, s storage.Tx) error {
			e, _, err := s.Entry(ctx, s.Who().Sees(timesheet.ViewEntry), w.A.BensTime.ID)
			require.NoError(t, err)
			e.Person = person
			_, err = w.Book.Edit(ctx, s, e)
			return err
		})
	}
	require.Equal(t, w.A.Ben.ID, w.entry(t, w.A.Whole, by(w.A.Admin), w.A.BensTime.ID).Person)
}

func foreignOwners(t *testing.T, w *World) {
	before := w.dump(t, w.A.Whole, by(w.A.Admin))
	project := func(site tenancy.SiteID, client timesheet.ClientID) func(context.Context, storage.Tx) error {
		return func(ctx context.Context, s storage.Tx) error {
			p := timesheet.Project{ID: s.NewID(), CreatedAt: s.Now(), Site: site, Client: client, Name: "New"}
			may, err := s.Who().May(timesheet.CreateProject, s.Draft(access.Row{Kind: timesheet.KindProject, ID: p.ID, Site: site, Client: client, Project: p.ID}))
			if err != nil {
				return err
			}
			_, err = s.PutProject(ctx, may, p)
			return err
		}
	}
	binding := func(person tenancy.MembershipID, at access.Place) func(context.Context, storage.Tx) error {
		return func(ctx context.Context, s storage.Tx) error {
			_, err := putBinding(ctx, s, access.Binding{ID: s.NewID(), CreatedAt: s.Now(), Subject: access.Subject{Member: person}, Role: access.MemberRole, Place: at})
			return err
		}
	}
	for what, fn := range map[string]func(context.Context, storage.Tx) error{
		"a project for a client of B": project(w.A.North.Site(), w.B.Client.ID),
		"a project on a site of B":    project(w.B.North.Site(), timesheet.ClientID{}),
		"a client on a site of B": func(ctx context.Context, s storage.Tx) error {
			c := timesheet.Client{ID: s.NewID(), CreatedAt: s.Now(), Site: w.B.North.Site(), Name: "New"}
			may, err := s.Who().May(timesheet.CreateClient, s.Draft(access.Row{Kind: timesheet.KindClient, ID: c.ID, Site: c.Site, Client: c.ID}))
			require.NoError(t, err)
			_, err = s.PutClient(ctx, may, c)
			return err
		},
		"a task of a project of B": func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddTask(ctx, s, w.B.Private.ID, "New")
			return err
		},
		"a team of a project of B": func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddToTeam(ctx, s, w.B.Private.ID, w.A.Ann.ID, true)
			return err
		},
		"a person of B in a team": func(ctx context.Context, s storage.Tx) error {
			_, err := w.Book.AddToTeam(ctx, s, w.A.Private.ID, w.B.Ann.ID, true)
			return err
		},
		"a first team with a person of B": func(ctx context.Context, s storage.Tx) error {
			p := timesheet.Project{ID: s.NewID(), CreatedAt: s.Now(), Site: w.A.North.Site(), Name: "New"}
			may, err := s.Who().May(timesheet.CreateProject, s.Draft(access.Row{Kind: timesheet.KindProject, ID: p.ID, Site: p.Site, Project: p.ID}))
			require.NoError(t, err)
			_, err = s.PutProject(ctx, may, p, timesheet.Team{ID: s.NewID(), CreatedAt: s.Now(), Project: p.ID, Person: w.B.Ann.ID, Manager: true})
			return err
		},
		"a role for a person of B": binding(w.B.Ann.ID, access.Place{Kind: access.Everywhere}),
		"a role at a site of B":    binding(w.A.Gus.ID, access.Place{Kind: access.AtSite, Site: w.B.North.Site()}),
		"a role at a client of B":  binding(w.A.Gus.ID, access.Place{Kind: access.AtClient, Client: w.B.Client.ID}),
		"a role at a project of B": binding(w.A.Gus.ID, access.Place{Kind: access.AtProject, Project: w.B.Private.ID}),
		"a role for a group of B": func(ctx context.Context, s storage.Tx) error {
			_, err := admin.Bind(ctx, s, access.Binding{Subject: access.Subject{Group: w.B.Crew.ID}, Role: access.MemberRole, Place: access.Place{Kind: access.Everywhere}})
			return err
		},
		"a role over a group of B": func(ctx context.Context, s storage.Tx) error {
			_, err := admin.Bind(ctx, s, access.Binding{Subject: access.Subject{Member: w.A.Gus.ID}, Role: access.Timekeeper, Place: access.Place{Kind: access.OfGroup, Group: w.B.Crew.ID}})
			return err
		},
		"a role of B's own": func(ctx context.Context, s storage.Tx) error {
			_, err := admin.Bind(ctx, s, access.Binding{Subject: access.Subject{Member: w.A.Gus.ID}, Custom: w.B.Helper.ID, Place: access.Place{Kind: access.Everywhere}})
			return err
		},
		"a person of B in a group": func(ctx context.Context, s storage.Tx) error {
			_, err := admin.PutInGroup(ctx, s, w.A.Crew.ID, w.B.Ann.ID)
			return err
		},
		"a setting of a site of B": func(ctx context.Context, s storage.Tx) error {
			_, err := admin.Set(ctx, s, w.B.North.Site(), access.Setting{Key: timesheet.WhoCreatesTags, Value: timesheet.Admins})
			return err
		},
		"a person without an account": func(ctx context.Context, s storage.Tx) error {
			_, err := admin.AddMember(ctx, s, tenancy.Membership{Name: "New", Account: tenancy.NewUUID()})
			return err
		},
	} {
		w.refusedAlone(t, w.A.Whole, what, func(ctx context.Context, s storage.Tx) error {
			err := fn(ctx, s)
			require.Error(t, err, what)
			return err
		})
	}
	sameDump(t, before, w.dump(t, w.A.Whole, by(w.A.Admin)), "a refused write left something")
}

func foreignPlaces(t *testing.T, w *World) {
	install := func(what string, fn func(ctx context.Context, h storage.Installation) error) {
		before := w.domains(t)
		err := w.DB.Installation(t.Context(), lawless, func(ctx context.Context, h storage.Installation) error { return fn(ctx, h) })
		require.Contains(t, []fault.Code{fault.CodeReference, fault.CodeNotFound}, fault.CodeOf(err), "%s: %v", what, err)
		require.Equal(t, before, w.domains(t), what)
	}
	install("a hostname of A for a site of B", func(ctx context.Context, h storage.Installation) error {
		_, err := admin.AddHostname(ctx, h, w.A.ID, w.B.North.Site(), "new.example")
		return err
	})
	install("a hostname for a domain that is not", func(ctx context.Context, h storage.Installation) error {
		_, err := admin.AddHostname(ctx, h, tenancy.NewUUID(), w.B.North.Site(), "new.example")
		return err
	})
	install("an enrolment of an account that is not", func(ctx context.Context, h storage.Installation) error {
		_, err := admin.IssueEnrolment(ctx, h, tenancy.NewUUID(), w.A.ID)
		return err
	})
	install("a domain for an account that is not", func(ctx context.Context, h storage.Installation) error {
		_, err := admin.AddDomain(ctx, h, admin.Provision{Name: "New", Admin: tenancy.Membership{Name: "Nemo", Account: tenancy.NewUUID()}})
		return err
	})
}
