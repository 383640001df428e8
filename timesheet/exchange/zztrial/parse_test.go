package exchange_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-5be203e9/stint/tenancy/fault"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/exchange"
)

var berlin = exchange.Options{Zone: "Europe/Berlin"}

const head = "Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount (EUR),Amount (JPY),Amount ()\n"

// assertFault checks that an error names its code, field, value and rule.
func assertFault(t *testing.T, err error, code fault.Code, field, value string) {
	t.Helper()
	var e *fault.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, code, e.Code)
	assert.Equal(t, field, e.Field)
	assert.Equal(t, value, e.Value)
	assert.NotEmpty(t, e.Rule)
	assert.ErrorIs(t, err, fault.Invalid)
}

func TestFilesRefusedAsAWhole(t *testing.T) {
	const good = "Email,Start date,Start time,Duration\n"
	for name, c := range map[string]struct {
		text         string
		opt          exchange.Options
		code         fault.Code
		field, value string
	}{
		"an empty file":                        {"", berlin, "empty_file", "header", ""},
		"blank lines only":                     {"\n\r\n\n", berlin, "empty_file", "header", ""},
		"a byte order mark only":               {"\ufeff", berlin, "empty_file", "header", ""},
		"no zone":                              {good, exchange.Options{}, "unknown_zone", "zone", ""},
		"a dead zone":                          {good, exchange.Options{Zone: "Europe/Bonn"}, "unknown_zone", "zone", "Europe/Bonn"},
		"a date format without year":           {good, exchange.Options{Zone: "UTC", DateFormat: "02/01"}, "bad_date_format", "date_format", "02/01"},
		"a format nobody knows":                {good, exchange.Options{Zone: "UTC", Format: "harvest"}, "unknown_format", "format", "harvest"},
		"a book out of bounds":                 {good, exchange.Options{Zone: "UTC", Book: timesheet.Book{MostSeconds: -1}}, "bad_config", "MostSeconds", "-0:00:01"},
		"an unknown column":                    {"Email,Start date,Start time,Duration,Mood\n", berlin, "unknown_column", "header", "Mood"},
		"an unknown column between amounts":    {"Email,Start date,Start time,Duration,Amounts\n", berlin, "unknown_column", "header", "Amounts"},
		"a column twice":                       {"Email,Start date,Start time,Duration,EMAIL\n", berlin, "column_twice", "header", "EMAIL"},
		"an amount of one currency twice":      {"Email,Start date,Start time,Duration,Amount (EUR),Amount (eur)\n", berlin, "column_twice", "header", "Amount (eur)"},
		"an unknown currency":                  {"Email,Start date,Start time,Duration,Amount (FOO)\n", berlin, "unknown_currency", "header", "Amount (FOO)"},
		"a header that is not UTF-8":           {"Email,St\xe4rt\n", berlin, "not_utf8", "header", "St\ufffdrt"},
		"UTF-16 without a byte order mark":     {"E\x00m\x00a\x00i\x00l\x00,\x00\n\x00", berlin, "not_utf8", "header", "E\x00m\x00a\x00i\x00l\x00"},
		"a header with a bare quote":           {"Email,Start \"date\"\n", berlin, "bad_csv", "header", ""},
		"one half of an end":                   {"Email,Start date,Start time,End date,Duration\n", berlin, "column_missing", "header", "Email,Start date,Start time,End date,Duration"},
		"an interval list as Toggl":            {"dt_start,dt_end,Project\n", exchange.Options{Zone: "UTC", Format: exchange.Toggl}, "unknown_column", "header", "dt_start"},
		"an interval list without project":     {"dt_start,dt_end\n", berlin, "column_missing", "header", "dt_start,dt_end"},
		"no columns of any format, one column": {"hello\n", berlin, "unknown_column", "header", "hello"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := exchange.Parse(strings.NewReader(c.text), c.opt)
			assertFault(t, err, c.code, c.field, c.value)
		})
	}

	t.Run("missing columns are all named", func(t *testing.T) {
		_, err := exchange.Parse(strings.NewReader("Description\n"), berlin)
		assert.EqualError(t, err, `header "Description": must have these columns too: Email or User; Start date; Start time; End date and End time or Duration (column_missing)`)
	})
	t.Run("an error of the reader is passed on", func(t *testing.T) {
		broken := errors.New("broken pipe")
		_, err := exchange.Parse(iotest.ErrReader(broken), berlin)
		assert.ErrorIs(t, err, broken)
	})
}

