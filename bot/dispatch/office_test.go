package dispatch_test

import (
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/conversations"
	"ocopbot/storage"
)

// TestAnOfficerDismissedInTheMiddleDoesNothingMore: rights are read when they
// are used, not when the conversation began.
func TestAnOfficerDismissedInTheMiddleDoesNothingMore(t *testing.T) {
	h := newHouse(t)
	const owner, officer = bot.Address("telegram:101"), bot.Address("telegram:102")
	h.says(owner, form...)
	number := ocop.FormNumber{Prefix: "LS", Year: time.Now().In(ocop.Local).Year(), Seq: 1}
	i, err := h.store.IdeaByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	code := conversations.NewCode()
	h.write(func(tx storage.Tx) error {
		return tx.PutInvite(storage.Invite{Hash: conversations.CodeHash(code), For: storage.InviteOfficer, Unit: i.Unit, Role: storage.CommuneOfficer, Name: "Nông Thị Cán", Created: time.Now(), Expires: time.Now().Add(time.Hour)})
	})
	h.says(officer, code, "đồng ý", number.String(), "trả lại")
	officers, err := h.store.Officers(t.Context(), time.Now())
	if err != nil || len(officers) != 1 {
		t.Fatalf("%d officers, %v", len(officers), err)
	}
	officers[0].To = time.Now()
	h.write(func(tx storage.Tx) error { return tx.PutOfficer(officers[0]) })
	h.says(officer, "Thiếu ảnh sản phẩm")
	if i, err = h.store.Idea(t.Context(), i.ID); err != nil || i.Stage != ocop.Registered {
		t.Errorf("the idea is %s by who is no officer, %v", i.Stage, err)
	}
}

func (h *house) write(fn func(storage.Tx) error) {
	h.t.Helper()
	if err := h.store.Write(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}
