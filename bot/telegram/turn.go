package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"ocopbot/bot"
)

// errPanic is what a panic in the handler counts as: an update that was not
// handled. The panic's value is not kept, for it may quote what people wrote.
var errPanic = errors.New("the handler panicked")

// handle runs one turn of h. A panic ends the turn, not the program.
func (c *Channel) handle(ctx context.Context, h bot.Handler, in bot.Incoming) (r bot.Reply, err error) {
	defer func() {
		if v := recover(); v != nil {
			c.log.Error("telegram: the handler panicked", "update", in.ID, "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	return h.Handle(ctx, in)
}

// deliver sends the answer, message by message. The first that cannot be sent
// now goes to the handler together with all that follow it, so that they keep
// their order; whether it is worth another try the handler reads from the
// cause. One that Telegram refuses, such as a file, holds up none of the others.
// An error means that the update must not be acknowledged.
func (c *Channel) deliver(ctx context.Context, h bot.Handler, to bot.Address, r bot.Reply) error {
	for i, m := range r.Messages {
		parts := pieces(m)
		for j, p := range parts {
			_, err := c.Send(ctx, to, p)
			if err == nil {
				continue
			}
			if bot.AsSendError(err).Code == bot.Rejected && (j+1 < len(parts) || i+1 < len(r.Messages)) {
				c.log.LogAttrs(ctx, slog.LevelError, "telegram: a message of an answer is refused", slog.String("to", to.Masked()), slog.Any("error", err))
				continue
			}
			c.log.LogAttrs(ctx, slog.LevelWarn, "telegram: an answer could not be sent now", slog.String("to", to.Masked()), slog.Any("error", err))
			rest := r
			rest.Sent = i
			rest.Messages = append(append([]bot.Message{}, parts[j:]...), r.Messages[i+1:]...)
			if err := h.Undelivered(ctx, to, rest, err); err != nil {
				return fmt.Errorf("hand over an answer that could not be sent: %w", err)
			}
			return nil
		}
	}
	return nil
}
