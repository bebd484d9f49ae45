package conversations

import (
	"strings"

	"ocopbot/bot"
	"ocopbot/locales"
)

// reply renders the turn's answer. before is the question that was open; a
// new one makes the buttons of the old one stale.
func (t *T) reply(before string) (bot.Reply, error) {
	if err := t.load(); err != nil {
		return bot.Reply{}, err
	}
	choices := t.choices()
	t.S.Offered = t.S.Offered[:0:0]
	for _, c := range choices {
		t.S.Offered = append(t.S.Offered, c.ID)
	}
	if t.question() != before {
		t.S.AskedAt = t.S.Turn
		t.S.Misses = 0
	}
	return t.compose(choices)
}

// render makes the same answer again from the state alone.
func (t *T) render() (bot.Reply, error) {
	if err := t.load(); err != nil {
		return bot.Reply{}, err
	}
	return t.compose(t.choices())
}

func (t *T) compose(choices []bot.Choice) (bot.Reply, error) {
	r := bot.Reply{Session: t.S.ID, Turn: t.S.Turn}
	if t.S.Quiet {
		return r, nil
	}
	m := bot.Message{
		Choices: choices,
		Ref:     bot.Ref{Session: t.S.ID, AskedAt: t.S.AskedAt},
		Accents: t.accented(),
	}
	var b strings.Builder
	for _, n := range t.S.Notes {
		text, attached, err := t.noteText(n)
		if err != nil {
			return bot.Reply{}, err
		}
		if attached != nil {
			r.Messages = append(r.Messages, bot.Message{Text: text, Attached: attached, Sure: true, Accents: t.accented()})
			continue
		}
		if sureNotes[n.Key] {
			m.Sure = true
		}
		b.WriteString(text)
		b.WriteString("\n\n")
	}
	s := t.present()
	b.WriteString(t.ask(s))
	if s.Contact {
		m.Contact = t.Text("engine.share_contact", nil)
	}
	m.Text = strings.TrimSpace(b.String())
	r.Messages = append(r.Messages, t.page(m))
	return r, nil
}

// ask is the text of a step's question.
func (t *T) ask(s *Step) string {
	if s.Ask != nil {
		key, data := s.Ask(t)
		if key == "" {
			return ""
		}
		return t.Text(key, data)
	}
	return t.Text(t.F().Flow+"."+s.ID, t.answersData())
}

func (t *T) answersData() locales.Data {
	d := make(locales.Data, len(t.F().Answers))
	for k, v := range t.F().Answers {
		d[k] = v
	}
	return d
}

// choices are those of the present step, with what the engine adds: after
// three misunderstandings a way out, which a step that Counts says in words.
func (t *T) choices() []bot.Choice {
	s := t.present()
	var cs []bot.Choice
	if s.Choices != nil {
		cs = s.Choices(t)
	}
	if s.Send {
		cs = append(cs, t.choice(choiceSend, "choice.send_now"))
	}
	if s.Optional {
		cs = append(cs, t.choice(choiceSkip, "choice.skip"))
	}
	if t.S.Misses >= misunderstandings && t.F().Flow != callFlow && !s.Counts {
		cs = append(cs, t.choice(choiceCall, "choice.call_me"))
	}
	return cs
}

func (t *T) choice(id, key string) bot.Choice {
	return bot.Choice{ID: id, Label: t.Text(key, nil)}
}
