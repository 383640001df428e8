package exchange

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"github.com/seed-5be203e9/stint/tenancy"
)

// identify returns the digest of what a row is known by. It is of what the file
// says and not of what was made of it, so that another zone in the options does
// not make another row. Tags, billable, amounts and, beside an e-mail address,
// the user's name are not part of it: a later export may show them differently.
func (p *parser) identify(d *Draft, t times) [32]byte {
	who := d.Email
	if who == "" {
		who = "\n" + d.User // no address begins so
	}
	end := t.end.String()
	if !t.hasEnd {
		end = strconv.FormatInt(t.seconds, 10)
	}
	row := digest(who, d.Client, d.Project, d.Task, d.Note, t.start.String(), end)
	p.seen[row]++
	return digest(string(row[:]), strconv.FormatUint(p.seen[row], 10))
}

// key returns the External.Key of a row for one person at one site. Both are
// part of it because the key is unique in the domain: nobody's import can clash
// with that of somebody whose time the actor does not see.
func (d *Draft) key(site tenancy.SiteID, person tenancy.MembershipID) string {
	sum := digest(string(site[:]), string(person[:]), string(d.identity[:]))
	return hex.EncodeToString(sum[:16])
}

// digest returns the SHA-256 of texts, each with its length.
func digest(texts ...string) (sum [32]byte) {
	var buf []byte
	for _, s := range texts {
		buf = binary.AppendUvarint(buf, uint64(len(s)))
		buf = append(buf, s...)
	}
	return sha256.Sum256(buf)
}
