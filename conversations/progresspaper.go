package conversations

import (
	"fmt"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/paper"
	"ocopbot/storage"
)

// provinceNote makes the files the province asks for.
func (t *T) provinceNote(n Note) (string, *bot.Attachment, error) {
	day := t.Now.In(ocop.Local).Format("2006-01-02")
	vi := t.onPaper()
	switch n.Key {
	case "plan.chart":
		return t.provincePaper(n.Key, "tien-do-ke-hoach-"+day+".png", paper.PNG, planChart)
	case "progress.chart":
		return t.provincePaper(n.Key, "tien-do-bao-cao-"+day+".png", paper.PNG, progressChart)
	case "plan.brief":
		return t.provincePaper(n.Key, "tom-tat-"+day+".pdf", paper.PDF, func(*T) ([]byte, error) { return vi.brief() })
	}
	f, err := t.reportNamed(n.Args["report"])
	if err != nil {
		return t.Text("progress.none", nil), nil, nil //nolint:nilerr // it is not around today any more
	}
	switch n.Key {
	case "progress.sheet":
		return t.provincePaper(n.Key, "tong-hop-"+day+".xlsx", paper.XLSX, func(*T) ([]byte, error) { return vi.consolidatedSheet(f) })
	case "progress.letter_edit":
		return t.provincePaper(n.Key, "tong-hop-"+day+".docx", paper.DOCX, func(*T) ([]byte, error) {
			l, err := vi.consolidatedLetter(f, n.Args["as"])
			if err != nil {
				return nil, err
			}
			return l.Document().DOCX(t.Now)
		})
	}
	return t.provincePaper(n.Key, "tong-hop-"+day+".pdf", paper.PDF, func(*T) ([]byte, error) {
		l, err := vi.consolidatedLetter(f, n.Args["as"])
		if err != nil {
			return nil, err
		}
		return l.Document().PDF(t.Now)
	})
}

// progressChart shows the latest reports, a bar each.
func progressChart(t *T) ([]byte, error) {
	all, err := t.recentFilings(progressListed)
	if err != nil {
		return nil, err
	}
	c := paper.Chart{Title: t.Text("progress.chart_title", nil), Note: t.Text("plan.chart_note", dataOf("date", date(t.Now))),
		Series: []paper.Series{{Name: t.Text("progress.in_time", nil), Color: paper.Green}, {Name: t.Text("progress.late", nil), Color: paper.Amber},
			{Name: t.Text("progress.silent", nil), Color: paper.Red}, {Name: t.Text("progress.waiting", nil), Color: paper.Grey}}}
	for _, f := range all {
		b := paper.Bar{Label: fmt.Sprintf("%s: %d/%d", clip(t.withoutKind(t.dutyTitle(f.owed[0])), 26), len(f.filed), len(f.owed))}
		for _, s := range []standing{inTime, late, silent, waiting} {
			b.Values = append(b.Values, float64(len(f.units(s, t.Now)))*100/float64(len(f.owed)))
		}
		c.Bars = append(c.Bars, b)
	}
	return c.PNG()
}

// consolidated is what the units reported, in the order of the form.
type consolidated struct {
	form    ocop.ReportForm
	items   []reportItem // texts, or questions
	reports map[ocop.UnitKey]storage.Report
	values  map[ocop.UnitKey]ocop.Figures
	texts   map[ocop.UnitKey]map[string]string // by item
	sums    ocop.Figures
}

// consolidate reads the reports that count as filed. Units that have none are
// missing from the sums. What lies below a unit is in its own figures already.
func (t *T) consolidate(f filings) (c consolidated, err error) {
	c.form, c.items = t.formOf(f.owed[0])
	c.texts = map[ocop.UnitKey]map[string]string{}
	c.reports, c.values, c.sums = map[ocop.UnitKey]storage.Report{}, map[ocop.UnitKey]ocop.Figures{}, ocop.Figures{}
	reports, err := t.reads.ReportsHandedIn(t.Ctx, f.obligation, f.period)
	if err != nil {
		return c, fmt.Errorf("conversations: consolidate: %w", err)
	}
	of := map[storage.ID]ocop.UnitKey{}
	for _, r := range reports {
		if r.IsFiled() {
			of[r.ID], c.reports[r.Unit], c.values[r.Unit], c.texts[r.Unit] = r.Unit, r, ocop.Figures{}, map[string]string{}
		}
	}
	figures, err := t.reads.FiguresHandedIn(t.Ctx, f.obligation, f.period)
	if err != nil {
		return c, fmt.Errorf("conversations: consolidate: %w", err)
	}
	for _, g := range figures {
		if unit, filed := of[g.Report]; filed && g.Value >= 0 {
			c.values[unit][g.Figure] = g.Value
			c.sums[g.Figure] += g.Value
		}
	}
	texts, err := t.reads.TextsHandedIn(t.Ctx, f.obligation, f.period)
	if err != nil {
		return c, fmt.Errorf("conversations: consolidate: %w", err)
	}
	for _, x := range texts {
		if unit, filed := of[x.Report]; filed {
			c.texts[unit][x.Item] = strings.TrimSpace(x.Text)
		}
	}
	return c, nil
}

