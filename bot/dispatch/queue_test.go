package dispatch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"ocopbot/bot"
)

func TestQueueKeepsOrder(t *testing.T) {
	var q queue
	const an = bot.Address("telegram:1")
	leave, err := q.enter(t.Context(), an)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var order []int
	var wg sync.WaitGroup
	for n := range 8 {
		entered := make(chan struct{})
		wg.Go(func() {
			go func() { // released once this waiter is in the line
				for {
					q.mu.Lock()
					in := len(q.waiting[an]) > n
					q.mu.Unlock()
					if in {
						close(entered)
						return
					}
				}
			}()
			leave, err := q.enter(t.Context(), an)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			order = append(order, n)
			mu.Unlock()
			leave()
		})
		<-entered
	}
	other, err := q.enter(t.Context(), "telegram:2") // does not wait for the first
	if err != nil {
		t.Fatal(err)
	}
	other()
	leave()
	wg.Wait()
	if !slices.IsSorted(order) || len(order) != 8 {
		t.Errorf("order %v", order)
	}
	if len(q.waiting) != 0 {
		t.Errorf("%d people left in the queue", len(q.waiting))
	}
}

func TestQueueGivesUpWithItsContext(t *testing.T) {
	var q queue
	leave, err := q.enter(t.Context(), "a:1")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := q.enter(ctx, "a:1"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	leave()
	leave, err = q.enter(t.Context(), "a:1")
	if err != nil {
		t.Fatal(err)
	}
	leave()
	if len(q.waiting) != 0 {
		t.Errorf("%d people left in the queue", len(q.waiting))
	}
}
