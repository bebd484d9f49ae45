package telegram_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocopbot/bot"
	fake "ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/telegram"
)

// Each way in which sending can fail, and what the bot calls it.
var failures = map[string]struct {
	fault fake.Fault
	want  bot.SendCode
	after time.Duration
}{
	"429":                 {fake.Fault{Do: fake.TooMany, Seconds: 7}, bot.Limited, 7 * time.Second},
	"500":                 {fake.Fault{Do: fake.ServerError}, bot.Unavailable, 0},
	"502 with HTML":       {fake.Fault{Do: fake.BadGateway}, bot.Unavailable, 0},
	"hang":                {fake.Fault{Do: fake.Hang}, bot.Unknown, 0},
	"hang after sending":  {fake.Fault{Do: fake.HangAccepted}, bot.Unknown, 0},
	"cut":                 {fake.Fault{Do: fake.Cut}, bot.Unknown, 0},
	"cut after sending":   {fake.Fault{Do: fake.CutAccepted}, bot.Unknown, 0},
	"blocked":             {fake.Fault{Do: fake.Refuse, Status: 403, Text: "Forbidden: bot was blocked by the user"}, bot.Unreachable, 0},
	"deactivated":         {fake.Fault{Do: fake.Refuse, Status: 403, Text: "Forbidden: user is deactivated"}, bot.Unreachable, 0},
	"deactivated, as 400": {fake.Fault{Do: fake.Refuse, Status: 400, Text: "Bad Request: user is deactivated"}, bot.Unreachable, 0},
	"unknown chat":        {fake.Fault{Do: fake.Refuse, Status: 400, Text: "Bad Request: chat not found"}, bot.Unreachable, 0},
	"refused text":        {fake.Fault{Do: fake.Refuse, Status: 400, Text: "Bad Request: message is too long"}, bot.Rejected, 0},
	"bad token":           {fake.Fault{Do: fake.Refuse, Status: 401, Text: "Unauthorized"}, bot.Forbidden, 0},
	"malformed token":     {fake.Fault{Do: fake.Refuse, Status: 404, Text: "Not Found"}, bot.Forbidden, 0},
}

func TestFailuresAreNamed(t *testing.T) {
	r := start(t, true, &recorder{answer: silence}, func(o *telegram.Options) { o.SendTimeout = 300 * time.Millisecond })
	p := r.fake.Person(6031, "vi")
	p.Starts("")
	r.idle()
	png := &bot.Attachment{Name: "a.png", MIME: "image/png", Data: onePixel}
	for name, c := range failures {
		for what, m := range map[string]bot.Message{"text": {Text: "a"}, "picture": {Text: "a", Attached: png}} {
			r.fake.Script(c.fault)
			_, err := r.ch.Send(r.ctx, "telegram:6031", m)
			r.fake.Heal()
			var se *bot.SendError
			if !errors.As(err, &se) || se.Code != c.want || se.After != c.after {
				t.Errorf("%s of a %s: %v (%+v)", name, what, err, se)
			}
			if err != nil && strings.Contains(err.Error(), tokenSecret) {
				t.Errorf("%s of a %s: the token is in the error", name, what)
			}
		}
	}
}

func silence(bot.Incoming) (bot.Reply, error) { return bot.Reply{}, nil }

// What cannot be sent now goes to the handler with all that follows it, and the
// update is acknowledged. What follows a message that is refused is sent.
func TestWhatCannotBeSentIsHandedOver(t *testing.T) {
	both(t, func(t *testing.T, webhook bool) {
		h := &recorder{answer: func(bot.Incoming) (bot.Reply, error) { return says("một", "hai", "ba"), nil }}
		r := start(t, webhook, h, func(o *telegram.Options) { o.SendTimeout = 300 * time.Millisecond })
		id := int64(0)
		for name, c := range failures {
			id++
			p := r.fake.Person(id, "vi")
			c.fault.Method, c.fault.Chat, c.fault.After, c.fault.Times = "sendMessage", id, 1, 1
			r.fake.Script(c.fault)
			before := len(h.handedOver())
			p.Says("chào")
			r.idle()
			all := h.handedOver()[before:]
			if c.want == bot.Rejected {
				if diff := cmp.Diff([]string{"một", "ba"}, texts(p.Received())); diff != "" || len(all) > 0 {
					t.Errorf("%s: handed over %d times, %s", name, len(all), diff)
				}
				continue
			}
			if len(all) != 1 {
				t.Fatalf("%s: handed over %d times", name, len(all))
			}
			got := all[0]
			if got.to != bot.NewAddress("telegram", got.to.ID()) || got.reply.Session != "s1" || got.reply.Turn != 3 || got.reply.Sent != 1 {
				t.Errorf("%s: handed over %+v", name, got)
			}
			if diff := cmp.Diff(says("hai", "ba").Messages, got.reply.Messages); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if se := bot.AsSendError(got.cause); se.Code != c.want {
				t.Errorf("%s: %v", name, got.cause)
			}
		}
	})
}

