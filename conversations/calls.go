package conversations

import (
	"errors"
	"fmt"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// calls lists to officers who asked to be called back, until it was done.
func calls() *Flow {
	return &Flow{
		ID: callsFlow, Version: 1,
		Steps: []*Step{{
			ID:      "list",
			Load:    loadCalls,
			Ask:     askCalls,
			Choices: callChoices,
			Answer: func(t *T, v string) error {
				if v == choiceMenu {
					t.home()
					return nil
				}
				t.Set("request", v)
				t.S.Pending = true
				return nil
			},
		}},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			id, err := textID(t.Get("request"))
			if err != nil {
				return Outcome{}, err
			}
			o := Outcome{Next: "list", Set: map[string]string{"request": ""}, Notes: []Note{note("calls.closed")}}
			if err := tx.CloseRequest(id, t.S.Person, t.Now); errors.Is(err, storage.ErrConflict) {
				o.Notes = []Note{note("calls.already")}
			} else if err != nil {
				return Outcome{}, err
			}
			return o, nil
		},
	}
}

type openCall struct {
	storage.Request
	person storage.Person
}

func loadCalls(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	var open []openCall
	requests, err := t.reads.Requests(t.Ctx, inChargeOf(v), inboxPage)
	if err != nil {
		return nil, fmt.Errorf("conversations: requests: %w", err)
	}
	for _, r := range requests {
		p, err := t.reads.Person(t.Ctx, r.Person)
		if err != nil {
			return nil, fmt.Errorf("conversations: person: %w", err)
		}
		open = append(open, openCall{r, p})
		if err := t.logReading(r.Idea, p.ID, "call"); err != nil {
			return nil, err
		}
	}
	return open, nil
}

func askCalls(t *T) (string, locales.Data) {
	open := t.Loaded.([]openCall)
	if len(open) == 0 {
		return "calls.none", nil
	}
	var lines []string
	for _, c := range open {
		lines = append(lines, t.Text("calls.line", dataOf("name", c.person.Name, "phone", ocop.FormatPhone(c.person.Phone),
			"unit", t.unitName(string(c.Unit)), "since", date(c.At), "text", clip(c.Text, 100))))
	}
	return "calls.list", dataOf("lines", strings.Join(lines, "\n"))
}

func callChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, c := range t.Loaded.([]openCall) {
		cs = append(cs, bot.Choice{ID: idText(c.ID), Label: t.Text("calls.done_one", dataOf("name", clip(c.person.Name, 30)))})
	}
	return append(cs, t.choice(choiceMenu, "choice.menu"))
}
