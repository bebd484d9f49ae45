package storagetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

var ideaChecks = map[string]func(*testing.T, *world){
	"IdeaAsWritten":        ideaAsWritten,
	"StageByEvents":        stageByEvents,
	"VersionConflict":      versionConflict,
	"ManyEventsAtOnce":     manyEventsAtOnce,
	"ForbiddenEvent":       forbiddenEvent,
	"IdentityStays":        identityStays,
	"NobodyIsForgotten":    nobodyIsForgotten,
	"IdeasOfOrganisations": ideasOfOrganisations,
	"Evaluations":          evaluations,
	"RoundMadeOnce":        roundMadeOnce,
	"Files":                files,
}

func ideaAsWritten(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	org := storage.Organisation{ID: w.id(), Kind: ocop.Cooperative, Name: "HTX Hữu Lũng", Unit: commune, Created: w.now}
	i := w.draft(p, "Mật ong “Hữu Lũng” đặc sản")
	i.Organisation, i.Existing, i.Group, i.KeyProduct = org.ID, "existing", "food", "hoi"
	i.Fields = map[string]string{"mat": "hoa nhãn; \"rừng\"\nsuối", "help": "vốn"}
	w.write(func(x storage.Tx) error { return errors.Join(x.PutOrganisation(org), x.AddIdea(&i, p.ID)) })
	want := i
	want.Number.Seq, want.Stage, want.Version = 1, ocop.Registered, 1
	want.Fold, want.Changed = "mat ong huu lung dac san", w.now
	got := must(w.Idea(t.Context(), i.ID))(t)
	if d := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); d != "" {
		t.Errorf("read otherwise than written (-want +got):\n%s", d)
	}
	if d := cmp.Diff(i, got, cmp.Comparer(time.Time.Equal)); d != "" {
		t.Errorf("AddIdea did not fill in (-filled +stored):\n%s", d)
	}
	events := must(w.Events(t.Context(), i.ID))(t)
	same(t, "events", len(events), 1)
	same(t, "kind", events[0].Kind, ocop.EventRegistered)
	same(t, "actor", events[0].Actor, p.ID)
}

func stageByEvents(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.idea(p, "Mật ong")
	for n, step := range []struct {
		kind ocop.EventKind
		want ocop.Stage
	}{
		{ocop.EventAsked, ocop.Asked}, {ocop.EventNoted, ocop.Asked}, {ocop.EventAnswered, ocop.Registered},
		{ocop.EventAccepted, ocop.Accepted}, {ocop.EventScored, ocop.Scored}, {ocop.EventDecided, ocop.Decided},
	} {
		w.now = w.now.Add(time.Hour)
		after := w.happen(i.ID, p.ID, step.kind, nil)
		got := must(w.Idea(t.Context(), i.ID))(t)
		same(t, "stage", got.Stage, step.want)
		same(t, "version", got.Version, n+2)
		same(t, "changed", got.Changed.Equal(w.now), true)
		if d := cmp.Diff(after, got, cmp.Comparer(time.Time.Equal)); d != "" {
			t.Errorf("Happen returned otherwise than stored:\n%s", d)
		}
	}
	var kinds []ocop.EventKind
	for _, e := range must(w.Events(t.Context(), i.ID))(t) {
		kinds = append(kinds, e.Kind)
	}
	sameList(t, "events", kinds, []ocop.EventKind{"registered", "asked", "noted", "answered", "accepted", "scored", "decided"})
}

func versionConflict(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.idea(p, "Mật ong")
	var won, lost [2]error
	atOnce(2, func(n int) {
		kind := []ocop.EventKind{ocop.EventAccepted, ocop.EventReturned}[n]
		err := w.Write(t.Context(), func(x storage.Tx) error {
			_, err := x.Happen(storage.Event{ID: w.id(), Idea: i.ID, At: w.now, Kind: kind, Actor: p.ID}, 1, nil)
			return err
		})
		if err == nil {
			won[n] = errRefused
		}
		lost[n] = err
	})
	if (won[0] == nil) == (won[1] == nil) {
		t.Fatalf("of two officers at once not just one won: %v", lost)
	}
	for _, err := range lost {
		if err != nil {
			w.wants(err, storage.ErrConflict)
		}
	}
	same(t, "events", len(must(w.Events(t.Context(), i.ID))(t)), 2)
}

func manyEventsAtOnce(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.idea(p, "Mật ong")
	const many = 4
	atOnce(many, func(n int) {
		err := w.Write(t.Context(), func(x storage.Tx) error {
			_, err := x.Happen(storage.Event{ID: w.id(), Idea: i.ID, At: w.now, Kind: ocop.EventCorrected, Actor: p.ID}, -1,
				func(i *storage.Idea) { i.Fields[fmt.Sprint(n)] = "đã sửa" })
			return err
		})
		if err != nil {
			t.Errorf("correction %d: %v", n, err)
		}
	})
	got := must(w.Idea(t.Context(), i.ID))(t)
	same(t, "version", got.Version, 1+many)
	same(t, "fields", len(got.Fields), 1+many)
}

