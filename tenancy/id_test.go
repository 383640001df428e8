package tenancy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

const anID = "0190d2c4-7a3b-7c11-9f0e-2f1a6f3d5b10"

func TestIDReadsWhatItWrites(t *testing.T) {
	for range 100 {
		id := tenancy.SiteID(tenancy.NewUUID())
		back, err := tenancy.ParseID[tenancy.Site](id.String())
		require.NoError(t, err)
		require.Equal(t, id, back)
		text, err := id.MarshalText()
		require.NoError(t, err)
		var read tenancy.SiteID
		require.NoError(t, read.UnmarshalText(text))
		require.Equal(t, id, read)
	}
	id, err := tenancy.ParseID[tenancy.Site](strings.ToUpper(anID))
	require.NoError(t, err)
	assert.Equal(t, anID, id.String(), "one form, in lower case")
	assert.Equal(t, byte(0x01), id.Raw()[0])
	id.Raw()[0] = 0xff
	assert.Equal(t, "ff", id.String()[:2], "the bytes are its own")
}

func TestIDOfNone(t *testing.T) {
	var none tenancy.DomainID
	assert.True(t, none.IsZero())
	assert.Empty(t, none.String())
	assert.False(t, tenancy.RootDomain.IsZero())
	read := tenancy.RootDomain
	require.NoError(t, read.UnmarshalText(nil))
	assert.True(t, read.IsZero())
}

func TestIDInJSON(t *testing.T) {
	type body struct {
		Site tenancy.SiteID            `json:"site"`
		By   map[tenancy.SiteID]string `json:"by"`
	}
	id, err := tenancy.ParseID[tenancy.Site](anID)
	require.NoError(t, err)
	b, err := json.Marshal(body{id, map[tenancy.SiteID]string{id: "x"}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"site":"`+anID+`","by":{"`+anID+`":"x"}}`, string(b))
	var back body
	require.NoError(t, json.Unmarshal(b, &back))
	assert.Equal(t, id, back.Site)
	require.NoError(t, json.Unmarshal([]byte(`{"site":""}`), &back))
	assert.True(t, back.Site.IsZero())
}

func TestIDRefusesOtherForms(t *testing.T) {
	for _, s := range []string{
		"", "x", anID[:35], anID + "0", " " + anID[1:], strings.ReplaceAll(anID, "-", ""),
		"{" + anID + "}", "urn:uuid:" + anID, strings.Replace(anID, "a", "g", 1), strings.Replace(anID, "-", "_", 1),
	} {
		id, err := tenancy.ParseID[tenancy.Site](s)
		assert.True(t, id.IsZero(), s)
		assert.Equal(t, fault.Code("bad_id"), fault.CodeOf(err), s)
		if s == "" {
			continue
		}
		read := tenancy.SiteID{1}
		assert.Equal(t, fault.Code("bad_id"), fault.CodeOf(read.UnmarshalText([]byte(s))), s)
		assert.Equal(t, tenancy.SiteID{1}, read, "untouched")
	}
}

func TestNewUUIDIsOfVersion7AndSortsByTime(t *testing.T) {
	last := ""
	for range 1000 {
		id := tenancy.SiteID(tenancy.NewUUID()).String()
		require.Equal(t, byte('7'), id[14])
		require.Greater(t, id, last)
		last = id
	}
	assert.Equal(t, "00000000-0000-7000-8000-000000000001", tenancy.RootDomain.String())
}
