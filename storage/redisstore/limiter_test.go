package redisstore_test

import (
	"errors"
	"testing"
	"time"

	"ocopbot/bot/bottest/pacing"
	"ocopbot/bot/bottest/servers"
	"ocopbot/storage"
	"ocopbot/storage/redisstore"
)

func TestLimiter(t *testing.T) {
	server := servers.Redis(t)
	pacing.Run(t, func(t *testing.T, every time.Duration, burst int, chat time.Duration) pacing.Limiter {
		rdb := connect(t, server.URL())
		if err := rdb.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		pace := redisstore.Pace{Every: every, Burst: burst, Chat: chat}
		return redisstore.NewLimiter(rdb, map[string]redisstore.Pace{"c": pace, "d": pace})
	})
}

func TestLimiterOfADeadServerIsUnavailable(t *testing.T) {
	server := servers.Redis(t)
	l := redisstore.NewLimiter(connect(t, server.URL()), map[string]redisstore.Pace{"c": {Every: time.Second, Burst: 1}})
	server.Kill()
	if _, _, err := l.Reserve(t.Context(), 0, "c:1", 0); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Reserve: %v", err)
	}
	if err := l.Pause(t.Context(), "c", time.Second); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Pause: %v", err)
	}
}
