package decide

import (
	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/timesheet"
)

// handRoles is a set of the built-in roles.
type handRoles uint16

const (
	handAdmin handRoles = 1 << iota // of the domain or a site
	handAuditor
	handMember
	handTimekeeper
	handReporter
	handApprover
	handGuest
	handManager // of a project
	handTeam    // of a project
)

var handRoleNames = map[string]handRoles{
	access.DomainAdmin: handAdmin, access.SiteAdmin: handAdmin, access.DomainAuditor: handAuditor, access.MemberRole: handMember,
	access.Timekeeper: handTimekeeper, access.Reporter: handReporter, access.Approver: handApprover, access.Guest: handGuest,
	access.ProjectManager: handManager, access.ProjectMember: handTeam,
}

// handSettings are the settings of a site that the rules look at.
type handSettings struct{ limitPublic, adminsStayOut, adminsPublish bool }

// handRow is a resource, made ready for hand.may.
type handRow struct {
	domain, site, client, project                         [16]byte
	groups                                                [][16]byte
	own, member, manager, public, shared, loose, archived bool
}

// handPlaces says which roles are held at which places.
type handPlaces map[[16]byte]handRoles

// hand decides as one would write it by hand for the built-in roles: who the
// actor is, where which roles are held, and a switch on the action. It says why
// it denies.
type hand struct {
	domain                           [16]byte
	wide                             handRoles
	sites, clients, projects, groups handPlaces
	base                             handSettings
	settings                         map[[16]byte]handSettings
}

// may decides.
func (h *hand) may(action access.Action, r *handRow) Answer {
	if r.domain != h.domain {
		return Foreign
	}
	if r.archived && (action == timesheet.Track || action == timesheet.EditEntry) {
		return Archived
	}
	set := h.settingsAt(r)
	// What is held more widely needs no look at the rest.
	wide := h.wide | h.sites[r.site]
	if handAllows(action, wide, 0, set, r) {
		return Allowed
	}
	here := h.here(r)
	if here != 0 && handAllows(action, wide|here, here, set, r) {
		return Allowed
	}
	if set != (handSettings{}) && handAllows(action, wide|here, here, handSettings{}, r) {
		return Restricted
	}
	if handMight(action, wide|here, here, set) {
		return Condition
	}
	return NoGrant
}

func (h *hand) settingsAt(r *handRow) handSettings {
	if s, some := h.settings[r.site]; some {
		return s
	}
	return h.base
}

// here returns the roles that are held at the resource's own client or project,
// or at a group of its person.
func (h *hand) here(r *handRow) handRoles {
	here := h.clients[r.client] | h.projects[r.project]
	for _, g := range r.groups {
		here |= h.groups[g]
	}
	return here
}

// handAllows says whether roles allow an action on a resource that they cover;
// here are those that are bound at its own client or project, or at a group of
// its person.
func handAllows(action access.Action, roles, here handRoles, set handSettings, r *handRow) bool {
	switch action {
	case timesheet.ViewEntry, timesheet.ViewReport:
		looks := handAdmin | handAuditor | handReporter | handApprover
		if action == timesheet.ViewEntry {
			looks |= handTimekeeper
		}
		return roles&looks != 0 ||
			roles&handMember != 0 && (r.own || r.manager || r.member && r.shared || r.public && !set.limitPublic) ||
			roles&handGuest != 0 && r.member ||
			here&(handGuest|handManager) != 0 ||
			here&handTeam != 0 && (r.own || r.shared)
	case timesheet.Track, timesheet.EditEntry:
		return roles&handTimekeeper != 0 ||
			roles&handAdmin != 0 && (!set.adminsStayOut || r.member || r.public || r.loose) ||
			roles&handMember != 0 && r.own && (r.loose || r.member || r.public) ||
			here&(handManager|handTeam) != 0 && r.own
	case timesheet.ViewAmount:
		return roles&(handAdmin|handAuditor|handReporter) != 0 || roles&handMember != 0 && r.manager || here&handManager != 0
	case timesheet.ViewProject:
		return roles&(handAdmin|handAuditor|handTimekeeper|handReporter|handApprover) != 0 ||
			roles&handMember != 0 && (r.member || r.public) ||
			roles&handGuest != 0 && r.member ||
			here&(handGuest|handManager|handTeam) != 0
	case timesheet.EditProject:
		return roles&handAdmin != 0 || roles&handMember != 0 && r.manager || here&handManager != 0
	case timesheet.EditVisibility:
		return roles&handAdmin != 0 || !set.adminsPublish && (roles&handMember != 0 && r.manager || here&handManager != 0)
	}
	return false
}

