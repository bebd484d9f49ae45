package conversations

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// reportView is a report as somebody sees it. Who has nothing to do with it
// sees none: works, leads and receives are false.
type reportView struct {
	owed   duties.Owed
	form   ocop.ReportForm // without figures where it was asked for ad hoc
	report storage.Report  // ID 0: nobody wrote anything yet
	lines  []reportLine
	texts  []reportItem
	files  []storage.File
	sum    ocop.Sum // of a draft: what its figures are filled in with

	works, leads, receives bool
}

// reportLine is one figure.
type reportLine struct {
	ocop.Figure
	row    storage.ReportFigure // as it was written, else as the program fills it in
	before int64                // in the year before; -1: not known
}

// edited tells whether somebody wrote another value than the records have.
func (l reportLine) edited() bool {
	return l.row.Version > 0 && l.row.Prefilled >= 0 && l.row.Value != l.row.Prefilled
}

// reportItem is one text, or the answer to a question asked ad hoc.
type reportItem struct {
	ID, Title, Hint string
	storage.ReportText
}

// open tells whether the report can be written in.
func (v reportView) open() bool { return v.report.ID == 0 || v.report.State == ocop.ReportDraft }

// mine tells whether the viewer has anything to do with it.
func (v reportView) mine() bool { return v.works || v.leads || v.receives }

// loadReport reads the report of the frame's duty, with its figures.
func loadReport(t *T) (any, error) { return t.reportOf(t.frameDuty(), true) }

// loadReportTexts reads it without figures, which are the costly part.
func loadReportTexts(t *T) (any, error) { return t.reportOf(t.frameDuty(), false) }

// reportOf reads the latest edition of a duty's report for who is asking.
func (t *T) reportOf(d storage.Duty, figures bool) (reportView, error) {
	who, err := t.Viewer()
	if err != nil {
		return reportView{}, err
	}
	owed, err := duties.One(t.Ctx, t.reads, t.prog, d)
	if errors.Is(err, storage.ErrNotFound) || err == nil && owed.Task {
		return reportView{}, nil
	}
	if err != nil {
		return reportView{}, fmt.Errorf("conversations: duty: %w", err)
	}
	v := reportView{owed: owed, works: works(who, d.Unit), leads: leads(who, d.Unit), receives: works(who, owed.Office)}
	v.report, err = t.reads.LatestReport(t.Ctx, d)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return v, fmt.Errorf("conversations: report: %w", err)
	}
	if owed.Withdrawn && !v.report.State.HandedIn() {
		return reportView{}, nil
	}
	if !v.works && !v.leads && (!v.receives || !v.report.State.HandedIn()) {
		return reportView{owed: owed}, nil
	}
	if err := t.readItems(&v); err != nil || !figures {
		return v, err
	}
	return v, t.readLines(&v)
}

// readItems fills in the texts, or the questions, and the files.
func (t *T) readItems(v *reportView) (err error) {
	var texts []storage.ReportText
	if v.report.ID != 0 {
		if texts, err = t.reads.ReportTexts(t.Ctx, v.report.ID); err != nil {
			return fmt.Errorf("conversations: report texts: %w", err)
		}
		if v.files, err = t.reads.ReportFiles(t.Ctx, v.report.ID); err != nil {
			return fmt.Errorf("conversations: report files: %w", err)
		}
	}
	v.form, v.texts = t.formOf(v.owed)
	for i := range v.texts {
		if j := slices.IndexFunc(texts, func(x storage.ReportText) bool { return x.Item == v.texts[i].ID }); j >= 0 {
			v.texts[i].ReportText = texts[j]
		}
	}
	return nil
}

// formOf is what the report of a duty consists of: the form, without figures
// where it was asked for ad hoc, and the texts or the questions.
func (t *T) formOf(o duties.Owed) (form ocop.ReportForm, items []reportItem) {
	if o.Demand != nil {
		for i, q := range o.Demand.Questions {
			items = append(items, reportItem{ID: "q" + strconv.Itoa(i+1), Title: q})
		}
		return form, items
	}
	if d, ok := t.dueOf(o.Duty); ok {
		form, _ = t.prog.ReportForm(d)
	}
	for _, x := range form.Texts {
		items = append(items, reportItem{ID: x.ID, Title: x.Name(t.S.Lang), Hint: x.Hint.In(t.S.Lang)})
	}
	return form, items
}

