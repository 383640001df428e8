package access_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/access"
)

var updateMatrix = flag.Bool("update-matrix", false, "write MATRIX.md anew")

// The document says what the rules say.
func TestMatrixDocument(t *testing.T) {
	t.Run("G57 the permission matrix in the documents is made from the rules", func(t *testing.T) {
		m, err := withTools(t).Matrix()
		require.NoError(t, err)
		got := "<!-- Made from the rules: go test ./access -run TestMatrixDocument -update-matrix -->\n\n" + m.Markdown()
		if *updateMatrix {
			require.NoError(t, os.WriteFile("MATRIX.md", []byte(got), 0o644))
		}
		want, err := os.ReadFile("MATRIX.md")
		require.NoError(t, err)
		assert.Equal(t, string(want), got, "the rules have changed: see what differs, then run go test ./access -run TestMatrixDocument -update-matrix")
	})
}

// alternative is a part of a cell: a condition, under settings.
type alternative struct {
	when access.Condition
	sets []access.Setting
}

// readCell reads a cell again, by the legend.
func readCell(t *testing.T, kind access.KindSpec, cell string) (all []alternative) {
	t.Helper()
	if cell == "-" {
		return nil
	}
	names := map[string]access.Facts{}
	for f := access.Facts(1); f < 1<<access.MostFacts; f <<= 1 {
		names[f.String()] = f
	}
	for i, name := range kind.Extra {
		names[name] = access.Extra1 << i
	}
	for part := range strings.SplitSeq(cell, "; ") {
		var a alternative
		conditions, settings, some := strings.Cut(strings.TrimSuffix(part, "]"), " [")
		if some {
			for set := range strings.SplitSeq(settings, ", ") {
				key, value, found := strings.Cut(set, "=")
				require.True(t, found, cell)
				a.sets = append(a.sets, access.Setting{Key: key, Value: value})
			}
		}
		for text := range strings.SplitSeq(conditions, ", ") {
			var term access.Term
			for word := range strings.SplitSeq(text, "+") {
				if word == "always" {
					continue
				}
				name, not := strings.CutPrefix(word, "!")
				require.Contains(t, names, name, cell)
				if not {
					term.None |= names[name]
				} else {
					term.All |= names[name]
				}
			}
			a.when = append(a.when, term)
		}
		all = append(all, a)
	}
	return all
}

func holdsIn(cell []alternative, sets []access.Setting, f access.Facts) bool {
	return slices.ContainsFunc(cell, func(a alternative) bool { return among(sets, a.sets) && a.when.Holds(f) })
}

// cellsOf reads a document again: the cells by action and role. A role that a
// table does not name has none.
func cellsOf(t *testing.T, document string) map[access.Action]map[string]string {
	t.Helper()
	all := map[access.Action]map[string]string{}
	var head []string
	for line := range strings.Lines(document) {
		if !strings.HasPrefix(line, "|") {
			head = nil
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case head == nil:
			head = cells
		case head[0] == "action" && cells[0] != "---":
			require.Len(t, cells, len(head), line)
			row := map[string]string{}
			for i, name := range head[2:] {
				row[name] = cells[i+2]
			}
			all[access.Action(cells[0])] = row
		}
	}
	return all
}

func TestMatrixCells(t *testing.T) {
	t.Run("G57 every cell of the document agrees with trying it, in every world and under all settings", func(t *testing.T) {
		p := withTools(t)
		document, err := os.ReadFile("MATRIX.md")
		require.NoError(t, err)
		cells, allowed, denied := cellsOf(t, string(document)), 0, 0
		for _, k := range p.Kinds() {
			for _, a := range p.Actions() {
				if a.Kind != k.Name {
					continue
				}
				row, written := cells[a.Name]
				require.True(t, written, "%s is not in the document", a.Name)
				for _, r := range p.Roles() {
					cell := readCell(t, k, cmp.Or(row[r.Name], "-"))
					for _, sets := range choicesOf(usedBy(p, a.Name, r)) {
						for _, f := range canBe(k) {
							got := tried(t, p, r.Name, a.Name, access.Row{Kind: k.Name, Facts: f}, sets)
							if got.Allowed != holdsIn(cell, sets, f) {
								require.Fail(t, "differs", "%s, %s when %s with %v: the document says %q, and it is %s", r.Name, a.Name, f, sets, row[r.Name], got)
							}
							if got.Allowed {
								allowed++
							} else {
								denied++
							}
						}
					}
				}
				// Of an archived thing, what the notes say is denied, and
				// nothing else is.
				for _, r := range p.Roles() {
					for _, f := range canBe(k) {
						got := tried(t, p, r.Name, a.Name, access.Row{Kind: k.Name, Facts: f, State: access.Archived}, nil)
						is := tried(t, p, r.Name, a.Name, access.Row{Kind: k.Name, Facts: f}, nil)
						noted := strings.Contains(row["notes"], "denied when archived")
						require.Equal(t, noted, got.Reason == "archived", "%s, %s", r.Name, a.Name)
						require.Equal(t, is.Allowed && !noted, got.Allowed, "%s, %s", r.Name, a.Name)
					}
				}
				require.Equal(t, a.Privileged, strings.Contains(row["notes"], "privileged"), a.Name)
				require.Equal(t, a.Module != "", strings.Contains(row["notes"], "needs module "+a.Module), a.Name)
				require.Equal(t, a.Field != "", strings.Contains(row["notes"], "shows "+a.Field), a.Name)
				require.Equal(t, a.Guards != 0, strings.Contains(row["notes"], "guards "+a.Guards.String()), a.Name)
			}
		}
		require.Len(t, cells, len(p.Actions()))
		require.Greater(t, min(allowed, denied), 3000, "cells of both kinds were tried")
	})
	t.Run("G57 so does every cell of a host's own roles", func(t *testing.T) {
		p, err := access.Compile(gates())
		require.NoError(t, err)
		always := access.Unconditionally()
		night, winter := access.Setting{Key: "night", Value: "yes"}, access.Setting{Key: "season", Value: "winter"}
		role := access.Role{Name: "porter", Grants: slices.Concat(
			access.Allow(access.When(access.Own, access.Extra1|access.Manager), "gate.view"),
			access.Where(access.Allow(always.But(access.Extra2), "gate.view"), night),
			access.Where(access.Allow(always, "gate.view"), night, winter),
			access.Where(access.Allow(access.When(access.Extra2), "gate.open"), winter))}
		m, err := p.Matrix(role, access.Role{Name: "nobody"})
		require.NoError(t, err)
		kinds := p.Kinds()
		for i, a := range p.Actions() {
			cell := readCell(t, kinds[slices.IndexFunc(kinds, func(k access.KindSpec) bool { return k.Name == a.Kind })], m.Rows[i].Cell(0))
			for _, sets := range choicesOf(p.Switches()) {
				for _, f := range canBe(m.Rows[i].Kind) {
					require.Equal(t, written(role, a.Name, sets, f), holdsIn(cell, sets, f), "%s when %s with %v: %s", a.Name, f, sets, m.Rows[i].Cell(0))
				}
			}
			require.Equal(t, "-", m.Rows[i].Cell(1))
		}
	})
}

