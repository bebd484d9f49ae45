package outbox_test

import (
	"slices"
	"testing"
	"time"

	"ocopbot/bot/bottest/servers"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// june is a moment of June 2026 in Vietnam: reports are due on the 24th, a
// Wednesday, those of communes on the 14th, a Sunday.
func june(day, hour, minute int) time.Time {
	return time.Date(2026, 6, day, hour, minute, 0, 0, ocop.Local)
}

// since puts somebody into office on 1 May 2026.
func (h *house) since(p storage.ID, unit ocop.UnitKey, role string) {
	h.Helper()
	h.write(func(tx storage.Tx) error {
		return tx.PutOfficer(storage.Officer{ID: storage.NewID(h.clock.Now()), Person: p, Unit: unit, Role: role, From: time.Date(2026, 5, 1, 0, 0, 0, 0, ocop.Local)})
	})
}

// toldOf are the steps somebody was told, in order.
func (h *house) toldOf(p storage.ID) (steps []string) {
	h.Helper()
	all, err := h.store.RemindersTo(h.Context(), p, time.Time{})
	if err != nil {
		h.Fatal(err)
	}
	for _, r := range all {
		steps = append(steps, r.Obligation+" "+r.Step)
	}
	slices.Reverse(steps)
	return steps
}

func (h *house) wantTold(p storage.ID, want ...string) {
	h.Helper()
	if got := h.toldOf(p); !slices.Equal(got, want) {
		h.Errorf("told %q, want %q", got, want)
	}
}

// waitSaid waits until all of these were said, whatever else was.
func (h *house) waitSaid(c *channel, want ...string) {
	h.Helper()
	h.Cleanup(func() { h.Logf("said %q", c.said()) })
	servers.Until(h, "they were told", func() bool {
		said := c.said()
		return !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(said, w) })
	})
}

func (h *house) districtKey() ocop.UnitKey { return h.prog.Ancestors(h.commune().Key)[0].Key }

func TestOfficersAreRemindedOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		p, leader := h.person("telegram:d"), h.person("telegram:l")
		h.since(p, h.districtKey(), storage.DistrictOfficer)
		h.since(leader, h.districtKey(), storage.Leader)
		half := func() (steps []string) {
			for _, s := range h.toldOf(p) {
				if len(s) > 9 && s[:10] == "half-year " {
					steps = append(steps, s)
				}
			}
			return steps
		}
		h.tickAt(june(17, 7, 59))
		if got := half(); !slices.Equal(got, []string{"half-year T-14"}) {
			h.Errorf("after an outage, before T-7: %q", got)
		}
		h.tickAt(june(17, 8, 0))
		h.tickAt(june(17, 8, 1))
		h.tickAt(june(24, 9, 0)) // nobody was up on T-3 and T-1
		if got := half(); !slices.Equal(got, []string{"half-year T-14", "half-year T-7", "half-year T-0"}) {
			h.Errorf("up to the last day: %q", got)
		}
		h.wantTold(leader)
		h.tickAt(june(25, 8, 0))
		h.wantTold(leader, "half-year T+1")
	})
}

func TestFilingEndsIt(t *testing.T) {
	onBoth(t, func(h *house) {
		p := h.person("telegram:d")
		h.since(p, h.districtKey(), storage.DistrictOfficer)
		duty := storage.Duty{Obligation: "plan", Period: "2027", Unit: h.districtKey()}
		at := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 9, 0, 0, 0, ocop.Local) }
		count := func() (n int) {
			for _, s := range h.toldOf(p) {
				if s[:5] == "plan " {
					n++
				}
			}
			return n
		}
		h.tickAt(at(2027, 2, 19)) // T-9: T-14 is the latest
		if count() != 1 {
			h.Fatalf("told %q", h.toldOf(p))
		}
		h.write(func(tx storage.Tx) error {
			return tx.AddTaskDone(storage.TaskDone{Duty: duty, Day: at(2027, 2, 19), Note: "số 5/KH-UBND", By: p, At: h.clock.Now()})
		})
		for d := range 60 {
			h.tickAt(at(2027, 2, 20).AddDate(0, 0, d))
		}
		if count() != 1 {
			h.Errorf("after it was done: %q", h.toldOf(p))
		}
	})
}

