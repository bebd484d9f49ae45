package conversations

import (
	"regexp"
	"strconv"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/viet"
	"ocopbot/conversations/understand"
)

// Scores of a guess: from sure on it is acted upon, from doubtful on it is
// asked back; below, nothing was understood.
const (
	sure     = 0.8
	doubtful = 0.5
)

// misunderstandings is how many answers in a row may go wrong before the bot
// explains, and offers to skip the question or to fetch a person.
const misunderstandings = 3

// take brings what came in to the question that is open.
func (t *T) take() error {
	switch t.In.Kind {
	case bot.Tap:
		return t.takeTap()
	case bot.Contact:
		return t.takeContact()
	case bot.Photo:
		return t.takePhoto()
	case bot.Unsupported:
		return t.takeUnsupported()
	}
	return t.takeText()
}

func (t *T) takeTap() error {
	if t.In.Ref.Session == NoticeRef {
		return t.takeNotice(t.In.Choice)
	}
	fresh := t.In.Ref.Session == t.S.ID && t.In.Ref.AskedAt == t.S.AskedAt
	if fresh {
		for _, id := range t.S.Offered {
			if id == t.In.Choice {
				return t.choose(id)
			}
		}
	}
	if t.In.Ref.Session == t.S.ID && t.In.Choice == choiceEdit && t.S.Late != "" && t.F().Flow != registerFlow {
		// «Sửa» raced «Gửi»: the form is sent, and the correction goes to its number.
		return t.open(supplementFlow, map[string]string{"number": t.S.Late})
	}
	t.Tell("engine.old_button")
	return nil
}

func (t *T) takeContact() error {
	if s := t.present(); s.Contact {
		return t.parse(s, t.In.Phone)
	}
	t.Tell("engine.contact_not_asked")
	return nil
}

func (t *T) takePhoto() error {
	if t.F().Flow == consentFlow {
		t.Tell("consent.need_answer")
		return nil
	}
	again := t.In.File.Album != "" && t.In.File.Album == t.S.Album
	t.S.Album = t.In.File.Album
	t.S.Quiet = again
	asked := t.present()
	for i := len(t.S.Frames) - 1; i > 0; i-- {
		if f := t.flows[t.S.Frames[i].Flow]; f.Photo != nil {
			f.Photo(t, t.In.File)
			if t.In.Text != "" && asked.Parse != nil && !t.S.Pending { // the caption is an answer
				return t.takeText()
			}
			return nil
		}
	}
	return t.open(photoFlow, map[string]string{"file": t.In.File.ID})
}

func (t *T) takeUnsupported() error {
	if t.In.What == "sticker" && t.S.Idle() {
		t.S.Quiet = true
		return nil
	}
	key := "engine.unsupported"
	if t.texts.Has("vi", key+"_"+t.In.What) {
		key += "_" + t.In.What
	}
	t.Tell(key)
	return nil
}

func (t *T) takeText() error {
	text := t.In.Text
	if isStart(text) || t.In.Deeplink != "" {
		return t.start()
	}
	if g, ok := commanded(text); ok {
		return t.wish(g)
	}
	s := t.present()
	if !hasWords(text) {
		if strings.Contains(text, "👍") && t.offers("yes") {
			return t.choose("yes")
		}
		if strings.Contains(text, "?") {
			return t.open(helpFlow, nil)
		}
		t.S.Quiet = t.S.Idle()
		return t.missed(s)
	}
	if s.Numbers && (t.Caps.Buttons || !isNumber(text)) && looksLikeNumber(text) {
		if v, complaint := t.tryParse(s, text); complaint == nil {
			return t.answer(s, v)
		}
	}
	if id := t.chosen(text); id != "" {
		return t.choose(id)
	}
	if looksLikeCode(text) && !t.flows[t.F().Flow].Draft {
		return t.open(codeFlow, map[string]string{"code": text})
	}
	if !t.S.Idle() && isGreeting(text) { // politeness, and the form goes on
		return nil
	}
	if t.S.Idle() && isRefusal(text) {
		return t.open(stopFlow, nil)
	}
	g := t.words.Understand(text)
	if done, err := t.control(s, g); done || err != nil {
		return err
	}
	free := s.Parse != nil && !s.Numbers // a number was tried above
	if free && !t.turnsAway(s, g, text) {
		return t.parse(s, text)
	}
	if g.Score >= sure && g.Intent != understand.None {
		return t.wish(g)
	}
	if g.Score >= doubtful && g.Intent != understand.None && !free {
		return t.open(doubtFlow, map[string]string{"intent": string(g.Intent), "arg": g.Arg})
	}
	if s.Parse != nil {
		return t.parse(s, text)
	}
	return t.missed(s)
}

// turnsAway tells whether a text typed at a question with a free answer is
// another wish rather than the answer: only when nothing but a wish was said,
// or when it is a question.
func (t *T) turnsAway(s *Step, g understand.Guess, text string) bool {
	if g.Intent == understand.None || g.Intent == understand.Yes || g.Intent == understand.No {
		return false
	}
	if s.Name && isRefusalWord(text) {
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

// offersAnswers tells whether any of the choices answers the question, and is
// not the engine's own.
func (t *T) offersAnswers() bool {
	for _, o := range t.S.Offered {
		if !strings.HasPrefix(o, ".") {
			return true
		}
	}
	return false
}

var choiceNumber = regexp.MustCompile(`^(?:ocop )?(?:so |chon |phuong an |cau )?(\d{1,2})$`)

// numberOf is the number a folded text chooses; -1 when it chooses none.
func numberOf(typed string) int {
	if typed == "" || typed[len(typed)-1] < '0' || typed[len(typed)-1] > '9' {
		return -1
	}
	m := choiceNumber.FindStringSubmatch(typed)
	if m == nil {
		return -1
	}
	n, _ := strconv.Atoi(m[1]) // two digits at most, by the pattern
	return n
}

// chosen finds the offered choice a text names: by number, label, or the
// label's start when only one has it.
func (t *T) chosen(text string) string {
	if len(t.S.Offered) == 0 {
		return ""
	}
	typed := viet.Fold(text)
	if n := numberOf(typed); n >= 0 {
		if n >= 1 && n <= len(t.S.Offered) {
			return t.S.Offered[n-1]
		}
		return ""
	}
	if err := t.load(); err != nil {
		return ""
	}
	starts := ""
	for _, c := range t.choices() {
		whole, start := sameLabel(typed, c.Label)
		if whole {
			return c.ID
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
		return ""
	}
	return starts
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

func (t *T) tryParse(s *Step, text string) (string, *Note) {
	if err := t.load(); err != nil {
		return "", &Note{Key: "engine.not_understood"}
	}
	return s.Parse(t, text)
}

// parse takes a typed answer, or complains and asks again.
func (t *T) parse(s *Step, text string) error {
	if err := t.load(); err != nil {
		return err
	}
	v, complaint := s.Parse(t, text)
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

// missed says that nothing was understood.
func (t *T) missed(s *Step) error {
	if t.S.Quiet {
		return nil
	}
	t.Tell("engine.not_understood")
	return t.missedAgain(s)
}

// missedAgain counts; the third time in a row the bot explains and offers help.
func (t *T) missedAgain(s *Step) error {
	t.S.Misses++
	if t.S.Misses < misunderstandings {
		return nil
	}
	key := "engine.explain"
	if s.Optional {
		key = "engine.explain_optional"
	}
	t.S.Notes = []Note{{Key: key}}
	return nil
}
