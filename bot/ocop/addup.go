package ocop

import (
	"maps"
	"slices"
	"time"
)

// Figures are the figures of a report by their id. One that is not known is
// not there.
type Figures map[string]int64

// Adding is what a unit's figures are added up from.
type Adding struct {
	Form ReportForm
	// HandedIn are the figures of the units that filed, by obligation.
	HandedIn map[string]map[UnitKey]Figures
	// Records are the counts of the records by their own unit, standing or
	// not, over the span of each obligation: by Figure.Counts.
	Records map[string]map[UnitKey]Figures
	// At is the moment whose units answer for the records; zero: the end of
	// the span.
	At time.Time
}

// Sum is what a unit's report is filled in with.
type Sum struct {
	Figures Figures
	Filed   []UnitKey // below it, whose filed figures are in the sum
	Missing []UnitKey // that owe a report and did not file: their records are in it instead
}

// AddUp are the figures of a unit for an obligation: the records of its own
// and, of each unit below that owes a report which adds up in this one, what
// it filed, or else its records. Each record counts once: where its unit filed,
// in what was filed; where the unit is gone, in its successor's.
func (p *Programme) AddUp(d Due, unit UnitKey, in Adding) Sum {
	a := adder{Programme: p, Adding: in, home: map[string]map[UnitKey]Figures{}}
	if a.At.IsZero() {
		a.At = p.Span(d).To.Add(-time.Nanosecond)
	}
	sum := Sum{}
	sum.Figures = a.of(d, unit, &sum)
	return sum
}

type adder struct {
	*Programme
	Adding
	home map[string]map[UnitKey]Figures // the records of an obligation by who answers for them
}

// of adds up below a unit. Who filed and who did not is noted in told, of the
// first level that owes a report.
func (a *adder) of(d Due, unit UnitKey, told *Sum) Figures {
	sum := Figures{}
	records := a.records(d)[unit]
	for _, f := range a.Form.Figures {
		if f.Counts != "" {
			sum[f.ID] = records[f.Counts]
		}
	}
	feeding := a.Feeding(d)
	for _, child := range a.below(unit, feeding) {
		i := slices.IndexFunc(feeding, func(o Due) bool { return o.Obligation.Owes(child) })
		if i < 0 {
			sum.add(a.of(d, child.Key, told))
			continue
		}
		owed := feeding[i]
		below := a.of(owed, child.Key, nil)
		filed, ok := a.HandedIn[owed.Obligation.ID][child.Key]
		for id, n := range filed {
			below[id] = n
		}
		sum.add(below)
		if told == nil {
			continue
		}
		if ok {
			told.Filed = append(told.Filed, child.Key)
		} else {
			told.Missing = append(told.Missing, child.Key)
		}
	}
	return sum
}

func (f Figures) add(g Figures) {
	for id, n := range g {
		f[id] += n
	}
}

// below are the units right below one: those that stand, and those that filed
// before they ended.
func (a *adder) below(unit UnitKey, feeding []Due) []Unit {
	units := a.Children(unit, a.At)
	for _, o := range feeding {
		for _, key := range slices.Sorted(maps.Keys(a.HandedIn[o.Obligation.ID])) {
			if u, ok := a.Unit(key); ok && !u.Holds(a.At) && a.Home(u.Parent, a.At) == unit {
				units = append(units, u)
			}
		}
	}
	return units
}

// records are those of an obligation's span, by the unit that answers for
// them: one that filed does so itself, although it ended since.
func (a *adder) records(d Due) map[UnitKey]Figures {
	id := d.Obligation.ID
	if by, ok := a.home[id]; ok {
		return by
	}
	by := map[UnitKey]Figures{}
	for key, counts := range a.Records[id] {
		home := key
		if !a.filed(key) {
			home = a.Home(key, a.At)
		}
		if by[home] == nil {
			by[home] = Figures{}
		}
		by[home].add(counts)
	}
	a.home[id] = by
	return by
}

func (a *adder) filed(unit UnitKey) bool {
	for _, units := range a.HandedIn {
		if _, ok := units[unit]; ok {
			return true
		}
	}
	return false
}
