package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ocopbot/bot"
)

const benchUpdate = `{"update_id":700000001,"message":{"message_id":1041,"from":{"id":6031,"is_bot":false,"first_name":"Hoàng","last_name":"Thị Lan","language_code":"vi"},"chat":{"id":6031,"first_name":"Hoàng","last_name":"Thị Lan","type":"private"},"date":1766000000,"text":"Mật ong bạc hà Mẫu Sơn"}}`

type still struct{ reply bot.Reply }

func (s *still) Handle(context.Context, bot.Incoming) (bot.Reply, error) { return s.reply, nil }

func (*still) Undelivered(context.Context, bot.Address, bot.Reply, error) error { return nil }

// discard is a response nobody reads.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkWebhook is what the channel costs for one text and one answer,
// without net/http around it.
func BenchmarkWebhook(b *testing.B) {
	ch, err := New(Options{Token: "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", WebhookURL: "https://example.vn/", WebhookSecret: "s"})
	if err != nil {
		b.Fatal(err)
	}
	for name, m := range map[string]bot.Message{
		"prompt": {Text: "Sản phẩm của bác là mới hay đã có trên thị trường?"},
		"choices": {Text: "Sản phẩm của bác là mới hay đã có?", Ref: bot.Ref{Session: "k3x9q", AskedAt: 7},
			Choices: []bot.Choice{{ID: "new", Label: "Sản phẩm mới"}, {ID: "old", Label: "Đã có"}, {ID: "back", Label: "Quay lại"}}},
	} {
		b.Run(name, func(b *testing.B) {
			hook := ch.Webhook(&still{bot.Reply{Messages: []bot.Message{m}}})
			body := bytes.NewReader([]byte(benchUpdate))
			r := httptest.NewRequest(http.MethodPost, "/", nil)
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", "s")
			r.Body = io.NopCloser(body)
			w := &discard{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				body.Reset([]byte(benchUpdate))
				hook.ServeHTTP(w, r)
			}
		})
	}
}

// BenchmarkDecode compares the two ways to read an update.
func BenchmarkDecode(b *testing.B) {
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		var u update
		for b.Loop() {
			if err := u.parse([]byte(benchUpdate)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var u tgbotapi.Update
			if err := json.Unmarshal([]byte(benchUpdate), &u); err != nil {
				b.Fatal(err)
			}
		}
	})
}
