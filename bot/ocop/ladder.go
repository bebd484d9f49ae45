package ocop

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// Ladder says how many days before and after a last good day people are
// reminded, and when on the day.
type Ladder struct {
	Rule
	ID     string // empty: of every obligation that names none
	At     Clock
	Before []Rung // the furthest first; the last good day itself is 0
	After  []int  // days after the last good day; then
	Every  int    // so many days after the one before, until
	AtMost int    // so many days after it
}

// Rung is a reminder that comes so many days before the last good day.
type Rung struct {
	Days   int
	Soft   bool // spared to who acknowledged the one before
	Digest bool // the office above is told who filed and who is silent
}

// LadderStep is one step of a ladder on its day.
type LadderStep struct {
	Days    int       // before the last good day by the ladder; negative: after it
	At      time.Time // on a working day
	Soft    bool
	Digest  bool
	Overdue bool
}

// Name is the step as it is stored and listed: "T-7", "T-0" on the last good
// day, "T+3" three days after it.
func (s LadderStep) Name() string {
	if s.Overdue {
		return "T+" + strconv.Itoa(-s.Days)
	}
	return "T-" + strconv.Itoa(s.Days)
}

// Ladder is the one of an id that holds at a moment; false where there is none.
func (p *Programme) Ladder(id string, at time.Time) (Ladder, bool) {
	for _, l := range p.ladders {
		if l.ID == id && l.Holds(at) {
			return l, true
		}
	}
	return Ladder{}, false
}

// Chased are the most days before and after a last good day on which any
// ladder that holds at a moment has a step, days off included.
func (p *Programme) Chased(at time.Time) (before, after int) {
	for _, l := range p.ladders {
		if l.Holds(at) {
			before, after = max(before, l.reach()), max(after, l.AtMost+LongestHolidays)
		}
	}
	return before, after
}

// Steps are the ladder's steps for a last good day that come no later than a
// moment, in order. A step on a day off comes on the working day before, an
// overdue one on the working day after; of those that meet on one day the most
// urgent is left. The last good day itself never moves.
func (l Ladder) Steps(c Calendar, lastGood, until time.Time) []LadderStep {
	lastGood = day(lastGood)
	var steps []LadderStep
	add := func(s LadderStep, towards int) bool {
		on := lastGood.AddDate(0, 0, -s.Days)
		if !c.IsWorkingDay(on) {
			on = c.AddWorkingDays(on, towards)
		}
		s.At = on.Add(l.At)
		if s.At.After(until) {
			return false
		}
		if n := len(steps); n > 0 && !steps[n-1].At.Before(s.At) {
			s.Digest = s.Digest || steps[n-1].Digest
			steps[n-1] = s
			return true
		}
		steps = append(steps, s)
		return true
	}
	for _, r := range l.Before {
		if !add(LadderStep{Days: r.Days, Soft: r.Soft, Digest: r.Digest}, -1) {
			return steps
		}
	}
	for _, days := range l.After {
		if !add(LadderStep{Days: -days, Digest: true, Overdue: true}, 1) {
			return steps
		}
	}
	if l.Every == 0 || len(l.After) == 0 {
		return steps
	}
	for days := l.After[len(l.After)-1] + l.Every; days <= l.AtMost; days += l.Every {
		if !add(LadderStep{Days: -days, Digest: true, Overdue: true}, 1) {
			return steps
		}
	}
	return steps
}

// Current is the latest step that came by a moment.
func (l Ladder) Current(c Calendar, lastGood, at time.Time) (LadderStep, bool) {
	steps := l.Steps(c, lastGood, at)
	if len(steps) == 0 {
		return LadderStep{}, false
	}
	return steps[len(steps)-1], true
}

// LongestHolidays is by how many days a step may move at the most.
const LongestHolidays = 14

// reach is how many days before a last good day a ladder may begin, days off
// included.
func (l Ladder) reach() int {
	if len(l.Before) == 0 {
		return 0
	}
	return l.Before[0].Days + LongestHolidays
}

// Scaled is the ladder for what is asked only so many days ahead: the same
// steps over the time that is left, the first of them being the asking itself.
// What falls on one day is one step, soft if all are.
func (l Ladder) Scaled(days int) Ladder {
	if len(l.Before) == 0 || days >= l.Before[0].Days {
		return l
	}
	longest := l.Before[0].Days
	var scaled []Rung
	for _, r := range l.Before {
		r.Days = (r.Days*days + longest/2) / longest
		if r.Days >= days && r.Days > 0 {
			continue // it is being asked
		}
		if n := len(scaled); n > 0 && scaled[n-1].Days == r.Days {
			scaled[n-1].Soft = scaled[n-1].Soft && r.Soft
			scaled[n-1].Digest = scaled[n-1].Digest || r.Digest
			continue
		}
		scaled = append(scaled, r)
	}
	l.Before = scaled
	return l
}

// DaysBetween counts the days from the day of one moment to that of another;
// negative where to is earlier.
func DaysBetween(from, to time.Time) int {
	return int(day(to).Sub(day(from)).Round(24*time.Hour) / (24 * time.Hour))
}

func sortRungs(rs []Rung) {
	slices.SortFunc(rs, func(a, b Rung) int { return cmp.Compare(b.Days, a.Days) })
}
