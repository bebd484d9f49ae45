package storagetest

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocopbot/storage"
)

var deliveryChecks = map[string]func(*testing.T, *world){
	"NoticeWithItsJob":     noticeWithItsJob,
	"NoticeOfAFailure":     noticeOfAFailure,
	"NoticeIsSettledOnce":  noticeIsSettledOnce,
	"DigestListsIdeasOnce": digestListsIdeasOnce,
}

func noticeWithItsJob(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.idea(p, "Mật ong")
	n := storage.Notice{ID: w.id(), Person: p.ID, Kind: "accepted", Idea: i.ID, NotBefore: w.now.Add(time.Hour), At: w.now}
	w.write(func(x storage.Tx) error { return x.Notify(n) })
	n.State = storage.NoticeQueued
	if d := cmp.Diff(n, must(w.Notice(t.Context(), n.ID))(t), cmp.Comparer(time.Time.Equal)); d != "" {
		t.Errorf("notice (-want +got):\n%s", d)
	}
	sameList(t, "enqueued", w.enqueued, []storage.ID{n.ID})
}

// noticeOfAFailure: no job without its record, no record without its job.
func noticeOfAFailure(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	n := storage.Notice{ID: w.id(), Person: p.ID, Kind: "accepted", At: w.now}
	w.refuse = errRefused
	err := w.Write(t.Context(), func(x storage.Tx) error {
		i := w.draft(p, "Mật ong")
		return errors.Join(x.Notify(n), x.AddIdea(&i, p.ID))
	})
	w.wants(err, errRefused)
	_, err = w.Notice(t.Context(), n.ID)
	w.wants(err, storage.ErrNotFound)
	same(t, "ideas", len(must(w.IdeasOf(t.Context(), p.ID))(t)), 0)
}

func noticeIsSettledOnce(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	n := storage.Notice{ID: w.id(), Person: p.ID, Kind: "accepted", At: w.now}
	w.write(func(x storage.Tx) error { return x.Notify(n) })
	settle := func(state string) error {
		return w.SettleNotice(t.Context(), n.ID, state, "", "telegram:1", "4711", w.now.Add(time.Minute))
	}
	w.must(settle(storage.NoticeSent))
	w.must(settle(storage.NoticeSent))
	w.wants(settle(storage.NoticeFailed), storage.ErrConflict)
	w.wants(settle(storage.NoticeQueued), storage.ErrConflict)
	got := must(w.Notice(t.Context(), n.ID))(t)
	same(t, "state", got.State, storage.NoticeSent)
	same(t, "provider", got.Provider, "4711")
	same(t, "address", got.Addr, "telegram:1")
	w.wants(w.SettleNotice(t.Context(), 1, storage.NoticeSent, "", "", "", w.now), storage.ErrNotFound)

	later := storage.Notice{ID: w.id(), Person: p.ID, Kind: "asked", At: w.now}
	queued := storage.Notice{ID: w.id(), Person: p.ID, Kind: "planned", At: w.now}
	w.write(func(x storage.Tx) error { return errors.Join(x.Notify(later), x.Notify(queued)) })
	w.must(w.SettleNotice(t.Context(), later.ID, storage.NoticeSent, "", "telegram:1", "4712", w.now.Add(time.Hour)))
	same(t, "sent last", must(w.LastNotice(t.Context(), p.ID, "telegram:1"))(t).ID, later.ID)
	_, err := w.LastNotice(t.Context(), p.ID, "tel:+84912000001")
	w.wants(err, storage.ErrNotFound)
}

// digestListsIdeasOnce: two replicas' schedulers make the same digest.
func digestListsIdeasOnce(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	var all []storage.ID
	for range 6 {
		all = append(all, w.idea(p, "Mật ong").ID)
	}
	var told atomic.Int32
	atOnce(4, func(int) {
		err := w.Write(t.Context(), func(x storage.Tx) error {
			fresh, err := x.MarkTold(all, w.now)
			told.Add(int32(len(fresh)))
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	same(t, "told", told.Load(), int32(len(all)))
	same(t, "untold", len(must(w.IdeasUntold(t.Context(), "commune", 10))(t)), 0)
}
