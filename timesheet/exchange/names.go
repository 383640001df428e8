package exchange

import (
	"context"
	"iter"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
)

// ref is a name of the file: what it stands for in the store, if anything yet.
type ref[ID any] struct {
	id      ID
	found   bool
	refused *fault.Error // why it could not be created
}

// project is a project that the file names.
type project struct {
	ref[timesheet.ProjectID]
	client *ref[timesheet.ClientID] // nil: none
	public bool
	isNew  bool
}

type (
	projectKey struct{ client, name string } // NameKeys
	taskKey    struct {
		project *project
		name    string // NameKey
	}
)

// names holds every client, project, task and tag of the file, each once.
type names struct {
	keys     map[string]string // NameKeys
	clients  map[string]*ref[timesheet.ClientID]
	projects map[projectKey]*project
	tasks    map[taskKey]*ref[timesheet.TaskID]
	tags     map[string]*ref[timesheet.TagID]
}

func newNames() names {
	return names{map[string]string{}, map[string]*ref[timesheet.ClientID]{}, map[projectKey]*project{},
		map[taskKey]*ref[timesheet.TaskID]{}, map[string]*ref[timesheet.TagID]{}}
}

func (n *names) key(name string) string {
	k, known := n.keys[name]
	if !known {
		k = tenancy.NameKey(name)
		n.keys[name] = k
	}
	return k
}

// findNames looks up what the rows name, and creates nothing.
func (r *run) findNames(ctx context.Context) error {
	for _, it := range r.items {
		var err error
		if it.project, err = r.findProject(ctx, it); err != nil {
			return err
		}
		if it.Task != "" {
			if it.task, err = r.findTask(ctx, it); err != nil {
				return err
			}
		}
		for _, name := range it.Tags {
			tag, err := r.findTag(ctx, name)
			if err != nil {
				return err
			}
			it.tags = append(it.tags, tag)
		}
	}
	return nil
}

func (r *run) findProject(ctx context.Context, it *item) (*project, error) {
	if it.Project == "" {
		return nil, nil
	}
	key := projectKey{r.names.key(it.Client), r.names.key(it.Project)}
	if p := r.names.projects[key]; p != nil {
		return p, nil
	}
	p := &project{}
	q := access.Query{Name: it.Project, All: true}
	if it.Client != "" {
		client, err := r.findClient(ctx, it.Client)
		if err != nil {
			return nil, err
		}
		p.client, q.Parent = client, client.id
	}
	if p.client == nil || p.client.found {
		same, found, err := pick(ctx, r.s.Projects(), r.s.Who().Sees(timesheet.ViewProject), q, func(o timesheet.Project) (bool, time.Time) {
			return o.Client == q.Parent, o.ArchivedAt
		})
		if err != nil {
			return nil, err
		}
		p.id, p.found, p.public = same.ID, found, same.Public
	}
	r.names.projects[key] = p
	return p, nil
}

func (r *run) findClient(ctx context.Context, name string) (*ref[timesheet.ClientID], error) {
	key := r.names.key(name)
	if c := r.names.clients[key]; c != nil {
		return c, nil
	}
	same, found, err := pick(ctx, r.s.Clients(), r.s.Who().Sees(timesheet.ViewClient), access.Query{Name: name, All: true},
		func(o timesheet.Client) (bool, time.Time) { return true, o.ArchivedAt })
	if err != nil {
		return nil, err
	}
	c := &ref[timesheet.ClientID]{id: same.ID, found: found}
	r.names.clients[key] = c
	return c, nil
}

func (r *run) findTask(ctx context.Context, it *item) (*ref[timesheet.TaskID], error) {
	key := taskKey{it.project, r.names.key(it.Task)}
	if t := r.names.tasks[key]; t != nil {
		return t, nil
	}
	t := &ref[timesheet.TaskID]{}
	if it.project.found {
		q := access.Query{Name: it.Task, Parent: it.project.id, All: true}
		same, found, err := pick(ctx, r.s.Tasks(), r.s.Who().Sees(timesheet.ViewTask), q,
			func(o timesheet.Task) (bool, time.Time) { return o.Project == it.project.id, o.ArchivedAt })
		if err != nil {
			return nil, err
		}
		t.id, t.found = same.ID, found
	}
	r.names.tasks[key] = t
	return t, nil
}

func (r *run) findTag(ctx context.Context, name string) (*ref[timesheet.TagID], error) {
	key := r.names.key(name)
	if t := r.names.tags[key]; t != nil {
		return t, nil
	}
	same, found, err := pick(ctx, r.s.Tags(), r.s.Who().Sees(timesheet.ViewTag), access.Query{Name: name, All: true},
		func(o timesheet.Tag) (bool, time.Time) { return true, o.ArchivedAt })
	if err != nil {
		return nil, err
	}
	t := &ref[timesheet.TagID]{id: same.ID, found: found}
	r.names.tags[key] = t
	return t, nil
}

// pick returns the row of a name that fits and is not archived, or else an
// archived one: time of the past belongs to it too.
func pick[E any](ctx context.Context, rows access.Rows[E], see access.Filter, q access.Query, fits func(E) (ok bool, archived time.Time)) (best E, found bool, err error) {
	for e, err := range pages(ctx, rows, see, q) {
		if err != nil {
			return best, false, err
		}
		ok, archived := fits(e)
		if ok && archived.IsZero() {
			return e, true, nil
		}
		if ok {
			best, found = e, true
		}
	}
	return best, found, nil
}

// pages yields all rows of a list. An error is the last it yields.
func pages[E any](ctx context.Context, rows access.Rows[E], see access.Filter, q access.Query) iter.Seq2[E, error] {
	return func(yield func(E, error) bool) {
		q.Limit = 1000
		for {
			page, err := rows.List(ctx, see, q)
			if err != nil {
				var none E
				yield(none, err)
				return
			}
			for _, e := range page.Rows {
				if !yield(e, nil) {
					return
				}
			}
			if q.After = page.Next; q.After == "" {
				return
			}
		}
	}
}

// projectCell returns the column and the text by which a row names its project.
func (r *run) projectCell(it *item) (col, name string) {
	if _, has := r.header.at[colProject]; !has {
		return r.header.name(colTool), it.Project
	}
	return r.header.name(colProject), it.Project
}
