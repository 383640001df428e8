package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// pgHand is PostgreSQL through pgx. Plain, each statement is a round trip of
// its own, and BEGIN with the tenant is one. Tuned, whatever can be said at
// once is one batch, with BEGIN in the first and COMMIT in the last, and
// statements are planned once.
type pgHand struct {
	pool  *pgxpool.Pool
	tuned bool
}

func openPG(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 2
	return pgxpool.NewWithConfig(ctx, config)
}

func (h pgHand) close() {}

func (h pgHand) tx(ctx context.Context, domain tenancy.DomainID, writes bool, parts ...part) error {
	conn, err := h.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release() // a connection with an open transaction is thrown away
	begin := "begin isolation level repeatable read read only"
	if writes {
		begin = "begin"
	}
	if h.tuned {
		return h.batches(ctx, conn.Conn(), domain, begin, parts)
	}
	if _, err := conn.Exec(ctx, begin+"; set local stint.domain = '"+domain.String()+"'; set local role stint_tenant"); err != nil {
		return err
	}
	for _, p := range parts {
		all, err := p()
		if err != nil {
			return err
		}
		for _, s := range all {
			if s.row == nil {
				if _, err := conn.Exec(ctx, s.sql, s.args...); err != nil {
					return err
				}
				continue
			}
			rows, err := conn.Query(ctx, s.sql, s.args...)
			if err != nil {
				return err
			}
			if err := each(rows, s); err != nil {
				return err
			}
		}
	}
	_, err = conn.Exec(ctx, "commit")
	return err
}

func each(rows pgx.Rows, s step) error {
	defer rows.Close()
	for rows.Next() {
		if err := s.row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

const setTenant = "select set_config('stint.domain', $1, true), set_config('role', 'stint_tenant', true), set_config('plan_cache_mode', 'force_generic_plan', true)"

func (h pgHand) batches(ctx context.Context, conn *pgx.Conn, domain tenancy.DomainID, begin string, parts []part) error {
	for i, p := range parts {
		all, err := p()
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		if i == 0 {
			b.Queue(begin)
			b.Queue(setTenant, domain.String())
		}
		for _, s := range all {
			q := b.Queue(s.sql, s.args...)
			if s.row != nil {
				q.Query(func(rows pgx.Rows) error { return each(rows, s) })
			}
		}
		if i == len(parts)-1 {
			b.Queue("commit")
		}
		if err := conn.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
	}
	return nil
}

func (h pgHand) texts() *texts       { return &pgTexts }
func (h pgHand) at(t time.Time) any  { return t }
func (h pgHand) day(d zone.Day) any  { return dateOf(d) }
func (h pgHand) id(id [16]byte) any  { return orNull(id) }
func (h pgHand) entry() entryScan    { return &pgEntry{} }
func (h pgHand) facts() factsScan    { return &pgFacts{} }
func (h pgHand) total() totalScan    { return &pgTotal{} }
func orNull(id [16]byte) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: id != [16]byte{}} }
func dateOf(d zone.Day) (t time.Time) {
	y, m, n := d.Date()
	return time.Date(y, m, n, 0, 0, 0, 0, time.UTC)
}

func (h pgHand) locks(t tenant, persons [][16]byte) []step {
	return []step{{
		sql:  "select id from stint_memberships where domain_id = $1 and id = any($2) order by id for no key update",
		args: []any{t.domain, persons}, row: func(s scanner) error { return s.Scan(new([16]byte)) },
	}}
}

type pgEntry struct {
	id, site, person                  [16]byte
	version, seconds, amount          int64
	created, start                    time.Time
	end                               pgtype.Timestamptz
	recorder, project, task, activity pgtype.UUID
	form, zone, note                  string
	billable, overlaps                bool
	source, key, currency             pgtype.Text
	tags                              [][16]byte
}

func (e *pgEntry) dest() []any {
	return []any{&e.id, &e.version, &e.created, &e.site, &e.person, &e.recorder, &e.project, &e.task, &e.activity,
		&e.form, &e.start, &e.end, &e.seconds, &e.zone, &e.note, &e.billable, &e.overlaps,
		&e.source, &e.key, &e.amount, &e.currency, &e.tags}
}

func (e *pgEntry) get() timesheet.Entry {
	out := timesheet.Entry{ID: e.id, Version: e.version, CreatedAt: e.created.UTC(), Site: e.site, Person: e.person,
		Recorder: e.recorder.Bytes, Project: e.project.Bytes, Task: e.task.Bytes, Activity: e.activity.Bytes,
		Form: timesheet.Form(e.form), Start: e.start.UTC(), End: e.end.Time.UTC(), Seconds: e.seconds, Zone: e.zone, Note: e.note,
		Billable: e.billable, Overlaps: e.overlaps,
		External: timesheet.External{Source: e.source.String, Key: e.key.String, Amount: e.amount, Currency: e.currency.String}}
	for _, tag := range e.tags {
		out.Tags = append(out.Tags, tag)
	}
	timesheet.SortTags(out.Tags)
	return out
}

