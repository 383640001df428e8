package system_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
)

func TestReasonIsAllThatIsKnownOfTheSystem(t *testing.T) {
	const why = "nightly expiry" // untyped; a variable does not compile
	assert.Equal(t, access.Identity{System: why}, system.Because(why).Identity())
}

func TestSystemWithoutAReasonIsNobody(t *testing.T) {
	assert.Equal(t, access.Principal{}, system.Because(""))
}
