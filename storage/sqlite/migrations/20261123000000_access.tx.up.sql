-- Groups, roles of a domain's own, settings that roles depend on, and denials in
-- the log.

create table stint_groups (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  name text not null,
  name_key text not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id)
) strict, without rowid;

create unique index stint_groups__name on stint_groups (domain_id, name_key);

create table stint_group_members (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  group_id blob not null check (length(group_id) = 16),
  membership_id blob not null check (length(membership_id) = 16),
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  foreign key (domain_id, group_id) references stint_groups (domain_id, id),
  foreign key (domain_id, membership_id) references stint_memberships (domain_id, id)
) strict, without rowid;

create unique index stint_group_members__person on stint_group_members (domain_id, group_id, membership_id);
create index stint_group_members_member on stint_group_members (domain_id, membership_id, group_id);

create table stint_roles (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  name text not null,
  name_key text not null,
  doc text not null,
  grants text not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id)
) strict, without rowid;

create unique index stint_roles__name on stint_roles (domain_id, name_key);

-- A setting without a site is one of the whole domain.
create table stint_settings (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  site_id blob check (length(site_id) = 16),
  key text not null,
  value text not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id)
) strict, without rowid;

create unique index stint_settings__key on stint_settings (domain_id, site_id, key) where site_id is not null;
create unique index stint_settings__key__domain on stint_settings (domain_id, key) where site_id is null;

-- A binding is of one person, one group or everyone, to a built-in role or one of
-- the domain's own. SQLite cannot change what a column may hold, so the table is
-- made anew.
create table stint_bindings_new (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  membership_id blob check (length(membership_id) = 16),
  group_id blob check (length(group_id) = 16),
  everyone integer not null check (everyone in (0, 1)),
  role text not null,
  role_id blob check (length(role_id) = 16),
  place text not null,
  site_id blob check (length(site_id) = 16),
  client_id blob check (length(client_id) = 16),
  project_id blob check (length(project_id) = 16),
  place_group_id blob check (length(place_group_id) = 16),
  from_at integer,
  until_at integer,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  foreign key (domain_id, membership_id) references stint_memberships (domain_id, id),
  foreign key (domain_id, group_id) references stint_groups (domain_id, id),
  foreign key (domain_id, role_id) references stint_roles (domain_id, id),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id),
  foreign key (domain_id, client_id) references stint_clients (domain_id, id),
  foreign key (domain_id, project_id) references stint_projects (domain_id, id),
  foreign key (domain_id, place_group_id) references stint_groups (domain_id, id),
  constraint stint_bindings_place check (place in ('domain', 'site', 'client', 'project', 'group') and (place = 'site') = (site_id is not null) and (place = 'client') = (client_id is not null) and (place = 'project') = (project_id is not null) and (place = 'group') = (place_group_id is not null)),
  constraint stint_bindings_subject check ((membership_id is not null) + (group_id is not null) + everyone = 1),
  constraint stint_bindings_role check ((role = '') = (role_id is not null))
) strict, without rowid;

insert into stint_bindings_new
  select b.domain_id, b.id, b.version, b.created_at, b.membership_id, null, 0, b.role, null, b.place, b.site_id, b.client_id, b.project_id, null, b.from_at, b.until_at
  from stint_domains d join stint_bindings b on b.domain_id = d.id;
drop table stint_bindings;
alter table stint_bindings_new rename to stint_bindings;

create index stint_bindings_member on stint_bindings (domain_id, membership_id);
create index stint_bindings_group on stint_bindings (domain_id, group_id) where group_id is not null;
create index stint_bindings_everyone on stint_bindings (domain_id) where everyone = 1;

-- What was denied, and what a role, a binding or a setting was before and after.
create table stint_events_new (
  domain_id blob not null check (length(domain_id) = 16),
  id blob not null check (length(id) = 16),
  version integer not null,
  created_at integer not null,
  actor_id blob check (length(actor_id) = 16),
  action text not null,
  denied integer not null check (denied in (0, 1)),
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
  before_text text,
  after_text text,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id)
) strict, without rowid;

insert into stint_events_new (domain_id, id, version, created_at, actor_id, action, denied, reason, kind, object_id, site_id, client_id, project_id, person_id, public, was_site_id, was_client_id, was_project_id, was_person_id, was_public, before_text, after_text)
  select e.domain_id, e.id, e.version, e.created_at, e.actor_id, e.action, 0, e.reason, e.kind, e.object_id, e.site_id, e.client_id, e.project_id, e.person_id, e.public, e.was_site_id, e.was_client_id, e.was_project_id, e.was_person_id, e.was_public, null, null
  from stint_domains d join stint_events e on e.domain_id = d.id;
drop table stint_events;
alter table stint_events_new rename to stint_events;

create index stint_events_object on stint_events (domain_id, object_id, id);
create index stint_events_actor on stint_events (domain_id, actor_id, id);

-- The modules that the domain has not, with spaces between.
alter table stint_domain_state add column modules_off text;
