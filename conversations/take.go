package conversations

import (
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
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
	case bot.Document:
		return t.takeDocument()
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

// takeContact takes the sender's own number, which their phone vouches for: at
// a question for it as the answer, anywhere else to know them by it.
func (t *T) takeContact() error {
	number, err := ocop.ParsePhone(t.In.Phone)
	if s := t.present(); s.Contact {
		if err == nil {
			t.Set(vouched, number)
		}
		return t.parse(s, t.In.Phone)
	}
	if err != nil || !t.S.Idle() {
		t.Tell("engine.contact_not_asked")
		return nil
	}
	return t.open(linkFlow, map[string]string{vouched: number})
}

func (t *T) takePhoto() error {
	if t.F().Flow == consentFlow {
		t.Tell("consent.need_answer")
		return nil
	}
	t.quietAlbum()
	asked := t.present()
	for i := len(t.S.Frames) - 1; i > 0; i-- {
		if f := t.flows[t.S.Frames[i].Flow]; f.Photo != nil {
			if err := f.Photo(t, i, t.In.File); err != nil {
				return err
			}
			if t.In.Text != "" && asked.Parse != nil && !t.S.Pending { // the caption is an answer
				return t.takeText()
			}
			return nil
		}
	}
	return t.open(photoFlow, map[string]string{"file": t.In.File.ID})
}

// quietAlbum answers the first of several files sent together only.
func (t *T) quietAlbum() {
	t.S.Quiet = t.In.File.Album != "" && t.In.File.Album == t.S.Album
	t.S.Album = t.In.File.Album
}

// takeDocument brings a document to the latest conversation that takes some.
func (t *T) takeDocument() error {
	for i := len(t.S.Frames) - 1; i > 0; i-- {
		if f := t.flows[t.S.Frames[i].Flow]; f.Document != nil {
			t.quietAlbum()
			return f.Document(t, i, t.In.File)
		}
	}
	t.Tell("engine.unsupported_document")
	return nil
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
	if refused, err := t.refusesAdvert(text); err != nil {
		return err
	} else if refused {
		return t.open(stopFlow, nil)
	}
	if rest, ok := afterKeyword(text); ok {
		if done, err := t.takeKeyword(rest); done || err != nil {
			return err
		}
		text = t.In.Text
	}
	if refuses(text) && t.F().Flow != consentFlow {
		return t.open(stopFlow, nil)
	}
	if with, ok := accentsAsked(text); ok {
		return t.open(accentsFlow, map[string]string{"with": with})
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
		if v, complaint, err := t.tryParse(s, text); err != nil {
			return err
		} else if complaint == nil {
			return t.answer(s, v)
		}
	}
	id, err := t.chosen(text)
	if err != nil {
		return err
	}
	if id != "" {
		if numberOf(text, viet.Fold(text)) > 0 {
			if done, err := t.takeForNotice(text, true); done || err != nil {
				return err
			}
		}
		return t.choose(id)
	}
	if !t.flows[t.F().Flow].Draft && t.F().Flow != consentFlow {
		if done, err := t.openCode(text); done || err != nil {
			return err
		}
	}
	if looksLikeCode(text) && !t.flows[t.F().Flow].Draft {
		return t.open(codeFlow, map[string]string{"code": text})
	}
	if isGreeting(text) { // politeness, and what was asked is asked again
		if t.S.Idle() {
			t.Tell("home.greeting")
		}
		return nil
	}
	if t.S.Idle() && isRefusal(text) {
		return t.open(stopFlow, nil)
	}
	if done, err := t.takeForNotice(text, false); done || err != nil {
		return err
	}
	g := t.words.Understand(text)
	if !t.S.Idle() && t.Caps.Plain && !s.Name && viet.Fold(text) == "dung" { // without accents it is «đúng» here, no refusal
		if done, err := t.control(s, understand.Guess{Intent: understand.Yes, Score: 1, Whole: true}); done || err != nil {
			return err
		}
		return t.missed(s)
	}
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
	if done, err := t.takeBelow(text); done || err != nil {
		return err
	}
	if s.Hears != nil {
		if id, ok := s.Hears(t, text); ok {
			return t.choose(id)
		}
	}
	if g.Score >= doubtful && g.Intent != understand.None && !free {
		return t.open(doubtFlow, map[string]string{"intent": string(g.Intent), "arg": g.Arg})
	}
	if s.Parse != nil {
		return t.parse(s, text)
	}
	return t.missed(s)
}

// takeBelow takes a text for the answer to the form's question under a help
// text, where it is one.
func (t *T) takeBelow(text string) (bool, error) {
	if f := t.F().Flow; f != helpFlow && f != askFlow || !t.flows[t.under()].Draft {
		return false, nil
	}
	help, offered := *t.F(), t.S.Offered
	t.close()
	if err := t.load(); err != nil {
		return false, err
	}
	s := t.present()
	t.S.Offered = nil
	for _, c := range t.choices() {
		t.S.Offered = append(t.S.Offered, c.ID)
	}
	id, err := t.chosen(text)
	if err != nil {
		return false, err
	}
	if id != "" {
		return true, t.choose(id)
	}
	if s.Parse != nil {
		v, complaint, err := t.tryParse(s, text)
		if err != nil {
			return false, err
		}
		if complaint == nil {
			return true, t.answer(s, v)
		}
	}
	t.S.Frames, t.S.Offered = append(t.S.Frames, help), offered
	return false, nil
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
	switch {
	case s.Counts:
		key = "engine.explain_number"
	case s.Optional:
		key = "engine.explain_optional"
	}
	t.S.Notes = []Note{{Key: key}}
	return nil
}
