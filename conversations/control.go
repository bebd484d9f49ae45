package conversations

import (
	"strings"

	"ocopbot/bot/viet"
	"ocopbot/conversations/understand"
)

// ofProducers are the wishes of who has a product, which officers write about.
var ofProducers = map[understand.Intent]bool{
	understand.RegisterIdea: true, understand.Status: true, understand.Supplement: true, understand.Print: true, understand.Events: true,
}

// turnsAway tells whether a text typed at a question with a free answer is
// another wish rather than the answer: only when nothing but a wish was said,
// or when it is a question.
func (t *T) turnsAway(s *Step, g understand.Guess, text string) bool {
	if g.Intent == understand.None || g.Intent == understand.Yes || g.Intent == understand.No {
		return false
	}
	if s.Name && isRefusalWord(text) || s.Prose && ofProducers[g.Intent] {
		return false
	}
	return g.Whole && g.Score >= 0.9 || g.Score >= sure && strings.HasSuffix(strings.TrimSpace(text), "?")
}

// control serves going back, skipping, leaving and sending: the words that
// mean the same at every question.
func (t *T) control(s *Step, g understand.Guess) (bool, error) {
	if !g.Whole || g.Score < sure || s.Name && isRefusalWord(t.In.Text) {
		return false, nil
	}
	switch g.Intent {
	case understand.Back:
		return true, t.goBack()
	case understand.Skip:
		if s.ID == fieldStep {
			t.goTo(summaryStep)
			return true, nil
		}
		if s.Optional {
			return true, t.choose(choiceSkip)
		}
		if t.offers("next") {
			return true, t.choose("next")
		}
		if !t.flows[t.F().Flow].Draft { // only a form needs its answers
			return false, nil
		}
		t.Tell("engine.cannot_skip")
		return true, nil
	case understand.Send:
		if s.ID == fieldStep {
			t.goTo(summaryStep)
			return true, nil
		}
		if t.offers(choiceSend) {
			return true, t.choose(choiceSend)
		}
	case understand.Yes:
		if t.offers("yes") {
			return true, t.choose("yes")
		}
		if t.offers(choiceSend) && s.Parse == nil {
			return true, t.choose(choiceSend)
		}
	case understand.No:
		if t.offers("no") {
			return true, t.choose("no")
		}
		switch {
		case s.Optional && (s.Parse != nil || !t.offersAnswers()):
			return true, t.choose(choiceSkip)
		case s.Name && s.Parse != nil:
			return true, t.leave()
		case t.offers(choiceEdit): // the summary is not right
			return true, t.choose(choiceEdit)
		case s.Parse == nil && t.flows[t.F().Flow].Draft:
			return true, t.missed(s) // it answers no «this or that?»
		}
	case understand.Cancel:
		// «HUY» as carriers teach it to refuse messages; «hủy» says what it means.
		if g.Second == understand.StopMessages && viet.Unaccent(t.In.Text) == t.In.Text && t.flows[t.F().Flow].Draft {
			return true, t.open(leaveFlow, map[string]string{"refusal": "1"})
		}
		return true, t.leave()
	}
	return false, nil
}

// leave is what «hủy», «thôi» do: a form is parked after asking, anything else is closed.
func (t *T) leave() error {
	t.closeMenus() // shown over a form: it is the form that is meant
	if t.flows[t.F().Flow].Draft {
		return t.open(leaveFlow, nil)
	}
	if t.S.Idle() {
		code, err := t.comesTo()
		if err != nil {
			return err
		}
		if code != "" { // «không đi được»: its card gives it up
			return t.open(gatheringFlow, map[string]string{"code": code})
		}
		t.Tell("engine.nothing_to_cancel")
		return nil
	}
	t.close()
	return nil
}

func (t *T) goBack() error {
	if t.back() {
		return nil
	}
	if t.S.Idle() || t.flows[t.F().Flow].Draft {
		t.Tell("engine.first_question")
		return nil
	}
	t.close()
	return nil
}

func (t *T) offers(id string) bool {
	for _, o := range t.S.Offered {
		if o == id {
			return true
		}
	}
	return false
}
