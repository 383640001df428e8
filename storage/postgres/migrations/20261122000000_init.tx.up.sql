-- The tables of the installation: above the domains, rarely written.

create table stint_domains (
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  ref text collate "C",
  name text collate "C" not null,
  name_key text collate "C" not null,
  zone text collate "C" not null,
  primary key (id)
);

create unique index stint_domains__name on stint_domains (name_key);
create unique index stint_domains__ref on stint_domains (ref) where ref is not null;

create table stint_accounts (
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  primary key (id)
);

create table stint_logins (
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  account_id uuid not null,
  domain_id uuid not null,
  name text collate "C" not null,
  name_key text collate "C" not null,
  password_hash text collate "C" not null,
  primary key (id),
  foreign key (account_id) references stint_accounts (id),
  foreign key (domain_id) references stint_domains (id)
);

create unique index stint_logins__login on stint_logins (name_key);

create table stint_enrolments (
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  account_id uuid not null,
  domain_id uuid not null,
  name text collate "C" not null,
  name_key text collate "C" not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (id),
  foreign key (account_id) references stint_accounts (id),
  foreign key (domain_id) references stint_domains (id)
);

create unique index stint_enrolments__token on stint_enrolments (name_key);

-- The tables of the domains. domain_id leads every key; foreign keys carry it, so
-- that no row can name one of another domain.

-- access_version counts the changes of members and roles: what was loaded of an
-- actor is good only while it stands still.
create table stint_domain_state (
  domain_id uuid not null,
  access_version bigint not null,
  primary key (domain_id),
  foreign key (domain_id) references stint_domains (id)
);

create table stint_sites (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  name text collate "C" not null,
  name_key text collate "C" not null,
  zone text collate "C" not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_sites_not_root check (domain_id <> '00000000-0000-7000-8000-000000000001')
);

create unique index stint_sites__name on stint_sites (domain_id, name_key);

create table stint_hostnames (
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  name text collate "C" not null,
  name_key text collate "C" not null,
  domain_id uuid not null,
  site_id uuid not null,
  primary key (id),
  foreign key (domain_id) references stint_domains (id),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id)
);

create unique index stint_hostnames__hostname on stint_hostnames (name_key);

create table stint_memberships (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  account_id uuid,
  ref text collate "C",
  name text collate "C" not null,
  name_key text collate "C" not null,
  email text collate "C",
  zone text collate "C" not null,
  status text collate "C" not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  foreign key (account_id) references stint_accounts (id),
  check (status in ('invited', 'active', 'deactivated'))
);

create unique index stint_memberships__account on stint_memberships (domain_id, account_id) where account_id is not null;
create unique index stint_memberships__ref on stint_memberships (domain_id, ref) where ref is not null;
create unique index stint_memberships__email on stint_memberships (domain_id, email) where email is not null;

create table stint_clients (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  site_id uuid not null,
  name text collate "C" not null,
  name_key text collate "C" not null,
  archived_at timestamptz,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_clients_not_root check (domain_id <> '00000000-0000-7000-8000-000000000001'),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id)
);

create unique index stint_clients__name on stint_clients (domain_id, name_key) where archived_at is null;

create table stint_projects (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  site_id uuid not null,
  client_id uuid,
  name text collate "C" not null,
  name_key text collate "C" not null,
  public boolean not null,
  shared boolean not null,
  archived_at timestamptz,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_projects_not_root check (domain_id <> '00000000-0000-7000-8000-000000000001'),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id),
  foreign key (domain_id, client_id) references stint_clients (domain_id, id)
);

create unique index stint_projects__name on stint_projects (domain_id, client_id, name_key) where archived_at is null and client_id is not null;
create unique index stint_projects__name__internal on stint_projects (domain_id, name_key) where archived_at is null and client_id is null;

create table stint_bindings (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  membership_id uuid not null,
  role text collate "C" not null,
  place text collate "C" not null,
  site_id uuid,
  client_id uuid,
  project_id uuid,
  from_at timestamptz,
  until_at timestamptz,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  foreign key (domain_id, membership_id) references stint_memberships (domain_id, id),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id),
  foreign key (domain_id, client_id) references stint_clients (domain_id, id),
  foreign key (domain_id, project_id) references stint_projects (domain_id, id),
  check (place in ('domain', 'site', 'client', 'project') and (place = 'site') = (site_id is not null) and (place = 'client') = (client_id is not null) and (place = 'project') = (project_id is not null))
);

