package storagetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// neverOneTooMany: 500 people sign up at once for 60 seats and 25 stalls, some
// for two or three who come together.
func neverOneTooMany(t *testing.T, w *world) {
	const people, seats, stalls = 500, 60, 25
	wanted := 0
	for n := range people {
		wanted += 1 + n%3
	}
	g := w.gathering("HC1", seats, stalls)
	persons := make([]storage.Person, people)
	w.write(func(x storage.Tx) error {
		for i := range persons {
			persons[i] = storage.Person{ID: storage.NewID(w.now.Add(time.Duration(i) * time.Millisecond)), Name: fmt.Sprint("Người ", i), Lang: "vi", Unit: commune, Created: w.now}
			if err := x.PutPerson(persons[i]); err != nil {
				return err
			}
		}
		return nil
	})
	atOnce(people, func(n int) {
		s := w.signup(g, persons[n])
		s.At = w.now.Add(time.Duration(n) * time.Millisecond)
		s.ID, s.Stall, s.People = storage.NewID(s.At), n%2 == 0, 1+n%3
		for tries := 0; ; tries++ { // as a channel does: what was not acknowledged comes again
			err := w.Write(t.Context(), func(x storage.Tx) error { return x.SignUp(&s) })
			if err == nil || tries > 0 && errors.Is(err, storage.ErrConflict) { // the last try had come through
				return
			}
			if !errors.Is(err, storage.ErrUnavailable) || tries == 50 {
				t.Errorf("sign up: %v", err)
				return
			}
		}
	})
	a := must(w.Attendance(t.Context(), g.ID))(t)
	same(t, "seats taken", a.Seated, seats)
	if a.Stalls > stalls {
		t.Errorf("%d stalls taken of %d", a.Stalls, stalls)
	}
	same(t, "waiting", a.Waiting, wanted-seats)
	places := map[int]bool{}
	for _, s := range must(w.Attendees(t.Context(), g.ID))(t) {
		places[s.Place] = true
	}
	same(t, "places in line", len(places), people)
}

func waitingListMovesUp(t *testing.T, w *world) {
	g := w.gathering("HC1", 2, 1)
	stall := func(s *storage.Signup) { s.Stall = true }
	an, binh := w.comes(g, "An", stall), w.comes(g, "Bình", nil)
	cuc, dung := w.comes(g, "Cúc", stall), w.comes(g, "Dũng", nil)
	same(t, "waits", w.state(cuc), storage.SignupWaiting)
	w.cancel(binh) // a seat, no stall: Cúc wants one, Dũng does not
	same(t, "Cúc", w.state(cuc), storage.SignupWaiting)
	same(t, "Dũng", w.state(dung), storage.SignupRegistered)
	same(t, "Dũng is told", w.told(dung.Person, storage.NoticeMovedUp), 1)
	w.cancel(an)
	same(t, "Cúc then", w.state(cuc), storage.SignupRegistered)
	same(t, "Cúc is told", w.told(cuc.Person, storage.NoticeMovedUp), 1)
	w.now = w.now.AddDate(0, 0, 30) // it has begun: nobody is called any more
	emil := must(w.Signup(t.Context(), dung.ID))(t)
	w.write(func(x storage.Tx) error {
		return must2(x.Move(emil.ID, storage.SignupRegistered, storage.SignupAttended, w.did("")))
	})
	w.wants(w.Write(t.Context(), func(x storage.Tx) error {
		return must2(x.Move(emil.ID, storage.SignupRegistered, storage.SignupAttended, w.did("")))
	}), storage.ErrConflict)
}

// groupsStayTogether: who comes with others has a seat for each or waits; a
// seat that a group cannot use goes to the next, and the group is the first
// again as soon as it fits.
func groupsStayTogether(t *testing.T, w *world) {
	g := w.gathering("TH1", 4, 0)
	of := func(n int) func(*storage.Signup) { return func(s *storage.Signup) { s.People = n } }
	an, binh := w.comes(g, "An", of(3)), w.comes(g, "Bình", of(2))
	cuc, dung := w.comes(g, "Cúc", nil), w.comes(g, "Dũng", of(0)) // 0 is one
	same(t, "three of four", w.state(an), storage.SignupRegistered)
	same(t, "two for one seat", w.state(binh), storage.SignupWaiting)
	same(t, "one for one seat", w.state(cuc), storage.SignupRegistered)
	same(t, "one for none", w.state(dung), storage.SignupWaiting)
	a := must(w.Attendance(t.Context(), g.ID))(t)
	same(t, "people seated", a.Seated, 4)
	same(t, "people waiting", a.Waiting, 3)
	now := func(s storage.Signup, people int) error {
		w.now = w.now.Add(time.Millisecond)
		s = must(w.Signup(t.Context(), s.ID))(t)
		s.People = people
		return w.Write(t.Context(), func(x storage.Tx) error { return x.Amend(s, w.did("")) })
	}
	w.wants(now(an, 4), storage.ErrNoRoom)
	same(t, "as it was", must(w.Signup(t.Context(), an.ID))(t).People, 3)
	w.must(now(an, 2)) // one seat: Bình's two do not fit, Dũng does
	same(t, "a group is passed over", w.state(binh), storage.SignupWaiting)
	same(t, "by who fits", w.state(dung), storage.SignupRegistered)
	w.cancel(cuc)
	same(t, "one seat is not two", w.state(binh), storage.SignupWaiting)
	w.must(now(binh, 1)) // who waits comes with fewer, and is the first
	same(t, "fewer fit", w.state(binh), storage.SignupRegistered)
	same(t, "and are told", w.told(binh.Person, storage.NoticeMovedUp), 1)
	g.Seats, g.Version = 5, 2
	w.write(func(x storage.Tx) error { return x.PutGathering(g, w.did("changed")) })
	w.must(now(binh, 2)) // a seat that nobody waits for
	same(t, "people seated then", must(w.Attendance(t.Context(), g.ID))(t).Seated, 5)
}

