package ocop

import "time"

// Local is the time people in Vietnam live by. It has been seven hours ahead
// of UTC all year round since 1975, so that no time zone table is needed.
var Local = time.FixedZone("+07", 7*60*60)

// Date is the first moment of a day in Vietnam.
func Date(year int, month time.Month, dayOfMonth int) time.Time {
	return time.Date(year, month, dayOfMonth, 0, 0, 0, 0, Local)
}

// day is the first moment of the day of t in Vietnam.
func day(t time.Time) time.Time {
	y, m, d := t.In(Local).Date()
	return Date(y, m, d)
}

// Holiday is a day off, or, with Works, a Saturday worked instead.
type Holiday struct {
	Rule
	Day         time.Time
	Title       Text
	Works       bool // a weekend day on which offices work in exchange
	Provisional bool // not announced for certain yet
}

// Calendar tells working days from others: Bộ luật Lao động 2019, điều 112,
// and the yearly notices on which days are exchanged.
type Calendar struct {
	days  map[time.Time]Holiday
	years map[int]bool
}

func newCalendar(all []Holiday) Calendar {
	c := Calendar{days: make(map[time.Time]Holiday, len(all)), years: map[int]bool{}}
	for _, h := range all {
		c.days[h.Day] = h
		c.years[h.Day.Year()] = true
	}
	return c
}

// Calendar is the programme's working calendar.
func (p *Programme) Calendar() Calendar { return p.calendar }

// Knows tells whether a year's holidays are in the file; of other years only
// weekends are known.
func (c Calendar) Knows(year int) bool { return c.years[year] }

// Holiday finds what is special about the day of t.
func (c Calendar) Holiday(t time.Time) (Holiday, bool) {
	h, ok := c.days[day(t)]
	return h, ok
}

// IsWorkingDay tells whether offices work on the day of t.
func (c Calendar) IsWorkingDay(t time.Time) bool {
	if h, ok := c.Holiday(t); ok {
		return h.Works
	}
	w := t.In(Local).Weekday()
	return w != time.Saturday && w != time.Sunday
}

// AddWorkingDays goes n working days forward (backward for a negative n) from
// the day of t, at the same time of day; the day of t itself is not counted.
// With n = 0 it gives t.
func (c Calendar) AddWorkingDays(t time.Time, n int) time.Time {
	t = t.In(Local)
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		t = t.AddDate(0, 0, step)
		if c.IsWorkingDay(t) {
			n--
		}
	}
	return t
}

// WorkingDaysBetween counts the working days after the day of from up to and
// with the day of to; 0 where to is not later.
func (c Calendar) WorkingDaysBetween(from, to time.Time) int {
	n := 0
	for d, end := day(from).AddDate(0, 0, 1), day(to); !d.After(end); d = d.AddDate(0, 0, 1) {
		if c.IsWorkingDay(d) {
			n++
		}
	}
	return n
}

// Clock is a time of day in Vietnam, as the duration since midnight: 6h30m.
type Clock = time.Duration

// WithinHours tells whether t lies between two times of day, from included,
// to not. With from later than to the span goes over midnight.
func WithinHours(t time.Time, from, to Clock) bool {
	c := t.Sub(day(t))
	if from <= to {
		return from <= c && c < to
	}
	return c >= from || c < to
}

// NextAt is the first moment at or after t that is that time of day.
func NextAt(t time.Time, at Clock) time.Time {
	next := day(t).Add(at)
	if next.Before(t) {
		next = day(t).AddDate(0, 0, 1).Add(at)
	}
	return next
}

// NextWithin is t itself where it lies between two times of day, else the
// next moment that does.
func NextWithin(t time.Time, from, to Clock) time.Time {
	if WithinHours(t, from, to) {
		return t
	}
	return NextAt(t, from)
}
