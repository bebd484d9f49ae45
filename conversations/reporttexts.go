package conversations

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"ocopbot/bot"
	"ocopbot/locales"
)

// toTexts goes on with the first text.
func (t *T) toTexts(v reportView) {
	t.Set("at", "texts")
	if len(v.texts) > 0 {
		t.Set("item", v.texts[0].ID)
	}
}

// item is the text that is being written.
func (v reportView) item(id string) (reportItem, int) {
	for i, x := range v.texts {
		if x.ID == id {
			return x, i
		}
	}
	return reportItem{}, -1
}

// askReportText notes which version it shows: nothing is overwritten unseen.
func askReportText(t *T) (string, locales.Data) {
	v := t.Loaded.(reportView)
	x, i := v.item(t.Get("item"))
	t.Set("seen", strconv.Itoa(x.Version))
	return "report.text", dataOf("n", i+1, "of", len(v.texts), "title", x.Title, "hint", x.Hint, "text", clip(x.Text, 600), "mine", clip(t.Get("mine"), 300))
}

func reportTextChoices(t *T) []bot.Choice {
	x, _ := t.Loaded.(reportView).item(t.Get("item"))
	if t.Get("mine") != "" { // a colleague wrote it at the same time
		return []bot.Choice{t.choice("replace", "report.text_replace"), t.choice("append", "report.text_append"), t.choice("keep", "report.text_keep")}
	}
	if x.Text != "" {
		return []bot.Choice{t.choice("keep", "report.text_keep")}
	}
	return []bot.Choice{t.choice("keep", "report.text_none")}
}

// longestReportText is in letters: about a page.
const longestReportText = 3000

func parseReportText(_ *T, text string) (string, *Note) {
	if n := utf8.RuneCountInString(text); n > longestReportText {
		wrong := note("report.text_long", "most", strconv.Itoa(longestReportText), "has", strconv.Itoa(n))
		return "", &wrong
	}
	return "=" + text, nil
}

func answerReportText(t *T, v string) error {
	view := t.Loaded.(reportView)
	if t.moved(view) {
		return nil
	}
	x, i := view.item(t.Get("item"))
	switch {
	case v == "keep":
		t.Set("mine", "")
		if next := i + 1; next < len(view.texts) {
			t.Set("item", view.texts[next].ID)
		} else {
			t.goTo("attach")
		}
		return nil
	case v == "replace":
		t.Set("text", t.Get("mine"))
	case v == "append":
		t.Set("text", clip(x.Text+"\n"+t.Get("mine"), longestReportText))
	default:
		t.Set("text", strings.TrimPrefix(v, "="))
	}
	return t.due("text")
}