func TestRowsRefused(t *testing.T) {
	const ok = "2021-03-01,09:00,2021-03-01,10:00,1:00:00"
	for name, c := range map[string]struct {
		row          string
		code         fault.Code
		field, value string
	}{
		"an end before the start":               {"a@b.de,,P,,,,2021-03-01,09:00,2021-03-01,08:00,,,,,", "end_before_start", "End time", "08:00"},
		"no length":                             {"a@b.de,,P,,,,2021-03-01,09:00,2021-03-01,09:00,,,,,", "end_before_start", "End time", "09:00"},
		"a duration that is not the interval":   {"a@b.de,,P,,,,2021-03-01,09:00,2021-03-01,10:00,1:00:02,,,,", "duration_mismatch", "Duration", "1:00:02"},
		"a negative duration":                   {"a@b.de,,P,,,,2021-03-01,09:00,,,-1:00:00,,,,", "negative_duration", "Duration", "-1:00:00"},
		"a duration of nothing":                 {"a@b.de,,P,,,,2021-03-01,09:00,,,0:00:00,,,,", "negative_duration", "Duration", "0:00:00"},
		"600 hours from a duration":             {"a@b.de,,P,,,,2021-03-01,09:00,,,600:00:00,,,,", "too_long", "Duration", "600:00:00"},
		"600 hours from an interval":            {"a@b.de,,P,,,,2021-03-01,09:00,2021-03-26,09:00,600:00:00,,,,", "too_long", "End time", "09:00"},
		"eight thousand years":                  {"a@b.de,,P,,,,2021-03-01,09:00,9998-03-26,09:00,,,,,", "too_long", "End time", "09:00"},
		"a year out of range":                   {"a@b.de,,P,,,,1821-03-01,09:00,1821-03-01,10:00,,,,,", "start_out_of_range", "Start time", "09:00"},
		"more hours than can be counted":        {"a@b.de,,P,,,,2021-03-01,09:00,,,99999999999999999999:00:00,,,,", "duration_too_long", "Duration", "99999999999999999999:00:00"},
		"a duration in words":                   {"a@b.de,,P,,,,2021-03-01,09:00,,,an hour,,,,", "invalid_duration", "Duration", "an hour"},
		"neither end nor duration":              {"a@b.de,,P,,,,2021-03-01,09:00,,,,,,,", "end_missing", "End time", ""},
		"an end without its date":               {"a@b.de,,P,,,,2021-03-01,09:00,,10:00,1:00:00,,,,", "invalid_date", "End date", ""},
		"an end without its time":               {"a@b.de,,P,,,,2021-03-01,09:00,2021-03-01,,1:00:00,,,,", "invalid_local_time", "End time", ""},
		"no start":                              {"a@b.de,,P,,,,,,2021-03-01,10:00,1:00:00,,,,", "invalid_date", "Start date", ""},
		"a date that does not exist":            {"a@b.de,,P,,,,2021-02-30,09:00,2021-03-01,10:00,,,,,", "invalid_date", "Start date", "2021-02-30"},
		"an ambiguous date":                     {"a@b.de,,P,,,,01/02/2021,09:00,2021-03-01,10:00,,,,,", "invalid_date", "Start date", "01/02/2021"},
		"a time that does not exist":            {"a@b.de,,P,,,,2021-03-01,24:30,2021-03-02,10:00,,,,,", "invalid_local_time", "Start time", "24:30"},
		"13 PM":                                 {"a@b.de,,P,,,,2021-03-01,13:00 PM,2021-03-02,10:00,,,,,", "invalid_local_time", "Start time", "13:00 PM"},
		"nobody's time":                         {",,P,,,," + ok + ",,,,", "person_missing", "Email", ""},
		"an address that is none":               {"ann at home,,P,,,," + ok + ",,,,", "bad_email", "Email", "ann at home"},
		"a client without a project":            {"a@b.de,C,,,,," + ok + ",,,,", "client_without_project", "Client", "C"},
		"a task without a project":              {"a@b.de,,,T,,," + ok + ",,,,", "task_without_project", "Task", "T"},
		"billable in another language":          {"a@b.de,,P,,,Ja," + ok + ",,,,", "bad_billable", "Billable", "Ja"},
		"NUL in a note":                         {"a@b.de,,P,,a\x00b,," + ok + ",,,,", "name_control", "Description", "a\x00b"},
		"a control character in a name":         {"a@b.de,,P\x07,,,," + ok + ",,,,", "name_control", "Project", "P\x07"},
		"invalid UTF-8":                         {"a@b.de,,P,,\xff,," + ok + ",,,,", "not_utf8", "Description", "\ufffd"},
		"a name that is too long":               {"a@b.de,,P,,,," + ok + "," + strings.Repeat("x", 256) + ",,,", "name_too_long", "Tags", strings.Repeat("x", 80) + "…"},
		"a note that is too long":               {"a@b.de,,P,," + strings.Repeat("x", 3001) + ",," + ok + ",,,,", "name_too_long", "Description", strings.Repeat("x", 80) + "…"},
		"too few fields":                        {"a@b.de,,P", "field_count", "row", "3 fields"},
		"too many fields":                       {"a@b.de,,P,,,," + ok + ",,,,,", "field_count", "row", "16 fields"},
		"a bare quote":                          {"a@b.de,,P \"x\",,,," + ok + ",,,,", "bad_csv", "row", "2"},
		"an amount in words":                    {"a@b.de,,P,,,," + ok + ",,lots,,", "bad_amount", "Amount (EUR)", "lots"},
		"an amount below zero":                  {"a@b.de,,P,,,," + ok + ",,-1,,", "bad_amount", "Amount (EUR)", "-1"},
		"an amount with thousands":              {"a@b.de,,P,,,," + ok + ",,\"1,000.00\",,", "bad_amount", "Amount (EUR)", "1,000.00"},
		"an amount beyond counting":             {"a@b.de,,P,,,," + ok + ",,99999999999999999999,,", "bad_amount", "Amount (EUR)", "99999999999999999999"},
		"a third of a cent":                     {"a@b.de,,P,,,," + ok + ",,0.333,,", "bad_amount", "Amount (EUR)", "0.333"},
		"half a yen":                            {"a@b.de,,P,,,," + ok + ",,,0.50,", "bad_amount", "Amount (JPY)", "0.50"},
		"two amounts":                           {"a@b.de,,P,,,," + ok + ",,1.00,100,", "amount_twice", "Amount (JPY)", "100"},
		"an amount in no currency":              {"a@b.de,,P,,,," + ok + ",,,,1.00", "amount_without_currency", "Amount ()", "1.00"},
		"an interval that only fits to the day": {"a@b.de,,P,,,,2021-03-28,01:30,2021-03-28,03:30,2:00:00,,,,", "duration_mismatch", "Duration", "2:00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := exchange.Parse(strings.NewReader(head+c.row+"\nann@example.org,,P,,,,"+ok+",,,,\n"), berlin)
			require.NoError(t, err)
			require.Len(t, f.Rows, 2)
			assert.Nil(t, f.Rows[0].Draft)
			assert.Equal(t, 2, f.Rows[0].Line)
			assertFault(t, f.Rows[0].Err, c.code, c.field, c.value)
			assert.Nil(t, f.Rows[1].Err, "a refused row does not stop the next")
			assert.NotNil(t, f.Rows[1].Draft)
		})
	}

	t.Run("a quote that never ends refuses what it swallows", func(t *testing.T) {
		f, err := exchange.Parse(strings.NewReader(head+"ann@example.org,,P,,,,"+ok+",,,,\na@b.de,,\"P,,,,"+ok+",,,,\n"), berlin)
		require.NoError(t, err)
		require.Len(t, f.Rows, 2)
		assert.NotNil(t, f.Rows[0].Draft)
		assertFault(t, f.Rows[1].Err, "bad_csv", "row", "3")
	})
	t.Run("a book's own limit", func(t *testing.T) {
		f, err := exchange.Parse(strings.NewReader(head+"a@b.de,,P,,,,"+ok+",,,,\n"), exchange.Options{Zone: "UTC", Book: timesheet.Book{MostSeconds: 3599}})
		require.NoError(t, err)
		assertFault(t, f.Rows[0].Err, "too_long", "End time", "10:00")
	})
}

func TestIntervalRowsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		row          string
		code         fault.Code
		field, value string
	}{
		"a start without a time":          {"2021-04-06,2021-04-06 10:00:00,P,,", "invalid_local_time", "dt_start", "2021-04-06"},
		"a date that does not exist":      {"2021-04-31 09:00:00,2021-04-06 10:00:00,P,,", "invalid_date", "dt_start", "2021-04-31 09:00:00"},
		"a time that does not exist":      {"2021-04-06 09:00:00,2021-04-06 10:60:00,P,,", "invalid_local_time", "dt_end", "2021-04-06 10:60:00"},
		"an end before the start":         {"2021-04-06 09:00:00,2021-04-06 08:00:00,P,,", "end_before_start", "dt_end", "2021-04-06 08:00:00"},
		"a negative duration":             {"2021-04-06 09:00:00,,P,,-1 days +23:00:00", "negative_duration", "Duration", "-1 days +23:00:00"},
		"a duration of 25 days":           {"2021-04-06 09:00:00,,P,,25 days 00:00:00", "too_long", "Duration", "25 days 00:00:00"},
		"a duration of a day and 25 hour": {"2021-04-06 09:00:00,,P,,1 days 25:00:00", "invalid_duration", "Duration", "1 days 25:00:00"},
		"days without a number":           {"2021-04-06 09:00:00,,P,,some days 01:00:00", "invalid_duration", "Duration", "some days 01:00:00"},
		"a duration that does not fit":    {"2021-04-06 09:00:00,2021-04-06 10:00:00,P,,0 days 00:50:30", "duration_mismatch", "Duration", "0 days 00:50:30"},
		"a task without a project":        {"2021-04-06 09:00:00,2021-04-06 10:00:00,,T,", "task_without_project", "Task", "T"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := exchange.Parse(strings.NewReader("dt_start,dt_end,Project,Task,Duration\n"+c.row+"\n"), berlin)
			require.NoError(t, err)
			require.Len(t, f.Rows, 1)
			assertFault(t, f.Rows[0].Err, c.code, c.field, c.value)
		})
	}
}

