package ocop

import (
	"slices"
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
}