func moreSeatsMoveUp(t *testing.T, w *world) {
	g := w.gathering("TH1", 1, 0)
	w.comes(g, "An", nil)
	binh := w.comes(g, "Bình", nil)
	g.Seats, g.Version = 2, 2
	w.write(func(x storage.Tx) error { return x.PutGathering(g, w.did("changed")) })
	same(t, "moved up", w.state(binh), storage.SignupRegistered)
	g.Selects, g.Seats, g.Version = true, 3, 3
	w.write(func(x storage.Tx) error { return x.PutGathering(g, w.did("changed")) })
	cuc, dung := w.comes(g, "Cúc", nil), w.comes(g, "Dũng", nil)
	same(t, "waits for the selection", w.state(cuc), storage.SignupQueued)
	g.Selects, g.Version = false, 4 // there is none any more
	w.write(func(x storage.Tx) error { return x.PutGathering(g, w.did("changed")) })
	same(t, "the first has the seat", w.state(cuc), storage.SignupRegistered)
	same(t, "the next waits for one", w.state(dung), storage.SignupWaiting)
	g.State, g.Version = storage.GatheringCancelled, 5
	w.write(func(x storage.Tx) error { return x.PutGathering(g, w.did("cancelled")) })
	p := w.person("Em", "telegram:9")
	s := w.signup(g, p)
	w.wants(w.Write(t.Context(), func(x storage.Tx) error { return x.SignUp(&s) }), storage.ErrConflict)
}

func selectionWithQuotas(t *testing.T, w *world) {
	g := w.gathering("HN1", 3, 0)
	g.Selects, g.Version = true, 2
	g.Quotas = []ocop.Quota{{By: ocop.QuotaUnit, Value: string(district), Most: 2}, {By: ocop.QuotaStars, Value: "4", Most: 1}}
	w.write(func(x storage.Tx) error { return x.PutGathering(g, w.did("changed")) })
	var all []storage.Signup
	for n, stars := range []int{4, 4, 3, 3, 3} {
		all = append(all, w.comes(g, fmt.Sprint("Người ", n), func(s *storage.Signup) {
			s.Stars = stars
			if n >= 4 {
				s.Units = []ocop.UnitKey{"06463@2021-06-05", "188@2021-06-05"}
			}
		}))
	}
	choose := func(rest string, which ...int) error {
		var ids []storage.ID
		for _, n := range which {
			ids = append(ids, all[n].ID)
		}
		return w.Write(t.Context(), func(x storage.Tx) error { return x.Select(g.ID, ids, rest, w.did("")) })
	}
	w.wants(choose(storage.SignupWaiting, 0, 1), storage.ErrNoRoom)    // two of 4 stars
	w.wants(choose(storage.SignupWaiting, 0, 2, 3), storage.ErrNoRoom) // three of a district
	same(t, "nothing is done", w.state(all[0]), storage.SignupQueued)
	w.must(choose(storage.SignupWaiting, 0, 2, 4))
	states := func() (s []string) {
		for _, u := range all {
			s = append(s, w.state(u))
		}
		return s
	}
	sel, wait := storage.SignupSelected, storage.SignupWaiting
	sameList(t, "after the selection", states(), []string{sel, wait, sel, wait, sel})
	for _, s := range all {
		same(t, "told", w.told(s.Person, storage.NoticeSelection), 1)
	}
	w.cancel(all[2]) // of three stars: the second of four stars may not, the next may
	sameList(t, "moved up", states(), []string{sel, wait, storage.SignupCancelled, sel, sel})
	late := w.comes(g, "Muộn", nil)
	same(t, "after the selection", w.state(late), wait)
}

