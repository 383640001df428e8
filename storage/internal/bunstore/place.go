package bunstore

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// Draft implements timesheet.Store and admin.Installation.
func (h *handle) Draft(row access.Row) access.Resource {
	none := [16]byte{}
	k, known := h.kind(row.Kind)
	if !known || row.Project != none && (k.Client == "" || row.Kind == timesheet.KindProject && row.Project != row.ID) {
		return access.Resource{}
	}
	row.Version = 0 // nothing is stored of it yet, whatever the caller says
	row = h.prospect(k, row, place{})
	if h.siteless(k, row) {
		return access.Resource{}
	}
	return h.session.Prospect(row)
}

// prospect returns a row as a caller describes it, with what is true of it. p
// is its project, if it has one. A project or a binding says itself which
// client and site it is about, an entry which site; everything else is where its
// project is. A kind without a column cannot be at a client, or be somebody's,
// by saying so; its site may be said only if it has no project, for people are
// added from a site.
func (h *handle) prospect(k storage.Kind, row access.Row, p place) access.Row {
	if k.Client != "" {
		p.client, p.site = row.Client, row.Site
	} else if !row.Site.IsZero() && (k.Site != "" || k.Project == "") {
		p.site = row.Site
	}
	p.said = row.Facts & says(k)
	// What the row says itself is as it will be, not as it is.
	p.public, p.shared = p.public && !says(k).Has(access.Public), p.shared && !says(k).Has(access.Shared)
	if h.ofHost(k) {
		if row.Client != [16]byte{} {
			p.client = row.Client
		}
		p.archived = p.archived || row.State&access.Archived != 0
	}
	p.project, p.person = [16]byte{}, [16]byte{}
	if k.Project != "" {
		p.project = row.Project
	}
	if k.Person != "" {
		p.person = row.Person
	}
	return p.row(k, row.ID, row.Version, h.me())
}

// says returns the facts that a row says itself and that are believed.
func says(k storage.Kind) (facts access.Facts) {
	for fact := range k.Says {
		facts |= fact
	}
	return facts
}

// kind returns a line of the table of kinds. A kind of the host's own is taken to
// be like an entry: on a site, somebody's, and maybe on a project; the host
// says which of its own facts hold.
func (h *handle) kind(name access.Kind) (storage.Kind, bool) {
	if k, ours := h.db.byKind[name]; ours {
		return k, true
	}
	like := h.db.kinds.Entries.Kind
	like.Name, like.Says = name, map[access.Facts]string{access.Extra1: "", access.Extra2: "", access.Extra3: "", access.Extra4: ""}
	return like, slices.ContainsFunc(h.db.policy.Kinds(), func(k access.KindSpec) bool { return k.Name == name })
}

// ofHost reports whether a kind is one of the host's own, which vouches for what
// it says of a row.
func (h *handle) ofHost(k storage.Kind) bool {
	_, ours := h.db.byKind[k.Name]
	return !ours
}

// siteless reports whether a row is said to be on no site although its kind has
// one and the scope is narrowed: roles held on the site would cover it, and
// reach beyond.
func (h *handle) siteless(k storage.Kind, row access.Row) bool {
	return !h.scope.Site().IsZero() && k.Site != "" && row.Site.IsZero()
}

// mostIDs is how many ids go into one statement. Lists are padded to a power of
// two by repeating the last, so that there are few different texts.
const mostIDs = 512

// in returns the list of marks and the arguments for an IN over ids; the caller
// splits longer lists.
func in(ids [][16]byte) (string, []any) {
	n := 1
	for n < len(ids) {
		n *= 2
	}
	args := make([]any, n)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)]
	}
	return marks(n), args
}

