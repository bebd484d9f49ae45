package bottest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/bottest/fakekannel"
	"ocopbot/bot/ocop"
	"ocopbot/bot/sms"
	"ocopbot/locales"
	"ocopbot/storage/sqlstore"
)

// smsPhone is a keypad phone: the real channel, and a Kannel that checks
// every request. What is heard ends with the alphabet and the number of
// messages it took: "(gsm 2)".
type smsPhone struct {
	ch     *sms.Channel
	kannel *fakekannel.Server
	brand  *fakekannel.Server // the way out under a brandname; nil: there is none
	name   string
	hook   *httptest.Server
	inbox  sqlstore.Inbound
	turns  *turns
	people map[string]string
	last   map[string][]string // lines of what was heard last
	short  map[string]string   // labels of choices, and what stands for them here
	more   []string            // labels of the way to the next page
	before map[string]url.Values
	now    func() time.Time
	count  int
	stop   context.CancelFunc
	done   chan error
}

const smsSecret = "a secret of the stories"

func newSMSPhone(ctx context.Context, h func(bot.Caps) bot.Handler, store *sqlstore.Store, texts *locales.Texts, now func() time.Time, brandname string) (*smsPhone, error) {
	p := &smsPhone{
		kannel: fakekannel.New("ocop", "a password"), hook: httptest.NewUnstartedServer(nil), inbox: store.Inbound(), turns: &turns{}, now: now,
		people: map[string]string{}, last: map[string][]string{}, before: map[string]url.Values{}, done: make(chan error, 1),
		short: map[string]string{},
	}
	for _, lang := range locales.Languages {
		p.more = append(p.more, texts.Text(lang, sms.Form, "choice.more", nil))
		for _, key := range texts.Keys(lang) {
			if full, short := texts.Text(lang, "", key, nil), texts.Text(lang, sms.Form, key, nil); short != full {
				p.short[full] = sms.Plain(short)
			}
		}
	}
	records := SMSRecords{p.inbox, store}
	p.turns.SMSRecords = records
	gateways := []sms.Gateway{{
		Name: "kannel", Driver: sms.Kannel, URL: p.kannel.URL(), User: "ocop", Password: "a password",
		Number: "0912000000", Secret: smsSecret,
	}}
	if brandname != "" {
		p.brand, p.name = fakekannel.New("ocop", "a password"), brandname
		g := gateways[0]
		g.Name, g.URL, g.Number, g.Sender = "brand", p.brand.URL(), brandname, sms.Brandname
		gateways = append(gateways, g)
	}
	var err error
	p.ch, err = sms.New(sms.Options{
		Gateways: gateways, Words: smsWords{texts},
		PublicURL: "http://" + p.hook.Listener.Addr().String(), Inbox: p.turns, Ledger: records,
		// Stories are said faster than people type.
		Limits: sms.Limits{PerMinute: 1000, PerDay: 1000, Rounds: 1000},
		Number: func(s string) (string, bool) { n, err := ocop.ParsePhone(s); return n, err == nil },
		Log:    slog.New(slog.NewTextHandler(io.Discard, nil)), Now: now,
	})
	if err != nil {
		p.closeServers()
		return nil, err
	}
	p.hook.Config.Handler = p.ch
	p.hook.Start()
	ctx, p.stop = context.WithCancel(ctx)
	go func() { p.done <- p.ch.Receive(ctx, h(p.ch.Caps())) }()
	return p, nil
}

func (p *smsPhone) channels() []bot.Channel { return []bot.Channel{p.ch} }

func (p *smsPhone) address(who string) bot.Address {
	if p.people[who] == "" {
		p.people[who] = fmt.Sprintf("+8491200%04d", 1+len(p.people))
	}
	return bot.NewAddress(sms.Name, p.people[who])
}

func (p *smsPhone) says(ctx context.Context, who, text string) error {
	p.count++
	q := url.Values{"key": {smsSecret}, "id": {strconv.Itoa(p.count)}, "from": {p.address(who).ID()}, "text": {text},
		"coding": {"0"}, "time": {strconv.FormatInt(p.now().Unix(), 10)}}
	p.before[who] = q
	return p.brings(ctx, q)
}

