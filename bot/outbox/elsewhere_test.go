package outbox_test

import (
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/bottest/servers"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

func TestSpentBudgetSendsByTheOtherChannel(t *testing.T) {
	onBoth(t, func(h *house) {
		h.start()
		p := h.person("tel:+84912000001", "telegram:1")
		h.tel.fail("tel:+84912000001", failure(bot.Exhausted, time.Hour))
		n := h.settled(h.notify(p, "accepted"))
		if n.Addr != "telegram:1" {
			h.Errorf("settled as %+v", n)
		}
		h.wantSaid(h.tg, "telegram:1 accepted")
		routes, err := h.store.Routes(h.Context(), p)
		if err != nil || !routes[0].Dead.IsZero() {
			h.Errorf("the number is marked: %+v, %v", routes, err)
		}
	})
}

func TestSpentBudgetOfTheOnlyChannelWaits(t *testing.T) {
	onBoth(t, func(h *house) {
		h.start()
		h.tel.fail("tel:+84912000001", failure(bot.Exhausted, 3*time.Hour))
		id := h.notify(h.person("tel:+84912000001"), "accepted")
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
		if wait := at.Sub(before); wait < 59*time.Minute || wait > 61*time.Minute {
			h.Errorf("it waits for %v", wait)
		}
		if n, err := h.store.Notice(h.Context(), id); err != nil || n.State != storage.NoticeQueued {
			h.Errorf("%+v, %v", n, err)
		}
	})
}

func TestABouncedNumberIsToldOfByTheOtherChannel(t *testing.T) {
	onBoth(t, func(h *house) {
		h.start()
		p := h.person("tel:+84912000001", "telegram:1")
		n := h.settled(h.notify(p, "accepted"))
		if n.Addr != "tel:+84912000001" {
			h.Fatalf("settled as %+v", n)
		}
		h.clock.Set(morning.Add(-time.Second)) // what is told again sorts before it
		for range 2 {                          // the gateway says it twice
			if err := h.outbox.Bounced(h.Context(), n.Addr, n.Provider); err != nil {
				h.Fatal(err)
			}
			// Its own message there may have the same number as the gateway's.
			h.wantSaid(h.tg, "telegram:1 accepted")
			servers.Until(h, "no notice waits", func() bool {
				waits := 0
				err := h.store.DB().QueryRowContext(h.Context(), `SELECT COUNT(*) FROM notices WHERE state = 'queued'`).Scan(&waits)
				return err == nil && waits == 0
			})
		}
		// The only number of another person: there is nobody else to tell.
		only := h.person("tel:+84912000002")
		n = h.settled(h.notify(only, "asked"))
		if err := h.outbox.Bounced(h.Context(), n.Addr, n.Provider); err != nil {
			h.Fatal(err)
		}
		if err := h.outbox.Bounced(h.Context(), "tel:+84912000003", "m99"); err != nil {
			h.Errorf("of nobody: %v", err)
		}
		routes, err := h.store.Routes(h.Context(), only)
		if err != nil || routes[0].Dead.IsZero() {
			h.Errorf("the number is not marked: %+v, %v", routes, err)
		}
		h.settled(h.notify(p, "returned"))
		h.wantSaid(h.tg, "telegram:1 accepted", "telegram:1 returned")
	})
}

func TestAdminsHearOfAlertsOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		raise := func() {
			h.Helper()
			if err := h.store.Raise(h.Context(), storage.Alert{Kind: storage.AlertBudget, Gateway: "kannel", Used: 9, Most: 10, At: h.clock.Now()}); err != nil {
				h.Fatal(err)
			}
		}
		raise()
		if err := h.outbox.Due(h.Context()); err != nil { // nobody to tell yet
			h.Fatal(err)
		}
		office := func(addr bot.Address, role string) {
			p := h.person(addr)
			province, _ := h.prog.UnitAt("20", morning)
			h.write(func(tx storage.Tx) error {
				return tx.PutOfficer(storage.Officer{ID: storage.NewID(morning), Person: p, Unit: ocop.UnitKey(province.Key), Role: role, From: morning.Add(-time.Hour)})
			})
		}
		office("telegram:1", storage.Admin)
		office("telegram:2", storage.ProvinceOfficer)
		h.start()
		for range 2 {
			raise()
			if err := h.outbox.Due(h.Context()); err != nil {
				h.Fatal(err)
			}
		}
		h.wantSaid(h.tg, "telegram:1 alert")
	})
}
