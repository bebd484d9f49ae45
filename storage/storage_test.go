package storage_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"ocopbot/storage"
)

func TestIDsGrowWithTime(t *testing.T) {
	now := time.Date(2026, 6, 18, 8, 0, 0, 0, time.UTC)
	if a, b := storage.NewID(now), storage.NewID(now.Add(time.Millisecond)); a >= b {
		t.Errorf("%d is not before %d", a, b)
	}
	if id := storage.NewID(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)); id <= 0 {
		t.Errorf("ids run out before 2100: %d", id)
	}
}

// Whoever writes to many at once draws all of a moment's ids: none twice, and
// each after the one before, but where the count begins anew.
func TestIDsOfOneMomentAreApart(t *testing.T) {
	now := time.Date(2026, 6, 18, 8, 0, 0, 0, time.UTC)
	const writers, each = 4, 5_000
	var seen sync.Map
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			last, back := storage.ID(0), 0
			for range each {
				id := storage.NewID(now)
				if _, twice := seen.LoadOrStore(id, true); twice {
					t.Errorf("%d was drawn twice", id)
				}
				if id < last {
					back++
				}
				last = id
			}
			if back > 1 {
				t.Errorf("%d ids are before the one drawn before them", back)
			}
		})
	}
	wg.Wait()
	if first := storage.NewID(now.Add(time.Millisecond)); first>>21 != storage.ID(now.UnixMilli()+1) {
		t.Errorf("%d has no part of its millisecond", first)
	}
}

// TestIDOverJSON keeps all 63 bits even with a reader that knows only doubles.
func TestIDOverJSON(t *testing.T) {
	for _, id := range []storage.ID{0, 1, 1<<63 - 1, 3765379000187267445} {
		b, err := json.Marshal(map[string]storage.ID{"id": id})
		if err != nil {
			t.Fatal(err)
		}
		var loose map[string]any
		if err := json.Unmarshal(b, &loose); err != nil {
			t.Fatal(err)
		}
		if b, err = json.Marshal(loose); err != nil {
			t.Fatal(err)
		}
		var back map[string]storage.ID
		if err := json.Unmarshal(b, &back); err != nil || back["id"] != id {
			t.Errorf("%d came back as %d, %v", id, back["id"], err)
		}
	}
	var id storage.ID
	if err := json.Unmarshal([]byte(`77`), &id); err != nil || id != 77 {
		t.Errorf("a number: %d, %v", id, err)
	}
	if err := json.Unmarshal([]byte(`"x"`), &id); err == nil {
		t.Error("a letter is taken for an id")
	}
}
