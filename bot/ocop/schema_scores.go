package ocop

import (
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

func (p *Programme) readScores(o *object) {
	var lines []int
	o.blocks("parts", func(rule Rule, n *yaml.Node) {
		b := o.object(n)
		p.parts = append(p.parts, Part{Rule: rule, ID: b.text("id"), Title: b.both("title"), Max: b.score("max")})
		lines = append(lines, n.Line)
		b.done()
	})
	unique(o.reader, lines, p.parts)
	p.checkParts(o.reader, lines)
	lines = nil
	o.blocks("bands", func(rule Rule, n *yaml.Node) {
		b := o.object(n)
		p.bands = append(p.bands, Band{Rule: rule, Stars: b.number("stars"), AtLeast: b.score("at_least"), Below: b.score("below")})
		lines = append(lines, n.Line)
		b.done()
	})
	p.checkBands(o.reader, lines)
	if n := o.need("level_names"); n != nil {
		names := o.object(n)
		for _, level := range []string{CommuneLevel, DistrictLevel, ProvinceLevel, CentralLevel} {
			p.levelNames[level] = names.both(level)
		}
		names.done()
	}
	o.blocks("levels", func(rule Rule, n *yaml.Node) {
		b := o.object(n)
		l := LevelRule{Rule: rule, Level: b.text("level"), Does: b.text("does"), Forward: b.scoreOf(b.take("forward"))}
		for _, s := range b.texts("stars") {
			stars, err := strconv.Atoi(s)
			if err != nil || stars < 1 || stars > 5 {
				b.wrong(n.Line, "%q is no number of stars", s)
			}
			l.Stars = append(l.Stars, stars)
		}
		if _, ok := p.levelNames[l.Level]; !ok {
			b.wrong(n.Line, "level %q is unknown", l.Level)
		}
		if !slices.Contains([]string{Recognises, Screens, ChecksForm}, l.Does) || l.Does == Recognises && len(l.Stars) == 0 {
			b.wrong(n.Line, "does: recognises (with stars), screens or checks")
		}
		for _, other := range p.levels {
			for _, s := range l.Stars {
				if other.overlaps(l.Period) && slices.Contains(other.Stars, s) {
					b.wrong(n.Line, "%d stars: recognised by two levels on the same days", s)
				}
			}
		}
		p.levels = append(p.levels, l)
		b.done()
	})
	for _, n := range o.list("certificates") {
		b := o.object(n)
		p.validMonths = append(p.validMonths, validity{b.rule(), b.number("months")})
		b.done()
	}
}

// checkParts: on every day the parts make 100 points.
func (p *Programme) checkParts(r *reader, lines []int) {
	for i, part := range p.parts {
		var sum Score
		for _, q := range p.parts {
			if q.Holds(part.From) {
				sum += q.Max
			}
		}
		if sum != FullScore {
			r.wrong(lines[i], "parts: those of these days make %s points, not 100", sum)
			return
		}
	}
}

// checkBands: on every day the bands cover 0 to 100 points once.
func (p *Programme) checkBands(r *reader, lines []int) {
	for i, b := range p.bands {
		if b.AtLeast >= b.Below {
			r.wrong(lines[i], "%d stars: at_least is not less than below", b.Stars)
		}
		starts, ends := b.AtLeast == 0, b.Below == FullScore
		for j, c := range p.bands {
			if i == j || !c.overlaps(b.Period) {
				continue
			}
			if c.AtLeast < b.Below && b.AtLeast < c.Below {
				r.wrong(lines[i], "%d stars: overlaps the band of %d stars", b.Stars, c.Stars)
			}
			if c.Stars == b.Stars {
				r.wrong(lines[i], "%d stars: given twice for the same days", b.Stars)
			}
			starts, ends = starts || c.Below == b.AtLeast, ends || c.AtLeast == b.Below
		}
		if !starts {
			r.wrong(lines[i], "%d stars: no band ends where this one begins", b.Stars)
		}
		if !ends {
			r.wrong(lines[i], "%d stars: no band begins where this one ends", b.Stars)
		}
	}
}
