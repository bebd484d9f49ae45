package ocop

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Parse reads a programme file. One with mistakes is refused with a
// *FileError that lists them all, each with its line; name is what the error
// calls the file.
func Parse(name string, data []byte) (*Programme, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, &FileError{Name: name, Problems: []Problem{yamlProblem(err)}}
	}
	if len(doc.Content) == 0 {
		return nil, &FileError{Name: name, Problems: []Problem{{1, "the file is empty"}}}
	}
	r := &reader{sources: map[string]string{}}
	p := &Programme{sources: r.sources, levelNames: map[string]Text{}}
	o := r.object(doc.Content[0])
	also := p.readHead(o)
	p.readUnits(o)
	p.readGroups(o)
	p.readScores(o)
	p.readForm(o)
	p.readOffices(o)
	p.readCalendar(o)
	o.done()
	if err := r.fail(name); err != nil {
		return nil, err
	}
	p.indexNames(also)
	return p, nil
}

// yamlProblem takes the line out of what the YAML library says.
func yamlProblem(err error) Problem {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	var line int
	if _, scanErr := fmt.Sscanf(text, "line %d:", &line); scanErr == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	return Problem{line, text}
}

func (p *Programme) readHead(o *object) (also map[string][]string) {
	p.Code, p.Title, p.Ended = o.text("code"), o.both("title"), o.date("ended")
	if n := o.need("prefix"); n != nil {
		if p.Prefix = n.Value; p.Prefix == "" || len(p.Prefix) > longestPrefix || !all(p.Prefix, isUpper) {
			o.wrong(n.Line, "prefix: one to %d letters A–Z", longestPrefix)
		}
	}
	if n := o.need("sources"); n != nil {
		s := o.object(n)
		for id, v := range s.fields {
			o.sources[id] = o.scalar(v)
		}
	}
	also = map[string][]string{}
	if n := o.take("other_names"); n != nil {
		for code, v := range o.object(n).fields {
			also[code] = o.textsOf(v)
		}
	}
	return also
}

// readUnits reads units as [code, name, kind, parent code, [successor codes]].
func (p *Programme) readUnits(o *object) {
	var lines []int
	var parents []string
	var successors [][]string
	o.blocks("units", func(rule Rule, n *yaml.Node) {
		if n.Kind != yaml.SequenceNode || len(n.Content) < 3 || len(n.Content) > 5 {
			o.wrong(n.Line, "expected [code, name, kind, parent, [successors]]")
			return
		}
		u := Unit{Rule: rule, Code: n.Content[0].Value, Name: n.Content[1].Value, Kind: UnitKind(n.Content[2].Value)}
		u.Key = newUnitKey(u.Code, rule.From)
		if _, ok := kindsInEnglish[u.Kind]; !ok {
			o.wrong(n.Line, "%q is no kind of unit", u.Kind)
		}
		if rule.From.IsZero() {
			o.wrong(n.Line, "unit %s: its block needs from", u.Code)
		}
		parent, next := "", []string(nil)
		if len(n.Content) > 3 {
			parent = n.Content[3].Value
		}
		if len(n.Content) > 4 {
			next = o.textsOf(n.Content[4])
		}
		if parent == "" && u.Kind != Province {
			o.wrong(n.Line, "unit %s: parent missing", u.Code)
		}
		p.units = append(p.units, u)
		lines, parents, successors = append(lines, n.Line), append(parents, parent), append(successors, next)
	})
	unique(o.reader, lines, p.units)
	for i := range p.units {
		u := &p.units[i]
		if parents[i] != "" {
			if above, ok := p.unitByCode(parents[i], u.From); !ok {
				o.wrong(lines[i], "unit %s: its parent %s did not stand on %s", u.Code, parents[i], u.From.Format(time.DateOnly))
			} else if u.Parent = above.Key; above.Kind.Rank() >= u.Kind.Rank() {
				o.wrong(lines[i], "unit %s: its parent %s is no larger unit", u.Code, parents[i])
			}
		}
		for _, code := range successors[i] {
			next, ok := p.unitByCode(code, u.To)
			if u.To.IsZero() || !ok {
				o.wrong(lines[i], "unit %s: its successor %s does not stand on the day it ends", u.Code, code)
				continue
			}
			u.Successors = append(u.Successors, next.Key)
		}
		if !u.To.IsZero() && len(successors[i]) == 0 && u.Kind.Rank() == 2 {
			o.wrong(lines[i], "unit %s: ended without a successor", u.Code)
		}
	}
	p.indexUnits()
}

// unitByCode is UnitAt before the index is made.
func (p *Programme) unitByCode(code string, at time.Time) (Unit, bool) {
	for _, u := range p.units {
		if u.Code == code && u.Holds(at) {
			return u, true
		}
	}
	return Unit{}, false
}

