package conversations

import (
	"fmt"
	"strconv"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// answerersPage is how many who answered are shown at once.
const answerersPage = 10

// answerersView is who answered an announcement, of the people of the
// officer's own units.
type answerersView struct {
	announcementView
	some []storage.Answerer
	page int
}

// loadAnswerers reads a page of those who answered, and keeps that it was read.
func loadAnswerers(t *T) (any, error) {
	v, err := loadAnnouncement(t)
	if err != nil {
		return nil, err
	}
	view := answerersView{announcementView: v.(announcementView)}
	view.page, _ = strconv.Atoi(t.Get("page")) // our own number; empty is 0
	if view.ID == 0 {
		return view, nil
	}
	who, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	view.some, view.people, err = t.reads.Answerers(t.Ctx, view.ID, inChargeOf(who), view.page*answerersPage, answerersPage)
	if err != nil {
		return nil, fmt.Errorf("conversations: answerers: %w", err)
	}
	for _, p := range view.some {
		if err := t.logReading(0, p.Person, "answered"); err != nil {
			return nil, err
		}
	}
	return view, nil
}

func askAnswerers(t *T) (string, locales.Data) {
	v := t.Loaded.(answerersView)
	if v.ID == 0 {
		return "anns.gone", nil
	}
	var lines []string
	for _, p := range v.some {
		unit := ""
		if p.Unit != "" {
			unit = t.unitName(string(p.Unit))
		}
		lines = append(lines, t.Text("anns.answerer", dataOf("name", p.Name, "phone", ocop.FormatPhone(p.Phone), "unit", unit, "at", clockDay(p.At))))
	}
	return "anns.answerers", dataOf("text", clip(firstLine(v.Text), 60), "count", v.people, "lines", strings.Join(lines, "\n"))
}

func answererChoices(t *T) []bot.Choice {
	v := t.Loaded.(answerersView)
	var cs []bot.Choice
	if (v.page+1)*answerersPage < v.people {
		cs = append(cs, t.choice("next", "choice.more"))
	}
	return append(cs, t.choice("card", "told.choice_open"), t.choice(choiceMenu, "choice.menu"))
}

func answerAnswerers(t *T, v string) error {
	if v == "next" {
		t.Set("page", strconv.Itoa(t.Loaded.(answerersView).page+1))
		return nil
	}
	t.goTo("card")
	return nil
}
