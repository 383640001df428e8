package memory

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// hostKind stands for a kind that the policy declares and the host stores: on a
// site, maybe somebody's and on a project. Its extra facts the host says itself.
func hostKind(name access.Kind) storage.Kind {
	return storage.Kind{
		Name: name, Level: storage.OfBusiness, Site: "site_id", Project: "project_id", Person: "membership_id",
		Says: map[access.Facts]string{access.Extra1: "", access.Extra2: "", access.Extra3: "", access.Extra4: ""},
	}
}

// ofHost reports whether a kind is one of the host's own.
func (t *tx) ofHost(name access.Kind) bool {
	kind, known := t.db.kinds[name]
	return known && kind.Table == ""
}

// Log writes the event of a write that the host does itself.
func (t *tx) Log(ctx context.Context, may access.Permit, row access.Row) error {
	if err := t.ready(ctx); err != nil {
		return err
	}
	if !t.ofHost(row.Kind) {
		return fault.Proof.On("kind", string(row.Kind)) // its own Put writes the event
	}
	has, version := t.kind(row.Kind).Has(), row.Version+1
	w, err := t.session.Write(may, row, has)
	if err != nil {
		if w, err = t.session.Remove(may, row, has); err != nil {
			return err
		}
		version = row.Version // the last there was
	}
	t.log(w, version, "", "")
	return nil
}
