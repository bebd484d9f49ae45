package ocop

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// readReports reads the forms of reports. Obligations name them.
func (p *Programme) readReports(o *object) {
	var lines []int
	o.blocks("report_forms", func(rule Rule, n *yaml.Node) {
		p.reportForms = append(p.reportForms, p.readReportForm(o, rule, n))
		lines = append(lines, n.Line)
	})
	unique(o.reader, lines, p.reportForms)
}

// filedAt are the words for the states from which a report counts as filed.
var filedAt = map[string]ReportState{"figures": ReportFiled, "signed": ReportSigned, "received": ReportReceived}

func (p *Programme) readReportForm(o *object, rule Rule, n *yaml.Node) ReportForm {
	b := o.object(n)
	f := ReportForm{Rule: rule, ID: b.text("id"), Title: b.both("title")}
	if at := b.need("filed_at"); at != nil {
		var ok bool
		if f.FiledAt, ok = filedAt[at.Value]; !ok {
			b.wrong(at.Line, "filed_at: figures, signed or received")
		}
	}
	seen := map[string]bool{}
	item := func(n *yaml.Node) *object {
		i := b.object(n)
		id := i.fields["id"]
		switch {
		case id == nil:
		case !formID(id.Value):
			i.wrong(id.Line, "id %q: letters a–z, digits and _ only, at most %d", id.Value, longestFormID)
		case seen[id.Value]:
			i.wrong(id.Line, "%q: given twice in the form", id.Value)
		default:
			seen[id.Value] = true
		}
		return i
	}
	for _, n := range b.list("figures") {
		i := item(n)
		g := Figure{ID: i.text("id"), Title: i.both("title"), Definition: i.both("definition"), Unit: i.both("unit")}
		if counts := i.take("counts"); counts != nil {
			if g.Counts = i.scalar(counts); !p.counts(g.Counts) {
				i.wrong(counts.Line, "counts: %q is nothing the records can be asked", g.Counts)
			}
		}
		f.Figures = append(f.Figures, g)
		i.done()
	}
	for _, n := range b.list("texts") {
		i := item(n)
		f.Texts = append(f.Texts, FormText{ID: i.text("id"), Title: i.both("title"), Hint: i.both("hint")})
		i.done()
	}
	b.done()
	return f
}

// longestFormID fits into a button beside what else it carries.
const longestFormID = 24

func formID(s string) bool {
	return s != "" && len(s) <= longestFormID && all(s, func(r rune) bool { return 'a' <= r && r <= 'z' || isDigit(r) || r == '_' })
}

// readLinks reads what an obligation says of other sections and of other
// obligations; the function it returns checks that when all are read.
func (p *Programme) readLinks(b *object, o *Obligation) (check func()) {
	form, follows, into := b.need("form"), b.take("follows"), b.take("into")
	o.Form, o.Follows, o.Into = b.scalar(form), b.scalar(follows), b.scalar(into)
	of := *o
	return func() {
		if form != nil && !slices.ContainsFunc(p.reportForms, func(f ReportForm) bool { return f.ID == of.Form && f.overlaps(of.Period) }) {
			b.wrong(form.Line, "form: %q is unknown in these days", of.Form)
		}
		if _, ok := p.Obligation(of.Follows); follows != nil && !ok {
			b.wrong(follows.Line, "follows: %q is unknown", of.Follows)
		}
		if into == nil {
			return
		}
		switch above, ok := p.Obligation(of.Into); {
		case !ok:
			b.wrong(into.Line, "into: %q is unknown", of.Into)
		case above.Form != of.Form:
			b.wrong(into.Line, "into: %q has another form", of.Into)
		case highest(above.Kinds) >= highest(of.Kinds):
			b.wrong(into.Line, "into: %q is not of units above", of.Into)
		}
	}
}

// highest is the least rank of kinds; the province's is 0.
func highest(kinds []UnitKind) int {
	rank := 9
	for _, k := range kinds {
		rank = min(rank, k.Rank())
	}
	return rank
}
