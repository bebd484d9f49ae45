package storage

import (
	"context"
	"sync"
)

// mostAtOnce bounds a batch: what is more waits for the next.
const mostAtOnce = 64

// Batches lets calls that come while others are under way go together: at an
// easy pace each goes alone and at once, at a hard one many share the cost of
// a transaction.
type Batches[In, Out any] struct {
	// Run runs the calls of a batch, and gives an outcome for each or one error
	// for all.
	Run func(ctx context.Context, all []In) ([]Out, error)

	mu      sync.Mutex
	waiting []*call[In, Out]
	busy    bool
}

type call[In, Out any] struct {
	in   In
	out  Out
	err  error
	done chan struct{}
}

// Do runs one call, in company if there is some. When ctx ends first, it may
// still be run.
func (b *Batches[In, Out]) Do(ctx context.Context, in In) (Out, error) {
	c := &call[In, Out]{in: in, done: make(chan struct{})}
	b.mu.Lock()
	b.waiting = append(b.waiting, c)
	if !b.busy {
		b.busy = true
		// The calls of others are in it too: it does not end with this one's.
		go b.drain(context.WithoutCancel(ctx))
	}
	b.mu.Unlock()
	select {
	case <-c.done:
		return c.out, c.err
	case <-ctx.Done():
		var none Out
		return none, ctx.Err()
	}
}

func (b *Batches[In, Out]) drain(ctx context.Context) {
	for {
		b.mu.Lock()
		now := b.waiting[:min(len(b.waiting), mostAtOnce)]
		b.waiting = b.waiting[len(now):]
		if len(now) == 0 {
			b.busy, b.waiting = false, nil
			b.mu.Unlock()
			return
		}
		b.mu.Unlock()
		all := make([]In, len(now))
		for i, c := range now {
			all[i] = c.in
		}
		out, err := b.Run(ctx, all)
		for i, c := range now {
			if c.err = err; err == nil {
				c.out = out[i]
			}
			close(c.done)
		}
	}
}
