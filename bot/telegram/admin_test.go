package telegram_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocopbot/bot"
	fake "ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/telegram"
)

// scripted is a server whose first getUpdates gives batch; the offset of the
// second comes through the channel. Everything else it agrees to.
func scripted(t *testing.T, batch string) (string, <-chan string) {
	asked := make(chan string, 1)
	polls := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := `{"ok":true,"result":true}`
		if strings.HasSuffix(r.URL.Path, "/getUpdates") {
			switch polls++; polls {
			case 1:
				body = batch
			case 2:
				asked <- r.FormValue("offset")
				<-r.Context().Done()
			default:
				body = `{"ok":true,"result":[]}`
			}
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Log(err)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL, asked
}

func TestOptionsAreChecked(t *testing.T) {
	good := telegram.Options{Token: fake.Token}
	for name, change := range map[string]func(*telegram.Options){
		"no token":       func(o *telegram.Options) { o.Token = "" },
		"half a token":   func(o *telegram.Options) { o.Token = "110201543" },
		"spaces":         func(o *telegram.Options) { o.Token += " " },
		"path in token":  func(o *telegram.Options) { o.Token += "/../x" },
		"API address":    func(o *telegram.Options) { o.APIURL = "api.telegram.org" },
		"hook address":   func(o *telegram.Options) { o.WebhookURL, o.WebhookSecret = "/hook", "x" },
		"no hook secret": func(o *telegram.Options) { o.WebhookURL = "https://example.vn/hook" },
		"bad secret": func(o *telegram.Options) {
			o.WebhookURL, o.WebhookSecret = "https://example.vn/hook", "có dấu"
		},
		"connections": func(o *telegram.Options) { o.Connections = 101 },
	} {
		o := good
		change(&o)
		_, err := telegram.New(o)
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "110201543") || strings.Contains(err.Error(), tokenSecret) {
			t.Errorf("%s: the token is in the error %v", name, err)
		}
	}
	ch, err := telegram.New(good)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bot.Caps{Name: "telegram", Buttons: true, Longest: 4096, Abroad: true, Files: true}, ch.Caps()); diff != "" {
		t.Error(diff)
	}
}

func TestCheckAndCommandsAndLinks(t *testing.T) {
	r := start(t, true, &recorder{})
	health, err := r.ch.Check(r.ctx)
	if diff := cmp.Diff(telegram.Health{Username: "ocop_test_bot", WebhookURL: r.hook}, health); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for lang, word := range map[string]string{"": "Trợ giúp", "en": "Help"} {
		if err := r.ch.SetCommands(r.ctx, lang, []telegram.Command{{Name: "help", Text: word}}); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]fake.Command{{Command: "help", Description: word}}, r.fake.Commands(lang)); diff != "" {
			t.Error(diff)
		}
	}
	link, err := r.ch.Link(r.ctx, "Ab-9")
	if err != nil || link != "https://t.me/ocop_test_bot?start=Ab-9" {
		t.Error(link, err)
	}
	if _, err := r.ch.Link(r.ctx, "a b"); err == nil {
		t.Error("a bad code made a link")
	}
	if n := r.fake.Calls("getMe"); n != 1 {
		t.Errorf("getMe was called %d times", n)
	}
	r.fake.Script(fake.Fault{Do: fake.Refuse, Status: 401, Text: "Unauthorized"})
	if _, err := r.ch.Check(r.ctx); bot.AsSendError(err).Code != bot.Forbidden {
		t.Error(err)
	}
}

func TestALinkNeedsNoCallWhenTheNameIsGiven(t *testing.T) {
	ch, err := telegram.New(telegram.Options{Token: fake.Token, Username: "@ocop_bot"})
	if err != nil {
		t.Fatal(err)
	}
	if link, err := ch.Link(context.Background(), "x"); err != nil || link != "https://t.me/ocop_bot?start=x" {
		t.Error(link, err)
	}
}

func TestFetch(t *testing.T) {
	h := &recorder{answer: silence}
	r := start(t, true, h)
	r.fake.Person(1, "vi").SendsPhoto(fake.Photo{Data: onePixel})
	r.idle()
	data, mime, err := r.ch.Fetch(r.ctx, h.incoming()[0].File.ID, 1<<20)
	if err != nil || mime != "image/png" || !cmp.Equal(data, onePixel) {
		t.Errorf("%d bytes of %s, %v", len(data), mime, err)
	}
	if _, _, err := r.ch.Fetch(r.ctx, h.incoming()[0].File.ID, 10); !errors.Is(err, telegram.ErrTooLarge) {
		t.Error(err)
	}
	liar := r.fake.AddFile(onePixel, 5) // says 5 bytes and is larger
	if _, _, err := r.ch.Fetch(r.ctx, liar, 10); !errors.Is(err, telegram.ErrTooLarge) {
		t.Error(err)
	}
	r.fake.Script(fake.Fault{Method: "getFile", Do: fake.Refuse, Status: 400, Text: "Bad Request: wrong file_id or the file is temporarily unavailable"})
	if _, _, err := r.ch.Fetch(r.ctx, "gone", 10); bot.AsSendError(err).Code != bot.Rejected {
		t.Error(err)
	}
}

func TestAttachments(t *testing.T) {
	r := start(t, true, &recorder{answer: silence})
	p := r.fake.Person(1, "vi")
	p.Starts("")
	r.idle()
	long := strings.Repeat("mật ong ", 200)
	for _, m := range []bot.Message{
		{Text: "tem", Attached: &bot.Attachment{Name: "tem.png", MIME: "image/png", Data: onePixel}},
		{Text: "phiếu", Attached: &bot.Attachment{Name: "phiếu \"1\".pdf", MIME: "application/pdf", Data: []byte("%PDF")},
			Choices: []bot.Choice{{ID: "y", Label: "Đúng"}}},
		{Text: long, Attached: &bot.Attachment{Name: "a.json", MIME: "application/json", Data: []byte("{}")}},
	} {
		if id, err := r.ch.Send(r.ctx, "telegram:1", m); err != nil || id == "" {
			t.Error(id, err)
		}
	}
	got := p.Received()
	if len(got) != 4 {
		t.Fatalf("got %d messages", len(got))
	}
	if !got[0].File.Photo || got[0].Text != "tem" || !cmp.Equal(got[0].File.Data, onePixel) {
		t.Errorf("picture: %+v", got[0])
	}
	if got[1].File.Photo || got[1].Buttons[0][0].Text != "Đúng" || string(got[1].File.Data) != "%PDF" {
		t.Errorf("document: %+v", got[1])
	}
	if got[2].File == nil || got[2].Text != "" || got[3].Text != strings.TrimSpace(long) {
		t.Errorf("long caption: %+v %+v", got[2], got[3])
	}
}
