package dispatch_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"ocopbot/bot"
)

// TestAOneTimeCodeIsKeptNowhere: whoever may read the tables and the dialogs
// must not be able to use an invitation.
func TestAOneTimeCodeIsKeptNowhere(t *testing.T) {
	h := newHouse(t)
	const an = bot.Address("telegram:101")
	h.says(an, form...)
	h.says(an, "dữ liệu của tôi", "Mời người cùng xem")
	yes := bot.Incoming{ID: "yes", Kind: bot.Text, From: an, Text: "đúng", At: time.Now()}
	r, err := h.h.Handle(t.Context(), yes)
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`[2-9A-Z]{10}`).FindString(r.Messages[0].Text)
	if code == "" {
		t.Fatalf("no code in %q", r.Messages[0].Text)
	}
	stored, err := h.store.Sessions().Load(t.Context(), an)
	if err != nil || bytes.Contains(stored.Data, []byte(code)) {
		t.Errorf("the session holds the code, %v", err)
	}
	var kept int
	err = h.store.DB().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM commits WHERE CAST(outcome AS TEXT) LIKE $1`, "%"+code+"%").Scan(&kept)
	if err != nil || kept != 0 {
		t.Errorf("%d commits hold the code, %v", kept, err)
	}
	r, err = h.h.Handle(t.Context(), yes)
	told := h.texts.Text("vi", "", "invite.told_once", nil)
	if err != nil || len(r.Messages) != 1 || !strings.HasPrefix(r.Messages[0].Text, told) {
		t.Errorf("the same update again is answered %+v, %v", r.Messages, err)
	}
}

// TestAFirstMessageIsAnsweredInTheLanguageOfThePhone, unless it is Vietnamese.
func TestAFirstMessageIsAnsweredInTheLanguageOfThePhone(t *testing.T) {
	h := newHouse(t)
	for n, c := range []struct{ phone, text, want string }{
		{"en", "/start", "en"}, {"en-GB", "hello", "en"}, {"", "/start", "vi"}, {"vi", "/start", "vi"},
		{"fr", "/start", "vi"}, {"en", "Đăng ký sản phẩm", "vi"},
	} {
		in := bot.Incoming{ID: "1", Kind: bot.Text, From: bot.Address("telegram:20" + string(rune('0'+n))), Text: c.text, Lang: c.phone, At: time.Now()}
		r, err := h.h.Handle(t.Context(), in)
		if err != nil || len(r.Messages) != 1 {
			t.Fatalf("%+v: %+v, %v", c, r, err)
		}
		if hello := h.texts.Text(c.want, "", "home.hello", nil); !strings.HasPrefix(r.Messages[0].Text, hello) {
			t.Errorf("%q on a phone in %q is answered %q", c.text, c.phone, r.Messages[0].Text)
		}
	}
}

// TestOnePersonSendsSoManyFormsADay, and the day after they go on.
func TestOnePersonSendsSoManyFormsADay(t *testing.T) {
	h := newHouse(t)
	const an = bot.Address("telegram:101")
	h.says(an, form...)
	again := []string{"đăng ký", "của tôi", "Mật ong hoa nhãn", "Quốc Khánh", "gửi luôn", "gửi"}
	for range 29 {
		if got := h.says(an, again...); !strings.Contains(got, "Phiếu số") {
			t.Fatalf("a form is answered %q", got)
		}
	}
	if got := h.says(an, "đăng ký"); !strings.HasPrefix(got, h.texts.Text("vi", "", "reg.enough", map[string]any{"most": "30"})) {
		t.Errorf("one too many is answered %q", got)
	}
}
