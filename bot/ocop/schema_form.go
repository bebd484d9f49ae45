package ocop

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

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
		c := Contact{Rule: rule, ID: b.text("id"), Topic: b.both("topic"), Who: b.both("who"), For: b.both("for")}
		for _, phrase := range b.texts("words") {
			ws, _ := words(phrase)
			c.words = append(c.words, ws)
		}
		p.directory = append(p.directory, c)
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
		t := Target{Rule: rule, ID: b.text("id"), Title: b.both("title"), Short: b.both("short"), Unit: b.both("unit"), Min: int64(b.number("min"))}
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
