package conversations

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// NoticeRef is the session id in the buttons of a notice: they open something
// whenever they are touched, and answer no question.
const NoticeRef = "n"

// ErrMovedOn is a notice or an answer that is no longer wanted.
var ErrMovedOn = errors.New("conversations: no longer wanted")

// Notice makes the text of a notice from what is true now. ErrMovedOn: there
// is nothing to tell any more.
func (e *Engine) Notice(ctx context.Context, n storage.Notice, caps bot.Caps, now time.Time) (bot.Message, error) {
	p, err := e.reads.Person(ctx, n.Person)
	if errors.Is(err, storage.ErrNotFound) || err == nil && !p.Erased.IsZero() {
		return bot.Message{}, ErrMovedOn
	}
	if err != nil {
		return bot.Message{}, fmt.Errorf("conversations: notice: %w", err)
	}
	t := &T{Engine: e, Ctx: ctx, S: NewSession(p.Lang), Caps: caps, Now: now}
	t.S.Person, t.S.Accents = p.ID, p.Accents
	m := bot.Message{Ref: bot.Ref{Session: NoticeRef}, Sure: true, Accents: t.accented()}
	if tell, ok := tellings[n.Kind]; ok {
		return tell(t, n, m)
	}
	return t.tellOfIdea(n, m)
}

// tellings make the notices that are about something else than an idea, by
// their kind.
var tellings = map[string]func(*T, storage.Notice, bot.Message) (bot.Message, error){
	"digest":      (*T).digest,
	"reminder":    (*T).remindOf,
	"duties":      (*T).tellStandings,
	"unstaffed":   (*T).tellUnstaffed,
	"handed_over": (*T).handedOver,
	"alert":       (*T).tellAlert,

	"demand_withdrawn": (*T).tellWithdrawn,

	"report_offered":        (*T).tellOfReport,
	"report_refused":        (*T).tellOfReport,
	"report_filed":          (*T).tellOfReport,
	"report_signed":         (*T).tellOfReport,
	"report_received":       (*T).tellOfReport,
	"report_returned":       (*T).tellOfReport,
	storage.NoticeMovedUp:   (*T).tellOfGathering,
	storage.NoticeSelection: (*T).tellOfGathering,
	storage.NoticeChanged:   (*T).tellOfGathering,
	storage.NoticeCalledOff: (*T).tellOfGathering,
	storage.NoticeReminder:  (*T).tellOfGathering,
	storage.NoticeResults:   (*T).tellOfGathering,
	noticeNews:              (*T).newsQuestion,
	noticeSecond:            (*T).tellOfAnnouncement,
	noticeApproved:          (*T).tellOfAnnouncement,
	noticeReturned:          (*T).tellOfAnnouncement,
	"link":                  (*T).tellLink,
}

// gone is why a notice cannot be told for want of its record: what is no
// longer there needs no telling.
func gone(err error) error {
	if errors.Is(err, storage.ErrNotFound) {
		return ErrMovedOn
	}
	return fmt.Errorf("conversations: notice: %w", err)
}

// tellOfIdea is news of an idea: the kind is the text's key.
func (t *T) tellOfIdea(n storage.Notice, m bot.Message) (bot.Message, error) {
	i, err := t.reads.Idea(t.Ctx, n.Idea)
	if err != nil {
		return m, gone(err)
	}
	events, err := t.reads.Events(t.Ctx, i.ID)
	if err != nil {
		return m, fmt.Errorf("conversations: notice: %w", err)
	}
	text := ""
	for _, ev := range events {
		if ev.ID == n.Event {
			text = ev.Body["text"]
		}
	}
	number := i.Number.String()
	data := dataOf("number", number, "product", i.Name, "unit", t.unitName(string(i.Unit)), "text", text)
	if n.Kind == "published" {
		lines, _, err := t.results(i)
		if err != nil {
			return m, err
		}
		data["results"] = strings.Join(lines, "\n")
	}
	t.say(&m, "notice."+n.Kind, data)
	if t.Caps.Paged { // its choices could be no number of the open question's
		return m, nil
	}
	switch n.Kind {
	case "asked":
		m.Choices = []bot.Choice{t.choice("answer/"+number, "notice.choice_answer")}
	case "answered":
		m.Choices = []bot.Choice{t.choice("act/"+number, "notice.choice_open")}
	case "returned":
		m.Choices = []bot.Choice{t.choice("sup/"+number, "notice.choice_mend"), t.choice("card/"+number, "notice.choice_card")}
	default:
		m.Choices = []bot.Choice{t.choice("card/"+number, "notice.choice_card")}
	}
	return m, nil
}

