package outbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/bottest/servers"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/storage"
)

// announce has an announcement sent to everybody, or as change says.
func (h *house) announce(class ocop.Class, change func(*storage.Announcement)) storage.ID {
	h.Helper()
	now := h.clock.Now()
	a := storage.Announcement{ID: storage.NewID(now), Role: "province", Class: class, Reason: "r", Text: "tin", State: storage.AnnouncementSending,
		Epoch: 1, Created: now, Began: now, Version: 1}
	if change != nil {
		change(&a)
	}
	h.write(func(tx storage.Tx) error { return tx.PutAnnouncement(a) })
	return a.ID
}

// agree records that a person agrees to advertising at an address, or refuses.
func (h *house) agree(person storage.ID, addr bot.Address, given bool) {
	h.Helper()
	at := h.clock.Now()
	h.write(func(tx storage.Tx) error {
		return tx.AddConsent(storage.Consent{ID: storage.NewID(at), Person: person, Purpose: storage.ForAdvertising, Given: given, Text: "t", At: at, Addr: addr})
	})
}

// change alters an announcement as an officer does.
func (h *house) change(id storage.ID, change func(storage.Tx, *storage.Announcement) error) {
	h.Helper()
	h.write(func(tx storage.Tx) error {
		a, err := tx.Announcement(id)
		if err != nil {
			return err
		}
		if err := change(tx, &a); err != nil {
			return err
		}
		a.Version++
		return tx.PutAnnouncement(a)
	})
}

// states are the recipients of an announcement by person: "sent", "held consent".
func (h *house) states(id storage.ID) map[storage.ID]string {
	h.Helper()
	all, err := h.store.Recipients(h.Context(), id, 0, 1000)
	if err != nil {
		h.Fatal(err)
	}
	states := map[storage.ID]string{}
	for _, r := range all {
		states[r.Person] = strings.TrimSpace(r.State + " " + r.Why)
	}
	return states
}

// wantStates waits until the recipients are in these states.
func (h *house) wantStates(id storage.ID, want map[storage.ID]string) {
	h.Helper()
	servers.Until(h, "the recipients' states", func() bool {
		got := h.states(id)
		for p, s := range want {
			if got[p] != s {
				return false
			}
		}
		return len(got) == len(want)
	})
}

// callBack makes all jobs that wait run now.
func (h *house) callBack() {
	h.Helper()
	if err := h.outbox.RetryNotices(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// ended waits until nobody waits for an announcement any more, whose watcher
// looks every few seconds.
func (h *house) ended(id storage.ID) storage.Announcement {
	h.Helper()
	var a storage.Announcement
	servers.Until(h, "the announcement ended", func() bool {
		if _, err := h.store.EndAnnouncement(h.Context(), id, h.clock.Now()); err != nil {
			h.Fatal(err)
		}
		var err error
		if a, err = h.store.Announcement(h.Context(), id); err != nil {
			h.Fatal(err)
		}
		return a.State == storage.AnnouncementDone
	})
	return a
}

func TestEverybodyIsToldOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		var want []string
		for i := range 150 { // more than one batch of decisions
			addr := bot.Address(fmt.Sprintf("telegram:%03d", i))
			h.person(addr, bot.Address(fmt.Sprintf("tel:+84912000%03d", i))) // on two channels: told on one
			want = append(want, string(addr)+" tin")
		}
		id := h.announce(ocop.ServiceNotice, nil)
		h.start()
		if a := h.ended(id); a.Planned.IsZero() || a.Ended.IsZero() {
			h.Errorf("ended as %+v", a)
		}
		got := h.tg.said()
		slices.Sort(got)
		if !slices.Equal(got, want) || len(h.tel.said()) > 0 {
			h.Errorf("said %d and %d, want %d: %q", len(got), len(h.tel.said()), len(want), got)
		}
		tally, err := h.store.CountRecipients(h.Context(), id)
		if err != nil || len(tally) != 1 || tally[0] != (storage.RecipientCount{State: storage.RecipientSent, Count: 150}) {
			h.Errorf("tally %+v, %v", tally, err)
		}
	})
}

