package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/bottest/servers"
	"ocopbot/storage"
	"ocopbot/storage/redisstore"
)

func TestParking(t *testing.T) {
	server := servers.Redis(t)
	open := func(t *testing.T) (*redisstore.Sessions, *shelf) {
		rdb := connect(t, server.URL())
		if err := rdb.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		durable := newShelf()
		return redisstore.New(rdb, durable, redisstore.Options{Batch: 3}), durable
	}

	t.Run("all that may be is parked, in batches", func(t *testing.T) {
		s, durable := open(t)
		for i := range 10 {
			mustSave(t, s, bot.Address(fmt.Sprint("t:", i)), 0, at(1))
		}
		shy := at(1)
		shy.Durable = false
		mustSave(t, s, "t:shy", 0, shy)
		if got := backlog(t, s); got != 10 {
			t.Errorf("%d sessions are marked, want 10", got)
		}
		mustPark(t, s)
		// Four batches would do; Redis tells what is marked in portions of its own.
		if len(durable.kept) != 10 || durable.parked < 4 || backlog(t, s) != 0 {
			t.Errorf("parked %d sessions in %d batches, %d are left", len(durable.kept), durable.parked, backlog(t, s))
		}
		if durable.turn("t:shy") != 0 {
			t.Error("a session without consent was parked")
		}
	})
	t.Run("a session saved meanwhile keeps its mark", func(t *testing.T) {
		s, durable := open(t)
		mustSave(t, s, "t:1", 0, at(1))
		durable.before = func() { mustSave(t, s, "t:1", 1, at(2)) }
		mustPark(t, s)
		if durable.turn("t:1") != 1 || backlog(t, s) != 1 {
			t.Errorf("turn %d is parked, %d are marked", durable.turn("t:1"), backlog(t, s))
		}
		servers.Until(t, "the later turn parked", func() bool {
			mustPark(t, s)
			return durable.turn("t:1") == 2 && backlog(t, s) == 0
		})
	})
	t.Run("a session deleted meanwhile does not come back", func(t *testing.T) {
		s, durable := open(t)
		mustSave(t, s, "t:1", 0, at(5))
		durable.before = func() {
			if err := s.Delete(t.Context(), "t:1"); err != nil {
				t.Error(err)
			}
		}
		mustPark(t, s)
		if durable.turn("t:1") != 0 {
			t.Error("it lies parked")
		}
		if _, err := s.Load(t.Context(), "t:1"); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("Load: %v", err)
		}
		if err := s.Save(t.Context(), "t:1", 5, at(6)); !errors.Is(err, storage.ErrConflict) {
			t.Errorf("a Save begun before the deletion: %v", err)
		}
	})
	t.Run("a session deleted and begun anew meanwhile is the new one", func(t *testing.T) {
		s, durable := open(t)
		mustSave(t, s, "t:1", 0, at(5))
		durable.before = func() {
			if err := s.Delete(t.Context(), "t:1"); err != nil {
				t.Error(err)
			}
			mustSave(t, s, "t:1", 0, at(1))
		}
		mustPark(t, s)
		servers.Until(t, "the new session parked", func() bool {
			mustPark(t, s)
			return durable.turn("t:1") == 1
		})
	})
	t.Run("what could not be deleted is deleted later", func(t *testing.T) {
		s, durable := open(t)
		mustSave(t, s, "t:1", 0, at(1))
		mustPark(t, s)
		durable.down = true
		if err := s.Delete(t.Context(), "t:1"); !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("Delete: %v", err)
		}
		durable.down = false
		mustPark(t, s)
		if durable.turn("t:1") != 0 {
			t.Error("it lies parked")
		}
	})
	t.Run("a refused session holds up no other", func(t *testing.T) {
		s, durable := open(t)
		durable.refuses = "t:2"
		for i := range 10 {
			mustSave(t, s, bot.Address(fmt.Sprint("t:", i)), 0, at(1))
		}
		if err := s.ParkAll(t.Context()); !errors.Is(err, errRefused) {
			t.Errorf("ParkAll: %v", err)
		}
		if len(durable.kept) != 9 || backlog(t, s) != 1 {
			t.Errorf("%d are parked, %d left", len(durable.kept), backlog(t, s))
		}
	})
	t.Run("two replicas park at once and lose nothing", func(t *testing.T) {
		s, durable := open(t)
		var wg sync.WaitGroup
		stop := make(chan struct{})
		for range 2 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						if err := s.ParkAll(t.Context()); err != nil {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		const turns = 200
		for turn := 1; turn <= turns; turn++ {
			mustSave(t, s, "t:1", turn-1, at(turn))
		}
		close(stop)
		wg.Wait()
		servers.Until(t, "the last turn parked", func() bool {
			mustPark(t, s)
			return durable.turn("t:1") == turns && backlog(t, s) == 0
		})
	})
}

func TestRunParksUntilTheEnd(t *testing.T) {
	durable := newShelf()
	rdb := connect(t, servers.Redis(t).URL())
	s := redisstore.New(rdb, durable, redisstore.Options{Every: 20 * time.Millisecond})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()

	durable.set(func() { durable.down = true })
	mustSave(t, s, "t:1", 0, at(1))
	durable.set(func() { durable.down = false })
	servers.Until(t, "the session parked", func() bool { return durable.turn("t:1") == 1 })

	slow := redisstore.New(rdb, durable, redisstore.Options{Every: time.Hour})
	stop()
	<-done
	mustSave(t, s, "t:1", 1, at(2))
	ended, end := context.WithCancel(t.Context())
	end()
	slow.Run(ended)
	if durable.turn("t:1") != 2 {
		t.Errorf("after the last round turn %d is parked, want 2", durable.turn("t:1"))
	}
}
