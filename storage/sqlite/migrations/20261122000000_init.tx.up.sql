-- The tables of the installation: above the domains, rarely written.

create table stint_domains (
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  ref text,
  name text not null,
  name_key text not null,
  zone text not null,
  primary key (id)
) strict, without rowid;

create unique index stint_domains__name on stint_domains (name_key);
create unique index stint_domains__ref on stint_domains (ref) where ref is not null;

create table stint_accounts (
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  primary key (id)
) strict, without rowid;

create table stint_logins (
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  account_id blob not null check (length(account_id) = 16),
  domain_id blob not null check (length(domain_id) = 16),
  name text not null,
  name_key text not null,
  password_hash text not null,
  primary key (id),
  foreign key (account_id) references stint_accounts (id),
  foreign key (domain_id) references stint_domains (id)
) strict, without rowid;

create unique index stint_logins__login on stint_logins (name_key);

create table stint_enrolments (
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  account_id blob not null check (length(account_id) = 16),
  domain_id blob not null check (length(domain_id) = 16),
  name text not null,
  name_key text not null,
  expires_at integer not null,
  used_at integer,
  primary key (id),
  foreign key (account_id) references stint_accounts (id),
  foreign key (domain_id) references stint_domains (id)
) strict, without rowid;

create unique index stint_enrolments__token on stint_enrolments (name_key);

-- The tables of the domains. domain_id leads every key; foreign keys carry it, so
-- that no row can name one of another domain.

-- access_version counts the changes of members and roles: what was loaded of an
-- actor is good only while it stands still.
create table stint_domain_state (
  domain_id blob not null check (length(domain_id) = 16),
  access_version integer not null,
  primary key (domain_id),
  foreign key (domain_id) references stint_domains (id)
) strict, without rowid;

create table stint_sites (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  name text not null,
  name_key text not null,
  zone text not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_sites_not_root check (domain_id <> x'00000000000070008000000000000001')
) strict, without rowid;

create unique index stint_sites__name on stint_sites (domain_id, name_key);

create table stint_hostnames (
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  name text not null,
  name_key text not null,
  domain_id blob not null check (length(domain_id) = 16),
  site_id blob not null check (length(site_id) = 16),
  primary key (id),
  foreign key (domain_id) references stint_domains (id),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id)
) strict, without rowid;

create unique index stint_hostnames__hostname on stint_hostnames (name_key);

create table stint_memberships (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  account_id blob check (length(account_id) = 16),
  ref text,
  name text not null,
  name_key text not null,
  email text,
  zone text not null,
  status text not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  foreign key (account_id) references stint_accounts (id),
  check (status in ('invited', 'active', 'deactivated'))
) strict, without rowid;

create unique index stint_memberships__account on stint_memberships (domain_id, account_id) where account_id is not null;
create unique index stint_memberships__ref on stint_memberships (domain_id, ref) where ref is not null;
create unique index stint_memberships__email on stint_memberships (domain_id, email) where email is not null;

create table stint_clients (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  site_id blob not null check (length(site_id) = 16),
  name text not null,
  name_key text not null,
  archived_at integer,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_clients_not_root check (domain_id <> x'00000000000070008000000000000001'),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id)
) strict, without rowid;

create unique index stint_clients__name on stint_clients (domain_id, name_key) where archived_at is null;

create table stint_projects (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  site_id blob not null check (length(site_id) = 16),
  client_id blob check (length(client_id) = 16),
  name text not null,
  name_key text not null,
  public integer not null check (public in (0, 1)),
  shared integer not null check (shared in (0, 1)),
  archived_at integer,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_projects_not_root check (domain_id <> x'00000000000070008000000000000001'),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id),
  foreign key (domain_id, client_id) references stint_clients (domain_id, id)
) strict, without rowid;

create unique index stint_projects__name on stint_projects (domain_id, client_id, name_key) where archived_at is null and client_id is not null;
create unique index stint_projects__name__internal on stint_projects (domain_id, name_key) where archived_at is null and client_id is null;

