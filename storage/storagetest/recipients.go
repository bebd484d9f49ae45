package storagetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// What Deliveries reads is what the law asks about: addresses, what was agreed
// to, the list, and what went out in the last 24 hours.
func whatDecides(t *testing.T, w *world) {
	an, binh := w.person("an", "tel:+84912000001"), w.person("binh", "telegram:2")
	say := func(p storage.Person, purpose string, given bool, at time.Time) storage.Consent {
		return storage.Consent{ID: storage.NewID(at), Person: p.ID, Purpose: purpose, Given: given, Text: "t", At: at, Addr: "tel:+84912000001"}
	}
	w.write(func(x storage.Tx) error {
		for _, c := range []storage.Consent{say(an, storage.ForAdvertising, true, w.now.Add(-2*time.Hour)), say(an, storage.ForService, true, w.now.Add(-3*time.Hour)),
			say(an, storage.ForBulletin, true, w.now.Add(-time.Hour))} {
			if err := x.AddConsent(c); err != nil {
				return err
			}
		}
		return nil
	})
	w.must(w.ReplaceDoNotCall(t.Context(), []bot.Address{"tel:+84912000009", "tel:+84912000001"}, w.now))
	for _, ago := range []time.Duration{25 * time.Hour, 3 * time.Hour, time.Hour} {
		then := w.announcement(ocop.Advertising, storage.Audience{Channels: []string{"tel"}})
		keys := w.planned(then)
		w.must(w.Decide(t.Context(), keys, w.now.Add(-ago), func(int, storage.Delivery) *storage.Move {
			return &storage.Move{State: storage.RecipientSending, Addr: "tel:+84912000001", Reserve: true}
		}))
	}
	a := w.announcement(ocop.Advertising, storage.Audience{})
	keys := append(w.planned(a), storage.RecipientKey{Announcement: a.ID, Person: 12345, Epoch: 1})
	all := must(w.Deliveries(t.Context(), keys, w.now))(t)
	byPerson := map[storage.ID]storage.Delivery{}
	for i, d := range all {
		same(t, "in the order of the keys", d.Key, keys[i])
		byPerson[d.Key.Person] = d
	}
	d := byPerson[an.ID]
	same(t, "announcement", d.Announcement.ID, a.ID)
	same(t, "state", d.Recipient.State, storage.RecipientQueued)
	same(t, "addresses", fmt.Sprint(len(d.Reach.Routes), d.Reach.Routes[0].Addr), "1tel:+84912000001")
	var said []string
	for _, c := range d.Reach.Agreements {
		said = append(said, c.Purpose)
	}
	same(t, "agreements", strings.Join(said, " "), storage.ForAdvertising+" "+storage.ForBulletin)
	same(t, "on the list", d.Reach.DoNotCall["tel:+84912000001"], true)
	same(t, "in 24 hours", len(d.Reach.Adverts["tel:+84912000001"]), 2)
	same(t, "last", must(w.LastAdvert(t.Context(), "tel:+84912000001"))(t).Equal(w.now.Add(-time.Hour)), true)
	same(t, "another one", len(byPerson[binh.ID].Reach.DoNotCall)+len(byPerson[binh.ID].Reach.Adverts), 0)
	same(t, "nobody", byPerson[12345].Recipient.State+fmt.Sprint(byPerson[12345].Reach.Erased), "true")
}

