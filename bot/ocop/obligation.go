package ocop

import (
	"slices"
	"time"
)

// Obligation is a report that units owe every year.
type Obligation struct {
	Rule
	ID        string
	Title     Text
	Kinds     []UnitKind // which units owe it
	Span      Text       // what it reports on: "6 tháng đầu năm"
	Month     time.Month // "trước 25/6": the day named by the rule
	Day       int
	OnDayLate bool // the day named is itself too late: read strictly, "trước 25/6" ends on 24/6
	CutOff    int  // working days before the last good day on which figures are closed at the latest
	Receiver  Text
	Confirmed bool // false: who owes it is read into the law, not written in it
	Ladder    []Rung
}

// Rung is one reminder: so many days before the last good day (negative:
// after it), to whom.
type Rung struct {
	Days int
	To   string // "officer", "chief", "above"
}

// Name is the obligation's title in a language.
func (o Obligation) Name(lang string) string { return o.Title.In(lang) }

func (o Obligation) id() string { return o.ID }

// Due is one obligation in one year.
type Due struct {
	Obligation Obligation
	Year       int
	Named      time.Time // the day the rule names, shown as "trước 25/6"
	LastGood   time.Time // the last day on which it is in time
	CutOff     time.Time // the latest day on which its figures are closed
}

// Late tells whether something filed at a moment came too late.
func (d Due) Late(at time.Time) bool { return !at.Before(d.LastGood.AddDate(0, 0, 1)) }

// Reminders are the days of the ladder, in its order.
func (d Due) Reminders() []time.Time {
	var ts []time.Time
	for _, r := range d.Obligation.Ladder {
		ts = append(ts, d.LastGood.AddDate(0, 0, -r.Days))
	}
	return ts
}

// Obligation finds an obligation by its id.
func (p *Programme) Obligation(id string) (Obligation, bool) { return latest(p.obligations, id) }

// DueDates are the obligations of a year, the earliest first. Each is judged
// by the rule that holds on the day it names.
func (p *Programme) DueDates(year int) []Due {
	var ds []Due
	for _, o := range p.obligations {
		named := Date(year, o.Month, o.Day)
		if !o.Holds(named) {
			continue
		}
		d := Due{Obligation: o, Year: year, Named: named, LastGood: named}
		if o.OnDayLate {
			d.LastGood = named.AddDate(0, 0, -1)
		}
		d.CutOff = p.calendar.AddWorkingDays(d.LastGood, -o.CutOff)
		ds = append(ds, d)
	}
	slices.SortStableFunc(ds, func(a, b Due) int { return a.Named.Compare(b.Named) })
	return ds
}

// Owing are the units that owe an obligation when it is due.
func (p *Programme) Owing(d Due) []Unit {
	var us []Unit
	for _, u := range p.Units(d.LastGood) {
		if slices.Contains(d.Obligation.Kinds, u.Kind) {
			us = append(us, u)
		}
	}
	return us
}