func (t *T) standingText(f filings, unit ocop.UnitKey) string {
	for _, o := range f.owed {
		if o.Unit == unit {
			return t.Text(map[standing]string{inTime: "progress.in_time", late: "progress.late", silent: "progress.silent", waiting: "progress.waiting"}[f.standing(o, t.Now)], nil)
		}
	}
	return ""
}

// consolidatedSheet is the report of all units as lists: who filed when, and
// every figure of every unit with their sum.
func (t *T) consolidatedSheet(f filings) ([]byte, error) {
	c, err := t.consolidate(f)
	if err != nil {
		return nil, err
	}
	title := t.dutyTitle(f.owed[0])
	notes := []string{t.Text("progress.sheet_note", t.progressData(f))}
	head := func(key string) string { return t.Text(key, nil) }
	who := paper.Sheet{Name: head("progress.head_filed"), Title: title, Notes: notes, Columns: []paper.Column{
		{Head: head("progress.head_number"), Kind: paper.Number, Width: 6}, {Head: head("progress.head_unit"), Width: 34}, {Head: head("progress.head_standing")},
		{Head: head("progress.head_at"), Kind: paper.Moment}, {Head: head("progress.head_acked")}, {Head: head("progress.head_signed")}, {Head: head("progress.head_signed_on"), Kind: paper.Day},
	}}
	what := paper.Sheet{Name: head("progress.head_figures"), Title: title, Notes: notes, Columns: []paper.Column{
		{Head: head("progress.head_number"), Kind: paper.Number, Width: 6}, {Head: head("progress.head_unit"), Width: 34}, {Head: head("progress.head_standing")}}}
	last := []any{nil, head("progress.sum"), nil}
	for _, g := range c.form.Figures {
		what.Columns = append(what.Columns, paper.Column{Head: g.Name(t.S.Lang), Kind: paper.Number, Width: 16})
		last = append(last, c.sums[g.ID])
	}
	said := paper.Sheet{Name: head("progress.head_texts"), Title: title, Notes: notes, Columns: what.Columns[:3:3]}
	for _, x := range c.items {
		said.Columns = append(said.Columns, paper.Column{Head: x.Title, Width: 60})
	}
	for i, o := range f.owed {
		unit, standing := t.unitName(string(o.Unit)), t.standingText(f, o.Unit)
		r := c.reports[o.Unit]
		acked := ""
		if f.acked[o.Unit] {
			acked = "x"
		}
		who.Rows = append(who.Rows, []any{i + 1, unit, standing, r.Filed, acked, r.SignNumber, r.SignDate})
		row := []any{i + 1, unit, standing}
		for _, g := range c.form.Figures {
			if v, ok := c.values[o.Unit][g.ID]; ok {
				row = append(row, v)
			} else {
				row = append(row, nil)
			}
		}
		what.Rows = append(what.Rows, row)
		row = []any{i + 1, unit, standing}
		for _, x := range c.items {
			row = append(row, c.texts[o.Unit][x.ID])
		}
		said.Rows = append(said.Rows, row)
	}
	what.Last = last
	sheets := []paper.Sheet{who}
	if len(c.form.Figures) > 0 {
		sheets = append(sheets, what)
	}
	if len(c.items) > 0 {
		sheets = append(sheets, said)
	}
	return paper.Workbook(title, t.agency(), t.Now, sheets...)
}

// provinceName is the province's own name: "Lạng Sơn".
func (t *T) provinceName() string {
	for _, u := range t.prog.Units(t.Now) {
		if u.Kind == ocop.Province {
			return u.Name
		}
	}
	return ""
}

// figuresInTable is how many figures stand side by side on a page that lies
// across.
const figuresInTable = 8

