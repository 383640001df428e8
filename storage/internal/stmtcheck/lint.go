package stmtcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5be203e9/stint/storage"
)

// Table is a table of a live database, as far as the rules speak of it.
type Table struct {
	Name    string
	Columns []Column
	Primary []string
	Indexes []Index // those behind keys too
	Foreign []Foreign
	Odd     []string // what is there and should not be, in the words of who read it
}

// Column is a column of a Table.
type Column struct {
	Name    string
	Type    string // in lower case
	NotNull bool
}

// Index is an index of a Table.
type Index struct {
	Name    string
	Unique  bool
	Columns []string // its key; empty for an expression
	Where   string   // as the database prints it
}

// Foreign is a foreign key of a Table.
type Foreign struct {
	Columns  []string
	Table    string
	Refs     []string
	OnDelete string // in lower case
}

// Migrations are the tables of the migration tool, which has them its own way.
var Migrations = []string{Prefix + "migrations", Prefix + "migration_locks"}

// Lint says in which ways tables break the rules: those of the keys, which keep
// domains apart and let the schema run on a cluster, and what the table of kinds
// says. id is the type of an id in this database.
func Lint(tables []Table, id string) []string {
	l := &linter{id: id, known: map[string]rules{}}
	for _, k := range storage.NewKinds().All() {
		l.known[Prefix+k.Table] = rules{kind: k, level: k.Level}
		for part, of := range storage.Parts() {
			if of == k.Name {
				// What goes with a row of the installation is of its domain.
				l.known[Prefix+part] = rules{level: max(k.Level, storage.OfAnyDomain)}
			}
		}
	}
	for _, t := range tables {
		r, known := l.known[t.Name]
		delete(l.known, t.Name)
		switch {
		case slices.Contains(Migrations, t.Name) || !strings.HasPrefix(t.Name, Prefix):
		case !known:
			l.say(t, "is in no table of kinds: add it to storage.NewKinds or storage.Parts")
		default:
			l.table(t, r)
		}
	}
	for name := range l.known {
		l.found = append(l.found, name+": is in the table of kinds and not in the database")
	}
	slices.Sort(l.found)
	return l.found
}

// rules is what the table of kinds says of a table. A part has no kind.
type rules struct {
	kind  storage.Kind
	level storage.Level
}

type linter struct {
	id    string
	known map[string]rules
	found []string
}

func (l *linter) say(t Table, format string, args ...any) {
	l.found = append(l.found, t.Name+": "+fmt.Sprintf(format, args...))
}

func (l *linter) table(t Table, r rules) {
	for _, odd := range t.Odd {
		l.say(t, "%s", odd)
	}
	l.columns(t, r)
	ofDomain := r.level != storage.OfInstallation
	if ofDomain {
		l.domain(t)
	}
	if want := []string{"id"}; r.kind.Table != "" {
		if ofDomain {
			want = []string{"domain_id", "id"}
		}
		if !slices.Equal(t.Primary, want) {
			l.say(t, "primary key (%s) is not (%s)", join(t.Primary), join(want))
		}
	}
	for _, u := range r.kind.Unique {
		l.unique(t, u, ofDomain)
	}
	for _, f := range t.Foreign {
		l.foreign(t, f, ofDomain)
	}
}

// columns holds the columns to those of the kind.
func (l *linter) columns(t Table, r rules) {
	for _, c := range t.Columns {
		if (c.Name == "id" || strings.HasSuffix(c.Name, "_id")) && c.Type != l.id {
			l.say(t, "column %s is of type %s, and ids are %s", c.Name, c.Type, l.id)
		}
	}
	k := r.kind
	if k.Table == "" {
		return
	}
	want := slices.Clone(k.Columns)
	if k.Named {
		want = append(want, "name_key")
	}
	if k.Level != storage.OfInstallation {
		want = append(want, "domain_id")
	}
	for _, name := range want {
		i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
		if i < 0 {
			l.say(t, "column %s is in the table of kinds and not in the database", name)
			continue
		}
		if null := slices.Contains(k.Null, name); null == t.Columns[i].NotNull {
			l.say(t, "column %s: may be NULL is %v in the table of kinds and %v in the database", name, null, !null)
		}
	}
	for _, c := range t.Columns {
		if !slices.Contains(want, c.Name) {
			l.say(t, "column %s is in the database and not in the table of kinds", c.Name)
		}
	}
}

// domain holds a table to the rule that the domain leads every key.
func (l *linter) domain(t Table) {
	if !slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Name == "domain_id" && c.NotNull }) {
		l.say(t, "has no domain_id that is not null")
	}
	if !leads(t.Primary) {
		l.say(t, "primary key (%s) does not start with domain_id", join(t.Primary))
	}
	for _, i := range t.Indexes {
		if !leads(i.Columns) {
			l.say(t, "index %s (%s) does not start with domain_id", i.Name, join(i.Columns))
		}
	}
	if !slices.ContainsFunc(t.Foreign, func(f Foreign) bool { return leads(f.Columns) }) {
		l.say(t, "has no foreign key with domain_id")
	}
	// The log outlives what it tells of, and slices go with their entry.
	if t.Name == Prefix+"events" || t.Name == Prefix+"slices" {
		return
	}
	for _, c := range t.Columns {
		if strings.HasSuffix(c.Name, "_id") && !slices.ContainsFunc(t.Foreign, func(f Foreign) bool { return slices.Contains(f.Columns, c.Name) }) {
			l.say(t, "column %s has no foreign key", c.Name)
		}
	}
}

// unique looks for the index of a unique key.
func (l *linter) unique(t Table, u storage.Unique, ofDomain bool) {
	name, columns := t.Name+"__"+u.Field, slices.Clone(u.Columns)
	if ofDomain {
		columns = append([]string{"domain_id"}, columns...)
	}
	at := slices.IndexFunc(t.Indexes, func(i Index) bool { return i.Name == name })
	if at < 0 {
		l.say(t, "has no index %s (%s)", name, join(columns))
		return
	}
	i := t.Indexes[at]
	where := strings.ToLower(i.Where)
	switch {
	case !i.Unique || !slices.Equal(i.Columns, columns):
		l.say(t, "index %s (%s) is not unique over (%s)", name, join(i.Columns), join(columns))
	case u.Live != strings.Contains(where, "archived_at is null"):
		l.say(t, "index %s: only rows that are not archived: %v, and it has where %q", name, u.Live, where)
	case u.NotNull != "" && !strings.Contains(where, u.NotNull+" is not null"):
		l.say(t, "index %s: only rows with %s, and it has where %q", name, u.NotNull, where)
	}
}

// foreign holds a foreign key to the rule that it carries the domain.
func (l *linter) foreign(t Table, f Foreign, ofDomain bool) {
	text := fmt.Sprintf("foreign key (%s) to %s (%s)", join(f.Columns), f.Table, join(f.Refs))
	if f.OnDelete != "no action" && f.OnDelete != "restrict" {
		l.say(t, "%s is on delete %s", text, f.OnDelete)
	}
	if slices.Contains(DomainTables(), f.Table) {
		if !leads(f.Columns) || !leads(f.Refs) {
			l.say(t, "%s does not start with domain_id on both sides", text)
		}
		return
	}
	if ofDomain && f.Table == Prefix+"domains" && !slices.Equal(f.Columns, []string{"domain_id"}) {
		l.say(t, "%s is not of domain_id", text)
	}
}

func leads(columns []string) bool { return len(columns) > 0 && columns[0] == "domain_id" }

func join(columns []string) string { return strings.Join(columns, ", ") }
