package outbox_test

import (
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/bottest/servers"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// on is a moment of September 2025 in Vietnam, a month in which no report is
// due; the 17th is a Wednesday.
func on(day, hour, minute int) time.Time {
	return time.Date(2025, 9, day, hour, minute, 0, 0, ocop.Local)
}

func (h *house) officer(addr bot.Address, unit ocop.UnitKey, role string) storage.ID {
	h.Helper()
	p := h.person(addr)
	h.write(func(tx storage.Tx) error {
		return tx.PutOfficer(storage.Officer{ID: storage.NewID(morning), Person: p, Unit: unit, Role: role, From: on(1, 0, 0)})
	})
	return p
}

// tickAt looks at what is due at a moment, twice, as two replicas do.
func (h *house) tickAt(at time.Time) {
	h.Helper()
	h.clock.Set(at)
	for range 2 {
		if err := h.outbox.Tick(h.Context()); err != nil {
			h.Fatal(err)
		}
	}
}

// sentSoFar starts the outbox and expects what is queued to be said, and
// nothing besides by the time that a later notice is.
func (h *house) sentSoFar(want ...string) {
	h.Helper()
	h.start()
	h.settled(h.notify(h.person("tel:+84900000009"), "last"))
	servers.Until(h, "all sent", func() bool { return len(h.tg.said()) >= len(want) })
	h.wantSaid(h.tg, want...)
}

func TestOfficersHearOfNewIdeasOnceInTheMorning(t *testing.T) {
	onBoth(t, func(h *house) {
		unit := h.commune()
		h.officer("telegram:o", unit.Key, storage.CommuneOfficer)
		h.officer("telegram:d", h.prog.Ancestors(unit.Key)[0].Key, storage.DistrictOfficer)
		producer := h.person("tel:+84900000001")
		h.clock.Set(on(17, 15, 0))
		h.idea(producer, storage.CommuneOfficer)
		h.idea(producer, storage.CommuneOfficer)
		h.tickAt(on(17, 15, 30)) // after 08:00, but it came later
		h.tickAt(on(18, 7, 59))
		h.tickAt(on(18, 8, 0))
		h.tickAt(on(18, 9, 0))
		h.clock.Set(on(18, 9, 30))
		h.sentSoFar("telegram:o digest")
	})
}

func TestWithoutACommunesOfficerTheDistrictsHears(t *testing.T) {
	onBoth(t, func(h *house) {
		h.officer("telegram:d", h.prog.Ancestors(h.commune().Key)[0].Key, storage.DistrictOfficer)
		h.clock.Set(on(19, 15, 0)) // a Friday
		h.idea(h.person("tel:+84900000001"), storage.CommuneOfficer)
		h.tickAt(on(20, 8, 0))
		h.tickAt(on(21, 8, 0))
		if state, _, err := h.outbox.JobState(h.Context()); err != nil || state != "" {
			h.Fatalf("a digest at the weekend: %s, %v", state, err)
		}
		h.tickAt(on(22, 8, 0))
		h.sentSoFar("telegram:d digest")
	})
}

func TestAnIdeaUntouchedForThreeWorkingDaysRises(t *testing.T) {
	onBoth(t, func(h *house) {
		h.clock.Set(on(17, 10, 0))
		h.start()
		i := h.idea(h.person("telegram:1"), storage.CommuneOfficer)
		level := func() string {
			h.Helper()
			now, err := h.store.Idea(h.Context(), i.ID)
			if err != nil {
				h.Fatal(err)
			}
			return now.WaitingLevel
		}
		for _, early := range []time.Time{on(19, 10, 1), on(20, 12, 0), on(21, 12, 0), on(22, 9, 59)} {
			if h.tickAt(early); level() != storage.CommuneOfficer {
				h.Fatalf("it waits for the %s at %v", level(), early)
			}
		}
		if h.tickAt(on(22, 10, 1)); level() != storage.DistrictOfficer {
			h.Errorf("after three working days it waits for the %s", level())
		}
		h.wantSaid(h.tg, "telegram:1 escalated")
		if h.tickAt(on(25, 10, 2)); level() != storage.ProvinceOfficer {
			h.Errorf("after six working days it waits for the %s", level())
		}
		h.wantSaid(h.tg, "telegram:1 escalated", "telegram:1 escalated")
		if h.tickAt(on(30, 10, 3)); level() != storage.ProvinceOfficer {
			h.Errorf("above the province it waits for the %s", level())
		}
		h.wantSaid(h.tg, "telegram:1 escalated", "telegram:1 escalated")
	})
}
