// Package redisstore keeps in Redis what is read at every message and may be
// lost: the sessions of the week, and the pace at which channels are used.
//
// It keeps no records: those are storage/sqlstore's, which also holds the
// copies of sessions that this package parks there within a minute, so that
// an emptied Redis costs nobody more than the last minute of typing. It needs
// Redis 7 with the policy noeviction, and one server or one with replicas, not
// a cluster.
package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"ocopbot/storage"
)

// DefaultDeadline is for how long one call may take before the store counts
// as unavailable.
const DefaultDeadline = time.Second

// Connect makes a client of the server that url names (redis://…, rediss://…,
// unix://…), set so that a dead or frozen server is noticed within
// DefaultDeadline. It does not connect yet. Its error does not show the URL,
// which may hold a password.
func Connect(url string) (*redis.Client, error) {
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("not a Redis URL: want redis://[[user]:password@]host:port[/database]")
	}
	o.ContextTimeoutEnabled = true
	o.DialTimeout = DefaultDeadline
	o.ReadTimeout = DefaultDeadline
	o.WriteTimeout = DefaultDeadline
	o.PoolTimeout = DefaultDeadline
	o.DialerRetries = 1
	o.MaxRetries = 1 // a connection cut while idle; Save knows its own repetition
	// A session has some hundred bytes: the library's 32 and 128 KiB would be
	// most of this program's memory.
	o.ReadBufferSize, o.WriteBufferSize = 4<<10, 4<<10
	o.PipelineReadBufferSize, o.PipelineWriteBufferSize = 32<<10, 32<<10 // the sessions of many people at once
	return redis.NewClient(o), nil
}

// Writable tells whether the server answers and has room: ErrFull where it has
// none.
func Writable(ctx context.Context, rdb *redis.Client) error {
	return asStorageError("write", rdb.Set(ctx, "probe", 1, time.Minute).Err())
}

// asStorageError tells full from unavailable. Redis names no key and no value
// in its errors, so that they may be logged.
func asStorageError(doing string, err error) error {
	if err == nil {
		return nil
	}
	kind := storage.ErrUnavailable
	if redis.IsOOMError(err) || strings.HasPrefix(err.Error(), "MISCONF ") {
		// MISCONF: it refuses writes because it could not write to its disk.
		kind = storage.ErrFull
	}
	return fmt.Errorf("%w: redis: %s: %w", kind, doing, err)
}

// deadline bounds one call.
func deadline(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d)
}