// Of many who decide about one person at once each sees what the others
// reserved: never more than the law allows.
func decidedOnceAtOnce(t *testing.T, w *world) {
	w.person("an", "telegram:1")
	var keys []storage.RecipientKey
	for range 8 {
		w.now = w.now.Add(time.Millisecond)
		keys = append(keys, w.planned(w.announcement(ocop.Advertising, storage.Audience{}))...)
	}
	atOnce(len(keys), func(n int) {
		err := w.Decide(t.Context(), keys[n:n+1], w.now, func(_ int, d storage.Delivery) *storage.Move {
			if len(d.Reach.Adverts["telegram:1"]) >= ocop.AdvertsMost {
				return &storage.Move{State: storage.RecipientQueued, Why: string(ocop.HoldLimit)}
			}
			return &storage.Move{State: storage.RecipientSending, Addr: "telegram:1", Reserve: true}
		})
		if err != nil {
			t.Error(err)
		}
	})
	states := map[string]int{}
	for _, k := range keys {
		r := w.recipient(k)
		states[r.State+" "+r.Why]++
	}
	same(t, "three are told", fmt.Sprint(states), "map[queued limit:5 sending :3]")
}

func settledAndCounted(t *testing.T, w *world) {
	for n := range 6 {
		w.now = w.now.Add(time.Millisecond)
		w.person("x", bot.Address(fmt.Sprint("telegram:", n)))
	}
	a := w.announcement(ocop.Advertising, storage.Audience{})
	keys := w.planned(a)
	done := must(w.EndAnnouncement(t.Context(), a.ID, w.now))(t)
	same(t, "ended while people wait", done, false)
	at := w.now.Add(time.Minute)
	w.must(w.Decide(t.Context(), keys, at, func(n int, d storage.Delivery) *storage.Move {
		switch n {
		case 4:
			return &storage.Move{State: storage.RecipientHeld, Why: string(ocop.HoldConsent)}
		case 5:
			return nil
		}
		return &storage.Move{State: storage.RecipientSending, Addr: bot.Address(fmt.Sprint("telegram:", n)), Reserve: true}
	}))
	w.must(w.Settle(t.Context(), keys, []storage.Move{
		{State: storage.RecipientSent, Provider: "m1"},
		{State: storage.RecipientFailed, Why: string(bot.Rejected), Release: true},
		{State: storage.RecipientFailed, Why: storage.WhyUnsure, Doubt: true},
		{State: storage.RecipientQueued, Why: string(bot.Limited), Release: true},
		{State: storage.RecipientSent}, // it was not being told: nothing happens
		{State: storage.RecipientSent},
	}, at))
	counts := map[string]string{}
	for _, c := range must(w.CountRecipients(t.Context(), a.ID))(t) {
		counts[strings.TrimSpace(c.State+" "+c.Why)] = fmt.Sprint(c.Count, " ", c.Doubts)
	}
	want := map[string]string{"sent": "1 0", "failed rejected": "1 0", "failed unsure": "1 1", "queued limited": "1 0", "held consent": "1 0", "queued": "1 0"}
	if !maps.Equal(counts, want) {
		t.Errorf("counts %v, want %v", counts, want)
	}
	r := w.recipient(keys[0])
	same(t, "sent", fmt.Sprint(r.Addr, r.Provider, r.At.Equal(at)), "telegram:0m1true")
	for addr, counted := range map[bot.Address]bool{"telegram:0": true, "telegram:1": false, "telegram:2": true, "telegram:3": false} {
		same(t, string(addr)+" counts", !must(w.LastAdvert(t.Context(), addr))(t).IsZero(), counted)
	}
	w.write(func(x storage.Tx) error { return x.CancelRecipients(a.ID, at) })
	same(t, "cancelled", w.recipient(keys[5]).State+w.recipient(keys[5]).Why, storage.RecipientHeld+storage.WhyCancelled)
	same(t, "ended", must(w.EndAnnouncement(t.Context(), a.ID, at))(t), true)
	is := must(w.Announcement(t.Context(), a.ID))(t)
	same(t, "ended as", fmt.Sprint(is.State, is.Ended.Equal(at)), storage.AnnouncementDone+"true")
}

