// Package telegram is the Telegram channel: it turns updates of the Bot API
// into bot.Incoming and bot.Message into messages with buttons, by webhook or
// by long polling.
//
// Requests go through go-telegram-bot-api, wrapped so that each has a context
// and a deadline, none shows the token in an error, and each failure is a
// *bot.SendError. The package knows no conversation, stores nothing and keeps
// no state of a chat: what cannot be sent now is handed to
// bot.Handler.Undelivered. Rate limits are the outbox's.
package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ocopbot/bot"
)

// Name is the channel's name and the prefix of its addresses.
const Name = "telegram"

// DefaultAPIURL is where the Bot API is served.
const DefaultAPIURL = "https://api.telegram.org"

// Limits of the Bot API, https://core.telegram.org/bots/api.
const (
	longestText    = 4096 // UTF-16 code units of a message
	longestCaption = 1024 // UTF-16 code units below a picture or a document
	longestData    = 64   // bytes of callback data
	mostButtons    = 100  // below one message
)

// Options say which bot this is and how it is reached. Only Token is needed.
type Options struct {
	Token         string        // from BotFather: "digits:secret"
	APIURL        string        // another Bot API server; DefaultAPIURL if empty
	WebhookURL    string        // where Telegram posts updates; empty for long polling
	WebhookSecret string        // 1–256 of [A-Za-z0-9_-]; needed with WebhookURL
	Connections   int           // webhook requests at once, 1–100; 0 means 100
	Username      string        // the bot's @name; asked of Telegram when empty
	Log           *slog.Logger  // slog.Default() if nil
	Client        *http.Client  // NewClient() if nil
	SendTimeout   time.Duration // of each request but a long poll; 10 s if 0
	PollTimeout   time.Duration // how long Telegram holds a poll open; 50 s if 0
	FirstPause    time.Duration // before the first retry; 1 s if 0, doubling up to 30 times as long
}

// Channel is the Telegram channel of one bot. It is safe for use by many
// goroutines.
type Channel struct {
	o        Options
	api      tgbotapi.BotAPI // copied for every call, see call.go
	secret   string          // the token's second half, which no error may show
	log      *slog.Logger
	username atomic.Pointer[string]
	taps     sync.WaitGroup // taps being answered
}

var _ bot.Channel = (*Channel)(nil)

var (
	tokenShape  = regexp.MustCompile(`^[0-9]{1,20}:[A-Za-z0-9_-]{20,100}$`)
	secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// New makes the channel. It sends nothing, so that a service can start while
// Telegram cannot be reached; Check asks whether the token is right.
func New(o Options) (*Channel, error) {
	if !tokenShape.MatchString(o.Token) {
		return nil, errors.New("the Telegram token must look like 123456:ABC…, as BotFather gave it")
	}
	if o.APIURL == "" {
		o.APIURL = DefaultAPIURL
	}
	if err := checkURL("API", o.APIURL); err != nil {
		return nil, err
	}
	if o.WebhookURL != "" {
		if err := checkURL("webhook", o.WebhookURL); err != nil {
			return nil, err
		}
		if !secretShape.MatchString(o.WebhookSecret) {
			return nil, errors.New("a Telegram webhook needs a secret of 1 to 256 letters, digits, _ and -")
		}
	}
	if o.Connections < 0 || o.Connections > 100 {
		return nil, errors.New("a Telegram webhook has 1 to 100 connections")
	}
	if o.Connections == 0 {
		o.Connections = 100
	}
	if o.Client == nil {
		o.Client = NewClient()
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	o.SendTimeout = orDefault(o.SendTimeout, 10*time.Second)
	o.PollTimeout = orDefault(o.PollTimeout, 50*time.Second)
	o.FirstPause = orDefault(o.FirstPause, time.Second)
	o.APIURL = strings.TrimRight(o.APIURL, "/")

	_, secret, _ := strings.Cut(o.Token, ":")
	c := &Channel{o: o, secret: secret, log: o.Log}
	c.api = tgbotapi.BotAPI{Token: o.Token}
	// The library fills the endpoint in with Sprintf.
	c.api.SetAPIEndpoint(strings.ReplaceAll(o.APIURL, "%", "%%") + "/bot%s/%s")
	if o.Username != "" {
		name := strings.TrimPrefix(o.Username, "@")
		c.username.Store(&name)
	}
	return c, nil
}

func checkURL(what, raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("the Telegram %s address must be an http or https URL", what)
	}
	return nil
}

func orDefault(d, fallback time.Duration) time.Duration {
	if d <= 0 {
		return fallback
	}
	return d
}

// Caps says what Telegram can show.
func (c *Channel) Caps() bot.Caps {
	return bot.Caps{Name: Name, Buttons: true, Longest: longestText, Abroad: true, Files: true}
}

// Receive polls until ctx ends. With a webhook it registers it, trying until
// Telegram can be reached, and returns nil: the updates come to Webhook.
func (c *Channel) Receive(ctx context.Context, h bot.Handler) error {
	if c.o.WebhookURL != "" {
		c.register(ctx)
		return nil
	}
	c.poll(ctx, h)
	return nil
}

// Close waits for the taps still being answered, each of which has a
// deadline, and closes idle connections. Updates must have stopped coming.
func (c *Channel) Close() {
	c.taps.Wait()
	c.o.Client.CloseIdleConnections()
}
