package exchange_test
import ("testing";"strings";"fmt";"time";"github.com/seed-5be203e9/stint/timesheet/exchange")
func TestBig(t *testing.T) {
	w := newWorld(t)
	var text strings.Builder
	text.WriteString("User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount (USD)\n")
	start := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 100000 {
		at := start.Add(time.Duration(i/20) * time.Hour); e := at.Add(time.Hour)
		fmt.Fprintf(&text, "P %d,p%d@example.org,C%d,P%d,T%d,some note %d,Yes,%s,%s,%s,%s,01:00:00,\"a, b%d\",12.50\n", i%20,i%20, i%30, i%70, i%4, i, at.Format(time.DateOnly), at.Format(time.TimeOnly), e.Format(time.DateOnly), e.Format(time.TimeOnly), i%10)
	}
	t0 := time.Now()
	last := 0
	f := w.parse(text.String(), exchange.Options{Zone: "Europe/Berlin", CreatePeople: true, Progress: func(d,n int){ if d-last >= 20000 || d==n || d==0 { last=d; t.Log(d,n,time.Since(t0)) } }})
	t.Log("parse", time.Since(t0))
	rep := w.store(w.ann, f)
	t.Log("store", time.Since(t0), rep.Stored, rep.Refused, rep.Created)
	rep = w.store(w.ann, f)
	t.Log("again", time.Since(t0), rep.Unchanged)
}
