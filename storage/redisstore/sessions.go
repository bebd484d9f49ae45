package redisstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"ocopbot/bot"
	"ocopbot/storage"
)

// Durable is where sessions are parked. Park replaces only older turns.
type Durable interface {
	Load(ctx context.Context, addr bot.Address) (storage.StoredSession, error)
	Park(ctx context.Context, batch []storage.Parked) error
	Delete(ctx context.Context, addr bot.Address) error
}

// Options may be left zero.
type Options struct {
	Deadline time.Duration // of one Redis call; default DefaultDeadline
	Every    time.Duration // between two rounds of parking; default 15 s
	Batch    int           // sessions parked at once; default 500
	Log      *slog.Logger  // default slog.Default()
}

// Sessions is a storage.Sessions in Redis.
type Sessions struct {
	rdb     *redis.Client
	turns   line
	durable Durable
	o       Options
}

var _ storage.Sessions = (*Sessions)(nil)

// New makes a store on rdb, which should come from Connect. Somebody must call
// Run, on every replica, or nothing is parked.
func New(rdb *redis.Client, durable Durable, o Options) *Sessions {
	if o.Deadline == 0 {
		o.Deadline = DefaultDeadline
	}
	if o.Every == 0 {
		o.Every = 15 * time.Second
	}
	if o.Batch == 0 {
		o.Batch = 500
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Sessions{rdb, newLine(rdb), durable, o}
}

// Load is one GET. Only if Redis has nothing is the parked copy asked for.
func (s *Sessions) Load(ctx context.Context, addr bot.Address) (storage.StoredSession, error) {
	v, err := s.get(ctx, addr)
	if errors.Is(err, redis.Nil) {
		return s.restore(ctx, addr)
	}
	if err != nil {
		return storage.StoredSession{}, asStorageError("load a session", err)
	}
	stored, err := decode(v)
	if err == nil && stored.Turn == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return storage.StoredSession{}, err
	}
	return stored, nil
}

func (s *Sessions) get(ctx context.Context, addr bot.Address) ([]byte, error) {
	line, err := s.turns.get(ctx)
	if err != nil {
		return nil, err
	}
	return line.Get(ctx, sessionKey(addr)).Bytes()
}

func (s *Sessions) restore(ctx context.Context, addr bot.Address) (storage.StoredSession, error) {
	parked, err := s.durable.Load(ctx, addr)
	if err != nil {
		return storage.StoredSession{}, fmt.Errorf("load a parked session: %w", err)
	}
	parked.Restored = true
	return parked, nil
}

// save replaces the session if it begins with the previous turn. An absent
// session is one that Redis lost, or had never: the caller has the parked copy
// or nothing. A tombstone is replaced only by a new beginning. A repetition of
// the very same Save, after its answer was lost, is no conflict.
var save = redis.NewScript(`
local head = redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1)
if head ~= '' and head ~= ARGV[1] and redis.call('GET', KEYS[1]) ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
if ARGV[4] ~= '' then redis.call('SADD', KEYS[2], ARGV[4]) end
return 1`)

// Save is one EVALSHA.
func (s *Sessions) Save(ctx context.Context, addr bot.Address, previous int, next storage.StoredSession) error {
	value, err := encode(next)
	if err != nil {
		return err
	}
	line, err := s.turns.get(ctx)
	if err != nil {
		return asStorageError("save a session", err)
	}
	marked := ""
	if next.Durable {
		marked = string(addr)
	}
	saved, err := save.Run(ctx, line, []string{sessionKey(addr), dirtySet},
		encodeTurn(previous), value, next.Keep.Milliseconds(), marked).Bool()
	if err != nil {
		return asStorageError("save a session", err)
	}
	if !saved {
		return storage.ErrConflict
	}
	return nil
}

// tombstoneKeep is for how long a deleted session is remembered as deleted:
// longer than any round of parking that had read it before.
const tombstoneKeep = time.Hour

// bury replaces a session by a tombstone and marks it, so that the parked copy
// goes even if it cannot be deleted right now, or is written again by a round
// of parking that is under way. It must work when memory is full: people's
// right to be forgotten does not wait for it.
var bury = redis.NewScript(`#!lua flags=allow-oom
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('SADD', KEYS[2], ARGV[3])`)

// Delete forgets the session here and where it is parked.
func (s *Sessions) Delete(ctx context.Context, addr bot.Address) error {
	if err := s.bury(ctx, addr); err != nil {
		return asStorageError("delete a session", err)
	}
	if err := s.durable.Delete(ctx, addr); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("delete a parked session: %w", err)
	}
	return nil
}

func (s *Sessions) bury(ctx context.Context, addr bot.Address) error {
	ctx, cancel := deadline(ctx, s.o.Deadline)
	defer cancel()
	return bury.Run(ctx, s.rdb, []string{sessionKey(addr), dirtySet},
		tombstone, tombstoneKeep.Milliseconds(), string(addr)).Err()
}
