package storagetest

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

var officeChecks = map[string]func(*testing.T, *world){
	"OfficesBegin":       officesBeginAndEnd,
	"InviteOnce":         inviteOnce,
	"InviteExpires":      inviteExpires,
	"FiveWrongCodesLock": fiveWrongCodesLock,
	"InboxOfUnits":       inboxOfUnits,
	"InboxPages":         inboxPages,
	"Search":             search,
	"Requests":           requests,
}

func officesBeginAndEnd(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	next := w.now.Add(30 * 24 * time.Hour)
	w.write(func(x storage.Tx) error {
		return errors.Join(
			x.PutOfficer(storage.Officer{ID: w.id(), Person: p.ID, Unit: commune, Role: storage.CommuneOfficer, Name: "Chị An", From: w.now, To: next}),
			x.PutOfficer(storage.Officer{ID: w.id(), Person: p.ID, Unit: district, Role: storage.DistrictOfficer, Name: "Chị An", From: next}))
	})
	for _, c := range []struct {
		at   time.Time
		want []string
	}{
		{w.now.Add(-time.Millisecond), nil},
		{w.now, []string{storage.CommuneOfficer}},
		{next.Add(-time.Millisecond), []string{storage.CommuneOfficer}},
		{next, []string{storage.DistrictOfficer}},
		{next.Add(999 * 24 * time.Hour), []string{storage.DistrictOfficer}},
	} {
		_, officers, err := w.Viewer(t.Context(), "telegram:1", c.at)
		w.must(err)
		sameList(t, "Viewer", roles(officers), c.want)
		sameList(t, "OfficersOf", roles(must(w.OfficersOf(t.Context(), p.ID, c.at))(t)), c.want)
		sameList(t, "OfficersIn", roles(must(w.OfficersIn(t.Context(), []ocop.UnitKey{district, commune}, c.at))(t)), c.want)
	}
	same(t, "in part of a key", len(must(w.OfficersIn(t.Context(), []ocop.UnitKey{commune2}, w.now))(t)), 0)
	same(t, "in no unit", len(must(w.OfficersIn(t.Context(), nil, w.now))(t)), 0)
}

func roles(officers []storage.Officer) (all []string) {
	for _, o := range officers {
		all = append(all, o.Role)
	}
	return all
}

func (w *world) invite(hash string) storage.Invite {
	i := storage.Invite{Hash: []byte(hash), For: storage.InviteOfficer, Unit: commune, Role: storage.CommuneOfficer, Name: "Chị An",
		Created: w.now, Expires: w.now.Add(48 * time.Hour)}
	w.write(func(x storage.Tx) error { return x.PutInvite(i) })
	return i
}

func (w *world) use(hash string, by storage.ID, at time.Time) (got storage.Invite, err error) {
	err = w.Write(w.t.Context(), func(x storage.Tx) (err error) {
		got, err = x.UseInvite([]byte(hash), by, at)
		return err
	})
	return got, err
}

func inviteOnce(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	w.invite("\x00hash\xff")
	var used atomic.Int32
	atOnce(8, func(int) {
		i, err := w.use("\x00hash\xff", p.ID, w.now)
		switch {
		case err == nil:
			used.Add(1)
			same(t, "used by", i.UsedBy, p.ID)
			same(t, "unit", i.Unit, commune)
		case !errors.Is(err, storage.ErrNotFound):
			t.Errorf("UseInvite: %v", err)
		}
	})
	same(t, "times the code worked", used.Load(), 1)
}

func inviteExpires(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.invite("hash")
	_, err := w.use("hash", p.ID, i.Expires)
	w.wants(err, storage.ErrNotFound)
	_, err = w.use("another", p.ID, w.now)
	w.wants(err, storage.ErrNotFound)
	must(w.use("hash", p.ID, i.Expires.Add(-time.Millisecond)))(t)
}

func fiveWrongCodesLock(t *testing.T, w *world) {
	try := func(right bool) time.Time {
		t.Helper()
		return must(w.CodeTried(t.Context(), "telegram:1", right, w.now))(t)
	}
	for range 4 {
		same(t, "locked early", try(false).IsZero(), true)
	}
	try(true)
	for range 4 {
		same(t, "locked although one was right", try(false).IsZero(), true)
	}
	until := try(false)
	same(t, "locked for an hour", until.Equal(w.now.Add(time.Hour)), true)
	same(t, "locked", must(w.CodeLocked(t.Context(), "telegram:1", w.now))(t).Equal(until), true)
	same(t, "somebody else", must(w.CodeLocked(t.Context(), "telegram:2", w.now))(t).IsZero(), true)
	w.now = until
	same(t, "after the hour", must(w.CodeLocked(t.Context(), "telegram:1", w.now))(t).IsZero(), true)
	same(t, "one slip after the hour", try(false).IsZero(), true)
	w.write(func(x storage.Tx) error {
		for range 3 {
			must(x.CodeTried("telegram:1", false, w.now))(t)
		}
		same(t, "in a transaction", must(x.CodeLocked("telegram:1", w.now))(t).IsZero(), true)
		same(t, "the fifth", must(x.CodeTried("telegram:1", false, w.now))(t).IsZero(), false)
		same(t, "locked in it", must(x.CodeLocked("telegram:1", w.now))(t).IsZero(), false)
		return nil
	})
}

