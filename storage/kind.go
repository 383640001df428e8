package storage

import (
	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// Level says what keeps the rows of a kind apart.
type Level uint8

// The levels.
const (
	OfInstallation Level = iota + 1 // above the domains; only the handle of the root reads it
	OfAnyDomain                     // of a domain, the root among them: who administers it
	OfBusiness                      // of a domain, and the schema refuses it in the root
)

// Kind is one line of the table of kinds. The stores' generic access, the
// isolation suite and the schema checks are driven by it, so a kind that is not
// in it fails a test.
type Kind struct {
	Name    access.Kind
	Table   string
	Level   Level
	Columns []string // in the order of Fields; the first three are id, version, created_at
	Null    []string // columns whose zero value is stored as NULL
	Named   bool     // has a column name, found by the key of it in name_key

	// The columns that place a row, where it has them; "id" means the row
	// itself. A store fills access.Row from them: Site and Client are the
	// project's where the kind has a project but no such column. Facts follow:
	// Own if Person is the actor; Member and Manager from the actor's row in
	// the project's team; Public and Shared from the project; Loose if the
	// kind has a project column and it is empty. The state is Archived if the
	// row or its project is archived. In a scope that is narrowed to a site a
	// row is there only if its Site is that site; kinds without one (people)
	// belong to the domain and are there on every site.
	Site, Client, Project, Person string
	Parents                       []string // the columns that Query.Parent is looked for in

	// Says are the facts that the row itself says, by column: a project says
	// whether it is public.
	Says map[access.Facts]string

	// Guarded are columns that nobody changes without an action of its own, on
	// the row as it is: who may rename a person does not thereby say who she is.
	Guarded []Guarded

	Unique    []Unique
	Removable bool   // rows can be removed; the others are kept and archived
	Append    bool   // rows are only ever added
	Retention string // how long rows are kept, and why
}

// Has says which places the kind has columns for, as access.Session.Write wants
// it.
func (k Kind) Has() access.Places {
	return access.Places{Site: k.Site != "", Client: k.Client != "", Project: k.Project != "", Person: k.Person != ""}
}

// Guarded are columns and the action that lets one change them.
type Guarded struct {
	Columns []string
	Action  access.Action
}

// Unique is a unique key of a kind within its domain.
type Unique struct {
	Columns []string
	NotNull string // only rows in which this column is set, if any
	Live    bool   // only rows that are not archived
	Field   string // the field that a conflict names
}

// Of is a kind with its entity.
type Of[E any] struct {
	Kind
	// Fields returns pointers to the fields of the entity, in the order of
	// Columns. Their types are *tenancy.ID, *[16]byte, *int64, *bool, *string
	// and named strings, *time.Time.
	Fields func(*E) []any
	// Shy are the fields that not everybody sees who sees the row.
	Shy []ShyField[E]
	// Text says the row in words, for the Before and After of its events; nil:
	// they are left empty.
	Text func(E) string
}

// ShyField is a field that an action of its own lets one see: the Field of an
// access.ActionSpec. Of a row on which a reader may not do that action, a store
// shows the zero value and, if there is another, says that it is withheld. A row
// that is written back with it withheld keeps what is stored; who does not see
// it may not set it ("field_withheld").
type ShyField[E any] struct {
	Field    string
	Columns  []string
	Withheld func(*E) *bool
}

// Kinds is the table of kinds, typed.
type Kinds struct {
	Domains    Of[tenancy.Domain]
	Hostnames  Of[tenancy.Hostname]
	Accounts   Of[tenancy.Account]
	Logins     Of[tenancy.Login]
	Enrolments Of[tenancy.Enrolment]
	Sites      Of[tenancy.Site]
	Members    Of[tenancy.Membership]
	Bindings   Of[access.Binding]
	Groups     Of[access.Group]
	InGroups   Of[access.GroupMember]
	Roles      Of[access.CustomRole]
	Settings   Of[access.SiteSetting]
	Events     Of[access.Event]
	Clients    Of[timesheet.Client]
	Projects   Of[timesheet.Project]
	Teams      Of[timesheet.Team]
	Tasks      Of[timesheet.Task]
	Activities Of[timesheet.Activity]
	Tags       Of[timesheet.Tag]
	Entries    Of[timesheet.Entry] // has methods of its own; its slices and tags go with it
}

// All returns every kind, in an order in which rows can be written.
func (k Kinds) All() []Kind {
	return []Kind{
		k.Domains.Kind, k.Accounts.Kind, k.Logins.Kind, k.Enrolments.Kind,
		k.Sites.Kind, k.Hostnames.Kind, k.Members.Kind, k.Groups.Kind, k.InGroups.Kind, k.Roles.Kind, k.Settings.Kind,
		k.Clients.Kind, k.Projects.Kind, k.Bindings.Kind, k.Events.Kind, k.Teams.Kind, k.Tasks.Kind, k.Activities.Kind, k.Tags.Kind, k.Entries.Kind,
	}
}

// Parts names the tables that belong to a kind without being one: their rows
// are written with it and carry its domain.
func Parts() map[string]access.Kind {
	return map[string]access.Kind{
		"slices":       timesheet.KindEntry,
		"entry_tags":   timesheet.KindEntry,
		"domain_state": admin.KindDomain,
	}
}

// NewKinds returns the table of kinds.
func NewKinds() Kinds {
	liveName := func(columns ...string) Unique {
		return Unique{Columns: append(columns, "name_key"), Live: true, Field: "name"}
	}
	const kept = "kept as long as the domain"
	return Kinds{
		Domains: Of[tenancy.Domain]{
			Kind: Kind{Name: admin.KindDomain, Table: "domains", Level: OfInstallation, Named: true,
				Columns: []string{"id", "version", "created_at", "ref", "name", "zone"}, Null: []string{"ref"},
				Unique:    []Unique{{Columns: []string{"name_key"}, Field: "name"}, {Columns: []string{"ref"}, NotNull: "ref", Field: "ref"}},
				Retention: "kept as long as the installation"},
			Fields: func(d *tenancy.Domain) []any {
				return []any{&d.ID, &d.Version, &d.CreatedAt, &d.Ref, &d.Name, &d.Zone}
			}},
		Hostnames: Of[tenancy.Hostname]{
			Kind: Kind{Name: admin.KindHostname, Table: "hostnames", Level: OfInstallation, Named: true,
				Columns: []string{"id", "version", "created_at", "name", "domain_id", "site_id"}, Parents: []string{"domain_id"},
				Unique: []Unique{{Columns: []string{"name_key"}, Field: "hostname"}}, Retention: "kept as long as the site"},
			Fields: func(h *tenancy.Hostname) []any {
				return []any{&h.ID, &h.Version, &h.CreatedAt, &h.Name, &h.Domain, &h.Site}
			}},
		Accounts: Of[tenancy.Account]{
			Kind: Kind{Name: admin.KindAccount, Table: "accounts", Level: OfInstallation,
				Columns: []string{"id", "version", "created_at"}, Retention: "kept as long as the installation"},
			Fields: func(a *tenancy.Account) []any { return []any{&a.ID, &a.Version, &a.CreatedAt} }},
		Logins: Of[tenancy.Login]{
			Kind: Kind{Name: admin.KindLogin, Table: "logins", Level: OfInstallation, Named: true,
				Columns: []string{"id", "version", "created_at", "account_id", "domain_id", "name", "password_hash"}, Parents: []string{"account_id"},
				Unique: []Unique{{Columns: []string{"name_key"}, Field: "login"}}, Retention: "kept as long as the account"},
			Fields: func(l *tenancy.Login) []any {
				return []any{&l.ID, &l.Version, &l.CreatedAt, &l.Account, &l.Domain, &l.Name, &l.PasswordHash}
			}},
		Enrolments: Of[tenancy.Enrolment]{
			Kind: Kind{Name: admin.KindEnrolment, Table: "enrolments", Level: OfInstallation, Named: true,
				Columns: []string{"id", "version", "created_at", "account_id", "domain_id", "name", "expires_at", "used_at"}, Null: []string{"used_at"},
				Parents: []string{"account_id"},
				Unique:  []Unique{{Columns: []string{"name_key"}, Field: "token"}}, Retention: "may be purged once expired"},
			Fields: func(e *tenancy.Enrolment) []any {
				return []any{&e.ID, &e.Version, &e.CreatedAt, &e.Account, &e.Domain, &e.Name, &e.ExpiresAt, &e.UsedAt}
			}},
		Sites: Of[tenancy.Site]{
			Kind: Kind{Name: admin.KindSite, Table: "sites", Level: OfBusiness, Named: true, Site: "id",
				Columns: []string{"id", "version", "created_at", "name", "zone"},
				Unique:  []Unique{{Columns: []string{"name_key"}, Field: "name"}}, Retention: kept},
			Fields: func(s *tenancy.Site) []any { return []any{&s.ID, &s.Version, &s.CreatedAt, &s.Name, &s.Zone} }},
		Members: Of[tenancy.Membership]{
			Kind: Kind{Name: admin.KindMember, Table: "memberships", Level: OfAnyDomain, Named: true, Person: "id",
				Columns: []string{"id", "version", "created_at", "account_id", "ref", "name", "email", "zone", "status"},
				Null:    []string{"account_id", "ref", "email"},
				Guarded: []Guarded{{[]string{"account_id", "ref"}, admin.EditIdentity}},
				Unique: []Unique{
					{Columns: []string{"account_id"}, NotNull: "account_id", Field: "account"},
					{Columns: []string{"ref"}, NotNull: "ref", Field: "ref"},
					{Columns: []string{"email"}, NotNull: "email", Field: "email"},
				}, Retention: kept},
			Fields: func(m *tenancy.Membership) []any {
				return []any{&m.ID, &m.Version, &m.CreatedAt, &m.Account, &m.Ref, &m.Name, &m.Email, &m.Zone, &m.Status}
			},
			Shy: []ShyField[tenancy.Membership]{{"email", []string{"email"}, func(m *tenancy.Membership) *bool { return &m.EmailWithheld }}}},
		Bindings: Of[access.Binding]{
			Kind: Kind{Name: admin.KindBinding, Table: "bindings", Level: OfAnyDomain,
				Site: "site_id", Client: "client_id", Project: "project_id", Person: "membership_id",
				Parents: []string{"membership_id", "group_id", "role_id", "site_id", "client_id", "project_id", "place_group_id"},
				Columns: []string{"id", "version", "created_at", "membership_id", "group_id", "everyone", "role", "role_id",
					"place", "site_id", "client_id", "project_id", "place_group_id", "from_at", "until_at"},
				Null:      []string{"membership_id", "group_id", "role_id", "site_id", "client_id", "project_id", "place_group_id", "from_at", "until_at"},
				Removable: true, Retention: "removed when revoked; the log remembers"},
			Fields: func(b *access.Binding) []any {
				return []any{&b.ID, &b.Version, &b.CreatedAt, &b.Subject.Member, &b.Subject.Group, &b.Subject.Everyone, &b.Role, &b.Custom,
					&b.Place.Kind, &b.Place.Site, &b.Place.Client, &b.Place.Project, &b.Place.Group, &b.From, &b.Until}
			},
			Text: access.Binding.String},
		Groups: Of[access.Group]{
			Kind: Kind{Name: admin.KindGroup, Table: "groups", Level: OfAnyDomain, Named: true,
				Columns:   []string{"id", "version", "created_at", "name"},
				Unique:    []Unique{{Columns: []string{"name_key"}, Field: "name"}},
				Removable: true, Retention: kept},
			Fields: func(g *access.Group) []any { return []any{&g.ID, &g.Version, &g.CreatedAt, &g.Name} }},
		InGroups: Of[access.GroupMember]{
			Kind: Kind{Name: admin.KindGroupMember, Table: "group_members", Level: OfAnyDomain, Person: "membership_id",
				Parents:   []string{"group_id", "membership_id"},
				Columns:   []string{"id", "version", "created_at", "group_id", "membership_id"},
				Unique:    []Unique{{Columns: []string{"group_id", "membership_id"}, Field: "person"}},
				Removable: true, Retention: "removed when somebody leaves; the log remembers"},
			Fields: func(m *access.GroupMember) []any {
				return []any{&m.ID, &m.Version, &m.CreatedAt, &m.Group, &m.Member}
			},
			Text: access.GroupMember.String},
		Roles: Of[access.CustomRole]{
			Kind: Kind{Name: admin.KindRole, Table: "roles", Level: OfAnyDomain, Named: true,
				Columns:   []string{"id", "version", "created_at", "name", "doc", "grants"},
				Unique:    []Unique{{Columns: []string{"name_key"}, Field: "name"}},
				Removable: true, Retention: "removed when nobody holds it; the log remembers what it said"},
			Fields: func(r *access.CustomRole) []any {
				return []any{&r.ID, &r.Version, &r.CreatedAt, &r.Name, &r.Doc, &r.Grants}
			},
			Text: access.CustomRole.String},
		Settings: Of[access.SiteSetting]{
			Kind: Kind{Name: admin.KindSetting, Table: "settings", Level: OfAnyDomain, Site: "site_id", Parents: []string{"site_id"},
				Columns:   []string{"id", "version", "created_at", "site_id", "key", "value"},
				Null:      []string{"site_id"},
				Unique:    []Unique{{Columns: []string{"site_id", "key"}, Field: "key"}},
				Removable: true, Retention: "removed when reset; the log remembers"},
			Fields: func(v *access.SiteSetting) []any {
				return []any{&v.ID, &v.Version, &v.CreatedAt, &v.Site, &v.Key, &v.Value}
			},
			Text: access.SiteSetting.String},
		Events: Of[access.Event]{
			Kind: Kind{Name: admin.KindEvent, Table: "events", Level: OfAnyDomain, Append: true, Site: "site_id", Parents: []string{"object_id"},
				Columns: []string{"id", "version", "created_at", "actor_id", "action", "denied", "reason", "kind", "object_id",
					"site_id", "client_id", "project_id", "person_id", "public",
					"was_site_id", "was_client_id", "was_project_id", "was_person_id", "was_public",
					"before_text", "after_text"},
				Null: []string{"actor_id", "site_id", "client_id", "project_id", "person_id",
					"was_site_id", "was_client_id", "was_project_id", "was_person_id", "before_text", "after_text"},
				Retention: kept},
			Fields: func(e *access.Event) []any {
				return []any{&e.ID, &e.Version, &e.At, &e.Actor, &e.Action, &e.Denied, &e.Reason, &e.Kind, &e.Object,
					&e.Site, &e.Client, &e.Project, &e.Person, &e.Public,
					&e.Was.Site, &e.Was.Client, &e.Was.Project, &e.Was.Person, &e.Was.Public,
					&e.Before, &e.After}
			}},
		Clients: Of[timesheet.Client]{
			Kind: Kind{Name: timesheet.KindClient, Table: "clients", Level: OfBusiness, Named: true, Site: "site_id", Client: "id",
				Columns: []string{"id", "version", "created_at", "site_id", "name", "archived_at"}, Null: []string{"archived_at"},
				Unique: []Unique{liveName()}, Retention: kept},
			Fields: func(c *timesheet.Client) []any {
				return []any{&c.ID, &c.Version, &c.CreatedAt, &c.Site, &c.Name, &c.ArchivedAt}
			}},
		Projects: Of[timesheet.Project]{
			Kind: Kind{Name: timesheet.KindProject, Table: "projects", Level: OfBusiness, Named: true,
				Site: "site_id", Client: "client_id", Project: "id", Parents: []string{"client_id"},
				Columns: []string{"id", "version", "created_at", "site_id", "client_id", "name", "public", "shared", "archived_at"},
				Null:    []string{"client_id", "archived_at"},
				Says:    map[access.Facts]string{access.Public: "public", access.Shared: "shared"},
				Unique:  []Unique{liveName("client_id")}, Retention: kept},
			Fields: func(p *timesheet.Project) []any {
				return []any{&p.ID, &p.Version, &p.CreatedAt, &p.Site, &p.Client, &p.Name, &p.Public, &p.Shared, &p.ArchivedAt}
			}},
		Teams: Of[timesheet.Team]{
			Kind: Kind{Name: timesheet.KindTeam, Table: "teams", Level: OfBusiness, Project: "project_id", Person: "membership_id", Parents: []string{"project_id"},
				Columns:   []string{"id", "version", "created_at", "project_id", "membership_id", "manager"},
				Unique:    []Unique{{Columns: []string{"project_id", "membership_id"}, Field: "person"}},
				Removable: true, Retention: "removed when somebody leaves; the log remembers"},
			Fields: func(t *timesheet.Team) []any {
				return []any{&t.ID, &t.Version, &t.CreatedAt, &t.Project, &t.Person, &t.Manager}
			}},
		Tasks: Of[timesheet.Task]{
			Kind: Kind{Name: timesheet.KindTask, Table: "tasks", Level: OfBusiness, Named: true, Project: "project_id", Parents: []string{"project_id"},
				Columns: []string{"id", "version", "created_at", "project_id", "name", "archived_at"}, Null: []string{"archived_at"},
				Unique: []Unique{liveName("project_id")}, Retention: kept},
			Fields: func(t *timesheet.Task) []any {
				return []any{&t.ID, &t.Version, &t.CreatedAt, &t.Project, &t.Name, &t.ArchivedAt}
			}},
		Activities: Of[timesheet.Activity]{
			Kind: Kind{Name: timesheet.KindActivity, Table: "activities", Level: OfBusiness, Named: true, Site: "site_id",
				Columns: []string{"id", "version", "created_at", "site_id", "name", "archived_at"}, Null: []string{"archived_at"},
				Unique: []Unique{liveName("site_id")}, Retention: kept},
			Fields: func(a *timesheet.Activity) []any {
				return []any{&a.ID, &a.Version, &a.CreatedAt, &a.Site, &a.Name, &a.ArchivedAt}
			}},
		Tags: Of[timesheet.Tag]{
			Kind: Kind{Name: timesheet.KindTag, Table: "tags", Level: OfBusiness, Named: true, Site: "site_id",
				Columns: []string{"id", "version", "created_at", "site_id", "name", "archived_at"}, Null: []string{"archived_at"},
				Unique: []Unique{liveName("site_id")}, Retention: kept},
			Fields: func(t *timesheet.Tag) []any {
				return []any{&t.ID, &t.Version, &t.CreatedAt, &t.Site, &t.Name, &t.ArchivedAt}
			}},
		Entries: Of[timesheet.Entry]{
			Kind: Kind{Name: timesheet.KindEntry, Table: "entries", Level: OfBusiness, Site: "site_id", Project: "project_id", Person: "membership_id",
				Columns: []string{"id", "version", "created_at", "site_id", "membership_id", "recorder_id", "project_id", "task_id", "activity_id",
					"form", "started_at", "ended_at", "seconds", "zone", "note", "billable", "overlapping",
					"external_source", "external_key", "external_amount", "external_currency"},
				Null: []string{"recorder_id", "project_id", "task_id", "activity_id", "ended_at",
					"external_source", "external_key", "external_currency"},
				Unique:    []Unique{{Columns: []string{"external_source", "external_key"}, NotNull: "external_key", Field: "external"}},
				Removable: true, Retention: kept},
			Fields: func(e *timesheet.Entry) []any {
				return []any{&e.ID, &e.Version, &e.CreatedAt, &e.Site, &e.Person, &e.Recorder, &e.Project, &e.Task, &e.Activity,
					&e.Form, &e.Start, &e.End, &e.Seconds, &e.Zone, &e.Note, &e.Billable, &e.Overlaps,
					&e.External.Source, &e.External.Key, &e.External.Amount, &e.External.Currency}
			},
			Shy: []ShyField[timesheet.Entry]{{"external_amount", []string{"external_amount", "external_currency"}, func(e *timesheet.Entry) *bool { return &e.External.Withheld }}}},
	}
}
