package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/seed-5be203e9/stint/storage/internal/bunstore"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// errRolledBack says that the server answered COMMIT with ROLLBACK, which it
// does without an error when a statement before it failed.
var errRolledBack = errors.New("postgres: the transaction had failed and was rolled back")

// batcher is a connection that sends a batch.
type batcher interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// pipeline sends the calls in one round trip.
func pipeline(ctx context.Context, conn any, calls []bunstore.Call) (err error) {
	to, ok := conn.(batcher)
	if !ok {
		to = conn.(interface{ Conn() *pgx.Conn }).Conn()
	}
	b := &pgx.Batch{}
	for _, c := range calls {
		b.Queue(c.SQL, c.Args...)
	}
	results := to.SendBatch(ctx, b)
	defer func() {
		if e := results.Close(); err == nil {
			err = e
		}
	}()
	for _, c := range calls {
		if err := receive(results, c); err != nil {
			return err
		}
	}
	return nil
}

func receive(results pgx.BatchResults, c bunstore.Call) error {
	if c.Each == nil {
		tag, err := results.Exec()
		if err == nil && c.Rows != nil {
			*c.Rows = tag.RowsAffected()
		}
		if err == nil && c.SQL == "commit" && tag.String() != "COMMIT" {
			err = errRolledBack
		}
		return err
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	var targets []any
	scan := func(dest ...any) error {
		for i, d := range dest {
			if len(targets) == i {
				targets = append(targets, nil)
			}
			targets[i] = aim(targets[i], d)
		}
		return rows.Scan(targets[:len(dest)]...)
	}
	for rows.Next() {
		if err := c.Each(scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// aim returns what takes a column into to: t, if that is of the right type.
func aim(t, to any) any {
	if to, ok := to.(*string); ok {
		if t, ok := t.(*text); ok {
			t.to = to
			return t
		}
		return &text{to}
	}
	if t, ok := t.(*target); ok {
		t.to = to
		return t
	}
	return &target{to}
}

// text takes a column of texts. It is apart from target because pgx, when a
// server answers in text, gives everything to who takes texts.
type text struct{ to *string }

// ScanText implements pgtype.TextScanner.
func (t *text) ScanText(v pgtype.Text) error {
	*t.to = v.String
	return nil
}

// target takes a column of any other type we have into a pointer of bunstore.Scan.
// pgx asks it by the type of the column, so nothing is converted on the way.
type target struct{ to any }

func (t *target) misfit(what string) error {
	return fmt.Errorf("postgres: a %s does not fit a %T", what, t.to)
}

// ScanUUID implements pgtype.UUIDScanner.
func (t *target) ScanUUID(v pgtype.UUID) error {
	to, ok := t.to.(*[16]byte)
	if !ok {
		return t.misfit("uuid")
	}
	*to = [16]byte{}
	if v.Valid {
		*to = v.Bytes
	}
	return nil
}

// ScanBool implements pgtype.BoolScanner.
func (t *target) ScanBool(v pgtype.Bool) error {
	to, ok := t.to.(*bool)
	if !ok {
		return t.misfit("boolean")
	}
	*to = v.Valid && v.Bool
	return nil
}

// ScanInt64 implements pgtype.Int64Scanner.
func (t *target) ScanInt64(v pgtype.Int8) error {
	to, ok := t.to.(*int64)
	if !ok {
		return t.misfit("bigint")
	}
	*to = v.Int64
	return nil
}

// ScanTimestamptz implements pgtype.TimestamptzScanner.
func (t *target) ScanTimestamptz(v pgtype.Timestamptz) error {
	to, ok := t.to.(*time.Time)
	if !ok || v.InfinityModifier != pgtype.Finite {
		return t.misfit("timestamptz")
	}
	*to = time.Time{}
	if v.Valid {
		*to = v.Time.UTC()
	}
	return nil
}

// ScanDate implements pgtype.DateScanner.
func (t *target) ScanDate(v pgtype.Date) error {
	to, ok := t.to.(*zone.Day)
	if !ok || v.InfinityModifier != pgtype.Finite {
		return t.misfit("date")
	}
	*to = zone.DayOf(v.Time, time.UTC)
	return nil
}

// bulk inserts rows as one statement over one array a column: COPY is refused
// under row security, and this is nearly as fast. The first column is the
// domain, the same in every row.
func bulk(table string, columns []string, rows [][]any) []bunstore.Call {
	var args []any
	var picks, types, names []string
	for i, c := range columns {
		if same(rows, i) {
			name, _ := array(c, rows[:1], i)
			picks, args = append(picks, "?::"+name), append(args, rows[0][i])
		} else {
			picks = append(picks, "u."+c)
		}
	}
	for i, c := range columns {
		if !strings.HasPrefix(picks[i], "?") {
			name, values := array(c, rows, i)
			types, names = append(types, "?::"+name+"[]"), append(names, c)
			args = append(args, bunstore.Verbatim{Value: values})
		}
	}
	return []bunstore.Call{{
		SQL: "insert into " + table + " (" + strings.Join(columns, ", ") + ") select " + strings.Join(picks, ", ") + " from unnest(" +
			strings.Join(types, ", ") + ") as u(" + strings.Join(names, ", ") + ")",
		Args: args,
	}}
}

// same reports whether a column is the same in all rows.
func same(rows [][]any, i int) bool {
	for _, r := range rows {
		if r[i] != rows[0][i] {
			return false
		}
	}
	return len(rows) > 1
}

// array returns one column of the rows with its type, which follows from its
// name.
func array(column string, rows [][]any, i int) (string, any) {
	switch {
	case column == "id" || strings.HasSuffix(column, "_id"):
		return "uuid", collect(rows, i, func(id [16]byte) pgtype.UUID {
			return pgtype.UUID{Bytes: id, Valid: id != [16]byte{}}
		})
	case strings.HasSuffix(column, "_at"):
		return "timestamptz", collect(rows, i, func(t time.Time) pgtype.Timestamptz {
			return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()}
		})
	case column == "day":
		return "date", collect(rows, i, func(d zone.Day) pgtype.Date { return pgtype.Date{Time: dateOf(d), Valid: true} })
	case column == "seconds" || column == "version" || column == "external_amount":
		return "bigint", collect(rows, i, func(n int64) int64 { return n })
	case column == "billable" || column == "overlapping" || column == "public" || column == "was_public" || column == "denied":
		return "boolean", collect(rows, i, func(b bool) bool { return b })
	}
	return "text", collect(rows, i, func(s string) pgtype.Text { return pgtype.Text{String: s, Valid: true} })
}

// collect converts one column; NULL stays the zero value of To.
func collect[From, To any](rows [][]any, i int, as func(From) To) []To {
	out := make([]To, len(rows))
	for r, row := range rows {
		switch v := row[i].(type) {
		case nil:
		case From:
			out[r] = as(v)
		default:
			out[r] = as(bunstore.Plain(v).(From))
		}
	}
	return out
}
