package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ocopbot/bot"
)

// Health is what Telegram says about the bot.
type Health struct {
	Username   string // without @
	WebhookURL string // empty when polling
	Pending    int    // updates not yet delivered
	LastError  string // of the last failed delivery to the webhook
}

// Check asks Telegram who the bot is and how its webhook fares.
func (c *Channel) Check(ctx context.Context) (Health, error) {
	name, err := c.getMe(ctx)
	if err != nil {
		return Health{}, err
	}
	result, err := c.invoke(ctx, "getWebhookInfo", nil)
	if err != nil {
		return Health{}, err
	}
	var info tgbotapi.WebhookInfo
	if err := json.Unmarshal(result, &info); err != nil {
		return Health{}, noAnswer("getWebhookInfo")
	}
	return Health{Username: name, WebhookURL: info.URL, Pending: info.PendingUpdateCount, LastError: info.LastErrorMessage}, nil
}

// Link is the address that opens a chat with the bot and sends it code.
// Telegram takes at most 64 of [A-Za-z0-9_-] for a code. Without
// Options.Username the first call asks Telegram for the name.
func (c *Channel) Link(ctx context.Context, code string) (string, error) {
	if !deeplinkShape.MatchString(code) {
		return "", errors.New("a deep link's code is 1 to 64 letters, digits, _ and -")
	}
	name := c.username.Load()
	if name == nil {
		asked, err := c.getMe(ctx)
		if err != nil {
			return "", err
		}
		name = &asked
	}
	return "https://t.me/" + *name + "?start=" + code, nil
}

func (c *Channel) getMe(ctx context.Context) (string, error) {
	result, err := c.invoke(ctx, "getMe", nil)
	if err != nil {
		return "", err
	}
	var me tgbotapi.User
	if err := json.Unmarshal(result, &me); err != nil || me.UserName == "" {
		return "", noAnswer("getMe")
	}
	c.username.Store(&me.UserName)
	return me.UserName, nil
}

func noAnswer(method string) error {
	return &bot.SendError{Code: bot.Unknown, Err: fmt.Errorf("telegram's answer to %s cannot be read", method)}
}

// Command is an entry of the menu Telegram shows beside the text field.
type Command struct {
	Name string // without slash: 1–32 of [a-z0-9_]
	Text string // 1–256 characters
}

// SetCommands sets the menu for people whose app speaks lang (ISO 639-1), or,
// with an empty lang, for all whose language has no menu of its own.
func (c *Channel) SetCommands(ctx context.Context, lang string, commands []Command) error {
	list := make([]tgbotapi.BotCommand, len(commands))
	for i, cmd := range commands {
		list[i] = tgbotapi.BotCommand{Command: cmd.Name, Description: cmd.Text}
	}
	params := tgbotapi.Params{}
	if err := params.AddInterface("commands", list); err != nil {
		return err
	}
	params.AddNonEmpty("language_code", lang)
	_, err := c.invoke(ctx, "setMyCommands", params)
	return err
}
