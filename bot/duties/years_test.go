package duties_test

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// small is the plan's programme with a town, its communes and one district, so
// that ten years are soon over.
func small(t *testing.T) *ocop.Programme {
	t.Helper()
	data, err := os.ReadFile("../ocop/programmes/lang-son-2021.yaml")
	if err != nil {
		t.Fatal(err)
	}
	commune := regexp.MustCompile(`(?m)^ +- \[0\d+, .*, (\d+)\]\n`)
	data = commune.ReplaceAllFunc(data, func(line []byte) []byte {
		if string(commune.FindSubmatch(line)[1]) == "178" {
			return line
		}
		return nil
	})
	data = regexp.MustCompile(`(?m)^ +- \[18[0-57-9], .*\n`).ReplaceAll(data, nil)
	p, err := ocop.Parse("small", data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// decade is a province over ten years: who held office when, what was filed,
// asked, extended and answered, when the program was down; and what it told.
type decade struct {
	prog       *ocop.Programme
	officers   []storage.Officer
	closed     map[storage.Duty]time.Time
	acks       []storage.Ack
	demands    []storage.Demand
	extensions []storage.Extension
	down       [][2]time.Time
	told       map[duties.Key]time.Time
	reached    map[duties.Key]bool // without recipients
	acked      map[ack]bool
}

type ack struct {
	storage.Duty
	officer storage.ID
	step    string
}

var (
	begins = ocop.Date(2026, 1, 1)
	ends   = ocop.Date(2036, 1, 1)
)

func (d *decade) up(at time.Time) bool {
	return !slices.ContainsFunc(d.down, func(o [2]time.Time) bool { return !at.Before(o[0]) && at.Before(o[1]) })
}

func (d *decade) first() (first time.Time) {
	for _, o := range d.officers {
		if first.IsZero() || o.From.Before(first) {
			first = o.From
		}
	}
	return first
}

func inOffice(o storage.Officer, at time.Time) bool {
	return !o.From.After(at) && (o.To.IsZero() || o.To.After(at))
}

// facts are what the records say at a moment.
func (d *decade) facts(now time.Time) duties.Facts {
	f := duties.Facts{First: d.first(), Closed: func(x storage.Duty) bool { at, ok := d.closed[x]; return ok && !at.After(now) }}
	for _, o := range d.officers {
		if inOffice(o, now) {
			f.Officers = append(f.Officers, o)
		}
	}
	f.Told = func(k duties.Key) bool { _, ok := d.told[k]; return ok }
	f.Reached = func(k duties.Key) bool { k.Recipient = 0; return d.reached[k] }
	f.Acked = func(x storage.Duty, officer storage.ID, step string) bool { return d.acked[ack{x, officer, step}] }
	return f
}

// ackedBy tells what was acknowledged by an earlier moment.
func (d *decade) ackedBy(now time.Time) func(storage.Duty, storage.ID, string) bool {
	return func(x storage.Duty, officer storage.ID, step string) bool {
		return d.acked[ack{x, officer, step}] && slices.ContainsFunc(d.acks, func(a storage.Ack) bool {
			return a.Duty == x && a.Officer == officer && a.Step == step && !a.At.After(now)
		})
	}
}

func (d *decade) changes(now time.Time) (c duties.Changes) {
	for _, x := range d.demands {
		if !x.At.After(now) {
			c.Demands = append(c.Demands, x)
		}
	}
	for _, e := range d.extensions {
		if !e.At.After(now) {
			c.Extensions = append(c.Extensions, e)
		}
	}
	return c
}

// tick plans twice, as two replicas do, and keeps what was told once.
func (d *decade) tick(t *rapid.T, now time.Time) {
	from, to := duties.Window(d.prog, now)
	owed := duties.Owing(d.prog, d.changes(now), from, to)
	f := d.facts(now)
	plan := duties.Plan(d.prog, owed, f, now)
	if again := duties.Plan(d.prog, owed, f, now); !slices.EqualFunc(plan, again, func(a, b duties.Telling) bool { return a.Key == b.Key && a.Kind == b.Kind }) {
		t.Fatalf("%v: two replicas plan differently", now)
	}
	type whose struct {
		storage.Duty
		person storage.ID
	}
	reminded := map[whose]string{}
	for _, x := range plan {
		if at, ok := d.told[x.Key]; ok {
			t.Fatalf("%v: %+v was told already, on %v", now, x.Key, at)
		}
		if x.Kind == duties.Reminder {
			if f.Closed(x.Duty) {
				t.Fatalf("%v: %+v is told after it was filed", now, x.Key)
			}
			w := whose{x.Duty, x.Recipient}
			if other, ok := reminded[w]; ok {
				t.Fatalf("%v: %+v is told of %s and %s at once", now, w, other, x.Step)
			}
			reminded[w] = x.Step
		}
		d.told[x.Key] = now
		if k := x.Key; k.Recipient != 0 {
			k.Recipient = 0
			d.reached[k] = true
		}
	}
	if len(plan) > 0 && (len(d.told)+len(d.acks))%7 == 0 {
		d.answer(plan, now)
	}
}

// span is a time in which a duty had one last good day.
type span struct {
	due, from, to time.Time
	steps         []duties.Step
}

// spans are worked out from the rules alone, and in another way than by the
// planner: for each duty, whichever moment it is.
func (d *decade) spans(visit func(x storage.Duty, s span)) {
	split := func(x storage.Duty, due, since time.Time, asked string) {
		s := span{due: due, from: since, to: ends}
		for _, e := range d.extensions {
			if e.Duty != x {
				continue
			}
			s.to = e.At
			visit(x, d.withSteps(x, s, asked))
			s, asked = span{due: e.Due, from: e.At, to: ends}, duties.Prolonged
		}
		visit(x, d.withSteps(x, s, asked))
	}
	for year := begins.Year() - 1; year <= ends.Year()+1; year++ {
		for _, due := range d.prog.DueDates(year) {
			for _, u := range d.prog.Owing(due) {
				split(storage.Duty{Obligation: due.Obligation.ID, Period: strconv.Itoa(year), Unit: u.Key}, due.LastGood, time.Time{}, "")
			}
		}
	}
	for _, x := range d.demands {
		for _, u := range x.Units {
			split(storage.Duty{Obligation: x.Obligation(), Unit: u}, x.Due, x.At, duties.Asked)
		}
	}
}

func (d *decade) withSteps(x storage.Duty, s span, news string) span {
	ob, _ := d.prog.Obligation(x.Obligation) // none of what was asked for
	l, _ := d.prog.Ladder(ob.Ladder, s.due)
	if news != "" {
		s.steps = append(s.steps, duties.Step{Name: news, LadderStep: ocop.LadderStep{At: s.from}})
		l = l.Scaled(ocop.DaysBetween(s.from, s.due))
	}
	for _, step := range l.Steps(d.prog.Calendar(), s.due, ends) {
		if step.At.After(s.from) {
			s.steps = append(s.steps, duties.Step{Name: step.Name(), LadderStep: step})
		}
	}
	return s
}

// noneMissed: whoever was in office when a step came, with the program up,
// was told of it then, unless the duty was closed or the step spared.
func (d *decade) noneMissed(t *rapid.T) (expected int) {
	first := d.first()
	d.spans(func(x storage.Duty, s span) {
		for i, step := range s.steps {
			at := step.At
			if at.Before(begins) || !at.Before(s.to) || !at.Before(ends) || at.Before(first) || !d.up(at) || s.due.AddDate(0, 0, 1).Before(first) {
				continue
			}
			if done, ok := d.closed[x]; ok && !done.After(at) {
				continue
			}
			for _, o := range d.officers {
				if o.Unit != x.Unit || !inOffice(o, at) || !o.Works() && !(step.Overdue && o.Role == storage.Leader) {
					continue
				}
				if step.Soft && i > 0 && o.Works() && d.ackedBy(at)(x, o.Person, s.steps[i-1].Name) {
					continue
				}
				expected++
				k := duties.Key{Duty: x, Due: s.due.Unix(), Step: step.Name, Recipient: o.Person}
				if when, ok := d.told[k]; !ok || when.After(at) {
					t.Fatalf("%+v was due on %v, and told: %v", k, at, when)
				}
			}
		}
	})
	return expected
}

// live makes ten years of a province.
func live(t *rapid.T, p *ocop.Programme) *decade {
	d := &decade{prog: p, closed: map[storage.Duty]time.Time{}, told: map[duties.Key]time.Time{}, reached: map[duties.Key]bool{}, acked: map[ack]bool{}}
	units := []ocop.UnitKey{"20@2021-06-05", "178@2021-06-05", "186@2021-06-05", "05971@2021-06-05"}
	roles := []string{storage.ProvinceOfficer, storage.DistrictOfficer, storage.DistrictOfficer, storage.CommuneOfficer}
	moment := func(what string) time.Time {
		return begins.Add(time.Duration(rapid.IntRange(0, 10*365*24*60-1).Draw(t, what)) * time.Minute)
	}
	for n := range rapid.IntRange(1, 12).Draw(t, "officers") {
		u := rapid.IntRange(0, len(units)-1).Draw(t, "unit")
		o := storage.Officer{ID: storage.ID(n + 1), Person: storage.ID(n + 1), Unit: units[u], Role: roles[u], From: moment("takes office")}
		if rapid.IntRange(0, 4).Draw(t, "leads") == 0 {
			o.Role = storage.Leader
		}
		if rapid.Bool().Draw(t, "leaves") {
			o.To = o.From.AddDate(0, rapid.IntRange(1, 60).Draw(t, "months in office"), 0)
		}
		d.officers = append(d.officers, o)
	}
	for range rapid.IntRange(0, 12).Draw(t, "outages") {
		from := moment("goes down")
		d.down = append(d.down, [2]time.Time{from, from.Add(time.Duration(rapid.IntRange(1, 60*24*40).Draw(t, "minutes down")) * time.Minute)})
	}
	ids := []string{"half-year", "year", "half-year-commune", "year-commune", "plan", "fair", "year-province"}
	for range rapid.IntRange(0, 40).Draw(t, "filings") {
		at := moment("files")
		x := storage.Duty{Obligation: rapid.SampledFrom(ids).Draw(t, "obligation"), Period: strconv.Itoa(at.Year()), Unit: rapid.SampledFrom(units).Draw(t, "whose")}
		if _, ok := d.closed[x]; !ok {
			d.closed[x] = at
		}
	}
	for n := range rapid.IntRange(0, 5).Draw(t, "demands") {
		at := moment("asks")
		due := ocop.Date(at.Year(), at.Month(), at.Day()).AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "days given"))
		d.demands = append(d.demands, storage.Demand{ID: storage.ID(n + 1), Title: "x", Units: units[1:3], Due: due, Unit: units[0], At: at})
	}
	for range rapid.IntRange(0, 5).Draw(t, "extensions") {
		id := rapid.SampledFrom(ids[:2]).Draw(t, "extended")
		x := storage.Duty{Obligation: id, Period: strconv.Itoa(2026 + rapid.IntRange(0, 9).Draw(t, "in")), Unit: units[1+rapid.IntRange(0, 1).Draw(t, "for")]}
		if slices.ContainsFunc(d.extensions, func(e storage.Extension) bool { return e.Duty == x }) {
			continue
		}
		year, _ := strconv.Atoi(x.Period)
		was, _ := d.prog.Due(id, year)
		at := was.LastGood.Add(time.Duration(rapid.IntRange(-20*24, 20*24).Draw(t, "hours off")) * time.Hour)
		y, m, day := at.Date()
		d.extensions = append(d.extensions, storage.Extension{Duty: x, At: at, Due: ocop.Date(y, m, day).AddDate(0, 0, rapid.IntRange(1, 40).Draw(t, "longer"))})
	}
	return d
}

