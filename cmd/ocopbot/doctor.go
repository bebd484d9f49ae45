package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"ocopbot/bot/ocop"
	"ocopbot/bot/telegram"
	"ocopbot/storage"
	"ocopbot/storage/redisstore"
)

type doctorCmd struct {
	Health bool    `help:"Only ask the running program whether it is ready; for a container's health check."`
	SMS    smsTest `embed:""`
}

// errIll is what doctor ends with when something is wrong.
var errIll = errors.New("something needs attention")

// Run checks what can be checked from outside, a line each: "ok", "note" for
// what somebody should know, "WRONG" for what keeps people from being served.
func (c *doctorCmd) Run(ctx context.Context, s *Settings, out streams) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if c.Health {
		return askReady(ctx, s)
	}
	var r report
	r.streams = out
	tg, err := newTelegram(s)
	if err != nil {
		return err
	}
	prog, err := ocop.Load(s.Programme)
	if err != nil {
		return settingError{err}
	}
	r.programme(prog)
	r.database(ctx, s, prog)
	if err := r.redis(ctx, s.RedisURL); err != nil {
		return err
	}
	if tg == nil {
		r.note("telegram", "TELEGRAM_TOKEN is not set")
	} else {
		h, err := tg.Check(ctx)
		r.check("telegram", err)
		if err == nil {
			r.telegram(s, h)
		}
	}
	if err := r.sms(ctx, s, c.SMS); err != nil {
		return err
	}
	if r.ill {
		return errIll
	}
	return nil
}

// askReady is the health check of a running program.
func askReady(ctx context.Context, s *Settings) error {
	host, port, err := net.SplitHostPort(s.HTTPAddr)
	if err != nil {
		return settingError{fmt.Errorf("HTTP_ADDR: %w", err)}
	}
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1" // it listens everywhere
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("doctor: the program does not answer: %w", err)
	}
	why, err := io.ReadAll(io.LimitReader(resp.Body, 1000))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("doctor: the program is not ready: %s", strings.TrimSpace(string(why)))
	}
	return nil
}

// report prints findings.
type report struct {
	streams
	ill bool
}

func (r *report) check(what string, err error) {
	if err != nil {
		r.ill = true
		fmt.Fprintf(r.out, "WRONG  %s: %s\n", what, oneLine(err))
		return
	}
	fmt.Fprintf(r.out, "ok     %s\n", what)
}

// checkClosed complains only: that something could be closed is no news.
func (r *report) checkClosed(what string, err error) {
	if err != nil {
		r.check(what, err)
	}
}

func (r *report) note(what, text string) { fmt.Fprintf(r.out, "note   %s: %s\n", what, text) }

// database checks that the records can be used, and what is left undone in them.
func (r *report) database(ctx context.Context, s *Settings, prog *ocop.Programme) {
	if s.noFileYet() {
		r.note("database", s.DatabaseURL+" is not there yet; `ocopbot serve` or `chat` makes it")
		return
	}
	store, err := openRecords(ctx, s)
	if err != nil {
		r.check("database", err)
		return
	}
	defer func() { r.checkClosed("database", store.Close()) }()
	err = store.usable(ctx)
	r.check("database", err)
	if err == nil {
		r.leftovers(ctx, store, prog)
	}
}

// redis checks that sessions cannot be thrown away behind our back.
func (r *report) redis(ctx context.Context, url string) error {
	if url == "" {
		r.note("redis", "not set: open dialogs are kept in the database, which is enough for one process")
		return nil
	}
	rdb, err := redisstore.Connect(url)
	if err != nil {
		return settingError{fmt.Errorf("REDIS_URL: %w", err)}
	}
	defer func() { r.checkClosed("redis", rdb.Close()) }()
	if err := rdb.Ping(ctx).Err(); err != nil {
		r.check("redis", err)
		return nil
	}
	r.check("redis", nil)
	r.redisSettings(ctx, rdb)
	b, err := redisstore.New(rdb, nil, redisstore.Options{}).Backlog(ctx)
	r.check("parking of sessions", err)
	if err == nil && b.Sessions > 0 {
		r.note("parking of sessions", fmt.Sprintf("%d wait to be written to the database", b.Sessions))
	}
	return nil
}

func (r *report) redisSettings(ctx context.Context, rdb *redis.Client) {
	policy, err := rdb.ConfigGet(ctx, "maxmemory-policy").Result()
	if err != nil {
		r.note("redis", "its settings cannot be read; it should run with maxmemory-policy noeviction and appendonly yes")
		return
	}
	if p := policy["maxmemory-policy"]; p != "noeviction" {
		r.note("redis", "maxmemory-policy is "+p+"; with noeviction no open dialog is thrown away")
	}
	aof, err := rdb.ConfigGet(ctx, "appendonly").Result()
	if err == nil && aof["appendonly"] != "yes" {
		r.note("redis", "appendonly is off; with it a restart of Redis costs at most a second of typing")
	}
}

func (r *report) telegram(s *Settings, h telegram.Health) {
	if h.WebhookURL != s.TelegramWebhookURL {
		r.note("telegram", "the webhook Telegram knows is not TELEGRAM_WEBHOOK_URL; a running `ocopbot serve` sets it")
	}
	if h.LastError != "" {
		r.note("telegram", "its last delivery to us failed: "+h.LastError)
	}
	if h.Pending > 0 {
		r.note("telegram", fmt.Sprintf("%d updates wait to be delivered", h.Pending))
	}
}

func (r *report) programme(p *ocop.Programme) {
	now := time.Now()
	if missing := holidaysMissing(p, now); missing != "" {
		r.note("programme", missing)
	}
	if !p.Ended.IsZero() && now.After(p.Ended) {
		r.note("programme", fmt.Sprintf("%s: its plan ended on %s; its units and rules go on until another is set", p.Code, p.Ended.AddDate(0, 0, -1).Format("02/01/2006")))
		return
	}
	fmt.Fprintf(r.out, "ok     programme %s\n", p.Code)
}

// leftovers lists what nobody will do by itself.
func (r *report) leftovers(ctx context.Context, store *records, prog *ocop.Programme) {
	dead, err := store.DeadLetters(ctx, 10)
	if err != nil {
		r.check("messages set aside", err)
		return
	}
	for _, d := range dead {
		r.note("message set aside", fmt.Sprintf("%s from %s: %s", d.At.In(ocop.Local).Format("02/01/2006 15:04"), d.Addr, d.Cause))
	}
	officers, err := store.Officers(ctx, time.Now())
	if err != nil {
		r.check("officers", err)
		return
	}
	r.ownerless(ctx, store, prog, officers)
	served := map[ocop.UnitKey]bool{}
	province := false
	for _, o := range officers {
		served[o.Unit] = true
		province = province || o.Role == storage.ProvinceOfficer
	}
	if !province {
		r.note("officers", "the province has no officer: nobody answers for what no unit takes up")
	}
	now, without := time.Now(), 0
	for _, u := range prog.Units(now) {
		if u.Kind.Rank() == 2 && !served[u.Key] && !anyAbove(prog, u.Key, served) {
			without++
		}
	}
	if without > 0 {
		r.note("officers", fmt.Sprintf("%d communes have no officer, and their district has none either", without))
	}
}

func anyAbove(p *ocop.Programme, key ocop.UnitKey, served map[ocop.UnitKey]bool) bool {
	for _, u := range p.Ancestors(key) {
		if u.Kind.Rank() == 1 && served[u.Key] {
			return true
		}
	}
	return false
}