type pgFacts struct {
	client, team            pgtype.UUID
	public, shared, manager pgtype.Bool
	archived                pgtype.Timestamptz
}

func (f *pgFacts) dest() []any {
	return []any{&f.client, &f.public, &f.shared, &f.archived, &f.team, &f.manager}
}

func (f *pgFacts) get() facts {
	return facts{f.team.Valid, f.manager.Bool, f.public.Bool, f.shared.Bool, f.archived.Valid}
}

type pgTotal struct {
	project           pgtype.UUID
	name              pgtype.Text
	day               time.Time
	seconds, billable int64
}

func (t *pgTotal) dest() []any {
	return []any{&t.project, &t.name, &t.day, &t.seconds, &t.billable}
}

func (t *pgTotal) get() total {
	return total{t.project.Bytes, t.name.String, zone.DayOf(t.day, time.UTC), t.seconds, t.billable}
}

// bulk inserts a chunk as one array for each column that varies. COPY is
// refused under row security.
func (h pgHand) bulk(t tenant, entries []timesheet.Entry, now time.Time) []step {
	n := len(entries)
	ids, persons, recorders, events := make([][16]byte, n), make([][16]byte, n), t.boss, make([][16]byte, n)
	projects := make([]pgtype.UUID, n)
	forms, zones, notes, keys := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	starts, ends, seconds, billable := make([]time.Time, n), make([]time.Time, n), make([]int64, n), make([]bool, n)
	public := make([]bool, n)
	var of, ofPersons [][16]byte
	var ofProjects []pgtype.UUID
	var days []time.Time
	var parts []int64
	var ofBillable []bool
	for i, e := range entries {
		ids[i], persons[i], projects[i], events[i] = e.ID, e.Person, orNull(e.Project), tenancy.NewUUID()
		forms[i], zones[i], notes[i], keys[i] = string(e.Form), e.Zone, e.Note, e.External.Key
		starts[i], ends[i], seconds[i], billable[i] = e.Start, e.End, e.Seconds, e.Billable
		for _, s := range cut(e) {
			of, ofPersons, ofProjects = append(of, e.ID), append(ofPersons, e.Person), append(ofProjects, orNull(e.Project))
			days, parts, ofBillable = append(days, dateOf(s.Day)), append(parts, s.Seconds), append(ofBillable, e.Billable)
		}
	}
	return []step{
		{sql: pgBulkEntries, args: []any{t.domain, ids, now, t.scope.Site(), persons, recorders, projects, forms, starts, ends, seconds, zones, notes, billable, keys}},
		{sql: pgBulkSlices, args: []any{t.domain, of, days, parts, t.scope.Site(), ofPersons, ofProjects, ofBillable}},
		{sql: pgBulkEvents, args: []any{t.domain, events, now, t.boss, ids, t.scope.Site(), projects, persons, public}},
	}
}

const (
	pgBulkEntries = `insert into stint_entries (domain_id, id, version, created_at, site_id, membership_id, recorder_id, project_id, form,
		started_at, ended_at, seconds, zone, note, billable, overlapping, external_source, external_key, external_amount)
		select $1, u.id, 1, $3, $4, u.person, $6, u.project, u.form, u.started, u.ended, u.seconds, u.zone, u.note, u.billable, false, 'bench', u.key, 0
		from unnest($2::uuid[], $5::uuid[], $7::uuid[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::bigint[], $12::text[], $13::text[], $14::boolean[], $15::text[])
		as u(id, person, project, form, started, ended, seconds, zone, note, billable, key)`
	pgBulkSlices = `insert into stint_slices (domain_id, entry_id, day, seconds, site_id, membership_id, project_id, billable)
		select $1, u.entry, u.day, u.seconds, $5, u.person, u.project, u.billable
		from unnest($2::uuid[], $3::date[], $4::bigint[], $6::uuid[], $7::uuid[], $8::boolean[]) as u(entry, day, seconds, person, project, billable)`
	pgBulkEvents = `insert into stint_events (domain_id, id, version, created_at, actor_id, action, denied, reason, kind, object_id, site_id, project_id, person_id, public, was_public)
		select $1, u.id, 1, $3, $4, 'entry.track', false, 'by hand', 'entry', u.object, $6, u.project, u.person, u.public, false
		from unnest($2::uuid[], $5::uuid[], $7::uuid[], $8::uuid[], $9::boolean[]) as u(id, object, project, person, public)`
)

const entryColumns = `t.id, t.version, t.created_at, t.site_id, t.membership_id, t.recorder_id, t.project_id, t.task_id, t.activity_id,
	t.form, t.started_at, t.ended_at, t.seconds, t.zone, t.note, t.billable, t.overlapping,
	t.external_source, t.external_key, t.external_amount, t.external_currency`

const (
	pgTags         = "array(select g.tag_id from stint_entry_tags g where g.domain_id = t.domain_id and g.entry_id = t.id)"
	pgEntryColumns = entryColumns + ", " + pgTags
)

