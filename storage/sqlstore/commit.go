package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// attempts is how often a transaction is tried that others were in the way of.
const attempts = 5

// Commit runs fn in one transaction, once for each key: if the key was
// committed before, or is by somebody else at this moment, fn's work is not
// done again and the stored outcome is returned. fn may be run more than once
// until it succeeds, so that it must change nothing but the Tx.
//
// After ErrUnavailable it is unknown whether it was committed; calling Commit
// again with the same key finds out.
func (s *Store) Commit(ctx context.Context, key storage.Key, now time.Time, fn func(storage.Tx) ([]byte, error)) ([]byte, error) {
	var outcome []byte
	err := s.transact(ctx, func(x *tx) (err error) {
		outcome, err = x.commit(key, now, fn)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sqlstore: commit: %w", err)
	}
	return outcome, nil
}

// Write runs fn in one transaction. Like Commit it may run fn more than once.
func (s *Store) Write(ctx context.Context, fn func(storage.Tx) error) error {
	if err := s.transact(ctx, func(x *tx) error { return fn(x) }); err != nil {
		return fmt.Errorf("sqlstore: write: %w", err)
	}
	return nil
}

func (s *Store) transact(ctx context.Context, fn func(*tx) error) error {
	ctx, stop := deadline(ctx)
	defer stop()
	for n := 1; ; n++ {
		err := s.once(ctx, fn)
		if err == nil || n == attempts || !again(err) {
			return fault(err)
		}
		select {
		case <-ctx.Done():
			return fault(err)
		case <-time.After(time.Duration(n) * rand.N(20*time.Millisecond)):
		}
	}
}

// once runs fn in a transaction on a connection of its own.
func (s *Store) once(ctx context.Context, fn func(*tx) error) (err error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if e := conn.Close(); err == nil && !errors.Is(e, sql.ErrConnDone) {
			err = e
		}
	}()
	t, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { // also when fn panics
		if e := t.Rollback(); err == nil && !errors.Is(e, sql.ErrTxDone) {
			err = e
		}
	}()
	x := &tx{ctx: ctx, store: s, conn: conn, sql: t, last: map[ocop.FormNumber]int{}}
	if err := fn(x); err != nil {
		return err
	}
	if err := x.flush(); err != nil {
		return err
	}
	if err := x.enqueue(); err != nil {
		return err
	}
	return t.Commit()
}

// commit is fn's work and its outcome under a key, or the outcome that is
// there already.
func (x *tx) commit(key storage.Key, now time.Time, fn func(storage.Tx) ([]byte, error)) ([]byte, error) {
	fresh, err := x.claim(key, now)
	if err != nil {
		return nil, err
	}
	if !fresh {
		return x.outcome(key)
	}
	x.about = 0
	outcome, err := fn(x)
	if err != nil {
		return nil, err
	}
	return outcome, x.settle(key, outcome)
}

// claim stores the key; of two at once the second waits here until the first
// has ended.
func (x *tx) claim(key storage.Key, now time.Time) (fresh bool, err error) {
	_, err = txGet(x, scalar[int], `INSERT INTO commits (session, turn, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING turn`,
		key.Session, key.Turn, ms(now))
	if isNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

func (x *tx) outcome(key storage.Key) ([]byte, error) {
	return txGet(x, scalar[[]byte], `SELECT outcome FROM commits WHERE session = $1 AND turn = $2`, key.Session, key.Turn)
}

// settle keeps the outcome beside its key, and whom it is about, so that it
// can be erased.
func (x *tx) settle(key storage.Key, outcome []byte) error {
	return x.later(`UPDATE commits SET outcome = $3, person = $4 WHERE session = $1 AND turn = $2`,
		key.Session, key.Turn, outcome, ref(x.about))
}
