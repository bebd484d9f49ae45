package storagetest

import (
	"context"
	"encoding/json"
	"fmt"
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
	AnnouncementEvents(ctx context.Context, id storage.ID) ([]storage.AnnouncementEvent, error)
	Answerers(ctx context.Context, id storage.ID, scope storage.Scope, offset, limit int) ([]storage.Answerer, int, error)
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
	trail := []storage.AnnouncementEvent{
		{ID: w.id(), Announcement: a.ID, At: w.now, Kind: "order", Role: "program"},
		{ID: w.id(), Announcement: a.ID, At: w.now.Add(time.Minute), Kind: "return", Actor: other.ID, Role: storage.ProvinceOfficer, Text: "Thiếu giờ khai mạc"},
	}
	for _, e := range trail {
		w.write(func(x storage.Tx) error { return x.AddAnnouncementEvent(e) })
	}
	if diff := cmp.Diff(trail, must(w.AnnouncementEvents(t.Context(), a.ID))(t)); diff != "" {
		t.Errorf("what was done: %s", diff)
	}
	same(t, "done about the other", len(must(w.AnnouncementEvents(t.Context(), old.ID))(t)), 0)
	own, err := json.Marshal(must(w.Everything(t.Context(), other.ID))(t))
	if err != nil || !strings.Contains(string(own), "Thiếu giờ khai mạc") {
		t.Errorf("what they did is not taken along: %s, %v", own, err)
	}
	for scope, want := range map[*storage.Scope]int{{All: true}: 2, {Units: []ocop.UnitKey{district}}: 2, {Units: []ocop.UnitKey{commune}}: 0} {
		same(t, "in scope", len(must(w.Announcements(t.Context(), *scope, 9))(t)), want)
	}
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
