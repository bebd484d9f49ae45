package telegram_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocopbot/bot"
	fake "ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/telegram"
)

// A program that dies before it handled an update gets it again.
func TestPollingLosesNothingInACrash(t *testing.T) {
	down := &recorder{answer: func(in bot.Incoming) (bot.Reply, error) {
		if in.From == "telegram:1" {
			return bot.Reply{}, errors.New("no database")
		}
		return says(in.Text), nil
	}}
	first := start(t, false, down)
	an, binh := first.fake.Person(1, "vi"), first.fake.Person(2, "vi")
	an.Says("một")
	an.Says("hai")
	binh.Says("ba")
	first.wait(binh, 1)
	first.stop()

	second := attach(t, first.fake, false, &recorder{answer: echo})
	if diff := cmp.Diff([]string{"một", "hai"}, texts(second.wait(an, 2))); diff != "" {
		t.Error(diff)
	}
	second.idle()
}

// After a clean stop nothing that was handled comes again.
func TestPollingConfirmsBeforeItEnds(t *testing.T) {
	h := &recorder{answer: echo}
	r := start(t, false, h)
	p := r.fake.Person(1, "vi")
	p.Says("một")
	r.wait(p, 1)
	r.stop()
	if n := r.fake.Pending(); n != 0 {
		t.Errorf("%d updates would come again", n)
	}
}

func echo(in bot.Incoming) (bot.Reply, error) { return says(in.Text), nil }

// One person's update that fails for good holds up that person only, and a
// second try says that it is one.
func TestAPoisonousUpdateStopsNobodyElse(t *testing.T) {
	h := &recorder{answer: func(in bot.Incoming) (bot.Reply, error) {
		if in.Text == "độc" {
			panic("poison")
		}
		return says(in.Text), nil
	}}
	r := start(t, false, h)
	sick, well := r.fake.Person(1, "vi"), r.fake.Person(2, "vi")
	sick.Says("độc")
	for i := range 30 {
		well.Says(strconv.Itoa(i))
	}
	r.wait(well, 30)
	again := func() bool {
		for _, in := range h.incoming() {
			if in.Text == "độc" && in.Redelivery {
				return true
			}
		}
		return false
	}
	if err := r.fake.Until(r.ctx, func() bool { well.Says("nữa"); return again() }); err != nil {
		t.Error(err)
	}
	seen := map[string]int{}
	for _, in := range h.incoming() {
		if in.From == "telegram:2" {
			seen[in.ID]++
		}
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("update %s was handled %d times", id, n)
		}
	}
}

func TestPeopleAreHandledSideBySideWithinABound(t *testing.T) {
	const people = 90
	var mu sync.Mutex
	now, most := 0, 0
	full := make(chan struct{})
	h := &recorder{answer: func(in bot.Incoming) (bot.Reply, error) {
		mu.Lock()
		if now++; now > most {
			most = now
			if most == 64 {
				close(full)
			}
		}
		mu.Unlock()
		<-full // nobody ends before 64 run at once
		mu.Lock()
		now--
		mu.Unlock()
		return bot.Reply{}, nil
	}}
	r := start(t, false, h)
	for i := range people {
		r.fake.Person(int64(i+1), "vi").Says("chào")
	}
	r.idle()
	if most != 64 {
		t.Errorf("%d at once", most)
	}
}

func TestPollingEndsWithinTenSeconds(t *testing.T) {
	t.Parallel() // it waits for the turns' grace to run out
	begun := make(chan struct{})
	h := &waiting{begun: begun}
	f, err := fake.New(fake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ch := channel(t, f.URL())
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- ch.Receive(ctx, h) }()
	f.Person(1, "vi").Says("chào")
	<-begun
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("still running")
	}
}

// waiting is a turn that ends only when its context does.
type waiting struct{ begun chan struct{} }

func (w *waiting) Handle(ctx context.Context, _ bot.Incoming) (bot.Reply, error) {
	close(w.begun)
	<-ctx.Done()
	return bot.Reply{}, ctx.Err()
}

func (*waiting) Undelivered(context.Context, bot.Address, bot.Reply, error) error { return nil }

// Telegram can be away when the program starts, and go away later.
func TestReceivingSurvivesTelegramBeingDown(t *testing.T) {
	for name, do := range map[string]fake.Failure{"502": fake.BadGateway, "429": fake.TooMany, "cut": fake.Cut} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // a 429 asks for a second at least
			f, err := fake.New(fake.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			f.Script(
				fake.Fault{Method: "deleteWebhook", Times: 1, Do: do},
				fake.Fault{Method: "setWebhook", Times: 1, Do: do},
				fake.Fault{Method: "getUpdates", Times: 2, Do: do},
			)
			for _, webhook := range []bool{false, true} {
				r := attach(t, f, webhook, &recorder{answer: echo})
				p := f.Person(5, "vi")
				p.Says("chào")
				if m, err := p.Next(r.ctx); err != nil || m.Text != "chào" {
					t.Errorf("%v %v", m, err)
				}
				r.stop()
			}
		})
	}
}

func TestAConflictIsToldOnce(t *testing.T) {
	r := start(t, false, &recorder{answer: echo})
	r.fake.Script(fake.Fault{Method: "getUpdates", Times: 4, Do: fake.Refuse, Status: 409, Text: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"})
	p := r.fake.Person(1, "vi")
	p.Says("một") // ends the poll under way; the next four fail
	p.Says("hai")
	r.wait(p, 2)
	for r.fake.Calls("getUpdates") < 6 {
		p.Says("nữa")
		r.idle()
	}
	if n := strings.Count(r.log.String(), "another program is polling"); n != 1 {
		t.Errorf("told %d times:\n%s", n, r.log)
	}
}

// An update that cannot be read is dropped; those around it are not.
func TestPollingReadsWhatItCan(t *testing.T) {
	var got atomic.Int32
	h := &recorder{answer: func(bot.Incoming) (bot.Reply, error) { got.Add(1); return bot.Reply{}, nil }}
	srv, asked := scripted(t, `{"ok":true,"result":[{"x":1},{"update_id":7,"message":{"text":5}},`+
		`{"update_id":8,"message":{"message_id":1,"date":1,"text":"a","from":{"id":7},"chat":{"id":7,"type":"private"}}}]}`)
	ch, err := telegram.New(telegram.Options{Token: fake.Token, APIURL: srv, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer ch.Close()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- ch.Receive(ctx, h) }()
	if offset := <-asked; offset != "9" {
		t.Errorf("the second poll began at %q", offset)
	}
	cancel()
	if err := <-ended; err != nil || got.Load() != 1 {
		t.Errorf("%v; handled %d", err, got.Load())
	}
}
