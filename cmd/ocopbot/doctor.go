package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/bot/telegram"
	"ocopbot/storage"
)

type doctorCmd struct {
	Health bool `help:"Only ask the running program whether it is ready; for a container's health check."`
}

// errIll is what doctor ends with when something is wrong.
var errIll = errors.New("something needs attention")

// Run checks what can be checked from outside, a line each: "ok", "note" for
// what somebody should know, "WRONG" for what keeps people from being served.
func (c *doctorCmd) Run(ctx context.Context, s *Settings, io streams) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if c.Health {
		return askReady(ctx, s)
	}
	var r report
	r.streams = io
	tg, err := newTelegram(s)
	if err != nil {
		return err
	}
	a, err := open(ctx, s)
	if err != nil {
		return err
	}
	defer a.close()
	r.check("database", a.records.Ready(ctx))
	if a.redis == nil {
		r.note("redis", "not set: open dialogs are kept in the database, which is enough for one process")
	} else {
		r.redis(ctx, a)
	}
	r.programme(a.prog)
	r.leftovers(ctx, a)
	if tg == nil {
		r.note("telegram", "TELEGRAM_TOKEN is not set")
	} else {
		h, err := tg.Check(ctx)
		r.check("telegram", err)
		if err == nil {
			r.telegram(s, h)
		}
	}
	if r.ill {
		return errIll
	}
	return nil
}

// askReady is the health check of a running program.
func askReady(ctx context.Context, s *Settings) error {
	addr := s.HTTPAddr
	if strings.HasPrefix(addr, ":") || strings.HasPrefix(addr, "0.0.0.0:") {
		addr = "127.0.0.1:" + addr[strings.LastIndexByte(addr, ':')+1:]
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("doctor: the program does not answer: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("doctor: the program is not ready (%s)", resp.Status)
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
		fmt.Fprintf(r.out, "WRONG  %s: %v\n", what, err)
		return
	}
	fmt.Fprintf(r.out, "ok     %s\n", what)
}

func (r *report) note(what, text string) { fmt.Fprintf(r.out, "note   %s: %s\n", what, text) }

// redis checks that sessions cannot be thrown away behind our back.
func (r *report) redis(ctx context.Context, a *app) {
	r.check("redis", a.redis.Ping(ctx).Err())
	policy, err := a.redis.ConfigGet(ctx, "maxmemory-policy").Result()
	if err != nil {
		r.note("redis", "its settings cannot be read; it should run with maxmemory-policy noeviction and appendonly yes")
		return
	}
	if p := policy["maxmemory-policy"]; p != "noeviction" {
		r.note("redis", "maxmemory-policy is "+p+"; with noeviction no open dialog is thrown away")
	}
	aof, err := a.redis.ConfigGet(ctx, "appendonly").Result()
	if err == nil && aof["appendonly"] != "yes" {
		r.note("redis", "appendonly is off; with it a restart of Redis costs at most a second of typing")
	}
	b, err := a.parked.Backlog(ctx)
	r.check("parking of sessions", err)
	if err == nil && b.Sessions > 0 {
		r.note("parking of sessions", fmt.Sprintf("%d wait to be written to the database", b.Sessions))
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
	if !p.Ended.IsZero() && now.After(p.Ended) {
		r.note("programme", fmt.Sprintf("%s: its plan ended on %s; its units and rules go on until another is set", p.Code, p.Ended.AddDate(0, 0, -1).Format("02/01/2006")))
		return
	}
	fmt.Fprintf(r.out, "ok     programme %s\n", p.Code)
}

// leftovers lists what nobody will do by itself.
func (r *report) leftovers(ctx context.Context, a *app) {
	dead, err := a.records.DeadLetters(ctx, 10)
	if err != nil {
		r.check("messages set aside", err)
		return
	}
	for _, d := range dead {
		r.note("message set aside", fmt.Sprintf("%s from %s: %s", d.At.In(ocop.Local).Format("02/01/2006 15:04"), d.Addr, d.Cause))
	}
	officers, err := a.records.Officers(ctx, time.Now())
	if err != nil {
		r.check("officers", err)
		return
	}
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
	for _, u := range a.prog.Units(now) {
		if u.Kind.Rank() == 2 && !served[u.Key] && !anyAbove(a.prog, u.Key, served) {
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
