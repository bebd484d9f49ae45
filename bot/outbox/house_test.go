package outbox_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/bottest/servers"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

// house is an outbox with all it needs, on one of the databases.
type house struct {
	*testing.T
	url     string
	store   *sqlstore.Store
	outbox  *outbox.Outbox
	o       outbox.Options
	tg, tel *channel
	texts   *texts
	clock   *clock
	prog    *ocop.Programme
	persons int // made: each a moment after the one before, so that no two draw one id
}

// morning is a Wednesday on which offices work.
var morning = time.Date(2026, 6, 17, 10, 0, 0, 0, ocop.Local)

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(h *house)) {
	onBothURLs(t, func(t *testing.T, url string) { test(build(t, url)) })
}

// build makes a house whose outbox is not started.
func build(t *testing.T, url string) *house {
	t.Helper()
	h := &house{T: t, url: url, tg: newChannel("telegram"), tel: newChannel("tel"), texts: &texts{}, clock: &clock{now: morning}}
	h.store = openStore(t, url)
	prog, err := ocop.Load("lang-son-2021")
	if err != nil {
		t.Fatal(err)
	}
	h.prog = prog
	h.o = outbox.Options{
		DB: h.store.DB(), Pool: h.store.Pool(), Store: h.store, Render: h.texts, Programme: prog, Now: h.clock.Now,
		Limiter:  outbox.NewLocalLimiter(outbox.Paces{"telegram": {Every: time.Millisecond, Burst: 25}}, nil),
		Channels: map[string]bot.Channel{"telegram": h.tg, "tel": h.tel},
	}
	h.outbox = h.open(h.o)
	return h
}

var blank = servers.NewBlank(func(url string) error {
	store, err := migrated(context.Background(), url)
	if err != nil {
		return err
	}
	return store.Close()
})

func openStore(t *testing.T, url string) *sqlstore.Store {
	t.Helper()
	store, err := migrated(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return store
}

// migrated is a store with the tables of records and of jobs.
func migrated(ctx context.Context, url string) (*sqlstore.Store, error) {
	queue, err := outbox.NewQueue(filepath.Ext(url) != ".db")
	if err != nil {
		return nil, err
	}
	store, err := sqlstore.Open(ctx, sqlstore.Options{URL: url, Enqueue: queue.Enqueue,
		Announce: sqlstore.Announce{Plan: queue.EnqueuePlan, Try: queue.EnqueueTrial, Tell: queue.EnqueueRecipients}})
	if err != nil {
		return nil, err
	}
	if err := store.Migrate(ctx, queue.Migrate); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

func (h *house) open(o outbox.Options) *outbox.Outbox {
	h.Helper()
	b, err := outbox.New(o)
	if err != nil {
		h.Fatal(err)
	}
	return b
}

// start sets the outbox going until the end of the test.
func (h *house) start() { h.startThis(h.outbox) }

func (h *house) startThis(b *outbox.Outbox) {
	h.Helper()
	if err := b.Start(h.Context()); err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() {
		if err := b.Stop(context.Background()); err != nil {
			h.Errorf("stop: %v", err)
		}
	})
}

func (h *house) write(fn func(tx storage.Tx) error) {
	h.Helper()
	if err := h.store.Write(h.Context(), fn); err != nil {
		h.Fatal(err)
	}
}

// person stores somebody with addresses, the first the last used.
func (h *house) person(addrs ...bot.Address) storage.ID {
	h.Helper()
	h.persons++
	id := storage.NewID(h.clock.Now().Add(time.Duration(h.persons) * time.Millisecond))
	h.write(func(tx storage.Tx) error {
		if err := tx.PutPerson(storage.Person{ID: id, Lang: "vi", Created: h.clock.Now()}); err != nil {
			return err
		}
		for i, a := range addrs {
			r := storage.Route{Addr: a, Person: id, Since: h.clock.Now(), Used: h.clock.Now().Add(-time.Duration(i) * time.Hour)}
			if err := tx.PutRoute(r); err != nil {
				return err
			}
		}
		return nil
	})
	return id
}

// notify stores a notice as of now.
func (h *house) notify(person storage.ID, kind string) storage.ID {
	h.Helper()
	n := storage.Notice{ID: storage.NewID(h.clock.Now()), Person: person, Kind: kind, At: h.clock.Now()}
	h.write(func(tx storage.Tx) error { return tx.Notify(n) })
	return n.ID
}

// settled waits until a notice is no longer queued.
func (h *house) settled(id storage.ID) storage.Notice {
	h.Helper()
	var n storage.Notice
	servers.Until(h, "the notice settled", func() bool {
		var err error
		if n, err = h.store.Notice(h.Context(), id); err != nil {
			h.Fatal(err)
		}
		return n.State != storage.NoticeQueued
	})
	return n
}

func (h *house) wantSaid(c *channel, want ...string) {
	h.Helper()
	servers.Until(h, "what was said", func() bool { return len(c.said()) >= len(want) })
	got := c.said()
	if len(got) != len(want) {
		h.Fatalf("said %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			h.Fatalf("said %q, want %q", got, want)
		}
	}
}
