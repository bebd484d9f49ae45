package dispatch_test

import (
	"strings"
	"testing"
	"time"

	"ocopbot/bot"
)

// TestANumberIsToldByWhateverComesNext has the database out of reach when a
// form is sent. The update that sent it never comes again (Telegram drops taps
// after a while), and another one finds the commit due.
func TestANumberIsToldByWhateverComesNext(t *testing.T) {
	h := newHouse(t)
	const an = bot.Address("telegram:101")
	h.says(an, form[:len(form)-1]...)
	h.store.down.Store(true)
	send := bot.Incoming{ID: "send", Kind: bot.Text, From: an, Text: form[len(form)-1], At: time.Now()}
	if _, err := h.h.Handle(t.Context(), send); err == nil {
		t.Fatal("a form that is not written may be acknowledged")
	}
	h.store.down.Store(false)
	if got := h.says(an, "trợ giúp"); !strings.Contains(got, "-0001") {
		t.Errorf("the number is not told: %q", got)
	}
	if got := h.says(an, "trợ giúp"); strings.Contains(got, "-0001") {
		t.Errorf("the number is told again: %q", got)
	}
}
