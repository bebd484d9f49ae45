package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ocopbot/bot"
)

// ErrTooLarge is Fetch's error for a file above the limit.
var ErrTooLarge = errors.New("the file is too large")

// fetchTime bounds the download of one file.
const fetchTime = 60 * time.Second

// Fetch downloads a file of at most limit bytes by its bot.File.ID and says
// what type its bytes look like. Its error is ErrTooLarge or a
// *bot.SendError, whose Rejected means that the file is gone.
func (c *Channel) Fetch(ctx context.Context, fileID string, limit int64) (data []byte, mime string, err error) {
	result, err := c.invoke(ctx, "getFile", tgbotapi.Params{"file_id": fileID})
	if err != nil {
		return nil, "", err
	}
	var file tgbotapi.File
	if err := json.Unmarshal(result, &file); err != nil || file.FilePath == "" {
		return nil, "", noAnswer("getFile")
	}
	if int64(file.FileSize) > limit {
		return nil, "", ErrTooLarge
	}
	// The library's File.Link knows api.telegram.org only.
	address := c.o.APIURL + "/file/bot" + c.o.Token + "/" + (&url.URL{Path: file.FilePath}).EscapedPath()
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	data, err = c.download(ctx, address, limit)
	if err != nil {
		return nil, "", err
	}
	return data, http.DetectContentType(data), nil
}

func (c *Channel) download(ctx context.Context, address string, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, &bot.SendError{Code: bot.Rejected, Err: c.redacted(withoutURL(err))}
	}
	resp, err := c.o.Client.Do(req)
	if err != nil {
		return nil, &bot.SendError{Code: bot.Unavailable, Err: c.redacted(withoutURL(err))}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		code := codeOf(resp.StatusCode, "")
		if resp.StatusCode == http.StatusNotFound {
			code = bot.Rejected // the path has expired; the token was right a moment ago
		}
		return nil, &bot.SendError{Code: code, Err: fmt.Errorf("telegram answered %d to a download", resp.StatusCode)}
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, &bot.SendError{Code: bot.Unavailable, Err: c.redacted(withoutURL(err))}
	}
	if int64(len(data)) > limit {
		return nil, ErrTooLarge
	}
	return data, nil
}
