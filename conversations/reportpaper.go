package conversations

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/paper"
	"ocopbot/storage"
)

// printedNotes promise a report as a letter, made when the answer is rendered:
// one to sign, one to edit.
func printedNotes(d storage.Duty) []Note {
	return []Note{
		note("letter.report_file", "obligation", d.Obligation, "period", d.Period, "unit", string(d.Unit), "as", paper.PDF),
		note("letter.report_edit", "obligation", d.Obligation, "period", d.Period, "unit", string(d.Unit), "as", paper.DOCX),
	}
}

// printedReport is a unit's report as an official letter, for who may see it.
func (t *T) printedReport(n Note) (string, *bot.Attachment, error) {
	v, err := t.onPaper().reportOf(dutyOf(n.Args["obligation"], n.Args["period"], n.Args["unit"]), true)
	if err != nil {
		return "", nil, err
	}
	if !v.mine() || v.report.ID == 0 {
		return t.Text("report.not_yours", nil), nil, nil
	}
	name := "bao-cao-" + strings.ReplaceAll(reportNumber(v.report), "/", "-")
	file, err := t.document(t.onPaper().reportLetter(v).Document(), strings.TrimSuffix(name, "-"), n.Args["as"])
	return t.Text(n.Key, nil), file, err
}

// reportLetter lays a unit's report out. What only the office's registry and
// whoever signs can give is left open until it is noted. t is in the letter's
// language.
func (t *T) reportLetter(v reportView) paper.Letter {
	unit, _ := t.prog.Unit(v.report.Unit)
	above, _ := t.prog.Unit(unit.Parent)
	r := v.report
	l := paper.Letter{
		Issuer: t.Text("letter.committee", nil) + "\n" + strings.ToUpper(unit.Title()), Symbol: "BC-UBND",
		Place: unit.Name, Date: r.SignDate, Year: t.Now.In(ocop.Local).Year(), Kind: t.Text("letter.report", nil),
		About: t.Text("letter.about", dataOf("title", t.subjectOf(v), "unit", strings.ReplaceAll(unit.Title(), " ", "\u00a0"))), To: []string{t.receiver(v.owed)},
		Copies: []string{t.Text("letter.as_above", nil), t.Text("letter.kept", nil)},
		Sign:   []string{t.Text("letter.for_committee", nil), t.Text("letter.chair", nil)}, Signer: cmp.Or(r.Signer, r.ApprovedBy),
	}
	if r.Deputy {
		l.Sign = []string{t.Text("letter.for_committee", nil), t.Text("letter.for_chair", nil), t.Text("letter.deputy", nil)}
	}
	if above.Kind != ocop.Province && above.Key != "" {
		l.Above = t.Text("letter.committee", nil) + " " + strings.ToUpper(above.Title())
	}
	if number, symbol, ok := strings.Cut(r.SignNumber, "/"); ok {
		l.Number, l.Symbol = number, symbol
	}
	if v.owed.Basis != "" {
		l.Body = append(l.Body, paper.Prose(t.Text("letter.basis_unit", dataOf("basis", v.owed.Basis, "unit", unit.Title()))))
	}
	if len(v.lines) > 0 {
		var rows [][]string
		for i, line := range v.lines {
			value, before := "", ""
			if line.row.Value >= 0 {
				value = t.count(line.row.Value)
			}
			if line.before >= 0 {
				before = t.count(line.before)
			}
			rows = append(rows, []string{fmt.Sprint(i + 1), line.Name(t.S.Lang), line.Unit.In(t.S.Lang), value, before})
		}
		l.Body = append(l.Body, paper.Heading(t.Text("letter.part_own_figures", nil)),
			paper.Figures([]float64{13, 77, 27, 24, 24}, []paper.Align{paper.Centre, paper.Left, paper.Left, paper.Right, paper.Right},
				[]string{t.Text("progress.head_number", nil), t.Text("letter.head_figure", nil), t.Text("letter.head_measure", nil),
					t.Text("letter.head_now", nil), t.Text("letter.head_before", nil)}, rows))
	}
	for _, x := range v.texts {
		l.Body = append(l.Body, paper.Heading(x.Title))
		for _, line := range strings.Split(cmp.Or(x.Text, t.Text("letter.nothing", nil)), "\n") {
			if strings.TrimSpace(line) != "" {
				l.Body = append(l.Body, paper.Prose(line))
			}
		}
	}
	l.Body = append(l.Body, paper.Prose(t.Text("letter.end_unit", nil)))
	return l
}

// subjectOf is what a report is about: by its form's title and its span, else
// by what it is called. That it is a report stands above it.
func (t *T) subjectOf(v reportView) string {
	subject := t.dutyTitle(v.owed)
	if span := v.owed.Span.In(t.S.Lang); v.form.ID != "" && span != "" {
		subject = v.form.Name(t.S.Lang) + " " + span + " " + v.owed.Period
	}
	return t.withoutKind(subject)
}

// withoutKind is a report's title where «báo cáo» stands above it.
func (t *T) withoutKind(title string) string {
	if kind := t.Text("letter.report", nil); len(title) > len(kind) && strings.EqualFold(title[:len(kind)], kind) {
		title = strings.TrimSpace(title[len(kind):])
	}
	first, size := utf8.DecodeRuneInString(title)
	return string(unicode.ToUpper(first)) + title[size:]
}