// consolidatedLetter is the same as an official letter, with the units'
// figures on pages that lie across. It is signed by the director, or for them
// as says by a deputy.
func (t *T) consolidatedLetter(f filings, as string) (paper.Letter, error) {
	c, err := t.consolidate(f)
	if err != nil {
		return paper.Letter{}, err
	}
	o := f.owed[0]
	data := t.progressData(f)
	word := func(key string) string { return t.Text(key, data) }
	l := paper.Letter{
		Above: strings.ToUpper(t.Text("letter.province", dataOf("name", t.provinceName()))), Issuer: strings.ToUpper(t.agency()),
		Symbol: "BC-......", Place: t.provinceName(), Year: t.Now.In(ocop.Local).Year(),
		Kind: word("letter.report"), About: t.Text("letter.about_all", dataOf("title", t.dutyTitle(o))),
		To:     []string{t.Text("letter.province", dataOf("name", t.provinceName()))},
		Copies: []string{word("letter.as_above"), word("letter.kept")}, Sign: []string{word("letter.director")},
	}
	if as == asDeputy {
		l.Sign = []string{word("letter.for_director"), word("letter.deputy_director")}
	}
	if o.Basis != "" {
		l.Body = append(l.Body, paper.Prose(t.Text("letter.basis", dataOf("basis", o.Basis, "office", t.agency()))))
	}
	l.Body = append(l.Body, paper.Heading(word("letter.part_filed")), paper.Prose(word("letter.filed")))
	if names := t.namesOf(f, silent); names != "" {
		l.Body = append(l.Body, paper.Prose(t.Text("letter.not_filed", dataOf("names", names))))
	}
	if names := t.namesOf(f, late); names != "" {
		l.Body = append(l.Body, paper.Prose(t.Text("letter.filed_late", dataOf("names", names))))
	}
	if len(c.form.Figures) > 0 {
		var rows [][]string
		for i, g := range c.form.Figures {
			rows = append(rows, []string{fmt.Sprint(i + 1), g.Name(t.S.Lang), g.Unit.In(t.S.Lang), t.count(c.sums[g.ID])})
		}
		l.Body = append(l.Body, paper.Heading(word("letter.part_figures")),
			paper.Figures([]float64{13, 92, 30, 30}, []paper.Align{paper.Centre, paper.Left, paper.Left, paper.Right},
				[]string{word("progress.head_number"), word("letter.head_figure"), word("letter.head_measure"), word("progress.sum")}, rows))
		l.Tables = t.figuresByUnit(f, c)
	}
	if len(c.items) > 0 {
		part := "II"
		if len(c.form.Figures) > 0 {
			part = "III"
		}
		l.Body = append(l.Body, paper.Heading(t.Text("letter.part_texts", dataOf("part", part))))
		l.Body = append(l.Body, t.textsByItem(f, c)...)
	}
	end := "letter.end"
	if len(c.form.Figures) == 0 {
		end = "letter.end_texts"
	}
	l.Body = append(l.Body, paper.Prose(word(end)))
	return l, nil
}

// textsByItem are what the units wrote, one item after the other, each text
// with its unit: the office makes its own of them.
func (t *T) textsByItem(f filings, c consolidated) (blocks []paper.Block) {
	for i, x := range c.items {
		blocks = append(blocks, paper.Heading(fmt.Sprintf("%d. %s", i+1, x.Title)))
		before := len(blocks)
		for _, o := range f.owed {
			if text := c.texts[o.Unit][x.ID]; text != "" {
				blocks = append(blocks, paper.Prose(t.Text("letter.unit_text", dataOf("unit", t.unitName(string(o.Unit)), "text", strings.Join(strings.Fields(text), " ")))))
			}
		}
		if len(blocks) == before {
			blocks = append(blocks, paper.Prose(t.Text("letter.nothing", nil)))
		}
	}
	return blocks
}

// namesOf are the units of a standing, in one line.
func (t *T) namesOf(f filings, s standing) string {
	var names []string
	for _, o := range f.units(s, t.Now) {
		names = append(names, t.unitName(string(o.Unit)))
	}
	return strings.Join(names, "; ")
}

// fewOf are the first of them, and how many more there are.
func (t *T) fewOf(f filings, s standing) string {
	var keys []ocop.UnitKey
	for _, o := range f.units(s, t.Now) {
		keys = append(keys, o.Unit)
	}
	const most = 12
	var names []string
	for _, key := range keys[:min(most, len(keys))] {
		names = append(names, t.unitName(string(key)))
	}
	text := strings.Join(names, "; ")
	if more := len(keys) - most; more > 0 {
		text += " " + t.Text("duty.and_more", dataOf("count", more))
	}
	return text
}