// viewerOf is a person as who looks, wherever they are told; ErrMovedOn if
// they cannot be reached.
func (t *T) viewerOf(person storage.ID) (storage.Viewer, error) {
	routes, err := t.reads.Routes(t.Ctx, person)
	if err != nil {
		return storage.Viewer{}, fmt.Errorf("conversations: notice: %w", err)
	}
	if len(routes) == 0 {
		return storage.Viewer{}, ErrMovedOn
	}
	t.In.From = routes[0].Addr
	return t.Viewer()
}

// digest tells an officer in the morning what came in.
func (t *T) digest(n storage.Notice, m bot.Message) (bot.Message, error) {
	v, err := t.viewerOf(n.Person)
	if err != nil {
		return m, err
	}
	if !isOfficer(v) {
		return m, ErrMovedOn
	}
	ideas, total, err := t.reads.Inbox(t.Ctx, scope(v), 0, inboxPage)
	if err != nil {
		return m, fmt.Errorf("conversations: digest: %w", err)
	}
	requests, err := t.reads.Requests(t.Ctx, scope(v), 100)
	if err != nil {
		return m, fmt.Errorf("conversations: digest: %w", err)
	}
	if total == 0 && len(requests) == 0 {
		return m, ErrMovedOn
	}
	var lines []string
	for _, i := range ideas {
		lines = append(lines, t.Text("inbox.line", dataOf("number", i.Number.String(), "product", clip(i.Name, 40),
			"unit", t.unitName(string(i.Unit)), "since", date(i.WaitingSince), "stage", t.Text("stage."+string(i.Stage), nil))))
	}
	t.say(&m, "notice.digest", dataOf("total", total, "calls", len(requests), "lines", strings.Join(lines, "\n")))
	if !t.Caps.Paged {
		m.Choices = []bot.Choice{t.choice("inbox/", "notice.choice_inbox")}
	}
	return m, nil
}

// openOwn opens a conversation about one's own form; what a tap brings back is
// no proof that it is.
func (t *T) openOwn(flow, number string) error {
	i, how, err := t.numbered(number)
	switch {
	case err != nil && !errors.Is(err, storage.ErrNotFound):
		return err
	case err != nil || how != ownerTie:
		t.Tell("status.unknown", "typed", clip(number, 20))
		return nil
	}
	if _, err := ocop.Next(i.Stage, ocop.EventAnswered); flow == answerFlow && err != nil {
		t.Tell("answer.not_asked", "number", number)
		return nil
	}
	return t.open(flow, map[string]string{"number": i.Number.String()})
}

// takeNotice does what a notice's button says.
func (t *T) takeNotice(choice string) error {
	what, number, _ := strings.Cut(choice, "/")
	switch what {
	case "card":
		return t.showStatus(number)
	case "sup":
		return t.openOwn(supplementFlow, number)
	case "answer":
		return t.openOwn(answerFlow, number)
	case "act":
		v, err := t.Viewer()
		if err != nil {
			return err
		}
		if !isOfficer(v) {
			t.Tell("officer.only")
			return nil
		}
		return t.open(actFlow, map[string]string{"number": number})
	case "event":
		return t.open(gatheringFlow, map[string]string{"code": number})
	case "result":
		return t.open(resultFlow, map[string]string{"code": number})
	case "inbox":
		return t.officers(inboxFlow)
	case "report":
		return t.takeReportNotice(number)
	case "ack":
		return t.open(ackFlow, map[string]string{"reminder": number})
	case "duty":
		r, err := t.ownReminder(number)
		if errors.Is(err, storage.ErrNotFound) {
			t.Tell("engine.old_button")
			return nil
		}
		if err != nil {
			return err
		}
		return t.openDuty(r.Duty)
	case "ann":
		return t.announcers(map[string]string{"ann": number})
	case "told":
		return t.open(toldFlow, map[string]string{"ann": number})
	case "stop":
		return t.open(stopFlow, nil)
	case "news":
		return t.open(newsFlow, map[string]string{"set": number, "once": "1"})
	}
	t.Tell("engine.old_button")
	return nil
}