// Place implements timesheet.Store: one pipeline locks the persons and reads
// the projects that the rows name.
func (h *handle) Place(ctx context.Context, see access.Filter, asked ...access.Row) ([]access.Resource, error) {
	plan, err := h.session.Plan(see, timesheet.KindProject)
	if err != nil {
		return nil, err
	}
	var persons, projects [][16]byte
	locks := false
	for _, r := range asked {
		if !r.Person.IsZero() {
			persons = append(persons, r.Person)
			locks = locks || r.Kind == timesheet.KindEntry
		}
		if r.Project != [16]byte{} {
			projects = append(projects, r.Project)
		}
	}
	persons, projects = set(persons), set(projects)
	var calls []Call
	known := map[[16]byte]bool{}
	for part := range slices.Chunk(persons, mostIDs) {
		lock := ""
		if locks && h.writes {
			lock = h.db.d.Lock
		}
		list, ids := in(part)
		calls = append(calls, Call{
			SQL:  "select id from stint_memberships where domain_id = ? and id in (" + list + ") order by id" + lock,
			Args: append([]any{h.domain}, ids...),
			Each: func(scan Scan) error {
				var id [16]byte
				err := scan(&id)
				known[id] = true
				return err
			},
		})
	}
	found := map[[16]byte]place{}
	for part := range slices.Chunk(projects, mostIDs) {
		list, ids := in(part)
		if h.writes && h.db.d.Hold != "" {
			// Locked by a statement of its own: what is read after it has seen
			// everything that the lock waited for.
			calls = append(calls, Call{
				SQL:  "select id from stint_projects where domain_id = ? and id in (" + list + ") order by id" + h.db.d.Hold,
				Args: append([]any{h.domain}, ids...),
				Each: func(scan Scan) error { return scan(new([16]byte)) },
			})
		}
		calls = append(calls, Call{
			SQL: "select t.id, t.site_id, t.client_id, t.public, t.shared, t.archived_at, m.id, m.manager from stint_projects t" +
				joins(h.db.kinds.Projects.Kind) + " where t.domain_id = ? and t.id in (" + list + ")",
			Args: append([]any{h.me(), h.domain}, ids...),
			Each: func(scan Scan) error {
				var p place
				var archived time.Time
				err := scan(&p.project, &p.site, &p.client, &p.public, &p.shared, &archived, &p.team, &p.manager)
				p.archived = !archived.IsZero()
				found[p.project] = p
				return err
			},
		})
	}
	if len(calls) > 0 {
		if err := h.run(ctx, calls...); err != nil {
			return nil, err
		}
	}
	out := make([]access.Resource, len(asked))
	placed, pointers := make([]access.Row, len(asked)), make([]*access.Row, len(asked))
	for i, r := range asked {
		if placed[i], err = h.placed(plan, r, known, found); err != nil {
			return nil, err
		}
		pointers[i] = &placed[i]
	}
	if err := h.grouped(ctx, pointers...); err != nil {
		return nil, err
	}
	for i, r := range placed {
		if k, _ := h.kind(r.Kind); h.ofHost(k) && r.Version != 0 {
			out[i] = h.session.Resource(r) // the host has read it, and vouches for what it is
		} else {
			out[i] = h.session.Prospect(r)
		}
	}
	return out, nil
}

// placed completes one row with what was read of its project.
func (h *handle) placed(plan access.Plan, r access.Row, persons map[[16]byte]bool, projects map[[16]byte]place) (access.Row, error) {
	if !r.Person.IsZero() && !persons[r.Person] {
		return access.Row{}, fault.Reference.On("person", "")
	}
	k, ok := h.kind(r.Kind)
	if !ok {
		return access.Row{}, fault.Proof.On("kind", string(r.Kind))
	}
	p := place{}
	if r.Project != [16]byte{} {
		p, ok = projects[r.Project]
		of := h.db.kinds.Projects.Kind
		seen := p.row(of, p.project, 1, h.me())
		// A row that the host has stored is on its project whoever sees that.
		stored := h.ofHost(k) && r.Version != 0
		if !ok || !h.fenced(seen, of) || !stored && !plan.Sees(seen) {
			return access.Row{}, fault.NotFound.On("project", timesheet.ProjectID(r.Project).String())
		}
		if k.Name == timesheet.KindEntry && !r.Site.IsZero() && p.site != [16]byte(r.Site) {
			return access.Row{}, fault.Reference.On("project", timesheet.ProjectID(r.Project).String())
		}
	}
	row := h.prospect(k, r, p)
	if h.siteless(k, row) {
		return access.Row{}, fault.NoSite
	}
	return row, nil
}

// set returns the ids in order, each once.
func set(ids [][16]byte) [][16]byte {
	slices.SortFunc(ids, func(a, b [16]byte) int { return strings.Compare(string(a[:]), string(b[:])) })
	return slices.Compact(ids)
}