func TestAdvertisingGoesOnlyWhereTheLawLetsIt(t *testing.T) {
	onBoth(t, func(h *house) {
		none, agreed, refused, barred, phone := h.person("telegram:1"), h.person("telegram:2"), h.person("telegram:3"), h.person("telegram:4"), h.person("tel:+84912000005")
		other := h.person("telegram:6", "tel:+84912000006") // prefers Telegram, agreed by SMS
		for _, p := range []storage.ID{agreed, refused, barred} {
			h.agree(p, bot.Address(map[storage.ID]string{agreed: "telegram:2", refused: "telegram:3", barred: "telegram:4"}[p]), true)
		}
		h.agree(phone, "tel:+84912000005", true)
		h.agree(other, "tel:+84912000006", true)
		if err := h.store.ReplaceDoNotCall(h.Context(), []bot.Address{"telegram:4"}, h.clock.Now()); err != nil {
			h.Fatal(err)
		}
		h.clock.Set(morning.Add(time.Minute))
		h.agree(refused, "telegram:9", false) // wherever they said so
		h.outbox = h.open(h.withPhones(h.o, true))
		id := h.announce(ocop.Advertising, nil)
		h.start()
		h.wantStates(id, map[storage.ID]string{none: "held consent", agreed: "sent", refused: "held refused", barred: "held donotcall", phone: "sent", other: "sent"})
		h.wantSaid(h.tg, "telegram:2 tin")
		servers.Until(h, "both numbers", func() bool { return len(h.tel.said()) == 2 })
		if at, err := h.store.LastAdvert(h.Context(), "telegram:2"); err != nil || !at.Equal(h.clock.Now()) {
			h.Errorf("last advert at %v, %v", at, err)
		}
	})
}

// withPhones makes the channel "tel" one of SMS, with or without a brandname.
func (h *house) withPhones(o outbox.Options, brandname bool) outbox.Options {
	o.Outlets = outbox.Outlets(o.Channels, "8077")
	for i := range o.Outlets {
		if o.Outlets[i].Caps.Name == "tel" {
			o.Outlets[i].Carrier = storage.Carrier{Phone: true, Adverts: brandname}
		}
	}
	return o
}

func TestNoAdvertisingFromAPhoneNumber(t *testing.T) {
	onBoth(t, func(h *house) {
		p := h.person("tel:+84912000001")
		h.agree(p, "tel:+84912000001", true)
		h.outbox = h.open(h.withPhones(h.o, false))
		id := h.announce(ocop.Advertising, nil)
		h.start()
		h.wantStates(id, map[storage.ID]string{p: "held brandname"})
		h.wantSaid(h.tel)
	})
}

func TestNoMoreThanThreeADay(t *testing.T) {
	onBoth(t, func(h *house) {
		p := h.person("telegram:1")
		h.agree(p, "telegram:1", true)
		h.start()
		for range 5 { // all at once
			h.announce(ocop.Advertising, nil)
		}
		servers.Until(h, "three said, two waiting", func() bool {
			var waiting int
			err := h.store.DB().QueryRowContext(h.Context(), `SELECT COUNT(*) FROM recipients WHERE state = 'queued' AND why = 'limit'`).Scan(&waiting)
			if err != nil {
				h.Fatal(err)
			}
			return waiting == 2 && len(h.tg.said()) >= 3
		})
		h.wantSaid(h.tg, "telegram:1 tin", "telegram:1 tin", "telegram:1 tin")
		h.clock.Set(morning.Add(24*time.Hour + time.Minute))
		servers.Until(h, "five said", func() bool { h.callBack(); return len(h.tg.said()) == 5 })
	})
}