// decades is how many times ten years are lived through, unless
// -rapid.checks says how many.
const decades = "8"

// Whatever happens in ten years: nothing is told twice, nothing after it was
// filed, of missed steps only the latest, and nothing is missed while the
// program is up.
func TestTenYears(t *testing.T) {
	p := small(t)
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set(decades); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = checks.Value.Set(checks.DefValue) })
	}
	expected := 0
	rapid.Check(t, func(t *rapid.T) {
		d := live(t, p)
		for _, at := range d.moments(t) {
			if d.up(at) {
				d.tick(t, at)
			}
		}
		expected += d.noneMissed(t)
	})
	if expected == 0 {
		t.Error("no step was ever due: the test tests nothing")
	}
	t.Logf("%d tellings were due with the program up", expected)
}

// moments are when the program looks: whenever something comes or ends, and a
// minute later. In between nothing changes.
func (d *decade) moments(t *rapid.T) []time.Time {
	seen := map[time.Time]bool{}
	add := func(at time.Time) {
		if !at.Before(begins) && at.Before(ends) {
			seen[at] = true
		}
	}
	d.spans(func(_ storage.Duty, s span) {
		for _, step := range s.steps {
			add(step.At)
		}
	})
	for _, o := range d.officers {
		add(o.From)
		add(o.To)
	}
	for _, o := range d.down {
		add(o[1])
	}
	for range 20 {
		add(begins.Add(time.Duration(rapid.IntRange(0, 10*365*24*60-1).Draw(t, "looks")) * time.Minute))
	}
	var all []time.Time
	for at := range seen {
		all = append(all, at)
	}
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// answer: the first who was told says «Đã nhận».
func (d *decade) answer(plan []duties.Telling, now time.Time) {
	for _, x := range plan {
		if x.Kind == duties.Reminder {
			d.acks = append(d.acks, storage.Ack{Duty: x.Duty, Officer: x.Recipient, Step: x.Step, At: now})
			d.acked[ack{x.Duty, x.Recipient, x.Step}] = true
			return
		}
	}
}
