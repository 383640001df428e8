package access_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/tenancy/fault"
)

// rule is a line of testdata/rules: it reads aloud.
type rule struct {
	row, line   string
	who, does   []string
	at          string
	not         bool
	when        func(world) bool
	site        decisions
	because     string
	whoIsCloser bool // at the client, the project or for the group
}

var ruleLine = regexp.MustCompile(`^([a-z_]+(?:, [a-z_]+)*)(?: ((?:at|for) (?:the|another) [a-z]+))? may( not)? ([a-z_.]+(?:, [a-z_.]+)*)` +
	`(?: when( only)? ([a-z ]+?))?(?: unless ([a-z ]+?))?(?: where ([a-z_= ]+?))?(?: because ([a-z_+]+))?$`)

// placesOfRules are where a role can be held, as lines say it.
var placesOfRules = map[string]access.Place{
	"": everywhere, "at the site": atHere, "at another site": atThere, "at the client": atClient, "at another client": {Kind: access.AtClient, Client: other},
	"at the project": atProject, "at another project": {Kind: access.AtProject, Project: second},
	"for the group": ofPeople, "for another group": {Kind: access.OfGroup, Group: others},
}

// holds are the words of lines for what can hold.
var holds = map[string]func(world) bool{
	"own": func(w world) bool { return w.own }, "member": func(w world) bool { return w.team }, "manager": func(w world) bool { return w.manages },
	"public": func(w world) bool { return w.public }, "shared": func(w world) bool { return w.shared }, "loose": func(w world) bool { return w.noProject },
	"archived": func(w world) bool { return w.archived },
}

// readRules reads the lines of a file. A line that begins with "#" names the
// row that the next ones prove; what stands before the first is for people.
func readRules(t *testing.T, file string) (all []rule) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	row := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if name, heading := strings.CutPrefix(line, "# "); heading {
			row = name
		} else if line != "" && row != "" {
			r, err := readRule(row, line)
			require.NoError(t, err)
			all = append(all, r)
		}
	}
	return all
}

func readRule(row, line string) (rule, error) {
	m := ruleLine.FindStringSubmatch(line)
	if m == nil {
		return rule{}, fmt.Errorf("cannot read: %s", line)
	}
	at, known := placesOfRules[m[2]]
	if !known {
		return rule{}, fmt.Errorf("no such place: %s", line)
	}
	r := rule{row: row, line: line, who: strings.Split(m[1], ", "), at: m[2], not: m[3] != "", does: strings.Split(m[4], ", "), site: decisions{}, because: m[9]}
	r.whoIsCloser = at.Kind != access.Everywhere && at.Kind != access.AtSite
	when, unknown := anyOf(m[6])
	unless, unknownToo := anyOf(m[7])
	if unknown+unknownToo != "" {
		return rule{}, fmt.Errorf("%q is no fact: %s", unknown+unknownToo, line)
	}
	r.when = func(w world) bool {
		if w.archived && !strings.Contains(m[6], "archived") || r.about(at, w) {
			return false
		}
		return (m[6] == "" || when(w, m[5] != "")) && (m[7] == "" || !unless(w, false))
	}
	for is := range strings.SplitSeq(m[8], " and ") {
		key, value, _ := strings.Cut(is, "=")
		if is != "" && value != first[key] && value != opposite[first[key]] {
			return rule{}, fmt.Errorf("%q is no decision: %s", is, line)
		}
		if is != "" {
			r.site[key] = value
		}
	}
	return r, nil
}

// about reports whether a place is of a project and the thing is of none.
func (r rule) about(at access.Place, w world) bool {
	return w.noProject && (at.Kind == access.AtProject || at.Kind == access.AtClient)
}

// anyOf reads "own and member or public": whether one of it holds, or, if only
// is said, holds and nothing else does.
func anyOf(text string) (is func(w world, only bool) bool, unknown string) {
	var terms [][]string
	for term := range strings.SplitSeq(text, " or ") {
		words := strings.Split(term, " and ")
		for _, word := range words {
			if text != "" && word != "nothing" && holds[word] == nil {
				unknown = word
			}
		}
		terms = append(terms, words)
	}
	return func(w world, only bool) bool {
		return slices.ContainsFunc(terms, func(words []string) bool {
			for name, is := range holds {
				if said := slices.Contains(words, name); said && !is(w) || only && !said && is(w) {
					return false
				}
			}
			return true
		})
	}, unknown
}

