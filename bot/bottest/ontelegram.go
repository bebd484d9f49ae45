package bottest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/telegram"
)

// telegramPhone is Telegram: the real channel by webhook, and a Bot API
// server that checks every request.
type telegramPhone struct {
	fake   *faketelegram.Server
	ch     *telegram.Channel
	hook   *httptest.Server
	people map[string]*faketelegram.Person
	last   map[string]faketelegram.Message
	update map[string]int64 // the last one a person caused

	picture []byte
}

// newTelegramPhone starts it; h makes the handler from what the channel can do.
func newTelegramPhone(ctx context.Context, h func(bot.Caps) bot.Handler, picture string) (*telegramPhone, error) {
	jpeg, err := os.ReadFile(picture)
	if err != nil {
		return nil, err
	}
	fake, err := faketelegram.New(faketelegram.Options{LongestPause: 5 * time.Millisecond})
	if err != nil {
		return nil, err
	}
	p := &telegramPhone{
		picture: jpeg, fake: fake, hook: httptest.NewUnstartedServer(nil),
		people: map[string]*faketelegram.Person{}, last: map[string]faketelegram.Message{}, update: map[string]int64{},
	}
	p.ch, err = telegram.New(telegram.Options{
		Token: faketelegram.Token, APIURL: fake.URL(), Log: slog.New(slog.DiscardHandler),
		WebhookURL: "http://" + p.hook.Listener.Addr().String() + "/", WebhookSecret: "stories",
		FirstPause: 5 * time.Millisecond,
	})
	if err != nil {
		p.hook.Close()
		fake.Close()
		return nil, err
	}
	handler := h(p.ch.Caps())
	p.hook.Config.Handler = p.ch.Webhook(handler)
	p.hook.Start()
	if err := p.ch.Receive(ctx, handler); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *telegramPhone) channels() []bot.Channel { return []bot.Channel{p.ch} }

func (p *telegramPhone) address(who string) bot.Address {
	return bot.NewAddress(telegram.Name, strconv.FormatInt(p.person(who).ID, 10))
}

// person finds who by name; ids are given in the order people appear.
func (p *telegramPhone) person(who string) *faketelegram.Person {
	if p.people[who] == nil {
		p.people[who] = p.fake.Person(int64(6001+len(p.people)), "vi")
	}
	return p.people[who]
}

func (p *telegramPhone) says(ctx context.Context, who, text string) error {
	p.update[who] = p.person(who).Says(text)
	return p.fake.Idle(ctx)
}

func (p *telegramPhone) chooses(ctx context.Context, who, label string) error {
	m := p.last[who]
	for _, row := range m.Labels() {
		if slices.Contains(row, label) {
			return p.taps(ctx, who, label)
		}
	}
	return fmt.Errorf("%w: [%s] among %q", errNoChoice, label, m.Labels())
}

func (p *telegramPhone) taps(ctx context.Context, who, label string) error {
	update, err := p.person(who).Taps(label)
	if err != nil {
		return err
	}
	p.update[who] = update
	return p.fake.Idle(ctx)
}

func (p *telegramPhone) sends(ctx context.Context, who string, g gesture) error {
	person := p.person(who)
	switch g.kind {
	case "photo":
		p.update[who] = person.SendsPhoto(faketelegram.Photo{Data: p.picture, Album: g.arg})
	case "file":
		p.update[who] = person.SendsDocument(g.arg, mimeOf(g.arg), fileNamed(g.arg))
	case "contact":
		p.update[who] = person.SharesContact(g.arg)
	case "card": // somebody else's number, out of the phone book
		p.update[who] = person.SharesContactOf(99, g.arg)
	case "old": // a button of any earlier message
		label, ok := parseChoice(g.arg)
		if !ok {
			return fmt.Errorf("%w: (old [label])", errGesture)
		}
		return p.taps(ctx, who, label)
	case "again":
		person.Again(p.update[who])
	case "edit":
		person.Edits(g.arg)
	case "sticker", "voice", "document", "video", "location":
		p.update[who] = person.Sends(g.kind)
	default:
		return fmt.Errorf("%w: (%s)", errGesture, g.kind)
	}
	return p.fake.Idle(ctx)
}

func (p *telegramPhone) heard(who string) []message {
	var ms []message
	for _, got := range p.person(who).Unread() {
		m := message{text: got.Text}
		for _, row := range got.Buttons {
			for _, b := range row {
				m.choices = append(m.choices, b.Text)
			}
		}
		for _, row := range got.Keyboard {
			for _, k := range row {
				if !k.RequestContact {
					m.choices = append(m.choices, k.Text)
				}
			}
		}
		p.last[who] = got
		if got.File != nil {
			m.file, m.data = got.File.Name, got.File.Data
		}
		ms = append(ms, m)
	}
	return ms
}

// complaints waits for the answers to taps, which go their own way.
func (p *telegramPhone) complaints() []string {
	for range 500 {
		if p.fake.UnansweredTaps() == 0 {
			return p.fake.Violations()
		}
		time.Sleep(10 * time.Millisecond)
	}
	return append(p.fake.Violations(), fmt.Sprintf("%d taps whose little clock still runs", p.fake.UnansweredTaps()))
}

func (p *telegramPhone) close() {
	p.hook.Close()
	p.ch.Close()
	p.fake.Close()
}
