package storagetest

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

var peopleChecks = map[string]func(*testing.T, *world){
	"PersonAsWritten":  personAsWritten,
	"RouteMoves":       routeMoves,
	"RouteDies":        routeDies,
	"Consents":         consents,
	"TakenAlong":       takenAlong,
	"AccessIsLogged":   accessIsLogged,
	"DeadLetters":      deadLetters,
	"StatsCount":       stats,
	"PruneTakesTheOld": prune,
}

func personAsWritten(t *testing.T, w *world) {
	p := w.person("Nguyễn Thị Ấn", "telegram:1")
	if d := cmp.Diff(p, must(w.Person(t.Context(), p.ID))(t), cmp.Comparer(time.Time.Equal)); d != "" {
		t.Errorf("person (-want +got):\n%s", d)
	}
	p.Name, p.Unit = "Nguyễn Thị Ân", district
	w.write(func(x storage.Tx) error { return x.PutPerson(p) })
	w.must(w.SetLang(t.Context(), p.ID, "en"))
	got := must(w.Person(t.Context(), p.ID))(t)
	same(t, "name", got.Name, p.Name)
	same(t, "language", got.Lang, "en")
	same(t, "created", got.Created.Equal(p.Created), true)
	_, err := w.Person(t.Context(), 1)
	w.wants(err, storage.ErrNotFound)
	w.wants(w.SetLang(t.Context(), 1, "vi"), storage.ErrNotFound)
}

func routeMoves(t *testing.T, w *world) {
	an, binh := w.person("An", "telegram:1"), w.person("Bình", "telegram:2")
	_, _, err := w.Viewer(t.Context(), "telegram:3", w.now)
	w.wants(err, storage.ErrNotFound)
	w.write(func(x storage.Tx) error {
		return x.PutRoute(storage.Route{Addr: "telegram:1", Person: binh.ID, Since: w.now.Add(time.Hour), Used: w.now.Add(time.Hour)})
	})
	p, officers, err := w.Viewer(t.Context(), "telegram:1", w.now)
	w.must(err)
	same(t, "the phone's owner now", p.ID, binh.ID)
	same(t, "offices", len(officers), 0)
	same(t, "An's routes", len(must(w.Routes(t.Context(), an.ID))(t)), 0)
	routes := must(w.Routes(t.Context(), binh.ID))(t)
	same(t, "Bình's routes", len(routes), 2)
	same(t, "last used first", routes[0].Addr, "telegram:1")
	same(t, "since", routes[0].Since.Equal(w.now.Add(time.Hour)), true)
	w.write(func(x storage.Tx) error {
		return x.PutRoute(storage.Route{Addr: "telegram:1", Person: binh.ID, Since: w.now.Add(9 * time.Hour), Used: w.now.Add(9 * time.Hour)})
	})
	same(t, "since, heard from again", must(w.Routes(t.Context(), binh.ID))(t)[0].Since.Equal(w.now.Add(time.Hour)), true)
}

func routeDies(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	w.must(w.MarkRoute(t.Context(), "telegram:1", w.now, bot.Unreachable))
	r := must(w.Routes(t.Context(), p.ID))(t)[0]
	same(t, "dead", r.Dead.Equal(w.now), true)
	same(t, "why", r.Why, bot.Unreachable)
	w.must(w.MarkRoute(t.Context(), "telegram:1", time.Time{}, ""))
	same(t, "reachable again", must(w.Routes(t.Context(), p.ID))(t)[0].Dead.IsZero(), true)
	w.wants(w.MarkRoute(t.Context(), "telegram:9", w.now, bot.Unreachable), storage.ErrNotFound)
}

func consents(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	given := storage.Consent{ID: w.id(), Person: p.ID, Purpose: storage.ForService, Given: true, Text: "2026-11", At: w.now, Addr: "telegram:1", Message: "55"}
	refused := given
	refused.ID, refused.Purpose, refused.Given, refused.At = w.id(), storage.ForAdvertising, false, w.now.Add(time.Minute)
	w.write(func(x storage.Tx) error { return errors.Join(x.AddConsent(refused), x.AddConsent(given)) })
	got := must(w.Consents(t.Context(), p.ID))(t)
	if d := cmp.Diff([]storage.Consent{given, refused}, got, cmp.Comparer(time.Time.Equal)); d != "" {
		t.Errorf("consents (-want +got):\n%s", d)
	}
}

