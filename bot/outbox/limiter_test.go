package outbox_test

import (
	"testing"
	"time"

	"ocopbot/bot/bottest/pacing"
	"ocopbot/bot/outbox"
)

func TestLocalLimiter(t *testing.T) {
	pacing.Run(t, func(_ *testing.T, every time.Duration, burst int, chat time.Duration) pacing.Limiter {
		return outbox.NewLocalLimiter(outbox.Pace{Every: every, Burst: burst, Chat: chat}, nil)
	})
}
