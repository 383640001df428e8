package decide

import (
	_ "embed"
	"fmt"

	"github.com/cedar-policy/cedar-go"

	"github.com/seed-5be203e9/stint/access"
)

//go:embed policy.cedar
var cedarRules []byte

// Cedar returns cedar-go with the rules of policy.cedar. Requests and entities
// are made beforehand.
func Cedar(c *Case) (Contender, error) {
	rules, err := cedar.NewPolicySetFromBytes("policy.cedar", cedarRules)
	if err != nil {
		return Contender{}, err
	}
	h := handOf(c)
	actor := cedar.NewEntityUID("User", cedar.String(c.Actor.Member().String()))
	held, attributes := heldAt(c), cedar.RecordMap{"domain": cedar.String(placeName(h.domain))}
	for _, role := range roleNames {
		name := role
		if role == access.MemberRole {
			name = "regular" // a resource's member is in the team
		}
		attributes[cedar.String(name)] = cedarSet(held[role])
	}
	entities := cedar.EntityMap{actor: {UID: actor, Attributes: cedar.NewRecord(attributes)}}
	asked := make([]cedar.Request, len(c.Questions))
	for i, q := range c.Questions {
		row := handRowOf(q)
		set := h.settingsAt(&row)
		here, all := placesOf(&row)
		uid := cedar.NewEntityUID("Resource", cedar.String(fmt.Sprint(i)))
		entities[uid] = cedar.Entity{UID: uid, Attributes: cedar.NewRecord(cedar.RecordMap{
			"domain": cedar.String(placeName(row.domain)), "places": cedarSet(all), "here": cedarSet(here),
			"own": cedar.Boolean(row.own), "member": cedar.Boolean(row.member), "manager": cedar.Boolean(row.manager), "public": cedar.Boolean(row.public),
			"shared": cedar.Boolean(row.shared), "loose": cedar.Boolean(row.loose), "archived": cedar.Boolean(row.archived),
			"limit_public": cedar.Boolean(set.limitPublic), "admins_stay_out": cedar.Boolean(set.adminsStayOut), "admins_publish": cedar.Boolean(set.adminsPublish),
		})}
		asked[i] = cedar.Request{Principal: actor, Action: cedar.NewEntityUID("Action", cedar.String(q.Action)), Resource: uid}
	}
	return contender(NameCedar, func(i int) (Answer, error) {
		decision, diagnostic := cedar.Authorize(rules, entities, asked[i])
		if len(diagnostic.Errors) > 0 {
			return NoGrant, fmt.Errorf("%v", diagnostic.Errors)
		}
		if decision == cedar.Allow {
			return Allowed, nil
		}
		return NoGrant, nil
	}), nil
}

func cedarSet(all []string) cedar.Set {
	values := make([]cedar.Value, len(all))
	for i, s := range all {
		values[i] = cedar.String(s)
	}
	return cedar.NewSet(values...)
}