// pgVisible are the projects whose time a member sees as a whole.
const pgVisible = `array(select p.id from stint_projects p where p.domain_id = $1 and p.public
	union all select m.project_id from stint_teams m join stint_projects p on p.domain_id = m.domain_id and p.id = m.project_id
	where m.domain_id = $1 and m.membership_id = $3 and (m.manager or p.shared) and not p.public)`

var pgTexts = texts{
	point: "select " + pgEntryColumns + `, p.client_id, p.public, p.shared, p.archived_at, m.id, m.manager from stint_entries t
		left join stint_projects p on p.domain_id = t.domain_id and p.id = t.project_id
		left join stint_teams m on m.domain_id = t.domain_id and m.project_id = t.project_id and m.membership_id = $3
		where t.domain_id = $1 and t.id = $2`,
	person: "select " + pgEntryColumns + ` from stint_entries t
		where t.domain_id = $1 and t.site_id = $2 and t.membership_id = $3 and t.started_at >= $4 and t.started_at < $5
		order by t.started_at desc, t.id desc limit $6`,
	page: "select " + pgEntryColumns + ` from stint_entries t
		where t.domain_id = $1 and t.site_id = $2 and (t.membership_id = $3 or t.project_id = any(` + pgVisible + `))
		order by t.started_at desc, t.id desc limit $4`,
	everything: "select " + pgEntryColumns + ` from stint_entries t
		where t.domain_id = $1 and t.site_id = $2 order by t.started_at desc, t.id desc limit $3`,
	totals: `select a.project_id, p.name, a.day, a.seconds, a.billable from (
		select s.project_id, s.day, sum(s.seconds)::bigint as seconds, coalesce(sum(s.seconds) filter (where s.billable), 0)::bigint as billable
		from stint_slices s where s.domain_id = $1 and s.site_id = $2 and s.day >= $4 and s.day <= $5
		and (s.membership_id = $3 or s.project_id = any(` + pgVisible + `))
		group by s.project_id, s.day) a left join stint_projects p on p.domain_id = $1 and p.id = a.project_id`,
	totalsOfAll: `select a.project_id, p.name, a.day, a.seconds, a.billable from (
		select s.project_id, s.day, sum(s.seconds)::bigint as seconds, coalesce(sum(s.seconds) filter (where s.billable), 0)::bigint as billable
		from stint_slices s where s.domain_id = $1 and s.site_id = $2 and s.day >= $3 and s.day <= $4
		group by s.project_id, s.day) a left join stint_projects p on p.domain_id = $1 and p.id = a.project_id`,
	anew:   "set local plan_cache_mode = force_custom_plan",
	sorted: " order by p.name_key nulls last, a.project_id, a.day",
	lock:   "select id from stint_memberships where domain_id = $1 and id = $2 for no key update",
	placed: `select p.client_id, p.public, p.shared, p.archived_at, m.id, m.manager from stint_projects p
		left join stint_teams m on m.domain_id = p.domain_id and m.project_id = p.id and m.membership_id = $3
		where p.domain_id = $1 and p.id = $2`,
	insert: `insert into stint_entries (domain_id, id, version, created_at, site_id, membership_id, recorder_id, project_id, form,
		started_at, ended_at, seconds, zone, note, billable, overlapping, external_amount)
		values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, false, 0)`,
	slice: `insert into stint_slices (domain_id, entry_id, day, seconds, site_id, membership_id, project_id, billable)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
	flag: `update stint_entries as e set overlapping = not e.overlapping
		where e.domain_id = $1 and e.membership_id = $2 and e.form = 'timed' and e.started_at > $3 and e.started_at < $4 and e.ended_at > $5
		and e.overlapping <> exists (select from stint_entries o where o.domain_id = e.domain_id and o.membership_id = e.membership_id
		and o.started_at > e.started_at - interval '168 hours' and o.started_at < e.ended_at and o.ended_at > e.started_at
		and o.form = 'timed' and o.id <> e.id)`,
	flagged: "select overlapping from stint_entries where domain_id = $1 and id = $2",
	event: `insert into stint_events (domain_id, id, version, created_at, actor_id, action, denied, reason, kind, object_id, site_id, client_id, project_id, person_id, public, was_public)
		values ($1, $2, 1, $3, $4, 'entry.track', false, 'by hand', 'entry', $5, $6, $7, $8, $9, $10, false)`,
	// The changed ids are gathered first, whatever the planner believes of a
	// tenant that was empty when it last looked.
	flagMany: `update stint_entries set overlapping = not overlapping where domain_id = $1 and id = any(array(select id from (
		select id, overlapping,
		coalesce(max(ended_at) over (partition by membership_id order by started_at, id rows between unbounded preceding and 1 preceding) > started_at, false)
		or coalesce(lead(started_at) over (partition by membership_id order by started_at, id) < ended_at, false) as shares
		from stint_entries where domain_id = $1 and form = 'timed' and started_at > $2 and started_at < $3) w where overlapping <> shares))`,
}
