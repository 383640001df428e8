package timesheet

import (
	"context"
	"slices"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// references checks what entries name: each task, activity and tag is read
// once, however many entries share it. (A project is checked by Store.Place.)
type references struct {
	s          Store
	tasks      map[TaskID]ProjectID
	activities map[ActivityID]tenancy.SiteID
	tags       map[TagID]tenancy.SiteID
}

func newReferences(s Store) *references {
	return &references{s, map[TaskID]ProjectID{}, map[ActivityID]tenancy.SiteID{}, map[TagID]tenancy.SiteID{}}
}

// check refuses a task that is not of the entry's project, and whatever the
// actor cannot see, with fault.NotFound, and a tag or activity of another site
// with fault.Reference. What the entry already named is not
// checked again: it may have been archived or hidden since.
func (r *references) check(ctx context.Context, e, was Entry) error {
	who := r.s.Who()
	if !e.Task.IsZero() && (e.Task != was.Task || e.Project != was.Project) {
		project, known := r.tasks[e.Task]
		if !known {
			t, _, err := r.s.Tasks().Get(ctx, who.Sees(ViewTask), e.Task)
			if err != nil {
				return on("task", e.Task.String(), err)
			}
			project = t.Project
			r.tasks[e.Task] = project
		}
		if project != e.Project {
			return fault.NotFound.On("task", e.Task.String())
		}
	}
	if !e.Activity.IsZero() && e.Activity != was.Activity {
		site, known := r.activities[e.Activity]
		if !known {
			a, _, err := r.s.Activities().Get(ctx, who.Sees(ViewActivity), e.Activity)
			if err != nil {
				return on("activity", e.Activity.String(), err)
			}
			site = a.Site
			r.activities[e.Activity] = site
		}
		if site != e.Site {
			return fault.Reference.On("activity", e.Activity.String())
		}
	}
	for _, tag := range e.Tags {
		if slices.Contains(was.Tags, tag) {
			continue
		}
		site, known := r.tags[tag]
		if !known {
			t, _, err := r.s.Tags().Get(ctx, who.Sees(ViewTag), tag)
			if err != nil {
				return on("tag", tag.String(), err)
			}
			site = t.Site
			r.tags[tag] = site
		}
		if site != e.Site {
			return fault.Reference.On("tag", tag.String())
		}
	}
	return nil
}
