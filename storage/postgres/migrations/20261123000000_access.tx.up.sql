-- Groups, roles of a domain's own, settings that roles depend on, and denials in
-- the log.

create table stint_groups (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  name text collate "C" not null,
  name_key text collate "C" not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id)
);

create unique index stint_groups__name on stint_groups (domain_id, name_key);

create table stint_group_members (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  group_id uuid not null,
  membership_id uuid not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  foreign key (domain_id, group_id) references stint_groups (domain_id, id),
  foreign key (domain_id, membership_id) references stint_memberships (domain_id, id)
);

create unique index stint_group_members__person on stint_group_members (domain_id, group_id, membership_id);
create index stint_group_members_member on stint_group_members (domain_id, membership_id, group_id);

create table stint_roles (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  name text collate "C" not null,
  name_key text collate "C" not null,
  doc text collate "C" not null,
  grants text collate "C" not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id)
);

create unique index stint_roles__name on stint_roles (domain_id, name_key);

-- A setting without a site is one of the whole domain.
create table stint_settings (
  domain_id uuid not null,
  id uuid not null,
  version bigint not null,
  created_at timestamptz not null,
  site_id uuid,
  key text collate "C" not null,
  value text collate "C" not null,
  primary key (domain_id, id),
  foreign key (domain_id) references stint_domains (id),
  foreign key (domain_id, site_id) references stint_sites (domain_id, id)
);

create unique index stint_settings__key on stint_settings (domain_id, site_id, key) where site_id is not null;
create unique index stint_settings__key__domain on stint_settings (domain_id, key) where site_id is null;

-- A binding is of one person, one group or everyone, to a built-in role or one of
-- the domain's own.
alter table stint_bindings alter column membership_id drop not null;
alter table stint_bindings add column group_id uuid;
alter table stint_bindings add column everyone boolean not null default false;
alter table stint_bindings alter column everyone drop default;
alter table stint_bindings add column role_id uuid;
alter table stint_bindings add column place_group_id uuid;
alter table stint_bindings add foreign key (domain_id, group_id) references stint_groups (domain_id, id);
alter table stint_bindings add foreign key (domain_id, role_id) references stint_roles (domain_id, id);
alter table stint_bindings add foreign key (domain_id, place_group_id) references stint_groups (domain_id, id);
alter table stint_bindings drop constraint stint_bindings_check;
alter table stint_bindings add constraint stint_bindings_place check (place in ('domain', 'site', 'client', 'project', 'group') and (place = 'site') = (site_id is not null) and (place = 'client') = (client_id is not null) and (place = 'project') = (project_id is not null) and (place = 'group') = (place_group_id is not null));
alter table stint_bindings add constraint stint_bindings_subject check ((membership_id is not null)::int + (group_id is not null)::int + everyone::int = 1);
alter table stint_bindings add constraint stint_bindings_role check ((role = '') = (role_id is not null));

create index stint_bindings_group on stint_bindings (domain_id, group_id) where group_id is not null;
create index stint_bindings_everyone on stint_bindings (domain_id) where everyone;

-- What was denied, and what a role, a binding or a setting was before and after.
alter table stint_events add column denied boolean not null default false;
alter table stint_events alter column denied drop default;
alter table stint_events add column before_text text collate "C";
alter table stint_events add column after_text text collate "C";

create index stint_events_actor on stint_events (domain_id, actor_id, id);

-- The modules that the domain has not, with spaces between.
alter table stint_domain_state add column modules_off text collate "C";

do $$
declare
  t text;
begin
  foreach t in array array['groups', 'group_members', 'roles', 'settings'] loop
    execute format('alter table %I enable row level security', 'stint_' || t);
    execute format('alter table %I force row level security', 'stint_' || t);
    execute format('create policy domain on %I using (domain_id = (select nullif(current_setting(''stint.domain'', true), '''')::uuid))', 'stint_' || t);
  end loop;
end
$$;

grant select, insert, update, delete on stint_groups, stint_group_members, stint_roles, stint_settings to stint_tenant;
grant select on stint_groups, stint_group_members, stint_roles, stint_settings to stint_installation;