func bookedResult(t *testing.T, w *world) {
	w.person("an", "tel:+84912000001")
	w.person("binh", "tel:+84912000002")
	w.person("chi", "tel:+84912000003")
	a := w.announcement(ocop.Advertising, storage.Audience{})
	keys := w.planned(a)
	w.must(w.Decide(t.Context(), keys, w.now, func(n int, d storage.Delivery) *storage.Move {
		if d.Reach.Routes[0].Addr == "tel:+84912000003" {
			return &storage.Move{State: storage.RecipientHeld, Why: string(ocop.HoldRefused)}
		}
		return &storage.Move{State: storage.RecipientHeld, Why: string(ocop.HoldBooked), Addr: d.Reach.Routes[0].Addr, Reserve: true} // exported
	}))
	for _, addr := range []bot.Address{"tel:+84912000001", "tel:+84912000002"} {
		same(t, "what is exported counts", must(w.LastAdvert(t.Context(), addr))(t).Equal(w.now), true)
	}
	w.must(w.SettleBooked(t.Context(), a.ID, "tel:+84912000001", storage.RecipientSent, w.now))
	w.must(w.SettleBooked(t.Context(), a.ID, "tel:+84912000002", storage.RecipientFailed, w.now))
	for _, addr := range []bot.Address{"tel:+84912000001", "tel:+84912000003", "tel:+84912000009"} { // told already, not ordered, nobody's
		w.wants(w.SettleBooked(t.Context(), a.ID, addr, storage.RecipientSent, w.now), storage.ErrNotFound)
	}
	var got []string
	for _, c := range must(w.CountRecipients(t.Context(), a.ID))(t) {
		got = append(got, fmt.Sprint(c.State, c.Why, c.Count))
	}
	same(t, "counts", strings.Join(got, " "), "failed1 heldrefused1 sent1")
	same(t, "what was sent counts", must(w.LastAdvert(t.Context(), "tel:+84912000001"))(t).Equal(w.now), true)
	same(t, "what failed does not", must(w.LastAdvert(t.Context(), "tel:+84912000002"))(t).IsZero(), true)
}

func answeredIfTold(t *testing.T, w *world) {
	an := w.person("an", "telegram:1")
	a := w.announcement(ocop.ServiceNotice, storage.Audience{})
	keys := w.planned(a)
	answer := func() error {
		return w.Write(t.Context(), func(x storage.Tx) error { return x.AnswerRecipient(a.ID, an.ID, w.now) })
	}
	w.wants(answer(), storage.ErrNotFound) // not told yet
	lastTold := func(since time.Time) (storage.Recipient, error) { return w.LastTold(t.Context(), an.ID, since) }
	w.wants(must2(lastTold(w.now.Add(-time.Hour))), storage.ErrNotFound)
	w.must(w.Decide(t.Context(), keys, w.now, func(int, storage.Delivery) *storage.Move {
		return &storage.Move{State: storage.RecipientSending, Addr: "telegram:1"}
	}))
	same(t, "told last", must(lastTold(w.now.Add(-time.Hour)))(t).Announcement, a.ID)
	w.wants(must2(lastTold(w.now)), storage.ErrNotFound)
	w.must(answer()) // faster than what became of it was noted
	w.must(w.Settle(t.Context(), keys, []storage.Move{{State: storage.RecipientSent}}, w.now))
	same(t, "stays answered", w.recipient(keys[0]).State, storage.RecipientAnswered)
	w.must(answer()) // again
	answerers := func(scope storage.Scope, offset int) ([]storage.Answerer, int) {
		t.Helper()
		some, all, err := w.Answerers(t.Context(), a.ID, scope, offset, 1)
		w.must(err)
		return some, all
	}
	some, all := answerers(storage.Scope{All: true}, 0)
	if diff := cmp.Diff([]storage.Answerer{{Person: an.ID, Name: "an", Phone: an.Phone, Unit: commune, At: w.now}}, some); diff != "" || all != 1 {
		t.Errorf("of %d who answered: %s", all, diff)
	}
	for _, scope := range []storage.Scope{{Units: []ocop.UnitKey{district, commune}}, {Units: []ocop.UnitKey{commune}}} {
		_, all := answerers(scope, 0)
		same(t, "of the unit", all, 1)
	}
	some, all = answerers(storage.Scope{All: true}, 1)
	same(t, "on the next page", len(some), 0)
	same(t, "of them", all, 1)
	i := w.draft(an, "Mật ong")
	i.Unit = district
	w.must(must2(w.Commit(t.Context(), w.key(), w.now, func(x storage.Tx) ([]byte, error) { return nil, x.AddIdea(&i, an.ID) })))
	for _, scope := range []storage.Scope{{Units: []ocop.UnitKey{district}}, {Units: []ocop.UnitKey{commune2}}, {}} { // by the product, and no others
		_, all := answerers(scope, 0)
		same(t, fmt.Sprint("of ", scope.Units), all, map[bool]int{true: 1}[len(scope.Units) == 1 && scope.Units[0] == district])
	}
	w.write(func(x storage.Tx) error { return x.Erase(an.ID, w.now) })
	_, all = answerers(storage.Scope{All: true}, 0)
	same(t, "after the erasure", all, 0)
}

