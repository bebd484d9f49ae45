package ocop

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

// readLadder reads when people are reminded of what is due.
func (p *Programme) readLadder(o *object) {
	o.blocks("ladder", func(rule Rule, n *yaml.Node) {
		b := o.object(n)
		l := Ladder{Rule: rule, ID: b.textIf("id"), After: b.days("after"), Every: b.number("then_every"), AtMost: b.number("at_most")}
		if at := b.need("at"); at != nil {
			t, err := time.Parse("15:04", at.Value)
			if err != nil {
				b.wrong(at.Line, "%q is not a time of day (write 08:00)", at.Value)
			}
			l.At = time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
		}
		before, soft, digest := b.days("before"), b.days("soft"), b.days("digest")
		for _, d := range before {
			l.Before = append(l.Before, Rung{Days: d, Soft: slices.Contains(soft, d), Digest: slices.Contains(digest, d)})
		}
		sortRungs(l.Before)
		for _, d := range append(soft, digest...) {
			if !slices.Contains(before, d) {
				b.wrong(n.Line, "soft, digest: %d is not in before", d)
			}
		}
		if !slices.IsSorted(l.After) || slices.Contains(l.After, 0) {
			b.wrong(n.Line, "after: days from 1 on, in their order")
		}
		if l.Every == 0 {
			b.wrong(n.Line, "then_every: at least 1 day")
		}
		if len(p.ladders) > 0 && slices.ContainsFunc(p.ladders, func(other Ladder) bool { return other.ID == l.ID && other.overlaps(rule.Period) }) {
			b.wrong(n.Line, "ladder: given twice for the same days")
		}
		p.ladders = append(p.ladders, l)
		b.done()
	})
}

// days reads a list of whole numbers.
func (o *object) days(key string) []int {
	var all []int
	for _, n := range o.list(key) {
		all = append(all, o.numberOf(n))
	}
	return all
}

func (p *Programme) readObligations(o *object) {
	var lines []int
	var checks []func()
	o.blocks("obligations", func(rule Rule, n *yaml.Node) {
		ob, check := p.readObligation(o, rule, n)
		p.obligations = append(p.obligations, ob)
		if check != nil {
			checks = append(checks, check)
		}
		lines = append(lines, n.Line)
	})
	unique(o.reader, lines, p.obligations)
	for _, check := range checks {
		check()
	}
}

func (p *Programme) readObligation(o *object, rule Rule, n *yaml.Node) (ob Obligation, check func()) {
	b := o.object(n)
	ob = Obligation{Rule: rule, ID: b.text("id"), Title: b.both("title"), Task: b.yes(b.take("task")), Receiver: b.both("receiver"), Every: 1,
		OnDayLate: b.yes(b.need("day_itself_late")), Clause: b.textIf("clause"), Confirmed: b.yes(b.need("confirmed"))}
	if ob.Task {
		ob.Span = b.bothIf("span")
	} else {
		ob.Span, ob.CutOff = b.both("span"), b.number("cut_off")
	}
	if ladder := b.take("ladder"); ladder != nil {
		ob.Ladder = b.scalar(ladder)
		if !slices.ContainsFunc(p.ladders, func(l Ladder) bool { return l.ID == ob.Ladder && l.overlaps(ob.Period) }) {
			b.wrong(ladder.Line, "ladder: %q is unknown in these days", ob.Ladder)
		}
	}
	p.readOwing(b, n, &ob)
	if !ob.Task {
		check = p.readLinks(b, &ob)
	}
	if before := b.need("before"); before != nil {
		// Of a year without 29 February, so that the day is there every year.
		t, err := time.Parse("2/1/2006", before.Value+"/2025")
		if err != nil {
			b.wrong(before.Line, "%q is not a day of the year (write 25/6)", before.Value)
		}
		ob.Day, ob.Month = t.Day(), t.Month()
	}
	if every := b.take("every"); every != nil {
		if ob.Every = b.numberOf(every); ob.Every < 1 {
			b.wrong(every.Line, "every: at least 1 year")
		}
		if ob.Every > 1 {
			ob.First = b.number("first")
		}
	}
	b.done()
	return ob, check
}

// readOwing reads who owes it, and whose officers follow it up.
func (p *Programme) readOwing(b *object, n *yaml.Node, ob *Obligation) {
	for _, k := range b.texts("kinds") {
		if _, ok := kindsInEnglish[UnitKind(k)]; !ok {
			b.wrong(n.Line, "%q is no kind of unit", k)
		}
		ob.Kinds = append(ob.Kinds, UnitKind(k))
	}
	units := b.take("units")
	ob.Codes = b.textsOf(units)
	for _, code := range ob.Codes {
		if !slices.ContainsFunc(p.units, func(u Unit) bool { return u.Code == code && u.overlaps(ob.Period) }) {
			b.wrong(units.Line, "units: no unit has the code %q while this holds", code)
		}
	}
	if (len(ob.Kinds) == 0) == (len(ob.Codes) == 0) {
		b.wrong(n.Line, "kinds or units: which units owe it")
	}
	if above := b.take("above"); above != nil {
		ob.Above = UnitKind(above.Value)
		if _, ok := kindsInEnglish[ob.Above]; !ok {
			b.wrong(above.Line, "%q is no kind of unit", above.Value)
		}
		for _, k := range ob.Kinds {
			if k.Rank() <= ob.Above.Rank() {
				b.wrong(above.Line, "above: %s is not above %s", ob.Above, k)
			}
		}
	}
}
