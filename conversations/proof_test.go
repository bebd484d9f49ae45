package conversations

import (
	"strings"
	"testing"
	"time"

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
		w.say(s, "2")
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
	w.advance(s, code)
	if s.top().Flow != eraseFlow || !s.Pending {
		t.Errorf("with the number, open is %s, due %t", s.top().Flow, s.Pending)
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

// An officer acts by SMS with a PIN, which holds for a while; without one, not
// at all.
func TestPINStandsBeforeActing(t *testing.T) {
	w, _, officer := newWalk(t)
	w.caps = bySMS
	accept := func(s *Session) {
		t.Helper()
		w.advanceAs(s, "telegram:3", "LS26-0005")
		w.advanceAs(s, "telegram:3", "1")
	}
	fresh := func() *Session {
		s := NewSession("vi")
		s.Person, s.Turn, s.At = officer, 1, w.now
		return s
	}
	kept := hashPIN("2580")
	s := fresh()
	if accept(s); s.Pending || s.top().Flow != proofFlow {
		t.Fatalf("asked is %+v, due %t", s.top(), s.Pending)
	}
	for _, try := range []struct {
		pin   string
		right bool
	}{{"2581", false}, {"25 80", true}} {
		w.advanceAs(s, "telegram:3", try.pin)
		if !s.Pending {
			t.Fatalf("%s is not looked at", try.pin)
		}
		if _, err := w.commit(s, "telegram:3"); err != nil {
			t.Fatal(err)
		}
		if s.Pending != try.right || try.right != (s.top().Flow == actFlow) {
			t.Errorf("%s: open is %s, due %t", try.pin, s.top().Flow, s.Pending)
		}
	}
	for _, later := range []struct {
		by    time.Duration
		asked bool
	}{{provedLasts - time.Second, false}, {time.Second, true}} {
		w.now = w.now.Add(later.by)
		next := fresh()
		next.Proved = s.Proved
		if accept(next); (next.top().Flow == proofFlow) != later.asked {
			t.Errorf("after %v: open is %s", w.now.Sub(s.Proved), next.top().Flow)
		}
	}
	if _, err := w.store.DB().ExecContext(w.ctx, `DELETE FROM pins`); err != nil {
		t.Fatal(err)
	}
	s = fresh()
	if accept(s); s.Pending || s.top().Flow != actFlow || s.Notes[0].Key != "proof.no_pin" {
		t.Errorf("without a PIN: %+v, due %t", s.top(), s.Pending)
	}
	for _, easy := range []string{"1111", "1234", "98765", "000000"} {
		if !guessable(easy) {
			t.Errorf("%s is taken for a PIN", easy)
		}
	}
	if guessable("2580") || pinMatches(kept, "2581") || pinMatches(nil, "2580") || pinMatches([]byte("x"), "") {
		t.Error("PINs are taken for others")
	}
}

// advance is one message of the producer after which something may be due.
func (w *walk) advance(s *Session, text string) { w.Helper(); w.advanceAs(s, "telegram:2", text) }

func (w *walk) advanceAs(s *Session, from bot.Address, text string) {
	w.Helper()
	in := bot.Incoming{Kind: bot.Text, Text: text, From: from, At: w.now}
	if _, err := w.engine.Advance(w.ctx, s, &in, w.caps, w.now, false); err != nil {
		w.Fatal(err)
	}
}

// say is one message of the producer, whose answer it returns.
func (w *walk) say(s *Session, text string) string {
	w.Helper()
	in := bot.Incoming{Kind: bot.Text, Text: text, From: "telegram:2", At: w.now}
	r, err := w.engine.Advance(w.ctx, s, &in, w.caps, w.now, false)
	if err != nil || len(r.Messages) != 1 {
		w.Fatalf("%q is answered %+v, %v", text, r, err)
	}
	return r.Messages[0].Text
}
