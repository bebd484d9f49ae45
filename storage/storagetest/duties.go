package storagetest

import (
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

var dutyChecks = map[string]func(*testing.T, *world){
	"Demands":            demands,
	"Extensions":         extensions,
	"Acks":               acks,
	"TaskClosedOnce":     taskClosedOnce,
	"RemindedOnce":       remindedOnce,
	"UnansweredByOther":  unansweredReminders,
	"FirstOffice":        firstOffice,
	"HandOverNamesWhose": handOverNamesWhose,
}

var owed = storage.Duty{Obligation: "year", Period: "2026", Unit: district}

// lastGood is a Sunday.
var lastGood = ocop.Date(2026, 11, 29)

// duties puts a row of a person into every table of duties.
func (w *world) duties(x storage.Tx, person storage.ID) error {
	_, err := x.Remind(storage.ReminderSent{ID: w.id(), Duty: owed, Due: lastGood, Step: "T-30", Recipient: person, Notice: w.id(), At: w.now})
	return errors.Join(err,
		x.PutDemand(storage.Demand{ID: w.id(), Title: "Rà soát điểm bán", Questions: []string{"Mấy điểm?", "Ở đâu?"},
			Units: []ocop.UnitKey{district, commune}, Due: lastGood, Unit: "20@2021-06-05", By: person, At: w.now}),
		x.AddExtension(storage.Extension{ID: w.id(), Duty: owed, Due: lastGood.AddDate(0, 0, 5), Reason: "lũ", By: person, At: w.now}),
		x.AddAck(storage.Ack{Duty: owed, Officer: person, Step: "T-30", At: w.now}),
		// Several people may have a row each, but a task is closed once.
		x.AddTaskDone(storage.TaskDone{Duty: storage.Duty{Obligation: "fair", Period: strconv.FormatInt(int64(person), 10), Unit: district}, Day: lastGood, Note: "đã tổ chức", By: person, At: w.now}))
}

func demands(t *testing.T, w *world) {
	p := w.person("Bình", "telegram:2")
	d := storage.Demand{ID: w.id(), Title: "Rà soát điểm bán", Questions: []string{"Mấy điểm?", "Ở đâu “trong huyện”?"},
		Units: []ocop.UnitKey{district, commune}, Due: lastGood, Unit: "20@2021-06-05", By: p.ID, At: w.now}
	w.write(func(x storage.Tx) error { return x.PutDemand(d) })
	got := must(w.Demand(t.Context(), d.ID))(t)
	sameList(t, "questions", got.Questions, d.Questions)
	sameList(t, "units", got.Units, d.Units)
	same(t, "due", got.Due.Equal(lastGood), true)
	same(t, "asker", got.By, p.ID)
	id, ok := storage.DemandID(got.Obligation())
	same(t, "its id comes back from the obligation", ok && id == d.ID, true)
	_, ok = storage.DemandID("year")
	same(t, "an obligation of the programme is no demand", ok, false)
	count := func(since time.Time) int { return len(must(w.DemandsSince(t.Context(), since))(t)) }
	same(t, "due today", count(lastGood), 1)
	same(t, "due yesterday", count(lastGood.AddDate(0, 0, 1)), 0)
	withdraw := func(why string) (d2 storage.Demand, err error) {
		err = w.Write(t.Context(), func(x storage.Tx) (err error) {
			d2, err = x.WithdrawDemand(d.ID, why, w.now)
			return err
		})
		return d2, err
	}
	taken, err := withdraw("có số rồi")
	w.must(err)
	sameList(t, "units of what was withdrawn", taken.Units, d.Units)
	_, err = withdraw("lần nữa")
	w.wants(err, storage.ErrConflict)
	same(t, "withdrawn", count(lastGood), 0)
	same(t, "why", must(w.Demand(t.Context(), d.ID))(t).Why, "có số rồi")
	_, err = w.Demand(t.Context(), 1)
	w.wants(err, storage.ErrNotFound)
}

func extensions(t *testing.T, w *world) {
	p := w.person("Bình", "telegram:2")
	for n, days := range []int{5, 10} {
		e := storage.Extension{ID: w.id(), Duty: owed, Due: lastGood.AddDate(0, 0, days), Reason: "lũ", By: p.ID, At: w.now.Add(time.Duration(n) * time.Hour)}
		w.write(func(x storage.Tx) error { return x.AddExtension(e) })
	}
	all := must(w.Extensions(t.Context(), owed.Obligation, owed.Period))(t)
	same(t, "both are kept", len(all), 2)
	same(t, "the latest is last", all[1].Due.Equal(lastGood.AddDate(0, 0, 10)), true)
	same(t, "whose", all[1].Duty, owed)
	same(t, "of another year", len(must(w.Extensions(t.Context(), owed.Obligation, "2027"))(t)), 0)
	same(t, "not over yet", len(must(w.ExtensionsSince(t.Context(), lastGood.AddDate(0, 0, 6)))(t)), 1)
}

func acks(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	a := storage.Ack{Duty: owed, Officer: p.ID, Step: "T-30", At: w.now}
	again := a
	again.At = w.now.Add(time.Hour)
	next := storage.Ack{Duty: owed, Officer: p.ID, Step: "T-7", At: w.now.Add(2 * time.Hour)}
	w.write(func(x storage.Tx) error { return errors.Join(x.AddAck(a), x.AddAck(again), x.AddAck(next)) })
	all := must(w.Acks(t.Context(), owed.Obligation, owed.Period))(t)
	same(t, "acks", len(all), 2)
	same(t, "the first time counts", all[0].At.Equal(a.At), true)
	same(t, "step", all[1].Step, "T-7")
}

func taskClosedOnce(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	var closed atomic.Int32
	atOnce(4, func(int) {
		err := w.Write(t.Context(), func(x storage.Tx) error {
			return x.AddTaskDone(storage.TaskDone{Duty: owed, Day: lastGood, Note: "ở chợ huyện", By: p.ID, At: w.now})
		})
		switch {
		case err == nil:
			closed.Add(1)
		case !errors.Is(err, storage.ErrConflict):
			t.Errorf("AddTaskDone: %v", err)
		}
	})
	same(t, "times it was closed", closed.Load(), 1)
	all := must(w.TasksDone(t.Context(), owed.Obligation, owed.Period))(t)
	same(t, "note", all[0].Note, "ở chợ huyện")
	same(t, "day", all[0].Day.Equal(lastGood), true)
}

// remind tells a step to a person by a notice of its own.
func (w *world) remind(step string, to storage.ID, at time.Time) (r storage.ReminderSent, fresh bool) {
	w.t.Helper()
	r = storage.ReminderSent{ID: w.id(), Duty: owed, Due: lastGood, Step: step, Recipient: to, Notice: w.id(), At: at}
	w.write(func(x storage.Tx) (err error) {
		if fresh, err = x.Remind(r); err != nil || !fresh {
			return err
		}
		return x.Notify(storage.Notice{ID: r.Notice, Person: to, Kind: "reminder", Subject: r.ID, At: at})
	})
	return r, fresh
}

func remindedOnce(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	var told atomic.Int32
	atOnce(6, func(int) {
		if _, fresh := w.remind("T-7", p.ID, w.now); fresh {
			told.Add(1)
		}
	})
	same(t, "times it was told", told.Load(), 1)
	same(t, "notices queued", len(w.enqueued), 1)
	all := must(w.RemindersOf(t.Context(), owed.Obligation, owed.Period, lastGood, "T-7"))(t)
	same(t, "rows", len(all), 1)
	same(t, "whose duty", all[0].Duty, owed)
	same(t, "who was told", all[0].Recipient, p.ID)
	got := must(w.Reminder(t.Context(), must(w.RemindersTo(t.Context(), p.ID, w.now))(t)[0].ID))(t)
	same(t, "duty", got.Duty, owed)
	same(t, "due", got.Due.Equal(lastGood), true)
	n := must(w.Notice(t.Context(), got.Notice))(t)
	same(t, "the notice is about it", n.Subject, got.ID)
	if _, fresh := w.remind("T-3", p.ID, w.now.Add(time.Hour)); !fresh {
		t.Error("another step is not told")
	}
	to := must(w.RemindersTo(t.Context(), p.ID, w.now))(t)
	same(t, "the latest first", to[0].Step, "T-3")
	same(t, "since later", len(must(w.RemindersTo(t.Context(), p.ID, w.now.Add(time.Minute)))(t)), 1)
	same(t, "counted from another day", len(must(w.RemindersOf(t.Context(), owed.Obligation, owed.Period, lastGood.AddDate(0, 0, 1), "T-7"))(t)), 0)
}

func unansweredReminders(t *testing.T, w *world) {
	an, binh, silent := w.person("An", "telegram:1"), w.person("Bình", "tel:+84912000112"), w.person("Cam", "telegram:3")
	nobody := w.person("Dung", "telegram:4")
	nobody.Phone = ""
	w.write(func(x storage.Tx) error { return x.PutPerson(nobody) })
	for _, p := range []storage.Person{an, binh, silent, nobody} {
		r, _ := w.remind("T-7", p.ID, w.now)
		addr := must(w.Routes(t.Context(), p.ID))(t)[0].Addr
		w.must(w.SettleNotice(t.Context(), r.Notice, storage.NoticeSent, "", addr, "1", w.now))
	}
	w.remind("digest T-7", silent.ID, w.now)
	w.write(func(x storage.Tx) error {
		return x.AddAck(storage.Ack{Duty: owed, Officer: an.ID, Step: "T-7", At: w.now.Add(time.Minute)})
	})
	unanswered := func(from, to time.Time) (all []storage.ID) {
		for _, r := range must(w.RemindersUnanswered(t.Context(), from, to, "tel"))(t) {
			all = append(all, r.Recipient)
		}
		return all
	}
	sameList(t, "unanswered", unanswered(w.now, w.now.Add(time.Hour)), []storage.ID{silent.ID})
	sameList(t, "before", unanswered(w.now.Add(-time.Hour), w.now), nil)
	w.remind("T-7 tel", silent.ID, w.now.Add(24*time.Hour))
	sameList(t, "repeated", unanswered(w.now, w.now.Add(time.Hour)), nil)
}

func firstOffice(t *testing.T, w *world) {
	same(t, "nobody yet", must(w.FirstOffice(t.Context()))(t).IsZero(), true)
	p := w.person("An", "telegram:1")
	w.write(func(x storage.Tx) error {
		return errors.Join(
			x.PutOfficer(storage.Officer{ID: w.id(), Person: p.ID, Unit: district, Role: storage.Leader, From: w.now.Add(time.Hour)}),
			x.PutOfficer(storage.Officer{ID: w.id(), Person: p.ID, Unit: commune, Role: storage.CommuneOfficer, From: w.now, To: w.now.Add(time.Minute)}))
	})
	same(t, "the first, though it ended", must(w.FirstOffice(t.Context()))(t).Equal(w.now), true)
}

func handOverNamesWhose(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	o := storage.Officer{ID: w.id(), Person: p.ID, Unit: district, Role: storage.DistrictOfficer, Name: "Chị An", From: w.now}
	w.write(func(x storage.Tx) error {
		return errors.Join(x.PutOfficer(o), x.PutInvite(storage.Invite{Hash: []byte("h"), For: storage.InviteHandOver, Unit: district,
			Role: storage.DistrictOfficer, Officer: o.ID, By: p.ID, Created: w.now, Expires: w.now.Add(time.Hour)}))
	})
	inv := must(w.use("h", p.ID, w.now))(t)
	same(t, "whose office", inv.Officer, o.ID)
	w.write(func(x storage.Tx) error {
		got := must(x.Officer(inv.Officer))(t)
		same(t, "person", got.Person, p.ID)
		_, err := x.Officer(1)
		w.wants(err, storage.ErrNotFound)
		return nil
	})
}
