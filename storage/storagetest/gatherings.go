package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// GatheringRecords is what is read of gatherings.
type GatheringRecords interface {
	Gathering(ctx context.Context, id storage.ID) (storage.Gathering, error)
	GatheringByCode(ctx context.Context, code string) (storage.Gathering, error)
	Gatherings(ctx context.Context, after time.Time, limit int) ([]storage.Gathering, error)
	GatheringPicture(ctx context.Context, id storage.ID) ([]byte, error)
	GatheringPicturesWanted(ctx context.Context, limit int) ([]storage.File, error)
	SetGatheringPicture(ctx context.Context, id storage.ID, provider string, data []byte) error
	GatheringEvents(ctx context.Context, id storage.ID) ([]storage.GatheringEvent, error)
	Signup(ctx context.Context, id storage.ID) (storage.Signup, error)
	SignupsOf(ctx context.Context, person, gathering storage.ID) ([]storage.Signup, error)
	Visits(ctx context.Context, person storage.ID, organisations []storage.ID, limit int) ([]storage.Visit, error)
	Attendance(ctx context.Context, gathering storage.ID) (storage.Attendance, error)
	Attendees(ctx context.Context, gathering storage.ID) ([]storage.Attendee, error)
	SignupsUntold(ctx context.Context, gathering storage.ID, what string, since time.Time, attended bool, limit int) ([]storage.Signup, error)
}

var gatheringChecks = map[string]func(*testing.T, *world){
	"GatheringAsWritten":    gatheringAsWritten,
	"GatheringCodes":        gatheringCodes,
	"NeverOneTooMany":       neverOneTooMany,
	"WaitingListMovesUp":    waitingListMovesUp,
	"GroupsStayTogether":    groupsStayTogether,
	"MoreSeatsMoveUp":       moreSeatsMoveUp,
	"SelectionWithQuotas":   selectionWithQuotas,
	"SelectedByManyAtOnce":  selectedByManyAtOnce,
	"AmendedKeepsItsSeat":   amendedKeepsItsSeat,
	"SignUpOnlyOnce":        signUpOnlyOnce,
	"SignUpInTime":          signUpInTime,
	"ErasedSeatMovesUp":     erasedSeatMovesUp,
	"ToldOnce":              toldOnce,
	"TallyGatherings":       tallyGatherings,
	"WaitingListProperties": waitingListProperties,
}

// gathering makes one in three weeks' time.
func (w *world) gathering(code string, seats, stalls int) storage.Gathering {
	w.t.Helper()
	day := time.Date(2026, 7, 10, 0, 0, 0, 0, ocop.Local)
	g := storage.Gathering{
		ID: w.id(), Code: code, Kind: storage.Fair, Title: "Hội chợ “OCOP”", Place: "Quảng trường Hùng Vương",
		From: day.Add(8 * time.Hour), To: day.AddDate(0, 0, 2), Deadline: day.AddDate(0, 0, -3), Seats: seats, Stalls: stalls,
		Bring: "mẫu; tem", Contact: "0205 3 810 000", Unit: district, State: storage.GatheringOpen, Version: 1, Created: w.now,
	}
	w.write(func(x storage.Tx) error { return x.PutGathering(g, w.did("created")) })
	return g
}

func (w *world) did(kind string) storage.GatheringEvent {
	return storage.GatheringEvent{At: w.now, Kind: kind, Role: "province"}
}

func (w *world) signup(g storage.Gathering, p storage.Person) storage.Signup {
	return storage.Signup{ID: w.id(), Gathering: g.ID, Person: p.ID, Units: []ocop.UnitKey{commune, district}, At: w.now}
}

// comes signs a new person up.
func (w *world) comes(g storage.Gathering, name string, change func(*storage.Signup)) storage.Signup {
	w.t.Helper()
	w.now = w.now.Add(time.Millisecond) // people enough that IDs of one moment would meet
	p := w.person(name, bot.NewAddress("telegram", fmt.Sprint(w.id())))
	s := w.signup(g, p)
	if change != nil {
		change(&s)
	}
	w.write(func(x storage.Tx) error { return x.SignUp(&s) })
	return s
}

