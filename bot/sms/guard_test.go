package sms_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"ocopbot/bot"
)

// kept says that as many messages as wanted are in the inbox, and handles them.
func (r *rig) kept(what string, want int) (got []bot.Incoming) {
	r.t.Helper()
	for {
		claimed, err := r.store.Inbound().Claim(r.t.Context(), r.now, time.Minute, 10)
		if err != nil {
			r.t.Fatal(err)
		}
		if len(claimed) == 0 {
			break
		}
		for _, in := range claimed {
			if err := r.store.Inbound().Done(r.t.Context(), in.ID, r.now); err != nil {
				r.t.Fatal(err)
			}
		}
		got = append(got, claimed...)
	}
	if len(got) != want {
		r.t.Errorf("%s: %d are kept, want %d", what, len(got), want)
	}
	return got
}

func TestLoopIsBroken(t *testing.T) {
	r := newRig(t, nil)
	n := 0
	say := func(text string) {
		t.Helper()
		n++
		r.now = r.now.Add(10 * time.Second)
		if got := r.says(fmt.Sprint(n), "0912000001", text); got != http.StatusOK {
			t.Fatalf("%q is answered %d", text, got)
		}
	}
	const auto = "Toi dang ban, se goi lai sau."
	for range 3 {
		say(auto)
		r.kept("a round", 1)
	}
	say(auto)
	say("toi dang ban,  SE GOI lai sau.")
	r.kept("the fourth round", 0)
	if got := r.alerts(); !slices.Equal(got, []string{"loop kannel …010/0"}) {
		t.Errorf("warned: %q", got)
	}
	say("Dang ky san pham")
	r.kept("something else", 1)
	// One that numbers its answers.
	for i := range 5 {
		say(fmt.Sprintf("Cam on da lien he. Ma yeu cau %d, luc 8:%02d.", 97+i, i))
	}
	r.kept("rounds with a new number each", 3)
	say(auto)
	r.kept("after something else", 1)

	// People press the same number many times.
	for range 6 {
		say("1")
	}
	r.kept("a number pressed again", 6)

	// A machine that sends back what it gets.
	if _, err := r.Send(t.Context(), an, bot.Message{Text: "Anh/chị chọn một số dưới đây"}); err != nil {
		t.Fatal(err)
	}
	say("Anh/chi chon mot so duoi day")
	r.kept("an echo", 0)

	// Our own number.
	if got := r.says("own", "+84912000000", "OCOP"); got != http.StatusOK {
		t.Fatal(got)
	}
	r.kept("our own number", 0)
	if got := r.alerts(); !slices.Equal(got, []string{"loop kannel …010/0", "loop kannel …000/0"}) {
		t.Errorf("warned: %q", got)
	}
	// Half an hour later it may be a person again.
	r.now = r.now.Add(31 * time.Minute)
	say("1")
	r.kept("later", 1)
}

func TestFloodIsAnsweredOnce(t *testing.T) {
	r := newRig(t, nil)
	n := 0
	flood := func(messages int) {
		t.Helper()
		for range messages {
			n++
			if got := r.says(fmt.Sprint(n), "0912000001", fmt.Sprint("tin ", n)); got != http.StatusOK {
				t.Fatal(got)
			}
			r.now = r.now.Add(time.Second)
		}
	}
	flood(50)
	got := r.kept("a flood", 21)
	if last := got[len(got)-1]; last.Kind != bot.Unsupported || last.What != bot.Flood || last.Text != "" {
		t.Errorf("the last one stands for %+v", last)
	}
	flood(50)
	r.kept("the rest of it", 0)
	if got := r.alerts(); !slices.Equal(got, []string{"flood kannel …010/0"}) {
		t.Errorf("warned: %q", got)
	}
	if got := r.says("other", "0912000002", "OCOP"); got != http.StatusOK {
		t.Fatal(got)
	}
	r.kept("of somebody else", 1)
	r.now = r.now.Add(30 * time.Minute)
	flood(1)
	r.kept("half an hour later", 1)
}

// A machine that writes slowly, all day long, is answered so often and no more.
func TestDayHasAnEnd(t *testing.T) {
	r := newRig(t, nil)
	kept := 0
	for i := range 400 {
		if got := r.says(fmt.Sprint(i), "0912000001", fmt.Sprint("tin ", i)); got != http.StatusOK {
			t.Fatal(got)
		}
		r.now = r.now.Add(3 * time.Minute)
	}
	for {
		claimed, err := r.store.Inbound().Claim(t.Context(), r.now, time.Minute, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(claimed) == 0 {
			break
		}
		kept += len(claimed)
		for _, in := range claimed {
			if err := r.store.Inbound().Done(t.Context(), in.ID, r.now); err != nil {
				t.Fatal(err)
			}
		}
	}
	if kept != 301 {
		t.Errorf("%d are kept", kept)
	}
}

func TestKannelHandsOnPieces(t *testing.T) {
	r := newRig(t, nil)
	piece := func(id string, seq byte, text string) {
		t.Helper()
		udh := string([]byte{5, 0, 3, 0x80, 2, seq})
		q := "key=a+secret+of+twenty+letters&from=0912000001&coding=0&id=" + id + "&text=" + text + "&udh="
		for _, b := range []byte(udh) {
			q += fmt.Sprintf("%%%02x", b)
		}
		if got := r.calls(http.MethodGet, "/sms/kannel/mo?"+q, nil, nil); got != http.StatusOK {
			t.Fatal(got)
		}
	}
	piece("2", 2, "+hoa+rung")
	r.kept("half a message", 0)
	piece("1", 1, "mat+ong")
	if got := r.kept("a whole one", 1); len(got) == 1 && got[0].Text != "mat ong hoa rung" {
		t.Errorf("joined: %q", got[0].Text)
	}
}
