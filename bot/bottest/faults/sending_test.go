package faults_test

import (
	"testing"

	"ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/bottest/servers"
)

// faults of sending, and how often the answer may then arrive.
var sendingFaults = []struct {
	name  string
	fault faketelegram.Fault
	most  int
}{
	{"429", faketelegram.Fault{Do: faketelegram.TooMany, Seconds: 1, Times: 2}, 1},
	{"500", faketelegram.Fault{Do: faketelegram.ServerError, Times: 2}, 1},
	{"502 with a page", faketelegram.Fault{Do: faketelegram.BadGateway, Times: 1}, 1},
	{"hang", faketelegram.Fault{Do: faketelegram.Hang, Times: 1}, 1},
	{"hang after it was sent", faketelegram.Fault{Do: faketelegram.HangAccepted, Times: 1}, 2},
	{"cut", faketelegram.Fault{Do: faketelegram.Cut, Times: 2}, 1},
	{"cut after it was sent", faketelegram.Fault{Do: faketelegram.CutAccepted, Times: 1}, 2},
}

func TestAnAnswerThatCannotBeSentArrivesOnceTheServiceIsBack(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, w *world) {
		var people []*faketelegram.Person
		for n, f := range sendingFaults {
			p := w.person(n)
			people = append(people, p)
			w.talk(p, dialog[:toSummary]...)
			f.fault.Method, f.fault.Chat = "sendMessage", p.ID
			w.fake.Script(f.fault)
			p.Unread()
		}
		for _, p := range people {
			p.Says("gửi")
		}
		// Nobody else waits: a whole registration passes before those that
		// hang are given up.
		other := w.person(len(people))
		w.register(other)
		for n, f := range sendingFaults {
			if f.fault.Do == faketelegram.Hang && copies(people[n], "Phiếu số: ") > 0 {
				t.Errorf("the answer that hangs came before another person's")
			}
		}
		w.settled()
		for n, f := range sendingFaults {
			mine := of(w.ideas(), people[n])
			if len(mine) != 1 {
				t.Fatalf("%s: %d ideas", f.name, len(mine))
			}
			if got := copies(people[n], mine[0].number()); got < 1 || got > f.most {
				t.Errorf("%s: the answer came %d times, not 1 to %d", f.name, got, f.most)
			}
		}
		w.checkIdeas(append(people, other)...)
	}
	t.Run("embedded", func(t *testing.T) { t.Parallel(); check(t, newWorld(t, setup{})) })
	t.Run("polling", func(t *testing.T) { t.Parallel(); check(t, newWorld(t, setup{polling: true})) })
	t.Run("replicas", func(t *testing.T) {
		t.Parallel()
		check(t, newWorld(t, setup{database: servers.Database(t), redis: servers.Redis(t).URL(), replicas: 2}))
	})
}

// While polling, every question is sent by a call and may fail.
func TestAQuestionThatCannotBeSentArrivesOnceTheServiceIsBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{polling: true})
	var people []*faketelegram.Person
	for n, f := range sendingFaults {
		p := w.person(n)
		people = append(people, p)
		w.talk(p, dialog[:toForm-1]...)
		f.fault.Method, f.fault.Chat = "sendMessage", p.ID
		w.fake.Script(f.fault)
		p.Unread()
	}
	for _, p := range people {
		p.Says(dialog[toForm-1])
	}
	other := w.person(len(people))
	question := w.talk(other, dialog[:toForm]...).Text
	w.settled()
	for n, f := range sendingFaults {
		if got := copies(people[n], question); got < 1 || got > f.most {
			t.Errorf("%s: the question came %d times, not 1 to %d", f.name, got, f.most)
		}
	}
}

func TestAnOutageOfTheBotAPILosesNoAnswer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		people := w.people(5)
		for _, p := range people {
			w.talk(p, dialog[:toSummary]...)
		}
		w.fake.Script(faketelegram.Fault{Method: "sendMessage", Do: faketelegram.ServerError})
		for _, p := range people {
			p.Unread()
			p.Says("gửi")
		}
		w.idle() // all acknowledged: nobody's next message waits behind this one
		w.fake.Heal()
		for _, p := range people {
			w.heard(p)
		}
		w.settled()
		w.checkIdeas(people...)
		for _, p := range people {
			if got := copies(p, "Phiếu số: LS"); got != 1 {
				t.Errorf("person %d got the number %d times", p.ID, got)
			}
		}
	})
}

// settled waits until every update is acknowledged and every late answer sent.
func (w *world) settled() {
	w.t.Helper()
	w.idle()
	servers.Until(w.t, "late answers are sent", func() bool { return w.jobs() == 0 })
}

// Whoever gets no answer tries something else. A number that was given
// meanwhile must not be dropped with the question that nobody waits for.
func TestANumberThatCouldNotBeSentIsToldThoughTheDialogWentOn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		p := w.person(1)
		w.talk(p, dialog[:toSummary]...)
		w.fake.Script(faketelegram.Fault{Method: "sendMessage", Chat: p.ID, Do: faketelegram.ServerError, Times: 2})
		p.Unread()
		p.Says("gửi")
		p.Says("hỏi ai") // answered in the webhook's response
		w.heard(p)
		w.settled()
		w.checkIdeas(p)
		if got := copies(p, w.ideas()[0].number()); got != 1 {
			t.Errorf("the number came %d times", got)
		}
	})
}
