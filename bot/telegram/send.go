package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ocopbot/bot"
)

// Send says one message and returns Telegram's id of it. A text longer than
// Telegram takes goes out as several messages, of which the last carries the
// buttons and gives the id; when a later piece fails, the earlier are already
// with the person.
func (c *Channel) Send(ctx context.Context, to bot.Address, m bot.Message) (string, error) {
	chatID, err := strconv.ParseInt(to.ID(), 10, 64)
	if err != nil || to.Channel() != Name {
		return "", &bot.SendError{Code: bot.Unreachable, Err: errors.New("not a Telegram address")}
	}
	var id string
	for _, p := range pieces(m) {
		if id, err = c.sendPiece(ctx, chatID, p); err != nil {
			return "", err
		}
	}
	return id, nil
}

// pieces cuts a message into ones that Telegram takes in a single call each.
func pieces(m bot.Message) []bot.Message {
	m.Text = strings.ToValidUTF8(m.Text, "\ufffd")
	if m.Attached == nil && len(m.Text) <= longestText {
		return []bot.Message{m}
	}
	if m.Attached != nil && units(m.Text) <= longestCaption {
		return []bot.Message{m}
	}
	var out []bot.Message
	if m.Attached != nil { // too much for a caption: the file first, then the text
		out = append(out, bot.Message{Attached: m.Attached, Sure: true})
		m.Attached = nil
	}
	texts := split(m.Text, longestText)
	for _, t := range texts[:len(texts)-1] {
		out = append(out, bot.Message{Text: t, Sure: m.Sure})
	}
	m.Text = texts[len(texts)-1]
	return append(out, m)
}

// sendPiece sends what pieces made, by one call.
func (c *Channel) sendPiece(ctx context.Context, chatID int64, m bot.Message) (string, error) {
	if err := checkChoices(m); err != nil {
		return "", err
	}
	params := tgbotapi.Params{"chat_id": strconv.FormatInt(chatID, 10)}
	params["reply_markup"] = string(markup(nil, m))
	var result json.RawMessage
	var err error
	if m.Attached == nil {
		params["text"] = m.Text // no parse_mode: what people typed cannot break it
		params["disable_web_page_preview"] = "true"
		result, err = c.invoke(ctx, "sendMessage", params)
	} else {
		params.AddNonEmpty("caption", m.Text)
		result, err = c.upload(ctx, params, m.Attached)
	}
	if err != nil {
		return "", err
	}
	var sent struct {
		ID int64 `json:"message_id"`
	}
	if err := json.Unmarshal(result, &sent); err != nil || sent.ID == 0 {
		return "", &bot.SendError{Code: bot.Unknown, Err: errors.New("telegram sent no message id")}
	}
	return strconv.FormatInt(sent.ID, 10), nil
}

// upload sends a picture or a document.
func (c *Channel) upload(ctx context.Context, params tgbotapi.Params, a *bot.Attachment) (json.RawMessage, error) {
	method, field := "sendDocument", "document"
	if strings.HasPrefix(a.MIME, "image/") {
		method, field = "sendPhoto", "photo"
	}
	file := tgbotapi.RequestFile{Name: field, Data: tgbotapi.FileBytes{Name: a.Name, Bytes: a.Data}}
	return c.request(ctx, c.o.SendTimeout, func(api *tgbotapi.BotAPI) (*tgbotapi.APIResponse, error) {
		return api.UploadFiles(method, params, []tgbotapi.RequestFile{file})
	})
}

// checkChoices refuses buttons Telegram would refuse, saying why.
func checkChoices(m bot.Message) error {
	if len(m.Choices) > mostButtons {
		return &bot.SendError{Code: bot.Rejected, Err: fmt.Errorf("%d choices, Telegram shows at most %d", len(m.Choices), mostButtons)}
	}
	for _, ch := range m.Choices {
		if dataLength(m.Ref, ch.ID) > longestData {
			return &bot.SendError{Code: bot.Rejected, Err: fmt.Errorf("choice %q makes more than %d bytes of callback data", ch.ID, longestData)}
		}
		if ch.Label == "" {
			return &bot.SendError{Code: bot.Rejected, Err: fmt.Errorf("choice %q has no label", ch.ID)}
		}
	}
	return nil
}