func TestARefusalCountsOnWhatIsQueued(t *testing.T) {
	onBoth(t, func(h *house) {
		p := h.person("telegram:1")
		h.agree(p, "telegram:1", true)
		h.clock.Set(morning.Add(13 * time.Hour)) // 23:00
		id := h.announce(ocop.Advertising, nil)
		h.start()
		servers.Until(h, "it is planned", func() bool { return len(h.states(id)) == 1 })
		h.agree(p, "telegram:1", false)
		h.clock.Set(morning.Add(24 * time.Hour))
		servers.Until(h, "it is held", func() bool { h.callBack(); return h.states(id)[p] == "held refused" })
		h.wantSaid(h.tg)
	})
}

func TestPauseResumeCancel(t *testing.T) {
	onBoth(t, func(h *house) {
		an, binh := h.person("telegram:1"), h.person("telegram:2")
		h.clock.Set(on(17, 21, 0)) // it waits for the morning
		id := h.announce(ocop.ServiceNotice, nil)
		h.start()
		h.wantStates(id, map[storage.ID]string{an: "queued hours", binh: "queued hours"})
		h.change(id, func(_ storage.Tx, a *storage.Announcement) error { a.State = storage.AnnouncementPaused; return nil })
		h.clock.Set(on(18, 8, 0))
		h.callBack()
		h.settled(h.notify(h.person("tel:+84900000009"), "last")) // whatever was to run has
		h.wantSaid(h.tg)
		h.change(id, func(_ storage.Tx, a *storage.Announcement) error {
			a.State = storage.AnnouncementSending
			a.Epoch++
			return nil
		})
		h.wantStates(id, map[storage.ID]string{an: "sent", binh: "sent"})
		h.clock.Set(on(18, 21, 0))
		later := h.announce(ocop.ServiceNotice, nil)
		servers.Until(h, "it is planned", func() bool { return len(h.states(later)) == 3 })
		h.change(later, func(tx storage.Tx, a *storage.Announcement) error {
			a.State = storage.AnnouncementCancelled
			return tx.CancelRecipients(a.ID, h.clock.Now())
		})
		h.clock.Set(on(19, 8, 0))
		h.callBack()
		for p, s := range h.states(later) {
			if s != "held cancelled" {
				h.Errorf("%d: %s", p, s)
			}
		}
		if got := len(h.tg.said()); got != 2 {
			h.Errorf("%d said: %q", got, h.tg.said())
		}
	})
}

// A job from before a pause does nothing, even while the later one is sending.
func TestAnOlderJobTellsNobody(t *testing.T) {
	onBoth(t, func(h *house) {
		an := h.person("telegram:1")
		h.clock.Set(on(17, 21, 0)) // it waits for the morning
		id := h.announce(ocop.ServiceNotice, nil)
		h.start()
		h.wantStates(id, map[storage.ID]string{an: "queued hours"})
		h.change(id, func(_ storage.Tx, a *storage.Announcement) error { a.State = storage.AnnouncementPaused; return nil })
		h.change(id, func(_ storage.Tx, a *storage.Announcement) error {
			a.State = storage.AnnouncementSending
			a.Epoch++
			return nil
		})
		jobs := func(state string) (n int) {
			h.Helper()
			if err := h.store.DB().QueryRowContext(h.Context(), "SELECT COUNT(*) FROM river_job WHERE kind = 'recipients' AND state = '"+state+"'").Scan(&n); err != nil {
				h.Fatal(err)
			}
			return n
		}
		servers.Until(h, "the later job", func() bool { return jobs("scheduled") == 2 })
		h.tg.blocks = make(chan struct{})
		h.clock.Set(on(18, 8, 0))
		h.callBack()
		<-h.tg.began
		servers.Until(h, "the older job is over", func() bool { return jobs("completed") == 1 || len(h.tg.began) > 0 })
		_, err := h.store.DB().ExecContext(h.Context(), "UPDATE river_job SET state = 'available', finalized_at = NULL WHERE kind = 'recipients' AND state = 'completed'")
		if err != nil {
			h.Fatal(err)
		}
		servers.Until(h, "the older job is over again", func() bool { return jobs("completed") == 1 || len(h.tg.began) > 0 })
		close(h.tg.blocks)
		h.wantStates(id, map[storage.ID]string{an: "sent"})
		h.wantSaid(h.tg, "telegram:1 tin")
	})
}