func forbiddenEvent(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.idea(p, "Mật ong")
	err := w.Write(t.Context(), func(x storage.Tx) error {
		_, err := x.Happen(storage.Event{ID: w.id(), Idea: i.ID, At: w.now, Kind: ocop.EventPublished}, -1, nil)
		return err
	})
	w.wants(err, storage.ErrConflict)
	w.wants(err, ocop.ErrStage)
	same(t, "version", must(w.Idea(t.Context(), i.ID))(t).Version, 1)
	err = w.Write(t.Context(), func(x storage.Tx) error {
		_, err := x.Happen(storage.Event{ID: w.id(), Idea: 99, At: w.now, Kind: ocop.EventNoted}, -1, nil)
		return err
	})
	w.wants(err, storage.ErrNotFound)
}

func identityStays(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.idea(p, "Mật ong")
	w.happen(i.ID, p.ID, ocop.EventCorrected, func(i *storage.Idea) {
		i.ID, i.Number.Seq, i.Person, i.Stage, i.Version, i.Name = 1, 77, 2, ocop.Decided, 40, "Rượu men lá"
	})
	got := must(w.Idea(t.Context(), i.ID))(t)
	same(t, "number", got.Number, i.Number)
	same(t, "person", got.Person, p.ID)
	same(t, "stage", got.Stage, ocop.Registered)
	same(t, "version", got.Version, 2)
	same(t, "name", got.Name, "Rượu men lá")
	same(t, "search key", got.Fold, "ruou men la")
}

// nobodyIsForgotten: what is registered waits for somebody, and whoever it
// waits for next was not told yet.
func nobodyIsForgotten(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.idea(p, "Mật ong")
	w.write(func(x storage.Tx) error {
		fresh, err := x.MarkTold([]storage.ID{i.ID}, w.now)
		same(t, "told", len(fresh), 1)
		return err
	})
	w.happen(i.ID, p.ID, ocop.EventAsked, func(i *storage.Idea) { i.WaitingLevel = "" })
	same(t, "untold while the producer owes an answer", len(must(w.IdeasUntold(t.Context(), "commune", 10))(t)), 0)
	w.now = w.now.Add(time.Hour)
	back := w.happen(i.ID, p.ID, ocop.EventAnswered, nil)
	same(t, "waits at", back.WaitingLevel, ocop.CommuneLevel)
	same(t, "since", back.WaitingSince.Equal(w.now), true)
	sameList(t, "untold", ids(must(w.IdeasUntold(t.Context(), "commune", 10))(t)), []string{"LS26-0001"})
	w.happen(i.ID, 0, ocop.EventEscalated, func(i *storage.Idea) { i.WaitingLevel = ocop.DistrictLevel })
	sameList(t, "untold above", ids(must(w.IdeasUntold(t.Context(), "district", 10))(t)), []string{"LS26-0001"})
	sameList(t, "waiting above", ids(must(w.IdeasWaiting(t.Context(), "district", w.now.Add(time.Minute), 10))(t)), []string{"LS26-0001"})
	same(t, "waiting since later", len(must(w.IdeasWaiting(t.Context(), "district", w.now, 10))(t)), 0)
}

func ideasOfOrganisations(t *testing.T, w *world) {
	an, binh, chi := w.person("An", "telegram:1"), w.person("Bình", "telegram:2"), w.person("Chi", "telegram:3")
	org := storage.Organisation{ID: w.id(), Name: "HTX", Created: w.now}
	w.write(func(x storage.Tx) error {
		return errors.Join(x.PutOrganisation(org),
			x.PutMember(storage.Member{Organisation: org.ID, Person: an.ID, Role: storage.Director, Since: w.now}),
			x.PutMember(storage.Member{Organisation: org.ID, Person: binh.ID, Role: storage.Helper, Since: w.now}),
			x.PutMember(storage.Member{Organisation: org.ID, Person: an.ID, Role: storage.Helper, Since: w.now}))
	})
	i := w.draft(an, "Mật ong")
	i.Organisation = org.ID
	w.write(func(x storage.Tx) error { return x.AddIdea(&i, an.ID) })
	w.now = w.now.Add(time.Hour)
	w.idea(binh, "Rượu men lá")
	sameList(t, "An's", ids(must(w.IdeasOf(t.Context(), an.ID))(t)), []string{"LS26-0001"})
	sameList(t, "Bình's", ids(must(w.IdeasOf(t.Context(), binh.ID))(t)), []string{"LS26-0002", "LS26-0001"})
	sameList(t, "Chi's", ids(must(w.IdeasOf(t.Context(), chi.ID))(t)), nil)
	same(t, "An belongs", must(w.IsMember(t.Context(), org.ID, an.ID))(t), true)
	same(t, "Chi belongs", must(w.IsMember(t.Context(), org.ID, chi.ID))(t), false)
	same(t, "organisations", must(w.OrganisationsOf(t.Context(), binh.ID))(t)[0].Name, "HTX")
	for _, m := range must(w.Members(t.Context(), org.ID))(t) {
		want := map[storage.ID]string{an.ID: storage.Director, binh.ID: storage.Helper}[m.Person]
		same(t, "role", m.Role, want)
	}
}

