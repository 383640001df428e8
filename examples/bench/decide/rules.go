package decide

import (
	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/admin"
	"github.com/seed-5be203e9/stint/timesheet"
)

// Rules compiles the policy of the SDK.
func Rules() (*access.Policy, error) { return access.Compile(admin.Catalogue(), timesheet.Catalogue()) }
