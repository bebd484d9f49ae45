package conversations

import (
	"ocopbot/bot"
)

// askWhom is "Hỏi ai": who answers for what, by the plan's assignment.
func askWhom() *Flow {
	return &Flow{ID: askFlow, Version: 1, Steps: []*Step{{
		ID: "topic",
		Choices: func(t *T) []bot.Choice {
			var cs []bot.Choice
			for _, d := range t.prog.DirectoryAt(t.Now) {
				cs = append(cs, bot.Choice{ID: d.ID, Label: d.Topic.In(t.S.Lang)})
			}
			return append(cs, t.choice(choiceCall, "choice.call_me"), t.choice("done", "help.done"))
		},
		Answer: func(t *T, v string) error {
			if v == "done" {
				t.close()
				return nil
			}
			t.Tell("ask.answer", "topic", v)
			return nil
		},
		Hears: func(t *T, text string) (string, bool) {
			found := t.prog.Answering(text, t.Now)
			if len(found) != 1 {
				return "", false
			}
			return found[0].ID, true
		},
	}}}
}

// mostAnswering is how many offices are named at once: a question about more
// is a general one.
const mostAnswering = 2

// tellWho answers a question that says what it is about; false: it does not.
func (t *T) tellWho(question string) bool {
	found := t.prog.Answering(question, t.Now)
	if len(found) == 0 || len(found) > mostAnswering {
		return false
	}
	for _, c := range found {
		t.Tell("ask.answer", "topic", c.ID)
	}
	return true
}

// whom opens the list of who answers for what, or answers at once: that is all
// in the middle of a form, which goes on.
func (t *T) whom(question string) error {
	if t.tellWho(question) && t.flows[t.F().Flow].Draft {
		return nil
	}
	return t.open(askFlow, nil)
}

func (t *T) whoAnswers(topic string) string {
	for _, d := range t.prog.DirectoryAt(t.Now) {
		if d.ID == topic {
			return t.Text("ask.answer", dataOf("who", d.Who.In(t.S.Lang), "what", d.For.In(t.S.Lang)))
		}
	}
	return t.Text("engine.not_understood", nil)
}
