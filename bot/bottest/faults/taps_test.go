package faults_test

import (
	"context"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/bottest/servers"
)

// tapsAll touches every button of every message, and returns the answers.
func (w *world) tapsAll(p *faketelegram.Person, messages []faketelegram.Message, except string) []faketelegram.Message {
	w.t.Helper()
	var answers []faketelegram.Message
	for _, m := range messages {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Text == except {
					continue
				}
				p.Unread()
				p.TapsData(m, b.Data)
				answers = append(answers, w.heard(p))
			}
		}
	}
	return answers
}

func TestATapOnAButtonOfAnEarlierQuestionDoesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		p := w.person(1)
		w.says(p, "đăng ký ý tưởng sản phẩm") // asks for consent
		w.taps(p, text(t, "consent.yes"))
		question := w.talk(p, dialog[2:toSummary]...)
		received := p.Received()
		old := received[:len(received)-1]
		if len(old) < 6 {
			t.Fatalf("only %d messages to try", len(old))
		}
		before := w.dump()
		for _, answer := range w.tapsAll(p, old, "") {
			if !strings.Contains(answer.Text, text(t, "engine.old_button")) || !strings.HasSuffix(answer.Text, question.Text) {
				t.Errorf("an old button was answered %q", answer.Text)
			}
		}
		if after := w.dump(); after != before {
			t.Errorf("old buttons changed the records to\n%s", after)
		}
		w.taps(p, text(t, "reg.send"))
		w.checkIdeas(p)
		w.noClocks()
	})
}

func TestATapOnAButtonOfASentSummaryDoesNothingWrong(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		p := w.person(1)
		summary := w.talk(p, dialog[:toSummary]...)
		w.taps(p, text(t, "reg.send"))
		before := w.dump()
		for range 2 {
			for _, answer := range w.tapsAll(p, []faketelegram.Message{summary}, text(t, "reg.edit")) {
				if !strings.Contains(answer.Text, text(t, "engine.old_button")) {
					t.Errorf("a button of the sent summary was answered %q", answer.Text)
				}
			}
		}
		// «Sửa» still means what it says, on the form that was sent.
		p.Unread()
		p.TapsData(summary, data(t, summary, text(t, "reg.edit")))
		if m := w.heard(p); !strings.Contains(m.Text, w.ideas()[0].number()) {
			t.Errorf("«Sửa» of a sent summary was answered %q", m.Text)
		}
		if after := w.dump(); after != before {
			t.Errorf("a sent summary's buttons changed the records from\n%s\nto\n%s", before, after)
		}
		w.checkIdeas(p)
		w.noClocks()
	})
}

func TestATapOnAButtonOfALostSessionDoesNothing(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, w *world, lose func()) {
		stranger, known, drafting := w.person(1), w.person(2), w.person(3)
		w.says(stranger, "đăng ký ý tưởng sản phẩm")
		w.register(known)
		w.talk(drafting, dialog[:toSummary]...)
		lose()
		before := w.dump()
		for _, answer := range w.tapsAll(known, known.Received(), "") {
			if !strings.Contains(answer.Text, text(t, "engine.old_button")) {
				t.Errorf("a lost session's button was answered %q", answer.Text)
			}
		}
		for _, p := range []*faketelegram.Person{stranger, drafting} {
			for _, answer := range w.tapsAll(p, p.Received(), "") {
				if strings.Contains(answer.Text, "LS") && strings.Contains(answer.Text, "Phiếu số") {
					t.Errorf("a lost session's button registered something: %q", answer.Text)
				}
			}
		}
		if after := w.dump(); after != before {
			t.Errorf("a lost session's buttons changed the records from\n%s\nto\n%s", before, after)
		}
		w.noClocks()
	}
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, setup{})
		check(t, w, func() {
			if _, err := w.db.ExecContext(t.Context(), `DELETE FROM sessions`); err != nil {
				t.Fatal(err)
			}
		})
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		server := servers.Redis(t)
		check(t, newWorld(t, setup{database: servers.Database(t), redis: server.URL()}), func() { flush(t, server) })
	})
}

// noClocks waits until no tap's little clock runs any more.
func (w *world) noClocks() {
	w.t.Helper()
	ctx, cancel := w.context()
	defer cancel()
	if err := w.fake.Until(ctx, func() bool { return w.fake.UnansweredTaps() == 0 }); err != nil {
		w.t.Errorf("%d taps' little clocks still run: %v", w.fake.UnansweredTaps(), err)
	}
}

// flush empties a Redis.
func flush(t *testing.T, server *servers.RedisServer) {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr()})
	defer rdb.Close()
	if err := rdb.FlushAll(context.Background()).Err(); err != nil {
		t.Fatal(err)
	}
}
