package decide

import (
	"fmt"
	"maps"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/timesheet"
)

// The rules in CEL. Variables of the name of a role
// say that it covers the resource, and those with _here that it is bound at the
// resource's own client or project, or at a group of its person. The host keeps
// the data: the same maps as the function by hand.
const (
	celLooks   = `admin || auditor || reporter || approver || member && (own || manager || in_team && shared || public && !limit_public) || guest && in_team || guest_here || manager_here || team_here && (own || shared)`
	celRecords = `!archived && (timekeeper || admin && (!admins_stay_out || in_team || public || loose) || member && own && (loose || in_team || public) || (manager_here || team_here) && own)`
)

var celRules = map[access.Action]string{
	timesheet.ViewEntry:      `timekeeper || ` + celLooks,
	timesheet.ViewReport:     celLooks,
	timesheet.Track:          celRecords,
	timesheet.EditEntry:      celRecords,
	timesheet.ViewAmount:     `admin || auditor || reporter || member && manager || manager_here`,
	timesheet.ViewProject:    `admin || auditor || timekeeper || reporter || approver || member && (in_team || public) || guest && in_team || guest_here || manager_here || team_here`,
	timesheet.EditProject:    `admin || member && manager || manager_here`,
	timesheet.EditVisibility: `admin || !admins_publish && (member && manager || manager_here)`,
}

// celVariables are all that the rules speak of.
var celVariables = []string{
	"foreign", "archived", "own", "in_team", "manager", "public", "shared", "loose", "limit_public", "admins_stay_out", "admins_publish",
	"admin", "auditor", "member", "timekeeper", "reporter", "approver", "guest", "guest_here", "manager_here", "team_here",
}

// celRow is a question as CEL sees it. Where roles are held is looked up when
// it is first asked for.
type celRow struct {
	h           *hand
	row         *handRow
	action      any
	looked      bool
	roles, here handRoles
	set         handSettings
}

// Parent implements cel.Activation.
func (*celRow) Parent() cel.Activation { return nil }

// ResolveName implements cel.Activation.
func (r *celRow) ResolveName(name string) (any, bool) {
	if name == "action" {
		return r.action, true
	}
	if !r.looked {
		r.here, r.set, r.looked = r.h.here(r.row), r.h.settingsAt(r.row), true
		r.roles = r.here | r.h.wide | r.h.sites[r.row.site]
	}
	value := false
	switch name {
	case "foreign":
		value = r.row.domain != r.h.domain
	case "archived":
		value = r.row.archived
	case "own":
		value = r.row.own
	case "in_team":
		value = r.row.member
	case "manager":
		value = r.row.manager
	case "public":
		value = r.row.public
	case "shared":
		value = r.row.shared
	case "loose":
		value = r.row.loose
	case "limit_public":
		value = r.set.limitPublic
	case "admins_stay_out":
		value = r.set.adminsStayOut
	case "admins_publish":
		value = r.set.adminsPublish
	case "admin":
		value = r.roles&handAdmin != 0
	case "auditor":
		value = r.roles&handAuditor != 0
	case "member":
		value = r.roles&handMember != 0
	case "timekeeper":
		value = r.roles&handTimekeeper != 0
	case "reporter":
		value = r.roles&handReporter != 0
	case "approver":
		value = r.roles&handApprover != 0
	case "guest":
		value = r.roles&handGuest != 0
	case "guest_here":
		value = r.here&handGuest != 0
	case "manager_here":
		value = r.here&handManager != 0
	case "team_here":
		value = r.here&handTeam != 0
	default:
		return nil, false
	}
	return types.Bool(value), true
}

// CEL returns the policy as one compiled program of cel-go, which is asked with
// the action.
func CEL(c *Case) (Contender, error) {
	policy := "false"
	for _, action := range slices.Sorted(maps.Keys(celRules)) {
		policy = fmt.Sprintf("action == %q ? (%s) : (%s)", action, celRules[action], policy)
	}
	program, err := celProgram(policy)
	return celContender(NameCEL, c, func(access.Action) cel.Program { return program }), err
}

// CELEach returns a compiled program for each action: the host takes a part of
// the decision.
func CELEach(c *Case) (Contender, error) {
	programs := map[access.Action]cel.Program{}
	for action, rule := range celRules {
		program, err := celProgram(rule)
		if err != nil {
			return Contender{}, err
		}
		programs[action] = program
	}
	return celContender(NameCELEach, c, func(a access.Action) cel.Program { return programs[a] }), nil
}

// celProgram compiles a policy behind the fence of the domain.
func celProgram(policy string) (cel.Program, error) {
	options := []cel.EnvOption{cel.Variable("action", cel.StringType)}
	for _, name := range celVariables {
		options = append(options, cel.Variable(name, cel.BoolType))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile("!foreign && (" + policy + ")")
	if err := issues.Err(); err != nil {
		return nil, err
	}
	return env.Program(ast, cel.EvalOptions(cel.OptOptimize))
}

func celContender(name string, c *Case, program func(access.Action) cel.Program) Contender {
	h := handOf(c)
	rows, asked, actions := make([]handRow, len(c.Questions)), make([]cel.Program, len(c.Questions)), make([]any, len(c.Questions))
	for i, q := range c.Questions {
		rows[i], asked[i], actions[i] = handRowOf(q), program(q.Action), types.String(q.Action)
	}
	row := &celRow{h: h}
	return contender(name, func(i int) (Answer, error) {
		row.row, row.action, row.looked = &rows[i], actions[i], false
		out, _, err := asked[i].Eval(row)
		if err == nil && out == types.True {
			return Allowed, nil
		}
		return NoGrant, err
	})
}
