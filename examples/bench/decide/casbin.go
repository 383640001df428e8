package decide

import (
	_ "embed"
	"strings"

	"github.com/casbin/casbin/v3"
	"github.com/casbin/casbin/v3/model"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy"
)

// The rules for Casbin: attributes of the resource, and a function of the host
// that says which roles cover it. Each line of casbin.csv names the actions, the
// roles, whether a role must be bound right here, the condition and the effect.
var (
	//go:embed casbin.conf
	casbinModel string
	//go:embed casbin.csv
	casbinRules string
)

// casbinRow is a resource as Casbin sees it. Its key is what the cache of
// decisions tells it by.
type casbinRow struct {
	Key                                                                                                       string
	Foreign, Own, Member, Manager, Public, Shared, Loose, Archived, LimitPublic, AdminsStayOut, AdminsPublish bool

	row *handRow
}

// GetCacheKey implements casbin.CacheableParam.
func (r *casbinRow) GetCacheKey() string { return r.Key }

// Casbin returns an enforcer with a cache of decisions, which holds the answer
// to every question once it was asked.
func Casbin(c *Case) (Contender, error) {
	m, err := model.NewModelFromString(casbinModel)
	if err != nil {
		return Contender{}, err
	}
	e, err := casbin.NewCachedEnforcer(m)
	if err != nil {
		return Contender{}, err
	}
	h := handOf(c)
	e.AddFunction("holds", func(args ...any) (any, error) {
		row, role, at := args[1].(*casbinRow), args[2].(string), args[3].(string)
		held := h.here(row.row)
		if at == "anywhere" {
			held |= h.wide | h.sites[row.row.site]
		}
		return role == "anyone" || held&handRoleNames[role] != 0, nil
	})
	for line := range strings.Lines(casbinRules) {
		fields := strings.Split(strings.TrimSpace(line), ", ")
		if strings.HasPrefix(line, "#") || len(fields) != 5 {
			continue
		}
		for act := range strings.FieldsSeq(fields[0]) {
			for role := range strings.FieldsSeq(fields[1]) {
				if _, err := e.AddPolicy(act, role, fields[2], fields[3], fields[4]); err != nil {
					return Contender{}, err
				}
			}
		}
	}
	sub := any(c.Actor.Member().String())
	asked := make([][]any, len(c.Questions))
	for i, q := range c.Questions {
		row := handRowOf(q)
		set := h.settingsAt(&row)
		key := tenancy.ID[access.Row](q.Resource.Row().ID).String()
		if row.domain != h.domain {
			key += "!"
		}
		asked[i] = []any{sub, string(q.Action), &casbinRow{
			key, row.domain != h.domain,
			row.own, row.member, row.manager, row.public, row.shared, row.loose, row.archived,
			set.limitPublic, set.adminsStayOut, set.adminsPublish, &row,
		}}
	}
	return contender(NameCasbin, func(i int) (Answer, error) {
		ok, err := e.Enforce(asked[i]...)
		if ok {
			return Allowed, err
		}
		return NoGrant, err
	}), nil
}
