package telegram

import (
	"context"
	"errors"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ocopbot/bot"
)

// answerTap stops the little clock on the button. It must happen within
// seconds, so it runs beside the turn and neither delays nor fails it.
func (c *Channel) answerTap(ctx context.Context, queryID string) {
	ctx = context.WithoutCancel(ctx) // the turn may be over first
	c.taps.Go(func() {
		_, err := c.invoke(ctx, "answerCallbackQuery", tgbotapi.Params{"callback_query_id": queryID})
		if err != nil && !tooOld(err) {
			c.log.Warn("telegram: a tap was not answered", "error", err)
		}
	})
}

// tooOld tells that Telegram has given the tap up, which is as good as done.
func tooOld(err error) bool {
	var se *bot.SendError
	if !errors.As(err, &se) || se.Code != bot.Rejected {
		return false
	}
	text := strings.ToLower(se.Error())
	return strings.Contains(text, "query is too old") || strings.Contains(text, "query id is invalid")
}