create index stint_bindings_member on stint_bindings (domain_id, membership_id);

create table stint_teams (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  project_id uuid not null,
  membership_id uuid not null,
  manager boolean not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_teams_not_root check (domain_id <> '00000000-0000-7000-8000-000000000001'),
  foreign key (domain_id, project_id) references stint_projects (domain_id, id),
  foreign key (domain_id, membership_id) references stint_memberships (domain_id, id)
);

create unique index stint_teams__person on stint_teams (domain_id, project_id, membership_id);
create index stint_teams_member on stint_teams (domain_id, membership_id, project_id) include (manager);

create table stint_tasks (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  project_id uuid not null,
  name text collate "C" not null,
  name_key text collate "C" not null,
  archived_at timestamptz,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_tasks_not_root check (domain_id <> '00000000-0000-7000-8000-000000000001'),
  foreign key (domain_id, project_id) references stint_projects (domain_id, id),
  unique (domain_id, project_id, id)
);

create unique index stint_tasks__name on stint_tasks (domain_id, project_id, name_key) where archived_at is null;

create table stint_activities (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  site_id uuid not null,
  name text collate "C" not null,
  name_key text collate "C" not null,
  archived_at timestamptz,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_activities_not_root check (domain_id <> '00000000-0000-7000-8000-000000000001'),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id)
);

create unique index stint_activities__name on stint_activities (domain_id, site_id, name_key) where archived_at is null;

create table stint_tags (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  site_id uuid not null,
  name text collate "C" not null,
  name_key text collate "C" not null,
  archived_at timestamptz,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_tags_not_root check (domain_id <> '00000000-0000-7000-8000-000000000001'),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id)
);

create unique index stint_tags__name on stint_tags (domain_id, site_id, name_key) where archived_at is null;

-- started_at of an untimed entry is the first instant of its day.
create table stint_entries (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  site_id uuid not null,
  membership_id uuid not null,
  recorder_id uuid,
  project_id uuid,
  task_id uuid,
  activity_id uuid,
  form text collate "C" not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  seconds bigint not null,
  zone text collate "C" not null,
  note text collate "C" not null,
  billable boolean not null,
  overlapping boolean not null,
  external_source text collate "C",
  external_key text collate "C",
  external_amount bigint not null,
  external_currency text collate "C",
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_entries_not_root check (domain_id <> '00000000-0000-7000-8000-000000000001'),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id),
  foreign key (domain_id, membership_id) references stint_memberships (domain_id, id),
  foreign key (domain_id, recorder_id) references stint_memberships (domain_id, id),
  foreign key (domain_id, project_id) references stint_projects (domain_id, id),
  foreign key (domain_id, project_id, task_id) references stint_tasks (domain_id, project_id, id),
  foreign key (domain_id, activity_id) references stint_activities (domain_id, id),
  constraint stint_entries_task_of_project check (task_id is null or project_id is not null),
  constraint stint_entries_form check ((form = 'timed' and ended_at > started_at and seconds = floor(extract(epoch from ended_at - started_at))) or (form = 'untimed' and ended_at is null and seconds > 0) or (form = 'running' and ended_at is null and seconds = 0))
);

create unique index stint_entries__running on stint_entries (domain_id, membership_id) where form = 'running';
create unique index stint_entries__external on stint_entries (domain_id, external_source, external_key) where external_key is not null;
create index stint_entries_person on stint_entries (domain_id, membership_id, started_at, id);
create index stint_entries_site on stint_entries (domain_id, site_id, started_at, id);
create index stint_entries_newest on stint_entries (domain_id, started_at, id);
create index stint_entries_project on stint_entries (domain_id, project_id, started_at, id);

