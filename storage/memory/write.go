package memory

import (
	"context"
	"reflect"
	"slices"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// put writes a row of a uniform kind with its event.
func put[E any](ctx context.Context, t *tx, to *table[E], may access.Permit, e E) (E, error) {
	w, err := permitted(ctx, t, to, may, &e)
	if err != nil {
		var none E
		return none, err
	}
	kept, err := keep(t, to, w, e)
	if err != nil {
		return kept, err
	}
	return show(t.view, to, kept, t.relate(to.Kind, to.row(&kept))), nil
}

// permitted opens the permit for a row that is about to be written.
func permitted[E any](ctx context.Context, t *tx, to *table[E], may access.Permit, e *E) (access.Write, error) {
	if err := t.ready(ctx); err != nil {
		return access.Write{}, err
	}
	return t.session.Write(may, to.row(e), to.Has())
}

// keep checks a row that a permit covers and stores it with its event.
func keep[E any](t *tx, to *table[E], w access.Write, e E) (E, error) {
	var none E
	if to.Level == storage.OfBusiness && t.home.id == tenancy.RootDomain {
		return none, fault.Root
	}
	id := to.idIn(&e, "id")
	was, err := stands(to, id, *to.version(&e))
	if err != nil {
		return none, err
	}
	// A permit for where the row is said to be is none for where it is.
	if was != nil && !samePlace(to.row(was), w.Before, to.Has()) {
		return none, fault.Proof.On("permit", string(w.Action))
	}
	if was != nil {
		if err := t.guarded(to.Kind, to.Fields(was), to.Fields(&e), t.relate(to.Kind, to.row(was))); err != nil {
			return none, err
		}
	}
	created := to.createdAt(&e)
	if was != nil {
		*created = *to.createdAt(was)
	} else if created.IsZero() {
		*created = t.now
	}
	if err := retain(t.view, to, was, &e); err != nil {
		return none, err
	}
	if err := normalise(to.Kind, to.Fields(&e)); err != nil {
		return none, err
	}
	if err := t.references(to.Kind, to.Fields(&e)); err != nil {
		return none, err
	}
	if err := to.conflict(id, &e); err != nil {
		return none, err
	}
	*to.version(&e)++
	kept := e
	to.set(t.journal, id, &kept)
	// The permit knows the project as it was before this write.
	public := t.relate(to.Kind, to.row(&e)).Facts & access.Public
	w.After.Facts = w.After.Facts&^access.Public | public
	t.log(w, *to.version(&e), to.words(was), to.words(&e))
	return e, nil
}

// stands returns the stored row that an entity of a version is to replace, or
// nil for a new one.
func stands[E any](to *table[E], id [16]byte, version int64) (*E, error) {
	was := to.rows[id]
	switch {
	case id == [16]byte{}:
		return nil, fault.Input("bad_id", "id", "", "must be given")
	case version == 0 && was != nil:
		return nil, fault.Conflict.On("id", "")
	case version != 0 && was == nil:
		return nil, fault.NotFound
	case was != nil && *to.version(was) != version:
		return nil, fault.Stale
	}
	return was, nil
}

// remove removes a row with an event.
func remove[E any](ctx context.Context, t *tx, from *table[E], may access.Permit, id [16]byte) error {
	if err := t.ready(ctx); err != nil {
		return err
	}
	if !t.session.Holds(may) {
		return fault.Proof
	}
	was := from.rows[id]
	if was == nil {
		return fault.NotFound
	}
	w, err := t.session.Remove(may, from.row(was), from.Has())
	if err != nil {
		return err
	}
	from.set(t.journal, id, nil)
	t.log(w, *from.version(was), from.words(was), "") // the last version there was
	return nil
}

// log appends the event of a write to the domain's log, with what the row said
// before and after.
func (t *tx) log(w access.Write, version int64, before, after string) {
	e := t.session.Event(w, version, t.now)
	e.ID, e.Before, e.After = t.NewID(), before, after
	t.home.events.set(t.journal, e.ID, &e)
}

// references refuses a row that names what does not exist in its domain. Ids
// that may be left out are checked only if they are given.
func (t *tx) references(kind storage.Kind, fields []any) error {
	home := t.home
	for i, name := range kind.Columns {
		id, ok := column{fields[i]}.id()
		if !ok || name == "id" {
			continue
		}
		field, has := t.target(home, name)
		if has == nil || id == [16]byte{} && slices.Contains(kind.Null, name) {
			continue
		}
		if !has(id) {
			return fault.Reference.On(field, "")
		}
		if name == "domain_id" {
			home = t.db.world.tenants[id] // what else a row of the installation names is in there
		}
	}
	return nil
}

// target returns where a column leads, and the field to name in an error.
func (t *tx) target(home *tenant, name string) (field string, has func(id [16]byte) bool) {
	switch name {
	case "domain_id":
		return "domain", t.db.world.domains.has
	case "account_id":
		return "account", t.db.world.accounts.has
	case "site_id":
		return "site", home.sites.has
	case "client_id":
		return "client", home.clients.has
	case "project_id":
		return "project", home.projects.has
	case "membership_id":
		return "person", home.members.has
	case "group_id", "place_group_id":
		return "group", home.groups.has
	case "role_id":
		return "role", home.roles.has
	case "recorder_id":
		return "recorder", home.members.has
	case "task_id":
		return "task", home.tasks.has
	case "activity_id":
		return "activity", home.activities.has
	}
	return "", nil
}

// samePlace compares two rows where the kind has columns.
func samePlace(a, b access.Row, has access.Places) bool {
	return (!has.Site || a.Site == b.Site) && (!has.Client || a.Client == b.Client) &&
		(!has.Project || a.Project == b.Project) && (!has.Person || a.Person == b.Person)
}

// guarded refuses a change of guarded columns by who may not do their action.
func (t *tx) guarded(kind storage.Kind, was, next []any, row access.Row) error {
	for _, g := range kind.Guarded {
		for i, name := range kind.Columns {
			if !slices.Contains(g.Columns, name) || reflect.DeepEqual(was[i], next[i]) {
				continue
			}
			if _, err := t.Who().May(g.Action, t.session.Resource(row)); err != nil {
				return err
			}
		}
	}
	return nil
}
