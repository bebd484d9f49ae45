package outbox_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// july is a moment of July 2026 in Vietnam.
func july(day, hour int) time.Time { return time.Date(2026, 7, day, hour, 0, 0, 0, ocop.Local) }

// fair stores one of three days whose seats anybody takes until the day before.
func (h *house) fair(code string, from time.Time) storage.Gathering {
	h.Helper()
	y, m, d := from.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, ocop.Local)
	g := storage.Gathering{
		ID: storage.NewID(h.clock.Now()), Code: code, Kind: storage.Fair, Title: code, Place: "Lạng Sơn", From: from, To: day.AddDate(0, 0, 2), Deadline: day.AddDate(0, 0, -1),
		Unit: h.districtKey(), State: storage.GatheringOpen, Version: 1, Created: h.clock.Now(),
	}
	h.write(func(tx storage.Tx) error {
		return tx.PutGathering(g, storage.GatheringEvent{At: h.clock.Now(), Kind: "created"})
	})
	return g
}

// comes signs a new person up at a moment.
func (h *house) comes(g storage.Gathering, at time.Time) storage.Signup {
	h.Helper()
	s := storage.Signup{ID: storage.NewID(at), Gathering: g.ID, At: at,
		Person: h.person(bot.NewAddress("telegram", fmt.Sprint(storage.NewID(h.clock.Now()))))}
	h.write(func(tx storage.Tx) error { return tx.SignUp(&s) })
	return s
}

// toldAt are the days and hours at which somebody was reminded, and asked for
// what they sold, in order.
func (h *house) toldAt(s storage.Signup) (told []string) {
	h.Helper()
	rows, err := h.store.DB().QueryContext(h.Context(), `SELECT kind, at FROM notices WHERE person = $1 ORDER BY at`, s.Person)
	if err != nil {
		h.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind string
		var at int64
		if err := rows.Scan(&kind, &at); err != nil {
			h.Fatal(err)
		}
		when := time.UnixMilli(at).In(ocop.Local).Format("2/1 15:04")
		switch kind {
		case storage.NoticeReminder:
			told = append(told, when)
		case storage.NoticeResults:
			told = append(told, "asked "+when)
		}
	}
	if err := rows.Err(); err != nil {
		h.Fatal(err)
	}
	return told
}

// A month of fairs: each reminder comes at eight on its day, once, to who had
// a seat then; of a fair that is put off people are reminded anew, of one that
// is called off never; after an outage only the latest is made up for.
func TestWhoComesIsReminded(t *testing.T) {
	h := build(t, filepath.Join(t.TempDir(), "fairs.db")) // what is read is tested on both databases by storagetest
	h.clock.Set(june(20, 9, 0))
	change := func(g storage.Gathering, change func(*storage.Gathering)) {
		g.Version++
		change(&g)
		h.write(func(tx storage.Tx) error {
			return tx.PutGathering(g, storage.GatheringEvent{At: h.clock.Now(), Kind: "changed"})
		})
	}
	move := func(s storage.Signup, to string) {
		h.write(func(tx storage.Tx) error {
			_, err := tx.Move(s.ID, storage.SignupRegistered, to, storage.GatheringEvent{At: h.clock.Now()})
			return err
		})
	}
	plain, off, later, sooner := h.fair("HC1", july(10, 8)), h.fair("HC2", july(10, 8)), h.fair("HC3", july(10, 8)), h.fair("HC4", july(20, 0))
	early := h.comes(plain, june(20, 9, 0))
	late, last := h.comes(plain, july(4, 7)), h.comes(plain, july(9, 10))
	gone := h.comes(plain, june(20, 9, 0))
	absent := h.comes(plain, june(20, 9, 0))
	calledOff, putOff, brought := h.comes(off, june(20, 9, 0)), h.comes(later, june(20, 9, 0)), h.comes(sooner, june(20, 9, 0))
	for _, day := range []int{3, 4, 5, 6, 7, 9, 10, 11, 13, 19, 23} { // nothing runs on the others
		switch day {
		case 5:
			change(off, func(g *storage.Gathering) { g.State = storage.GatheringCancelled })
			change(later, func(g *storage.Gathering) { g.From, g.To, g.Deadline = july(20, 8), july(22, 0), july(19, 0) })
			move(gone, storage.SignupCancelled)
		case 6: // three days after this are four days before it
			change(sooner, func(g *storage.Gathering) { g.From, g.To, g.Deadline = july(10, 0), july(10, 0), july(9, 0) })
		case 10:
			move(early, storage.SignupAttended)
			move(late, storage.SignupAttended)
			move(last, storage.SignupAttended)
		}
		for _, hour := range []int{7, 8, 20} {
			if day != 13 || hour == 20 {
				h.tickAt(july(day, hour))
			}
		}
	}
	for _, c := range []struct {
		who  string
		s    storage.Signup
		want []string
	}{
		{"there from the beginning", early, []string{"3/7 08:00", "7/7 08:00", "9/7 08:00", "asked 13/7 20:00"}},
		{"signed up six days before", late, []string{"7/7 08:00", "9/7 08:00", "asked 13/7 20:00"}},
		{"signed up after the last reminder", last, []string{"asked 13/7 20:00"}},
		{"cancelled five days before", gone, []string{"3/7 08:00"}},
		{"did not come", absent, []string{"3/7 08:00", "7/7 08:00", "9/7 08:00"}},
		{"called off", calledOff, []string{"3/7 08:00"}},
		{"put off", putOff, []string{"3/7 08:00", "13/7 20:00", "19/7 08:00", "asked 23/7 20:00"}},
		{"sooner", brought, []string{"6/7 07:00", "7/7 08:00", "9/7 08:00", "asked 11/7 20:00"}},
	} {
		if got := h.toldAt(c.s); !slices.Equal(got, c.want) {
			t.Errorf("%s: told %q, want %q", c.who, got, c.want)
		}
	}
}
