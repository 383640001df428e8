package decide

import (
	"context"
	_ "embed"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

//go:embed policy.rego
var regoRules string

// OPA returns a prepared query over the rules of policy.rego. Inputs are parsed
// beforehand.
func OPA(c *Case) (Contender, error) {
	ctx, h := context.Background(), handOf(c)
	at := map[string]any{}
	for role, places := range heldAt(c) {
		for _, place := range places {
			if at[place] == nil {
				at[place] = map[string]any{}
			}
			at[place].(map[string]any)[role] = true
		}
	}
	store := inmem.NewFromObjectWithOpts(map[string]any{"actor": map[string]any{"domain": placeName(h.domain), "at": at}}, inmem.OptReturnASTValuesOnRead(true))
	query, err := rego.New(rego.Query("data.stint.allow"), rego.Module("policy.rego", regoRules), rego.Store(store)).PrepareForEval(ctx)
	if err != nil {
		return Contender{}, err
	}
	inputs := make([]rego.EvalOption, len(c.Questions))
	for i, q := range c.Questions {
		row := handRowOf(q)
		set := h.settingsAt(&row)
		here, all := placesOf(&row)
		input, err := ast.InterfaceToValue(map[string]any{
			"action": string(q.Action), "domain": placeName(row.domain), "places": all, "here": here,
			"own": row.own, "member": row.member, "manager": row.manager, "public": row.public, "shared": row.shared, "loose": row.loose,
			"archived": row.archived, "limit_public": set.limitPublic, "admins_stay_out": set.adminsStayOut, "admins_publish": set.adminsPublish,
		})
		if err != nil {
			return Contender{}, err
		}
		inputs[i] = rego.EvalParsedInput(input)
	}
	return contender(NameOPA, func(i int) (Answer, error) {
		result, err := query.Eval(ctx, inputs[i])
		if err == nil && result.Allowed() {
			return Allowed, nil
		}
		return NoGrant, err
	}), nil
}