func (w *world) state(s storage.Signup) string {
	w.t.Helper()
	return must(w.Signup(w.t.Context(), s.ID))(w.t).State
}

func (w *world) cancel(s storage.Signup) {
	w.t.Helper()
	w.now = w.now.Add(time.Millisecond)
	w.write(func(x storage.Tx) error {
		return must2(x.Move(s.ID, w.state0(x, s), storage.SignupCancelled, w.did("")))
	})
}

func (w *world) state0(x storage.Tx, s storage.Signup) string {
	is, err := x.Signup(s.ID)
	w.must(err)
	return is.State
}

// told counts a person's notices of a kind.
func (w *world) told(person storage.ID, kind string) (n int) {
	w.t.Helper()
	w.mu.Lock()
	ids := slices.Clone(w.enqueued)
	w.mu.Unlock()
	for _, id := range ids {
		notice, err := w.Notice(w.t.Context(), id)
		if errors.Is(err, storage.ErrNotFound) { // rolled back
			continue
		}
		w.must(err)
		if notice.Person == person && notice.Kind == kind {
			n++
		}
	}
	return n
}

func gatheringAsWritten(t *testing.T, w *world) {
	g := w.gathering("HC12", 30, 10)
	g.Rule = storage.Rule{Stars: 3, Groups: []string{"food"}, Producers: []string{"cooperative"}, Units: []ocop.UnitKey{district}}
	g.Quotas = []ocop.Quota{{By: ocop.QuotaUnit, Value: string(district), Most: 3}}
	g.Selects, g.Version = true, 2
	w.now = w.now.Add(time.Minute)
	changed := w.did("changed")
	changed.Body = map[string]string{"seats": "20"}
	w.write(func(x storage.Tx) error { return x.PutGathering(g, changed) })
	for what, read := range map[string]func() (storage.Gathering, error){
		"by id":   func() (storage.Gathering, error) { return w.Gathering(t.Context(), g.ID) },
		"by code": func() (storage.Gathering, error) { return w.GatheringByCode(t.Context(), "HC12") },
	} {
		if d := cmp.Diff(g, must(read())(t), cmp.Comparer(time.Time.Equal)); d != "" {
			t.Errorf("%s, read otherwise than written (-want +got):\n%s", what, d)
		}
	}
	w.wants(w.Write(t.Context(), func(x storage.Tx) error { return x.PutGathering(g, changed) }), storage.ErrConflict)
	_, err := w.GatheringByCode(t.Context(), "HC13")
	w.wants(err, storage.ErrNotFound)
	var kinds []string
	for _, e := range must(w.GatheringEvents(t.Context(), g.ID))(t) {
		kinds = append(kinds, e.Kind)
	}
	sameList(t, "events", kinds, []string{"created", "changed"})
	_, err = w.GatheringPicture(t.Context(), g.ID)
	w.wants(err, storage.ErrNotFound)
	w.write(func(x storage.Tx) error { return x.WantGatheringPicture(g.ID, "telegram", "f1") })
	wanted := must(w.GatheringPicturesWanted(t.Context(), 9))(t)
	sameList(t, "wanted", wanted, []storage.File{{ID: g.ID, Channel: "telegram", Provider: "f1", State: storage.FileWanted}})
	w.must(w.SetGatheringPicture(t.Context(), g.ID, "another", []byte("khác")))
	w.must(w.SetGatheringPicture(t.Context(), g.ID, "f1", []byte("ảnh")))
	same(t, "wanted then", len(must(w.GatheringPicturesWanted(t.Context(), 9))(t)), 0)
	same(t, "picture", string(must(w.GatheringPicture(t.Context(), g.ID))(t)), "ảnh")
	w.write(func(x storage.Tx) error {
		return errors.Join(x.WantGatheringPicture(g.ID, "telegram", "f2"), x.PutGatheringPicture(g.ID, []byte("áp phích")))
	})
	same(t, "picture at hand", string(must(w.GatheringPicture(t.Context(), g.ID))(t)), "áp phích")
	same(t, "wanted after it", len(must(w.GatheringPicturesWanted(t.Context(), 9))(t)), 0)
	same(t, "has a picture", must(w.Gathering(t.Context(), g.ID))(t).Picture, true)
	same(t, "to come", len(must(w.Gatherings(t.Context(), w.now, 9))(t)), 1)
	same(t, "on its last day", len(must(w.Gatherings(t.Context(), g.To.Add(20*time.Hour), 9))(t)), 1)
	same(t, "after it", len(must(w.Gatherings(t.Context(), g.To.AddDate(0, 0, 1), 9))(t)), 0)

	s := w.comes(g, "An", func(s *storage.Signup) {
		s.Products, s.Vehicle, s.Power, s.Stall, s.Group, s.Stars, s.People = "mật ong", "xe tải", "2 kW", true, "food", 4, 3
	})
	s.State, s.Place, s.Changed = storage.SignupQueued, 1, s.At
	if d := cmp.Diff(s, must(w.Signup(t.Context(), s.ID))(t), cmp.Comparer(time.Time.Equal)); d != "" {
		t.Errorf("signup (-want +got):\n%s", d)
	}
	list := must(w.Attendees(t.Context(), g.ID))(t)
	same(t, "attendees", len(list), 1)
	same(t, "name", list[0].Name, "An")
}

