package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ocopbot/bot"
)

// largestAnswer bounds what is read of one answer; a hundred updates of 4096
// characters with their quoted messages stay well below.
const largestAnswer = 8 << 20

// NewClient is the HTTP client used unless Options has another: it goes
// through HTTPS_PROXY where that is set, keeps connections open (a handshake
// costs more than a message) and follows no redirect, which would carry the
// token elsewhere.
func NewClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = http.ProxyFromEnvironment
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = 256
	t.IdleConnTimeout = 90 * time.Second
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// call is the HTTP client of one library call. It mends what the library
// lacks: it binds the context, notes how far the request got, strips the URL,
// which holds the token, from transport errors, and turns the HTML page of a
// gateway into the JSON the library expects.
type call struct {
	ctx     context.Context
	client  *http.Client
	written atomic.Bool // Telegram may have seen the request
	status  int         // of the answer; 0 if none came
	garbled bool        // the answer was not the Bot API's
}

// Do implements tgbotapi.HTTPClient.
func (c *call) Do(req *http.Request) (*http.Response, error) {
	trace := httptrace.ClientTrace{
		// The transport starts again on another connection only when
		// nothing was written on the first.
		GetConn:      func(string) { c.written.Store(false) },
		WroteHeaders: func() { c.written.Store(true) },
	}
	resp, err := c.client.Do(req.WithContext(httptrace.WithClientTrace(c.ctx, &trace)))
	if err != nil {
		return nil, withoutURL(err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestAnswer))
	if closeErr := resp.Body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, withoutURL(err)
	}
	c.status = resp.StatusCode
	if t := bytes.TrimSpace(body); len(t) == 0 || t[0] != '{' || !json.Valid(t) {
		c.garbled = true
		body = fmt.Appendf(nil, `{"ok":false,"error_code":%d,"description":"%s (not an answer of the Bot API)"}`,
			c.status, http.StatusText(c.status))
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// withoutURL is err without the request's URL.
func withoutURL(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}

// request makes one call of the library with a deadline and returns its
// result, or a *bot.SendError.
func (c *Channel) request(ctx context.Context, timeout time.Duration, f func(*tgbotapi.BotAPI) (*tgbotapi.APIResponse, error)) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	one := &call{ctx: ctx, client: c.o.Client}
	api := c.api
	api.Client = one
	resp, err := f(&api)
	if err != nil {
		return nil, c.sendError(one, err)
	}
	return resp.Result, nil
}

// invoke calls a method without files.
func (c *Channel) invoke(ctx context.Context, method string, params tgbotapi.Params) (json.RawMessage, error) {
	return c.request(ctx, c.o.SendTimeout, func(api *tgbotapi.BotAPI) (*tgbotapi.APIResponse, error) {
		return api.MakeRequest(method, params)
	})
}

// sendError says in the terms of bot.SendCode what went wrong.
func (c *Channel) sendError(one *call, err error) error {
	se := &bot.SendError{Code: bot.Unknown, Err: c.redacted(err)}
	var api *tgbotapi.Error
	switch {
	case errors.As(err, &api) && one.status != 0:
		// The library leaves Code empty for uploads; the status is the same.
		se.Code = codeOf(one.status, api.Message)
		if one.status == http.StatusOK {
			se.Code = bot.Unknown // an answer that is no answer
		}
		if se.Code == bot.Limited {
			se.After = time.Duration(max(api.RetryAfter, 1)) * time.Second
		}
		se.Err = fmt.Errorf("telegram answered %d: %w", one.status, se.Err)
	case one.status == 0 && !one.written.Load():
		se.Code = bot.Unavailable
	}
	return se
}

// codeOf judges an error by its status. Only a 400 needs the description:
// Telegram gives no other sign of a chat that is gone.
func codeOf(status int, description string) bot.SendCode {
	switch {
	case status == http.StatusTooManyRequests:
		return bot.Limited
	case status == http.StatusForbidden:
		return bot.Unreachable
	case status == http.StatusUnauthorized, status == http.StatusNotFound:
		return bot.Forbidden
	case status == http.StatusConflict, status >= 500, status >= 300 && status < 400:
		return bot.Unavailable
	case status == http.StatusBadRequest:
		d := strings.ToLower(description)
		for _, gone := range []string{"chat not found", "user not found", "user is deactivated", "blocked by the user", "peer_id_invalid"} {
			if strings.Contains(d, gone) {
				return bot.Unreachable
			}
		}
	}
	return bot.Rejected
}

// redacted is err, or, should its text hold the token in whatever spelling, a
// plain error with the text alone and the token blotted out.
func (c *Channel) redacted(err error) error {
	if text := err.Error(); strings.Contains(text, c.secret) {
		return errors.New(strings.ReplaceAll(text, c.secret, "…"))
	}
	return err
}
