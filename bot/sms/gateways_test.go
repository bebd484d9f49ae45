package sms_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/bottest/fakekannel"
	"ocopbot/bot/sms"
)

// second is one more Kannel beside the rig's.
func (r *rig) second(name string) (*fakekannel.Server, sms.Gateway) {
	k := fakekannel.New("ocop", "a password")
	r.t.Cleanup(k.Close)
	g := r.gateway("kannel")
	g.Name, g.URL, g.Number = name, k.URL(), "0912000999"
	return k, g
}

func (r *rig) alerts() (kinds []string) {
	r.t.Helper()
	all, err := r.store.AlertsUntold(r.t.Context(), 100)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, a := range all {
		kinds = append(kinds, fmt.Sprint(a.Kind, " ", a.Gateway, " ", a.Number, a.Used, "/", a.Most))
	}
	return kinds
}

func TestNextGatewayTakesOver(t *testing.T) {
	r := newRig(t, nil)
	k2, g2 := r.second("modem")
	r.open(r.gateway("kannel"), g2)
	hello := bot.Message{Text: "Chào"}
	for _, refusal := range []int{503, 429, 403, 400} {
		r.kannel.Refuse(refusal)
		if id, err := r.Send(t.Context(), an, hello); err != nil || len(k2.Sent(an.ID())) != 1 || id[:6] != "modem:" {
			t.Errorf("after %d: %q, %v", refusal, id, err)
		}
	}
	// What one rejects the other may take once it is there again: the operator
	// reads why it is not sent now, of each.
	r.kannel.Refuse(400)
	k2.Refuse(503)
	_, err := r.Send(t.Context(), an, hello)
	if se := bot.AsSendError(err); se.Code != bot.Unavailable || !strings.Contains(se.Error(), "kannel: rejected") || !strings.Contains(se.Error(), "modem: unavailable") {
		t.Errorf("one rejects it, the other is down: %v", err)
	}
	// If all reject it that is how it ends.
	r.kannel.Refuse(400)
	k2.Refuse(400)
	if _, err := r.Send(t.Context(), an, hello); bot.AsSendError(err).Code != bot.Rejected {
		t.Errorf("all reject it: %v", err)
	}
	// After a hang the first may have sent it: that is the outbox's to decide.
	r.kannel.Refuse(200)
	if _, err := r.Send(t.Context(), an, hello); bot.AsSendError(err).Code != bot.Unknown || len(k2.Sent(an.ID())) != 0 {
		t.Errorf("an unknown fate: %v", err)
	}
	days, err := r.store.SMSDays(t.Context(), r.now)
	if err != nil || len(days) != 2 || days[0].Gateway != "kannel" || days[0].Failed != 6 || days[0].Segments != 1 || days[1].Segments != 4 {
		t.Errorf("%+v, %v", days, err)
	}
}

func TestAnsweredFromTheNumberThatWasTexted(t *testing.T) {
	r := newRig(t, nil)
	k2, g2 := r.second("modem")
	k3, g3 := r.second("spare") // the same number by another way
	k4, g4 := r.second("brand")
	g4.Number, g4.Sender = "OCOPLANGSON", sms.Brandname
	r.open(g4, r.gateway("kannel"), g3, g2)
	hello := bot.Message{Text: "Chào"}
	send := func() {
		t.Helper()
		if _, err := r.Send(t.Context(), an, hello); err != nil {
			t.Fatal(err)
		}
	}
	send()
	if got := k4.Sent(an.ID()); !slices.Equal(got, []string{"Chao\nToi 0912000000"}) {
		t.Errorf("to somebody who never wrote: %q", got)
	}
	if got := r.calls(http.MethodGet, "/sms/modem/mo?key="+"a+secret+of+twenty+letters"+"&id=1&from=0912000001&text=OCOP", nil, nil); got != http.StatusOK {
		t.Fatal(got)
	}
	send()
	if got := k2.Sent(an.ID()); len(got) != 1 {
		t.Errorf("from the number texted: %q", got)
	}
	k2.Refuse(503)
	send()
	if got := k3.Sent(an.ID()); len(got) != 1 {
		t.Errorf("by the other way to the same number: %q", got)
	}
	k2.Refuse(503)
	k3.Refuse(503)
	send()
	if got := r.kannel.Sent(an.ID()); len(got) != 1 {
		t.Errorf("from another number rather than from a name: %q", got)
	}
}

