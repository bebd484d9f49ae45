package storagetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// AnnouncementRecords is what announcements need of the records.
type AnnouncementRecords interface {
	Announcement(ctx context.Context, id storage.ID) (storage.Announcement, error)
	Announcements(ctx context.Context, scope storage.Scope, limit int) ([]storage.Announcement, error)
	CountAudience(ctx context.Context, a storage.Audience, now time.Time) (int, error)
	Reaches(ctx context.Context, a storage.Audience, after storage.ID, limit int, now time.Time) ([]storage.Reach, error)
	PlanRecipients(ctx context.Context, a storage.Announcement, batch int, now, at time.Time) (n int, done bool, err error)
	RequeueRecipients(ctx context.Context, a storage.Announcement, after storage.ID, batch int, at time.Time) (last storage.ID, err error)
	Recipients(ctx context.Context, id, after storage.ID, limit int) ([]storage.Recipient, error)
	Deliveries(ctx context.Context, keys []storage.RecipientKey, now time.Time) ([]storage.Delivery, error)
	Decide(ctx context.Context, keys []storage.RecipientKey, now time.Time, decide func(n int, d storage.Delivery) *storage.Move) error
	Settle(ctx context.Context, keys []storage.RecipientKey, moves []storage.Move, now time.Time) error
	SettleBooked(ctx context.Context, id storage.ID, addr bot.Address, state string, now time.Time) error
	LastTold(ctx context.Context, person storage.ID, since time.Time) (storage.Recipient, error)
	CountRecipients(ctx context.Context, id storage.ID) ([]storage.RecipientCount, error)
	EndAnnouncement(ctx context.Context, id storage.ID, now time.Time) (done bool, err error)
	LastAdvert(ctx context.Context, addr bot.Address) (time.Time, error)
	ReplaceDoNotCall(ctx context.Context, list []bot.Address, now time.Time) error
}

var announcementChecks = map[string]func(*testing.T, *world){
	"AnnouncementAsWritten": announcementAsWritten,
	"Audience":              audience,
	"AudienceOfAGathering":  audienceOfAGathering,
	"PlannedOnce":           plannedOnce,
	"Requeued":              requeued,
	"WhatDecides":           whatDecides,
	"DecidedOnceAtOnce":     decidedOnceAtOnce,
	"SettledAndCounted":     settledAndCounted,
	"BookedResult":          bookedResult,
	"AnsweredIfTold":        answeredIfTold,
	"InvitedAndSignedUp":    invitedAndSignedUp,
	"ErasedRecipient":       erasedRecipient,
}

// announcement is one that is being sent.
func (w *world) announcement(class ocop.Class, to storage.Audience) storage.Announcement {
	w.t.Helper()
	a := storage.Announcement{ID: w.id(), Role: storage.ProvinceOfficer, Unit: district, Class: class, Reason: "căn cứ", Audience: to, Text: "Hội chợ “OCOP”",
		State: storage.AnnouncementSending, Epoch: 1, Size: 3, Created: w.now, Began: w.now, Version: 1}
	w.write(func(x storage.Tx) error { return x.PutAnnouncement(a) })
	return a
}

// planned writes down everybody it is for.
func (w *world) planned(a storage.Announcement) (keys []storage.RecipientKey) {
	w.t.Helper()
	for done := false; !done; {
		var err error
		_, done, err = w.PlanRecipients(w.t.Context(), a, 2, w.now, time.Time{})
		w.must(err)
	}
	for _, r := range must(w.Recipients(w.t.Context(), a.ID, 0, 100))(w.t) {
		keys = append(keys, storage.RecipientKey{Announcement: a.ID, Person: r.Person, Epoch: r.Epoch})
	}
	return keys
}

// recipient is one as it is stored.
func (w *world) recipient(k storage.RecipientKey) storage.Recipient {
	w.t.Helper()
	for _, r := range must(w.Recipients(w.t.Context(), k.Announcement, k.Person-1, 1))(w.t) {
		if r.Person == k.Person {
			return r
		}
	}
	w.t.Fatal("there is no such recipient")
	return storage.Recipient{}
}

