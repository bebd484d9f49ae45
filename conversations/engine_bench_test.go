package conversations

import (
	"strconv"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
)

// BenchmarkFormFilling is one turn of a form without any store: decode,
// advance, render, encode.
func BenchmarkFormFilling(b *testing.B) {
	prog, err := ocop.Load(ocop.LangSon2021)
	if err != nil {
		b.Fatal(err)
	}
	texts, err := locales.New()
	if err != nil {
		b.Fatal(err)
	}
	e := New(prog, texts, nil)
	caps := bot.Caps{Name: "telegram", Buttons: true, Longest: 4096, Abroad: true}
	dialog := []string{"đăng ký ý tưởng sản phẩm", "đồng ý", "Hoàng Thị Mai", "Mật ong hoa rừng", "Quốc Khánh", "0912 345 678", "gửi luôn"}
	now := time.Now()
	b.ReportAllocs()
	var stored []byte
	n := 0
	for b.Loop() {
		text := dialog[n%len(dialog)]
		s := NewSession("vi")
		if n%len(dialog) != 0 {
			if s, err = DecodeSession(stored); err != nil {
				b.Fatal(err)
			}
		}
		in := bot.Incoming{ID: strconv.Itoa(n + 100_000_000), Kind: bot.Text, From: "telegram:1", Text: text, At: now, MessageID: "5"}
		r, err := e.Advance(b.Context(), s, &in, caps, now, false)
		if err != nil || len(r.Messages) == 0 {
			b.Fatal(err, text)
		}
		stored = s.Stored().Data
		n++
	}
}
