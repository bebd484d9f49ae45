package conversations

import (
	"regexp"
	"strconv"

	"ocopbot/bot/viet"
)

var choiceNumber = regexp.MustCompile(`^(?:ocop )?(?:so |chon |phuong an |cau )?(\d{1,2})$`)

// belowZero is a number that means no choice; folding would take its sign away.
var belowZero = regexp.MustCompile(`^\s*[-−–]\d`)

// numberOf is the number a text chooses; -1 when it chooses none. typed is the
// text folded.
func numberOf(text, typed string) int {
	if typed == "" || typed[len(typed)-1] < '0' || typed[len(typed)-1] > '9' {
		return -1
	}
	m := choiceNumber.FindStringSubmatch(typed)
	if m == nil || belowZero.MatchString(text) {
		return -1
	}
	n, _ := strconv.Atoi(m[1]) // two digits at most, by the pattern
	return n
}

// chosen finds the offered choice a text names: by number, label, or the
// label's start when only one has it.
func (t *T) chosen(text string) (string, error) {
	if len(t.S.Offered) == 0 && t.present().Below == nil {
		return "", nil
	}
	typed := viet.Fold(text)
	if n := numberOf(text, typed); n >= 0 {
		if n >= 1 && n <= len(t.S.Offered) {
			return t.S.Offered[n-1], nil
		}
		return "", nil
	}
	if err := t.load(); err != nil {
		return "", err
	}
	starts := ""
	cs := t.choices()
	if below := t.present().Below; below != nil {
		cs = append(cs, below(t)...)
	}
	for _, c := range cs {
		whole, start := sameLabel(typed, c.Label)
		if whole {
			return c.ID, nil
		}
		if start {
			if starts != "" {
				starts = "many"
				continue
			}
			starts = c.ID
		}
	}
	if starts == "many" {
		return "", nil
	}
	return starts, nil
}

func isNumber(text string) bool { _, err := strconv.Atoi(text); return err == nil }

// choose answers the present question by a choice.
func (t *T) choose(id string) error {
	t.S.Misses = 0
	s := t.present()
	switch id {
	case choiceBack:
		return t.goBack()
	case choiceMenu:
		t.home()
		return nil
	case choiceCall:
		return t.open(callFlow, nil)
	case choiceSend:
		if s.ID != summaryStep {
			t.goTo(summaryStep)
			return nil
		}
	case choiceSkip:
		t.Set(s.ID, "")
		t.Set("-"+s.ID, "1") // skipped: not asked again
		_, i := t.flows[t.F().Flow].step(s.ID)
		return t.goOn(i)
	}
	if err := t.load(); err != nil {
		return err
	}
	return t.answer(s, id)
}

// tryParse is what a step makes of a typed answer. Its error is that of a
// record that could not be read.
func (t *T) tryParse(s *Step, text string) (string, *Note, error) {
	if err := t.load(); err != nil {
		return "", nil, err
	}
	v, complaint := s.Parse(t, text)
	return v, complaint, nil
}

// parse takes a typed answer, or complains and asks again.
func (t *T) parse(s *Step, text string) error {
	v, complaint, err := t.tryParse(s, text)
	if err != nil {
		return err
	}
	if complaint != nil {
		t.S.Notes = append(t.S.Notes, *complaint)
		return t.missedAgain(s)
	}
	t.S.Misses = 0
	return t.answer(s, v)
}

func (t *T) answer(s *Step, v string) error {
	if s.Answer != nil {
		return s.Answer(t, v)
	}
	t.Set(s.ID, v)
	_, i := t.flows[t.F().Flow].step(s.ID)
	return t.goOn(i)
}
