package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/bottest/servers"
	"ocopbot/bot/outbox"
	"ocopbot/storage"
)

func TestANoticeIsSentAndSettled(t *testing.T) {
	onBoth(t, func(h *house) {
		h.start()
		n := h.settled(h.notify(h.person("telegram:1"), "accepted"))
		if n.State != storage.NoticeSent || n.Addr != "telegram:1" || n.Provider != "m1" || !n.Done.Equal(morning) {
			h.Errorf("settled as %+v", n)
		}
		h.wantSaid(h.tg, "telegram:1 accepted")
	})
}

func TestEnqueueingIsPartOfTheTransaction(t *testing.T) {
	onBoth(t, func(h *house) {
		p := h.person("telegram:1")
		err := h.store.Write(h.Context(), func(tx storage.Tx) error {
			if err := tx.Notify(storage.Notice{ID: 1, Person: p, Kind: "accepted", At: morning}); err != nil {
				return err
			}
			return storage.ErrConflict
		})
		if err == nil {
			h.Fatal("the transaction was not given up")
		}
		h.start()
		h.settled(h.notify(p, "asked"))
		h.wantSaid(h.tg, "telegram:1 asked")
	})
}

func TestNoticesWaitForTheMorning(t *testing.T) {
	onBoth(t, func(h *house) {
		h.clock.Set(time.Date(2026, 6, 17, 22, 0, 0, 0, morning.Location()))
		id := h.notify(h.person("telegram:1"), "accepted")
		h.start()
		before := time.Now()
		var at time.Time
		servers.Until(h, "the job put off", func() bool {
			state, when, err := h.outbox.JobState(h.Context())
			if err != nil {
				h.Fatal(err)
			}
			at = when
			return state == "scheduled"
		})
		const night = 8*time.Hour + 30*time.Minute
		if at.Before(before.Add(night-time.Minute)) || at.After(time.Now().Add(night+time.Minute)) {
			h.Errorf("put off by %v, want %v", at.Sub(before), night)
		}
		if said := h.tg.said(); len(said) > 0 {
			h.Errorf("said at night: %q", said)
		}
		h.clock.Set(time.Date(2026, 6, 18, 6, 30, 0, 0, morning.Location()))
		if err := h.outbox.RetryNotices(h.Context()); err != nil {
			h.Fatal(err)
		}
		h.settled(id)
		h.wantSaid(h.tg, "telegram:1 accepted")
	})
}

func TestADeadAddressFallsBackToTheNext(t *testing.T) {
	onBoth(t, func(h *house) {
		p := h.person("telegram:1", "zalo:1", "tel:+84900000001")
		h.tg.fail("telegram:1", failure(bot.Unreachable, 0))
		h.start()
		if n := h.settled(h.notify(p, "accepted")); n.State != storage.NoticeSent || n.Addr != "tel:+84900000001" {
			h.Errorf("settled as %+v", n)
		}
		routes, err := h.store.Routes(h.Context(), p)
		if err != nil {
			h.Fatal(err)
		}
		for _, r := range routes {
			if dead := r.Addr == "telegram:1"; dead == r.Dead.IsZero() {
				h.Errorf("%s: dead since %v", r.Addr, r.Dead)
			}
		}
		h.settled(h.notify(p, "asked"))
		h.wantSaid(h.tel, "tel:+84900000001 accepted", "tel:+84900000001 asked")
		if said := h.tg.said(); len(said) > 0 {
			h.Errorf("by the dead address: %q", said)
		}
	})
}

func TestThePreferredChannelGoesFirst(t *testing.T) {
	onBoth(t, func(h *house) {
		p := h.person("telegram:1", "tel:+84900000001")
		h.write(func(tx storage.Tx) error {
			return tx.PutPerson(storage.Person{ID: p, Lang: "vi", Channel: "tel", Created: morning})
		})
		h.start()
		h.settled(h.notify(p, "accepted"))
		h.wantSaid(h.tel, "tel:+84900000001 accepted")
	})
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	for name, f := range map[string]*bot.SendError{
		"too fast":    failure(bot.Limited, 50*time.Millisecond),
		"unavailable": failure(bot.Unavailable, 0),
		"no answer":   failure(bot.Unknown, 0),
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(h *house) {
				p := h.person("telegram:1")
				h.tg.fail("telegram:1", f)
				h.start()
				if n := h.settled(h.notify(p, "accepted")); n.State != storage.NoticeSent {
					h.Errorf("settled as %+v", n)
				}
				h.wantSaid(h.tg, "telegram:1 accepted")
			})
		})
	}
}

