package exchange_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/exchange"
	"github.com/seed-5be203e9/stint/timesheet/report"
)

func sample(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/toggl.csv")
	require.NoError(t, err)
	return string(text)
}

func TestTogglSampleEndToEnd(t *testing.T) {
	w := newWorld(t)
	opt := berlin
	opt.CreatePeople = true
	f := w.parse(sample(t), opt)
	before := w.state()
	w.dryRun(w.ann, f)
	require.Equal(t, before, w.state(), "a dry run leaves nothing")

	rep := w.store(w.ann, f)
	assert.Equal(t, []int{12, 0, 0}, []int{rep.Stored, rep.Unchanged, rep.Refused})
	assert.Equal(t, exchange.Created{People: 2, Clients: 2, Projects: 4, Tasks: 2, Tags: 4, Teams: 4}, rep.Created)
	assert.Equal(t, []exchange.ProjectTime{
		{Client: "Acme", Project: "Website", Stored: 5400 + 5400 + 2700 + 3600 + 2700 + 7200 + 1200},
		{Client: "Sakura 商事", Project: "Website", Stored: 3600},
		{Client: "Sakura 商事", Project: "Launch", Stored: 3601},
		{Project: "Internal", Stored: 1800},
		{Stored: 2400},
	}, rep.Projects)

	notes := map[int][]exchange.NoteCode{}
	for _, row := range rep.Rows {
		for _, n := range row.Notes {
			notes[row.Line] = append(notes[row.Line], n.Code)
		}
	}
	assert.Equal(t, map[int][]exchange.NoteCode{
		7:  {exchange.DurationOff, exchange.Overlaps}, // Cleo's next row begins a second before this one ends
		8:  {exchange.Overlaps},
		9:  {exchange.Overlaps}, // twice the same row
		10: {exchange.Overlaps},
		11: {exchange.Overlaps},
		12: {exchange.Skipped, exchange.Overlaps},
		13: {exchange.Repeated, exchange.Overlaps}, // until the second 02:30
		14: {exchange.Repeated, exchange.Repeated, exchange.Overlaps},
	}, notes)
	assert.Equal(t, `line 7: stored; Duration differs by one second from the time from start to end, 1:00:01, which counts; Start time shares time with another entry of the same person`, rep.Rows[4].String())

	entries := map[timesheet.EntryID]timesheet.Entry{}
	for _, e := range w.entries() {
		entries[e.ID] = e
	}
	entry := func(i int) timesheet.Entry { return entries[rep.Rows[i].Entry] }
	assert.Equal(t, "Front page\nwith a \"hero\" section", entry(1).Note)
	assert.True(t, entry(1).Billable)
	assert.Equal(t, int64(12750), entry(1).External.Amount)
	assert.Equal(t, "EUR", entry(1).External.Currency)
	assert.Equal(t, int64(5000), entry(3).External.Amount, "yen have no minor unit")
	assert.Equal(t, "JPY", entry(3).External.Currency)
	assert.Equal(t, "Europe/Berlin", entry(3).Zone)
	assert.Equal(t, timesheet.External{Source: "toggl", Key: entry(5).External.Key}, entry(5).External)
	assert.Len(t, entry(0).Tags, 2)
	assert.Zero(t, entry(6).Project)
	assert.NotEqual(t, entry(6).External.Key, entry(7).External.Key, "rows that are alike are two")

	people := map[string]tenancy.Membership{}
	for _, m := range w.members() {
		people[m.Email] = m
	}
	assert.Equal(t, tenancy.Invited, people["ben@example.org"].Status)
	assert.Equal(t, "Cleo Curie", people["cleo@example.org"].Name)
	assert.Equal(t, people["ben@example.org"].ID, entry(2).Person, "an address in other case is the same person")
	teams := map[tenancy.MembershipID]int{}
	for _, team := range w.teams() {
		teams[team.Person]++
		assert.Equal(t, team.Person == w.ann.ID, team.Manager, "who imports manages, the others are in the team")
	}
	assert.Equal(t, map[tenancy.MembershipID]int{w.ann.ID: 4, people["ben@example.org"].ID: 2, people["cleo@example.org"].ID: 2}, teams)
	for _, p := range w.projects() {
		assert.False(t, p.Public, "imported projects are private")
	}

	by := w.report(report.Query{By: []report.Dimension{report.Client, report.Project}})
	sums := map[[2]string]int64{}
	for _, row := range by.Rows {
		sums[[2]string{row.Keys[0].Name, row.Keys[1].Name}] = row.Seconds
	}
	want := map[[2]string]int64{}
	for _, p := range rep.Projects {
		want[[2]string{p.Client, p.Project}] = p.Stored
	}
	assert.Equal(t, want, sums, "a report has the same sums")

	t.Run("a second import changes nothing", func(t *testing.T) {
		after := w.state()
		again := w.store(w.ann, w.parse(sample(t), opt))
		assert.Equal(t, 12, again.Unchanged)
		assert.Equal(t, after, w.state())
	})
	t.Run("nor after names, columns and their order have changed", func(t *testing.T) {
		w.update(w.ann, func(ctx context.Context, tx storage.Tx) error {
			page, err := tx.Projects().List(ctx, tx.Who().Sees(timesheet.ViewProject), access.Query{Name: "Launch"})
			if err != nil {
				return err
			}
			p := page.Rows[0]
			p.Name = "Launch 2021"
			_, err = timesheet.Book{}.EditProject(ctx, tx, p)
			return err
		})
		after := w.state()
		text := strings.NewReplacer("Amount (EUR),Amount (JPY)", "Amount (EUR),Amount (USD)", "Ann Adler", "Ann A. Adler", ",Yes,", ",yes,").Replace(sample(t))
		again := w.store(w.ann, w.parse(text, opt))
		assert.Equal(t, 12, again.Unchanged)
		assert.Equal(t, after, w.state())
	})
	t.Run("a file that reaches further stores only what is new", func(t *testing.T) {
		text := sample(t) + "Ann Adler,ann@example.org,,,,Mail,No,2021-03-04,09:00:00,2021-03-04,09:20:00,00:20:00,,,\n" +
			"Ben Brandt,ben@example.org,acme,WEBSITE,build,Later,No,2021-11-01,09:00,2021-11-01,10:00,1:00,REVIEW,,\n"
		projects, tasks, tags := len(w.projects()), len(w.tasks()), len(w.tags())
		again := w.store(w.ann, w.parse(text, opt))
		assert.Equal(t, []int{2, 12, 0}, []int{again.Stored, again.Unchanged, again.Refused}, "a third row that is alike is new")
		assert.Equal(t, []int{projects, tasks, tags}, []int{len(w.projects()), len(w.tasks()), len(w.tags())}, "names are found in any case")
		assert.Zero(t, again.Created)
	})
}

