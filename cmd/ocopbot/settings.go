package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"

	"ocopbot/bot/ocop"
	"ocopbot/bot/telegram"
)

// Settings come from the environment, or from flags of the same name. They
// are checked before anything is opened, and secrets are never printed.
type Settings struct {
	DatabaseURL string `name:"database-url" env:"DATABASE_URL" default:"data/ocopbot.db" placeholder:"URL" help:"postgres://… or the path of a SQLite file (default ${default})."`
	RedisURL    string `name:"redis-url" env:"REDIS_URL" placeholder:"URL" help:"redis://…: where open dialogs are kept; unset: in the database."`
	HTTPAddr    string `name:"http-addr" env:"HTTP_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen for webhooks, health checks and metrics (default ${default})."`
	Programme   string `name:"programme" env:"PROGRAMME" default:"lang-son-2021" placeholder:"NAME" help:"lang-son-2021, lang-son-2025 or a programme file (default ${default})."`

	TelegramToken         string `name:"telegram-token" env:"TELEGRAM_TOKEN" placeholder:"TOKEN" help:"The bot's token, from BotFather. Unset: no Telegram."`
	TelegramAPIURL        string `name:"telegram-api-url" env:"TELEGRAM_API_URL" default:"https://api.telegram.org" placeholder:"URL" help:"Bot API server (default ${default})."`
	TelegramWebhookURL    string `name:"telegram-webhook-url" env:"TELEGRAM_WEBHOOK_URL" placeholder:"URL" help:"Public https address of /telegram/webhook. Unset: long polling, for one process only."`
	TelegramWebhookSecret string `name:"telegram-webhook-secret" env:"TELEGRAM_WEBHOOK_SECRET" placeholder:"SECRET" help:"1–256 letters, digits, _ or -; needed with a webhook."`

	SMS SMSSettings `embed:"" prefix:"sms-"`

	AnnounceApproval int    `name:"announce-approval" env:"ANNOUNCE_APPROVAL" default:"200" placeholder:"PEOPLE" help:"From how many people on an announcement needs a second officer; 0: never (default ${default})."`
	AnnounceNumber   string `name:"announce-number" env:"ANNOUNCE_NUMBER" placeholder:"NUMBER" help:"The number to which people text that they refuse advertising. Unset: SMS_NUMBER, if it can be texted to."`

	LogLevel  string `name:"log-level" env:"LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"debug, info, warn or error (default ${default})."`
	LogFormat string `name:"log-format" env:"LOG_FORMAT" default:"text" placeholder:"FORMAT" help:"text or json (default ${default})."`
}