func TestBudgetStopsAndWarns(t *testing.T) {
	r := newRig(t, nil)
	g := r.gateway("kannel")
	g.Budget, g.Price = 10, 350
	r.open(g)
	send := func() *bot.SendError {
		if _, err := r.Send(t.Context(), an, bot.Message{Text: "Chào"}); err != nil {
			return bot.AsSendError(err)
		}
		return nil
	}
	for i := range 8 {
		if err := send(); err != nil {
			t.Fatal(i, err)
		}
	}
	if got := r.alerts(); len(got) != 0 {
		t.Errorf("warned too early: %q", got)
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	if got := r.alerts(); !slices.Equal(got, []string{"budget kannel 9/10"}) {
		t.Errorf("warned: %q", got)
	}
	_ = send()
	err := send()
	if err == nil || err.Code != bot.Exhausted || err.After != untilMidnight || len(r.kannel.Sent(an.ID())) != 10 {
		t.Errorf("over the budget: %v", err)
	}
	if got := r.alerts(); len(got) != 1 {
		t.Errorf("warned twice: %q", got)
	}
	r.now = r.now.Add(untilMidnight)
	if err := send(); err != nil {
		t.Errorf("the day after: %v", err)
	}
	days, storeErr := r.store.SMSDays(t.Context(), r.now.AddDate(0, 0, -1))
	if storeErr != nil || len(days) != 2 || days[1].Dong != 3500 || days[0].Dong != 350 {
		t.Errorf("%+v, %v", days, storeErr)
	}
}

const untilMidnight = 16 * 60 * 60 * 1e9 // from the rig's 08:00

func TestRateIsKept(t *testing.T) {
	r := newRig(t, nil)
	p := &pacer{full: true}
	r.o.Pacer = p
	g := r.gateway("kannel")
	g.Rate = 1
	r.open(g)
	_, err := r.Send(t.Context(), an, bot.Message{Text: "Chào"})
	if se := bot.AsSendError(err); se.Code != bot.Limited || se.After <= 0 || len(r.kannel.Sent(an.ID())) != 0 {
		t.Errorf("%v", err)
	}
	p.full = false
	if _, err := r.Send(t.Context(), an, bot.Message{Text: "Chào"}); err != nil {
		t.Error(err)
	}
}

func TestShortCodeSaysItsKeyword(t *testing.T) {
	r := newRig(t, nil)
	g := r.gateway("kannel")
	g.Sender, g.Keyword, g.Number = sms.ShortCode, "OCOP", "8079"
	r.open(g)
	question := bot.Message{Text: "Đồng ý?", Choices: []bot.Choice{{ID: "y", Label: "Có"}}}
	for _, m := range []bot.Message{question, {Text: "Họ tên?"}} {
		if _, err := r.Send(t.Context(), an, m); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.kannel.Sent(an.ID()); !slices.Equal(got, []string{"Dong y?\n1. Co\nSoan OCOP 1", "Ho ten?\nSoan OCOP"}) {
		t.Errorf("%q", got)
	}
	if got := r.Caps().Longest; got != 2*153-len("\nSoan OCOP 1") {
		t.Errorf("room for %d letters", got)
	}
}

// A shared short code's keyword is the contract's: it stands for the program's
// own word, and is none of what is said.
func TestShortCodeHasAKeywordOfItsOwn(t *testing.T) {
	r := newRig(t, nil)
	g := r.gateway("kannel")
	g.Sender, g.Keyword, g.Number = sms.ShortCode, "LSVN", "8079"
	r.open(g)
	for i, text := range []string{"lsvn", "LSVN 1", "Lsvn DK mat ong; That Khe", "LSVN OCOP TC", "OCOP TC", "1"} {
		if got := r.says(strconv.Itoa(i), fmt.Sprint("+8491200000", i), text); got != http.StatusOK {
			t.Fatalf("answered %d", got)
		}
	}
	kept, err := r.store.Inbound().Claim(t.Context(), r.now, time.Minute, 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, in := range kept {
		got = append(got, in.Text)
	}
	if want := []string{"OCOP", "OCOP 1", "OCOP DK mat ong; That Khe", "OCOP TC", "OCOP TC", "1"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
