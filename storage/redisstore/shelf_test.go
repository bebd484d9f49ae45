package redisstore_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"ocopbot/bot"
	"ocopbot/storage"
	"ocopbot/storage/redisstore"
)

var errRefused = errors.New("the shelf refuses this session")

// shelf is a durable place in memory that can be made to fail and to dawdle.
type shelf struct {
	mu      sync.Mutex
	kept    map[bot.Address]storage.StoredSession
	down    bool
	refuses bot.Address
	before  func() // called before a batch is put down
	parked  int    // batches
}

func newShelf() *shelf { return &shelf{kept: map[bot.Address]storage.StoredSession{}} }

func (s *shelf) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *shelf) turn(addr bot.Address) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[addr].Turn
}

func (s *shelf) Load(_ context.Context, addr bot.Address) (storage.StoredSession, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return storage.StoredSession{}, storage.ErrUnavailable
	}
	kept, ok := s.kept[addr]
	if !ok {
		return storage.StoredSession{}, storage.ErrNotFound
	}
	return kept, nil
}

func (s *shelf) Park(_ context.Context, batch []storage.Parked) error {
	s.mu.Lock()
	before := s.before
	s.before = nil
	s.mu.Unlock()
	if before != nil {
		before()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return storage.ErrUnavailable
	}
	for _, p := range batch {
		if p.Addr == s.refuses {
			return errRefused
		}
	}
	s.parked++
	for _, p := range batch {
		if s.kept[p.Addr].Turn < p.Turn {
			s.kept[p.Addr] = p.StoredSession
		}
	}
	return nil
}

func (s *shelf) Delete(_ context.Context, addr bot.Address) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return storage.ErrUnavailable
	}
	delete(s.kept, addr)
	return nil
}

func connect(t testing.TB, url string) *redis.Client {
	t.Helper()
	rdb, err := redisstore.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

// at is a session that may be parked.
func at(turn int) storage.StoredSession {
	return storage.StoredSession{Turn: turn, Data: []byte{byte(turn)}, Keep: time.Hour, Durable: true}
}

func mustSave(t testing.TB, s storage.Sessions, addr bot.Address, previous int, next storage.StoredSession) {
	t.Helper()
	if err := s.Save(t.Context(), addr, previous, next); err != nil {
		t.Fatalf("save turn %d of %s: %v", next.Turn, addr, err)
	}
}

func mustPark(t testing.TB, s *redisstore.Sessions) {
	t.Helper()
	if err := s.ParkAll(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func backlog(t testing.TB, s *redisstore.Sessions) int {
	t.Helper()
	b, err := s.Backlog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b.Sessions
}