// Who signs up has answered what invited them there, and nothing else.
func invitedAndSignedUp(t *testing.T, w *world) {
	an := w.person("an", "telegram:1")
	w.person("binh", "telegram:2")
	var keys []storage.RecipientKey
	for _, invites := range []string{"HC1", "HC12", ""} {
		a := w.announcement(ocop.ServiceNotice, storage.Audience{})
		a.Invites, a.Version = invites, 2
		w.write(func(x storage.Tx) error { return x.PutAnnouncement(a) })
		keys = append(keys, w.planned(a)...)
	}
	sent := slices.Repeat([]storage.Move{{State: storage.RecipientSent}}, len(keys))
	w.must(w.Decide(t.Context(), keys, w.now, func(int, storage.Delivery) *storage.Move {
		return &storage.Move{State: storage.RecipientSending, Addr: "telegram:1"}
	}))
	w.must(w.Settle(t.Context(), keys, sent, w.now))
	w.write(func(x storage.Tx) error { return x.AnswerInvitations("HC1", an.ID, w.now) })
	for n, k := range keys {
		want := storage.RecipientSent
		if n < 2 && k.Person == an.ID {
			want = storage.RecipientAnswered
		}
		same(t, fmt.Sprint("recipient ", n), w.recipient(k).State, want)
	}
}

// Whoever is erased is not told; of what they were told before, that they
// were, and when, stays.
func erasedRecipient(t *testing.T, w *world) {
	an := w.person("an", "telegram:1")
	told, waits := w.announcement(ocop.Advertising, storage.Audience{}), w.announcement(ocop.Advertising, storage.Audience{})
	toldKey, waitsKey := w.planned(told), w.planned(waits)
	w.must(w.Decide(t.Context(), toldKey, w.now, func(int, storage.Delivery) *storage.Move {
		return &storage.Move{State: storage.RecipientSending, Addr: "telegram:1", Reserve: true}
	}))
	w.must(w.Settle(t.Context(), toldKey, []storage.Move{{State: storage.RecipientSent, Provider: "m1"}}, w.now))
	later := w.now.Add(time.Hour)
	w.write(func(x storage.Tx) error { return x.Erase(an.ID, later) })
	r := w.recipient(toldKey[0])
	same(t, "told before", fmt.Sprint(r.State, r.Addr, r.Provider, r.At.Equal(w.now)), "senttrue")
	r = w.recipient(waitsKey[0])
	same(t, "waited", fmt.Sprint(r.State, r.Why), storage.RecipientHeld+storage.WhyErased)
	same(t, "the address is forgotten", must(w.LastAdvert(t.Context(), "telegram:1"))(t).IsZero(), true)
	same(t, "nobody is left to tell", must(w.CountAudience(t.Context(), storage.Audience{}, later))(t), 0)
}
