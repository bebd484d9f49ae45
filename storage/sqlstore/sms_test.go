package sqlstore_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocopbot/bot"
	"ocopbot/storage"
)

var morning = time.Date(2026, 6, 15, 1, 0, 0, 0, time.UTC)

// TestInboundIsHandledOnceAndInOrder: several processes claim at once, and one
// of them dies with what it claimed.
func TestInboundIsHandledOnceAndInOrder(t *testing.T) {
	for name, database := range blanks {
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
	s := openMigrated(t, blank.File(t), nil)
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
	for name, database := range blanks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openMigrated(t, database(t), nil)
			o := storage.Outbound{ID: "a", Gateway: "kannel", Addr: "tel:1", Segments: 2, Encoding: "gsm", State: 1, At: morning}
			if _, err := s.AddOutbound(t.Context(), o, 0); err != nil {
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
				if _, err := s.MoveOutbound(t.Context(), step.move, morning); err != nil {
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

func TestBudgetIsOfADayAndAGateway(t *testing.T) {
	for name, database := range blanks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openMigrated(t, database(t), nil)
			n := 0
			add := func(gateway string, at time.Time, segments int) (int, error) {
				n++
				return s.AddOutbound(t.Context(), storage.Outbound{ID: fmt.Sprint(n), Gateway: gateway, Addr: "tel:1", Text: "a",
					Segments: segments, Dong: int64(segments) * 300, State: 1, At: at}, 5)
			}
			evening := time.Date(2026, 6, 15, 16, 59, 0, 0, time.UTC) // 23:59 in Vietnam
			for _, c := range []struct {
				gateway  string
				at       time.Time
				segments int
				today    int
				spent    bool
			}{
				{"a", morning, 6, 0, true}, // more than a whole day's
				{"a", morning, 2, 2, false},
				{"a", evening, 2, 4, false},
				{"a", evening, 2, 0, true},
				{"a", evening, 1, 5, false},
				{"a", evening, 1, 0, true},
				{"b", evening, 3, 3, false},
				{"a", evening.Add(time.Minute), 5, 5, false}, // midnight
			} {
				today, err := add(c.gateway, c.at, c.segments)
				if errors.Is(err, storage.ErrSpent) != c.spent || !c.spent && (err != nil || today != c.today) {
					t.Errorf("%+v: %d, %v", c, today, err)
				}
			}
			if _, err := s.Outbound(t.Context(), "4"); !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("what could not be paid is noted: %v", err)
			}
			// One that the gateway did not take costs nothing; one that did not arrive does.
			for _, m := range []storage.OutboundMove{
				{ID: "2", Gateway: "a", State: 5, Failed: true, Untaken: true},
				{ID: "3", Gateway: "a", State: 5, Failed: true},
				{ID: "3", Gateway: "a", State: 5, Failed: true}, // again
			} {
				if _, err := s.MoveOutbound(t.Context(), m, evening); err != nil {
					t.Fatal(err)
				}
			}
			days, err := s.SMSDays(t.Context(), morning)
			want := []storage.SMSDay{{Gateway: "a", Day: "2026-06-16", Messages: 1, Segments: 5, Dong: 1500},
				{Gateway: "a", Day: "2026-06-15", Messages: 3, Segments: 3, Failed: 2, Dong: 900},
				{Gateway: "b", Day: "2026-06-15", Messages: 1, Segments: 3, Dong: 900}}
			if d := cmp.Diff(want, days); d != "" || err != nil {
				t.Errorf("days (-want +got): %v\n%s", err, d)
			}
		})
	}
}

