package terminal_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/terminal"
)

// echo answers every text with a fixed message.
type echo struct {
	answer bot.Message
	heard  chan bot.Incoming
}

func (e echo) Handle(_ context.Context, in bot.Incoming) (bot.Reply, error) {
	if e.heard != nil {
		e.heard <- in
	}
	return bot.Reply{Messages: []bot.Message{e.answer}}, nil
}

func (echo) Undelivered(context.Context, bot.Address, bot.Reply, error) error { return nil }

// screen collects what is shown.
type screen struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

var question = bot.Message{
	Text:    "Anh/chị cần việc gì ạ?",
	Choices: []bot.Choice{{ID: "a", Label: "Đăng ký"}, {ID: "b", Label: "Hỏi ai"}},
}

func play(t *testing.T, input string, columns int, answer bot.Message) string {
	t.Helper()
	out := &screen{}
	phone := terminal.New(strings.NewReader(input), out, "an", time.Now)
	if columns > 0 {
		phone.Screen(func() int { return columns })
	}
	if err := phone.Receive(t.Context(), echo{answer: answer}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPipedOutputHasNoPromptAndNoBreaks(t *testing.T) {
	want := "Anh/chị cần việc gì ạ?\n  1. Đăng ký\n  2. Hỏi ai\n\n"
	if got := play(t, "alo\n\n", 0, question); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestScreenPromptsByName(t *testing.T) {
	want := "an> Anh/chị cần việc gì ạ?\n  1. Đăng ký\n  2. Hỏi ai\n\nan> hoa> \n"
	if got := play(t, "alo\n/as Hòa\n", 80, question); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestScreenBreaksBetweenWords(t *testing.T) {
	got := play(t, "alo\n", 20, bot.Message{Text: "một hai ba bốn năm sáu bảy\n\nmườimườimườimườimườimười", Choices: []bot.Choice{{ID: "x", Label: "chín mười mười một"}}})
	want := "an> một hai ba bốn năm\nsáu bảy\n\nmườimườimườimườimườimười\n  1. chín mười mười\n  một\n\nan> \n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A notice that comes while somebody types stands on lines of its own, and
// the prompt follows it.
func TestNoticeDuringPrompt(t *testing.T) {
	r, w := io.Pipe()
	out, heard := &screen{}, make(chan bot.Incoming, 1)
	phone := terminal.New(r, out, "an", time.Now)
	phone.Screen(func() int { return 80 })
	done := make(chan error)
	go func() { done <- phone.Receive(t.Context(), echo{bot.Message{Text: "Chào."}, heard}) }()
	if _, err := io.WriteString(w, "alo\n/as hoa\n/contact 0912\n"); err != nil {
		t.Fatal(err)
	}
	<-heard
	if in := <-heard; in.Kind != bot.Contact || in.Phone != "0912" || in.From != "terminal:hoa" {
		t.Fatalf("heard %+v", in)
	}
	for !strings.HasSuffix(out.String(), "Chào.\n\nhoa> ") {
		select {
		case err := <-done:
			t.Fatal(err)
		default:
		}
	}
	if _, err := phone.Send(t.Context(), "terminal:an", bot.Message{Text: "Phiếu đã nhận."}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	const end = "hoa> \n[an]\nPhiếu đã nhận.\n\nhoa> \n"
	if got := out.String(); !strings.HasSuffix(got, end) {
		t.Errorf("shown at the end: %q, want %q", got, end)
	}
}