const shortHead = "User,Email,Client,Project,Task,Tags,Start date,Start time,Duration\n"

func TestPeople(t *testing.T) {
	const text = shortHead +
		"Ann,ann@example.org,,,,,2021-03-01,09:00,1:00:00\n" +
		"Zoe,zoe@example.org,,New,,,2021-03-01,09:00,1:00:00\n" +
		"Zoe,zoe@example.org,,New,,,2021-03-01,10:00,1:00:00\n" +
		"Sam,,,,,,2021-03-01,09:00,1:00:00\n"
	w := newWorld(t)
	ben := w.member("Ben", "ben@example.org", "member")

	t.Run("unknown people are refused", func(t *testing.T) {
		rep := w.dryRun(w.ann, w.parse(text, berlin))
		assert.Equal(t, []int{1, 3}, []int{rep.Stored, rep.Refused})
		assertFault(t, rep.Rows[1].Err, "unknown_person", "Email", "zoe@example.org")
		assertFault(t, rep.Rows[3].Err, "unknown_person", "User", "Sam")
		assert.Zero(t, rep.Created, "a refused row creates nothing")
	})
	opt := berlin
	opt.CreatePeople = true
	t.Run("a member may not create them", func(t *testing.T) {
		before := w.state()
		rep := w.store(ben, w.parse(text, opt))
		assert.Equal(t, 4, rep.Refused)
		assert.ErrorIs(t, rep.Rows[1].Err, fault.Denied)
		assert.Equal(t, "no_grant_in_scope", rep.Rows[1].Err.Reason)
		assert.Equal(t, before, w.state())
	})
	t.Run("an administrator creates each once", func(t *testing.T) {
		rep := w.store(w.ann, w.parse(text, opt))
		assert.Equal(t, 4, rep.Stored)
		assert.Equal(t, exchange.Created{People: 2, Projects: 1, Teams: 1}, rep.Created)
		again := w.store(w.ann, w.parse(text, opt))
		assert.Equal(t, 4, again.Unchanged, "and finds them again, by address or by name")
	})
	t.Run("a name of several people is refused", func(t *testing.T) {
		w.member("SAM", "", "member")
		rep := w.store(w.ann, w.parse(text, opt))
		assert.Equal(t, []int{3, 1}, []int{rep.Unchanged, rep.Refused})
		assertFault(t, rep.Rows[3].Err, "person_ambiguous", "User", "Sam")
	})
}