// selectedByManyAtOnce: five officers select, and people cancel and change what
// they bring, all at one moment: no quota is ever exceeded.
func selectedByManyAtOnce(t *testing.T, w *world) {
	g := w.gathering("HN1", 12, 4)
	g.Selects, g.Version = true, 2
	g.Quotas = []ocop.Quota{
		{By: ocop.QuotaUnit, Value: string(district), Most: 9}, {By: ocop.QuotaStars, Value: "4", Most: 3}, {By: ocop.QuotaGroup, Value: "food", Most: 6},
	}
	w.write(func(x storage.Tx) error { return x.PutGathering(g, w.did("changed")) })
	var all []storage.Signup
	for n := range 30 {
		all = append(all, w.comes(g, fmt.Sprint("Người ", n), func(s *storage.Signup) {
			s.Stars, s.Stall, s.Group, s.People = 3+n%2, n%3 == 0, []string{"food", "drink"}[n/2%2], 1+n%4/3
			if n%5 == 0 {
				s.Units = []ocop.UnitKey{"06463@2021-06-05", "188@2021-06-05"}
			}
		}))
	}
	again := func(do func(x storage.Tx) error) { // whatever comes of it, but for a database that is busy
		for errors.Is(w.Write(t.Context(), do), storage.ErrUnavailable) {
		}
	}
	atOnce(12, func(n int) {
		switch {
		case n < 5:
			var ids []storage.ID
			for k := n; k < len(all) && len(ids) < 4; k += 3 {
				ids = append(ids, all[k].ID)
			}
			again(func(x storage.Tx) error { return x.Select(g.ID, ids, storage.SignupWaiting, w.did("")) })
		case n < 9:
			again(func(x storage.Tx) error {
				s, err := x.Signup(all[n].ID)
				if err != nil {
					return err
				}
				s.Stall, s.Group, s.Stars, s.People = true, "food", 4, 2
				return x.Amend(s, w.did(""))
			})
		default:
			again(func(x storage.Tx) error {
				return must2(x.Move(all[n-9].ID, w.state0(x, all[n-9]), storage.SignupCancelled, w.did("")))
			})
		}
	})
	room := ocop.NewRoom(g.Seats, g.Stalls, g.Quotas)
	seated := 0
	for _, s := range must(w.Attendees(t.Context(), g.ID))(t) {
		if s.Seated() {
			if seated++; !room.Take(s.Claim()) {
				t.Errorf("place %d is one too many", s.Place)
			}
		}
	}
	if seated == 0 {
		t.Error("nobody was selected")
	}
}

// amendedKeepsItsSeat: what is changed is changed without a new place in line,
// a stall is given only if there is one, and one that is given up goes on.
func amendedKeepsItsSeat(t *testing.T, w *world) {
	g := w.gathering("HC1", 3, 1)
	idea := w.idea(w.person("Chủ", "telegram:77"), "Mật ong")
	an := w.comes(g, "An", func(s *storage.Signup) { s.Stall, s.Power = true, "2 kW" })
	binh, cuc := w.comes(g, "Bình", nil), w.comes(g, "Cúc", func(s *storage.Signup) { s.Stall = true })
	same(t, "waits for a stall", w.state(cuc), storage.SignupWaiting)
	amend := func(s storage.Signup, change func(*storage.Signup)) error {
		s = must(w.Signup(t.Context(), s.ID))(t)
		change(&s)
		w.now = w.now.Add(time.Millisecond)
		return w.Write(t.Context(), func(x storage.Tx) error { return x.Amend(s, w.did("")) })
	}
	w.wants(amend(binh, func(s *storage.Signup) { s.Stall, s.Products = true, "chè" }), storage.ErrNoRoom)
	same(t, "nothing is changed", must(w.Signup(t.Context(), binh.ID))(t).Products, "")
	w.must(amend(binh, func(s *storage.Signup) { s.Products, s.Vehicle, s.Ideas = "chè", "12C-1", []storage.ID{idea.ID} }))
	is := must(w.Signup(t.Context(), binh.ID))(t)
	if d := cmp.Diff(storage.Signup{
		ID: binh.ID, Gathering: g.ID, Person: binh.Person, People: 1, Units: binh.Units, Place: binh.Place, State: storage.SignupRegistered, At: binh.At, Changed: binh.At,
		Products: "chè", Vehicle: "12C-1", Ideas: []storage.ID{idea.ID},
	}, is, cmp.Comparer(time.Time.Equal)); d != "" {
		t.Errorf("amended (-want +got):\n%s", d)
	}
	w.must(amend(binh, func(s *storage.Signup) { s.Ideas = nil }))
	same(t, "no fair of the product any more", len(must(w.Visits(t.Context(), binh.Person, nil, 9))(t)[0].Ideas), 0)
	w.must(amend(an, func(s *storage.Signup) { s.Stall, s.Power = false, "" }))
	same(t, "the stall goes to who waited", w.state(cuc), storage.SignupRegistered)
	same(t, "who is told", w.told(cuc.Person, storage.NoticeMovedUp), 1)
	w.wants(amend(an, func(s *storage.Signup) { s.Stall = true }), storage.ErrNoRoom)
	dung := w.comes(g, "Dũng", nil)
	same(t, "waits for a seat", w.state(dung), storage.SignupWaiting)
	w.must(amend(dung, func(s *storage.Signup) { s.Vehicle = "xe máy" })) // who waits may change things, too
	w.cancel(binh)
	w.wants(amend(binh, func(s *storage.Signup) { s.State, s.Vehicle = storage.SignupRegistered, "x" }), storage.ErrConflict)
	w.wants(amend(binh, func(s *storage.Signup) { s.Vehicle = "x" }), storage.ErrConflict)
	w.now = g.From
	w.wants(amend(an, func(s *storage.Signup) { s.Vehicle = "x" }), storage.ErrConflict)
	kinds := map[string]int{}
	for _, e := range must(w.GatheringEvents(t.Context(), g.ID))(t) {
		kinds[e.Kind]++
	}
	same(t, "amendments kept", kinds["amended"], 4)
}