func announcementAsWritten(t *testing.T, w *world) {
	author, other := w.person("Hạnh", "telegram:1"), w.person("Sở", "telegram:2")
	old := w.announcement(ocop.ServiceNotice, storage.Audience{})
	a := storage.Announcement{
		ID: w.id(), Author: author.ID, Role: storage.ProvinceOfficer, Unit: district, Class: ocop.Advertising, Reason: "Nghị định 91/2020/NĐ-CP",
		Audience: storage.Audience{Roles: []string{storage.RoleProducer}, Units: []ocop.UnitKey{district}, Kinds: []string{"cooperative"}, Groups: []string{"food"},
			KeyProducts: []string{"honey"}, Stars: []int{3, 4}, Stages: []ocop.Stage{ocop.Decided}, Languages: []string{"vi"}, Channels: []string{"tel"},
			Gathering: 7, Attendance: []string{storage.SignupAttended}},
		Text: "Mời hội chợ", Invites: "HC1", English: "A fair", Picture: storage.Picture{Channel: "telegram", Provider: "AgAC"}, NotBefore: w.now.Add(time.Hour),
		State: storage.AnnouncementWaiting, Size: 250, Replaces: old.ID, Watch: storage.Watch{Addr: "telegram:1"}, Created: w.now, Version: 1,
	}
	w.write(func(x storage.Tx) error { return x.PutAnnouncement(a) })
	if diff := cmp.Diff(a, must(w.Announcement(t.Context(), a.ID))(t)); diff != "" {
		t.Errorf("as written: %s", diff)
	}
	a.State, a.Approver, a.Approved, a.Began, a.Epoch, a.Version = storage.AnnouncementSending, other.ID, w.now, w.now, 1, 2
	w.write(func(x storage.Tx) error { return x.PutAnnouncement(a) })
	if diff := cmp.Diff(a, must(w.Announcement(t.Context(), a.ID))(t)); diff != "" {
		t.Errorf("approved: %s", diff)
	}
	w.wants(w.Write(t.Context(), func(x storage.Tx) error { return x.PutAnnouncement(a) }), storage.ErrConflict) // somebody was faster
	for scope, want := range map[*storage.Scope]int{{All: true}: 2, {Units: []ocop.UnitKey{district}}: 2, {Units: []ocop.UnitKey{commune}}: 0} {
		same(t, "in scope", len(must(w.Announcements(t.Context(), *scope, 9))(t)), want)
	}
}