// figuresByUnit are tables of all units, so many figures in each.
func (t *T) figuresByUnit(f filings, c consolidated) []paper.Block {
	blocks := []paper.Block{paper.Par{Runs: paper.Bold(t.Text("letter.annex", nil)), Align: paper.Centre, After: 8, Keep: true}}
	for from := 0; from < len(c.form.Figures); from += figuresInTable {
		figures := c.form.Figures[from:min(from+figuresInTable, len(c.form.Figures))]
		widths, align := []float64{11, 46}, []paper.Align{paper.Centre, paper.Left}
		head := []string{t.Text("progress.head_number", nil), t.Text("progress.head_unit", nil)}
		last := []string{"", t.Text("progress.sum", nil)}
		for _, g := range figures {
			widths, align = append(widths, 24), append(align, paper.Right)
			head, last = append(head, g.Name(t.S.Lang)), append(last, t.count(c.sums[g.ID]))
		}
		var rows [][]string
		for i, o := range f.owed {
			row := []string{fmt.Sprint(i + 1), t.unitName(string(o.Unit))}
			for _, g := range figures {
				cell := ""
				if v, ok := c.values[o.Unit][g.ID]; ok {
					cell = t.count(v)
				}
				row = append(row, cell)
			}
			rows = append(rows, row)
		}
		blocks = append(blocks, paper.Figures(widths, align, head, append(rows, last)))
	}
	return blocks
}

// brief is one page for who leads: the plan, the reports, and what needs a
// word from above.
func (t *T) brief() ([]byte, error) {
	targets, err := t.planTargets()
	if err != nil {
		return nil, err
	}
	const briefed = 3
	reports, err := t.recentFilings(briefed)
	if err != nil {
		return nil, err
	}
	word := func(key string) string { return t.Text(key, dataOf("date", date(t.Now))) }
	blocks := []paper.Block{
		paper.Par{Runs: paper.Bold(word("brief.title")), Align: paper.Centre},
		paper.Par{Runs: paper.Italic(word("brief.at")), Align: paper.Centre, After: 10},
		paper.Heading(word("brief.plan")),
	}
	var rows [][]string
	var behind []string
	for _, g := range targets {
		value, share := "–", "–"
		if g.known {
			value, share = t.count(g.value), fmt.Sprintf("%.0f%%", g.share())
		}
		if g.share() < 50 {
			behind = append(behind, g.Short.In(t.S.Lang))
		}
		rows = append(rows, []string{g.Name(t.S.Lang), g.goal(t), value, share})
	}
	blocks = append(blocks, paper.Figures([]float64{95, 25, 25, 20}, []paper.Align{paper.Left, paper.Right, paper.Right, paper.Right},
		[]string{word("brief.target"), word("brief.goal"), word("brief.reached"), word("brief.share")}, rows), paper.Heading(word("brief.reports")))
	rows = nil
	var owing string
	for _, f := range reports {
		n := func(s standing) string { return fmt.Sprint(len(f.units(s, t.Now))) }
		rows = append(rows, []string{t.dutyTitle(f.owed[0]), n(inTime), n(late), n(silent), n(waiting)})
		if owing == "" && len(f.units(silent, t.Now)) > 0 {
			owing = t.Text("brief.owing", dataOf("title", t.dutyTitle(f.owed[0]), "names", t.fewOf(f, silent)))
		}
	}
	blocks = append(blocks, paper.Figures([]float64{85, 20, 20, 20, 20}, []paper.Align{paper.Left, paper.Right, paper.Right, paper.Right, paper.Right},
		[]string{word("brief.report"), word("progress.in_time"), word("progress.late"), word("progress.silent"), word("progress.waiting")}, rows),
		paper.Heading(word("brief.wanted")))
	if owing != "" {
		blocks = append(blocks, paper.Prose(owing))
	}
	if len(behind) > 0 {
		blocks = append(blocks, paper.Prose(t.Text("brief.behind", dataOf("names", strings.Join(behind, "; ")))))
	}
	if owing == "" && len(behind) == 0 {
		blocks = append(blocks, paper.Prose(word("brief.nothing")))
	}
	d := paper.Document{Title: word("brief.title"), Author: "ocopbot", Sections: []paper.Section{{Blocks: blocks}}}
	return d.PDF(t.Now.Truncate(time.Second))
}
