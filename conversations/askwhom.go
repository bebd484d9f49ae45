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
	}}}
}

func (t *T) whoAnswers(topic string) string {
	for _, d := range t.prog.DirectoryAt(t.Now) {
		if d.ID == topic {
			return t.Text("ask.answer", dataOf("who", d.Who.In(t.S.Lang), "what", d.For.In(t.S.Lang)))
		}
	}
	return t.Text("engine.not_understood", nil)
}