// handMight says whether roles would allow an action on another resource at the
// same places.
func handMight(action access.Action, roles, here handRoles, set handSettings) bool {
	switch action {
	case timesheet.ViewEntry, timesheet.ViewReport:
		return roles&(handMember|handGuest) != 0 || here&handTeam != 0
	case timesheet.Track, timesheet.EditEntry:
		return roles&(handAdmin|handMember) != 0 || here&(handManager|handTeam) != 0
	case timesheet.ViewAmount, timesheet.EditProject:
		return roles&handMember != 0
	case timesheet.EditVisibility:
		return roles&handMember != 0 && !set.adminsPublish
	case timesheet.ViewProject:
		return roles&(handMember|handGuest) != 0
	}
	return false
}

// handOf loads the bindings that hold now, and the settings.
func handOf(c *Case) *hand {
	h := &hand{domain: c.Domain, sites: handPlaces{}, clients: handPlaces{}, projects: handPlaces{}, groups: handPlaces{}}
	places := map[access.PlaceKind]handPlaces{access.AtSite: h.sites, access.AtClient: h.clients, access.AtProject: h.projects, access.OfGroup: h.groups}
	for _, b := range c.Bindings {
		role := handRoleNames[b.Role]
		switch {
		case !b.HoldsAt(c.Now):
		case b.Place.Kind == access.Everywhere:
			h.wide |= role
		default:
			places[b.Place.Kind][b.Place.ID()] |= role
		}
	}
	for _, s := range c.Settings {
		if s.Site.IsZero() {
			h.base.set(s)
		}
	}
	for _, s := range c.Settings {
		if s.Site.IsZero() {
			continue
		}
		if h.settings == nil {
			h.settings = map[[16]byte]handSettings{}
		}
		set, known := h.settings[s.Site]
		if !known {
			set = h.base
		}
		set.set(s)
		h.settings[s.Site] = set
	}
	return h
}

func (s *handSettings) set(v access.SiteSetting) {
	switch v.Key {
	case timesheet.LimitPublicData:
		s.limitPublic = v.Value == timesheet.On
	case timesheet.AdminsBypassPrivate:
		s.adminsStayOut = v.Value == timesheet.Off
	case timesheet.WhoChangesVisibility:
		s.adminsPublish = v.Value == timesheet.Admins
	}
}

// handRowOf makes the resource of a question ready.
func handRowOf(q Question) handRow {
	r := q.Resource.Row()
	out := handRow{
		domain: q.Domain, site: r.Site, client: r.Client, project: r.Project,
		own: r.Facts.Has(access.Own), member: r.Facts.Has(access.Member), manager: r.Facts.Has(access.Manager), public: r.Facts.Has(access.Public),
		shared: r.Facts.Has(access.Shared), loose: r.Facts.Has(access.Loose), archived: r.State&access.Archived != 0,
	}
	for _, g := range r.Groups {
		out.groups = append(out.groups, g)
	}
	return out
}

// Hand returns the function written by hand.
func Hand(c *Case) Contender {
	h, rows := handOf(c), make([]handRow, len(c.Questions))
	for i, q := range c.Questions {
		rows[i] = handRowOf(q)
	}
	return Contender{
		Name: NameHand, Reasons: true,
		Ask: func(i int) (Answer, error) { return h.may(c.Questions[i].Action, &rows[i]), nil },
		Run: func(from, to int) (n int) {
			for i := from; i < to; i++ {
				if h.may(c.Questions[i].Action, &rows[i]) == Allowed {
					n++
				}
			}
			return n
		},
	}
}