create table stint_bindings (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  membership_id blob not null check (length(membership_id) = 16),
  role text not null,
  place text not null,
  site_id blob check (length(site_id) = 16),
  client_id blob check (length(client_id) = 16),
  project_id blob check (length(project_id) = 16),
  from_at integer,
  until_at integer,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  foreign key (domain_id, membership_id) references stint_memberships (domain_id, id),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id),
  foreign key (domain_id, client_id) references stint_clients (domain_id, id),
  foreign key (domain_id, project_id) references stint_projects (domain_id, id),
  check (place in ('domain', 'site', 'client', 'project') and (place = 'site') = (site_id is not null) and (place = 'client') = (client_id is not null) and (place = 'project') = (project_id is not null))
) strict, without rowid;

create index stint_bindings_member on stint_bindings (domain_id, membership_id);

create table stint_teams (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  project_id blob not null check (length(project_id) = 16),
  membership_id blob not null check (length(membership_id) = 16),
  manager integer not null check (manager in (0, 1)),
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_teams_not_root check (domain_id <> x'00000000000070008000000000000001'),
  foreign key (domain_id, project_id) references stint_projects (domain_id, id),
  foreign key (domain_id, membership_id) references stint_memberships (domain_id, id)
) strict, without rowid;

create unique index stint_teams__person on stint_teams (domain_id, project_id, membership_id);
create index stint_teams_member on stint_teams (domain_id, membership_id, project_id, manager);

create table stint_tasks (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  project_id blob not null check (length(project_id) = 16),
  name text not null,
  name_key text not null,
  archived_at integer,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_tasks_not_root check (domain_id <> x'00000000000070008000000000000001'),
  foreign key (domain_id, project_id) references stint_projects (domain_id, id),
  unique (domain_id, project_id, id)
) strict, without rowid;

create unique index stint_tasks__name on stint_tasks (domain_id, project_id, name_key) where archived_at is null;

create table stint_activities (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  site_id blob not null check (length(site_id) = 16),
  name text not null,
  name_key text not null,
  archived_at integer,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_activities_not_root check (domain_id <> x'00000000000070008000000000000001'),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id)
) strict, without rowid;

create unique index stint_activities__name on stint_activities (domain_id, site_id, name_key) where archived_at is null;

create table stint_tags (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  site_id blob not null check (length(site_id) = 16),
  name text not null,
  name_key text not null,
  archived_at integer,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_tags_not_root check (domain_id <> x'00000000000070008000000000000001'),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id)
) strict, without rowid;

create unique index stint_tags__name on stint_tags (domain_id, site_id, name_key) where archived_at is null;

-- started_at of an untimed entry is the first instant of its day.
create table stint_entries (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  site_id blob not null check (length(site_id) = 16),
  membership_id blob not null check (length(membership_id) = 16),
  recorder_id blob check (length(recorder_id) = 16),
  project_id blob check (length(project_id) = 16),
  task_id blob check (length(task_id) = 16),
  activity_id blob check (length(activity_id) = 16),
  form text not null,
  started_at integer not null,
  ended_at integer,
  seconds integer not null,
  zone text not null,
  note text not null,
  billable integer not null check (billable in (0, 1)),
  overlapping integer not null check (overlapping in (0, 1)),
  external_source text,
  external_key text,
  external_amount integer not null,
  external_currency text,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_entries_not_root check (domain_id <> x'00000000000070008000000000000001'),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id),
  foreign key (domain_id, membership_id) references stint_memberships (domain_id, id),
  foreign key (domain_id, recorder_id) references stint_memberships (domain_id, id),
  foreign key (domain_id, project_id) references stint_projects (domain_id, id),
  foreign key (domain_id, project_id, task_id) references stint_tasks (domain_id, project_id, id),
  foreign key (domain_id, activity_id) references stint_activities (domain_id, id),
  constraint stint_entries_task_of_project check (task_id is null or project_id is not null),
  constraint stint_entries_form check ((form = 'timed' and ended_at > started_at and seconds = (ended_at - started_at) / 1000000) or (form = 'untimed' and ended_at is null and seconds > 0) or (form = 'running' and ended_at is null and seconds = 0))
) strict, without rowid;

