package sqlstore_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

var morning = time.Date(2026, 6, 15, 1, 0, 0, 0, time.UTC)

// TestInboundIsHandledOnceAndInOrder: several processes claim at once, and one
// of them dies with what it claimed.
func TestInboundIsHandledOnceAndInOrder(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openMigrated(t, database(t), nil)
			inbox := s.Inbound()
			const people, each, lease = 3, 5, time.Minute
			for i := range each {
				for p := range people {
					in := bot.Incoming{ID: fmt.Sprint(p, "-", i), From: bot.Address(fmt.Sprint("tel:", p)), Via: "kannel", MessageID: "kannel:1", Text: fmt.Sprint(i), At: morning}
					for range 2 { // a gateway's own retry
						if err := inbox.Keep(t.Context(), in); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			lost, err := inbox.Claim(t.Context(), morning, lease, 1)
			if err != nil || len(lost) != 1 {
				t.Fatalf("claimed %+v, %v", lost, err)
			}
			later := morning.Add(lease + time.Second)
			var mu sync.Mutex
			handled := map[bot.Address]string{}
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					for {
						claimed, err := inbox.Claim(t.Context(), later, lease, 2)
						if err != nil {
							t.Error(err)
							return
						}
						for _, in := range claimed {
							mu.Lock()
							handled[in.From] += in.Text
							mu.Unlock()
							if err := inbox.Done(t.Context(), in.ID, later); err != nil {
								t.Error(err)
							}
						}
						if n, err := inbox.Waiting(t.Context()); n == 0 || err != nil {
							return
						}
					}
				})
			}
			wg.Wait()
			for p := range people {
				if got := handled[bot.Address(fmt.Sprint("tel:", p))]; got != "01234" {
					t.Errorf("person %d: handled %q", p, got)
				}
			}
			if via, err := inbox.Via(t.Context(), "tel:1"); via != "kannel" || err != nil {
				t.Errorf("via %q, %v", via, err)
			}
			if via, err := inbox.Via(t.Context(), "tel:9"); via != "" || err != nil {
				t.Errorf("of a stranger: %q, %v", via, err)
			}
			if err := s.Prune(t.Context(), later.Add(31*24*time.Hour)); err != nil {
				t.Fatal(err)
			}
			if via, err := inbox.Via(t.Context(), "tel:1"); via != "" || err != nil {
				t.Errorf("after a month: %q, %v", via, err)
			}
		})
	}
}

func TestInboundIsGivenBack(t *testing.T) {
	s := openMigrated(t, newFile(t), nil)
	inbox := s.Inbound()
	if err := inbox.Keep(t.Context(), bot.Incoming{ID: "1", From: "tel:1", Text: "a", At: morning}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 0} {
		if claimed, err := inbox.Claim(t.Context(), morning, time.Minute, 1); err != nil || len(claimed) != want {
			t.Fatalf("claimed %+v, %v; want %d", claimed, err, want)
		}
	}
	if err := inbox.Release(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	if claimed, err := inbox.Claim(t.Context(), morning, time.Minute, 1); err != nil || len(claimed) != 1 {
		t.Errorf("given back, claimed %+v, %v", claimed, err)
	}
}

func TestOutboundMovesForward(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openMigrated(t, database(t), nil)
			o := storage.Outbound{ID: "a", Gateway: "kannel", Addr: "tel:1", Segments: 2, Encoding: "gsm", State: 1, At: morning}
			if err := s.AddOutbound(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			for _, step := range []struct {
				move storage.OutboundMove
				want int
			}{
				{storage.OutboundMove{ID: "a", Gateway: "kannel", State: 2, Provider: "p1"}, 2},
				{storage.OutboundMove{ID: "a", Gateway: "another", State: 3}, 2},
				{storage.OutboundMove{Provider: "p1", Gateway: "kannel", State: 3}, 3},
				{storage.OutboundMove{ID: "a", Gateway: "kannel", State: 2}, 3},
				{storage.OutboundMove{Gateway: "kannel", State: 5}, 3}, // of nobody
				{storage.OutboundMove{ID: "a", Gateway: "kannel", State: 4}, 4},
				{storage.OutboundMove{ID: "a", Gateway: "kannel", State: 5}, 4},
			} {
				if err := s.MoveOutbound(t.Context(), step.move, morning); err != nil {
					t.Fatal(err)
				}
				got, err := s.Outbound(t.Context(), "a")
				if err != nil || got.State != step.want || got.Provider != "p1" {
					t.Fatalf("after %+v: %+v, %v", step.move, got, err)
				}
			}
			if _, err := s.Outbound(t.Context(), "b"); !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("one that is not there: %v", err)
			}
		})
	}
}
