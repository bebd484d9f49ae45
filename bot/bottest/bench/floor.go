package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"github.com/redis/go-redis/v9"
)

// compareAndSet is the least a session store must do to lose nothing.
var compareAndSet = redis.NewScript(`
local old = redis.call('GET', KEYS[1])
if old and string.sub(old, 1, 4) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', 604800000)
return 1`)

// serveFloor is the least a bot of this kind can do: decode the update with
// the library, read 300 bytes, write 300 bytes if nobody else did, answer in
// the response.
func serveFloor(ctx context.Context, addr, redisURL string) error {
	o, err := redis.ParseURL(redisURL)
	if err != nil {
		return fmt.Errorf("redis: %w", err)
	}
	rdb := redis.NewClient(o)
	defer rdb.Close()
	value := "0001" + strings.Repeat("x", 296)
	h := func(w http.ResponseWriter, r *http.Request) {
		var u tgbotapi.Update
		if err := json.NewDecoder(r.Body).Decode(&u); err != nil || u.Message == nil {
			http.Error(w, "bad update", http.StatusBadRequest)
			return
		}
		key := fmt.Sprintf("floor:%d", u.Message.Chat.ID)
		if err := rdb.Get(r.Context(), key).Err(); err != nil && !errors.Is(err, redis.Nil) {
			http.Error(w, "redis", http.StatusServiceUnavailable)
			return
		}
		if err := compareAndSet.Run(r.Context(), rdb, []string{key}, "0001", value).Err(); err != nil {
			http.Error(w, "redis", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		answer := tgbotapi.Params{"method": "sendMessage", "text": "Tên sản phẩm hoặc ý tưởng là gì ạ?"}
		answer.AddNonZero64("chat_id", u.Message.Chat.ID)
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			return // the caller is gone
		}
	}
	srv := &http.Server{Addr: addr, Handler: http.HandlerFunc(h), ReadHeaderTimeout: 5 * time.Second}
	go func() { <-ctx.Done(); _ = srv.Close() }()
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
