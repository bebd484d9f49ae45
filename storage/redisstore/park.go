package redisstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"ocopbot/bot"
	"ocopbot/storage"
)

// lease keeps replicas from parking the same sessions at the same time, which
// would do no harm but cost the database.
const lease = "parking"

// How long the durable store may take for one batch, and the whole round at
// shutdown.
const (
	parkDeadline = 15 * time.Second
	lastRound    = 5 * time.Second
)

// Run parks sessions, a round every Options.Every, until ctx ends; then it
// does one last round and returns. While parking fails it tries again after
// 1 s, 2 s, … up to Options.Every; what is not parked stays marked.
func (s *Sessions) Run(ctx context.Context) {
	next, failures := s.o.Every, 0
	for {
		select {
		case <-ctx.Done():
			s.parkLast()
			return
		case <-time.After(next):
		}
		next = s.o.Every
		if err := s.round(ctx); err != nil && ctx.Err() == nil {
			next = min(next, time.Second<<min(failures, 10))
			failures++
			s.o.Log.Warn("sessions are not parked", "error", err, "again_in", next)
			continue
		}
		failures = 0
	}
}

func (s *Sessions) parkLast() {
	ctx, cancel := context.WithTimeout(context.Background(), lastRound)
	defer cancel()
	if err := s.ParkAll(ctx); err != nil {
		s.o.Log.Warn("sessions stay unparked at shutdown", "error", err)
	}
}

// note is a SET that works when memory is full: parking must go on then.
var note = redis.NewScript(`#!lua flags=allow-oom
return redis.call('SET', KEYS[1], unpack(ARGV))`)

// round parks everything, unless another replica did or does.
func (s *Sessions) round(ctx context.Context) error {
	short, cancel := deadline(ctx, s.o.Deadline)
	defer cancel()
	// A little shorter than the interval, so that its own next round finds it free.
	err := note.Run(short, s.rdb, []string{lease}, 1, "NX", "PX", (s.o.Every * 9 / 10).Milliseconds()).Err()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err != nil {
		return asStorageError("begin to park", err)
	}
	if err := s.ParkAll(ctx); err != nil {
		s.rdb.Del(ctx, lease) // if even that fails it ends by itself
		return err
	}
	return nil
}

// ParkAll parks all sessions that are marked when it begins. A session that
// the durable store refuses stays marked and holds up no other; the error
// speaks of it.
func (s *Sessions) ParkAll(ctx context.Context) error {
	began := time.Now()
	var refused error
	for cursor := uint64(0); ; {
		addrs, next, err := s.marked(ctx, cursor)
		if err != nil {
			return asStorageError("list what is to be parked", err)
		}
		for part := range slices.Chunk(addrs, s.o.Batch) {
			err := s.parkBatch(ctx, part)
			if errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrFull) {
				return err
			}
			refused = errors.Join(refused, err)
		}
		if cursor = next; cursor == 0 {
			break
		}
	}
	if refused != nil {
		return refused
	}
	return s.remember(ctx, began)
}

// marked goes on with a scan of the marked addresses, which sees all that are
// there from its beginning to its end.
func (s *Sessions) marked(ctx context.Context, cursor uint64) ([]string, uint64, error) {
	ctx, cancel := deadline(ctx, s.o.Deadline)
	defer cancel()
	return s.rdb.SScan(ctx, dirtySet, cursor, "", int64(s.o.Batch)).Result()
}

// complete is when the last round that parked everything began, in Unix
// milliseconds.
const complete = "parked"

func (s *Sessions) remember(ctx context.Context, began time.Time) error {
	ctx, cancel := deadline(ctx, s.o.Deadline)
	defer cancel()
	return asStorageError("note the round", note.Run(ctx, s.rdb, []string{complete}, began.UnixMilli()).Err())
}

// batch is a group of marked sessions as they were read.
type batch struct {
	sessions []storage.Parked    // to be parked
	deleted  []bot.Address       // to be deleted where they are parked
	turns    map[bot.Address]int // of all that can be settled, as seen
	refused  error               // what the others suffer from
}

func (s *Sessions) parkBatch(ctx context.Context, addrs []string) error {
	b, err := s.read(ctx, addrs)
	if err != nil {
		return asStorageError("read what is to be parked", err)
	}
	if err := s.write(ctx, &b); err != nil {
		return err
	}
	stale, err := s.settle(ctx, b.turns)
	if err != nil {
		return asStorageError("settle what was parked", err)
	}
	for _, addr := range stale {
		if err := s.forget(ctx, addr); err != nil {
			b.refused = errors.Join(b.refused, err) // its tombstone is marked: the next round tries again
		}
	}
	return b.refused
}

