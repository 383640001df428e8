package bunstore

import (
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"github.com/seed-5be203e9/stint/storage"
)

// prefix is put before the name of every table, so that a host's own can stand
// beside them.
const prefix = "stint_"

// from begins a select on a kind, as t: the caller's conditions go into a group
// of their own, and the domain stands outside it, so that no OR of theirs can
// reach past it.
func (h *handle) from(k storage.Kind, where func(*bun.SelectQuery) *bun.SelectQuery) *bun.SelectQuery {
	q := h.db.bun.NewSelect().Conn(h).TableExpr("? AS t", bun.Ident(prefix+k.Table))
	if k.Level != storage.OfInstallation {
		q = q.Where("t.domain_id = ?", h.db.d.lit(h.domain))
	}
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery { return where(q.Where("1 = 1")) })
}

// into begins an insert into a kind and stamps the domain on the row.
func (h *handle) into(k storage.Kind, row map[string]any) *bun.InsertQuery {
	if k.Level != storage.OfInstallation {
		row["domain_id"] = h.db.d.lit(h.domain)
	}
	return h.db.bun.NewInsert().Conn(h).Model(&row).TableExpr("?", bun.Ident(prefix+k.Table))
}

// change begins an update of one row of a kind.
func (h *handle) change(k storage.Kind, id [16]byte) *bun.UpdateQuery {
	q := h.db.bun.NewUpdate().Conn(h).TableExpr("?", bun.Ident(prefix+k.Table)).Where("id = ?", h.db.d.lit(id))
	if k.Level != storage.OfInstallation {
		q = q.Where("domain_id = ?", h.db.d.lit(h.domain))
	}
	return q
}

// remove begins a delete of one row of a kind.
func (h *handle) remove(k storage.Kind, id [16]byte) *bun.DeleteQuery {
	q := h.db.bun.NewDelete().Conn(h).TableExpr("?", bun.Ident(prefix+k.Table)).Where("id = ?", h.db.d.lit(id))
	if k.Level != storage.OfInstallation {
		q = q.Where("domain_id = ?", h.db.d.lit(h.domain))
	}
	return q
}

// numbered turns ? into $1, $2, …
func numbered(query string) string {
	var b strings.Builder
	n := 0
	for {
		i := strings.IndexByte(query, '?')
		if i < 0 {
			b.WriteString(query)
			return b.String()
		}
		n++
		b.WriteString(query[:i])
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		query = query[i+1:]
	}
}

// marks returns n question marks, separated by commas.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }
