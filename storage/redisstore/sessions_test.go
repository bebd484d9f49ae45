package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"ocopbot/bot"
	"ocopbot/bot/bottest/servers"
	"ocopbot/storage"
	"ocopbot/storage/redisstore"
)

func TestEmptiedRedisIsRestoredFromThePark(t *testing.T) {
	rdb := connect(t, servers.Redis(t).URL())
	s := redisstore.New(rdb, newShelf(), redisstore.Options{})
	mustSave(t, s, "t:1", 0, at(7))
	mustPark(t, s)
	mustSave(t, s, "t:1", 7, at(8))
	if err := rdb.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	got, err := s.Load(t.Context(), "t:1")
	if err != nil || got.Turn != 7 || !got.Restored || got.Keep != time.Hour || !got.Durable {
		t.Fatalf("restored %+v, %v", got, err)
	}
	mustSave(t, s, "t:1", 7, at(9))
	if got, err := s.Load(t.Context(), "t:1"); err != nil || got.Turn != 9 || got.Restored {
		t.Errorf("after the next turn: %+v, %v", got, err)
	}
}

func TestOneOfTwoReplicasWinsATurn(t *testing.T) {
	url := servers.Redis(t).URL()
	replicas := []*redisstore.Sessions{
		redisstore.New(connect(t, url), newShelf(), redisstore.Options{}),
		redisstore.New(connect(t, url), newShelf(), redisstore.Options{}),
	}
	for turn := range 200 {
		var wg sync.WaitGroup
		won := make([]bool, len(replicas))
		for i, s := range replicas {
			wg.Go(func() {
				next := at(turn + 1)
				next.Data = []byte{byte(i)}
				err := s.Save(t.Context(), "t:1", turn, next)
				if err != nil && !errors.Is(err, storage.ErrConflict) {
					t.Error(err)
				}
				won[i] = err == nil
			})
		}
		wg.Wait()
		if won[0] == won[1] {
			t.Fatalf("turn %d: won %v", turn, won)
		}
		if got, err := replicas[0].Load(t.Context(), "t:1"); err != nil || won[0] != (got.Data[0] == 0) {
			t.Fatalf("turn %d: won %v, stored %v, %v", turn, won, got.Data, err)
		}
	}
}

func TestALostAnswerIsNoConflict(t *testing.T) {
	proxy := servers.NewProxy(t, servers.Redis(t).Addr())
	s := redisstore.New(connect(t, "redis://"+proxy.Addr()), newShelf(), redisstore.Options{})
	mustSave(t, s, "t:1", 0, at(1))
	proxy.CutAt(servers.FromServer, 1)
	if err := s.Save(t.Context(), "t:1", 1, at(2)); err != nil && !errors.Is(err, storage.ErrUnavailable) {
		t.Fatal(err)
	}
	mustSave(t, s, "t:1", 1, at(2)) // the caller asks again
}

func TestFaults(t *testing.T) {
	server := servers.Redis(t)
	s := redisstore.New(connect(t, server.URL()), newShelf(), redisstore.Options{Deadline: 200 * time.Millisecond})
	mustSave(t, s, "t:1", 0, at(1))
	unavailable := func(when string) {
		t.Helper()
		// Its own deadline ends it: this one only keeps the test from hanging.
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := s.Load(ctx, "t:1")
		if !errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil {
			t.Errorf("Load %s: %v", when, err)
		}
		if err := s.Save(ctx, "t:1", 1, at(2)); !errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil {
			t.Errorf("Save %s: %v", when, err)
		}
		if err := s.Delete(ctx, "t:1"); !errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil {
			t.Errorf("Delete %s: %v", when, err)
		}
		if err := s.ParkAll(ctx); !errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil {
			t.Errorf("ParkAll %s: %v", when, err)
		}
		if _, err := s.Backlog(ctx); !errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil {
			t.Errorf("Backlog %s: %v", when, err)
		}
	}
	server.Freeze()
	unavailable("of a frozen server")
	server.Kill()
	unavailable("of a dead server")
	server.Start(t)
	mustSave(t, s, "t:2", 0, at(1))
	if got, err := s.Load(t.Context(), "t:2"); err != nil || got.Turn != 1 {
		t.Errorf("after its return: %+v, %v", got, err)
	}
}

func TestAFullServerRefusesSavesButForgets(t *testing.T) {
	rdb := connect(t, servers.Redis(t).URL())
	s := redisstore.New(rdb, newShelf(), redisstore.Options{})
	mustSave(t, s, "t:1", 0, at(1))
	if err := rdb.ConfigSet(t.Context(), "maxmemory", "1mb").Err(); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), "t:1", 1, at(2)); !errors.Is(err, storage.ErrFull) {
		t.Errorf("Save: %v", err)
	}
	if got, err := s.Load(t.Context(), "t:1"); err != nil || got.Turn != 1 {
		t.Errorf("Load: %+v, %v", got, err)
	}
	mustPark(t, s)
	if err := s.Delete(t.Context(), "t:1"); err != nil {
		t.Errorf("Delete: %v", err)
	}
}

func TestSessionsAreSmallInMemory(t *testing.T) {
	for _, c := range []struct{ data, most int }{{120, 400}, {500, 900}} {
		t.Run(fmt.Sprint(c.data, " bytes"), func(t *testing.T) {
			const people = 10_000
			rdb := connect(t, servers.Redis(t).URL())
			s := redisstore.New(rdb, newShelf(), redisstore.Options{})
			before := usedMemory(t, rdb)
			session := storage.StoredSession{Turn: 4, Data: make([]byte, c.data), Keep: 7 * 24 * time.Hour, Durable: true}
			for i := range people {
				mustSave(t, s, bot.Address(fmt.Sprint("telegram:", 5_000_000_000+i)), 0, session)
			}
			if backlog(t, s) != people {
				t.Error("not all are marked")
			}
			marked := (usedMemory(t, rdb) - before) / people
			mustPark(t, s)
			parked := (usedMemory(t, rdb) - before) / people
			t.Logf("%d bytes of data: %d bytes a session while unparked, %d parked", c.data, marked, parked)
			if marked > c.most {
				t.Errorf("%d bytes a session, want at most %d", marked, c.most)
			}
		})
	}
}

func usedMemory(t *testing.T, rdb *redis.Client) int {
	t.Helper()
	info, err := rdb.Info(t.Context(), "memory").Result()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(info, "used_memory:")
	used, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return used
}

func TestConnectShowsNoPassword(t *testing.T) {
	_, err := redisstore.Connect("redis://:secret@host:port:port/0")
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
}
