package conversations

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// Sending is what dialogs have to know of how announcements go out.
type Sending struct {
	Outlets []Outlet // the channels there are
	// Refuse is the number to which people text that they want no more
	// advertising, as they type it.
	Refuse string
	// Approval is from how many people on a second officer has to agree; 0:
	// never.
	Approval int
}

// Outlet is a channel as announcements see it.
type Outlet struct {
	Caps    bot.Caps
	Carrier storage.Carrier
	Cost    func(bot.Message) (segments int, dong int64) // nil: free
}

// Sends is the engine that knows how announcements go out.
func (e *Engine) Sends(s Sending) *Engine {
	with := *e
	with.sending = s
	return &with
}

// reaches tells whether there is a channel.
func (s Sending) reaches(channel string) bool {
	return slices.ContainsFunc(s.Outlets, func(o Outlet) bool { return o.Caps.Name == channel })
}

// carriers are what the channels can do.
func (s Sending) carriers() map[string]storage.Carrier {
	all := map[string]storage.Carrier{}
	for _, o := range s.Outlets {
		all[o.Caps.Name] = o.Carrier
	}
	return all
}

// Announcement is an announcement as a channel shows it to somebody of a
// language, with what the law wants in it.
func (e *Engine) Announcement(a storage.Announcement, lang string, caps bot.Caps) bot.Message {
	text := a.Text
	if lang == locales.English && a.English != "" {
		text = a.English
	}
	say := func(key string) string {
		return e.texts.Text(lang, caps.Form, key, locales.Data{"number": e.sending.Refuse})
	}
	m := bot.Message{Text: text, Ref: bot.Ref{Session: NoticeRef}, Sure: true}
	answer := "told.choice_read"
	switch a.Class {
	case ocop.Advertising:
		m.Advert = true
		if caps.Paged && a.Invites == "" && e.sending.Refuse != "" { // else signing up is the answer
			text += "\n" + say("told.by_text_interested")
		}
		m.Text = ocop.AdvertText(text, say("told.refuse"))
		answer = "told.choice_interested"
	case ocop.Bulletin:
		m.Text = strings.TrimSpace(text) + "\n" + say("told.unsubscribe")
	case ocop.ServiceNotice:
		if caps.Paged {
			m.Text = strings.TrimSpace(text) + "\n" + say("told.by_text_read")
		}
	}
	if caps.Paged { // its choices could be no number of the open question's: words do
		return m
	}
	if a.Invites != "" {
		m.Choices = []bot.Choice{{ID: "event/" + a.Invites, Label: say("told.choice_event")}}
	}
	m.Choices = append(m.Choices, bot.Choice{ID: "told/" + idText(a.ID), Label: say(answer)})
	if a.Class != ocop.ServiceNotice {
		m.Choices = append(m.Choices, bot.Choice{ID: "stop/", Label: say("told.choice_stop")})
	}
	return m
}

// Progress tells an announcement's author how far it is.
func (e *Engine) Progress(ctx context.Context, a storage.Announcement, tally []storage.RecipientCount, caps bot.Caps) (bot.Message, error) {
	p, err := e.reads.Person(ctx, a.Author)
	if err != nil {
		return bot.Message{}, fmt.Errorf("conversations: progress: %w", err)
	}
	t := &T{Engine: e, Ctx: ctx, S: NewSession(p.Lang), Caps: caps}
	m := bot.Message{Ref: bot.Ref{Session: NoticeRef}, Sure: true}
	t.say(&m, "told.progress", dataOf("text", clip(firstLine(a.Text), 60), "state", t.Text("told.state_"+a.State, nil), "lines", t.tally(tally)))
	if !caps.Paged {
		m.Choices = []bot.Choice{t.choice("ann/"+idText(a.ID), "told.choice_open")}
	}
	return m, nil
}

func firstLine(s string) string { line, _, _ := strings.Cut(s, "\n"); return line }

// tally says how many were told, and why the others were not.
func (t *T) tally(all []storage.RecipientCount) string {
	count := map[string]int{}
	var lines []string
	total, doubts := 0, 0
	for _, c := range all {
		count[c.State] += c.Count
		total += c.Count
		doubts += c.Doubts
	}
	add := func(state string) {
		if count[state] > 0 {
			lines = append(lines, t.Text("told.count_"+state, dataOf("count", count[state])))
		}
		for _, c := range all {
			if c.State == state && c.Why != "" {
				lines = append(lines, "   "+t.why(c.Why)+": "+strconv.Itoa(c.Count))
			}
		}
	}
	count[storage.RecipientSent] += count[storage.RecipientAnswered] // they were told too
	lines = append(lines, t.Text("told.count", dataOf("count", total)))
	add(storage.RecipientSent)
	if n := count[storage.RecipientAnswered]; n > 0 {
		lines = append(lines, t.Text("told.count_answered", dataOf("count", n)))
	}
	count[storage.RecipientQueued] += count[storage.RecipientSending]
	add(storage.RecipientQueued)
	add(storage.RecipientHeld)
	add(storage.RecipientFailed)
	if doubts > 0 {
		lines = append(lines, t.Text("told.doubts", dataOf("count", doubts)))
	}
	return strings.Join(lines, "\n")
}

// why is a reason in words; the rarer ones of a provider share theirs.
func (t *T) why(why string) string {
	if key := "told.why_" + why; t.texts.Has(t.S.Lang, key) {
		return t.Text(key, nil)
	}
	return t.Text("told.why_other", nil)
}
