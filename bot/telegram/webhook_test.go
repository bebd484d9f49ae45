package telegram_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocopbot/bot"
)

func TestOnePromptIsTheWebhooksAnswer(t *testing.T) {
	r := start(t, true, &recorder{})
	p := r.fake.Person(6031, "vi")
	p.Says("xin chào")
	got := r.wait(p, 1)[0]
	if got.Text != "bạn viết: xin chào" || !got.Answer || !got.RemoveKeyboard {
		t.Errorf("got %+v", got)
	}
	if n := r.fake.Calls("getMe"); n != 0 {
		t.Errorf("getMe was called %d times; a service must start while Telegram is down", n)
	}
}

func TestWebhookRefusesStrangersAndJunk(t *testing.T) {
	h := &recorder{}
	r := start(t, true, h)
	update := `{"update_id":5,"message":{"message_id":1,"date":1,"text":"a","from":{"id":7},"chat":{"id":7,"type":"private"}}}`
	header := func(v string) func(*http.Request) {
		return func(q *http.Request) { q.Header.Set("X-Telegram-Bot-Api-Secret-Token", v) }
	}
	for name, c := range map[string]struct {
		change func(*http.Request)
		body   string
		status int
	}{
		"GET":          {func(q *http.Request) { q.Method = http.MethodGet }, "", 405},
		"no secret":    {func(q *http.Request) { q.Header.Del("X-Telegram-Bot-Api-Secret-Token") }, update, 401},
		"empty secret": {header(""), update, 401},
		"wrong secret": {header(secret + "x"), update, 401},
		"junk":         {nil, "{", 400},
		"nothing":      {nil, "", 400},
		"no update":    {nil, "{}", 400},
		"wrong types":  {nil, `{"update_id":"x"}`, 400},
		"too large":    {nil, strings.Repeat(" ", 1<<20+1), 413},
	} {
		if got := r.post(c.change, c.body).StatusCode; got != c.status {
			t.Errorf("%s: %d, want %d", name, got, c.status)
		}
	}
	if got := h.incoming(); len(got) != 0 {
		t.Errorf("the handler got %v", got)
	}
	if got := r.post(nil, update).StatusCode; got != 200 {
		t.Errorf("a good update: %d", got)
	}
}

func TestNothingIsAcknowledgedBeforeItIsHandled(t *testing.T) {
	h := &recorder{answer: func(bot.Incoming) (bot.Reply, error) { return bot.Reply{}, errors.New("no database") }}
	r := start(t, true, h)
	resp := r.post(nil, `{"update_id":5,"message":{"message_id":1,"date":1,"text":"a","from":{"id":7},"chat":{"id":7,"type":"private"}}}`)
	if resp.StatusCode != 503 || resp.Header.Get("Retry-After") != "2" {
		t.Errorf("%d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
}

func TestFailedTurnsComeAgainInOrder(t *testing.T) {
	both(t, func(t *testing.T, webhook bool) {
		var failures atomic.Int32
		h := &recorder{answer: func(in bot.Incoming) (bot.Reply, error) {
			switch n := failures.Add(1); {
			case in.From == "telegram:6031" && n <= 2:
				return bot.Reply{}, errors.New("no database")
			case in.From == "telegram:6031" && n == 3:
				panic("số điện thoại 0912345678")
			}
			return says(in.Text), nil
		}}
		r := start(t, webhook, h)
		p := r.fake.Person(6031, "vi")
		want := []string{"một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám"}
		for _, w := range want {
			p.Says(w)
		}
		if diff := cmp.Diff(want, texts(r.wait(p, len(want)))); diff != "" {
			t.Error(diff)
		}
		r.idle()
		if strings.Contains(r.log.String(), "0912345678") {
			t.Error("a panic's value is in the log")
		}
	})
}

func TestAnswersWithAFateGoByCall(t *testing.T) {
	replies := map[string][]bot.Message{
		"chắc chắn": {{Text: "Phiếu số LS26-0001", Sure: true}},
		"hai":       {{Text: "một"}, {Text: "hai", Choices: []bot.Choice{{ID: "y", Label: "Có"}}, Ref: bot.Ref{Session: "s"}}},
		"dài":       {{Text: strings.Repeat("đặc sản ", 600)}},
		"im":        nil,
	}
	h := &recorder{answer: func(in bot.Incoming) (bot.Reply, error) { return bot.Reply{Messages: replies[in.Text]}, nil }}
	r := start(t, true, h)
	for i, c := range []struct {
		say  string
		want []string
	}{
		{"chắc chắn", []string{"Phiếu số LS26-0001"}},
		{"hai", []string{"một", "hai"}},
		{"dài", []string{strings.TrimSpace(strings.Repeat("đặc sản ", 512)), strings.TrimSpace(strings.Repeat("đặc sản ", 88))}},
		{"im", nil},
	} {
		p := r.fake.Person(int64(i+1), "vi")
		p.Says(c.say)
		r.idle()
		for _, m := range p.Received() {
			if m.Answer {
				t.Errorf("%q was answered in the response", c.say)
			}
		}
		if diff := cmp.Diff(c.want, texts(p.Received())); diff != "" {
			t.Errorf("%s: %s", c.say, diff)
		}
	}
}

// The same message looks the same whichever way it goes.
func TestBothWaysShowTheSame(t *testing.T) {
	h := &recorder{}
	r := start(t, true, h)
	p := r.fake.Person(9, "vi")
	for _, m := range []bot.Message{
		{Text: "chữ <b>thường</b> & \"nháy\" \\ \t *sao* _gạch_ 🍯\nhai dòng \u0001"},
		{Text: "chọn", Ref: bot.Ref{Session: "abc", AskedAt: 71}, Choices: []bot.Choice{{ID: "a", Label: "Có"}, {ID: "b", Label: "Không \"ạ\""}}},
		{Text: "số điện thoại", Contact: "Gửi số của tôi", Choices: []bot.Choice{{ID: "skip", Label: "Bỏ qua"}}},
	} {
		h.answer = func(bot.Incoming) (bot.Reply, error) { return bot.Reply{Messages: []bot.Message{m}}, nil }
		p.Says("?")
		r.idle()
		m.Sure = true
		if _, err := r.ch.Send(r.ctx, "telegram:9", m); err != nil {
			t.Fatal(err)
		}
		ms := p.Unread()
		if len(ms) != 2 || !ms[0].Answer || ms[1].Answer {
			t.Fatalf("got %+v", ms)
		}
		for i := range ms {
			ms[i].ID, ms[i].At, ms[i].Answer = 0, ms[0].At, false
		}
		if diff := cmp.Diff(ms[0], ms[1]); diff != "" {
			t.Error(diff)
		}
	}
}
