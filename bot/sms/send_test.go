package sms_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ocopbot/bot"
)

func TestSendSaysWhyNot(t *testing.T) {
	r := newRig(t, nil)
	question := bot.Message{Text: "Anh/chị đồng ý?", Choices: []bot.Choice{{ID: "y", Label: "Đồng ý"}, {ID: "n", Label: "Không"}}}
	if _, err := r.Send(t.Context(), an, question); err != nil {
		t.Fatal(err)
	}
	if got := r.kannel.Sent(an.ID()); !slices.Equal(got, []string{"Anh/chi dong y?\n1. Dong y\n2. Khong"}) {
		t.Errorf("sent %q", got)
	}
	r.open(r.gateway("kannel"))
	for status, code := range map[int]bot.SendCode{400: bot.Rejected, 200: bot.Unknown} {
		r.kannel.Refuse(status)
		_, err := r.Send(t.Context(), an, question)
		var se *bot.SendError
		if !errors.As(err, &se) || se.Code != code {
			t.Errorf("%d: %v, want %s", status, err, code)
		}
	}
	if _, err := r.Send(t.Context(), "tel:9029", question); bot.AsSendError(err).Code != bot.Unreachable {
		t.Errorf("a short code: %v", err)
	}
	r.open(r.o.Gateways...)
	// All gateways are out of reach: the others refuse connections.
	r.kannel.Refuse(503)
	_, err := r.Send(t.Context(), an, question)
	if bot.AsSendError(err).Code != bot.Unavailable || strings.Contains(err.Error(), "912000") || strings.Contains(err.Error(), "password") {
		t.Errorf("all down: %v", err)
	}
}

// talker answers every text with it, and fails as often as it is told to.
type talker struct {
	mu    sync.Mutex
	heard map[bot.Address][]string
	fail  int
}

func (h *talker) Handle(_ context.Context, in bot.Incoming) (bot.Reply, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fail > 0 {
		h.fail--
		return bot.Reply{}, errors.New("not now")
	}
	h.heard[in.From] = append(h.heard[in.From], in.Text)
	return bot.Reply{Messages: []bot.Message{{Text: "Nghe: " + in.Text}}}, nil
}

func (*talker) Undelivered(context.Context, bot.Address, bot.Reply, error) error { return nil }

func TestReceiveInOrder(t *testing.T) {
	r := newRig(t, nil)
	const people, each = 3, 4
	var want []string
	for i := range each {
		want = append(want, fmt.Sprint("tin ", i))
		for p := range people {
			r.says(fmt.Sprint(p, "-", i), fmt.Sprintf("091200000%d", p+1), want[i])
		}
		r.now = r.now.Add(time.Second)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	h := &talker{heard: map[bot.Address][]string{}, fail: 1}
	go func() { done <- r.Receive(ctx, h) }()
	for deadline := time.Now().Add(30 * time.Second); r.waiting() > 0; {
		if time.Now().After(deadline) {
			t.Fatal("not all is handled")
		}
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for p := range people {
		addr := bot.Address(fmt.Sprintf("tel:+8491200000%d", p+1))
		if got := h.heard[addr]; !slices.Equal(got, want) {
			t.Errorf("%s: %q", addr, got)
		}
		if got := r.kannel.Sent(addr.ID()); len(got) != each {
			t.Errorf("%s got %q", addr, got)
		}
	}
}
