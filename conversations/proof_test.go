package conversations

import (
	"strings"
	"testing"

	"ocopbot/bot"
)

// Nothing that cannot be undone is done on one message whose sender may be
// forged: a number sent to the sender has to come back.
func TestProofStandsBeforeErasing(t *testing.T) {
	w, producer, _ := newWalk(t)
	w.caps = bySMS
	begin := func() *Session {
		s := NewSession("vi")
		s.Person, s.Turn, s.At = producer, 1, w.now
		w.say(s, "xóa dữ liệu")
		if s.top().Flow != proofFlow {
			t.Fatalf("asked is %s", s.top().Flow)
		}
		return s
	}
	s := begin()
	code := s.top().get("~code")
	if len(code) != 6 || !strings.Contains(w.say(s, "alo"), code) {
		t.Errorf("the number %q is not told again", code)
	}
	w.say(s, code)
	if s.top().Flow != eraseFlow {
		t.Errorf("with the number, asked is %s", s.top().Flow)
	}

	s = begin()
	wrong := "0" + s.top().get("~code")[1:]
	if wrong == s.top().get("~code") {
		wrong = "1" + wrong[1:]
	}
	for range proofTries {
		w.say(s, wrong)
	}
	if !s.Idle() {
		t.Errorf("after three wrong numbers, asked is %s", s.top().Flow)
	}
	if got := begin().top().get("~code"); got == code {
		t.Error("the number is the same again")
	}
}

// say is one message of the producer, whose answer it returns.
func (w *walk) say(s *Session, text string) string {
	w.Helper()
	in := bot.Incoming{Kind: bot.Text, Text: text, From: "telegram:2", At: w.now}
	r, err := w.engine.Advance(w.ctx, s, in, w.caps, w.now, false)
	if err != nil || len(r.Messages) != 1 {
		w.Fatalf("%q is answered %+v, %v", text, r, err)
	}
	return r.Messages[0].Text
}