func TestRights(t *testing.T) {
	const text = shortHead +
		"Ann,ann@example.org,Hers,Hers,Hers,hers,2021-03-01,09:00,1:00:00\n" +
		"Ben,ben@example.org,Acme,Site,Build,own,2021-03-01,09:00,1:00:00\n" +
		"Ben,ben@example.org,,,,,2021-03-01,10:00,1:00:00\n"
	t.Run("a member imports her own rows; another's are refused with the reason and create nothing", func(t *testing.T) {
		w := newWorld(t)
		ben := w.member("Ben", "ben@example.org", "member")
		rep := w.store(ben, w.parse(text, berlin))
		assert.Equal(t, []int{2, 1}, []int{rep.Stored, rep.Refused})
		assertFault(t, rep.Rows[0].Err, "unknown_person", "Email", "ann@example.org") // she sees no address but her own
		assert.Equal(t, exchange.Created{Clients: 1, Projects: 1, Tasks: 1, Tags: 1}, rep.Created)
		assert.Len(t, w.clients(), 1)
		assert.Len(t, w.projects(), 1)
		assert.Len(t, w.tags(), 1)
	})
	t.Run("a site administrator imports everybody's", func(t *testing.T) {
		w := newWorld(t)
		w.member("Ben", "ben@example.org", "member")
		cleo := w.member("Cleo", "cleo@example.org", "site_admin")
		rep := w.store(cleo, w.parse(text, berlin))
		assert.Equal(t, 3, rep.Stored)
		for _, e := range w.entries() {
			assert.Equal(t, cleo.ID, e.Recorder)
		}
		again := w.store(w.ann, w.parse(text, berlin))
		assert.Equal(t, 3, again.Unchanged, "whoever imports it again")
	})
	t.Run("a guest imports nothing", func(t *testing.T) {
		w := newWorld(t)
		ben := w.member("Ben", "ben@example.org", "guest")
		before := w.state()
		rep := w.store(ben, w.parse(text, berlin))
		assert.Equal(t, 3, rep.Refused)
		assert.Equal(t, before, w.state())
	})
	t.Run("a read-only principal imports nothing", func(t *testing.T) {
		w := newWorld(t)
		f := w.parse(text, berlin)
		err := w.db.Update(w.ctx, w.site, w.as(w.ann).ReadOnly(), func(ctx context.Context, tx storage.Tx) error {
			rep, err := f.Store(ctx, tx)
			if err == nil {
				assert.Equal(t, 3, rep.Refused)
				assert.Equal(t, "token_scope", rep.Rows[0].Err.Reason)
			}
			return err
		})
		require.NoError(t, err)
	})
	t.Run("a task on a project that the actor does not manage is refused, and creates no tag", func(t *testing.T) {
		w := newWorld(t)
		ben := w.member("Ben", "ben@example.org", "member")
		w.project(w.ann, timesheet.NewProject{Name: "Open", Visibility: timesheet.Public})
		rep := w.store(ben, w.parse(shortHead+"Ben,ben@example.org,,Open,Build,tag,2021-03-01,09:00,1:00:00\nBen,ben@example.org,,Open,,tag,2021-03-01,10:00,1:00:00\n", berlin))
		assert.Equal(t, []int{1, 1}, []int{rep.Stored, rep.Refused})
		assert.Equal(t, "Task", rep.Rows[0].Err.Field)
		assert.Equal(t, "condition_manager", rep.Rows[0].Err.Reason)
		assert.Empty(t, w.teams()[1:], "nobody needs to join the team of a public project")
	})
	t.Run("a project that is archived is refused with the reason, not made again", func(t *testing.T) {
		w := newWorld(t)
		p := w.project(w.ann, timesheet.NewProject{Name: "Old"})
		w.update(w.ann, func(ctx context.Context, tx storage.Tx) error {
			p.ArchivedAt = tx.Now()
			_, err := timesheet.Book{}.EditProject(ctx, tx, p)
			return err
		})
		rep := w.store(w.ann, w.parse(shortHead+"Ann,ann@example.org,,Old,,,2021-03-01,09:00,1:00:00\n", berlin))
		require.Equal(t, 1, rep.Refused)
		assert.Equal(t, "archived", rep.Rows[0].Err.Reason)
		assert.Equal(t, "Project", rep.Rows[0].Err.Field)
		assert.Len(t, w.projects(), 1)
	})
	t.Run("a scope without a site is refused", func(t *testing.T) {
		w := newWorld(t)
		err := w.db.Update(w.ctx, w.all, w.as(w.ann), func(ctx context.Context, tx storage.Tx) error {
			_, err := w.parse(text, berlin).Store(ctx, tx)
			return err
		})
		assert.ErrorIs(t, err, fault.NoSite)
	})
	t.Run("who gets time on an existing private project joins its team", func(t *testing.T) {
		w := newWorld(t)
		ben := w.member("Ben", "ben@example.org", "member")
		p := w.project(w.ann, timesheet.NewProject{Name: "Private"})
		rep := w.store(w.ann, w.parse(shortHead+"Ben,ben@example.org,,Private,,,2021-03-01,09:00,1:00:00\n", berlin))
		assert.Equal(t, exchange.Created{Teams: 1}, rep.Created)
		err := w.db.View(w.ctx, w.site, w.as(ben), func(ctx context.Context, v storage.View) error {
			_, _, err := v.Projects().Get(ctx, v.Who().Sees(timesheet.ViewProject), p.ID)
			return err
		})
		assert.NoError(t, err)
	})
}

