package outbox_test

import (
	"testing"
	"time"

	"ocopbot/bot/bottest/pacing"
	"ocopbot/bot/outbox"
)

func TestLocalLimiter(t *testing.T) {
	pacing.Run(t, func(_ *testing.T, every time.Duration, burst int, chat time.Duration) pacing.Limiter {
		pace := outbox.Pace{Every: every, Burst: burst, Chat: chat}
		return outbox.NewLocalLimiter(outbox.Paces{"c": pace, "d": pace}, nil)
	})
}