// check asks for every case that the line is about: what it says is allowed is,
// what it says is not is not and for that reason, and the oracle says so too.
func (r rule) check(t *testing.T, p *access.Policy) {
	t.Helper()
	kinds := map[string]access.KindSpec{}
	for _, k := range p.Kinds() {
		for _, a := range specs(p)[k.Name] {
			kinds[string(a.Name)] = k
		}
	}
	for _, who := range r.who {
		require.Contains(t, roles, who, r.line)
		h := p.Load(access.Standing{Scope: whole(t), Member: me, Bindings: []access.Binding{bound(who, placesOfRules[r.at])}, Settings: under(here, r.site.site()...)})
		s := h.Begin(time.Time{})
		for _, action := range r.does {
			k, known := kinds[action]
			require.True(t, known, "%s is no action: %s", action, r.line)
			some := false
			for _, w := range worlds(k) {
				if !r.when(w) {
					continue
				}
				some = true
				w.site, w.here = r.site, r.whoIsCloser
				_, err := s.Actor().May(access.Action(action), s.Resource(w.row(k)))
				require.Equal(t, r.not, err != nil, "%s: %s in %+v: %v", r.line, action, w, err)
				if r.because != "" {
					require.Equal(t, r.because, fault.ReasonOf(err), "%s: %s in %+v: %v", r.line, action, w, err)
				}
				if !strings.Contains(r.at, "another") {
					require.Equal(t, !r.not, oracle(who, action, w), "the sentences say otherwise: %s in %+v", r.line, w)
				}
			}
			require.True(t, some, "%s is about no case: %s", r.line, action)
		}
	}
}

// The rules as files that read aloud: what they allow is allowed, and what they
// deny is denied for the reason that they give.
func TestRulesThatReadAloud(t *testing.T) {
	p := builtIn(t)
	files, err := filepath.Glob("testdata/rules/*.txt")
	require.NoError(t, err)
	proven, may, mayNot, who := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, file := range files {
		rows := map[string][]rule{}
		for _, r := range readRules(t, file) {
			rows[r.row] = append(rows[r.row], r)
			row, _, _ := strings.Cut(r.row, " ")
			proven[row] = true
			for _, action := range r.does {
				map[bool]map[string]bool{false: may, true: mayNot}[r.not][action] = true
			}
			for _, role := range r.who {
				who[role] = true
			}
		}
		for _, row := range slices.Sorted(maps.Keys(rows)) {
			t.Run(row, func(t *testing.T) {
				for _, r := range rows[row] {
					r.check(t, p)
				}
			})
		}
	}
	for _, row := range strings.Fields("G1 G3 G4 G5 G6 G7 G11 G12 G13 G15 G16 G17 G18 G19 G20 G22 G23 G24 G25 G26 G27 G28 G36 G38 G69 J28 J58 J60 J61 J74 T10 T13 T23 T24 T25 T27 T28 T29 W3 W4 W13") {
		assert.True(t, proven[row], "no line is about %s", row)
	}
	for _, role := range roles {
		assert.True(t, who[role], "no line is about a %s", role)
	}
	for _, a := range p.Actions() {
		assert.True(t, may[string(a.Name)] || mayNot[string(a.Name)], "no line is about %s", a.Name)
	}
}

// A line that cannot be read is not passed over.
func TestRulesAreReadToTheEnd(t *testing.T) {
	for _, line := range []string{
		"member may", "member can entry.view", "member may entry.view if own", "member may entry.view when", "member may entry.view when own and",
		"member may entry.view when tall", "member may entry.view unless", "member at the moon may entry.view", "member at home may entry.view",
		"member may entry.view where colour=red", "member may entry.view where limit_public_data=perhaps", "member may entry.view because", "member may entry.view when own because own because own",
	} {
		_, err := readRule("", line)
		assert.Error(t, err, line)
	}
	says := func(text string, w world, only bool) bool {
		is, unknown := anyOf(text)
		assert.Empty(t, unknown)
		return is(w, only)
	}
	w := world{own: true, public: true}
	assert.True(t, says("own", w, false))
	assert.False(t, says("own", w, true), "only")
	assert.True(t, says("shared or own and public", w, true))
	assert.False(t, says("own and member", w, false))
	assert.True(t, says("nothing", world{}, true))
}