var (
	tokenShape  = regexp.MustCompile(`^\d{3,20}:[A-Za-z0-9_-]{20,100}$`)
	numberShape = regexp.MustCompile(`^\+?\d{3,15}$`)
	secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// check says everything that is wrong, a line each, without showing a secret.
func (s *Settings) check() error {
	var wrong []error
	bad := func(name, why string) {
		wrong = append(wrong, fmt.Errorf("ocopbot: %s: %s", name, why))
	}
	if why := s.checkDatabase(); why != "" {
		bad("DATABASE_URL", why)
	}
	if s.RedisURL != "" {
		if _, err := redis.ParseURL(s.RedisURL); err != nil { // which may quote the password
			bad("REDIS_URL", "not a Redis address such as redis://host:6379/0")
		}
	}
	if _, port, err := net.SplitHostPort(s.HTTPAddr); err != nil || !isPort(port) {
		bad("HTTP_ADDR", "not an address such as 127.0.0.1:8080")
	}
	if s.TelegramToken != "" && !tokenShape.MatchString(s.TelegramToken) {
		bad("TELEGRAM_TOKEN", "does not look like a token from BotFather (123456:ABC…)")
	}
	if u, err := url.Parse(s.TelegramAPIURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		bad("TELEGRAM_API_URL", "not an http(s) address")
	}
	if s.TelegramWebhookURL != "" {
		// Telegram itself wants https; a Bot API server of one's own may not.
		plain := s.TelegramAPIURL != telegram.DefaultAPIURL
		if u, err := url.Parse(s.TelegramWebhookURL); err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !plain) {
			bad("TELEGRAM_WEBHOOK_URL", "not an address such as https://bot.example.vn/telegram/webhook")
		}
		if s.TelegramToken == "" {
			bad("TELEGRAM_TOKEN", "needed with TELEGRAM_WEBHOOK_URL")
		}
	}
	if s.TelegramWebhookURL+s.TelegramWebhookSecret != "" && !secretShape.MatchString(s.TelegramWebhookSecret) {
		bad("TELEGRAM_WEBHOOK_SECRET", "needed with TELEGRAM_WEBHOOK_URL: 1 to 256 letters, digits, _ or -")
	}
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		// net/http goes past a proxy it cannot read, without a word.
		if proxy := os.Getenv(name); proxy != "" && !isProxy(proxy) {
			bad(name, "not a proxy such as http://host:3128 or socks5://host:1080")
		}
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, s.LogLevel) {
		bad("LOG_LEVEL", "not debug, info, warn or error")
	}
	if s.LogFormat != "text" && s.LogFormat != "json" {
		bad("LOG_FORMAT", "not text or json")
	}
	if s.AnnounceApproval < 0 {
		bad("ANNOUNCE_APPROVAL", "less than nobody")
	}
	if s.AnnounceNumber != "" && !numberShape.MatchString(s.AnnounceNumber) {
		bad("ANNOUNCE_NUMBER", "not a number that can be texted to, such as 0912345678 or 8077")
	}
	wrong = append(wrong, s.SMS.check()...)
	wrong = append(wrong, s.checkProgramme()...)
	return errors.Join(wrong...)
}

// isProxy tells what net/http takes for a proxy's address, with a scheme or without.
func isProxy(address string) bool {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	return err == nil && u.Hostname() != "" && slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme)
}

func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

// checkDatabase says what is wrong with DATABASE_URL; "" for nothing.
func (s *Settings) checkDatabase() string {
	if s.postgres() {
		u, err := url.Parse(s.DatabaseURL)
		hostless := err == nil && u.Host == "" && u.Query().Get("host") == ""
		if err == nil {
			_, err = pgxpool.ParseConfig(s.DatabaseURL)
		}
		if hostless || err != nil {
			return "not a PostgreSQL address such as postgres://user:password@host:5432/ocopbot, or with an option that PostgreSQL does not know"
		}
		return ""
	}
	if strings.Contains(s.DatabaseURL, "://") || s.DatabaseURL == "" {
		return "neither postgres://… nor the path of a file"
	}
	if info, err := os.Stat(s.DatabaseURL); err == nil && info.IsDir() {
		return "the path of a folder, not of a file"
	}
	return ""
}

// checkProgramme reads the programme file, whose mistakes are settings too.
func (s *Settings) checkProgramme() []error {
	_, err := ocop.Load(s.Programme)
	var fe *ocop.FileError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &fe):
		var all []error
		for _, p := range fe.Problems {
			all = append(all, fmt.Errorf("ocopbot: PROGRAMME: %s: line %d: %s", fe.Name, p.Line, p.Text))
		}
		return all
	}
	return []error{fmt.Errorf("ocopbot: PROGRAMME: %w", err)}
}

// refuseNumber is the number to which people text a refusal; empty: none.
func (s *Settings) refuseNumber() string {
	if g, ok := s.SMS.texted(); ok && s.AnnounceNumber == "" && g.Keyword == "" {
		return g.Number
	}
	return s.AnnounceNumber
}

func (s *Settings) postgres() bool {
	return strings.HasPrefix(s.DatabaseURL, "postgres://") || strings.HasPrefix(s.DatabaseURL, "postgresql://")
}

// logger writes to standard error.
func (s *Settings) logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // check has seen it
	o := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}
