package telegram

import (
	"context"
	"errors"
	"strconv"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ocopbot/bot"
)

// Edit puts a message's text and buttons in the place of one sent before; its
// file, if it has one, is left out. That nothing is different is no failure.
func (c *Channel) Edit(ctx context.Context, to bot.Address, id string, m bot.Message) error {
	chatID, err := strconv.ParseInt(to.ID(), 10, 64)
	if err != nil || to.Channel() != Name {
		return &bot.SendError{Code: bot.Unreachable, Err: errors.New("not a Telegram address")}
	}
	if err := checkChoices(m); err != nil {
		return err
	}
	params := tgbotapi.Params{"chat_id": strconv.FormatInt(chatID, 10), "message_id": id}
	params["text"] = split(strings.ToValidUTF8(m.Text, "\ufffd"), longestText)[0]
	if len(m.Choices) > 0 { // only buttons can stand below an edited message
		params["reply_markup"] = string(markup(nil, bot.Message{Choices: m.Choices, Ref: m.Ref}))
	}
	params["disable_web_page_preview"] = "true"
	_, err = c.invoke(ctx, "editMessageText", params)
	var api *tgbotapi.Error
	if errors.As(err, &api) && strings.Contains(api.Message, "message is not modified") {
		return nil
	}
	return err
}