func TestWhatCannotBeSentIsGivenUp(t *testing.T) {
	onBoth(t, func(h *house) {
		refused := h.person("telegram:1")
		h.tg.fail("telegram:1", failure(bot.Rejected, 0))
		rejected := h.notify(refused, "accepted")
		nowhere := h.notify(h.person("zalo:1"), "accepted")
		h.clock.Set(morning.Add(-4 * 24 * time.Hour))
		old := h.notify(h.person("telegram:2"), "accepted")
		h.clock.Set(morning)
		h.start()
		for id, why := range map[storage.ID]string{rejected: "rejected", nowhere: "no_route", old: "expired"} {
			if n := h.settled(id); n.State != storage.NoticeFailed || n.Why != why || n.Addr != "" {
				h.Errorf("want failed, %s: settled as %+v", why, n)
			}
		}
		if said := h.tg.said(); len(said) > 0 {
			h.Errorf("said %q", said)
		}
	})
}

func TestWhatIsNoLongerTrueIsNotSaid(t *testing.T) {
	onBoth(t, func(h *house) {
		h.texts.movedOn = true
		h.start()
		if n := h.settled(h.notify(h.person("telegram:1"), "accepted")); n.State != storage.NoticeDropped {
			h.Errorf("settled as %+v", n)
		}
	})
}

func TestTwoReplicasSendEverythingOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		var want []string
		for i := range 200 {
			addr := bot.Address(fmt.Sprintf("telegram:%03d", i))
			h.notify(h.person(addr), "accepted")
			want = append(want, string(addr)+" accepted")
		}
		h.start()
		h.startThis(h.open(h.o))
		servers.Until(h, "all sent", func() bool { return len(h.tg.said()) >= len(want) })
		got := h.tg.said()
		slices.Sort(got)
		if !slices.Equal(got, want) {
			h.Errorf("%d messages, want each of %d once", len(got), len(want))
		}
	})
}

func TestStopDoesNotWaitForSlots(t *testing.T) {
	onBoth(t, func(h *house) {
		o := h.o
		o.Limiter = outbox.NewLocalLimiter(outbox.Paces{"telegram": {Every: 19 * time.Second, Burst: 1}}, nil)
		b := h.open(o)
		p := h.person("telegram:1")
		h.notify(p, "accepted")
		h.notify(p, "asked")
		if err := b.Start(h.Context()); err != nil {
			h.Fatal(err)
		}
		servers.Until(h, "one sent", func() bool { return len(h.tg.said()) == 1 })
		if err := b.Stop(context.Background()); err != nil {
			h.Fatal(err)
		}
		h.start() // with another pace
		servers.Until(h, "the other sent", func() bool { return len(h.tg.said()) == 2 })
	})
}

// TestNewsIsToldInItsOrder: jobs run side by side, and a first that is held up
// is not overtaken by what was queued after it, in the same transaction too.
func TestNewsIsToldInItsOrder(t *testing.T) {
	onBoth(t, func(h *house) {
		p := h.person("telegram:1")
		kinds := []string{"a", "b", "c", "d", "e", "f"}
		var last storage.ID
		h.write(func(tx storage.Tx) error {
			for _, kind := range kinds {
				last = storage.NewID(morning)
				if err := tx.Notify(storage.Notice{ID: last, Person: p, Kind: kind, At: morning}); err != nil {
					return err
				}
			}
			return nil
		})
		h.tg.fail("telegram:1", failure(bot.Limited, time.Second))
		h.start()
		h.settled(last)
		var want []string
		for _, kind := range kinds {
			want = append(want, "telegram:1 "+kind)
		}
		h.wantSaid(h.tg, want...)
	})
}