// Nobody answers for a day: the reminder is repeated by SMS to who has a number.
func TestUnansweredGoesBySMS(t *testing.T) {
	onBoth(t, func(h *house) {
		p := h.person("telegram:d")
		h.write(func(tx storage.Tx) error {
			return tx.PutPerson(storage.Person{ID: p, Lang: "vi", Phone: "+84912345678", Channel: "telegram", Created: june(1, 0, 0)})
		})
		h.since(p, h.districtKey(), storage.DistrictOfficer)
		h.tickAt(june(17, 8, 0))
		h.start()
		h.waitSaid(h.tg, "telegram:d reminder")
		h.tickAt(june(18, 7, 59))
		h.wantSaid(h.tel)
		h.tickAt(june(18, 8, 0))
		h.waitSaid(h.tel, "tel:+84912345678 reminder")
		if got := h.toldOf(p); !slices.Contains(got, "half-year T-7 tel") {
			h.Errorf("told %q", got)
		}
		// Who answers is not written to again.
		h.write(func(tx storage.Tx) error {
			return tx.AddAck(storage.Ack{Duty: storage.Duty{Obligation: "half-year", Period: "2026", Unit: h.districtKey()}, Officer: p, Step: "T-3", At: june(19, 9, 0)})
		})
		h.tickAt(june(19, 8, 0))
		h.tickAt(june(20, 8, 30))
		if got := h.toldOf(p); slices.Contains(got, "half-year T-3 tel") {
			h.Errorf("told %q", got)
		}
	})
}

// «Đã nhận» spares the next soft step, and no other.
func TestAcknowledgedSparesASoftStep(t *testing.T) {
	onBoth(t, func(h *house) {
		p := h.person("telegram:d")
		h.since(p, h.districtKey(), storage.DistrictOfficer)
		duty := storage.Duty{Obligation: "half-year", Period: "2026", Unit: h.districtKey()}
		var half []string
		told := func() []string {
			half = nil
			for _, s := range h.toldOf(p) {
				if s[:10] == "half-year " {
					half = append(half, s[10:])
				}
			}
			return half
		}
		ack := func(step string, at time.Time) {
			h.write(func(tx storage.Tx) error { return tx.AddAck(storage.Ack{Duty: duty, Officer: p, Step: step, At: at}) })
		}
		h.tickAt(time.Date(2026, 5, 25, 8, 0, 0, 0, ocop.Local))
		ack("T-30", time.Date(2026, 5, 25, 9, 0, 0, 0, ocop.Local))
		h.tickAt(june(10, 8, 0)) // T-14 is spared
		h.tickAt(june(17, 8, 0))
		if got := told(); !slices.Equal(got, []string{"T-30", "T-7"}) {
			h.Errorf("told %q", got)
		}
		ack("T-7", june(17, 9, 0))
		h.tickAt(june(19, 8, 0)) // T-3 is not soft
		if got := told(); !slices.Equal(got, []string{"T-30", "T-7", "T-3"}) {
			h.Errorf("told %q", got)
		}
	})
}

// A unit without an officer is told to the province at once, and once.
func TestProvinceHearsOfUnitsWithoutOfficers(t *testing.T) {
	onBoth(t, func(h *house) {
		province, _ := h.prog.UnitAt("20", june(1, 0, 0))
		p := h.person("telegram:p")
		h.since(p, province.Key, storage.ProvinceOfficer)
		h.clock.Set(june(17, 8, 0))
		plan, err := h.outbox.Planned(h.Context(), june(17, 8, 0))
		if err != nil {
			h.Fatal(err)
		}
		nobody := 0
		for _, t := range plan {
			if t.Obligation == "half-year" && t.Step == "T-7" && t.Recipient == 0 && t.Name == "" {
				nobody++
			}
		}
		if nobody != 11 {
			h.Errorf("%d districts without anybody in the plan, want 11", nobody)
		}
		h.tickAt(june(17, 8, 0))
		h.tickAt(june(17, 8, 5))
		h.start()
		h.waitSaid(h.tg, "telegram:p unstaffed")
		if plan, err = h.outbox.Planned(h.Context(), june(17, 8, 6)); err != nil || len(plan) != 0 {
			h.Errorf("%d things are still to be told, %v", len(plan), err)
		}
	})
}
