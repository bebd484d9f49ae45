package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/storage"
)

// channel is a provider that does as it is told.
type channel struct {
	name string

	mu       sync.Mutex
	sent     []string                         // "address text"
	failures map[bot.Address][]*bot.SendError // the next answers
	files    map[string][]byte
	blocks   chan struct{} // if set, Send waits for it
	began    chan struct{} // told when a Send begins
}

func newChannel(name string) *channel {
	return &channel{name: name, failures: map[bot.Address][]*bot.SendError{}, files: map[string][]byte{},
		began: make(chan struct{}, 1000)}
}

func (c *channel) Caps() bot.Caps                             { return bot.Caps{Name: c.name, Buttons: true} }
func (c *channel) Receive(context.Context, bot.Handler) error { return nil }

func (c *channel) Send(ctx context.Context, to bot.Address, m bot.Message) (string, error) {
	c.began <- struct{}{}
	if c.blocks != nil {
		select {
		case <-c.blocks:
		case <-ctx.Done():
			return "", &bot.SendError{Code: bot.Unknown, Err: ctx.Err()}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.failures[to]; len(f) > 0 {
		c.failures[to] = f[1:]
		if f[0] != nil {
			return "", f[0]
		}
	}
	c.sent = append(c.sent, string(to)+" "+m.Text)
	return fmt.Sprint("m", len(c.sent)), nil
}

func (c *channel) Fetch(_ context.Context, id string, limit int64) ([]byte, string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	data, ok := c.files[id]
	if !ok {
		return nil, "", &bot.SendError{Code: bot.Rejected, Err: errors.New("no such file")}
	}
	if int64(len(data)) > limit {
		return nil, "", errors.New("too large")
	}
	return data, "", nil
}

// fail makes the next sends to an address fail; nil lets one through.
func (c *channel) fail(to bot.Address, with ...*bot.SendError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failures[to] = with
}

func (c *channel) said() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.sent...)
}

func failure(code bot.SendCode, after time.Duration) *bot.SendError {
	return &bot.SendError{Code: code, After: after, Err: errors.New("as told")}
}

// texts renders a notice as its kind, and an answer as its messages.
type texts struct {
	mu      sync.Mutex
	movedOn bool
	answer  []string
}

func (x *texts) Notice(_ context.Context, n storage.Notice, _ bot.Caps, _ time.Time) (bot.Message, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.movedOn {
		return bot.Message{}, outbox.ErrMovedOn
	}
	return bot.Message{Text: n.Kind}, nil
}

func (x *texts) Answer(context.Context, bot.Address, bot.Caps, string, int) (bot.Reply, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.movedOn {
		return bot.Reply{}, outbox.ErrMovedOn
	}
	r := bot.Reply{Session: "abc", Turn: 4}
	for _, text := range x.answer {
		r.Messages = append(r.Messages, bot.Message{Text: text})
	}
	return r, nil
}

func (x *texts) set(answer ...string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.answer = answer
}

// clock is the time the rules go by.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

func (*texts) Announcement(a storage.Announcement, lang string, _ bot.Caps) bot.Message {
	if lang == "en" && a.English != "" {
		return bot.Message{Text: a.English}
	}
	return bot.Message{Text: a.Text, Advert: a.Class == ocop.Advertising}
}

func (*texts) Progress(_ context.Context, a storage.Announcement, tally []storage.RecipientCount, _ bot.Caps) (bot.Message, error) {
	text := a.State
	for _, t := range tally {
		text += fmt.Sprintf(" %s%s=%d", t.State, t.Why, t.Count)
	}
	return bot.Message{Text: text}, nil
}
