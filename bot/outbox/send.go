package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"ocopbot/bot"
	"ocopbot/storage"
)

// waitSlot waits for the pace to let a message go. Its error sends the job
// back into the queue: for a pause that is long, or because of Stop.
func (b *Outbox) waitSlot(ctx context.Context, lane int, to bot.Address) error {
	wait, reserved, err := b.o.Limiter.Reserve(ctx, lane, to, b.o.pace.patience)
	if err != nil {
		return fmt.Errorf("outbox: pace: %w", err)
	}
	if !reserved {
		return river.JobSnooze(wait)
	}
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-b.stopping:
		return river.JobSnooze(0)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// send says one message and takes note of what its failure means for others:
// a channel that is too fast pauses, an address that is dead is marked.
func (b *Outbox) send(ctx context.Context, kind string, ch bot.Channel, to bot.Address, m bot.Message) (string, *bot.SendError) {
	id, err := ch.Send(ctx, to, m)
	name := to.Channel()
	if err == nil {
		b.count(kind, name, outcomeSent)
		return id, nil
	}
	se := bot.AsSendError(err)
	b.count(kind, name, string(se.Code))
	switch se.Code {
	case bot.Limited:
		b.pause(ctx, name, se.After)
	case bot.Unreachable:
		err := b.o.Store.MarkRoute(ctx, to, b.o.Now(), se.Code)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return "", &bot.SendError{Code: bot.Unavailable, Err: fmt.Errorf("mark the address: %w", err)}
		}
	case bot.Forbidden:
		b.o.Log.Error("the channel refuses our credentials", "channel", name, "error", se)
	}
	return "", se
}

// pause leaves a channel alone for as long as it asked for.
func (b *Outbox) pause(ctx context.Context, channel string, after time.Duration) {
	if err := b.o.Limiter.Pause(ctx, channel, after); err != nil {
		b.o.Log.Warn("the channel is not paused", "channel", channel, "error", err)
	}
	b.pauses.begin(channel, after)
}

func (b *Outbox) count(kind, channel, outcome string) {
	b.sent.WithLabelValues(kind, channel, outcome).Inc()
}
