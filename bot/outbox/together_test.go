package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"pgregory.net/rapid"

	"ocopbot/bot"
	"ocopbot/bot/bottest/servers"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/storage"
)

// Whatever became of those who share a job: it is done again when the first of
// them can go on, neither later nor sooner.
func TestNobodyIsKeptByOthersOfTheJob(t *testing.T) {
	down := errors.New("down")
	rapid.Check(t, func(t *rapid.T) {
		failing := time.Duration(rapid.Int64Range(1, int64(30*time.Minute)).Draw(t, "gap"))
		first := time.Duration(-1) // when the first can go on
		sooner := func(d time.Duration) {
			if first < 0 || d < first {
				first = d
			}
		}
		all := make([]error, rapid.IntRange(1, 10).Draw(t, "people"))
		for i := range all {
			switch rapid.IntRange(0, 2).Draw(t, "end") {
			case 0: // told, or held
			case 1:
				all[i] = fmt.Errorf("somebody: %w", down)
				sooner(failing)
			case 2:
				wait := time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "wait"))
				all[i] = river.JobSnooze(wait)
				sooner(wait)
			}
		}
		again := time.Duration(-1)
		var snooze *river.JobSnoozeError
		next, unsaid := outbox.Together(all, failing)
		switch {
		case errors.As(next, &snooze):
			again = snooze.Duration
		case next != nil:
			again = failing
		}
		if errors.Is(errors.Join(all...), down) != errors.Is(errors.Join(next, unsaid), down) {
			t.Fatalf("of %v the cause is lost: %v, %v", all, next, unsaid)
		}
		if again != first {
			t.Fatalf("of %v it goes on after %v, want %v", all, again, first)
		}
	})
}

// Ten people share a job: one is fine, and the others are all that can keep one
// from being told. Each ends as if alone, and the job goes on when the first of
// those who wait can.
func TestPeopleOfOneJobAreToldEachByThemselves(t *testing.T) {
	onBoth(t, func(h *house) {
		h.clock.Set(on(17, 21, 0)) // advertising may still go
		fine, other, limited, down := h.person("telegram:1"), h.person("tel:+84912000002"), h.person("telegram:3"), h.person("telegram:4")
		blocked, full, erased, dead := h.person("telegram:5"), h.person("telegram:6"), h.person("telegram:7"), h.person("telegram:8", "tel:+84912000008")
		spent, never := h.person("tel:+84912000009"), h.person("telegram:10")
		all := []storage.ID{fine, other, limited, down, blocked, full, erased, dead, spent, never}
		addr := []bot.Address{"telegram:1", "tel:+84912000002", "telegram:3", "telegram:4", "telegram:5", "telegram:6", "telegram:7", "telegram:8", "tel:+84912000009"}
		for i, a := range addr {
			h.agree(all[i], a, true)
		}
		h.agree(dead, "tel:+84912000008", true)
		h.tg.fail("telegram:3", failure(bot.Limited, 20*time.Millisecond))
		h.tg.fail("telegram:4", failure(bot.Unavailable, 0))
		h.tg.fail("telegram:5", failure(bot.Unreachable, 0))
		h.tg.fail("telegram:8", failure(bot.Unreachable, 0))
		h.tel.fail("tel:+84912000009", failure(bot.Exhausted, 3*time.Hour))
		h.outbox = h.open(h.withPhones(h.o, true))
		id := h.announce(ocop.Advertising, nil)
		for i := range 3 { // three had within the day, the first at ten
			_, err := h.store.DB().ExecContext(h.Context(), `INSERT INTO adverts (id, addr, announcement, person, at) VALUES ($1, 'telegram:6', $2, $3, $4)`,
				i+1, int64(id), int64(other), on(17, 10+i, 0).UnixMilli())
			if err != nil {
				h.Fatal(err)
			}
		}
		if _, err := outbox.Plan(h.Context(), h.store, h.prog, id, h.clock.Now(), nil); err != nil {
			h.Fatal(err)
		}
		h.write(func(tx storage.Tx) error { return tx.Erase(erased, h.clock.Now()) })
		want := func(states ...string) {
			h.Helper()
			got := h.states(id)
			for i, s := range states {
				if got[all[i]] != s {
					h.Errorf("person %d: %q, want %q", i+1, got[all[i]], s)
				}
			}
		}
		tell := func() time.Duration {
			h.Helper()
			again, after, err := h.outbox.Tell(h.Context(), id, 1, all)
			if err == nil && !again {
				return -1
			}
			if err != nil {
				h.Fatal(err)
			}
			return after
		}
		if after := tell(); after != 20*time.Millisecond {
			h.Errorf("goes on after %v, want the pause that was asked for: who failed waits longer", after)
		}
		want("sent", "sent", "queued limited", "queued unavailable", "failed unreachable", "queued limit", "held erased", "sent", "queued exhausted", "held consent")
		h.tel.fail("tel:+84912000009", failure(bot.Exhausted, 3*time.Hour))
		h.clock.Set(on(17, 21, 10))
		if after := tell(); after != time.Hour {
			h.Errorf("goes on after %v, want the hour after which what is spent is asked for again", after)
		}
		want("sent", "sent", "sent", "sent", "failed unreachable", "queued limit", "held erased", "sent", "queued exhausted", "held consent")
		h.clock.Set(on(17, 22, 10))
		if after := tell(); after != on(18, 7, 0).Sub(on(17, 22, 10)) {
			h.Errorf("goes on after %v, want the morning", after)
		}
		h.clock.Set(on(18, 7, 0))
		if after := tell(); after != on(18, 10, 0).Sub(on(18, 7, 0)) {
			h.Errorf("goes on after %v, want the end of the day with three", after)
		}
		h.clock.Set(on(18, 10, 1))
		if tell() != -1 {
			h.Error("everybody is told or held: nothing is left")
		}
		want("sent", "sent", "sent", "sent", "failed unreachable", "sent", "held erased", "sent", "sent", "held consent")
		if got := len(h.tg.said()) + len(h.tel.said()); got != 7 {
			h.Errorf("%d said, want 7: %q %q", got, h.tg.said(), h.tel.said())
		}
	})
}

