package faults_test

import (
	"strings"
	"sync"
	"testing"

	"ocopbot/bot/bottest/faketelegram"
)

// corrected is the name a person gives the product after touching «Sửa».
const corrected = "Mật ong hoa hồi"

// correct goes on from what is asked after «Sửa» and «Gửi»: the items of the
// form that is sent, or of the one that is not.
func (w *world) correct(p *faketelegram.Person) {
	w.t.Helper()
	received := p.Received()
	last := received[len(received)-1]
	if edit := text(w.t, "reg.edit"); labelled(last, edit) != "" { // the sending led back to the summary
		last = w.taps(p, edit)
	}
	label := labelled(last, text(w.t, "field.product"))
	if label == "" {
		w.t.Fatalf("person %d has nothing to correct in %q", p.ID, last.Text)
	}
	w.taps(p, label)
	m := w.says(p, corrected)
	if labelled(m, text(w.t, "reg.send")) != "" {
		w.taps(p, text(w.t, "reg.send"))
	}
}

// labelled finds the button whose label ends so.
func labelled(m faketelegram.Message, end string) string {
	for _, row := range m.Labels() {
		for _, label := range row {
			if strings.HasSuffix(label, end) {
				return label
			}
		}
	}
	return ""
}

func (w *world) checkCorrected(people ...*faketelegram.Person) {
	w.t.Helper()
	w.checkIdeas(people...)
	for _, i := range w.ideas() {
		if i.name != corrected {
			w.t.Errorf("the correction is lost: %s is %q", i.number(), i.name)
		}
	}
}

func TestACorrectionBehindOrBeforeTheSendingIsNotLost(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		send, edit := text(t, "reg.send"), text(t, "reg.edit")
		first, second, typed, typedFirst := w.person(1), w.person(2), w.person(3), w.person(4)
		people := []*faketelegram.Person{first, second, typed, typedFirst}
		for _, p := range people {
			summary := w.talk(p, dialog[:toSummary]...)
			tap := func(label string) {
				p.Unread()
				p.TapsData(summary, data(t, summary, label))
				w.heard(p)
			}
			switch p {
			case first:
				tap(send)
				tap(edit)
			case second:
				tap(edit)
				tap(send)
			case typed:
				w.says(p, "gửi")
				tap(edit)
			case typedFirst:
				tap(edit)
				w.says(p, "gửi")
			}
			w.correct(p)
		}
		w.checkCorrected(people...)
	})
}

func TestACorrectionRacingTheSendingIsNotLost(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		people := w.people(12)
		for n, p := range people {
			summary := w.talk(p, dialog[:toSummary]...)
			updates := []string{
				tapUpdate(p.ID, summary, data(t, summary, text(t, "reg.send"))),
				tapUpdate(p.ID, summary, data(t, summary, text(t, "reg.edit"))),
			}
			if n%3 == 0 {
				updates[0] = textUpdate(p.ID, "gửi")
			}
			var wg sync.WaitGroup
			for k, u := range updates {
				wg.Go(func() {
					if status, _ := w.post(w.programs[(k+n)%len(w.programs)].addr, u); status != 200 {
						t.Errorf("status %d", status)
					}
				})
			}
			wg.Wait()
			w.says(p, "👍") // has the present question shown again
			w.correct(p)
		}
		w.checkCorrected(people...)
	})
}