func (s *Sessions) read(ctx context.Context, addrs []string) (batch, error) {
	keys := make([]string, len(addrs))
	for i, a := range addrs {
		keys[i] = prefix + a
	}
	ctx, cancel := deadline(ctx, s.o.Deadline)
	defer cancel()
	values, err := s.rdb.MGet(ctx, keys...).Result()
	if err != nil {
		return batch{}, err
	}
	b := batch{turns: make(map[bot.Address]int, len(addrs))}
	for i, v := range values {
		addr := bot.Address(addrs[i])
		text, there := v.(string)
		if !there {
			b.turns[addr] = absent // its week is over
			continue
		}
		stored, err := decode([]byte(text))
		if err != nil {
			b.refused = errors.Join(b.refused, err)
			continue
		}
		b.turns[addr] = stored.Turn
		switch {
		case stored.Turn == 0:
			b.deleted = append(b.deleted, addr)
		case stored.Durable:
			b.sessions = append(b.sessions, storage.Parked{Addr: addr, StoredSession: stored})
		}
	}
	return b, nil
}

// write brings a batch to the durable store. What that refuses is left out of
// b.turns; an error means that it takes nothing at all now.
func (s *Sessions) write(ctx context.Context, b *batch) error {
	refuse := func(addr bot.Address, err error) {
		delete(b.turns, addr)
		b.refused = errors.Join(b.refused, err)
	}
	for _, addr := range b.deleted {
		if err := s.forget(ctx, addr); err != nil {
			refuse(addr, err)
		}
	}
	err := s.park(ctx, b.sessions)
	if errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrFull) {
		return err
	}
	if err == nil {
		return nil
	}
	for _, p := range b.sessions { // find those it stumbles over
		if err := s.park(ctx, []storage.Parked{p}); err != nil {
			refuse(p.Addr, fmt.Errorf("the session of %s: %w", p.Addr.Masked(), err))
		}
	}
	return nil
}

func (s *Sessions) park(ctx context.Context, sessions []storage.Parked) error {
	if len(sessions) == 0 {
		return nil
	}
	ctx, cancel := deadline(ctx, parkDeadline)
	defer cancel()
	if err := s.durable.Park(ctx, sessions); err != nil {
		return fmt.Errorf("park: %w", err)
	}
	return nil
}

func (s *Sessions) forget(ctx context.Context, addr bot.Address) error {
	ctx, cancel := deadline(ctx, parkDeadline)
	defer cancel()
	if err := s.durable.Delete(ctx, addr); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("delete the parked session of %s: %w", addr.Masked(), err)
	}
	return nil
}

// settle removes the mark of every session that still begins with the turn
// that was parked, and returns how the others begin now.
var settle = redis.NewScript(`
local others = {}
for i = 1, #ARGV, 2 do
  local head = redis.call('GETRANGE', KEYS[2] .. ARGV[i], 0, 9)
  if (head == '' and ARGV[i + 1] == '') or (ARGV[i + 1] ~= '' and head:sub(1, #ARGV[i + 1]) == ARGV[i + 1]) then
    redis.call('SREM', KEYS[1], ARGV[i])
  else
    others[#others + 1] = ARGV[i]
    others[#others + 1] = head
  end
end
return others`)

// settle returns the sessions that now are at an earlier turn than was
// parked: they were deleted meanwhile, and maybe begun again, and what was
// just parked of them has to go.
func (s *Sessions) settle(ctx context.Context, turns map[bot.Address]int) (stale []bot.Address, err error) {
	args := make([]any, 0, 2*len(turns))
	for addr, turn := range turns {
		head := []byte{}
		if turn != absent {
			head = encodeTurn(turn)
		}
		args = append(args, string(addr), head)
	}
	ctx, cancel := deadline(ctx, s.o.Deadline)
	defer cancel()
	others, err := settle.Run(ctx, s.rdb, []string{dirtySet, prefix}, args...).StringSlice()
	if err != nil {
		return nil, err
	}
	for pair := range slices.Chunk(others, 2) {
		addr := bot.Address(pair[0])
		if now := decodeTurn(pair[1]); now != absent && now < turns[addr] {
			stale = append(stale, addr)
		}
	}
	return stale, nil
}

// Backlog is what waits to be parked.
type Backlog struct {
	Sessions int
	// Complete is when the last round that left nothing behind began; zero if
	// there was none since Redis was empty. Nothing unparked is older.
	Complete time.Time
}

// Backlog tells how far parking is behind.
func (s *Sessions) Backlog(ctx context.Context) (Backlog, error) {
	ctx, cancel := deadline(ctx, s.o.Deadline)
	defer cancel()
	pipe := s.rdb.Pipeline()
	count, last := pipe.SCard(ctx, dirtySet), pipe.Get(ctx, complete)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return Backlog{}, asStorageError("count what is to be parked", err)
	}
	b := Backlog{Sessions: int(count.Val())}
	if at, err := last.Int64(); err == nil {
		b.Complete = time.UnixMilli(at)
	}
	return b, nil
}
