package dispatch

import (
	"context"
	"sync"

	"ocopbot/bot"
)

// queue lets the messages of one person through one at a time, in the order
// in which they came; different people do not wait for each other.
type queue struct {
	mu      sync.Mutex
	waiting map[bot.Address][]chan struct{} // present: somebody is inside; the slice waits behind
}

// enter waits for the person's turn and returns the function that ends it.
func (q *queue) enter(ctx context.Context, addr bot.Address) (leave func(), err error) {
	q.mu.Lock()
	if q.waiting == nil {
		q.waiting = map[bot.Address][]chan struct{}{}
	}
	behind, busy := q.waiting[addr]
	if !busy {
		q.waiting[addr] = nil
		q.mu.Unlock()
		return func() { q.next(addr) }, nil
	}
	turn := make(chan struct{})
	q.waiting[addr] = append(behind, turn)
	q.mu.Unlock()
	select {
	case <-turn:
		return func() { q.next(addr) }, nil
	case <-ctx.Done():
		q.abandon(addr, turn)
		return nil, ctx.Err()
	}
}

func (q *queue) next(addr bot.Address) {
	q.mu.Lock()
	defer q.mu.Unlock()
	behind := q.waiting[addr]
	if len(behind) == 0 {
		delete(q.waiting, addr)
		return
	}
	q.waiting[addr] = behind[1:]
	close(behind[0])
}

// abandon takes a waiter out; one whose turn came at the same moment passes it on.
func (q *queue) abandon(addr bot.Address, turn chan struct{}) {
	q.mu.Lock()
	behind := q.waiting[addr]
	for i, t := range behind {
		if t == turn {
			q.waiting[addr] = append(behind[:i:i], behind[i+1:]...)
			q.mu.Unlock()
			return
		}
	}
	q.mu.Unlock()
	q.next(addr)
}
