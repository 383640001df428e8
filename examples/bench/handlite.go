package main

import (
	"context"
	"database/sql"
	"encoding/hex"
	"net/url"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// liteHand is SQLite through database/sql with prepared statements: one writer,
// readers that cannot write. There is no tenant to set; the domain is in every
// statement.
type liteHand struct {
	write, read *litePool
}

type litePool struct {
	*sql.DB
	mu  sync.Mutex
	all map[string]*sql.Stmt
}

func openLite(path string) (liteHand, error) {
	open := func(txlock, queryOnly string, conns int) (*litePool, error) {
		u := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{
			"_txlock": {txlock},
			"_pragma": {"busy_timeout(10000)", "journal_mode(wal)", "synchronous(normal)", "foreign_keys(1)", "query_only(" + queryOnly + ")"},
		}.Encode()}
		db, err := sql.Open("sqlite", u.String())
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(conns)
		db.SetMaxIdleConns(conns)
		return &litePool{DB: db, all: map[string]*sql.Stmt{}}, nil
	}
	write, err := open("immediate", "0", 1)
	if err != nil {
		return liteHand{}, err
	}
	read, err := open("deferred", "1", 2)
	return liteHand{write, read}, err
}

func (h liteHand) close() {
	_ = h.write.Close()
	_ = h.read.Close()
}

// prepared returns a statement prepared once, before a transaction: during it,
// a pool of one connection would wait for itself.
func (p *litePool) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.all[query]; s != nil {
		return s, nil
	}
	s, err := p.PrepareContext(ctx, query)
	if err == nil {
		p.all[query] = s
	}
	return s, err
}

