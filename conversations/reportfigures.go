package conversations

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
)

func askFigures(t *T) (string, locales.Data) {
	v := t.Loaded.(reportView)
	if !v.works || !v.open() {
		return "report.moved", nil
	}
	edits, err := t.editsText(v)
	if err != nil {
		edits = "" // only names are missing; the next turn shows them
	}
	from, to := t.spanOf(v)
	return "report.figures", dataOf("title", t.reportTitle(v.owed), "from", from, "to", to, "early", !t.Now.After(v.owed.CutOff.AddDate(0, 0, 1)),
		"when", t.dutyWhen(v.owed), "edits", edits, "filed", len(v.sum.Filed), "below", len(v.sum.Filed)+len(v.sum.Missing),
		"missing", t.fewUnits(v.sum.Missing), "example", min(3, len(v.lines)))
}

// fewUnits are the first of some units by their short names: they lie in one.
func (t *T) fewUnits(keys []ocop.UnitKey) string {
	const most = 5
	var names []string
	for _, key := range keys[:min(most, len(keys))] {
		u, _ := t.prog.Unit(key)
		names = append(names, u.Title())
	}
	if more := len(keys) - most; more > 0 {
		return strings.Join(names, ", ") + " " + t.Text("duty.and_more", dataOf("count", more))
	}
	return strings.Join(names, ", ")
}

// spanOf are the first and the last day of a report's figures.
func (t *T) spanOf(v reportView) (from, to string) {
	d, ok := t.dueOf(v.owed.Duty)
	if !ok {
		return "", ""
	}
	span := t.prog.Span(d)
	return date(span.From), date(span.To.AddDate(0, 0, -1))
}

func figureChoices(t *T) []bot.Choice {
	v := t.Loaded.(reportView)
	if !v.works || !v.open() {
		return []bot.Choice{t.choice("card", "report.see")}
	}
	var cs []bot.Choice
	for _, l := range v.lines {
		cs = append(cs, bot.Choice{ID: l.ID, Label: t.lineText(l)})
	}
	return append(cs, t.choice(".texts", "report.to_texts"), t.choice(choiceMenu, "choice.menu"))
}

func answerFigures(t *T, v string) error {
	view := t.Loaded.(reportView)
	if t.moved(view) {
		return nil
	}
	id, value, typed := strings.Cut(v, "=")
	if v == ".texts" {
		t.toTexts(view)
		t.goTo("text")
		return nil
	}
	i := slices.IndexFunc(view.lines, func(l reportLine) bool { return l.ID == id })
	if i < 0 {
		return nil
	}
	l := view.lines[i]
	prefilled := l.row.Prefilled
	if n, ok := view.sum.Figures[id]; ok {
		prefilled = n
	}
	t.Set("figure", id)
	t.Set("seen", strconv.Itoa(l.row.Version))
	t.Set("was", strconv.FormatInt(l.row.Value, 10))
	t.Set("pre", strconv.FormatInt(prefilled, 10))
	t.Set("value", "")
	t.goTo("value")
	if typed {
		return answerValue(t, value)
	}
	return nil
}

// figure is the one that is being written.
func (t *T) figure() ocop.Figure {
	f, _ := t.Loaded.(reportView).form.Figure(t.Get("figure"))
	return f
}

func askValue(t *T) (string, locales.Data) {
	f := t.figure()
	was, _ := strconv.ParseInt(t.Get("was"), 10, 64) // our own number
	pre, _ := strconv.ParseInt(t.Get("pre"), 10, 64) // our own number
	counted := ""
	if pre >= 0 && pre != was {
		counted = t.amount(pre)
	}
	return "report.value", dataOf("title", f.Name(t.S.Lang), "definition", f.Definition.In(t.S.Lang), "counts", f.Unit.In(t.S.Lang),
		"value", t.amount(was), "prefilled", counted)
}

func parseValue(t *T, text string) (string, *Note) { return parseAmount(text, t.figure().Unit) }

// answerValue asks why, where the records say otherwise.
func answerValue(t *T, v string) error {
	if view := t.Loaded.(reportView); t.moved(view) {
		return nil
	}
	t.Set("value", v)
	if pre := t.Get("pre"); pre != "-1" && pre != v {
		t.goTo("reason")
		return nil
	}
	t.Set("reason", "")
	return t.due("figure")
}

func askReason(t *T) (string, locales.Data) {
	pre, _ := strconv.ParseInt(t.Get("pre"), 10, 64)     // our own number
	value, _ := strconv.ParseInt(t.Get("value"), 10, 64) // parsed before
	return "report.reason", dataOf("title", t.figure().Name(t.S.Lang), "value", t.amount(value), "prefilled", t.amount(pre))
}

// parseReason takes words: a number typed here is a figure that was meant.
func parseReason(t *T, text string) (string, *Note) {
	if written.MatchString(plain(text)) || !strings.ContainsFunc(text, unicode.IsLetter) {
		return "", &Note{Key: "report.reason_wrong"}
	}
	return parseLine(t, text)
}

func answerReason(t *T, v string) error {
	if view := t.Loaded.(reportView); t.moved(view) {
		return nil
	}
	t.Set("reason", v)
	return t.due("figure")
}
