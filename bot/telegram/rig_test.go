package telegram_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ocopbot/bot"
	"ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/telegram"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is a handler that notes what it got and answers as told.
type recorder struct {
	answer func(bot.Incoming) (bot.Reply, error) // an echo if nil
	refuse error                                 // what Undelivered returns

	mu          sync.Mutex
	got         []bot.Incoming
	undelivered []undelivered
}

type undelivered struct {
	to    bot.Address
	reply bot.Reply
	cause error
}

func (r *recorder) Handle(_ context.Context, in bot.Incoming) (bot.Reply, error) {
	r.mu.Lock()
	r.got = append(r.got, in)
	r.mu.Unlock()
	if r.answer != nil {
		return r.answer(in)
	}
	return says("bạn viết: " + in.Text), nil
}

func (r *recorder) Undelivered(_ context.Context, to bot.Address, reply bot.Reply, cause error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.undelivered = append(r.undelivered, undelivered{to, reply, cause})
	return r.refuse
}

func (r *recorder) incoming() []bot.Incoming {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]bot.Incoming(nil), r.got...)
}

func (r *recorder) handedOver() []undelivered {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]undelivered(nil), r.undelivered...)
}

func says(texts ...string) bot.Reply {
	r := bot.Reply{Session: "s1", Turn: 3}
	for _, t := range texts {
		r.Messages = append(r.Messages, bot.Message{Text: t})
	}
	return r
}

// rig is a channel, the fake it talks to, and a handler.
type rig struct {
	*testing.T
	ctx  context.Context
	fake *faketelegram.Server
	ch   *telegram.Channel
	h    *recorder
	hook string        // the webhook's address
	log  *lockedBuffer // what the channel logged
	stop func()        // ends Receive and waits for it
}

const secret = "webhook_secret-1"

// start makes a rig by webhook or by polling and waits until updates flow.
func start(t *testing.T, webhook bool, h *recorder, change ...func(*telegram.Options)) *rig {
	t.Helper()
	fake, err := faketelegram.New(faketelegram.Options{LongestPause: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	r := attach(t, fake, webhook, h, change...)
	t.Cleanup(func() {
		if v := fake.Violations(); len(v) > 0 {
			t.Errorf("requests Telegram would refuse: %q", v)
		}
	})
	t.Cleanup(fake.Close)
	return r
}

// attach is start with a fake that is there already.
func attach(t *testing.T, fake *faketelegram.Server, webhook bool, h *recorder, change ...func(*telegram.Options)) *rig {
	t.Helper()
	r := &rig{T: t, fake: fake, h: h, log: &lockedBuffer{}}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	r.ctx = ctx
	t.Cleanup(cancel)
	o := telegram.Options{
		Token: faketelegram.Token, APIURL: fake.URL(),
		Log:         slog.New(slog.NewTextHandler(r.log, nil)),
		SendTimeout: 5 * time.Second, FirstPause: 5 * time.Millisecond,
	}
	server := httptest.NewUnstartedServer(nil)
	if webhook {
		r.hook = "http://" + server.Listener.Addr().String() + "/telegram/webhook"
		o.WebhookURL, o.WebhookSecret = r.hook, secret
	}
	for _, f := range change {
		f(&o)
	}
	ch, err := telegram.New(o)
	if err != nil {
		t.Fatal(err)
	}
	r.ch = ch
	server.Config.Handler = ch.Webhook(h)
	server.Start()
	receiving, quit := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- ch.Receive(receiving, h) }()
	r.stop = sync.OnceFunc(func() {
		quit()
		if err := <-done; err != nil {
			t.Errorf("Receive: %v", err)
		}
	})
	t.Cleanup(func() {
		r.stop()
		fake.Heal()
		server.Close()
		ch.Close()
		if strings.Contains(r.log.String(), tokenSecret) {
			t.Error("the token is in the log")
		}
	})
	if webhook {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		done <- nil
	}
	return r
}

var _, tokenSecret, _ = strings.Cut(faketelegram.Token, ":")

// idle waits until all updates are acknowledged.
func (r *rig) idle() {
	r.Helper()
	if err := r.fake.Idle(r.ctx); err != nil {
		r.Fatal(err)
	}
}

// wait waits for n messages in all.
func (r *rig) wait(p *faketelegram.Person, n int) []faketelegram.Message {
	r.Helper()
	ms, err := p.Wait(r.ctx, n)
	if err != nil {
		r.Fatalf("%v; log:\n%s", err, r.log)
	}
	return ms
}

func (r *rig) post(change func(*http.Request), body string) *http.Response {
	r.Helper()
	req, err := http.NewRequestWithContext(r.ctx, http.MethodPost, r.hook, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	if change != nil {
		change(req)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		r.Fatal(err)
	}
	return resp
}

func texts(ms []faketelegram.Message) []string {
	var out []string
	for _, m := range ms {
		out = append(out, m.Text)
	}
	return out
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// both runs a test by webhook and by polling.
func both(t *testing.T, f func(t *testing.T, webhook bool)) {
	t.Run("webhook", func(t *testing.T) { f(t, true) })
	t.Run("polling", func(t *testing.T) { f(t, false) })
}
