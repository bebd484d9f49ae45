package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ocopbot/storage"
)

// mostTogether bounds how many commits share a transaction: the last of them
// waits for the work of all.
const mostTogether = 64

// together lets commits that wait for the same counter share a transaction.
// One by one each would wait until the one before has reached the disk; so
// they wait for the disk once.
type together struct {
	mu      sync.Mutex
	waiting []*waiter
	turn    chan struct{} // holds one while a shared transaction runs
}

// waiter is a commit on its way.
type waiter struct {
	key     storage.Key
	now     time.Time
	fn      func(storage.Tx) ([]byte, error)
	settled chan struct{} // closed when the rest is known
	outcome []byte
	err     error
	alone   bool // it has to be made by itself
}

// CommitTogether is Commit for what takes a form number. Commits that come
// while another is being written share the next transaction. If any of them
// fails by its own fault, each is made by itself, so that it fails alone. fn
// may be run by another caller's goroutine.
func (s *Store) CommitTogether(ctx context.Context, key storage.Key, now time.Time, fn func(storage.Tx) ([]byte, error)) ([]byte, error) {
	if ctx.Err() != nil {
		return s.Commit(ctx, key, now, fn) // which says why not
	}
	w := &waiter{key: key, now: now, fn: fn, settled: make(chan struct{})}
	s.together.join(w)
	for wait := true; wait; {
		select {
		case <-w.settled:
			wait = false
		case s.together.turn <- struct{}{}:
			s.commitAll(context.WithoutCancel(ctx), s.together.take())
			<-s.together.turn
		}
	}
	if w.alone {
		return s.Commit(ctx, key, now, fn)
	}
	if w.err != nil {
		return nil, fmt.Errorf("sqlstore: commit: %w", w.err)
	}
	return w.outcome, nil
}

func (t *together) join(w *waiter) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = append(t.waiting, w)
}

// take is whoever waits now, the longest first.
func (t *together) take() []*waiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := min(len(t.waiting), mostTogether)
	taken := t.waiting[:n:n]
	t.waiting = t.waiting[n:]
	return taken
}

// commitAll makes commits in one transaction, all or none, and settles them.
// An outage is everybody's. After any other failure each has to be made by
// itself, where it shows whose it was: also when one of them was made before.
func (s *Store) commitAll(ctx context.Context, all []*waiter) {
	if len(all) == 0 {
		return
	}
	ctx, stop := deadline(ctx)
	defer stop()
	err := errPanicked
	defer func() {
		_ = recover() // it comes again in the goroutine it belongs to
		for _, w := range all {
			w.err, w.alone = fault(err), err != nil && !outage(err)
			close(w.settled)
		}
	}()
	err = s.once(ctx, func(x *tx) error {
		for _, w := range all {
			x.about = 0
			var err error
			if w.outcome, err = w.fn(x); err != nil {
				return err
			}
			if err = x.made(w.key, w.now, w.outcome); err != nil {
				return err
			}
		}
		return nil
	})
}

var errPanicked = errors.New("sqlstore: a commit panicked")

// outage tells the failures that would meet each of the commits.
func outage(err error) bool {
	err = fault(err)
	return (errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrFull)) && !again(err)
}

// made stores a commit and its outcome at once; it fails if the key is there
// already.
func (x *tx) made(key storage.Key, now time.Time, outcome []byte) error {
	return x.later(`INSERT INTO commits (session, turn, outcome, person, at) VALUES ($1, $2, $3, $4, $5)`,
		key.Session, key.Turn, outcome, ref(x.about), ms(now))
}
