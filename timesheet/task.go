package timesheet

import (
	"context"
	"time"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

// TaskID is the identity of a Task.
type TaskID = tenancy.ID[Task]

// Task is a piece of one project.
type Task struct {
	ID         TaskID
	Version    int64
	CreatedAt  time.Time
	Project    ProjectID
	Name       string // unique in the project among tasks that are not archived, compared by tenancy.NameKey
	ArchivedAt time.Time
}

// AddTask adds a task to a project. A project that the actor cannot see is
// fault.NotFound.
func (b Book) AddTask(ctx context.Context, s Store, project ProjectID, name string) (Task, error) {
	name, err := tenancy.CleanName("name", name, nameMost)
	if err != nil {
		return Task{}, err
	}
	t := Task{ID: s.NewID(), CreatedAt: s.Now(), Project: project, Name: name}
	may, err := mayAdd(ctx, s, CreateTask, access.Row{Kind: KindTask, ID: t.ID, Project: project})
	if err != nil {
		return Task{}, err
	}
	return s.PutTask(ctx, may, t)
}
