package ocop

import (
	"slices"
	"time"
)

// Obligation is what units owe every year, or every so many years: a report,
// or a task that is closed by saying that it was done.
type Obligation struct {
	Rule
	ID        string
	Title     Text
	Task      bool       // no report: somebody says when it was done
	Kinds     []UnitKind // which units owe it, or
	Codes     []string   // the codes of single units that do
	Span      Text       // what a report is on: "6 tháng đầu năm"
	Month     time.Month // "trước 25/6": the day named by the rule
	Day       int
	Every     int    // years between two of them; 1: every year
	First     int    // a year in which it is due, where Every is more than 1
	OnDayLate bool   // the day named is itself too late: read strictly, "trước 25/6" ends on 24/6
	CutOff    int    // working days before the last good day on which figures are closed at the latest
	Form      string // id of a ReportForm; empty for a task
	Follows   string // obligation whose cut-off of the year before a report's figures begin after
	Into      string // obligation of the units above in which its figures add up
	Receiver  Text
	Ladder    string   // id of the Ladder; empty: the one without
	Above     UnitKind // of the unit above whose officers follow who is late; empty: nobody does
	Clause    string   // of the source: "V.12"
	Confirmed bool     // false: who owes it, or by when, is read into the source, not written in it
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

// Obligation finds an obligation by its id.
func (p *Programme) Obligation(id string) (Obligation, bool) { return latest(p.obligations, id) }

// Basis is the document an obligation stands on, with the place in it.
func (p *Programme) Basis(o Obligation) string {
	basis := p.Source(o.Source)
	if o.Clause != "" {
		basis += ", " + o.Clause
	}
	return basis
}

// Due is an obligation in one year; false where it is not due in that year.
func (p *Programme) Due(id string, year int) (Due, bool) {
	for _, o := range p.obligations {
		if o.ID == id && o.inYear(year) {
			return p.due(o, year), true
		}
	}
	return Due{}, false
}

// DueDates are the obligations of a year, the earliest first. Each is judged
// by the rule that holds on the day it names.
func (p *Programme) DueDates(year int) []Due {
	var ds []Due
	for _, o := range p.obligations {
		if o.inYear(year) {
			ds = append(ds, p.due(o, year))
		}
	}
	slices.SortStableFunc(ds, func(a, b Due) int { return a.Named.Compare(b.Named) })
	return ds
}

func (o Obligation) inYear(year int) bool {
	return o.Holds(Date(year, o.Month, o.Day)) && (o.Every <= 1 || (year-o.First)%o.Every == 0)
}

func (p *Programme) due(o Obligation, year int) Due {
	d := Due{Obligation: o, Year: year, Named: Date(year, o.Month, o.Day)}
	d.LastGood = d.Named
	if o.OnDayLate {
		d.LastGood = d.Named.AddDate(0, 0, -1)
	}
	d.CutOff = p.calendar.AddWorkingDays(d.LastGood, -o.CutOff)
	return d
}

// Owing are the units that owe an obligation when it is due.
func (p *Programme) Owing(d Due) []Unit {
	var us []Unit
	for _, u := range p.Units(d.LastGood) {
		if d.Obligation.Owes(u) {
			us = append(us, u)
		}
	}
	return us
}

// Owes tells whether a unit is among those that owe it.
func (o Obligation) Owes(u Unit) bool {
	return slices.Contains(o.Kinds, u.Kind) || slices.Contains(o.Codes, u.Code)
}

// Office is the unit whose officers follow up what a unit owes: the one above
// it of the obligation's kind. False where nobody does.
func (p *Programme) Office(o Obligation, unit UnitKey) (UnitKey, bool) {
	if o.Above == "" {
		return "", false
	}
	for _, above := range p.Ancestors(unit) {
		if above.Kind.Rank() == o.Above.Rank() {
			return above.Key, true
		}
	}
	return "", false
}