func TestANameTakenByWhatTheActorCannotSee(t *testing.T) {
	const text = shortHead +
		"Ben,ben@example.org,,Secret,,,2021-03-01,09:00,1:00:00\n" +
		"Ben,ben@example.org,,Other,,,2021-03-01,10:00,1:00:00\n" +
		"Ben,ben@example.org,,secret,,,2021-03-01,11:00,1:00:00\n"
	w := newWorld(t)
	ben := w.member("Ben", "ben@example.org", "member")
	w.project(w.ann, timesheet.NewProject{Name: "Secret"})
	f := w.parse(text, berlin)
	before := w.state()
	store := func(f exchange.File) (rep exchange.Report, err error) {
		err = w.db.Update(w.ctx, w.site, w.as(ben), func(ctx context.Context, tx storage.Tx) (err error) {
			rep, err = f.Store(ctx, tx)
			return err
		})
		return rep, err
	}
	_, err := store(f)
	require.ErrorIs(t, err, fault.Conflict)
	var bad *exchange.RowError
	require.ErrorAs(t, err, &bad)
	assert.Equal(t, []int{2, 4}, bad.Lines, "all rows of the name are known at once")
	assert.Equal(t, before, w.state())

	rest, ok := f.Without(err)
	require.True(t, ok)
	rep, err := store(rest)
	require.NoError(t, err)
	complete(t, rest, rep)
	assert.Equal(t, []int{1, 2}, []int{rep.Stored, rep.Refused})
	assert.ErrorIs(t, rep.Rows[0].Err, fault.Conflict)
	assert.Nil(t, f.Rows[0].Err, "the file itself never changes")

	_, ok = f.Without(errDry)
	assert.False(t, ok)
}

func TestSitesDoNotShareWhatIsImported(t *testing.T) {
	const text = shortHead + "Ann,ann@example.org,,,,,2021-03-01,09:00,1:00:00\n"
	w := newWorld(t)
	var other tenancy.Site
	err := w.db.Update(w.ctx, w.all, w.as(w.ann), func(ctx context.Context, tx storage.Tx) (err error) {
		other, err = admin.AddSite(ctx, tx, tenancy.Site{Name: "Second"})
		return err
	})
	require.NoError(t, err)
	assert.Equal(t, 1, w.store(w.ann, w.parse(text, berlin)).Stored)
	w.site = w.all.At(other.ID)
	assert.Equal(t, 1, w.store(w.ann, w.parse(text, berlin)).Stored)
	assert.Equal(t, 1, w.store(w.ann, w.parse(text, berlin)).Unchanged)
}

func TestFileOfAHeaderOnly(t *testing.T) {
	w := newWorld(t)
	before := w.state()
	for _, text := range []string{shortHead, "dt_start,dt_end,Project\n"} {
		rep := w.store(w.ann, w.parse(text, berlin))
		assert.Equal(t, exchange.Report{Rows: []exchange.Result{}}, rep)
	}
	assert.Equal(t, before, w.state())
}