create unique index stint_entries__running on stint_entries (domain_id, membership_id) where form = 'running';
create unique index stint_entries__external on stint_entries (domain_id, external_source, external_key) where external_key is not null;
create index stint_entries_person on stint_entries (domain_id, membership_id, started_at, id);
create index stint_entries_site on stint_entries (domain_id, site_id, started_at, id);
create index stint_entries_newest on stint_entries (domain_id, started_at, id);
create index stint_entries_project on stint_entries (domain_id, project_id, started_at, id);

create table stint_entry_tags (
  domain_id blob not null check (length(domain_id) = 16),
  entry_id blob not null check (length(entry_id) = 16),
  tag_id blob not null check (length(tag_id) = 16),
  primary key (domain_id, entry_id, tag_id),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_entry_tags_not_root check (domain_id <> x'00000000000070008000000000000001'),
  foreign key (domain_id, entry_id) references stint_entries (domain_id, id),
  foreign key (domain_id, tag_id) references stint_tags (domain_id, id)
) strict, without rowid;

-- One row for each entry and local day: all that reports read. The columns of the
-- entry stand here again so that they need no join.
create table stint_slices (
  domain_id blob not null check (length(domain_id) = 16),
  entry_id blob not null check (length(entry_id) = 16),
  day integer not null,
  seconds integer not null,
  site_id blob not null check (length(site_id) = 16),
  membership_id blob not null check (length(membership_id) = 16),
  project_id blob check (length(project_id) = 16),
  task_id blob check (length(task_id) = 16),
  activity_id blob check (length(activity_id) = 16),
  billable integer not null check (billable in (0, 1)),
  primary key (domain_id, entry_id, day),
  foreign key (domain_id) references stint_domains (id),
  constraint stint_slices_not_root check (domain_id <> x'00000000000070008000000000000001'),
  foreign key (domain_id, entry_id) references stint_entries (domain_id, id)
) strict, without rowid;

create index stint_slices_day on stint_slices (domain_id, day, site_id, project_id, membership_id, billable, seconds);
create index stint_slices_project on stint_slices (domain_id, project_id, day, site_id, membership_id, billable, seconds);
create index stint_slices_person on stint_slices (domain_id, membership_id, day, site_id, project_id, billable, seconds);

-- The log of a domain, written with every change and only ever added to. It holds
-- ids without foreign keys: it outlives what it tells of.
create table stint_events (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  actor_id blob check (length(actor_id) = 16),
  action text not null,
  reason text not null,
  kind text not null,
  object_id blob not null check (length(object_id) = 16),
  site_id blob check (length(site_id) = 16),
  client_id blob check (length(client_id) = 16),
  project_id blob check (length(project_id) = 16),
  person_id blob check (length(person_id) = 16),
  public integer not null check (public in (0, 1)),
  was_site_id blob check (length(was_site_id) = 16),
  was_client_id blob check (length(was_client_id) = 16),
  was_project_id blob check (length(was_project_id) = 16),
  was_person_id blob check (length(was_person_id) = 16),
  was_public integer not null check (was_public in (0, 1)),
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id)
) strict, without rowid;

create index stint_events_object on stint_events (domain_id, object_id, id);

-- The root domain, for administration only.
insert into stint_domains (id, version, created_at, name, name_key, zone) values (x'00000000000070008000000000000001', 1, unixepoch() * 1000000, 'root', 'root', 'UTC');
insert into stint_domain_state (domain_id, access_version) values (x'00000000000070008000000000000001', 1);