func gatheringCodes(t *testing.T, w *world) {
	next := func(series string) (code string) {
		w.write(func(x storage.Tx) (err error) { code, err = x.NextCode(series); return err })
		return code
	}
	same(t, "first", next("HC"), "HC1")
	w.gathering("HC2", 0, 0) // an imported one
	same(t, "not taken twice", next("HC"), "HC3")
	same(t, "another series", next("TH"), "TH1")
}

func signUpOnlyOnce(t *testing.T, w *world) {
	g := w.gathering("HC1", 0, 0)
	p := w.person("An", "telegram:1")
	s := w.signup(g, p)
	w.write(func(x storage.Tx) error { return x.SignUp(&s) })
	again := w.signup(g, p)
	w.write(func(x storage.Tx) error { // whose other records are kept
		w.wants(x.SignUp(&again), storage.ErrConflict)
		return nil
	})
	other := w.signup(g, p)
	other.Attendee = "Bà nội"
	w.write(func(x storage.Tx) error { return x.SignUp(&other) })
	same(t, "the next place in line", other.Place, s.Place+1)
	w.cancel(s)
	again.Products = "chè"
	w.write(func(x storage.Tx) error { return x.SignUp(&again) })
	same(t, "the same signup", again.ID, s.ID)
	is := must(w.Signup(t.Context(), s.ID))(t)
	same(t, "at the end of the line", is.Place > other.Place, true)
	same(t, "products", is.Products, "chè")
	same(t, "registered", is.State, storage.SignupRegistered)
	same(t, "signups", len(must(w.SignupsOf(t.Context(), p.ID, g.ID))(t)), 2)
}

func signUpInTime(t *testing.T, w *world) {
	g := w.gathering("HC1", 0, 0)
	p := w.person("An", "telegram:1")
	at := func(when time.Time) error {
		s := w.signup(g, p)
		s.At = when
		return w.Write(t.Context(), func(x storage.Tx) error { return x.SignUp(&s) })
	}
	w.wants(at(g.Deadline.AddDate(0, 0, 1)), storage.ErrConflict)
	w.must(at(g.Deadline.Add(23 * time.Hour)))
}

func erasedSeatMovesUp(t *testing.T, w *world) {
	g := w.gathering("HC1", 1, 0)
	an, binh := w.comes(g, "An", nil), w.comes(g, "Bình", nil)
	w.write(func(x storage.Tx) error { return x.Erase(an.Person, w.now) })
	same(t, "An", w.state(an), storage.SignupCancelled)
	same(t, "Bình", w.state(binh), storage.SignupRegistered)
	same(t, "Bình is told", w.told(binh.Person, storage.NoticeMovedUp), 1)
}

func toldOnce(t *testing.T, w *world) {
	g := w.gathering("HC1", 0, 0)
	s := w.comes(g, "An", nil)
	untold := func() int {
		return len(must(w.SignupsUntold(t.Context(), g.ID, "t7", w.now.Add(time.Hour), false, 9))(t))
	}
	same(t, "untold", untold(), 1)
	same(t, "of those who came", len(must(w.SignupsUntold(t.Context(), g.ID, "t7", w.now.Add(time.Hour), true, 9))(t)), 0)
	same(t, "too late for it", len(must(w.SignupsUntold(t.Context(), g.ID, "t7", s.At, false, 9))(t)), 0)
	atOnce(4, func(int) {
		for {
			err := w.Write(t.Context(), func(x storage.Tx) error {
				return x.TellSignup(s, "t7", storage.Notice{Kind: storage.NoticeReminder, At: w.now})
			})
			if !errors.Is(err, storage.ErrUnavailable) {
				w.must(err)
				return
			}
		}
	})
	same(t, "told", w.told(s.Person, storage.NoticeReminder), 1)
	same(t, "still untold", untold(), 0)
}

func tallyGatherings(t *testing.T, w *world) {
	g := w.gathering("HC1", 0, 0)
	org := storage.Organisation{ID: w.id(), Name: "HTX", Created: w.now}
	w.write(func(x storage.Tx) error { return x.PutOrganisation(org) })
	idea := w.idea(w.person("Chủ", "telegram:77"), "Mật ong")
	came := w.comes(g, "An", func(s *storage.Signup) { s.Organisation, s.Ideas, s.People = org.ID, []storage.ID{idea.ID}, 2 })
	w.comes(g, "Bình", nil) // did not come
	off := w.gathering("HC2", 0, 0)
	off.State, off.Version = storage.GatheringCancelled, 2
	w.write(func(x storage.Tx) error {
		return errors.Join(must2(x.Move(came.ID, storage.SignupRegistered, storage.SignupAttended, w.did(""))),
			x.PutResult(came.ID, storage.Result{Revenue: 5_000_000_000, Contracts: 2, Buyers: 31, At: w.now}),
			x.PutGathering(off, w.did("cancelled")))
	})
	lost := w.comes(g, "Cúc", func(s *storage.Signup) { s.Units = nil }) // of nowhere that is known
	w.write(func(x storage.Tx) error {
		return must2(x.Move(lost.ID, storage.SignupRegistered, storage.SignupAttended, w.did("")))
	})
	span := storage.Counting{From: ocop.Date(2026, 7, 1), To: ocop.Date(2026, 8, 1), Now: ocop.Date(2026, 9, 1)}
	sameList(t, "figures", w.tallies(span, "events-"), []string{
		"06016 events-attendance 2", "06016 events-buyers 31", "06016 events-contracts 2", "06016 events-producers 1", "06016 events-revenue 5000",
		"187 events-attendance 1", "187 events-buyers 0", "187 events-contracts 0", "187 events-held 1", "187 events-producers 0", "187 events-revenue 0",
	})
	span.Now = ocop.Date(2026, 7, 1)
	sameList(t, "not begun", w.tallies(span, "events-"), []string(nil))
	sameList(t, "of another month", w.tallies(storage.Counting{From: span.To, To: span.To.AddDate(0, 1, 0), Now: ocop.Date(2026, 9, 1)}, "events-"), []string(nil))
	for what, visits := range map[string][]storage.Visit{
		"person": must(w.Visits(t.Context(), came.Person, nil, 9))(t), "producer": must(w.Visits(t.Context(), 0, []storage.ID{1, org.ID}, 9))(t),
	} {
		same(t, what+"'s fairs", len(visits), 1)
		sameList(t, what+"'s products there", visits[0].Ideas, []storage.ID{idea.ID})
		same(t, "title", visits[0].To.Title, g.Title)
		same(t, "their result", visits[0].Result.Contracts, 2)
		same(t, "came", visits[0].Came(), true)
	}
	same(t, "nobody's fairs", len(must(w.Visits(t.Context(), 0, nil, 9))(t)), 0)
	same(t, "its products", must(w.Attendees(t.Context(), g.ID))(t)[0].Brings[0], "Mật ong")
}