func TestAnUpdateStaysWhenNobodyTakesItsAnswer(t *testing.T) {
	h := &recorder{answer: func(bot.Incoming) (bot.Reply, error) { return says("một", "hai"), nil }, refuse: errors.New("no database")}
	r := start(t, true, h)
	r.fake.Script(fake.Fault{Method: "sendMessage", Do: fake.ServerError, Times: 2})
	p := r.fake.Person(1, "vi")
	p.Says("chào")
	r.idle()
	if diff := cmp.Diff([]string{"một", "hai"}, texts(p.Received())); diff != "" {
		t.Error(diff)
	}
	if n := len(h.incoming()); n != 3 {
		t.Errorf("handled %d times", n)
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ch := channel(t, url)
	_, err = ch.Send(context.Background(), "telegram:1", bot.Message{Text: "a"})
	if se := bot.AsSendError(err); se.Code != bot.Unavailable {
		t.Errorf("%v", err)
	}
	if strings.Contains(err.Error(), tokenSecret) {
		t.Error("the token is in the error")
	}
	_, _, err = ch.Fetch(context.Background(), "x", 10)
	if err == nil || strings.Contains(err.Error(), tokenSecret) {
		t.Errorf("fetch: %v", err)
	}
}

// Whatever a gateway says, the token is not repeated and the code is sane.
func TestStrangeAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   bot.SendCode
	}{
		"empty":            {200, "", bot.Unknown},
		"page":             {200, "<html>portal</html>", bot.Unknown},
		"half":             {200, `{"ok":true,"resu`, bot.Unknown},
		"no message":       {200, `{"ok":true,"result":{}}`, bot.Unknown},
		"list":             {200, `[]`, bot.Unknown},
		"redirect":         {302, "", bot.Unavailable},
		"token in an echo": {400, `{"ok":false,"error_code":400,"description":"no /bot` + fake.Token + `/sendMessage"}`, bot.Rejected},
		"413":              {413, "<html>too large</html>", bot.Rejected},
		"504":              {504, "upstream request timeout", bot.Unavailable},
		"429 without time": {429, "slow down", bot.Limited},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/bot"+fake.Token)
			w.WriteHeader(c.status)
			if _, err := w.Write([]byte(c.body)); err != nil {
				t.Error(err)
			}
		}))
		ch := channel(t, srv.URL)
		_, err := ch.Send(context.Background(), "telegram:1", bot.Message{Text: "a"})
		if se := bot.AsSendError(err); err == nil || se.Code != c.want || se.Code == bot.Limited && se.After <= 0 {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), tokenSecret) {
			t.Errorf("%s: the token is in the error %v", name, err)
		}
		if c.status != 200 && !strings.Contains(err.Error(), strconv.Itoa(c.status)) {
			t.Errorf("%s: another answer was judged, or a redirect followed: %v", name, err)
		}
		srv.Close()
	}
}

func TestCancelledSend(t *testing.T) {
	r := start(t, true, &recorder{answer: silence})
	ctx, cancel := context.WithCancel(r.ctx)
	cancel()
	_, err := r.ch.Send(ctx, "telegram:1", bot.Message{Text: "a"})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if r.fake.Calls("sendMessage") != 0 {
		t.Error("it was sent")
	}
}

func TestOtherAddressesAndButtonsAreRefused(t *testing.T) {
	ch := channel(t, "http://127.0.0.1:1")
	for name, c := range map[string]struct {
		to   bot.Address
		m    bot.Message
		want bot.SendCode
	}{
		"phone":      {"tel:+84912345678", bot.Message{Text: "a"}, bot.Unreachable},
		"no number":  {"telegram:an", bot.Message{Text: "a"}, bot.Unreachable},
		"long data":  {"telegram:1", bot.Message{Text: "a", Choices: []bot.Choice{{ID: strings.Repeat("x", 63), Label: "a"}}}, bot.Rejected},
		"101":        {"telegram:1", bot.Message{Text: "a", Choices: make([]bot.Choice, 101)}, bot.Rejected},
		"no label":   {"telegram:1", bot.Message{Text: "a", Choices: []bot.Choice{{ID: "x"}}}, bot.Rejected},
		"no contact": {"tel:1", bot.Message{}, bot.Unreachable},
	} {
		_, err := ch.Send(context.Background(), c.to, c.m)
		if se := bot.AsSendError(err); err == nil || se.Code != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func channel(t *testing.T, url string) *telegram.Channel {
	t.Helper()
	ch, err := telegram.New(telegram.Options{Token: fake.Token, APIURL: url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ch.Close)
	return ch
}