// readLines fills in the figures: those of a draft that nobody wrote follow
// the records, those of a report that left its officer stand as they left.
func (t *T) readLines(v *reportView) (err error) {
	d, ok := t.dueOf(v.owed.Duty)
	if !ok || len(v.form.Figures) == 0 {
		return nil
	}
	var rows []storage.ReportFigure
	if v.report.ID != 0 {
		if rows, err = t.reads.ReportFigures(t.Ctx, v.report.ID); err != nil {
			return fmt.Errorf("conversations: report figures: %w", err)
		}
	}
	if v.open() {
		if v.sum, err = t.reckon(d, v.owed.Unit, time.Time{}); err != nil {
			return err
		}
	}
	before, err := t.yearBefore(v.owed.Duty)
	if err != nil {
		return err
	}
	for _, f := range v.form.Figures {
		l := reportLine{Figure: f, before: known(before, f.ID), row: storage.ReportFigure{Figure: f.ID, Prefilled: -1, Value: -1}}
		i := slices.IndexFunc(rows, func(r storage.ReportFigure) bool { return r.Figure == f.ID })
		switch {
		case i >= 0 && (rows[i].Version > 0 || !v.open()):
			l.row = rows[i]
		default:
			l.row.Prefilled = known(v.sum.Figures, f.ID)
			l.row.Value = l.row.Prefilled
		}
		v.lines = append(v.lines, l)
	}
	return nil
}

func known(f ocop.Figures, id string) int64 {
	if n, ok := f[id]; ok {
		return n
	}
	return -1
}

// amount is a figure as people write it: 1.250.
func (t *T) amount(n int64) string {
	if n < 0 {
		return t.Text("report.unknown", nil)
	}
	digits := strconv.FormatInt(n, 10)
	sep := "."
	if t.S.Lang == locales.English {
		sep = ","
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + sep + digits[i:]
	}
	return digits
}

// valued is a figure's value as lists show it: money with its unit.
func (t *T) valued(f ocop.Figure, n int64) string {
	if f.Money() && n > 0 {
		return t.amount(n) + " " + f.Unit.In(t.S.Lang)
	}
	return t.amount(n)
}

// lineText is a figure with its value, and what it was a year before.
func (t *T) lineText(l reportLine) string {
	before := ""
	if l.before >= 0 {
		before = t.amount(l.before)
	}
	return t.Text("report.line", dataOf("title", l.Name(t.S.Lang), "value", t.valued(l.Figure, l.row.Value), "before", before, "edited", l.edited()))
}

// editsText are the figures that differ from the records, with who says so and
// why.
func (t *T) editsText(v reportView) (string, error) {
	var lines []string
	for n, l := range v.lines {
		if !l.edited() || l.row.Reason == "" {
			continue
		}
		who, err := t.personName(l.row.By)
		if err != nil {
			return "", err
		}
		lines = append(lines, t.Text("report.edit", dataOf("n", n+1, "title", l.Name(t.S.Lang), "value", t.valued(l.Figure, l.row.Value),
			"prefilled", t.amount(l.row.Prefilled), "reason", l.row.Reason, "who", who)))
	}
	return strings.Join(lines, "\n"), nil
}

func (t *T) personName(id storage.ID) (string, error) {
	p, err := t.reads.Person(t.Ctx, id)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return "", fmt.Errorf("conversations: person: %w", err)
	}
	return p.Name, nil
}

// reportTitle is what a report is called: «Báo cáo năm 2026, huyện Chi Lăng».
func (t *T) reportTitle(o duties.Owed) string {
	return t.Text("report.title", dataOf("title", t.dutyTitle(o), "unit", t.unitName(string(o.Unit)), "withdrawn", o.Withdrawn))
}