// waitingListProperties: whatever people do in whatever order, there is never
// one too many, nobody who fits waits, nobody is overtaken by somebody who
// wants the same, and whoever moved up was told once.
func waitingListProperties(t *testing.T, w *world) {
	round := 0
	rapid.Check(t, func(r *rapid.T) {
		round++
		w.mu.Lock()
		w.enqueued = nil // notices of other rounds
		w.mu.Unlock()
		seats, stalls := rapid.IntRange(1, 4).Draw(r, "seats"), rapid.IntRange(0, 2).Draw(r, "stalls")
		g := w.gathering(fmt.Sprint("P", round), seats, stalls)
		var all []storage.Signup
		amended := map[storage.ID]bool{} // wanted something else before
		for n := range rapid.IntRange(3, 14).Draw(r, "doings") {
			switch what := rapid.IntRange(0, 11).Draw(r, "what"); {
			case what < 6 || len(all) == 0:
				wants, people := rapid.Bool().Draw(r, "stall") && stalls > 0, rapid.IntRange(1, 3).Draw(r, "people")
				all = append(all, w.comes(g, fmt.Sprint("Người ", n), func(s *storage.Signup) { s.Stall, s.People = wants, people }))
			case what < 9:
				if s := all[rapid.IntRange(0, len(all)-1).Draw(r, "who")]; w.state(s) != storage.SignupCancelled {
					w.cancel(s)
				}
			case what < 11:
				s := must(w.Signup(t.Context(), all[rapid.IntRange(0, len(all)-1).Draw(r, "who")].ID))(t)
				if s.People = rapid.IntRange(1, 3).Draw(r, "people then"); rapid.Bool().Draw(r, "stall then") {
					s.Stall = !s.Stall && stalls > 0
				}
				amended[s.ID] = true
				w.now = w.now.Add(time.Millisecond)
				err := w.Write(t.Context(), func(x storage.Tx) error { return x.Amend(s, w.did("")) })
				if want := map[bool]error{true: storage.ErrNoRoom, false: storage.ErrConflict}[s.Seated()]; err != nil && !errors.Is(err, want) {
					r.Fatalf("amend: %v", err)
				}
			default:
				g.Seats, g.Version = g.Seats+1, g.Version+1
				w.write(func(x storage.Tx) error { return x.PutGathering(g, w.did("changed")) })
			}
			list := must(w.Attendees(t.Context(), g.ID))(t)
			room := ocop.NewRoom(g.Seats, g.Stalls, nil)
			for _, s := range list {
				if s.Seated() && !room.Take(s.Claim()) {
					r.Fatalf("one too many: place %d", s.Place)
				}
			}
			for _, s := range list {
				if s.State == storage.SignupWaiting && room.Fits(s.Claim()) {
					r.Fatalf("place %d waits, and there is room", s.Place)
				}
			}
			for _, s := range list {
				for _, before := range list {
					if s.Seated() && before.State == storage.SignupWaiting && before.Place < s.Place && before.Stall == s.Stall && before.People == s.People && !amended[s.ID] && !amended[before.ID] {
						r.Fatalf("place %d was overtaken by %d", before.Place, s.Place)
					}
				}
			}
		}
		for _, s := range all {
			ups := 0
			for _, e := range must(w.GatheringEvents(t.Context(), g.ID))(t) {
				if e.Signup == s.ID && e.Role == "program" {
					ups++
				}
			}
			if told := w.told(s.Person, storage.NoticeMovedUp); told != ups {
				r.Fatalf("place %d moved up %d times and was told %d times", s.Place, ups, told)
			}
		}
	})
}