// one parses a file of one good row.
func one(t *testing.T, text string, opt exchange.Options) exchange.Row {
	t.Helper()
	f, err := exchange.Parse(strings.NewReader(text), opt)
	require.NoError(t, err)
	require.Len(t, f.Rows, 1)
	if f.Rows[0].Err != nil {
		require.NoError(t, f.Rows[0].Err)
	}
	return f.Rows[0]
}

func TestWhatIsReadFromARow(t *testing.T) {
	const plain = "Email,Project,Start date,Start time,End date,End time\nann@example.org,Café,2021-03-01,09:00:00,2021-03-01,10:00:00\n"
	want := one(t, plain, berlin).Draft
	assert.Equal(t, time.Date(2021, 3, 1, 8, 0, 0, 0, time.UTC), want.Start)
	assert.Equal(t, time.Date(2021, 3, 1, 9, 0, 0, 0, time.UTC), want.End)
	assert.Equal(t, int64(3600), want.Seconds)

	utf16Of := func(order binary.AppendByteOrder, text string) string {
		var b []byte
		for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
			b = order.AppendUint16(b, u)
		}
		return string(b)
	}
	for name, text := range map[string]string{
		"columns in any order and case":   "end TIME,END DATE,start time,project,START DATE,email\n10:00:00,2021-03-01,09:00:00,Café,2021-03-01,ann@example.org\n",
		"an address in upper case":        strings.Replace(plain, "ann@example.org", "ANN@Example.org", 1),
		"stop for end":                    strings.Replace(plain, "End date,End time", "Stop date,Stop time", 1),
		"times without seconds":           strings.ReplaceAll(plain, ":00:00", ":00"),
		"times of twelve hours":           strings.NewReplacer("09:00:00", "9:00 am", "10:00:00", "10:00:00 AM").Replace(plain),
		"semicolons":                      strings.ReplaceAll(plain, ",", ";"),
		"tabs":                            strings.ReplaceAll(plain, ",", "\t"),
		"line ends of Windows":            strings.ReplaceAll(plain, "\n", "\r\n"),
		"no line end at the end":          strings.TrimSuffix(plain, "\n"),
		"a byte order mark":               "\ufeff" + plain,
		"UTF-16, little end first":        utf16Of(binary.LittleEndian, plain),
		"UTF-16, big end first":           utf16Of(binary.BigEndian, plain),
		"blank lines are not rows":        "\n\n" + plain + "\n,,,,,\n\n",
		"space around text":               strings.ReplaceAll(plain, ",", " , "),
		"decomposed letters are composed": strings.Replace(plain, "Café", "Cafe\u0301", 1),
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, want, one(t, text, berlin).Draft)
		})
	}

	t.Run("quotes, separators and line breaks in a note; lines are counted", func(t *testing.T) {
		const h = "Email,Description,Start date,Start time,Duration\n"
		f, err := exchange.Parse(strings.NewReader(h+"a@b.de,\"one, \"\"two\"\"\nthree\",2021-03-01,09:00,1:00:00\na@b.de,x,2021-03-01,09:00,1:00:00\n"), berlin)
		require.NoError(t, err)
		assert.Equal(t, "one, \"two\"\nthree", f.Rows[0].Draft.Note)
		assert.Equal(t, []int{2, 4}, []int{f.Rows[0].Line, f.Rows[1].Line})
	})
	t.Run("a date format that is given is the only one", func(t *testing.T) {
		text := strings.ReplaceAll(plain, "2021-03-01", "1.3.2021")
		assert.Equal(t, want, one(t, text, exchange.Options{Zone: "Europe/Berlin", DateFormat: "2.1.2006"}).Draft)
		f, err := exchange.Parse(strings.NewReader(plain), exchange.Options{Zone: "Europe/Berlin", DateFormat: "2.1.2006"})
		require.NoError(t, err)
		assertFault(t, f.Rows[0].Err, "invalid_date", "Start date", "2021-03-01")
	})
	t.Run("tags, once each", func(t *testing.T) {
		row := one(t, "Email,Tags,Start date,Start time,Duration\na@b.de,\"home page, Draft, draft, a,b\",2021-03-01,09:00,1:00:00\n", berlin)
		assert.Equal(t, []string{"home page", "Draft", "a,b"}, row.Draft.Tags)
	})
	for name, c := range map[string]struct {
		cells    string
		amount   int64
		currency string
	}{
		"cents":                    {"12.50,,", 1250, "EUR"},
		"an amount without a part": {"12,,", 1200, "EUR"},
		"yen have no minor unit":   {",5000,", 5000, "JPY"},
		"yen with empty decimals":  {",5000.00,", 5000, "JPY"},
		"nothing beside something": {"0.00,7,0.00", 7, "JPY"},
		"nothing at all":           {"0.00,0.00,", 0, "EUR"},
		"no amounts":               {",,0.00", 0, ""},
	} {
		t.Run("amount: "+name, func(t *testing.T) {
			row := one(t, head+"a@b.de,,P,,,Yes,2021-03-01,09:00,,,1:00:00,,"+c.cells+"\n", berlin)
			assert.Equal(t, c.amount, row.Draft.Amount)
			assert.Equal(t, c.currency, row.Draft.Currency)
			assert.True(t, row.Draft.Billable)
		})
	}
}