// TestBudgetIsNeverOverdrawn: replicas send at the same time.
func TestBudgetIsNeverOverdrawn(t *testing.T) {
	for name, database := range blanks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openMigrated(t, database(t), nil)
			var sent, spent atomic.Int32
			var wg sync.WaitGroup
			for p := range 4 {
				wg.Go(func() {
					for i := range 10 {
						_, err := s.AddOutbound(t.Context(), storage.Outbound{ID: fmt.Sprint(p, "-", i), Gateway: "a", Addr: "tel:1", Segments: 2, State: 1, At: morning}, 25)
						switch {
						case err == nil:
							sent.Add(1)
						case errors.Is(err, storage.ErrSpent):
							spent.Add(1)
						default:
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			if sent.Load() != 12 || spent.Load() != 28 {
				t.Errorf("%d were sent, %d refused", sent.Load(), spent.Load())
			}
		})
	}
}

func part(id string, ref, total, seq int, text string) bot.Incoming {
	return bot.Incoming{ID: id, From: "tel:1", Via: "kannel", MessageID: "kannel:" + id, Text: text, At: morning, Part: bot.Part{Ref: ref, Total: total, Seq: seq}}
}

// TestPartsAreJoined: in any order, each of them twice and at once, once.
func TestPartsAreJoined(t *testing.T) {
	for name, database := range blanks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			s := openMigrated(t, url, nil)
			var wg sync.WaitGroup
			for _, p := range []bot.Incoming{part("c", 7, 3, 3, "rừng"), part("a", 7, 3, 1, "Mật "), part("b", 7, 3, 2, "ong ")} {
				for range 2 {
					wg.Go(func() {
						if err := s.Inbound().Keep(t.Context(), p); err != nil {
							t.Error(err)
						}
					})
				}
			}
			wg.Wait()
			inbox := s.Inbound()
			claim := func(now time.Time) (texts []string) {
				t.Helper()
				for {
					got, err := inbox.Claim(t.Context(), now, time.Minute, 10)
					if err != nil {
						t.Fatal(err)
					}
					if len(got) == 0 {
						return texts
					}
					for _, in := range got {
						texts = append(texts, in.Text)
						if err := inbox.Done(t.Context(), in.ID, now); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			now := time.Now()
			if got := claim(now); !slices.Equal(got, []string{"Mật ong rừng"}) {
				t.Fatalf("joined: %q", got)
			}
			// The gateway tells of one of them again, after it was handled.
			if err := inbox.Keep(t.Context(), part("b", 7, 3, 2, "ong ")); err != nil {
				t.Fatal(err)
			}
			// Of the next two messages pieces are missing; the first's number is used again.
			for _, p := range []bot.Incoming{part("d", 8, 3, 1, "Chè"), part("e", 8, 3, 3, "vàng"), part("f", 8, 3, 1, "Hồi ")} {
				if err := inbox.Keep(t.Context(), p); err != nil {
					t.Fatal(err)
				}
			}
			if got := claim(now); !slices.Equal(got, []string{"Chè … vàng"}) {
				t.Fatalf("when the number is used again: %q", got)
			}
			s = openMigrated(t, url, nil) // after a restart
			inbox = s.Inbound()
			if got := claim(now.Add(9 * time.Minute)); len(got) != 0 {
				t.Fatalf("too early: %q", got)
			}
			if got := claim(now.Add(11 * time.Minute)); !slices.Equal(got, []string{"Hồi …"}) {
				t.Fatalf("without what never came: %q", got)
			}
		})
	}
}

func TestAlertsAreRaisedOnceADay(t *testing.T) {
	for name, database := range blanks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openMigrated(t, database(t), nil)
			a := storage.Alert{Kind: storage.AlertBudget, Gateway: "a", Used: 9, Most: 10, At: morning}
			for _, at := range []time.Time{morning, morning.Add(time.Hour), morning.Add(24 * time.Hour)} {
				a.At = at
				if err := s.Raise(t.Context(), a); err != nil {
					t.Fatal(err)
				}
			}
			untold, err := s.AlertsUntold(t.Context(), 10)
			if err != nil || len(untold) != 2 || untold[0].Day != "2026-06-15" || untold[1].Day != "2026-06-16" || untold[0].Used != 9 {
				t.Fatalf("%+v, %v", untold, err)
			}
			told := 0
			for range 2 {
				if err := s.Write(t.Context(), func(tx storage.Tx) error {
					fresh, err := tx.MarkAlertTold(untold[0].ID, morning)
					if fresh {
						told++
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
			if left, err := s.AlertsUntold(t.Context(), 10); told != 1 || len(left) != 1 || err != nil {
				t.Errorf("told %d times, %d left, %v", told, len(left), err)
			}
		})
	}
}

// TestLinesGoTogether: messages that come at once are all kept and none twice,
// and one that cannot be kept spoils none of the others.
func TestLinesGoTogether(t *testing.T) {
	for name, database := range blanks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openMigrated(t, database(t), nil)
			inbox := s.Inbound()
			const people = 60
			var wg sync.WaitGroup
			for p := range people {
				wg.Go(func() {
					in := bot.Incoming{ID: fmt.Sprint(p % (people / 2)), From: bot.Address(fmt.Sprint("tel:", p%(people/2))), Via: "kannel", Text: "a", At: morning}
					if p%10 == 9 { // no database keeps a text that is none
						in.ID, in.Text = fmt.Sprint("bad", p), "\xff\x00"
					}
					if err := inbox.Keep(t.Context(), in); (err != nil) != (p%10 == 9 && name == "PostgreSQL") {
						t.Errorf("%d: %v", p, err)
					}
				})
			}
			wg.Wait()
			for p := range people / 2 {
				if p%10 == 9 {
					continue
				}
				wg.Go(func() {
					if err := inbox.Done(t.Context(), fmt.Sprint(p), morning); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			left, err := inbox.Claim(t.Context(), morning, time.Minute, people)
			for _, in := range left {
				if !strings.HasPrefix(in.ID, "bad") {
					t.Errorf("%s waits", in.ID)
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}