func (u Unit) id() string { return u.Code }

func (p *Programme) readGroups(o *object) {
	var lines []int
	o.blocks("groups", func(rule Rule, n *yaml.Node) {
		g := o.object(n)
		p.groups = append(p.groups, Group{Rule: rule, ID: g.text("id"), Title: g.both("title"), About: g.bothIf("about"), words: g.texts("words")})
		lines = append(lines, n.Line)
		g.done()
	})
	unique(o.reader, lines, p.groups)
	for i, g := range p.groups {
		for _, w := range g.words {
			p.groupWords = append(p.groupWords, newKeyword(w, i))
		}
	}
	lines = nil
	o.blocks("key_products", func(rule Rule, n *yaml.Node) {
		k := o.object(n)
		p.keyProducts = append(p.keyProducts, KeyProduct{Rule: rule, ID: k.text("id"), Title: k.both("title"), Cluster: k.both("cluster"), words: k.texts("words")})
		lines = append(lines, n.Line)
		k.done()
	})
	unique(o.reader, lines, p.keyProducts)
	for i, k := range p.keyProducts {
		for _, w := range k.words {
			p.keyWords = append(p.keyWords, newKeyword(w, i))
		}
	}
	for _, w := range o.texts("no_group") {
		p.groupWords = append(p.groupWords, newKeyword(w, -1))
	}
	for _, w := range o.texts("no_key_product") {
		p.keyWords = append(p.keyWords, newKeyword(w, -1))
	}
}

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

func (p *Programme) readForm(o *object) {
	var lines []int
	o.blocks("producers", func(rule Rule, n *yaml.Node) {
		b := o.object(n)
		p.producers = append(p.producers, ProducerType{Rule: rule, ID: b.text("id"), Title: b.both("title"), Counsel: b.bothIf("advice")})
		lines = append(lines, n.Line)
		b.done()
	})
	unique(o.reader, lines, p.producers)
	lines = nil
	o.blocks("form", func(rule Rule, n *yaml.Node) {
		b := o.object(n)
		p.form = append(p.form, FormItem{Rule: rule, ID: b.text("id"), Mark: b.text("mark"), Title: b.both("title"), Explain: b.both("hint")})
		lines = append(lines, n.Line)
		b.done()
	})
	unique(o.reader, lines, p.form)
	lines = nil
	o.blocks("dossier", func(rule Rule, n *yaml.Node) {
		b := o.object(n)
		p.dossier = append(p.dossier, DossierItem{Rule: rule, ID: b.text("id"), Title: b.both("title"),
			Required: b.yes(b.take("required")), Form: b.textIf("form"), NotGroups: b.texts("not_groups")})
		for _, g := range p.dossier[len(p.dossier)-1].NotGroups {
			if _, ok := p.Group(g); !ok {
				b.wrong(n.Line, "group %q is unknown", g)
			}
		}
		lines = append(lines, n.Line)
		b.done()
	})
	unique(o.reader, lines, p.dossier)
	o.blocks("steps", func(rule Rule, n *yaml.Node) {
		b := o.object(n)
		s := Step{Rule: rule, Number: b.number("number"), Title: b.both("title")}
		for _, stage := range b.texts("stages") {
			if !slices.Contains(Stages(), Stage(stage)) {
				b.wrong(n.Line, "stage %q is unknown", stage)
			}
			s.Stages = append(s.Stages, Stage(stage))
		}
		p.steps = append(p.steps, s)
		b.done()
	})
}

func (p *Programme) readOffices(o *object) {
	var lines []int
	o.blocks("directory", func(rule Rule, n *yaml.Node) {
		b := o.object(n)
		p.directory = append(p.directory, Contact{Rule: rule, ID: b.text("id"), Topic: b.both("topic"), Who: b.both("who"), For: b.both("for")})
		lines = append(lines, n.Line)
		b.done()
	})
	unique(o.reader, lines, p.directory)
	lines = nil
	if o.fields["targets"] == nil {
		return
	}
	o.blocks("targets", func(rule Rule, n *yaml.Node) {
		b := o.object(n)
		t := Target{Rule: rule, ID: b.text("id"), Title: b.both("title"), Unit: b.both("unit"), Min: int64(b.number("min"))}
		t.Max = t.Min
		if m := b.take("max"); m != nil {
			if t.Max = int64(b.numberOf(m)); t.Max < t.Min {
				b.wrong(m.Line, "max: less than min")
			}
		}
		p.targets = append(p.targets, t)
		lines = append(lines, n.Line)
		b.done()
	})
	unique(o.reader, lines, p.targets)
}

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
