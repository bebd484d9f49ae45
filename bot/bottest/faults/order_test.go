package faults_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/bottest/servers"
)

// betweenUpdates is how far apart a hasty person's updates are.
const betweenUpdates = 2 * time.Millisecond

func TestEightUpdatesAtOnceAreAnsweredInOrder(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, w *world) {
		calm, hasty := w.person(1), w.person(2)
		w.register(calm)
		for _, said := range dialog {
			hasty.Says(said)
			time.Sleep(betweenUpdates)
		}
		ctx, cancel := w.context()
		defer cancel()
		got, err := hasty.Wait(ctx, len(dialog))
		if err != nil {
			t.Fatal(err)
		}
		want := texts(calm.Received())
		last := len(dialog) - 1
		want[last] = strings.ReplaceAll(want[last], w.ideas()[0].number(), w.ideas()[1].number())
		if !slices.Equal(texts(got), want) {
			t.Errorf("in haste the answers are\n%q\nand not\n%q", texts(got), want)
		}
		w.checkIdeas(calm, hasty)
	}
	onBoth(t, check)
	t.Run("polling", func(t *testing.T) {
		t.Parallel()
		check(t, newWorld(t, setup{polling: true}))
	})
}

// A webhook that does not hold updates back, as Telegram does: whoever comes
// second waits, and all are answered.
func TestUpdatesOfOnePersonAtTheSameInstantAreAllAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{database: servers.Database(t), redis: servers.Redis(t).URL(), replicas: 2})
	p := w.person(1)
	w.talk(p, dialog[:2]...)
	question := w.says(p, "Hoàng Thị Mai")
	answers := make([]string, 8)
	var wg sync.WaitGroup
	for n := range answers {
		wg.Go(func() {
			var status int
			status, answers[n] = w.post(w.programs[n%2].addr, textUpdate(p.ID, "👍"))
			if status != 200 {
				t.Errorf("status %d", status)
			}
		})
		time.Sleep(betweenUpdates)
	}
	wg.Wait()
	for _, a := range answers {
		if !strings.Contains(a, "sendMessage") {
			t.Errorf("not answered: %q", a)
		}
	}
	if m := w.says(p, "Mật ong hoa rừng"); m.Text == question.Text {
		t.Error("the dialog does not go on")
	}
}

func texts(ms []faketelegram.Message) []string {
	var all []string
	for _, m := range ms {
		all = append(all, m.Text)
	}
	return all
}