create table stint_entry_tags (
  domain_id uuid not null,
  entry_id uuid not null,
  tag_id uuid not null,
  primary key (domain_id, entry_id, tag_id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_entry_tags_not_root check (domain_id <> '00000000-0000-7000-8000-000000000001'),
  foreign key (domain_id, entry_id) references stint_entries (domain_id, id),
  foreign key (domain_id, tag_id) references stint_tags (domain_id, id)
);

-- One row for each entry and local day: all that reports read. The columns of the
-- entry stand here again so that they need no join.
create table stint_slices (
  domain_id uuid not null,
  entry_id uuid not null,
  day date not null,
  seconds bigint not null,
  site_id uuid not null,
  membership_id uuid not null,
  project_id uuid,
  task_id uuid,
  activity_id uuid,
  billable boolean not null,
  primary key (domain_id, entry_id, day),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_slices_not_root check (domain_id <> '00000000-0000-7000-8000-000000000001'),
  foreign key (domain_id, entry_id) references stint_entries (domain_id, id)
);

create index stint_slices_day on stint_slices (domain_id, day) include (site_id, project_id, membership_id, billable, seconds);
create index stint_slices_project on stint_slices (domain_id, project_id, day) include (site_id, membership_id, billable, seconds);
create index stint_slices_person on stint_slices (domain_id, membership_id, day) include (site_id, project_id, billable, seconds);

-- The log of a domain, written with every change and only ever added to. It holds
-- ids without foreign keys: it outlives what it tells of.
create table stint_events (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  actor_id uuid,
  action text collate "C" not null,
  reason text collate "C" not null,
  kind text collate "C" not null,
  object_id uuid not null,
  site_id uuid,
  client_id uuid,
  project_id uuid,
  person_id uuid,
  public boolean not null,
  was_site_id uuid,
  was_client_id uuid,
  was_project_id uuid,
  was_person_id uuid,
  was_public boolean not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id)
);

create index stint_events_object on stint_events (domain_id, object_id, id);

-- The root domain, for administration only.
insert into stint_domains (id, version, created_at, name, name_key, zone) values ('00000000-0000-7000-8000-000000000001', 1, now(), 'root', 'root', 'UTC');
insert into stint_domain_state (domain_id, access_version) values ('00000000-0000-7000-8000-000000000001', 1);

-- Row security, the third lock. It holds for the owner too (FORCE); only the role
-- of the installation sees the sites of all domains, to know where a hostname or an
-- organisation leads. The sub-select is evaluated once a statement; without it, once
-- a row under joins.
do $$
declare
  t text;
begin
  foreach t in array array['domain_state', 'sites', 'memberships', 'clients', 'projects', 'bindings', 'teams', 'tasks',
                           'activities', 'tags', 'entries', 'entry_tags', 'slices', 'events', 'hostnames', 'logins', 'enrolments'] loop
    execute format('alter table %I enable row level security', 'stint_' || t);
    execute format('alter table %I force row level security', 'stint_' || t);
    execute format('create policy domain on %I using (domain_id = (select nullif(current_setting(''stint.domain'', true), '''')::uuid))', 'stint_' || t);
  end loop;
end
$$;

-- The roles. They belong to the server, not to the database, so they may be there;
-- two databases may also make them at the same instant.
do $$
declare
  r text;
begin
  foreach r in array array['stint_tenant', 'stint_installation'] loop
    begin
      if not exists (select from pg_roles where rolname = r) then
        execute format('create role %I nologin', r);
      end if;
    exception when duplicate_object or unique_violation then null;
    end;
    if not pg_has_role(current_user, r, 'member') then
      execute format('grant %I to current_user', r);
    end if;
    execute format('grant usage on schema %I to %I', current_schema(), r);
  end loop;
end
$$;

grant select, update on stint_domain_state to stint_tenant;
grant select, insert, update on stint_sites, stint_memberships, stint_clients, stint_projects, stint_tasks, stint_activities, stint_tags to stint_tenant;
grant select, insert, update, delete on stint_bindings, stint_teams, stint_entries, stint_entry_tags, stint_slices to stint_tenant;
grant select, insert on stint_events to stint_tenant;

grant select, insert, update on stint_domains, stint_accounts, stint_logins, stint_enrolments, stint_hostnames, stint_domain_state to stint_installation;
grant select on stint_sites, stint_memberships, stint_bindings to stint_installation;
grant select, insert on stint_events to stint_installation;
create policy installation on stint_sites for select to stint_installation using (true);
create policy installation on stint_hostnames to stint_installation using (true);
create policy installation on stint_logins to stint_installation using (true);
create policy installation on stint_enrolments to stint_installation using (true);
create policy installation on stint_domain_state to stint_installation using (true);

-- So that a program which may not change the schema can see that it is as it
-- should be. A host's own migration tool keeps no such table.
do $$
begin
  if to_regclass('stint_migrations') is not null then
    grant select on stint_migrations to stint_tenant, stint_installation;
  end if;
end
$$;
