package ocop

import (
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

func (p *Programme) readCalendar(o *object) {
	var days []Holiday
	o.blocks("holidays", func(rule Rule, n *yaml.Node) {
		b := o.object(n)
		h := Holiday{Rule: rule, Day: b.dateOf(b.need("day")), Title: b.both("title"), Works: b.yes(b.take("works")), Provisional: b.yes(b.take("provisional"))}
		weekend := h.Day.Weekday() == time.Saturday || h.Day.Weekday() == time.Sunday
		if h.Works && !weekend {
			b.wrong(n.Line, "works: only a Saturday or Sunday is worked in exchange")
		}
		if slices.ContainsFunc(days, func(d Holiday) bool { return d.Day.Equal(h.Day) }) {
			b.wrong(n.Line, "day %s: given twice", h.Day.Format(time.DateOnly))
		}
		days = append(days, h)
		b.done()
	})
	p.calendar = newCalendar(days)
	var lines []int
	o.blocks("obligations", func(rule Rule, n *yaml.Node) {
		p.obligations = append(p.obligations, readObligation(o, rule, n))
		lines = append(lines, n.Line)
	})
	unique(o.reader, lines, p.obligations)
}

func readObligation(o *object, rule Rule, n *yaml.Node) Obligation {
	b := o.object(n)
	ob := Obligation{Rule: rule, ID: b.text("id"), Title: b.both("title"), Span: b.both("span"), Receiver: b.both("receiver"),
		OnDayLate: b.yes(b.need("day_itself_late")), CutOff: b.number("cut_off"), Confirmed: b.yes(b.need("confirmed"))}
	for _, k := range b.texts("kinds") {
		if _, ok := kindsInEnglish[UnitKind(k)]; !ok {
			b.wrong(n.Line, "%q is no kind of unit", k)
		}
		ob.Kinds = append(ob.Kinds, UnitKind(k))
	}
	if len(ob.Kinds) == 0 {
		b.wrong(n.Line, "kinds: missing")
	}
	if before := b.need("before"); before != nil {
		// Of a year without 29 February, so that the day is there every year.
		t, err := time.Parse("2/1/2006", before.Value+"/2025")
		if err != nil {
			b.wrong(before.Line, "%q is not a day of the year (write 25/6)", before.Value)
		}
		ob.Day, ob.Month = t.Day(), t.Month()
	}
	for _, step := range b.listOf(b.take("ladder")) {
		l := b.object(step)
		rung := Rung{To: l.text("to")}
		days := l.text("days")
		var err error
		if rung.Days, err = strconv.Atoi(days); err != nil {
			l.wrong(step.Line, "%q is not a number of days", days)
		}
		if !slices.Contains([]string{"officer", "chief", "above"}, rung.To) {
			l.wrong(step.Line, "to: officer, chief or above")
		}
		ob.Ladder = append(ob.Ladder, rung)
		l.done()
	}
	b.done()
	return ob
}
