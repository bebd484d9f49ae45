package outbox_test

import (
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/bottest/servers"
	"ocopbot/bot/outbox"
)

func TestALateAnswerComesAtAnyHourAndOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		h.clock.Set(time.Date(2026, 6, 17, 23, 0, 0, 0, morning.Location()))
		h.texts.answer = []string{"one", "two", "three"}
		h.tg.fail("telegram:1", failure(bot.Limited, 50*time.Millisecond), nil, failure(bot.Unavailable, 0))
		h.start()
		if err := h.outbox.EnqueueAnswer(h.Context(), "telegram:1", "abc", 4, 0, 0); err != nil {
			h.Fatal(err)
		}
		h.wantSaid(h.tg, "telegram:1 one", "telegram:1 two", "telegram:1 three")
	})
}

// What the channel took before is not sent again; what is told once of an answer
// that moved on meanwhile was in none of that. One that is refused ends nothing.
func TestTheRestOfAnAnswerComes(t *testing.T) {
	onBoth(t, func(h *house) {
		h.texts.answer = []string{"one", "two", "three"}
		h.tg.fail("telegram:1", failure(bot.Rejected, 0))
		h.start()
		if err := h.outbox.EnqueueAnswer(h.Context(), "telegram:1", "abc", 4, 1, 0); err != nil {
			h.Fatal(err)
		}
		h.wantSaid(h.tg, "telegram:1 three")
		h.texts.set("the number")
		if err := h.outbox.EnqueueAnswer(h.Context(), "telegram:1", "abc", 5, 2, 0); err != nil { // turn 4 is rendered: it is late
			h.Fatal(err)
		}
		h.wantSaid(h.tg, "telegram:1 three", "telegram:1 the number")
	})
}

// A channel that refused an answer because it was too much is left alone for
// as long as it asked, by this answer and by whatever else waits here.
func TestAChannelThatRefusedAnAnswerIsLeftAlone(t *testing.T) {
	h := build(t, blank.File(t))
	for _, after := range []time.Duration{0, time.Hour} {
		if err := h.outbox.EnqueueAnswer(h.Context(), "telegram:1", "abc", 4, 0, after); err != nil {
			h.Fatal(err)
		}
		wait, _, err := h.o.Limiter.Reserve(h.Context(), outbox.AnswerLane, "telegram:1", 0)
		if err != nil || (wait > after/2) != (after > 0) {
			h.Errorf("after %v: the next waits %v, %v", after, wait, err)
		}
	}
}

func TestAnAnswerIsDroppedWhenTheDialogMovedOn(t *testing.T) {
	onBoth(t, func(h *house) {
		h.texts.movedOn = true
		h.start()
		if err := h.outbox.EnqueueAnswer(h.Context(), "telegram:1", "abc", 4, 0, 0); err != nil {
			h.Fatal(err)
		}
		servers.Until(h, "the job done", func() bool {
			state, _, err := h.outbox.JobState(h.Context())
			if err != nil {
				h.Fatal(err)
			}
			return state == "completed"
		})
		if said := h.tg.said(); len(said) > 0 {
			h.Errorf("said %q", said)
		}
	})
}