func TestClockChanges(t *testing.T) {
	at := func(h, m int, d int, month time.Month) time.Time {
		return time.Date(2021, month, d, h, m, 0, 0, time.UTC)
	}
	for name, c := range map[string]struct {
		times      string
		start, end time.Time
		notes      []exchange.NoteCode
	}{
		"over the hour that was skipped":           {"2021-03-28,01:30,2021-03-28,03:30,1:00:00", at(0, 30, 28, 3), at(1, 30, 28, 3), nil},
		"a skipped start is shifted by the gap":    {"2021-03-28,02:15,2021-03-28,04:00,0:45:00", at(1, 15, 28, 3), at(2, 0, 28, 3), []exchange.NoteCode{exchange.Skipped}},
		"a repeated start is the first":            {"2021-10-31,02:15,2021-10-31,03:00,1:45:00", at(0, 15, 31, 10), at(2, 0, 31, 10), []exchange.NoteCode{exchange.Repeated}},
		"unless the duration says the second":      {"2021-10-31,02:15,2021-10-31,03:00,0:45:00", at(1, 15, 31, 10), at(2, 0, 31, 10), []exchange.NoteCode{exchange.Repeated}},
		"a repeated end is the first":              {"2021-10-31,01:30,2021-10-31,02:30,1:00:00", at(23, 30, 30, 10), at(0, 30, 31, 10), []exchange.NoteCode{exchange.Repeated}},
		"unless the duration says the second end":  {"2021-10-31,01:30,2021-10-31,02:30,2:00:00", at(23, 30, 30, 10), at(1, 30, 31, 10), []exchange.NoteCode{exchange.Repeated}},
		"or the first would be before the start":   {"2021-10-31,02:50,2021-10-31,02:10,", at(0, 50, 31, 10), at(1, 10, 31, 10), []exchange.NoteCode{exchange.Repeated, exchange.Repeated}},
		"the first of both where both fit":         {"2021-10-31,02:10,2021-10-31,02:50,0:40:00", at(0, 10, 31, 10), at(0, 50, 31, 10), []exchange.NoteCode{exchange.Repeated, exchange.Repeated}},
		"a duration counts on over the change":     {"2021-10-31,01:30,,,3:00:00", at(23, 30, 30, 10), at(2, 30, 31, 10), nil},
		"one second more is accepted and noted":    {"2021-03-01,09:00,2021-03-01,10:00,1:00:01", at(8, 0, 1, 3), at(9, 0, 1, 3), []exchange.NoteCode{exchange.DurationOff}},
		"one second less is accepted and noted":    {"2021-03-01,09:00,2021-03-01,10:00,0:59:59", at(8, 0, 1, 3), at(9, 0, 1, 3), []exchange.NoteCode{exchange.DurationOff}},
		"a second off on the second of a repeated": {"2021-10-31,02:15,2021-10-31,03:00,0:45:01", at(1, 15, 31, 10), at(2, 0, 31, 10), []exchange.NoteCode{exchange.Repeated, exchange.DurationOff}},
		"seven days, the longest":                  {"2021-03-01,09:00,2021-03-08,09:00,168:00:00", at(8, 0, 1, 3), at(8, 0, 8, 3), nil},
		"a decimal duration":                       {"2021-03-01,09:00,2021-03-01,10:30,1.5", at(8, 0, 1, 3), at(9, 30, 1, 3), nil},
	} {
		t.Run(name, func(t *testing.T) {
			row := one(t, "Email,Start date,Start time,End date,End time,Duration\na@b.de,"+c.times+"\n", berlin)
			assert.Equal(t, c.start, row.Draft.Start)
			assert.Equal(t, c.end, row.Draft.End)
			assert.Equal(t, int64(c.end.Sub(c.start)/time.Second), row.Draft.Seconds)
			var codes []exchange.NoteCode
			for _, n := range row.Notes {
				codes = append(codes, n.Code)
				assert.NotEmpty(t, n.Column)
				assert.NotEmpty(t, n.Text)
			}
			assert.Equal(t, c.notes, codes)
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(head+"a@b.de,,P,,,,2021-03-01,09:00,2021-03-01,10:00,1:00:00,\"a, b\",1.00,,\n"), "", "Europe/Berlin")
	f.Add([]byte("dt_start,dt_end,Project,Duration\n2021-04-06 09:03:49,2021-04-06 09:54:19,A,0 days 00:50:30\n"), "", "UTC")
	f.Add([]byte("Email;Start date;Start time;Duration\n\"a;1/2/2021;x;\n"), "1/2/2006", "Australia/Lord_Howe")
	f.Add([]byte("\xff\xfeE\x00"), "2006-01-02", "UTC")
	f.Fuzz(func(t *testing.T, text []byte, layout, zone string) {
		file, err := exchange.Parse(bytes.NewReader(text), exchange.Options{Zone: zone, DateFormat: layout})
		if err != nil {
			return
		}
		lines := 0
		for _, row := range file.Rows {
			if (row.Draft == nil) != (row.Err != nil) {
				t.Fatalf("line %d is neither a draft nor a refusal, or both", row.Line)
			}
			if row.Line <= lines {
				t.Fatalf("line %d comes after line %d", row.Line, lines)
			}
			lines = row.Line
			if d := row.Draft; d != nil && (!d.End.After(d.Start) || d.Seconds < 0 || d.Seconds > timesheet.LongestEntry || d.Amount < 0) {
				t.Fatalf("line %d: %+v", row.Line, d)
			}
		}
	})
}