func (h liteHand) tx(ctx context.Context, _ tenancy.DomainID, writes bool, parts ...part) error {
	pool := h.read
	if writes {
		pool = h.write
		for _, text := range []string{liteTexts.placed, liteTexts.insert, liteTexts.slice, liteTexts.flag, liteTexts.flagged, liteTexts.event, liteTexts.flagMany, liteBulkEntry, liteBulkEvent, liteTag} {
			if _, err := pool.prepared(ctx, text); err != nil {
				return err
			}
		}
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit it has nothing to do
	in := map[string]*sql.Stmt{}
	for _, p := range parts {
		all, err := p()
		if err != nil {
			return err
		}
		for _, s := range all {
			stmt := in[s.sql]
			if stmt == nil {
				known, err := pool.prepared(ctx, s.sql)
				if err != nil {
					return err
				}
				stmt = tx.StmtContext(ctx, known)
				in[s.sql] = stmt
			}
			if s.row == nil {
				if _, err := stmt.ExecContext(ctx, s.args...); err != nil {
					return err
				}
				continue
			}
			rows, err := stmt.QueryContext(ctx, s.args...)
			if err != nil {
				return err
			}
			for rows.Next() {
				if err := s.row(rows); err != nil {
					_ = rows.Close()
					return err
				}
			}
			if err := rows.Close(); err != nil {
				return err
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

func (h liteHand) texts() *texts      { return &liteTexts }
func (h liteHand) at(t time.Time) any { return t.UnixMicro() }
func (h liteHand) day(d zone.Day) any { return int64(d) }
func (h liteHand) entry() entryScan   { return &liteEntry{} }
func (h liteHand) facts() factsScan   { return &liteFacts{} }
func (h liteHand) total() totalScan   { return &liteTotal{} }

func (h liteHand) id(id [16]byte) any {
	if id == [16]byte{} {
		return nil
	}
	return id[:]
}

func (h liteHand) locks(tenant, [][16]byte) []step { return nil } // there is one writer

type liteEntry struct {
	id, site, person, recorder, project, task, activity sql.RawBytes
	version, seconds, amount, created, start            int64
	end                                                 sql.NullInt64
	form, zone, note                                    string
	billable, overlaps                                  bool
	source, key, currency, tags                         sql.NullString
}

func (e *liteEntry) dest() []any {
	return []any{&e.id, &e.version, &e.created, &e.site, &e.person, &e.recorder, &e.project, &e.task, &e.activity,
		&e.form, &e.start, &e.end, &e.seconds, &e.zone, &e.note, &e.billable, &e.overlaps,
		&e.source, &e.key, &e.amount, &e.currency, &e.tags}
}

func idOf(b sql.RawBytes) (id [16]byte) {
	copy(id[:], b)
	return id
}

func (e *liteEntry) get() timesheet.Entry {
	out := timesheet.Entry{ID: idOf(e.id), Version: e.version, CreatedAt: time.UnixMicro(e.created).UTC(), Site: idOf(e.site), Person: idOf(e.person),
		Recorder: idOf(e.recorder), Project: idOf(e.project), Task: idOf(e.task), Activity: idOf(e.activity),
		Form: timesheet.Form(e.form), Start: time.UnixMicro(e.start).UTC(), Seconds: e.seconds, Zone: e.zone, Note: e.note,
		Billable: e.billable, Overlaps: e.overlaps,
		External: timesheet.External{Source: e.source.String, Key: e.key.String, Amount: e.amount, Currency: e.currency.String}}
	if e.end.Valid {
		out.End = time.UnixMicro(e.end.Int64).UTC()
	}
	for text := e.tags.String; len(text) >= 32; text = text[32:] {
		var tag timesheet.TagID
		_, _ = hex.Decode(tag[:], []byte(text[:32])) // SQLite made it
		out.Tags = append(out.Tags, tag)
	}
	timesheet.SortTags(out.Tags)
	return out
}

type liteFacts struct {
	client, team            sql.RawBytes
	public, shared, manager sql.NullBool
	archived                sql.NullInt64
}

func (f *liteFacts) dest() []any {
	return []any{&f.client, &f.public, &f.shared, &f.archived, &f.team, &f.manager}
}

func (f *liteFacts) get() facts {
	return facts{f.team != nil, f.manager.Bool, f.public.Bool, f.shared.Bool, f.archived.Valid}
}

type liteTotal struct {
	project                sql.RawBytes
	name                   sql.NullString
	day, seconds, billable int64
}

func (t *liteTotal) dest() []any {
	return []any{&t.project, &t.name, &t.day, &t.seconds, &t.billable}
}

func (t *liteTotal) get() total {
	return total{idOf(t.project), t.name.String, zone.Day(t.day), t.seconds, t.billable}
}

func (h liteHand) bulk(t tenant, entries []timesheet.Entry, now time.Time) []step {
	var out []step
	domain, site, boss, at := h.id(t.domain), h.id(t.scope.Site()), h.id(t.boss), h.at(now)
	for i := range entries {
		e := &entries[i]
		id, person, project := h.id(e.ID), h.id(e.Person), h.id(e.Project)
		out = append(out, step{sql: liteBulkEntry, args: []any{domain, id, at, site, person, boss, project, string(e.Form),
			e.Start.UnixMicro(), e.End.UnixMicro(), e.Seconds, e.Zone, e.Note, e.Billable, e.External.Key}})
		for _, s := range cut(*e) {
			out = append(out, step{sql: liteTexts.slice, args: []any{domain, id, int64(s.Day), s.Seconds, site, person, project, e.Billable}})
		}
		for _, tag := range e.Tags {
			out = append(out, step{sql: liteTag, args: []any{domain, id, h.id(tag)}})
		}
		out = append(out, step{sql: liteBulkEvent, args: []any{domain, h.id(tenancy.NewUUID()), at, boss, id, site, project, person}})
	}
	return out
}

func lite(text string) string { return strings.ReplaceAll(text, "$", "?") }

const (
	liteTag       = "insert into stint_entry_tags (domain_id, entry_id, tag_id) values (?1, ?2, ?3)"
	liteBulkEntry = `insert into stint_entries (domain_id, id, version, created_at, site_id, membership_id, recorder_id, project_id, form,
		started_at, ended_at, seconds, zone, note, billable, overlapping, external_source, external_key, external_amount)
		values (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, false, 'bench', ?15, 0)`
	liteBulkEvent = `insert into stint_events (domain_id, id, version, created_at, actor_id, action, denied, reason, kind, object_id, site_id, project_id, person_id, public, was_public)
		values (?1, ?2, 1, ?3, ?4, 'entry.track', false, 'by hand', 'entry', ?5, ?6, ?7, ?8, false, false)`
	liteTags         = "(select group_concat(hex(g.tag_id), '') from stint_entry_tags g where g.domain_id = t.domain_id and g.entry_id = t.id)"
	liteEntryColumns = entryColumns + ", " + liteTags
	liteVisible      = `(select p.id from stint_projects p where p.domain_id = ?1 and p.public
	union all select m.project_id from stint_teams m join stint_projects p on p.domain_id = m.domain_id and p.id = m.project_id
	where m.domain_id = ?1 and m.membership_id = ?3 and (m.manager or p.shared) and not p.public)`
)

var liteTexts = texts{
	point: strings.Replace(lite(pgTexts.point), pgTags, liteTags, 1),
	// The plus keeps SQLite, which has no statistics here, to the person's index.
	person:     strings.NewReplacer(pgTags, liteTags, "and t.site_id", "and +t.site_id").Replace(lite(pgTexts.person)),
	everything: strings.Replace(lite(pgTexts.everything), pgTags, liteTags, 1),
	page: "select " + liteEntryColumns + ` from stint_entries t
		where t.domain_id = ?1 and t.site_id = ?2 and (t.membership_id = ?3 or t.project_id in ` + liteVisible + `)
		order by t.started_at desc, t.id desc limit ?4`,
	totals: `select a.project_id, p.name, a.day, a.seconds, a.billable from (
		select s.project_id, s.day, sum(s.seconds) as seconds, sum(case when s.billable then s.seconds else 0 end) as billable
		from stint_slices s where s.domain_id = ?1 and s.site_id = ?2 and s.day >= ?4 and s.day <= ?5
		and (s.membership_id = ?3 or s.project_id in ` + liteVisible + `)
		group by s.project_id, s.day) a left join stint_projects p on p.domain_id = ?1 and p.id = a.project_id`,
	totalsOfAll: `select a.project_id, p.name, a.day, a.seconds, a.billable from (
		select s.project_id, s.day, sum(s.seconds) as seconds, sum(case when s.billable then s.seconds else 0 end) as billable
		from stint_slices s where s.domain_id = ?1 and s.site_id = ?2 and s.day >= ?3 and s.day <= ?4
		group by s.project_id, s.day) a left join stint_projects p on p.domain_id = ?1 and p.id = a.project_id`,
	sorted: pgTexts.sorted,
	placed: lite(pgTexts.placed), insert: lite(pgTexts.insert), slice: lite(pgTexts.slice),
	flag:    strings.NewReplacer("interval '168 hours'", "604800000000", "select from", "select 1 from").Replace(lite(pgTexts.flag)),
	flagged: lite(pgTexts.flagged), event: lite(pgTexts.event), flagMany: strings.NewReplacer("= any(array(", "in (", "<> shares))", "<> shares)").Replace(lite(pgTexts.flagMany)),
}
