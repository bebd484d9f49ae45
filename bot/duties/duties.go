// Package duties works out what units owe by when, and who is to be told of it
// now: reminders on the steps of a ladder, digests for the office above, word
// of units that have nobody.
//
// It stores and sends nothing, and knows no text: the planning is pure, and
// whoever asks for it keeps that something was told.
package duties

import (
	"strconv"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// Owed is one duty of one unit, with all that holds for it.
type Owed struct {
	storage.Duty
	Title     ocop.Text
	Span      ocop.Text       // what a report is on; empty for a task and for one asked for ad hoc
	Task      bool            // closed by saying that it is done
	Demand    *storage.Demand // nil: the programme's
	Named     time.Time       // the day of "trước 25/6"; zero where the last good day was named itself
	Due       time.Time       // the last good day, with the extension
	Original  time.Time       // without it
	Since     time.Time       // when it was asked or extended; zero: it stood all along
	Extended  bool
	CutOff    time.Time    // when figures are closed at the latest; zero: not said
	Office    ocop.UnitKey // whose officers follow it up; empty: nobody's
	Receiver  ocop.Text    // who gets it; empty: the Office
	Basis     string       // the document it stands on; empty: the asking itself
	Confirmed bool
	Withdrawn bool // it was asked for and taken back: nobody owes it any more

	ladder string
	steps  []Step
}

// Overdue tells whether its last good day is over.
func (o Owed) Overdue(now time.Time) bool { return !now.Before(o.Due.AddDate(0, 0, 1)) }

// DaysLeft counts the days to the last good day: 0 on it, negative after it.
func (o Owed) DaysLeft(now time.Time) int { return ocop.DaysBetween(now, o.Due) }

// Step is a moment at which the unit is told of a duty.
type Step struct {
	Name string // "T-7", "T+3"; Asked, Prolonged
	ocop.LadderStep
}

// The steps that are no rungs of the ladder: the news itself.
const (
	Asked     = "asked"    // it is asked for ad hoc
	Prolonged = "extended" // it was given more time
)

// Current is the latest step that came by a moment, and the one before it;
// false where none did.
func (o Owed) Current(now time.Time) (step, before Step, ok bool) {
	for _, s := range o.steps {
		if s.At.After(now) {
			break
		}
		step, before, ok = s, step, true
	}
	return step, before, ok
}

// Changes are what the records say beyond the programme.
type Changes struct {
	Demands    []storage.Demand
	Extensions []storage.Extension // the latest of a duty last
}

// Window is the span of last good days that matter at a moment: what is
// chased still, and what the ladder has begun for.
func Window(p *ocop.Programme, now time.Time) (from, to time.Time) {
	before, after := p.Chased(now)
	return now.AddDate(0, 0, -after), now.AddDate(0, 0, before)
}

// Owing lists what is owed with a last good day between two moments, in the
// order of the programme, and then what was asked for ad hoc. What was asked
// or extended is listed however far ahead it is.
func Owing(p *ocop.Programme, c Changes, from, to time.Time) []Owed {
	longer := map[storage.Duty]storage.Extension{}
	moved := map[storage.Duty]bool{} // with no unit: somebody's was extended
	first, last := from.In(ocop.Local).Year(), to.In(ocop.Local).Year()+1
	for _, e := range c.Extensions {
		longer[e.Duty] = e
		moved[storage.Duty{Obligation: e.Obligation, Period: e.Period}] = true
		if year, err := strconv.Atoi(e.Period); err == nil {
			first, last = min(first, year), max(last, year)
		}
	}
	var all []Owed
	add := func(o Owed) {
		if len(longer) > 0 {
			if e, ok := longer[o.Duty]; ok {
				o = o.until(e)
			}
		}
		if !o.Due.Before(from) && (!o.Due.After(to) || !o.Since.IsZero()) { // news is told at once
			all = append(all, o)
		}
	}
	type owing struct {
		ocop.Due
		units []ocop.Unit
	}
	var due []owing
	count := 0
	for year := first; year <= last; year++ {
		for _, d := range p.DueDates(year) {
			within := !d.LastGood.Before(from) && !d.LastGood.After(to)
			if within || moved[storage.Duty{Obligation: d.Obligation.ID, Period: strconv.Itoa(year)}] {
				o := owing{d, p.Owing(d)}
				due, count = append(due, o), count+len(o.units)
			}
		}
	}
	all = make([]Owed, 0, count) // of many units it is megabytes: it does not grow
	for _, d := range due {
		period, basis := strconv.Itoa(d.Year), p.Basis(d.Obligation)
		for _, u := range d.units {
			add(ofProgramme(p, d.Due, period, basis, u.Key))
		}
	}
	for i := range c.Demands {
		for _, u := range c.Demands[i].Units {
			add(ofDemand(&c.Demands[i], u))
		}
	}
	climb(p, all, to)
	return all
}

func ofProgramme(p *ocop.Programme, d ocop.Due, period, basis string, unit ocop.UnitKey) Owed {
	ob := d.Obligation
	o := Owed{Duty: storage.Duty{Obligation: ob.ID, Period: period, Unit: unit}, Title: ob.Title, Span: ob.Span, Task: ob.Task,
		Named: d.Named, Due: d.LastGood, Original: d.LastGood, CutOff: d.CutOff, Receiver: ob.Receiver, Basis: basis, Confirmed: ob.Confirmed, ladder: ob.Ladder}
	o.Office, _ = p.Office(ob, unit)
	return o
}

func ofDemand(d *storage.Demand, unit ocop.UnitKey) Owed {
	return Owed{Duty: storage.Duty{Obligation: d.Obligation(), Unit: unit}, Title: ocop.Text{VI: d.Title, EN: d.Title}, Demand: d,
		Due: d.Due, Original: d.Due, Since: d.At, Office: d.Unit, Confirmed: true}
}

// until is the duty with more time.
func (o Owed) until(e storage.Extension) Owed {
	o.Due, o.Since, o.Extended, o.Named = e.Due, e.At, true, time.Time{}
	return o
}

// climb gives each duty the steps of its ladder. Most share one day, and so
// its steps.
func climb(p *ocop.Programme, all []Owed, until time.Time) {
	type day struct {
		ladder     string
		due, since int64
	}
	shared := map[day][]Step{}
	for i := range all {
		o := &all[i]
		key := day{o.ladder, o.Due.Unix(), o.Since.UnixNano()}
		steps, ok := shared[key]
		if !ok {
			steps = stepsOf(p, *o, until)
			shared[key] = steps
		}
		o.steps = steps
	}
}

func stepsOf(p *ocop.Programme, o Owed, until time.Time) []Step {
	l, ok := p.Ladder(o.ladder, o.Due)
	if !ok {
		return nil
	}
	var steps []Step
	if !o.Since.IsZero() {
		l = l.Scaled(ocop.DaysBetween(o.Since, o.Due))
		name := Asked
		if o.Extended {
			name = Prolonged
		}
		steps = append(steps, Step{name, ocop.LadderStep{Days: ocop.DaysBetween(o.Since, o.Due), At: o.Since}})
	}
	for _, s := range l.Steps(p.Calendar(), o.Due, until) {
		if s.At.After(o.Since) {
			steps = append(steps, Step{s.Name(), s})
		}
	}
	return steps
}