// poisoned are words that cannot be made into a message for one language.
type poisoned struct{ *texts }

func (p poisoned) Announcement(a storage.Announcement, lang string, caps bot.Caps) bot.Message {
	if lang == "en" {
		panic("poison")
	}
	return p.texts.Announcement(a, lang, caps)
}

// A panic is that person's alone.
func TestAPanicKeepsNobodyElseFromBeingTold(t *testing.T) {
	h := build(t, blank.File(t))
	an, english := h.person("telegram:1"), h.person("telegram:2")
	h.write(func(tx storage.Tx) error {
		p, err := tx.Person(english)
		if err != nil {
			return err
		}
		p.Lang = "en"
		return tx.PutPerson(p)
	})
	h.o.Render = poisoned{h.texts}
	h.outbox = h.open(h.o)
	id := h.announce(ocop.ServiceNotice, nil)
	if _, err := outbox.Plan(t.Context(), h.store, h.prog, id, h.clock.Now(), nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.outbox.Tell(t.Context(), id, 1, []storage.ID{english, an}); err == nil {
		t.Error("the panic is swallowed")
	}
	if got := h.states(id)[an]; got != "sent" {
		t.Errorf("the other is %q", got)
	}
}

// Stop in the middle of a job: who was told stays told, who waited for a slot
// goes back into the queue at once, and the next process tells them.
func TestStopInTheMiddleOfAJob(t *testing.T) {
	onBoth(t, func(h *house) {
		for i := range 4 {
			h.person(bot.Address(fmt.Sprintf("telegram:%d", i)))
		}
		slow := h.o
		slow.Limiter = outbox.NewLocalLimiter(outbox.Paces{"telegram": {Every: 4 * time.Second, Burst: 1}}, nil)
		first := h.open(slow)
		id := h.announce(ocop.ServiceNotice, nil)
		if err := first.Start(h.Context()); err != nil {
			h.Fatal(err)
		}
		servers.Until(h, "one is told", func() bool { return len(h.tg.said()) == 1 })
		if err := first.Stop(context.Background()); err != nil {
			h.Fatal(err)
		}
		sent := 0
		for p, s := range h.states(id) {
			switch s {
			case "sent":
				sent++
			case "queued":
			default:
				h.Errorf("%d is left %s", p, s)
			}
		}
		if sent != 1 {
			h.Errorf("%d were sent, want 1", sent)
		}
		h.start()
		h.ended(id)
		if got := h.tg.said(); len(got) != 4 {
			h.Errorf("said %q", got)
		}
	})
}
