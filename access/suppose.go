package access

import "github.com/seed-5be203e9/stint/tenancy/fault"

// Suppose returns what somebody would hold in the actor's domain by these
// bindings, for questions about others: in the actor's scope, with the modules
// that the domain has, and with no credential in the way. Settings are all of
// the domain and its sites, and custom the roles that the bindings name. After
// the transaction, and for the zero Actor, it is fault.Proof.
func (a Actor) Suppose(bindings []Binding, custom []CustomRole, settings []SiteSetting) (*Holdings, error) {
	if !a.session.live() {
		return nil, fault.Proof
	}
	who := a.session.holdings.who
	return a.session.policy.Load(Standing{Scope: who.Scope, Off: who.Off, Bindings: bindings, Custom: custom, Settings: settings}), nil
}

var errInPart = fault.Deny("sees_in_part", "this is answered to those who see everything that it is answered from")

// Oversees refuses, with the reason "sees_in_part", an actor to whom one of the
// actions is not allowed on everything in scope: something would be missing
// from an answer that is put together of lists.
func (a Actor) Oversees(actions ...Action) error {
	for _, action := range actions {
		f := a.Sees(action)
		if f.session == nil || !f.session.plan(f.action).Everything() {
			err := errInPart.On("action", string(action))
			if f.session == nil {
				return err
			}
			return f.session.refuse(f.action, &Row{}, err)
		}
	}
	return nil
}