// tried asks for a decision on a row for somebody who holds one role: at the
// row's client if the row says that the role is bound there, else everywhere.
func tried(t *testing.T, p *access.Policy, role string, action access.Action, r access.Row, sets []access.Setting) access.Explanation {
	t.Helper()
	place := access.Place{Kind: access.Everywhere}
	if r.Facts.Has(access.Bound) {
		r.Client = [16]byte{1}
		place = access.Place{Kind: access.AtClient, Client: r.Client}
	}
	st := access.Standing{Bindings: []access.Binding{{Role: role, Place: place}}}
	for _, s := range sets {
		st.Settings = append(st.Settings, access.SiteSetting{Key: s.Key, Value: s.Value})
	}
	e, err := p.Load(st).Decide(time.Unix(0, 0), action, r)
	require.NoError(t, err)
	return e
}

func TestMatrixText(t *testing.T) {
	t.Run("G57 the text of a matrix has a line for each action, aligned", func(t *testing.T) {
		m, err := withTools(t).Matrix()
		require.NoError(t, err)
		lines := strings.Split(strings.TrimSuffix(m.Text(), "\n"), "\n")
		require.Len(t, lines, 1+len(m.Rows))
		for i, row := range m.Rows {
			at := 0
			for c, r := range m.Roles {
				at = strings.Index(lines[0], " "+r.Name+" ") + 1
				require.Positive(t, at)
				require.True(t, strings.HasPrefix(lines[i+1][at:], row.Cell(c)), "%s of %s", row.Action.Name, r.Name)
			}
			require.True(t, strings.HasPrefix(lines[i+1], string(row.Action.Name)+" "))
			if notes := row.Notes(); notes != "" {
				require.Equal(t, strings.Index(lines[0], " notes")+1, strings.LastIndex(lines[i+1], notes), lines[i+1])
			}
		}
	})
}

func ExamplePolicy_Matrix() {
	p, err := access.Compile(gates())
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := p.Matrix(
		access.Role{Name: "porter", Grants: slices.Concat(
			access.Allow(access.Unconditionally(), "gate.view"),
			access.Allow(access.When(access.Manager), "gate.open"),
			access.Where(access.Allow(access.When(access.Extra1), "gate.open"), access.Setting{Key: "night", Value: "no"}))},
		access.Role{Name: "mason", Grants: access.Allow(access.Unconditionally(), "wall.make", "wall.drop")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(m.Text())
	// Output:
	// action     porter                       mason   notes
	// gate.view  always                       -
	// gate.make  -                            -
	// gate.open  manager; painted [night=no]  -       denied when rusty
	// wall.drop  -                            always  privileged
	// wall.make  -                            always
}

func ExampleCompile() {
	p, err := access.Compile(gates())
	if err != nil {
		fmt.Println(err)
		return
	}
	porter := access.Standing{Bindings: []access.Binding{{Role: "keeper", Place: access.Place{Kind: access.Everywhere}}}}
	for _, action := range []access.Action{"gate.view", "gate.open"} {
		why, err := p.Load(porter).Decide(time.Now(), action, access.Row{Kind: "gate", Facts: access.Own})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(why)
	}
	// Output:
	// gate.view: allowed by keeper (always)
	// gate.open: denied, no_grant_in_scope
}

func ExampleActor_Explain() {
	host := access.Catalogue{Roles: []access.Role{{Name: "porter", Grants: access.Allow(access.When(access.Manager, access.Own|access.Extra1), "gate.open")}}}
	p, err := access.Compile(gates(), host)
	if err != nil {
		fmt.Println(err)
		return
	}
	// A store makes the session, and reads the gate with its facts.
	s := p.Begin(access.Standing{Bindings: []access.Binding{{Role: "porter", Place: access.Place{Kind: access.Everywhere}}}})
	why, err := s.Actor().Explain("gate.open", s.Resource(access.Row{Kind: "gate", Version: 1, Facts: access.Own}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(why)
	// Output: gate.open: denied, condition_manager; would take manager, or painted
}
