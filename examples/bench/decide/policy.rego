package stint

# data.actor.at is, by place, the set of the roles that are held there; "*" is
# the whole domain. input.places are all places that cover the resource,
# input.here those that are right here: its client, its project and the groups of
# its person.
default allow := false

allow if {
	input.domain == data.actor.domain
	not closed
	granted
}

closed if {
	input.archived
	input.action in {"entry.track", "entry.edit"}
}

held contains role if {
	some place in input.places
	some role, _ in data.actor.at[place]
}

here contains role if {
	some place in input.here
	some role, _ in data.actor.at[place]
}

looks if count(held & {"site_admin", "reporter", "approver"}) > 0

looks if {
	held.member
	of_member
}

looks if {
	held.guest
	input.member
}

looks if count(here & {"guest", "project_manager"}) > 0

looks if {
	here.project_member
	of_team
}

of_member if input.own

of_member if input.manager

of_member if {
	input.member
	input.shared
}

of_member if {
	input.public
	not input.limit_public
}

of_team if input.own

of_team if input.shared

records if held.timekeeper

records if {
	held.site_admin
	not input.admins_stay_out
}

records if {
	held.site_admin
	inside
}

records if {
	input.own
	held.member
	inside
}

records if {
	input.own
	count(here & {"project_manager", "project_member"}) > 0
}

inside if input.loose

inside if input.member

inside if input.public

manages if {
	held.member
	input.manager
}

manages if here.project_manager

granted if {
	input.action == "entry.view"
	held.timekeeper
}

granted if {
	input.action == "entry.view"
	looks
}

granted if {
	input.action == "report.view"
	looks
}

granted if {
	input.action == "entry.track"
	records
}

granted if {
	input.action == "entry.edit"
	records
}

granted if {
	input.action == "entry.amount.view"
	count(held & {"site_admin", "reporter"}) > 0
}

granted if {
	input.action == "entry.amount.view"
	manages
}

granted if {
	input.action == "project.view"
	count(held & {"site_admin", "timekeeper", "reporter", "approver"}) > 0
}

granted if {
	input.action == "project.view"
	held.member
	input.member
}

granted if {
	input.action == "project.view"
	held.member
	input.public
}

granted if {
	input.action == "project.view"
	held.guest
	input.member
}

granted if {
	input.action == "project.view"
	count(here & {"guest", "project_manager", "project_member"}) > 0
}

granted if {
	input.action == "project.edit"
	held.site_admin
}

granted if {
	input.action == "project.edit"
	manages
}

granted if {
	input.action == "project.visibility.edit"
	held.site_admin
}

granted if {
	input.action == "project.visibility.edit"
	not input.admins_publish
	manages
}