func evaluations(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.idea(p, "Mật ong")
	later := storage.Round{ID: w.id(), Year: 2026, Seq: 2, Level: "province"}
	first := storage.Round{ID: w.id(), Year: 2026, Seq: 1, Level: "district", Unit: district, Published: w.now}
	ev := storage.Evaluation{ID: w.id(), Idea: i.ID, Round: later.ID, A: 3425, B: 2000, C: 3150, Proposed: 4, Stars: -1,
		Remarks: "Cần sửa nhãn", At: w.now, By: p.ID, Version: 1}
	old := storage.Evaluation{ID: w.id(), Idea: i.ID, Round: first.ID, A: 1, Stars: 2, Decision: "12/QĐ-UBND", Decided: w.now, Signer: "Chủ tịch", At: w.now, Version: 1}
	w.write(func(x storage.Tx) error {
		return errors.Join(x.PutRound(later), x.PutRound(first), x.PutEvaluation(ev), x.PutEvaluation(old))
	})
	all := must(w.Evaluations(t.Context(), i.ID))(t)
	if d := cmp.Diff([]storage.Evaluation{old, ev}, all, cmp.Comparer(time.Time.Equal)); d != "" {
		t.Errorf("evaluations by round (-want +got):\n%s", d)
	}
	ev.Stars, ev.Reason, ev.Version = 3, "thiếu tiêu chí bắt buộc", 2
	put := func(e storage.Evaluation) error {
		return w.Write(t.Context(), func(x storage.Tx) error { return x.PutEvaluation(e) })
	}
	w.must(put(ev))
	w.wants(put(ev), storage.ErrConflict) // somebody else wrote version 2
	again := old
	again.ID = w.id()
	w.wants(put(again), storage.ErrConflict) // one for an idea and a round
	got := must(w.EvaluationsOf(t.Context(), later.ID))(t)
	if d := cmp.Diff([]storage.Evaluation{ev}, got, cmp.Comparer(time.Time.Equal)); d != "" {
		t.Errorf("replaced (-want +got):\n%s", d)
	}
	w.write(func(x storage.Tx) error {
		same(t, "by id", must(x.Evaluation(ev.ID))(t).Version, 2)
		same(t, "by round", must(x.EvaluationIn(i.ID, first.ID))(t).ID, old.ID)
		same(t, "of the round", len(must(x.EvaluationsOf(first.ID))(t)), 1)
		_, err := x.EvaluationIn(1, first.ID)
		w.wants(err, storage.ErrNotFound)
		return nil
	})
	rounds := must(w.Rounds(t.Context(), 2026))(t)
	if d := cmp.Diff([]storage.Round{first, later}, rounds, cmp.Comparer(time.Time.Equal)); d != "" {
		t.Errorf("rounds (-want +got):\n%s", d)
	}
	same(t, "round", must(w.Round(t.Context(), first.ID))(t).Unit, district)
}

func roundMadeOnce(t *testing.T, w *world) {
	var made [6]storage.ID
	atOnce(len(made), func(n int) {
		err := w.Write(t.Context(), func(x storage.Tx) error {
			r, err := x.RoundOf(2026, 1, "province", "20@2021-06-05", w.now)
			made[n] = r.ID
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	for _, id := range made {
		same(t, "round", id, made[0])
	}
	same(t, "rounds", len(must(w.Rounds(t.Context(), 2026))(t)), 1)
}

func files(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.draft(p, "Mật ong")
	f := storage.File{ID: w.id(), Idea: i.ID, Name: "phiếu.pdf", Person: p.ID, Channel: "telegram", Provider: "AgAC", State: storage.FileWanted, At: w.now}
	g := f
	g.ID, g.At = w.id(), w.now.Add(time.Second)
	w.write(func(x storage.Tx) error { // the files come before the idea, whose number is taken last
		return errors.Join(x.AddFile(f), x.AddFile(g), x.AddIdea(&i, p.ID))
	})
	same(t, "wanted", must(w.FilesWanted(t.Context(), 1))(t)[0].ID, f.ID)
	f.State, f.MIME, f.Data = storage.FileStored, "image/jpeg", []byte{0xff, 0, 1, 0xd8}
	w.must(w.SetFile(t.Context(), f))
	w.wants(w.SetFile(t.Context(), f), storage.ErrConflict)
	w.wants(w.SetFile(t.Context(), storage.File{ID: 5}), storage.ErrNotFound)
	if d := cmp.Diff(f, must(w.File(t.Context(), f.ID))(t), cmp.Comparer(time.Time.Equal)); d != "" {
		t.Errorf("file (-want +got):\n%s", d)
	}
	all := must(w.Files(t.Context(), i.ID))(t)
	same(t, "files", len(all), 2)
	same(t, "first", all[0].State, storage.FileStored)
	same(t, "wanted now", len(must(w.FilesWanted(t.Context(), 9))(t)), 1)
}