func inboxOfUnits(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	here := w.idea(p, "Mật ong")
	w.now = w.now.Add(time.Hour)
	there := w.draft(p, "Rượu")
	there.Unit = commune2
	w.write(func(x storage.Tx) error { return x.AddIdea(&there, p.ID) })
	w.happen(there.ID, 0, ocop.EventEscalated, func(i *storage.Idea) { i.WaitingLevel = ocop.DistrictLevel })
	done := w.idea(p, "Chè")
	w.happen(done.ID, p.ID, ocop.EventAccepted, func(i *storage.Idea) { i.WaitingLevel = "" })
	for _, c := range []struct {
		name  string
		scope storage.Scope
		want  []string
	}{
		{"all", storage.Scope{All: true}, []string{"LS26-0001", "LS26-0002"}},
		{"one commune", storage.Scope{Units: []ocop.UnitKey{commune}}, []string{"LS26-0001"}},
		{"one whose key is part of another's", storage.Scope{Units: []ocop.UnitKey{commune2}}, []string{"LS26-0002"}},
		{"several", storage.Scope{Units: []ocop.UnitKey{district, commune2, commune}}, []string{"LS26-0001", "LS26-0002"}},
		{"none", storage.Scope{}, nil},
		{"a level", storage.Scope{All: true, Levels: []string{"district", "province"}}, []string{"LS26-0002"}},
		{"unit and level", storage.Scope{Units: []ocop.UnitKey{commune}, Levels: []string{"district"}}, nil},
	} {
		ideas, total, err := w.Inbox(t.Context(), c.scope, 0, 10)
		w.must(err)
		sameList(t, c.name, ids(ideas), c.want)
		same(t, c.name+", total", total, len(c.want))
	}
	same(t, "unit", here.Unit, commune)
}

func inboxPages(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	var all []string
	for range 5 {
		w.now = w.now.Add(time.Minute)
		all = append(all, w.idea(p, "Mật ong").Number.String())
	}
	scope := storage.Scope{Units: []ocop.UnitKey{commune}}
	for _, c := range []struct{ offset, end int }{{0, 2}, {2, 4}, {4, 5}, {6, 6}} {
		ideas, total, err := w.Inbox(t.Context(), scope, c.offset, 2)
		w.must(err)
		sameList(t, "page", ids(ideas), all[min(c.offset, 5):min(c.end, 5)])
		same(t, "total", total, 5)
	}
}

func search(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	for _, name := range []string{"Mật ong Hữu Lũng", "Rượu men lá", "Đào cảnh"} {
		w.now = w.now.Add(time.Minute)
		w.idea(p, name)
	}
	all := storage.Scope{All: true}
	for text, want := range map[string][]string{
		"mat": {"LS26-0001"}, "Hữu": {"LS26-0001"}, "ong": {"LS26-0001"}, "ng": nil, "đào": {"LS26-0003"},
		"0002": {"LS26-0002"}, "2": {"LS26-0002"}, "%": nil, "": nil, "men la": {"LS26-0002"}, "mật_ong": {"LS26-0001"},
	} {
		sameList(t, text, ids(must(w.Search(t.Context(), all, text, 10))(t)), want)
	}
	same(t, "elsewhere", len(must(w.Search(t.Context(), storage.Scope{Units: []ocop.UnitKey{district}}, "mat", 10))(t)), 0)
}

func requests(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	first := storage.Request{ID: w.id(), Person: p.ID, Unit: commune, Topic: "call", Text: "gọi lại", At: w.now, Owner: "commune"}
	second := storage.Request{ID: w.id(), Person: p.ID, Unit: district, Topic: "loan", At: w.now.Add(time.Hour), Owner: "district"}
	w.write(func(x storage.Tx) error { return errors.Join(x.AddRequest(second), x.AddRequest(first)) })
	count := func(sc storage.Scope) int { return len(must(w.Requests(t.Context(), sc, 10))(t)) }
	same(t, "all", count(storage.Scope{All: true}), 2)
	same(t, "commune", count(storage.Scope{Units: []ocop.UnitKey{commune}}), 1)
	same(t, "level", count(storage.Scope{All: true, Levels: []string{"district"}}), 1)
	same(t, "oldest first", must(w.Requests(t.Context(), storage.Scope{All: true}, 1))(t)[0].ID, first.ID)
	same(t, "untold", len(must(w.RequestsUntold(t.Context(), "commune", 9))(t)), 1)
	w.write(func(x storage.Tx) error { return must2(x.MarkRequestsTold([]storage.ID{first.ID}, w.now)) })
	same(t, "told", len(must(w.RequestsUntold(t.Context(), "commune", 9))(t)), 0)
	end := func(id storage.ID) error {
		return w.Write(t.Context(), func(x storage.Tx) error { return x.CloseRequest(id, p.ID, w.now) })
	}
	w.must(end(first.ID))
	w.wants(end(first.ID), storage.ErrConflict)
	w.wants(end(1), storage.ErrNotFound)
	same(t, "still open", count(storage.Scope{All: true}), 1)
}