// takenAlong: everything of one's own, nothing of the officers'.
func takenAlong(t *testing.T, w *world) {
	p := w.person("Nguyễn Thị Ấn", "telegram:6031")
	i := w.idea(p, "Mật ong rừng")
	w.write(func(x storage.Tx) error {
		note := storage.Event{ID: w.id(), Idea: i.ID, At: w.now, Kind: ocop.EventNoted, Body: map[string]string{"text": "nghi ngờ"}}
		_, err := x.Happen(note, -1, nil)
		secret := storage.Round{ID: w.id(), Year: 2026, Seq: 1, Level: "province"}
		open := storage.Round{ID: w.id(), Year: 2025, Seq: 1, Level: "province", Published: w.now}
		ev := storage.Evaluation{ID: w.id(), Idea: i.ID, Round: secret.ID, Remarks: "chưa công bố", Decision: "9/QĐ", Version: 1}
		told := storage.Evaluation{ID: w.id(), Idea: i.ID, Round: open.ID, Remarks: "nhãn đẹp", Decision: "8/QĐ", Version: 1}
		return errors.Join(err, x.PutRound(secret), x.PutRound(open), x.PutEvaluation(ev), x.PutEvaluation(told),
			x.AddRequest(storage.Request{ID: w.id(), Person: p.ID, Text: "gọi lại buổi chiều", At: w.now}),
			x.AddFile(storage.File{ID: w.id(), Idea: i.ID, Person: p.ID, State: storage.FileStored, Data: []byte("ảnh"), At: w.now}))
	})
	b := must(json.Marshal(must(w.Everything(t.Context(), p.ID))(t)))(t)
	for _, own := range []string{"Nguyễn Thị Ấn", "telegram:6031", "+84912000111", "Mật ong rừng", "LS26-0001", "hoa rừng", "gọi lại buổi chiều", "nhãn đẹp", "4bqjbmg="} {
		if own == "4bqjbmg=" { // "ảnh" in base64
			own = string(must(json.Marshal([]byte("ảnh")))(t))
		}
		if !strings.Contains(string(b), own) {
			t.Errorf("%q is missing in %s", own, b)
		}
	}
	for _, secret := range []string{"nghi ngờ", "chưa công bố"} {
		if strings.Contains(string(b), secret) {
			t.Errorf("%q is told in %s", secret, b)
		}
	}
}

func accessIsLogged(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.idea(p, "Mật ong")
	for n, what := range []string{"card", "export"} {
		w.must(w.LogAccess(t.Context(), storage.Access{At: w.now.Add(time.Duration(n) * time.Hour), Person: p.ID, Idea: i.ID, What: what}))
	}
	all := must(w.Readings(t.Context(), i.ID, 9))(t)
	same(t, "readings", len(all), 2)
	same(t, "latest first", all[0].What, "export")
	same(t, "who", all[1].Person, p.ID)
}

func deadLetters(t *testing.T, w *world) {
	for n, cause := range []string{"panic", "no such step"} {
		w.must(w.AddDead(t.Context(), storage.Dead{Addr: "telegram:…31", Kind: bot.Tap, Cause: cause, At: w.now.Add(time.Duration(n) * time.Second)}))
	}
	same(t, "count", must(w.CountDead(t.Context()))(t), 2)
	latest := must(w.DeadLetters(t.Context(), 1))(t)
	same(t, "limit", len(latest), 1)
	same(t, "latest", latest[0].Cause, "no such step")
	same(t, "kind", latest[0].Kind, bot.Tap)
}

func stats(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.idea(p, "Mật ong")
	w.idea(p, "Rượu men lá")
	w.happen(i.ID, p.ID, ocop.EventAccepted, func(i *storage.Idea) { i.WaitingLevel = "" })
	w.write(func(x storage.Tx) error {
		return errors.Join(
			x.PutOfficer(storage.Officer{ID: w.id(), Person: p.ID, From: w.now.Add(-time.Hour)}),
			x.AddRequest(storage.Request{ID: w.id(), Person: p.ID, At: w.now}),
			x.Notify(storage.Notice{ID: w.id(), Person: p.ID, At: w.now}),
			x.AddFile(storage.File{ID: w.id(), Idea: i.ID, Person: p.ID, State: storage.FileWanted, At: w.now}))
	})
	got := must(w.Stats(t.Context()))(t)
	want := storage.Stats{Ideas: map[ocop.Stage]int{ocop.Registered: 1, ocop.Accepted: 1}, Waiting: 1, Persons: 1,
		Officers: 1, Requests: 1, Notices: 1, Files: 1}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("stats (-want +got):\n%s", d)
	}
}

func prune(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	key := storage.Key{Session: "old", Turn: 1}
	runs := 0
	commit := func() {
		w.must(must2(w.Commit(t.Context(), key, w.now, func(storage.Tx) ([]byte, error) { runs++; return nil, nil })))
	}
	commit()
	sent, queued := w.id(), w.id()
	w.write(func(x storage.Tx) error {
		return errors.Join(x.Notify(storage.Notice{ID: sent, Person: p.ID, At: w.now}), x.Notify(storage.Notice{ID: queued, Person: p.ID, At: w.now}))
	})
	w.must(w.SettleNotice(t.Context(), sent, storage.NoticeSent, "", "telegram:1", "77", w.now))
	w.must(w.AddDead(t.Context(), storage.Dead{At: w.now}))
	w.must(w.Prune(t.Context(), w.now.Add(24*time.Hour)))
	commit()
	same(t, "runs after a day", runs, 1)
	same(t, "dead after a day", must(w.CountDead(t.Context()))(t), 1)
	w.must(w.Prune(t.Context(), w.now.Add(3*365*24*time.Hour)))
	commit()
	same(t, "runs after three years", runs, 2)
	same(t, "dead after three years", must(w.CountDead(t.Context()))(t), 0)
	_, err := w.Notice(t.Context(), sent)
	w.wants(err, storage.ErrNotFound)
	same(t, "what still waits stays", must(w.Notice(t.Context(), queued))(t).State, storage.NoticeQueued)
}
