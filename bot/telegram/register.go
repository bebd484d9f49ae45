package telegram

import (
	"context"
	"errors"
	"strconv"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ocopbot/bot"
)

// allowedUpdates leaves out edits, reactions, channels and groups' business:
// what is not asked for costs nothing.
const allowedUpdates = `["message","callback_query","my_chat_member"]`

// Register tells Telegram where to post updates.
func (c *Channel) Register(ctx context.Context) error {
	// The library's WebhookConfig knows no secret_token.
	_, err := c.invoke(ctx, "setWebhook", tgbotapi.Params{
		"url":             c.o.WebhookURL,
		"secret_token":    c.o.WebhookSecret,
		"allowed_updates": allowedUpdates,
		"max_connections": strconv.Itoa(c.o.Connections),
	})
	return err
}

// register tries Register until it succeeds or ctx ends.
func (c *Channel) register(ctx context.Context) {
	c.insist(ctx, "register the webhook", c.Register)
}

// unregister tries until there is no webhook in the way of polling, or ctx
// ends. A wrong token is left to the poll to complain about.
func (c *Channel) unregister(ctx context.Context) {
	c.insist(ctx, "remove the webhook before polling", func(ctx context.Context) error {
		_, err := c.invoke(ctx, "deleteWebhook", nil)
		if err != nil && bot.AsSendError(err).Code == bot.Forbidden {
			return nil
		}
		return err
	})
}

// insist calls f, with growing pauses, until it succeeds or ctx ends.
func (c *Channel) insist(ctx context.Context, what string, f func(context.Context) error) {
	p := pause{first: c.o.FirstPause}
	for {
		err := f(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		c.log.Warn("telegram: could not "+what+", will try again", "error", err)
		if !p.wait(ctx, err) {
			return
		}
	}
}

// pause grows from first to thirty times first, and to what Telegram asks for.
type pause struct {
	first, next time.Duration
}

// wait sleeps, longer each time, and tells whether ctx still lasts.
func (p *pause) wait(ctx context.Context, cause error) bool {
	p.next = min(max(p.next*2, p.first), 30*p.first)
	d := p.next
	var se *bot.SendError
	if errors.As(cause, &se) {
		d = max(d, se.After)
	}
	return sleep(ctx, d)
}

// sleep waits for d and tells whether ctx still lasts.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
