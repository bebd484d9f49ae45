package storagetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// world is a store with a clock, and what the suite does with it all the time.
type world struct {
	Opened
	t    *testing.T
	open func(t *testing.T, enqueue Enqueue) Opened
	now  time.Time

	mu       sync.Mutex
	turn     int
	enqueued []storage.ID // notices handed to the job queue
	refuse   error        // what enqueue answers
}

// start is the suite's morning: whole milliseconds, as stores keep them.
var start = time.Date(2026, 6, 18, 8, 30, 0, 0, ocop.Local)

func newWorld(t *testing.T, open func(t *testing.T, enqueue Enqueue) Opened) *world {
	w := &world{t: t, open: open, now: start}
	w.Opened = open(t, func(ctx context.Context, tx *sql.Tx, all []storage.Notice) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.refuse != nil {
			return w.refuse
		}
		for _, n := range all {
			w.enqueued = append(w.enqueued, n.ID)
		}
		return nil
	})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// must2 is the value of a call that may not fail.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (w *world) wants(err, want error) {
	w.t.Helper()
	if !errors.Is(err, want) {
		w.t.Fatalf("error %v, want %v", err, want)
	}
}

// write runs fn in a transaction that may not fail.
func (w *world) write(fn func(x storage.Tx) error) {
	w.t.Helper()
	w.must(w.Write(w.t.Context(), fn))
}

func (w *world) id() storage.ID { return storage.NewID(w.now) }

// key is a key that was not used before.
func (w *world) key() storage.Key {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn++
	return storage.Key{Session: "session", Turn: w.turn}
}

const (
	commune  ocop.UnitKey = "06016@2021-06-05"
	commune2 ocop.UnitKey = "6016@2021-06-05" // a part of the other's key
	district ocop.UnitKey = "187@2021-06-05"
)

// person makes somebody with an address.
func (w *world) person(name string, addr bot.Address) storage.Person {
	w.t.Helper()
	p := storage.Person{ID: w.id(), Name: name, Phone: "+84912000111", Lang: "vi", Unit: commune, Channel: "telegram", Created: w.now}
	w.write(func(x storage.Tx) error {
		return errors.Join(x.PutPerson(p), x.PutRoute(storage.Route{Addr: addr, Person: p.ID, Since: w.now, Used: w.now}))
	})
	return p
}

// idea registers an idea of a person through a commit, as a dialog does.
func (w *world) idea(p storage.Person, name string) storage.Idea {
	w.t.Helper()
	i := w.draft(p, name)
	w.must(must2(w.Commit(w.t.Context(), w.key(), w.now, func(x storage.Tx) ([]byte, error) {
		return nil, x.AddIdea(&i, p.ID)
	})))
	return i
}

func must2[T any](_ T, err error) error { return err }

func (w *world) draft(p storage.Person, name string) storage.Idea {
	return storage.Idea{
		ID: w.id(), Number: ocop.FormNumber{Prefix: "LS", Year: 2026}, Person: p.ID, Unit: commune, Name: name,
		Fields: map[string]string{"mat": "hoa rừng"}, Registered: w.now, WaitingLevel: ocop.CommuneLevel, WaitingSince: w.now,
		Session: "session", Turn: 3,
	}
}

// happen records an event that may not fail.
func (w *world) happen(idea, actor storage.ID, kind ocop.EventKind, change func(*storage.Idea)) storage.Idea {
	w.t.Helper()
	var after storage.Idea
	w.write(func(x storage.Tx) (err error) {
		after, err = x.Happen(storage.Event{ID: w.id(), Idea: idea, At: w.now, Kind: kind, Actor: actor, Role: "commune"}, -1, change)
		return err
	})
	return after
}

// atOnce runs fn n times at the same time.
func atOnce(n int, fn func(n int)) {
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-begin
			fn(i)
		})
	}
	close(begin)
	wg.Wait()
}

func ids(ideas []storage.Idea) (all []string) {
	for _, i := range ideas {
		all = append(all, i.Number.String())
	}
	return all
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func sameList[T any](t *testing.T, what string, got, want []T) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