// Each selector by itself and some together, as a count, as a list and as
// what is planned.
func audience(t *testing.T, w *world) {
	person := func(name, lang string, unit ocop.UnitKey, addrs ...bot.Address) storage.Person {
		p := storage.Person{ID: w.id(), Name: name, Lang: lang, Unit: unit, Created: w.now}
		w.write(func(x storage.Tx) error {
			err := x.PutPerson(p)
			for _, a := range addrs {
				if err == nil {
					err = x.PutRoute(storage.Route{Addr: a, Person: p.ID, Since: w.now, Used: w.now})
				}
			}
			return err
		})
		return p
	}
	an := person("an", "vi", commune, "telegram:1", "tel:+84912000001")
	binh := person("binh", "en", commune2, "tel:+84912000002")
	chi := person("chi", "vi", "", "telegram:3") // belongs to an's cooperative
	dung := person("dung", "vi", commune)        // only looked in
	giang := person("giang", "vi", commune, "telegram:5")
	hoa := person("hoa", "vi", commune, "telegram:6") // gave the idea up
	khi := person("khi", "vi", "", "telegram:7")
	erased := person("xoa", "vi", commune, "telegram:8")
	coop := storage.Organisation{ID: w.id(), Kind: "cooperative", Name: "HTX", Unit: commune, Created: w.now}
	house := storage.Organisation{ID: w.id(), Kind: ocop.Household, Name: "Bình", Unit: commune2, Created: w.now}
	register := func(p storage.Person, org storage.ID, change func(*storage.Idea)) storage.Idea {
		i := w.draft(p, "Mật ong")
		i.Organisation = org
		change(&i)
		w.write(func(x storage.Tx) error { return x.AddIdea(&i, p.ID) })
		return i
	}
	w.write(func(x storage.Tx) error {
		for _, err := range []error{x.PutOrganisation(coop), x.PutOrganisation(house),
			x.PutMember(storage.Member{Organisation: coop.ID, Person: an.ID, Role: storage.Director, Since: w.now}),
			x.PutMember(storage.Member{Organisation: coop.ID, Person: chi.ID, Role: storage.Helper, Since: w.now}),
			x.PutOfficer(storage.Officer{ID: w.id(), Person: khi.ID, Unit: district, Role: storage.DistrictOfficer, Name: "Khí", From: w.now.Add(-time.Hour)}),
			x.PutOfficer(storage.Officer{ID: w.id(), Person: giang.ID, Unit: commune, Role: storage.CommuneOfficer, Name: "Giang", From: w.now.Add(-time.Hour), To: w.now.Add(-time.Minute)}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	honey := register(an, coop.ID, func(i *storage.Idea) { i.Group, i.KeyProduct = "food", "tea" })
	wine := register(binh, house.ID, func(i *storage.Idea) { i.Group, i.Unit = "drink", commune2 })
	given := register(hoa, 0, func(i *storage.Idea) { i.Group = "food" })
	register(erased, 0, func(i *storage.Idea) { i.Group = "food" })
	w.happen(given.ID, hoa.ID, ocop.EventWithdrawn, nil)
	w.happen(wine.ID, giang.ID, ocop.EventAccepted, nil)
	w.write(func(x storage.Tx) error { return x.Erase(erased.ID, w.now) })
	first := storage.Round{ID: w.id(), Year: 2025, Seq: 1, Level: "province", Unit: district, Published: w.now.AddDate(-1, 0, 0)}
	second := storage.Round{ID: w.id(), Year: 2026, Seq: 1, Level: "province", Unit: district, Published: w.now.AddDate(0, -1, 0)}
	open := storage.Round{ID: w.id(), Year: 2026, Seq: 2, Level: "province", Unit: district}
	stars := func(i storage.Idea, r storage.Round, n int) storage.Evaluation {
		return storage.Evaluation{ID: w.id(), Idea: i.ID, Round: r.ID, Proposed: n, Stars: n, At: w.now, Version: 1}
	}
	w.write(func(x storage.Tx) error {
		for _, r := range []storage.Round{first, second, open} {
			if err := x.PutRound(r); err != nil {
				return err
			}
		}
		for _, e := range []storage.Evaluation{stars(honey, first, 3), stars(honey, second, 4), stars(wine, first, 3), stars(wine, open, 5)} {
			if err := x.PutEvaluation(e); err != nil {
				return err
			}
		}
		return nil
	})
	names := map[storage.ID]string{an.ID: "an", binh.ID: "binh", chi.ID: "chi", dung.ID: "dung", giang.ID: "giang", hoa.ID: "hoa", khi.ID: "khi", erased.ID: "erased"}
	producer := []string{storage.RoleProducer}
	for _, c := range []struct {
		what string
		a    storage.Audience
		want string
	}{
		{"everybody", storage.Audience{}, "an binh chi dung giang hoa khi"},
		{"producers, helpers too", storage.Audience{Roles: producer}, "an binh chi"},
		{"officers in office", storage.Audience{Roles: []string{storage.CommuneOfficer, storage.DistrictOfficer}}, "khi"},
		{"producers and officers", storage.Audience{Roles: []string{storage.RoleProducer, storage.DistrictOfficer}}, "an binh chi khi"},
		{"a place: who makes, works or lives there", storage.Audience{Within: []ocop.UnitKey{commune}}, "an chi dung giang hoa"},
		{"a part of a unit's key is another unit", storage.Audience{Within: []ocop.UnitKey{commune2}}, "binh"},
		{"two places", storage.Audience{Within: []ocop.UnitKey{district, commune2}}, "binh khi"},
		{"producers of a place", storage.Audience{Roles: producer, Within: []ocop.UnitKey{commune}}, "an chi"},
		{"a producer type", storage.Audience{Kinds: []string{"cooperative"}}, "an chi"},
		{"two producer types", storage.Audience{Kinds: []string{"cooperative", ocop.Household}}, "an binh chi"},
		{"a product group", storage.Audience{Groups: []string{"food"}}, "an chi"},
		{"a key product", storage.Audience{KeyProducts: []string{"tea"}}, "an chi"},
		{"stars: of the latest published round", storage.Audience{Stars: []int{3}}, "binh"},
		{"four stars", storage.Audience{Stars: []int{4, 5}}, "an chi"},
		{"a stage", storage.Audience{Stages: []ocop.Stage{ocop.Accepted}}, "binh"},
		{"all of one product", storage.Audience{Groups: []string{"food"}, Stages: []ocop.Stage{ocop.Accepted}}, ""},
		{"a language", storage.Audience{Languages: []string{"en"}}, "binh"},
		{"a channel", storage.Audience{Channels: []string{"tel"}}, "an binh"},
		{"two channels", storage.Audience{Channels: []string{"tel", "telegram"}}, "an binh chi giang hoa khi"},
		{"all together", storage.Audience{Roles: producer, Within: []ocop.UnitKey{commune}, Kinds: []string{"cooperative"}, Groups: []string{"food", "drink"},
			KeyProducts: []string{"tea"}, Stars: []int{4}, Stages: []ocop.Stage{ocop.Registered}, Languages: []string{"vi"}, Channels: []string{"telegram"}}, "an chi"},
	} {
		var got []string
		for after := storage.ID(0); ; {
			some := must(w.Reaches(t.Context(), c.a, after, 3, w.now))(t)
			for _, r := range some {
				after = r.Person
				got = append(got, names[r.Person])
			}
			if len(some) < 3 {
				break
			}
		}
		slices.Sort(got)
		same(t, c.what, strings.Join(got, " "), c.want)
		same(t, c.what+", counted", must(w.CountAudience(t.Context(), c.a, w.now))(t), len(got))
		same(t, c.what+", planned", len(w.planned(w.announcement(ocop.ServiceNotice, c.a))), len(got))
	}
	w.must(w.MarkRoute(t.Context(), "tel:+84912000002", w.now, bot.Unreachable))
	same(t, "a dead address is none", must(w.CountAudience(t.Context(), storage.Audience{Channels: []string{"tel"}}, w.now))(t), 1)
}

func audienceOfAGathering(t *testing.T, w *world) {
	g, other := w.gathering("HC1", 2, 0), w.gathering("HC2", 9, 0)
	comes, came := w.comes(g, "đến", nil), w.comes(g, "đã đến", nil)
	w.comes(g, "chờ", nil)
	w.comes(other, "khác", nil)
	w.write(func(x storage.Tx) error {
		return must2(x.Move(came.ID, storage.SignupRegistered, storage.SignupAttended, w.did("")))
	})
	for state, want := range map[string]int{storage.SignupRegistered: 1, storage.SignupAttended: 1, storage.SignupWaiting: 1, storage.SignupCancelled: 0} {
		same(t, state, must(w.CountAudience(t.Context(), storage.Audience{Gathering: g.ID, Attendance: []string{state}}, w.now))(t), want)
	}
	same(t, "whoever signed up", must(w.CountAudience(t.Context(), storage.Audience{Gathering: g.ID}, w.now))(t), 3)
	found := must(w.Reaches(t.Context(), storage.Audience{Gathering: g.ID, Attendance: []string{storage.SignupRegistered}}, 0, 9, w.now))(t)
	same(t, "who is coming", found[0].Person, comes.Person)
}

// Several planners at once write everybody down once, and stop when the
// announcement does.
func plannedOnce(t *testing.T, w *world) {
	for n := range 23 {
		w.now = w.now.Add(time.Millisecond)
		w.person("x", bot.Address(fmt.Sprint("telegram:", n)))
	}
	a := w.announcement(ocop.ServiceNotice, storage.Audience{})
	var total atomic.Int64
	atOnce(4, func(int) {
		for done := false; !done; {
			var n int
			var err error
			if n, done, err = w.PlanRecipients(t.Context(), a, 4, w.now, time.Time{}); err != nil {
				t.Error(err)
				return
			}
			total.Add(int64(n))
		}
	})
	same(t, "written down", total.Load(), 23)
	same(t, "stored", len(must(w.Recipients(t.Context(), a.ID, 0, 100))(t)), 23)
	if is := must(w.Announcement(t.Context(), a.ID))(t); !is.Planned.Equal(w.now) {
		t.Errorf("planned at %v", is.Planned)
	}
	b := w.announcement(ocop.ServiceNotice, storage.Audience{})
	if n, _, err := w.PlanRecipients(t.Context(), b, 4, w.now, time.Time{}); n != 4 || err != nil {
		t.Fatalf("the first batch: %d, %v", n, err)
	}
	b.State, b.Version = storage.AnnouncementPaused, 2
	w.write(func(x storage.Tx) error { return x.PutAnnouncement(b) })
	if n, done, err := w.PlanRecipients(t.Context(), b, 4, w.now, time.Time{}); n != 0 || !done || err != nil {
		t.Errorf("paused: %d, %v, %v", n, done, err)
	}
	same(t, "of the paused one", len(must(w.Recipients(t.Context(), b.ID, 0, 100))(t)), 4)
}

func requeued(t *testing.T, w *world) {
	for n := range 5 {
		w.now = w.now.Add(time.Millisecond)
		w.person("x", bot.Address(fmt.Sprint("telegram:", n)))
	}
	a := w.announcement(ocop.ServiceNotice, storage.Audience{})
	keys := w.planned(a)
	w.must(w.Decide(t.Context(), keys[:1], w.now, func(int, storage.Delivery) *storage.Move {
		return &storage.Move{State: storage.RecipientSending, Addr: "telegram:0"}
	}))
	a.Epoch = 2
	total := 0
	for after := storage.ID(0); ; total++ {
		last := must(w.RequeueRecipients(t.Context(), a, after, 2, time.Time{}))(t)
		if last == 0 {
			break
		}
		after = last
	}
	same(t, "batches of two", total, 2)
	epochs := map[int]int{}
	for _, r := range must(w.Recipients(t.Context(), a.ID, 0, 100))(t) {
		epochs[r.Epoch]++
	}
	same(t, "who is being told keeps the old job", fmt.Sprint(epochs), "map[1:1 2:4]")
}

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
		return &storage.Move{State: storage.RecipientHeld, Why: string(ocop.HoldBooked)}
	}))
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