func TestWhatAFailureMeansForAnAnnouncement(t *testing.T) {
	onBoth(t, func(h *house) {
		dead, rejected, busy := h.person("telegram:1", "tel:+84912000001"), h.person("telegram:2"), h.person("telegram:3")
		nowhere, unsure := h.person("telegram:4"), h.person("telegram:5")
		h.tg.fail("telegram:1", failure(bot.Unreachable, 0))
		h.tg.fail("telegram:2", failure(bot.Rejected, 0))
		h.tg.fail("telegram:3", failure(bot.Limited, time.Second))
		h.tg.fail("telegram:4", failure(bot.Unreachable, 0))
		h.tg.fail("telegram:5", failure(bot.Unknown, 0))
		id := h.announce(ocop.ServiceNotice, nil)
		h.start()
		h.wantStates(id, map[storage.ID]string{dead: "sent", rejected: "failed rejected", busy: "sent", nowhere: "failed unreachable", unsure: "sent"})
		h.wantSaid(h.tel, "tel:+84912000001 tin")
		tally, err := h.store.CountRecipients(h.Context(), id)
		doubts := 0
		for _, c := range tally {
			doubts += c.Doubts
		}
		if err != nil || doubts != 1 {
			h.Errorf("tally %+v, %v: one may have come twice", tally, err)
		}
	})
}

// Advertising that may have arrived is not sent again: it counts, and is
// reported.
func TestAdvertisingIsNotSentTwice(t *testing.T) {
	onBoth(t, func(h *house) {
		p := h.person("telegram:1")
		h.agree(p, "telegram:1", true)
		h.tg.fail("telegram:1", failure(bot.Unknown, 0))
		id := h.announce(ocop.Advertising, nil)
		h.start()
		h.wantStates(id, map[storage.ID]string{p: "failed unsure"})
		h.wantSaid(h.tg)
		if at, err := h.store.LastAdvert(h.Context(), "telegram:1"); err != nil || at.IsZero() {
			h.Errorf("it does not count: %v, %v", at, err)
		}
	})
}

// A channel that can change its messages shows the progress in one; another
// tells the end.
func TestProgressIsShown(t *testing.T) {
	onBoth(t, func(h *house) {
		officer := h.person("tel:+84912000009")
		id := h.announce(ocop.ServiceNotice, func(a *storage.Announcement) {
			a.Author = officer
			a.Audience.Channels = []string{"telegram"}
			a.Watch.Addr = "tel:+84912000009"
		})
		h.person("telegram:1")
		h.start()
		servers.Until(h, "the end is told", func() bool {
			h.callBack()
			return slices.ContainsFunc(h.tel.said(), func(s string) bool { return strings.HasPrefix(s, "tel:+84912000009 done") })
		})
		h.wantStates(id, h.states(id))
		if len(h.states(id)) != 1 {
			h.Errorf("the audience is %v", h.states(id))
		}
	})
}

// Two replicas deliver one announcement side by side.
func TestTwoReplicasTellEverybodyOnce(t *testing.T) {
	t.Parallel()
	h := build(t, servers.Database(t))
	var want []string
	for i := range 200 {
		addr := bot.Address(fmt.Sprintf("telegram:%03d", i))
		h.person(addr)
		want = append(want, string(addr)+" tin")
	}
	id := h.announce(ocop.ServiceNotice, nil)
	h.start()
	second := h.o // a process of its own shares the database and the pace, nothing else
	store := openStore(t, h.url)
	second.DB, second.Pool, second.Store = store.DB(), store.Pool(), store
	h.startThis(h.open(second))
	h.ended(id)
	got := h.tg.said()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("said %d, want %d: %q", len(got), len(want), got)
	}
	for p, s := range h.states(id) {
		if s != "sent" {
			t.Errorf("%d: %s", p, s)
		}
	}
}
