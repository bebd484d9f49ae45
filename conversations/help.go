package conversations

import (
	"fmt"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/viet"
)

// helpTopics are what "Trợ giúp" explains, each one text.
var helpTopics = []string{"what", "steps", "groups", "stars", "dossier", "cost", "bot"}

// help explains the programme: short texts, one at a time.
func help() *Flow {
	return &Flow{ID: helpFlow, Version: 1, Steps: []*Step{{
		ID: "topic",
		Ask: func(t *T) (string, map[string]any) {
			topic := t.Get("topic")
			if topic == "" {
				return "help.topic", nil
			}
			return "help." + topic, t.helpData(topic)
		},
		Choices: func(t *T) []bot.Choice {
			var cs []bot.Choice
			for _, topic := range helpTopics {
				if topic != t.Get("topic") {
					cs = append(cs, t.choice(topic, "help.choice_"+topic))
				}
			}
			return append(cs, t.choice("who", "help.choice_who"), t.choice("done", "help.done"))
		},
		Answer: func(t *T, v string) error {
			switch v {
			case "done":
				t.close()
			case "who":
				t.close()
				return t.open(askFlow, nil)
			default:
				t.Set("topic", v)
				t.Set("page", v)
			}
			return nil
		},
	}}}
}

// topicNamed finds the topic whose title a question holds: «có mất tiền
// không ạ?» is answered at once.
func (t *T) topicNamed(text string) map[string]string {
	for _, topic := range helpTopics {
		if title := viet.Fold(t.Text("help.choice_"+topic, nil)); strings.Contains(" "+viet.Fold(text)+" ", " "+title+" ") {
			return map[string]string{"topic": topic, "page": topic}
		}
	}
	return nil
}

// explain answers a question about a topic. In the middle of a form that is
// all, and the form goes on; else there is more to choose from.
func (t *T) explain(asked map[string]string) error {
	if asked == nil || !t.flows[t.F().Flow].Draft {
		return t.open(helpFlow, asked)
	}
	t.Tell("help." + asked["topic"])
	return nil
}

// helpData are the programme's own facts, as they hold today.
func (t *T) helpData(topic string) map[string]any {
	var lines []string
	switch topic {
	case "steps":
		for _, s := range t.prog.StepsAt(t.Now) {
			lines = append(lines, fmt.Sprintf("%d. %s", s.Number, s.Name(t.S.Lang)))
		}
	case "groups":
		for _, g := range t.prog.GroupsAt(t.Now) {
			lines = append(lines, "• "+g.Name(t.S.Lang))
		}
	case "stars":
		for _, b := range t.prog.Bands(t.Now) {
			lines = append(lines, t.Text("help.band", dataOf("stars", b.Stars, "from", b.AtLeast.In(t.S.Lang))))
		}
	case "dossier":
		for _, d := range t.prog.DossierAt("", t.Now) {
			if d.Required {
				lines = append(lines, "• "+d.Name(t.S.Lang))
			}
		}
	}
	return dataOf("lines", strings.Join(lines, "\n"))
}

func yesNo(t *T) []bot.Choice {
	return []bot.Choice{t.choice("yes", "choice.yes"), t.choice("no", "choice.no")}
}
