package sms_test

import (
	"errors"
	"slices"
	"testing"

	"ocopbot/bot"
	"ocopbot/bot/sms"
)

func TestAdvertsGoByBrandnames(t *testing.T) {
	advert := bot.Message{Text: "[QC] Hội chợ OCOP. Từ chối: TC gửi 0912000000", Advert: true}
	const whole = "[QC] Hoi cho OCOP. Tu choi: TC gui 0912000000"
	kannel := func(r *rig) sms.Gateway { return r.gateway("kannel") }
	for _, c := range []struct {
		what   string
		change func(*rig) []sms.Gateway
		sent   string
		dong   int64
		booked bool
	}{
		{"a number only", func(r *rig) []sms.Gateway { return []sms.Gateway{kannel(r)} }, "", 0, false},
		{"a number first", func(r *rig) []sms.Gateway {
			b := kannel(r)
			b.Name, b.Sender, b.Number, b.Price = "brand", sms.Brandname, "OCOPLANGSON", 800
			return []sms.Gateway{r.gateway("android"), b}
		}, whole, 800, false},
		{"one that adds the mark", func(r *rig) []sms.Gateway {
			b := kannel(r)
			b.Sender, b.OwnQC, b.Price = sms.Brandname, true, 700
			return []sms.Gateway{b}
		}, whole[len("[QC] "):], 700, false},
		{"a booked one", func(r *rig) []sms.Gateway {
			b := kannel(r)
			b.Sender, b.Booked, b.Price = sms.Brandname, true, 900
			return []sms.Gateway{kannel(r), b}
		}, "", 900, true},
	} {
		t.Run(c.what, func(t *testing.T) {
			r := newRig(t, nil)
			r.open(c.change(r)...)
			_, err := r.Send(t.Context(), an, advert)
			var se *bot.SendError
			if c.sent == "" && (!errors.As(err, &se) || se.Code != bot.Rejected) || c.sent != "" && err != nil {
				t.Errorf("sending: %v", err)
			}
			var want []string
			if c.sent != "" {
				want = []string{c.sent}
			}
			if got := r.kannel.Sent(an.ID()); !slices.Equal(got, want) {
				t.Errorf("sent %q, want %q", got, want)
			}
			if _, dong := r.Cost(advert); dong != c.dong || r.Booked() != c.booked {
				t.Errorf("costs %d, booked %v", dong, r.Booked())
			}
		})
	}
}

func TestAdvertNeedsItsMark(t *testing.T) {
	r := newRig(t, nil)
	g := r.gateway("kannel")
	g.Sender = sms.Brandname
	r.open(g)
	_, err := r.Send(t.Context(), an, bot.Message{Text: "Hội chợ", Advert: true})
	if bot.AsSendError(err).Code != bot.Rejected || len(r.kannel.Sent(an.ID())) > 0 {
		t.Error(err)
	}
}
