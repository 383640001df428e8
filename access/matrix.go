package access

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Matrix is what roles may do where they are bound, as the compiled rules say
// it: for people, and for documents that must not differ from the rules.
type Matrix struct {
	Roles    []Role
	Rows     []MatrixRow // in the order of the policy's actions
	Switches []Switch    // the settings that cells may name
}

// MatrixRow is what roles may do of one action.
type MatrixRow struct {
	Action ActionSpec
	Kind   KindSpec
	Cells  [][]Difference // for each role when it may, with which settings; none: never
	Denied []string       // the reasons for which a state denies it, whatever the role
}

// Matrix returns what roles may do: of a host or domain, if any are given, else
// those of the policy itself. It refuses roles as Diff does.
func (p *Policy) Matrix(roles ...Role) (Matrix, error) {
	m, compiled := Matrix{Roles: roles, Switches: p.Switches()}, p.order
	if len(roles) == 0 {
		m.Roles = p.Roles()
	} else {
		compiled = nil
		for _, given := range roles {
			r, err := p.draftRole(given)
			if err != nil {
				return Matrix{}, err
			}
			compiled = append(compiled, r)
		}
	}
	nobody, _ := p.draftRole(Role{})
	for _, a := range p.actions {
		row := MatrixRow{Action: a.ActionSpec, Kind: a.of.KindSpec}
		for _, r := range compiled {
			row.Cells = append(row.Cells, p.changes(a, nobody, r))
		}
		for i := range p.denials {
			if p.denials[i].can[a.of.n]&a.bit != 0 {
				row.Denied = append(row.Denied, p.denials[i].Reason)
			}
		}
		m.Rows = append(m.Rows, row)
	}
	return m, nil
}

// Cell returns when the role of a column may, as "own, member+shared" or
// "public [limit_public_data=off]" with what depends on settings after a
// semicolon; "-" is never. Any one of the terms is enough.
func (r MatrixRow) Cell(column int) string {
	if len(r.Cells[column]) == 0 {
		return "-"
	}
	var parts []string
	for _, d := range r.Cells[column] {
		text := d.When.text(d.kind)
		if len(d.If) > 0 {
			text += " [" + settingsText(d.If, ", ") + "]"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// Notes returns what else there is to know of the action: "denied when
// archived", "privileged", its module, the field it shows and the facts it
// guards, with semicolons between.
func (r MatrixRow) Notes() string {
	var notes []string
	for _, reason := range r.Denied {
		notes = append(notes, "denied when "+reason)
	}
	if r.Action.Privileged {
		notes = append(notes, "privileged")
	}
	if r.Action.Module != "" {
		notes = append(notes, "needs module "+r.Action.Module)
	}
	if r.Action.Field != "" {
		notes = append(notes, "shows "+r.Action.Field)
	}
	if r.Action.Guards != 0 {
		notes = append(notes, "guards "+Term{All: r.Action.Guards}.text(&kind{KindSpec: r.Kind}))
	}
	return strings.Join(notes, "; ")
}

// Text returns the matrix as aligned columns: the action, each role, and notes.
func (m Matrix) Text() string {
	head := []string{"action"}
	for _, r := range m.Roles {
		head = append(head, r.Name)
	}
	lines := [][]string{append(head, "notes")}
	for _, row := range m.Rows {
		line := []string{string(row.Action.Name)}
		for i := range m.Roles {
			line = append(line, row.Cell(i))
		}
		lines = append(lines, append(line, row.Notes()))
	}
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, line := range lines {
		text := ""
		for i, cell := range line {
			text += cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2)
		}
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	return b.String()
}

// legend is how a matrix is read.
const legend = `A cell says when a role allows an action where the role is bound. It lists sets
of facts, any one of which is enough: "own, member+shared" is allowed on one's
own, and also as a member where the project is shared; "!own" is where it is not
one's own. What stands before square brackets holds only with these settings of
the site; terms with other settings follow after a semicolon. "always" is without
condition and "-" is never. A role that is not a column of a table allows nothing
there. Nothing is allowed outside the scope, whatever the role.
`

// factDocs is what the facts mean, in their order.
var factDocs = [...]struct{ name, doc string }{
	{"own", "it is one's own: her time, her membership"},
	{"member", "she is in the team of its project"},
	{"manager", "she manages its project"},
	{"public", "its project is public"},
	{"shared", "the members of its project see each other's time"},
	{"loose", "it is without a project"},
	{"bound", "she holds the role at this very client or project, or over a group that its person is in"},
}

// Markdown returns the matrix as a document: how it is read, the roles, facts and
// settings, and a table for each kind with the roles that may do something
// there.
func (m Matrix) Markdown() string {
	var b strings.Builder
	b.WriteString("# What roles may do\n\n" + legend + "\n## Roles\n\n")
	line := func(cells ...string) {
		for _, c := range cells {
			b.WriteString("| " + strings.NewReplacer("|", `\|`, "\n", " ").Replace(c) + " ")
		}
		b.WriteString("|\n")
	}
	head := func(cells ...string) {
		line(cells...)
		b.WriteString(strings.Repeat("| --- ", len(cells)) + "|\n")
	}
	head("role", "")
	for _, r := range m.Roles {
		line(r.Name, r.Doc)
	}
	b.WriteString("\n## Facts\n\n")
	head("fact", "")
	for _, f := range factDocs {
		line(f.name, f.doc)
	}
	if len(m.Switches) > 0 {
		b.WriteString("\n## Settings\n\n")
		head("setting", "values, the default first", "")
		for _, s := range m.Switches {
			line(s.Key, strings.Join(s.Values, ", "), s.Doc)
		}
	}
	var kinds []Kind
	for _, row := range m.Rows {
		if slices.Contains(kinds, row.Kind.Name) {
			continue
		}
		kinds = append(kinds, row.Kind.Name)
		rows := slices.DeleteFunc(slices.Clone(m.Rows), func(r MatrixRow) bool { return r.Kind.Name != row.Kind.Name })
		b.WriteString("\n## " + string(row.Kind.Name) + "\n\n" + row.Kind.Doc + "\n\n")
		var columns []int
		title := []string{"action", "to"}
		for i, r := range m.Roles {
			if slices.ContainsFunc(rows, func(r MatrixRow) bool { return len(r.Cells[i]) > 0 }) {
				columns, title = append(columns, i), append(title, r.Name)
			}
		}
		head(append(title, "notes")...)
		for _, r := range rows {
			cells := []string{string(r.Action.Name), r.Action.Doc}
			for _, i := range columns {
				cells = append(cells, r.Cell(i))
			}
			line(append(cells, r.Notes())...)
		}
	}
	return b.String()
}
