package conversations

import (
	"fmt"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/conversations/understand"
	"ocopbot/storage"
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

// callMe is "Gọi lại cho tôi": a request with an owner, not a promise of an hour.
func callMe() *Flow {
	return &Flow{
		ID: callFlow, Version: 1, Consent: true,
		Begin: func(t *T) error {
			if t.S.Person == 0 {
				return nil
			}
			p, err := t.reads.Person(t.Ctx, t.S.Person)
			if err != nil {
				return fmt.Errorf("conversations: person: %w", err)
			}
			t.Set("known", p.Name)
			t.Set("name", p.Name)
			t.Set("phone", p.Phone)
			t.Set("place", string(p.Unit))
			return nil
		},
		Steps: []*Step{
			{ID: "name", Needed: missing("name"), Name: true, Parse: parseName},
			{ID: "phone", Needed: missing("phone"), Contact: true, Parse: parsePhone},
			{ID: "place", Needed: missing("place"), Parse: parsePlace, Answer: func(t *T, v string) error {
				if candidates, ask := strings.CutPrefix(v, "?"); ask {
					t.Set("units?", candidates)
					t.goTo("which")
					return nil
				}
				t.Set("place", v)
				_, i := t.flows[callFlow].step("which")
				return t.goOn(i)
			}},
			{ID: "which", Needed: has("units?"), Ask: asked("reg.which"), Choices: whichChoices, Parse: parseWhich, Answer: func(t *T, v string) error {
				t.Set("units?", "")
				_, i := t.flows[callFlow].step("which")
				switch candidates, ask := strings.CutPrefix(v, "?"); {
				case v == "none":
					t.goTo("place")
					return nil
				case ask:
					t.Set("units?", candidates)
					return nil
				}
				t.Set("place", v)
				return t.goOn(i)
			}},
			{ID: "about", Optional: true, Parse: parseLine},
		},
		Commit: commitCall,
	}
}

func commitCall(t *T, tx storage.Tx) (Outcome, error) {
	p, err := t.known(tx)
	if err != nil {
		return Outcome{}, err
	}
	p.Name, p.Phone = t.Get("name"), t.Get("phone")
	if p.Unit == "" {
		p.Unit = ocop.UnitKey(t.Get("place"))
	}
	if err := tx.PutPerson(p); err != nil {
		return Outcome{}, err
	}
	r := storage.Request{ID: storage.NewID(t.Now), Person: p.ID, Unit: ocop.UnitKey(t.Get("place")), Topic: "call", Text: t.Get("about"), At: t.Now, Owner: storage.CommuneOfficer}
	if err := tx.AddRequest(r); err != nil {
		return Outcome{}, err
	}
	return Outcome{Person: p.ID, Notes: []Note{note("call.done", "phone", ocop.FormatPhone(p.Phone))}}, nil
}

// doubt asks back when a guess is not certain.
func doubt() *Flow {
	return &Flow{ID: doubtFlow, Version: 1, Steps: []*Step{{
		ID: "ask",
		Ask: func(t *T) (string, map[string]any) {
			return "doubt.ask", dataOf("wish", t.Text("wish."+t.Get("intent"), nil))
		},
		Choices: yesNo,
		Answer: func(t *T, v string) error {
			g := understand.Guess{Intent: understand.Intent(t.Get("intent")), Arg: t.Get("arg")}
			t.close()
			if v == "yes" {
				return t.wish(g)
			}
			t.Tell("doubt.sorry")
			return nil
		},
	}}}
}

func yesNo(t *T) []bot.Choice {
	return []bot.Choice{t.choice("yes", "choice.yes"), t.choice("no", "choice.no")}
}

// leave asks what «hủy» means in the middle of a form: nothing typed is
// thrown away without being told to. The word also refuses advertising (NĐ
// 91/2020/NĐ-CP), so that is offered with it.
func leave() *Flow {
	return &Flow{ID: leaveFlow, Version: 1, Steps: []*Step{{
		ID: "ask",
		Choices: func(t *T) []bot.Choice {
			cs := []bot.Choice{t.choice("on", "leave.on"), t.choice("park", "leave.park"), t.choice("drop", "leave.drop")}
			if t.Get("refusal") != "" {
				cs = append(cs, t.choice("stop", "leave.stop"), t.choice("both", "leave.both"))
			}
			return cs
		},
		Answer: func(t *T, v string) error {
			t.close()
			switch v {
			case "stop":
				return t.open(stopFlow, nil)
			case "both":
				t.Tell("leave.parked")
				t.home()
				return t.open(stopFlow, nil)
			case "park":
				t.Tell("leave.parked")
				t.home()
			case "drop":
				t.close()
				t.Tell("leave.dropped")
			}
			return nil
		},
	}}}
}
