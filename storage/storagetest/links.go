package storagetest

import (
	"errors"
	"fmt"
	"regexp"
	"testing"
	"time"

	"ocopbot/storage"
)

var linkChecks = map[string]func(*testing.T, *world){
	"LinkCodeIsGoodOnce":   linkCode,
	"LinksAreCounted":      linksCounted,
	"PINReplacesTheFormer": pinReplaced,
	"TwoBecomeOne":         twoBecomeOne,
}

func (w *world) link(p storage.Person, number, code string) storage.Link {
	w.t.Helper()
	l := storage.Link{ID: w.id(), Person: p.ID, Addr: "telegram:1", Number: newAddr("tel", number), Code: code, At: w.now, Expires: w.now.Add(15 * time.Minute)}
	w.write(func(x storage.Tx) error { return x.AddLink(l) })
	return l
}

func linkCode(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	use := func(code string) (l storage.Link, err error) {
		err = w.Write(t.Context(), func(x storage.Tx) error {
			l, err = x.UseLink("telegram:1", code, w.now)
			return err
		})
		return l, err
	}
	w.link(p, "+84912345678", "111111")
	w.now = w.now.Add(time.Second)
	want := w.link(p, "+84912345679", "222222")
	w.wants(must2(use("111111")), storage.ErrNotFound) // a later one was sent
	w.wants(must2(use("")), storage.ErrNotFound)
	got := must(use("222222"))(t)
	same(t, "number", got.Number, want.Number)
	w.wants(must2(use("222222")), storage.ErrNotFound)
	w.wants(must2(use("")), storage.ErrNotFound) // what a used one is emptied to
	same(t, "read again", must(w.Link(t.Context(), want.ID))(t).Code, "")
	w.link(p, "+84912345678", "333333")
	w.now = w.now.Add(16 * time.Minute)
	w.wants(must2(use("333333")), storage.ErrNotFound)
}

func linksCounted(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	w.link(p, "+84912345678", "111111")
	w.link(p, "+84912345678", "222222")
	w.link(p, "+84912345679", "333333")
	count := func(addr, number string, since time.Time) (n int) {
		w.write(func(x storage.Tx) (err error) {
			n, err = x.LinksSince(newAddr("telegram", addr), newAddr("tel", number), since)
			return err
		})
		return n
	}
	ago := w.now.Add(-time.Hour)
	same(t, "from the address", count("1", "+84900000000", ago), 3)
	same(t, "to the number", count("2", "+84912345678", ago), 2)
	same(t, "neither", count("2", "+84900000000", ago), 0)
	same(t, "earlier", count("1", "+84912345678", w.now), 0)
}

func pinReplaced(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	same(t, "before", must(w.HasPIN(t.Context(), p.ID))(t), false)
	for _, hash := range []string{"one", "two"} {
		w.write(func(x storage.Tx) error { return x.PutPIN(p.ID, []byte(hash), w.now) })
	}
	same(t, "after", must(w.HasPIN(t.Context(), p.ID))(t), true)
	w.write(func(x storage.Tx) error {
		got, err := x.PIN(p.ID)
		same(t, "hash", string(got), "two")
		return err
	})
	w.write(func(x storage.Tx) error { return x.Erase(p.ID, w.now) })
	same(t, "erased", must(w.HasPIN(t.Context(), p.ID))(t), false)
}

// twoBecomeOne: everything of both is there afterwards, and belongs to one.
func twoBecomeOne(t *testing.T, w *world) {
	gone, fresh, accepted := w.full("Hoàng Thị Sen", "+84987654321", "60316031")
	kept, own, _ := w.full("Lý Thị Hoa", "+84911111111", "7777")
	org := storage.Organisation{ID: w.id(), Name: "HTX Hai Chị Em", Created: w.now}
	w.write(func(x storage.Tx) error {
		return errors.Join(x.PutOrganisation(org), x.PutPIN(gone.ID, []byte("a"), w.now), x.PutPIN(kept.ID, []byte("b"), w.now),
			x.PutMember(storage.Member{Organisation: org.ID, Person: gone.ID, Role: storage.Helper, Since: w.now}),
			x.PutMember(storage.Member{Organisation: org.ID, Person: kept.ID, Role: storage.Director, Since: w.now}))
	})
	w.link(gone, "+84911111111", "111111")
	w.wants(w.Write(t.Context(), func(x storage.Tx) error { return x.Join(1, kept.ID) }), storage.ErrNotFound)
	w.write(func(x storage.Tx) error { return x.Join(kept.ID, kept.ID) }) // harmless
	w.write(func(x storage.Tx) error { return x.Join(gone.ID, kept.ID) })

	_, err := w.Person(t.Context(), gone.ID)
	w.wants(err, storage.ErrNotFound)
	if left := regexp.MustCompile(fmt.Sprintf(`.*[[,]%d[],].*`, gone.ID)).FindAllString(w.dump(), -1); left != nil {
		t.Errorf("still there: %q", left)
	}
	for _, addr := range []string{"60316031", "7777"} {
		p, officers, err := w.Viewer(t.Context(), newAddr("telegram", addr), w.now)
		w.must(err)
		same(t, addr, p.ID, kept.ID)
		same(t, "name", p.Name, "Lý Thị Hoa")
		same(t, "offices", len(officers), 2)
	}
	same(t, "routes", len(must(w.Routes(t.Context(), kept.ID))(t)), 4)
	same(t, "ideas", len(must(w.IdeasOf(t.Context(), kept.ID))(t)), 4)
	same(t, "consents", len(must(w.Consents(t.Context(), kept.ID))(t)), 2)
	same(t, "theirs", must(w.Idea(t.Context(), fresh.ID))(t).Person, kept.ID)
	same(t, "and hers", must(w.Idea(t.Context(), own.ID))(t).Person, kept.ID)
	same(t, "who answered", must(w.Events(t.Context(), accepted.ID))(t)[2].Actor, kept.ID)
	w.write(func(x storage.Tx) error {
		members, err := x.Members(org.ID)
		same(t, "members", len(members), 1)
		same(t, "as", members[0].Role, storage.Director)
		hash, err2 := x.PIN(kept.ID)
		same(t, "PIN", string(hash), "b")
		return errors.Join(err, err2)
	})
}