// brings is Kannel handing on a message; it waits until it was handled.
func (p *smsPhone) brings(ctx context.Context, q url.Values) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.hook.URL+"/sms/kannel/mo?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("bottest: a message is answered %d", resp.StatusCode), err)
	}
	for {
		waiting, err := p.inbox.Waiting(ctx)
		if err != nil || waiting == 0 && p.turns.open.Load() == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("bottest: a message is never handled: %w", ctx.Err())
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// turns counts the messages that are being handled. The inbox alone does not
// tell: who is erased is gone from it before the answer.
type turns struct {
	SMSRecords
	open atomic.Int64
}

func (t *turns) Claim(ctx context.Context, now time.Time, lease time.Duration, people int) ([]bot.Incoming, error) {
	claimed, err := t.SMSRecords.Claim(ctx, now, lease, people)
	t.open.Add(int64(len(claimed)))
	return claimed, err
}

func (t *turns) Release(ctx context.Context, id string) error {
	defer t.open.Add(-1)
	return t.SMSRecords.Release(ctx, id)
}

func (t *turns) Done(ctx context.Context, id string, now time.Time) error {
	err := t.SMSRecords.Done(ctx, id, now)
	if err == nil { // else it is released
		t.open.Add(-1)
	}
	return err
}

// chooses types the number that stands before the label, or before its short
// form.
func (p *smsPhone) chooses(ctx context.Context, who, label string) error {
	number := p.numberOf(who, label)
	if number == "" {
		return fmt.Errorf("%w: [%s] among %q; say above it what is said by SMS: sms > text", errNoChoice, label, p.last[who])
	}
	return p.says(ctx, who, number)
}

func (p *smsPhone) numberOf(who, label string) string {
	for _, line := range p.last[who] {
		number, shown, ok := strings.Cut(line, ". ")
		if _, err := strconv.Atoi(number); ok && err == nil && (shown == sms.Plain(label) || shown == p.short[label]) {
			return number
		}
	}
	return ""
}

func (p *smsPhone) shows(who, label string) bool { return p.numberOf(who, label) != "" }

// nextPage is what is typed for the next page; empty where there is none.
func (p *smsPhone) nextPage(who string) string {
	for _, more := range p.more {
		if key := p.numberOf(who, more); key != "" {
			return key
		}
	}
	return ""
}

func (p *smsPhone) sends(ctx context.Context, who string, g gesture) error {
	switch {
	case g.kind == "again" && p.before[who] != nil:
		return p.brings(ctx, p.before[who])
	case g.kind == "contact":
		return p.says(ctx, who, g.arg)
	}
	return fmt.Errorf("%w: (%s %s); or say above it what is said by SMS: sms > text", errGesture, g.kind, g.arg)
}

func (p *smsPhone) heard(who string) []message {
	var ms []message
	for _, text := range p.kannel.Sent(p.people[who]) {
		n, encoding := sms.Segments(text, true)
		p.last[who] = strings.Split(text, "\n")
		ms = append(ms, message{text: fmt.Sprintf("%s\n(%s %d)", text, encoding, n)})
	}
	if p.brand == nil {
		return ms
	}
	for _, text := range p.brand.Sent(p.people[who]) { // which is no question
		n, encoding := sms.Segments(text, true)
		ms = append(ms, message{text: fmt.Sprintf("%s\n(%s %d %s)", text, encoding, n, p.name)})
	}
	return ms
}

func (p *smsPhone) complaints() []string {
	wrong := p.kannel.Complaints()
	if p.brand != nil {
		wrong = append(wrong, p.brand.Complaints()...)
	}
	return wrong
}

func (p *smsPhone) close() {
	p.stop()
	<-p.done
	p.closeServers()
}

func (p *smsPhone) closeServers() {
	p.hook.Close()
	p.kannel.Close()
	if p.brand != nil {
		p.brand.Close()
	}
}

// smsWords says what a brandname adds to a conversation.
type smsWords struct{ texts *locales.Texts }

// TextTo implements sms.Words.
func (w smsWords) TextTo(number, keyword string) string {
	return w.texts.Text(locales.Vietnamese, "", "sms.text_to", locales.Data{"number": number, "keyword": keyword})
}

// Begin implements sms.Words; no story has a short code.
func (smsWords) Begin(string, bool) string { return "" }

var _ phone = (*smsPhone)(nil)
