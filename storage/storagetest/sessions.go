// Package storagetest says by tests what a store has to do. Every
// implementation runs the same suite, on real servers; there are no mocks.
package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

// patience is how long a test waits for something that has to happen.
const patience = 20 * time.Second

// RunSessions checks a store of sessions. open makes an empty one and closes
// it with the test.
func RunSessions(t *testing.T, open func(t *testing.T) storage.Sessions) {
	for name, check := range map[string]func(*testing.T, storage.Sessions){
		"LoadWhatWasSaved":      loadWhatWasSaved,
		"CompareAndSet":         compareAndSet,
		"LostSessionIsTaken":    lostSessionIsTaken,
		"OneOfManyWins":         oneOfManyWins,
		"Expiry":                sessionExpiry,
		"ExpiredIsReplaced":     expiredIsReplaced,
		"Delete":                deleteSession,
		"AddressesAreApart":     addressesAreApart,
		"AnyBytes":              anyBytes,
		"CancelledContextFails": cancelledContextFails,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, open(t))
		})
	}
}

const someone bot.Address = "telegram:6031"

func session(turn int, data string) storage.StoredSession {
	return storage.StoredSession{Turn: turn, Data: []byte(data), Keep: time.Hour, Durable: true}
}

func save(t *testing.T, s storage.Sessions, addr bot.Address, previous int, st storage.StoredSession) {
	t.Helper()
	if err := s.Save(t.Context(), addr, previous, st); err != nil {
		t.Fatalf("Save turn %d after %d: %v", st.Turn, previous, err)
	}
}

func wantSession(t *testing.T, s storage.Sessions, addr bot.Address, want storage.StoredSession) {
	t.Helper()
	got, err := s.Load(t.Context(), addr)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	if got.Turn != want.Turn || !bytes.Equal(got.Data, want.Data) || got.Durable != want.Durable || got.Restored {
		t.Errorf("Load = turn %d, %q, durable %v, restored %v; want turn %d, %q, durable %v",
			got.Turn, got.Data, got.Durable, got.Restored, want.Turn, want.Data, want.Durable)
	}
}

func wantNoSession(t *testing.T, s storage.Sessions, addr bot.Address) {
	t.Helper()
	if got, err := s.Load(t.Context(), addr); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("Load = turn %d, %v; want ErrNotFound", got.Turn, err)
	}
}

func loadWhatWasSaved(t *testing.T, s storage.Sessions) {
	wantNoSession(t, s, someone)
	save(t, s, someone, 0, session(1, "một"))
	wantSession(t, s, someone, session(1, "một"))
	later := session(4, "bốn")
	later.Durable = false
	save(t, s, someone, 1, later)
	wantSession(t, s, someone, later)
}

func compareAndSet(t *testing.T, s storage.Sessions) {
	save(t, s, someone, 0, session(1, "a"))
	save(t, s, someone, 1, session(2, "b"))
	for _, previous := range []int{0, 1, 3} {
		err := s.Save(t.Context(), someone, previous, session(9, "x"))
		if !errors.Is(err, storage.ErrConflict) {
			t.Errorf("Save after turn %d, at turn 2: %v, want ErrConflict", previous, err)
		}
	}
	wantSession(t, s, someone, session(2, "b"))
}

// lostSessionIsTaken: whoever loaded a session that the store has lost since
// (an emptied cache, an expiry) may go on.
func lostSessionIsTaken(t *testing.T, s storage.Sessions) {
	save(t, s, someone, 7, session(8, "went on"))
	wantSession(t, s, someone, session(8, "went on"))
}

func oneOfManyWins(t *testing.T, s storage.Sessions) {
	save(t, s, someone, 0, session(1, "start"))
	const many = 16
	var wins atomic.Int32
	var wg sync.WaitGroup
	for n := range many {
		wg.Go(func() {
			err := s.Save(t.Context(), someone, 1, session(2, fmt.Sprint(n)))
			switch {
			case err == nil:
				wins.Add(1)
			case !errors.Is(err, storage.ErrConflict):
				t.Errorf("Save: %v", err)
			}
		})
	}
	wg.Wait()
	if wins.Load() != 1 {
		t.Errorf("%d of %d saves after the same turn were accepted", wins.Load(), many)
	}
}

// shortlived is a session that the store must have forgotten when this
// returns.
func shortlived(t *testing.T, s storage.Sessions, turn int) {
	t.Helper()
	brief := session(turn, "stranger")
	brief.Keep, brief.Durable = 30*time.Millisecond, false
	save(t, s, someone, 0, brief)
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	for {
		_, err := s.Load(ctx, someone)
		if errors.Is(err, storage.ErrNotFound) {
			return
		}
		if err != nil {
			t.Fatalf("waiting for the session to expire: %v", err)
		}
		time.Sleep(5 * time.Millisecond) // between two looks
	}
}

func sessionExpiry(t *testing.T, s storage.Sessions) {
	save(t, s, "tel:+84900000001", 0, session(1, "stays"))
	shortlived(t, s, 5)
	wantSession(t, s, "tel:+84900000001", session(1, "stays"))
}

func expiredIsReplaced(t *testing.T, s storage.Sessions) {
	shortlived(t, s, 5)
	save(t, s, someone, 0, session(1, "anew"))
	wantSession(t, s, someone, session(1, "anew"))
}

func deleteSession(t *testing.T, s storage.Sessions) {
	save(t, s, someone, 0, session(3, "gone"))
	for range 2 { // forgetting what is forgotten is no error
		if err := s.Delete(t.Context(), someone); err != nil {
			t.Fatalf("Delete: %v", err)
		}
	}
	wantNoSession(t, s, someone)
	save(t, s, someone, 0, session(1, "new"))
	wantSession(t, s, someone, session(1, "new"))
}

func addressesAreApart(t *testing.T, s storage.Sessions) {
	save(t, s, "telegram:1", 0, session(1, "one"))
	save(t, s, "telegram:11", 0, session(2, "eleven"))
	save(t, s, "terminal:1", 0, session(3, "terminal"))
	wantSession(t, s, "telegram:1", session(1, "one"))
	wantSession(t, s, "telegram:11", session(2, "eleven"))
	wantSession(t, s, "terminal:1", session(3, "terminal"))
}

func anyBytes(t *testing.T, s storage.Sessions) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	save(t, s, someone, 0, session(1, string(all)))
	wantSession(t, s, someone, session(1, string(all)))
	save(t, s, someone, 1, session(2, ""))
	wantSession(t, s, someone, session(2, ""))
	long := string(bytes.Repeat(all, 256))
	save(t, s, someone, 2, session(1<<30, long))
	wantSession(t, s, someone, session(1<<30, long))
}

func cancelledContextFails(t *testing.T, s storage.Sessions) {
	save(t, s, someone, 0, session(1, "kept"))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := s.Save(ctx, someone, 1, session(2, "x")); err == nil {
		t.Error("Save with an ended context succeeded")
	}
	if _, err := s.Load(ctx, someone); err == nil || errors.Is(err, storage.ErrNotFound) {
		t.Errorf("Load with an ended context: %v", err)
	}
	wantSession(t, s, someone, session(1, "kept"))
}
