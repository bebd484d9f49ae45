package faults_test

import (
	"strings"
	"sync"
	"testing"
)

func TestAnUpdateDeliveredTwiceIsAnsweredAgainAndChangesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		p := w.person(1)
		for _, said := range dialog {
			p.Unread()
			update := p.Says(said)
			first := w.heard(p)
			p.Again(update)
			if again := w.heard(p); again.Text != first.Text {
				t.Errorf("%q was answered %q, and delivered again %q", said, first.Text, again.Text)
			}
		}
		w.checkIdeas(p)
	})
}

func TestAnUpdateDeliveredAgainAfterFurtherTurnsChangesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		p := w.person(1)
		w.talk(p, dialog[:toSummary]...)
		p.Unread()
		sent := p.Says("gửi")
		w.heard(p)
		tap, err := p.Taps(text(t, "home.choice_sup"))
		if err != nil {
			t.Fatal(err)
		}
		w.heard(p)
		w.taps(p, text(t, "field.mat"))
		last := w.says(p, "Ủ bằng lá rừng")
		before := w.dump()
		for _, update := range []int64{sent, tap} {
			p.Again(update)
			if again := w.heard(p); again.Text != last.Text {
				t.Errorf("delivered again later: %q, not the present question %q", again.Text, last.Text)
			}
		}
		if after := w.dump(); after != before {
			t.Errorf("an update delivered again changed the records:\n%s\nto\n%s", before, after)
		}
		w.checkIdeas(p)
	})
}

func TestAnUpdateDeliveredTwiceAtOnceChangesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		people := w.people(3)
		for _, p := range people {
			w.says(p, "/start")
			for _, said := range dialog {
				before := len(p.Received())
				update := textUpdate(p.ID, said)
				const copies = 4
				answers := make([]string, copies)
				var wg sync.WaitGroup
				for n := range copies {
					wg.Go(func() {
						status, answer := w.post(w.programs[n%len(w.programs)].addr, update)
						if status != 200 {
							t.Errorf("%q: status %d", said, status)
						}
						answers[n] = answer
					})
				}
				wg.Wait()
				if said == "gửi" { // answered by calls, so that the number is sure to arrive
					if got := len(p.Received()) - before; got != copies {
						t.Errorf("%q delivered %d times at once was answered %d times", said, copies, got)
					}
					continue
				}
				for _, a := range answers {
					if a != answers[0] || !strings.Contains(a, "sendMessage") {
						t.Errorf("%q delivered twice at once was answered %q and %q", said, answers[0], a)
					}
				}
			}
		}
		w.checkIdeas(people...)
	})
}
