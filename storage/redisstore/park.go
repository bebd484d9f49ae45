package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
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

// round parks everything, unless another replica did or does.
func (s *Sessions) round(ctx context.Context) error {
	short, cancel := deadline(ctx, s.o.Deadline)
	defer cancel()
	// A little shorter than the interval, so that its own next round finds it free.
	err := s.rdb.SetArgs(short, lease, 1, redis.SetArgs{Mode: "NX", TTL: s.o.Every * 9 / 10}).Err()
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
	began, err := s.now(ctx)
	if err != nil {
		return asStorageError("park", err)
	}
	var refused error
	for skip := 0; ; {
		addrs, err := s.marked(ctx, began, skip)
		if err != nil {
			return asStorageError("list what is to be parked", err)
		}
		if len(addrs) == 0 {
			return refused
		}
		left, err := s.parkBatch(ctx, addrs)
		if errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrFull) {
			return err
		}
		skip, refused = skip+left, errors.Join(refused, err)
	}
}

func (s *Sessions) now(ctx context.Context) (time.Time, error) {
	ctx, cancel := deadline(ctx, s.o.Deadline)
	defer cancel()
	return s.rdb.Time(ctx).Result()
}

// marked lists a batch of addresses marked until a time, oldest first.
func (s *Sessions) marked(ctx context.Context, until time.Time, skip int) ([]string, error) {
	ctx, cancel := deadline(ctx, s.o.Deadline)
	defer cancel()
	return s.rdb.ZRangeArgs(ctx, redis.ZRangeArgs{
		Key: dirtySet, ByScore: true, Start: "-inf", Stop: strconv.FormatInt(until.UnixMilli(), 10),
		Offset: int64(skip), Count: int64(s.o.Batch),
	}).Result()
}

// batch is a group of marked sessions as they were read.
type batch struct {
	sessions []storage.Parked    // to be parked
	deleted  []bot.Address       // to be deleted where they are parked
	turns    map[bot.Address]int // of all that can be settled, as seen
	refused  error               // what the others suffer from
}

// parkBatch says how many of the marks it could not settle.
func (s *Sessions) parkBatch(ctx context.Context, addrs []string) (left int, err error) {
	b, err := s.read(ctx, addrs)
	if err != nil {
		return 0, asStorageError("read what is to be parked", err)
	}
	if err := s.write(ctx, &b); err != nil {
		return 0, err
	}
	stale, err := s.settle(ctx, b.turns)
	if err != nil {
		return 0, asStorageError("settle what was parked", err)
	}
	for _, addr := range stale {
		if err := s.forget(ctx, addr); err != nil {
			b.refused = errors.Join(b.refused, err) // its tombstone is marked: the next round tries again
		}
	}
	return len(addrs) - len(b.turns), b.refused
}

// absent stands for the turn of a session that Redis has no more.
const absent = -1

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

// settle removes the mark of every session that still is at the turn that was
// parked. A session at a later turn is marked anew, as of now. One at an
// earlier turn was deleted meanwhile, and maybe begun again: what was just
// parked of it has to go, and it is returned.
var settle = redis.NewScript(`
local time, stale = redis.call('TIME'), {}
local later = time[1] * 1000 + math.floor(time[2] / 1000) + 1
for i = 1, #ARGV, 2 do
  local parked, turn = tonumber(ARGV[i + 1]), -1
  local head = redis.call('GETRANGE', KEYS[2] .. ARGV[i], 0, 3)
  if head ~= '' then turn = struct.unpack('<I4', head) end
  if turn == parked then
    redis.call('ZREM', KEYS[1], ARGV[i])
  else
    redis.call('ZADD', KEYS[1], 'XX', later, ARGV[i])
    if turn >= 0 and turn < parked then stale[#stale + 1] = ARGV[i] end
  end
end
return stale`)

func (s *Sessions) settle(ctx context.Context, turns map[bot.Address]int) (stale []bot.Address, err error) {
	args := make([]any, 0, 2*len(turns))
	for addr, turn := range turns {
		args = append(args, string(addr), turn)
	}
	ctx, cancel := deadline(ctx, s.o.Deadline)
	defer cancel()
	found, err := settle.Run(ctx, s.rdb, []string{dirtySet, prefix}, args...).StringSlice()
	for _, a := range found {
		stale = append(stale, bot.Address(a))
	}
	return stale, err
}

// Backlog is what waits to be parked.
type Backlog struct {
	Sessions int
	Oldest   time.Duration // since the oldest of them was saved; 0 if there is none
}

// Backlog tells how far parking is behind.
func (s *Sessions) Backlog(ctx context.Context) (Backlog, error) {
	ctx, cancel := deadline(ctx, s.o.Deadline)
	defer cancel()
	pipe := s.rdb.Pipeline()
	count, now := pipe.ZCard(ctx, dirtySet), pipe.Time(ctx)
	oldest := pipe.ZRangeWithScores(ctx, dirtySet, 0, 0)
	if _, err := pipe.Exec(ctx); err != nil {
		return Backlog{}, asStorageError("count what is to be parked", err)
	}
	b := Backlog{Sessions: int(count.Val())}
	if marks := oldest.Val(); len(marks) > 0 {
		b.Oldest = max(0, now.Val().Sub(time.UnixMilli(int64(marks[0].Score))))
	}
	return b, nil
}
