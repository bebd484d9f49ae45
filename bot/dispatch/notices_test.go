package dispatch_test

import (
	"strings"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/conversations"
	"ocopbot/storage"
)

// taps touches the button of a notice and returns the answer.
func (h *house) taps(who bot.Address, choice string) string {
	h.t.Helper()
	h.n++
	in := bot.Incoming{ID: choice + string(rune('0'+h.n%10)), Kind: bot.Tap, From: who, Choice: choice, Ref: bot.Ref{Session: conversations.NoticeRef}, At: time.Now()}
	r, err := h.h.Handle(h.t.Context(), in)
	if err != nil {
		h.t.Fatal(err)
	}
	answer := ""
	for _, m := range r.Messages {
		answer += m.Text
	}
	return answer
}

// TestANoticesButtonIsItsOwners: what comes back with a tap can be forged by a
// program of one's own, and an idea may have changed hands since.
func TestANoticesButtonIsItsOwners(t *testing.T) {
	h := newHouse(t)
	const owner, stranger = bot.Address("telegram:101"), bot.Address("telegram:102")
	h.says(owner, form...)
	h.says(stranger, form...)
	number := ocop.FormNumber{Prefix: "LS", Year: time.Now().In(ocop.Local).Year(), Seq: 1}
	i, err := h.store.IdeaByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	err = h.store.Write(t.Context(), func(tx storage.Tx) error {
		_, err := tx.Happen(storage.Event{Idea: i.ID, At: time.Now(), Kind: ocop.EventAsked, Role: storage.CommuneOfficer, Body: map[string]string{"text": "Bao nhiêu lít?"}}, -1, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	unknown := h.texts.Text("vi", "", "status.unknown", map[string]any{"typed": number.String()})
	for _, choice := range []string{"answer/", "sup/", "card/"} {
		if got := h.taps(stranger, choice+number.String()); !strings.HasPrefix(got, unknown) {
			t.Errorf("%s of somebody else is answered %q", choice, got)
		}
	}
	if got := h.taps(owner, "answer/"+number.String()); !strings.Contains(got, "Bao nhiêu lít?") {
		t.Errorf("the owner is asked %q", got)
	}
	h.says(owner, "200 lít")
	if got, want := h.taps(owner, "answer/"+number.String()), h.texts.Text("vi", "", "answer.not_asked", map[string]any{"number": number.String()}); !strings.HasPrefix(got, want) {
		t.Errorf("a question that was answered is asked again: %q", got)
	}
}
